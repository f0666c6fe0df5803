"""The one address a cell is about, out of everything that people write beside it.

户籍：后塘村5组12号；现居望湖花苑5幢2单元301，电话1990… → 望湖花苑5幢2单元301. Where somebody lives counts, not
where they are registered or came from; telephones, days and remarks end an address.
"""

from __future__ import annotations

import re

_REMARK = re.compile(
    r"(?<!^)[:：,，;；。.、\s]*"
    r"(?:(?<!\d)\d{11}(?!\d)|(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|\d{4}年|(?<!\d)\d{4}([-./])\d{1,2}\1\d{1,2}(?!\d)"
    r"|(?<![\d.:])\d{1,4}[.:]\d{1,2}(?![\d.:#-])(?!号)|(?:手机|联系)?电话|手机|联系|(?<!现)(?<!目前)居家|集中隔离|隔离|健康监测|封控|管控|核酸|抗原|解封"
    r"|(?<=\d)(?:投资|出租|租客))"
)
"""What ends an address. It looks at how many digits a number has, never at which (see `lianfang.matching.doors`)."""
_NOW = r"(?:现|目前|实际|现在|暂时?)(?:居?住|租住?|居)(?:地址|地|址|在|于)?|居住(?:地址|地)"
_BEFORE = r"户(?:籍|口)(?:所在)?(?:地址|地|在)?|原住(?:地址|地|址|在)?|原籍|籍贯|老家|身份证(?:上是|上|地址|住址)?"
_MARK = re.compile(rf"(?P<now>{_NOW})|(?P<before>{_BEFORE})")
_BRACKETED_PART = re.compile(r"[(（\[【]([一二三四五六七八九十\d]{1,2}期|[东西南北A-F]区)[)）\]】]")
_BRACKETED_DOOR = re.compile(r"^(\D*)[(（\[【]((?:第?[\dA-Z]{1,5}[幢栋座号楼单元门梯室房#＃\-－—/ ]*){2,6})[)）\]】]?$")
_EDGES = " \n:：,，;；。、(（[【"
_SHORTEST = 4
HINTS = re.compile(r"\d{11}|月\d|\d{4}[-./年]|\d[.:]\d|[电手联居隔健封管核抗解投出租户口原籍老身现目实暂(（\[【]")
"""Without one of these a cell holds nothing but an address."""


def address_in_cell(text: str) -> str:
    """The address a cleaned cell is about; the cell itself when it holds nothing else."""
    if not HINTS.search(text):
        return text
    text = _lived_in(text)
    if remark := _REMARK.search(text):
        text = text[: remark.start()]
    text = _BRACKETED_PART.sub(r"\1", text)
    return _BRACKETED_DOOR.sub(r"\1\2", text)


def _lived_in(text: str) -> str:
    """What stands behind 现住, 现居 …, or before 户籍, 老家 …; the whole text when it has no such words inside."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        if mark["now"] and len(part := text[mark.end() : end].strip(_EDGES)) >= _SHORTEST:
            return part
    if marks[0]["before"] and len(part := text[: marks[0].start()].rstrip(_EDGES)) >= _SHORTEST:
        return part
    return text
