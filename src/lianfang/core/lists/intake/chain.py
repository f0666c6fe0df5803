"""A chat group's sign-up chain (接龙): free text, one household per line, in whatever order people write."""

from __future__ import annotations

import re
from typing import Final

from lianfang.core.lists.intake.workbook import Sheet
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import shape_of
from lianfang.kernel.entries import DOOR, IDENTITY, NUMBERED, PHONE, read_entry

_EXAMPLE: Final = re.compile(r"^(?:例|示例|样例|范例|举例|格式|模板|如)(?:[\s:：,，]|子|$)")


def looks_like_chain(sheet: Sheet) -> bool:
    """Whether a sheet of one column is lines of free text with numbers, doors or telephones in them."""
    if not sheet.rows or sheet.width() != 1:
        return False
    lines = [clean_text(row[0]) for row in sheet.rows[:400]]
    if any("接龙" in line for line in lines[:5]) and any(NUMBERED.match(line) for line in lines):
        return True
    entries = sum(_tells(line) for line in lines if shape_of(line) not in ("identity", "phone"))
    return entries * 3 >= len(lines) and entries >= 2


def _tells(line: str) -> bool:
    rest = NUMBERED.sub("", line)
    marks = bool(PHONE.search(rest)) + bool(DOOR.search(rest)) + bool(IDENTITY.search(rest))
    return marks > 0 and len(rest) >= 8 and any("一" <= character <= "鿿" for character in PHONE.sub("", rest))


def tells_of_someone(text: str) -> bool:
    """Whether a text names somebody and gives an identity number or telephone, all in one."""
    if len(text) < 14 or not (IDENTITY.search(text) or PHONE.search(text)):
        return False
    return bool(read_entry(text).people)


def sort_lines(sheet: Sheet) -> tuple[list[int], dict[int, str]]:
    """Indexes of the lines that are households, and the reason for each other line (title, example, note)."""
    lines = [clean_text(row[0]) for row in sheet.rows]
    numbered = [index for index, line in enumerate(lines) if NUMBERED.match(line) and not _EXAMPLE.match(line)]
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
