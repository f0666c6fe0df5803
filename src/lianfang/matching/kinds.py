"""What a row says at all, before it is compared: a full name or a masked one, a whole number or the end of one.

How likely an agreement is depends on it: a masked name that fits is no weaker sign of one person than a full one is,
and far more common between strangers.
"""

from __future__ import annotations

from typing import Final

from lianfang.matching.comparing import GIVEN_SHOWN

NAME_KIND: Final = ("none", "full", "masked", "latin", "surname", "masked_given")
"""``masked`` shows no character of the given name, ``masked_given`` shows one."""
ID_KIND: Final = ("none", "valid", "damaged", "other", "masked")
"""``damaged``: a citizen number that cannot be right; ``other``: a document without a check digit."""
PHONE_KIND: Final = ("none", "full", "masked")
DOOR_KIND: Final = ("none", "room", "building", "place", "no_place", "outside")
"""The finest piece of the address that was understood; ``no_place``: building and room without the compound."""

_HIDDEN: Final = "NOT LIKE '%\\_%' ESCAPE '\\'"
_CASES: Final = {
    "name_kind": (
        NAME_KIND,
        f"CASE WHEN {GIVEN_SHOWN} THEN 5"
        " WHEN r.name_mask IS NOT NULL THEN 2 WHEN r.name IS NULL THEN 0 WHEN r.surname_only THEN 4"
        " WHEN r.name_fz IS NULL THEN 3 ELSE 1 END",
    ),
    "id_kind_of": (
        ID_KIND,
        "CASE WHEN r.id_valid THEN 1 WHEN r.id IS NOT NULL AND r.id_kind = 'resident_id' THEN 2"
        " WHEN r.id IS NOT NULL THEN 3 WHEN r.id_mask IS NOT NULL THEN 4 ELSE 0 END",
    ),
    "phone_kind": (
        PHONE_KIND,
        "CASE WHEN len(r.phones) > 0 THEN 1 WHEN r.phone_mask IS NOT NULL THEN 2 ELSE 0 END",
    ),
    "door_kind": (
        DOOR_KIND,
        "CASE WHEN r.outside THEN 5 WHEN r.place IS NOT NULL AND r.room IS NOT NULL THEN 1"
        " WHEN r.place IS NOT NULL AND r.building IS NOT NULL THEN 2 WHEN r.place IS NOT NULL THEN 3"
        " WHEN r.room IS NOT NULL THEN 4 ELSE 0 END",
    ),
}
_SHOWN: Final = {
    "shows_birth": f"coalesce(length(r.id_mask) = 18 AND substr(r.id_mask, 7, 8) {_HIDDEN}, false)",
    "shows_four": f"coalesce(length(r.id_mask) = 18 AND right(r.id_mask, 4) {_HIDDEN}, false)",
    "shows_first": "coalesce(left(r.name_mask, 1) <> '_', false)",
    "shows_second": "coalesce(substr(r.name_mask, 2, 1) <> '_', false)",
    "shows_third": "coalesce(substr(r.name_mask, 3, 1) NOT IN ('_', ''), false)",
}


_STARS: Final = "length(name_mask) - length(replace(name_mask, '_', ''))"


def stars_of(table: str) -> str:
    """SQL: whether a list has as many stars for every masked name, however long the name is."""
    return f"SELECT count(name_mask) >= 5 AND count(DISTINCT {_STARS}) = 1 AS mask_fixed FROM {table}"


def kind_columns() -> str:
    """The select list of all kinds of a row `r`, and of what its masks show."""
    kinds = [f"CAST({sql} AS UTINYINT) AS {column}" for column, (_, sql) in _CASES.items()]
    return ", ".join([*kinds, *(f"({sql}) AS {column}" for column, sql in _SHOWN.items())])
