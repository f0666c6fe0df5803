"""People and rows that are already read, one by one, in the columns in which people are compared.

The live ledger keeps numbers and telephones sealed, so nothing of it lies ready in columns: of every chunk of a list
the few people it may mean are opened and written into these tables. Tests hold them to what `features` makes of cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa

from lianfang.kernel.doors import Door
from lianfang.kernel.doors_keys import split_key
from lianfang.kernel.identity import is_valid_resident
from lianfang.kernel.matching_names import is_latin
from lianfang.kernel.matching_types import LedgerPerson
from lianfang.kernel.names import Name
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching.features import SCHEMA
from lianfang.matching.single import CHECKED, NameWords, place_words, words_of

_OF_PERSON: Final = ("key", "name", "name_py", "name_fz", "id", "id_valid", "id_kind", "phones", "sex", "birth",
                     "place", "building", "unit", "room")  # fmt: skip
PEOPLE: Final = pa.schema(
    [
        *(SCHEMA.field(name) for name in _OF_PERSON),
        ("home", pa.uint64()),
        ("twin_by_id", pa.uint64()),
        ("twin_by_name", pa.uint64()),
        ("home_phones", pa.list_(pa.string())),
    ]
)
"""The table ``near`` of `scoring`."""
Fields = dict[str, Any]


def rows_table(rows: Iterable[tuple[int, RowFacts, Door]]) -> pa.Table:
    """Features of rows, under the keys given."""
    return pa.Table.from_pylist([_row(key, facts, door) for key, facts, door in rows], schema=SCHEMA)


def people_table(people: Sequence[tuple[int, LedgerPerson, int]]) -> pa.Table:
    """People for `scoring.compare`: key, person, and which of their documents is meant (any place for none)."""
    homes: dict[str, list[str]] = defaultdict(list)
    for _, person, _ in people:
        homes[person.household_id] += person.phones
    lines = []
    for key, person, document in people:
        line = {"key": key, **_person(person, document)}
        twin = (person.name, person.birth_date, person.phones[:1]) if person.birth_date and person.phones else person
        line["home"] = _hashed(person.household_id) if person.household_id else None
        line["twin_by_id"] = _hashed(line["id"] or person.person_id)
        line["twin_by_name"] = _hashed(twin if twin is not person else person.person_id)
        line["home_phones"] = homes[person.household_id]
        lines.append(line)
    return pa.Table.from_pylist(lines, schema=PEOPLE)


def rows_of_people(people: Iterable[tuple[int, LedgerPerson, int]]) -> pa.Table:
    """People as if they stood on a list: to compare two records of the ledger. Key, person, document."""
    nothing: Fields = {"name_mask": None, "surname_only": False, "id_mask": None, "phone_mask": None, "door": None}
    return pa.Table.from_pylist(
        [{"key": key, **nothing, "outside": False, **_person(person, document)} for key, person, document in people],
        schema=SCHEMA,
    )


def documents_of_both(left: LedgerPerson, right: LedgerPerson) -> tuple[int, int]:
    """The documents of two records that are to be compared: the same one, else two of a kind, else the first ones."""
    mine, theirs = left.identities, right.identities
    pairs = [(at, beside) for at in range(len(mine)) for beside in range(len(theirs))]
    same = [(at, beside) for at, beside in pairs if mine[at] == theirs[beside]]
    alike = [(at, beside) for at, beside in pairs if mine[at][0] == theirs[beside][0]]
    return next(iter(same + alike), (0, 0))


def document_for(row: RowFacts, person: LedgerPerson) -> int:
    """Which of a person's documents a row is to be compared with: its own, then one of its kind, then the first."""
    numbers = person.identities
    if len(numbers) < 2:
        return 0
    kinds = [kind for kind, _ in numbers]
    for at, (_, number) in enumerate(numbers):
        if row.identity and number == row.identity:
            return at
    return kinds.index(row.identity_kind) if row.identity_kind in kinds else 0


def _hashed(value: object) -> int:
    return hash(value) & 0xFFFF_FFFF_FFFF_FFFF


def _row(key: int, facts: RowFacts, door: Door) -> Fields:
    place = place_words(door)
    return {
        "key": key,
        **_name(facts.name, facts.name_masked, surname_only=facts.surname_only)._asdict(),
        "id": facts.identity or None,
        "id_valid": facts.identity_valid and facts.identity_kind in CHECKED,
        "id_kind": facts.identity_kind or None,
        "id_mask": facts.identity_masked.replace("*", "_") or None,
        "phones": list(facts.phones),
        "phone_mask": facts.phones_masked[0].replace("*", "_") if facts.phones_masked else None,
        "sex": facts.sex or None,
        "birth": f"{facts.birth_date:%Y%m%d}" if facts.birth_date else None,
        "place": place.place or None,
        "building": "".join(place.building) if place.building[1] else None,
        "unit": place.unit or None,
        "room": "".join(place.room) if place.room[1] else None,
        "door": None,
        "outside": place.outside,
    }


def _person(person: LedgerPerson, document: int) -> Fields:
    kind, number = person.identities[document] if person.identities else (None, None)
    masked = "*" in person.name
    name = _name("" if masked else person.name, person.name if masked else "", surname_only=False)
    pieces = split_key(person.door_key).pieces
    inner = pieces.get("r") or pieces.get("n")
    return {
        "name": name.name,
        "name_py": name.name_py,
        "name_fz": name.name_fz,
        "id": number,
        "id_valid": bool(number) and kind in CHECKED and (kind != "resident_id" or is_valid_resident(number or "")),
        "id_kind": kind,
        "phones": list(person.phones),
        "sex": person.sex or None,
        "birth": f"{person.birth_date:%Y%m%d}" if person.birth_date else None,
        "place": person.compound_code or None,
        "building": f"g{pieces['g']}" if "g" in pieces else pieces.get("b"),
        "unit": pieces.get("u"),
        "room": f"s{pieces['s']}" if "s" in pieces else inner,
    }


def _name(text: str, masked: str, *, surname_only: bool) -> NameWords:
    latin = is_latin(text or masked) and bool(text or masked)
    return words_of(Name(text=text, masked=masked, surname_only=surname_only, latin=latin))
