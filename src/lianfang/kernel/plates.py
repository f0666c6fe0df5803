"""Number plates of vehicles: the shapes of GA 36-2018 (fact base 5.6). There is no check digit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lianfang.kernel.cells import clean_text

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_AUTHORITY = "[A-HJ-NP-Z]"
_SERIAL = "[A-HJ-NP-Z0-9]"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("new_energy_small", re.compile(rf"{_PROVINCE}{_AUTHORITY}[A-HJK]{_SERIAL}\d{{4}}")),
    ("new_energy_large", re.compile(rf"{_PROVINCE}{_AUTHORITY}\d{{5}}[A-HJK]")),
    ("ordinary", re.compile(rf"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{5}}")),
    ("suffixed", re.compile(rf"{_PROVINCE}{_AUTHORITY}{_SERIAL}{{4}}[挂学警试超]")),
    ("hk_macao", re.compile(r"粤Z[A-HJ-NP-Z0-9]{4}[港澳]")),
    ("special", re.compile(rf"\d{{6}}使|使\d{{6}}|{_PROVINCE}(?:\d|[A-Z])\d{{4}}领|{_PROVINCE}O{_SERIAL}{{5}}")),
    ("special", re.compile(rf"WJ{_PROVINCE}?{_SERIAL}{{5,6}}|[VKHBSLJNGC][A-Z]{_SERIAL}{{5}}|民航{_SERIAL}{{5}}")),
)
_WITHOUT = re.compile(r"(无牌|无车牌|未上牌|临牌|临时牌照?|临时号牌|临)(.*)")


@dataclass(frozen=True, slots=True)
class Plate:
    """`number` without spaces and dots; empty for a vehicle without plates, whose words are then in `note`.

    `kind`: ``ordinary``, ``new_energy_small``, ``new_energy_large``, ``suffixed``, ``hk_macao``, ``special`` (embassy,
    army, armed police, civil aviation: no rule), ``without``. `problem`: ``""`` or ``plate.shape``.
    """

    number: str = ""
    kind: str = ""
    note: str = ""
    problem: str = ""


def read_plate(text: object) -> Plate:
    """Read a cell. Never raises; an empty cell gives an empty plate without a problem."""
    written = clean_text(text)
    number = re.sub(r"[\s·•.\-—_]+", "", written).upper()
    if not number:
        return Plate()
    if _WITHOUT.fullmatch(number):
        return Plate(kind="without", note=written)
    for kind, shape in _SHAPES:
        if shape.fullmatch(number):
            return Plate(number=number, kind=kind)
    return Plate(number=number, problem="plate.shape")
