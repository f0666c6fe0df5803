"""What reviewers confirmed, added to the counts a model is learned from: codes and how often, nobody's data.

Reviewed pairs are the doubtful ones, so they say little of how often a thing happens; but rows without a number are
never proven, and how numbers are mistyped or hidden only people can tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lianfang.matching.codes import code_of, contact_code
from lianfang.matching.comparing import DOOR, ID, NAME, PHONE
from lianfang.matching.model import SHAPES
from lianfang.matching.training import Counts

_KINDS: Final = {
    "name": {"masked": "masked", "masked_given": "masked_given",
             "masked_loose": "masked", "mask_differs": "masked", "pinyin": "latin",
             "pinyin_differs": "latin", "latin": "latin", "latin_differs": "latin", "surname_only": "surname",
             "surname_differs": "surname"},
    "id": {"equal": "valid", "differs": "valid", "masked": "masked", "mask_differs": "masked"},
    "phone": {"masked": "masked"},
    "door": {"building": "building", "place": "place", "room?": "no_place"},
}  # fmt: skip
"""Kinds of rows that have a level; all others are of the usual kind."""
_USUAL: Final = {"name": "full", "id": "damaged", "phone": "full", "door": "room"}
_AT_HOME: Final = frozenset({"phone", "family", "door"})


def add_confirmed(counts: Counts, told: Mapping[str, Any]) -> tuple[int, int]:
    """Add what `lianfang match confirmed` wrote; how many pairs were the same person, and how many were not.

    Pairs of other versions count too: their codes mean the same. Codes nobody knows any more are left out.
    """
    same = different = 0
    for version in told.get("versions", {}).values():
        for together, number in version.get("same", {}).get("together", {}).items():
            same += number
            for table, kind, level in _cells(together.split()):
                counts.tables[table][kind, level] += number
        for together, number in version.get("different", {}).get("together", {}).items():
            different += number
            for table, kind, level in _cells(together.split()):
                if table in ("name", "birth", "sex") and _lives_together(together):
                    counts.tables[f"{table}_at_home"][kind, level] += number
    return same, different


def _lives_together(together: str) -> bool:
    return any(
        not _AT_HOME.isdisjoint(code.removeprefix("contact.").split("+"))
        for code in together.split()
        if code.startswith("contact.")
    )


def _cells(codes: list[str]) -> Iterator[tuple[str, int, int]]:
    """Table, kind and level of each code."""
    for code in codes:
        for table, level in _LEVELS.get(code, ()):
            kinds, levels = SHAPES[table]
            kind = 0 if kinds == ("any",) else kinds.index(_KINDS[table].get(level, _USUAL[table]))
            yield table, kind, levels.index(level)


def _levels() -> dict[str, tuple[tuple[str, str], ...]]:
    """The levels a code stands for; of several with one code the first."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for table, levels in (("name", NAME), ("id", ID), ("birth", SHAPES["birth"][1]), ("sex", SHAPES["sex"][1])):
        for level in levels:
            if code := code_of(table, level):
                found.setdefault(code, ((table, level),))
    for phone in PHONE:
        for door in DOOR:
            pieces = tuple((table, level) for table, level in (("phone", phone), ("door", door)) if level != "none")
            if code := contact_code(phone, door):
                found.setdefault(code, pieces)
    return found


_LEVELS: Final = _levels()
