"""A line about a household in free text, taken apart: the people named, telephones, identity number, door, head count.

People write so in a chat group's sign-up chain (接龙), and into the name cell of a table: 张三 19900012345.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lianfang.kernel.cells import clean_text
from lianfang.kernel.names import Name, read_people, simplified
from lianfang.kernel.surnames import COMPOUND, SINGLE

NUMBERED: Final = re.compile(r"^\(?(\d{1,4})\s*[.、):]\s*(?=\D|\d+\s*(?:幢|栋|号楼|#|座|组|[-/])|\d{11})")
PHONE: Final = re.compile(
    r"(?:(?:联系)?(?:电话|手机|tel)号?码?[:：]?\s*)?(?<!\d)(?:\+?86[- ]?)?"
    r"(1[3-9]\d(?:[- ]?[\d*]{4}){2})(?!\d)(?:\([^()]{1,8}\))?",
    re.IGNORECASE,
)
IDENTITY: Final = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{6}\*{8}\d{3}[\dXx])(?!\d)")
_NUMERAL: Final = r"(\d{1,2}|[一二两三四五六七八九十])"
_COUNT: Final = re.compile(
    rf"(?:[,，、]?\s*)(?:一家|全家|一共|总共|共计|合计|共|计|家里|家)*\s*{_NUMERAL}\s*(?:口人?|个人|人|位)(?![一-鿿])"
)
_GROWN_AND_SMALL: Final = re.compile(r"(\d)个?大人?(\d)个?(?:小孩?|孩)")
_NUMERALS: Final = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_N: Final = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
DOOR: Final = re.compile(
    rf"(?:[A-Za-z]|{_N})\s*(?:幢|栋|号楼|座|#)\s*(?:{_N}\s*(?:单元|-)\s*)?\d{{2,4}}\s*(?:室|号)?"
    rf"|(?<![\d-])\d{{1,3}}\s*[-/]\s*\d{{1,2}}\s*[-/]\s*\d{{2,4}}\s*室?|(?<![\d-])\d{{1,3}}\s*[-/]\s*\d{{3,4}}\s*室?"
    rf"|{_N}\s*单元\s*\d{{2,4}}\s*室?|{_N}\s*组\s*\d{{1,4}}\s*号?|(?<!\d)\d{{3,4}}\s*室|(?<!\d)\d{{1,4}}\s*号院?"
    rf"|(?:[A-Za-z]|{_N})\s*(?:幢|栋|号楼|#)\s*{_N}\s*单元"
)
_AREA_END: Final = re.compile(
    r"(?:小区|花苑|花园|新村|家园|公馆|名邸|华庭|雅苑|公寓|宿舍|社区|村|苑|园|里|期|街道|路|锦苑|和平里)$"
)
_ORNAMENT: Final = re.compile(r"[^\w\s·*,、;|()&+/-]|_")


@dataclass(frozen=True, slots=True)
class Entry:
    """One household in free text. `people` is empty when only a nickname was written. Texts are cleaned."""

    people: tuple[Name, ...] = ()
    nickname: str = ""
    household_size: int = 0
    phones: str = ""
    identity: str = ""
    address: str = ""


def read_entry(line: str) -> Entry:
    """Take a line apart: telephones, identity number, head count and door first, then whoever is left is a name."""
    rest = NUMBERED.sub("", clean_text(line))
    identity = IDENTITY.search(rest)
    rest = IDENTITY.sub(" ", rest)
    phones = [found[1] for found in PHONE.finditer(rest)]
    rest = PHONE.sub(" ", rest)
    rest, address = _take_door(rest)
    rest, size = _take_count(rest)
    bare = re.sub(r"^(?:我们?家|我是|本人|家里|家人|我)[:,， ]*", " ", rest.strip(" ,、;"))
    bare = re.sub(r"(?:姓名|房号|电话|地址|门牌号?|住址|身份证)[:：]", " ", bare)
    bare = _ORNAMENT.sub(" ", bare).strip(" ,、;/+-")
    people, left = _people(bare, counted=size > 0)
    return Entry(
        people=people,
        nickname=left,
        household_size=size,
        phones="\n".join(phones),
        identity=identity[0] if identity else "",
        address=address,
    )


def _people(bare: str, *, counted: bool) -> tuple[tuple[Name, ...], str]:
    """Names in what is left of a line, and the nickname if there is one (``小雨 张伟``)."""
    people = [name for name in read_people(bare) if _plausible(name, counted=counted)]
    if people:
        return tuple(people), ""
    left = []
    for word in re.split(r"[\s、,;/|+]+", bare):
        names = [name for name in read_people(word) if _plausible(name, counted=counted)]
        people += names
        if not names and word:
            left.append(word)
    return tuple(people), " ".join(left)


def _take_door(rest: str) -> tuple[str, str]:
    found = DOOR.search(rest)
    if found is None:
        return rest, ""
    before = rest[: found.start()]
    word = re.search(r"[一-鿿A-Za-z0-9]+$", before.rstrip(" "))
    area = ""
    if word and _AREA_END.search(word[0]):
        area = word[0]
        before = before.rstrip(" ")[: word.start()]
    door = re.sub(r"\s+", "", found[0])
    return f"{before}、{rest[found.end() :]}", area + door


def _take_count(rest: str) -> tuple[str, int]:
    if grown := _GROWN_AND_SMALL.search(rest):
        return f"{rest[: grown.start()]}、{rest[grown.end() :]}", int(grown[1]) + int(grown[2])
    found = _COUNT.search(rest)
    if found is None:
        return rest, 0
    size = int(found[1]) if found[1].isdecimal() else _NUMERALS[found[1]]
    return f"{rest[: found.start()]}、{rest[found.end() :]}", size


def _plausible(name: Name, *, counted: bool) -> bool:
    """Whether a word is rather a person's name than a nickname; with a bare head count beside it four characters need a
    compound surname, for 平安是福 begins like a name too."""
    text = simplified(name.text or name.masked)
    if name.latin:
        return "/" in text or " " in text
    if "·" in text or name.relation:
        return True
    if text[:2] in COMPOUND:
        return 3 <= len(text) <= 4
    return bool(text) and text[0] in SINGLE and 2 <= len(text) <= (3 if counted else 4)
