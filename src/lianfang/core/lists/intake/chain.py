"""A chat group's sign-up chain (接龙): free text, one household per line, in whatever order people write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lianfang.core.lists.intake.cellshapes import shape_of
from lianfang.core.lists.intake.workbook import Sheet
from lianfang.kernel.cells import clean_text
from lianfang.kernel.names import Name, read_people, simplified
from lianfang.kernel.surnames import COMPOUND, SINGLE

_NUMBERED: Final = re.compile(r"^\(?(\d{1,4})\s*[.、):]\s*(?=\D|\d+\s*(?:幢|栋|号楼|#|座|组|[-/])|\d{11})")
_EXAMPLE: Final = re.compile(r"^(?:例|示例|样例|范例|举例|格式|模板|如)(?:[\s:：,，]|子|$)")
_PHONE: Final = re.compile(
    r"(?:(?:联系)?(?:电话|手机|tel)号?码?[:：]?\s*)?(?<!\d)(?:\+?86[- ]?)?"
    r"(1[3-9]\d(?:[- ]?[\d*]{4}){2})(?!\d)(?:\([^()]{1,8}\))?",
    re.IGNORECASE,
)
_IDENTITY: Final = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{6}\*{8}\d{3}[\dXx])(?!\d)")
_NUMERAL: Final = r"(\d{1,2}|[一二两三四五六七八九十])"
_COUNT: Final = re.compile(
    rf"(?:[,，、]?\s*)(?:一家|全家|一共|总共|共计|合计|共|计|家里|家)*\s*{_NUMERAL}\s*(?:口人?|个人|人|位)(?![一-鿿])"
)
_GROWN_AND_SMALL: Final = re.compile(r"(\d)个?大人?(\d)个?(?:小孩?|孩)")
_NUMERALS: Final = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_N: Final = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_DOOR: Final = re.compile(
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
    """One household of a chain. `people` is empty when only a nickname was written. Texts are cleaned."""

    people: tuple[Name, ...] = ()
    nickname: str = ""
    household_size: int = 0
    phones: str = ""
    identity: str = ""
    address: str = ""


def looks_like_chain(sheet: Sheet) -> bool:
    """Whether a sheet of one column is lines of free text with numbers, doors or telephones in them."""
    if not sheet.rows or sheet.width() != 1:
        return False
    lines = [clean_text(row[0]) for row in sheet.rows[:400]]
    if any("接龙" in line for line in lines[:5]) and any(_NUMBERED.match(line) for line in lines):
        return True
    entries = sum(_tells(line) for line in lines if shape_of(line) not in ("identity", "phone"))
    return entries * 3 >= len(lines) and entries >= 2


def _tells(line: str) -> bool:
    rest = _NUMBERED.sub("", line)
    marks = bool(_PHONE.search(rest)) + bool(_DOOR.search(rest)) + bool(_IDENTITY.search(rest))
    return marks > 0 and len(rest) >= 8 and any("一" <= character <= "鿿" for character in _PHONE.sub("", rest))


def tells_of_someone(text: str) -> bool:
    """Whether a text names somebody and gives an identity number or telephone, all in one."""
    if len(text) < 14 or not (_IDENTITY.search(text) or _PHONE.search(text)):
        return False
    return bool(read_entry(text).people)


def sort_lines(sheet: Sheet) -> tuple[list[int], dict[int, str]]:
    """Indexes of the lines that are households, and the reason for each other line (title, example, note)."""
    lines = [clean_text(row[0]) for row in sheet.rows]
    numbered = [index for index, line in enumerate(lines) if _NUMBERED.match(line) and not _EXAMPLE.match(line)]
    first = numbered[0] if numbered else 0
    body: list[int] = []
    others: dict[int, str] = {}
    known = set(numbered)
    for index, line in enumerate(lines):
        if _EXAMPLE.match(line):
            others[index] = "example" if _tells(line) else "title"
        elif index in known or (_tells(line) and (index > first or not numbered)):
            body.append(index)
        else:
            others[index] = "title" if index < first or not body else "note"
    return body, others


def read_entry(line: str) -> Entry:
    """Take a line apart: telephones, identity number, head count and door first, then whoever is left is a name."""
    rest = _NUMBERED.sub("", clean_text(line))
    identity = _IDENTITY.search(rest)
    rest = _IDENTITY.sub(" ", rest)
    phones = [found[1] for found in _PHONE.finditer(rest)]
    rest = _PHONE.sub(" ", rest)
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
    found = _DOOR.search(rest)
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
    size = int(found[1]) if found[1].isdigit() else _NUMERALS[found[1]]
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
