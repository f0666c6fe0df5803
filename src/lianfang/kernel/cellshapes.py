"""What a cell looks like, whatever the label above it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Final

from lianfang.kernel.cells import Cell, clean_text, digits_lost
from lianfang.kernel.surnames import COMPOUND, SINGLE

IDENTITY: Final = re.compile(
    r"(?:[^\dA-Z*]{0,8}:?)?(?:\d{17}[\dXx]|\d{15}|\d{2,14}\*{1,15}[\dXx]{0,6}|\d\*{10,16}[\dXx])\D{0,2}|[EGHM][A-Z]?\d{7,8}"
)
PHONE: Final = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?[\d*]{4}){2}(?!\d)|1[3-9]\d\*\d{4}|0\d{2,3}-\d{7,8}")
DOOR: Final = re.compile(
    r"\d+ ?(?:幢|栋|号楼|#|座)|[A-Z一二三四五六七八九十\d]+ ?单元|\d+ ?室|"
    r"(?:路|街|巷|村|组|院|里|弄)\S{0,6}\d+号|\d+组|\d{1,3}[-/]\d{1,2}[-/]\d{2,4}|\d号院"
)
_AREA: Final = re.compile(r"(?:省|市|区|县|街道|镇|乡|社区|村|小区|花园|花苑|新村|家园|公寓|宿舍)")
_DAY: Final = re.compile(
    r"(?:20)?\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?.{0,12}|\d{1,2}月\d{1,2}[日号].{0,6}|\d{1,2}[./]\d{1,2}|20\d{6}(?:\d{4,6})?|\d{2}(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(?:\d{2,4})?",
    re.IGNORECASE,
)
_MASKED_RUN: Final = re.compile(r"(?<=\d)(?:[xX×*●○•#?_·]{2,}|…+)(?=[\dXx]|$)")
"""Signs senders put for hidden digits; a single ``…`` stands for any number of them."""
_DAY_NUMBER: Final = re.compile(r"20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_HAN_NAME: Final = re.compile(
    r"[㐀-鿿\U00020000-\U0003ffff][㐀-鿿*某xX×·\U00020000-\U0003ffff]{0,3}|[㐀-鿿]+·[㐀-鿿·]+"
)


def shape_of(value: Cell) -> str:
    """identity, phone, day, sex, name, address, number, text, or empty for a blank cell."""
    if value is None:
        return ""
    if isinstance(value, (date, time)):
        return "day"
    if isinstance(value, bool):
        return "text"
    text = clean_text(value)
    if not text:
        return ""
    text = _MASKED_RUN.sub(lambda run: "*" * len(run[0]), text)
    if isinstance(value, (int, float)):
        return _shape_of_number(text)
    return _shape_of_text(text)


def _shape_of_number(text: str) -> str:
    if digits_lost(text) or (text.isdigit() and len(text) in (15, 18)):
        return "identity"
    if _DAY_NUMBER.fullmatch(text):
        return "day"
    return "phone" if PHONE.fullmatch(text) else "number"


def _shape_of_text(text: str) -> str:
    compact = text.replace(" ", "")
    if PHONE.fullmatch(compact):
        return "phone"
    if IDENTITY.fullmatch(compact) or (len(compact) > 9 and digits_lost(compact)):
        return "identity"
    if PHONE.match(text):
        return "phone"
    if _DAY.fullmatch(text):
        return "day"
    if compact in ("男", "女", "M", "F", "男性", "女性"):
        return "sex"
    if compact.replace(".", "", 1).isdigit():
        return "number"
    if DOOR.search(text) or (len(compact) >= 5 and len(_AREA.findall(compact)) >= 2):
        return "address"
    if _HAN_NAME.fullmatch(compact) and (compact[0] in SINGLE or compact[:2] in COMPOUND):
        return "name"
    return "text"


def are_swapped(identity: Cell, phone: Cell) -> bool:
    """Whether an identity cell and a telephone cell were entered the wrong way round."""
    return shape_of(identity) == "phone" and shape_of(phone) == "identity"


def shares(values: Iterable[Cell]) -> dict[str, float]:
    """Share of each shape among the filled cells; empty when there are none."""
    counts = Counter(filter(None, map(shape_of, values)))
    total = sum(counts.values())
    return {shape: count / total for shape, count in counts.items()} if total else {}


def is_counting(values: Sequence[Cell]) -> bool:
    """Whether the filled cells are whole numbers that mostly go up by one."""
    numbers = [int(text) for text in map(clean_text, values) if text.isdecimal() and len(text) < 7]
    if len(numbers) < 2 or len(numbers) * 2 < sum(value is not None for value in values):
        return False
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return steps * 3 >= (len(numbers) - 1) * 2
