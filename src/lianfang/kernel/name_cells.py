"""The name cell of a table: whom it names, and what else senders write into it."""

from __future__ import annotations

import re
from typing import Final

from lianfang.kernel.cells import Cell, clean_text
from lianfang.kernel.entries import Entry, read_entry
from lianfang.kernel.names import Name, read_name, read_people

_CODE: Final = re.compile(r"[;=<>{}|$\\]|--")
_PLAIN: Final = re.compile(r"(?!.*(?:一家|全家|夫妻|夫妇))[一-鿿]{2,3}")
"""Two or three characters that name one person: nearly every cell, read without taking it apart."""
_TOLD_BESIDE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|\d{17}[\dXx]")
_COMMON_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴莫孔向汤庄倪裘"
)
"""Surnames common enough that two words with a space between are two people, and not one name whose dot was lost."""


def people_named(cleaned: str) -> tuple[Name, ...]:
    """Everybody a cleaned name cell names; empty when what stands there is no name."""
    if _PLAIN.fullmatch(cleaned):
        return (read_name(cleaned),)
    people = read_people(cleaned)
    if any(name.latin for name in people) and (_CODE.search(cleaned) or read_name(cleaned).problem):
        # Code and formulas fall apart into pieces that look like Latin names.
        people = ()
    if len(people) > 1 and not _are_several(cleaned, people):
        people = (read_name(cleaned),)
    return people


def told_beside(value: Cell) -> Entry | None:
    """The cell taken apart when a telephone or an identity number stands beside the name (张三 19900012345)."""
    if isinstance(value, str) and _TOLD_BESIDE.search(value):
        return read_entry(clean_text(value))
    return None


def _are_several(cleaned: str, people: tuple[Name, ...]) -> bool:
    """Whether a cell names several people. A space alone tells only between common surnames: 巴哈尔 艾力 is one."""
    if any(name.relation for name in people) or re.search(r"[、,;/|&+\n和及]", cleaned):
        return True
    return all((name.text or name.masked)[:1] in _COMMON_SURNAMES for name in people)
