"""How a row and a person compare, field by field: SQL over pairs of features that gives a level for each comparison.

Levels are small numbers, the positions in the tuples below. Edit distance only on ASCII (numbers, telephones): before
2.0.1 DuckDB counted bytes (duckdb#25113). Chinese is compared by equality, sound and position.
"""

from __future__ import annotations

from typing import Final

NAME: Final = (
    "none", "equal", "homophone", "shape", "shape_last", "swapped", "missing_char", "cut", "surname", "differs",
    "masked", "masked_given", "masked_loose", "mask_differs", "pinyin", "pinyin_differs", "latin", "latin_differs",
    "surname_only", "surname_differs", "latin_slip", "latin_part",
)  # fmt: skip
"""Levels of the name. ``shape``: one character is another, as look-alikes are; ``shape_last``: the last one, as it also
is between brothers and sisters who share the character of their generation; ``cut``: only
the beginning of a long name (吐尔逊 for 吐尔逊·热合曼); ``masked_given``: a mask that fits and shows a character of the
given name; ``masked_loose``: it fits but for the number of its stars; ``latin_slip``: letters mistyped, ``latin_part``:
all words of one name are among those of the other."""
TWO_NAMES: Final = tuple(
    NAME.index(level)
    for level in ("surname", "differs", "mask_differs", "pinyin_differs", "latin_differs", "surname_differs")
)
"""Levels of names that are two people's: no weight makes one person of them."""
SAME_NAME: Final = tuple(
    NAME.index(level) for level in ("equal", "homophone", "swapped", "masked", "masked_given", "pinyin", "latin")
)
"""Levels of one person's name that no brother or sister has."""
DOUBTFUL_NAME: Final = tuple(NAME.index(level) for level in ("shape", "shape_last", "latin_slip", "latin_part"))
"""Levels that brothers and sisters may have."""
ID: Final = ("none", "equal", "slip", "slip2", "unlike", "differs", "masked", "mask_differs")
"""Levels of the document number. ``differs``: two valid numbers, hence two people."""
PHONE: Final = ("none", "equal", "family", "masked", "slip", "differs")
"""Levels of the telephone. ``family``: not this person's number, but one of the same door."""
DOOR: Final = ("none", "door", "door?", "building", "building_differs", "place", "place_differs", "room?", "differs")
"""Levels of the address. ``door?``: all that was written fits, a piece is missing; ``building``: no room was written;
``building_differs``: another room of it; ``place`` and ``place_differs`` likewise for compounds; ``room?``: building
and room fit and the compound was not understood."""
BIRTH: Final = ("none", "equal", "near", "differs")
SEX: Final = ("none", "equal", "differs")


def _level(levels: tuple[str, ...], cases: list[tuple[str, str]], otherwise: str) -> str:
    """A CASE that gives the position of the first level whose condition holds."""
    whens = " ".join(f"WHEN {condition} THEN {levels.index(level)}" for condition, level in cases)
    return f"CAST(CASE {whens} ELSE {levels.index(otherwise)} END AS UTINYINT)"


def _one_sign_differs() -> str:
    """Equally long names of three to six characters, all but one the same."""
    parts = " + ".join(f"(substr(l.name, {at}, 1) <> substr(r.name, {at}, 1))::INT" for at in range(1, 7))
    return f"length(l.name) = length(r.name) AND length(l.name) BETWEEN 3 AND 6 AND {parts} = 1"


def _one_dropped() -> str:
    """One name is the other without one character of the given name."""
    tests = []
    for short, long in (("r.name", "l.name"), ("l.name", "r.name")):
        dropped = " OR ".join(
            f"substr({long}, 1, {at - 1}) || substr({long}, {at + 1}) = {short}" for at in range(2, 6)
        )
        tests.append(f"(length({long}) = length({short}) + 1 AND length({short}) >= 2 AND ({dropped}))")
    return "(" + " OR ".join(tests) + ")"


_ANY_LENGTH: Final = "regexp_replace(r.name_mask, '_+', '%', 'g')"
_SHOWS_SOMETHING: Final = "replace(r.name_mask, '_', '') <> ''"
GIVEN_SHOWN: Final = "(r.name_mask LIKE '\\_%' ESCAPE '\\' OR right(r.name_mask, 1) <> '_')"
"""Whether a masked name shows a character of the given name."""
_SWAPPED: Final = (
    "length(l.name) = length(r.name) AND length(l.name) >= 3 AND left(l.name, length(l.name) - 2) ="
    " left(r.name, length(r.name) - 2) AND right(l.name, 1) = substr(r.name, length(r.name) - 1, 1)"
    " AND right(r.name, 1) = substr(l.name, length(l.name) - 1, 1)"
)
_CUT: Final = (
    "greatest(length(l.name), length(r.name)) > 4 AND least(length(l.name), length(r.name)) >= 2"
    " AND (starts_with(l.name, r.name) OR starts_with(r.name, l.name))"
)
_SIGNS: Final = "list_sort(string_split(replace(replace({}, ' ', ''), '''', ''), ''))"
_LATIN_ORDERS: Final = f"{_SIGNS.format('l.name')} = {_SIGNS.format('r.name')}"
"""Names in Latin letters come in any order of their words, and run together (TRANTHILAN)."""
_TOGETHER: Final = "replace({}, ' ', '')"
_SORTED: Final = "array_to_string(list_sort(string_split({}, ' ')), '')"
_NEAR_ENOUGH: Final = 0.92
"""Likeness (Jaro-Winkler) from which two names in Latin letters may be one with a slip."""
_LATIN_SLIP: Final = " OR ".join(
    f"jaro_winkler_similarity({form.format('l.name')}, {form.format('r.name')}) >= {_NEAR_ENOUGH}"
    f" OR (length(l.name) > 6 AND damerau_levenshtein({form.format('l.name')}, {form.format('r.name')}) <= 2)"
    for form in (_TOGETHER, _SORTED)
)
_WORDS: Final = "string_split({}, ' ')"
_LATIN_PART: Final = (
    f"list_has_all({_WORDS.format('l.name')}, {_WORDS.format('r.name')})"
    f" OR list_has_all({_WORDS.format('r.name')}, {_WORDS.format('l.name')})"
)
_LETTERS: Final = (
    "(l.name_py = r.name_py OR replace(lower(l.name), ' ', '') = r.name_py"
    " OR replace(lower(r.name), ' ', '') = l.name_py"
    " OR string_split(lower(r.name), ' ')[2] || string_split(lower(r.name), ' ')[1] = l.name_py"
    " OR string_split(lower(l.name), ' ')[2] || string_split(lower(l.name), ' ')[1] = r.name_py)"
)


def _of_letters(condition: str) -> str:
    """The condition where both names are in Latin letters. A CASE, because both sides of an AND are worked out for
    every pair, and these take long."""
    return f"CASE WHEN l.name_fz IS NULL AND r.name_fz IS NULL THEN {condition} ELSE false END"


NAME_SQL: Final = _level(
    NAME,
    [
        ("l.name IS NULL", "none"),
        (f"l.name LIKE r.name_mask AND {GIVEN_SHOWN}", "masked_given"),
        ("r.name_mask IS NOT NULL AND l.name LIKE r.name_mask", "masked"),
        (f"l.name LIKE {_ANY_LENGTH} AND {_SHOWS_SOMETHING}", "masked_loose"),
        ("r.name_mask IS NOT NULL", "mask_differs"),
        ("r.name IS NULL", "none"),
        ("r.surname_only AND starts_with(l.name, r.name)", "surname_only"),
        ("r.surname_only", "surname_differs"),
        (_of_letters(_LATIN_ORDERS), "latin"),
        (_of_letters(_LATIN_PART), "latin_part"),
        (_of_letters(_LATIN_SLIP), "latin_slip"),
        ("l.name_fz IS NULL AND r.name_fz IS NULL", "latin_differs"),
        (f"(l.name_fz IS NULL OR r.name_fz IS NULL) AND {_LETTERS}", "pinyin"),
        ("l.name_fz IS NULL OR r.name_fz IS NULL", "pinyin_differs"),
        ("l.name = r.name", "equal"),
        ("l.name_fz = r.name_fz", "homophone"),
        (_SWAPPED, "swapped"),
        (f"{_one_sign_differs()} AND right(l.name, 1) <> right(r.name, 1)", "shape_last"),
        (_one_sign_differs(), "shape"),
        (_one_dropped(), "missing_char"),
        (_CUT, "cut"),
        ("left(l.name, 1) = left(r.name, 1)", "surname"),
    ],
    "differs",
)
_NUMBERS_OF_A_KIND: Final = "l.id_kind = r.id_kind"
ID_SQL: Final = _level(
    ID,
    [
        ("l.id IS NULL OR (r.id IS NULL AND r.id_mask IS NULL)", "none"),
        ("l.id = r.id", "equal"),
        ("r.id IS NULL AND length(l.id) = length(r.id_mask) AND l.id LIKE r.id_mask", "masked"),
        ("r.id IS NULL AND length(l.id) = length(r.id_mask)", "mask_differs"),
        ("r.id IS NULL", "none"),
        (f"l.id_valid AND r.id_valid AND {_NUMBERS_OF_A_KIND}", "differs"),
        ("length(l.id) > 6 AND damerau_levenshtein(l.id, r.id) = 1", "slip"),
        ("length(l.id) > 14 AND damerau_levenshtein(l.id, r.id) = 2", "slip2"),
        (_NUMBERS_OF_A_KIND, "unlike"),
    ],
    "none",
)
PHONE_SQL: Final = _level(
    PHONE,
    [
        ("len(r.phones) = 0 AND r.phone_mask IS NULL", "none"),
        ("list_has_any(l.phones, r.phones)", "equal"),
        ("list_has_any(l.home_phones, r.phones)", "family"),
        ("len(l.phones) = 0", "none"),
        ("r.phone_mask IS NOT NULL AND len(list_filter(l.phones, lambda one: one LIKE r.phone_mask)) > 0", "masked"),
        ("length(l.phones[1]) = length(r.phones[1]) AND damerau_levenshtein(l.phones[1], r.phones[1]) = 1", "slip"),
    ],
    "differs",
)
_SAME_BUILDING: Final = "l.building = r.building"
_SAME_ROOM: Final = "l.room = r.room"
DOOR_SQL: Final = _level(
    DOOR,
    [
        ("(r.place IS NULL AND r.room IS NULL AND NOT r.outside) OR l.place IS NULL", "none"),
        ("r.outside", "differs"),
        (f"r.place IS NULL AND {_SAME_ROOM} AND coalesce(l.building, '') = coalesce(r.building, '')", "room?"),
        ("r.place IS NULL", "none"),
        ("l.place <> r.place", "differs"),
        (f"{_SAME_ROOM} AND coalesce({_SAME_BUILDING}, l.building IS NULL AND r.building IS NULL)"
         " AND coalesce(l.unit = r.unit, l.unit IS NULL AND r.unit IS NULL)", "door"),
        (f"{_SAME_ROOM} AND coalesce({_SAME_BUILDING}, true) AND coalesce(l.unit = r.unit, true)", "door?"),
        (f"{_SAME_BUILDING} AND (l.room IS NULL OR r.room IS NULL)", "building"),
        (_SAME_BUILDING, "building_differs"),
        ("l.building IS NULL OR r.building IS NULL", "place"),
    ],
    "place_differs",
)  # fmt: skip
BIRTH_SQL: Final = _level(
    BIRTH,
    [
        ("l.birth IS NULL OR r.birth IS NULL", "none"),
        ("l.birth = r.birth", "equal"),
        ("damerau_levenshtein(l.birth, r.birth) = 1 OR (left(l.birth, 4) = left(r.birth, 4) AND"
         " substr(l.birth, 5, 2) || right(l.birth, 2) = right(r.birth, 2) || substr(r.birth, 5, 2))", "near"),
    ],
    "differs",
)  # fmt: skip
SEX_SQL: Final = _level(SEX, [("l.sex IS NULL OR r.sex IS NULL", "none"), ("l.sex = r.sex", "equal")], "differs")
LEVELS: Final = {
    "name": NAME_SQL,
    "id": ID_SQL,
    "phone": PHONE_SQL,
    "door": DOOR_SQL,
    "birth": BIRTH_SQL,
    "sex": SEX_SQL,
}


def level_columns() -> str:
    """The select list of all levels, for rows `r` beside people `l`."""
    return ", ".join(f"{sql} AS {name}_level" for name, sql in LEVELS.items())
