"""Keys by which the people a row may be are found, by equality alone.

A row and a person that are worth comparing share at least one key. Number, telephone, door and name by themselves; and
two weak things together (the first or last character of the name with the end of the number), so that one slip in
either leaves another key whole. A row with a valid number asks only for ledger numbers that are themselves wrong: two
valid numbers that differ are two people (GB 11643 catches every single slip).
"""

from __future__ import annotations

from typing import Final, NamedTuple

MOST_SHARING: Final = 80
"""A key that more people of the ledger share tells nothing about one of them and is not followed."""

_LONG: Final = "length(id) BETWEEN 15 AND 20"
_DAMAGED: Final = f"NOT id_valid AND id_kind = 'resident_id' AND {_LONG}"
_ID_MASKED: Final = "length(id_mask) = 18"
_UNPROVEN: Final = "(id IS NULL OR NOT id_valid AND id_kind <> 'resident_id')"
"""Without a number, or with one that has no check digit and changes when the passport is renewed."""
_PHONE_MASKED: Final = "length(phone_mask) = 11"


def _end_of_name(end: str) -> str:
    """The first (``left``) or last (``right``) character of a name, masked or not, unless it is hidden."""
    return (
        f"CASE WHEN name IS NOT NULL THEN {end}(name, 1)"
        f" WHEN {end}(name_mask, 1) <> '_' THEN {end}(name_mask, 1) END AS {end}_sign"
    )


def _shown(part: str) -> str:
    return f"NOT contains({part}, '_')"


class _Key(NamedTuple):
    """One kind of key: its parts on either side, and where that side has it. `each`: a list that gives one key each."""

    kind: str
    ledger: str
    ledger_if: str
    listed: str
    listed_if: str
    each: bool = False


def _both(kind: str, parts: str, condition: str, *, listed_if: str = "true") -> _Key:
    return _Key(kind, parts, condition, parts, f"({condition}) AND ({listed_if})")


def _with_ends_of_name(kind: str, ledger: str, ledger_if: str, listed: str, listed_if: str) -> list[_Key]:
    """The key with the first and, as another one, with the last character of the name."""
    return [
        _Key(
            f"{kind}.{end}",
            f"{ledger}, {end}_sign",
            f"{ledger_if} AND {end}_sign IS NOT NULL",
            f"{listed}, {end}_sign",
            f"{listed_if} AND {end}_sign IS NOT NULL",
        )
        for end in ("left", "right")
    ]


def _parts_of_number() -> list[_Key]:
    """A slip leaves the head, the tail or the last four of a number as they are, and masks show one of them."""
    tail, head, four = "right({}, 12)", "left({}, 14)", "right({}, 4)"
    keys = []
    for listed, condition in (("id", _DAMAGED), ("id_mask", _ID_MASKED)):
        shown = [f"{condition} AND {_shown(part.format(listed))}" for part in (tail, head, four)]
        keys.append(_Key("id.tail", tail.format("id"), _LONG, tail.format(listed), shown[0]))
        keys += _with_ends_of_name("id.head", head.format("id"), _LONG, head.format(listed), shown[1])
        keys += _with_ends_of_name("id.four", four.format("id"), _LONG, four.format(listed), shown[2])
    # A whole number asks for damaged ones of the ledger only.
    keys.append(_Key("slip.tail", tail.format("id"), _DAMAGED, tail.format("id"), _LONG))
    keys += _with_ends_of_name("slip.head", head.format("id"), _DAMAGED, head.format("id"), _LONG)
    keys += _with_ends_of_name("slip.four", four.format("id"), _DAMAGED, four.format("id"), _LONG)
    return keys


def _documents() -> list[_Key]:
    """Numbers without a check digit: a slip leaves one half of them as it is."""
    passport = "NOT id_valid AND id_kind <> 'resident_id' AND length(id) BETWEEN 6 AND 14"
    halves = (("head", "left(id, length(id) // 2)"), ("tail", "right(id, length(id) // 2)"))
    return [
        key for half, part in halves for key in _with_ends_of_name(f"document.{half}", part, passport, part, passport)
    ]


def _telephones() -> list[_Key]:
    has, shown = "len(phones) > 0", _PHONE_MASKED
    first_three, last_four, first_seven = "left(phone_mask, 3)", "right(phone_mask, 4)", "left(phone_mask, 7)"
    return [
        _Key("phone", "phones", has, "phones", has, each=True),
        *_with_ends_of_name(
            "phone.ends",
            "left(phones[1], 3), right(phones[1], 4)",
            has,
            f"{first_three}, {last_four}",
            f"{shown} AND {_shown(first_three)} AND {_shown(last_four)}",
        ),
        *_with_ends_of_name("phone.head", "left(phones[1], 7)", has, first_seven, f"{shown} AND {_shown(first_seven)}"),
    ]


def _places() -> list[_Key]:
    placed, behind_a_door = "place IS NOT NULL", "place IS NOT NULL AND room IS NOT NULL"
    named = "name_fz IS NOT NULL"
    return [
        _both("door", "place, coalesce(building, ''), room", behind_a_door),
        # Villages: the house number without the group.
        _Key(
            "house",
            "place, room",
            f"{behind_a_door} AND coalesce(building, 'g') LIKE 'g%'",
            "place, room",
            f"{behind_a_door} AND building IS NULL",
        ),
        _both("sound.place", "name_fz, place", f"{named} AND {placed}"),
        _both("birth.place", "birth, place", f"birth IS NOT NULL AND {placed} AND {_UNPROVEN}"),
        _both(
            "sound.room",
            "name_fz, coalesce(building, ''), room",
            f"{named} AND room IS NOT NULL",
            listed_if="place IS NULL",
        ),
    ]


def _names() -> list[_Key]:
    born = "birth IS NOT NULL"
    known = f"NOT surname_only AND n_name <= {MOST_SHARING}"
    return [
        *_with_ends_of_name("birth", "birth", born, "birth", f"{born} AND {_UNPROVEN}"),
        _both("name", "name", "name IS NOT NULL", listed_if=f"{_UNPROVEN} AND {known}"),
        _both(
            "letters", "name_py", "name_py IS NOT NULL", listed_if=f"name_fz IS NULL AND n_letters <= {MOST_SHARING}"
        ),
    ]


KEYS: Final = (
    _both("id", "id", "id IS NOT NULL"),
    *_parts_of_number(),
    *_documents(),
    *_telephones(),
    *_places(),
    *_names(),
)


def ledger_keys(table: str) -> str:
    """SQL of every (k, person) of a table of ledger people; `k` are hashes of 32 bits, which now and then bring in
    somebody who shares nothing: the comparison sends them away."""
    selects = {_select(one.ledger, one.ledger_if, one, table): None for one in KEYS}
    return "\nUNION ALL ".join(selects)


def list_keys(table: str, *, without: tuple[str, ...] = ()) -> str:
    """SQL of every (k, person) under which the rows of a list ask, but by keys of these kinds. The table needs `n_name`
    and `n_letters`: how many of the ledger have the name, and its letters."""
    asked = (one for one in KEYS if one.kind not in without)
    return "\nUNION ALL ".join(_select(one.listed, one.listed_if, one, table) for one in asked)


def phone_keys(table: str) -> str:
    """SQL of the (k, person) of whole telephones alone: whoever has it may be a relative of the person meant."""
    return "\nUNION ALL ".join(_select(one.listed, one.listed_if, one, table) for one in KEYS if one.kind == "phone")


def with_ends_of_name(table: str) -> str:
    """SQL of the table with the two columns the keys use beyond the features."""
    return f"SELECT *, {_end_of_name('left')}, {_end_of_name('right')} FROM {table}"


def _select(parts: str, condition: str, key: _Key, table: str) -> str:
    hashed = (
        f"(hash('{key.kind}', {'part' if key.each else parts}) & 4294967295)::UINTEGER AS k, key::INTEGER AS person"
    )
    if key.each:
        return f"SELECT {hashed} FROM (SELECT key, unnest({parts}) AS part FROM {table} WHERE {condition})"
    return f"SELECT {hashed} FROM {table} WHERE {condition}"
