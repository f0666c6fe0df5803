"""How a door is written on the phone, and in which order doors stand."""

from __future__ import annotations

import re

from lianfang.core.people.models import Dwelling

_PARTS = re.compile(r"(\d+)")


def door_title(dwelling: Dwelling) -> str:
    """The door without its compound, as one looks for it on the stairs: ``5幢 2单元 301``."""
    return " ".join(part for part in (dwelling.building, dwelling.unit, dwelling.room) if part) or dwelling.label


def door_order(text: str) -> list[tuple[int, str]]:
    """Sort key that puts door 2 before door 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _PARTS.split(text) if part]
