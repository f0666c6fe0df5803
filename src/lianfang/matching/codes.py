"""The codes under which levels of comparison are told and stored; `words` says them."""

from __future__ import annotations

from typing import Final

from lianfang.matching.comparing import DOOR, ID, NAME, PHONE

_OWN: Final = {
    "name": {
        "shape_last": "shape",
        "surname": "given_differs",
        "masked_given": "masked",
        "masked_loose": "masked",
        "pinyin_differs": "differs",
        "latin": "equal",
        "latin_differs": "differs",
        "surname_only": "surname",
        "surname_differs": "differs",
    },
    "id": {"masked": "mask", "mask_differs": "mask.differs"},
}
"""Levels whose code is not their own name."""
_PHONE: Final = {"equal": "phone", "masked": "phone_mask", "slip": "phone_slip", "differs": "phone_differs"}
_DOOR: Final = {
    "door?": "door_like",
    "building_differs": "other_room",
    "place": "compound",
    "place_differs": "other_building",
    "room?": "room",
    "differs": "door_differs",
}


def code_of(part: str, level: str) -> str:
    """The code of a level of one comparison, empty for none: ``name.equal``."""
    return "" if level == "none" else f"{part}.{_OWN.get(part, {}).get(level, level)}"


def contact_code(phone: str, door: str) -> str:
    """The code of telephone and door together: ``contact.phone+door``."""
    if phone == door == "differs":
        return "contact.differs"
    told = [table.get(level, level) for table, level in ((_PHONE, phone), (_DOOR, door)) if level != "none"]
    return f"contact.{'+'.join(told)}" if told else ""


def all_codes() -> set[str]:
    """Every code there is."""
    single = {code_of(part, level) for part, levels in (("name", NAME), ("id", ID)) for level in levels}
    both = {contact_code(phone, door) for phone in PHONE for door in DOOR}
    return (single | both) - {""}
