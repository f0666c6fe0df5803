"""Keys by which the database finds the ledger people a row may be, by equality alone.

A row and a person that are worth comparing share at least one (kind, key) pair. Kinds:

``id`` the whole number · ``id.head`` region and birth date · ``id.ends`` region and last four · ``id.tail`` from the
birth date on (one slip leaves one of the three whole, and masks show one of them) · ``slip.head``, ``slip.ends``,
``slip.tail`` the same of a ledger number that is itself wrong: all that a row with a valid number asks for, since two
valid numbers that differ are two people, and the people of one county share heads and ends by the dozen · ``phone`` ·
``phone.ends`` first three and last four · ``door`` every way the door may be written · ``name.door``,
``name.compound``, ``name.birth``, ``name.phone4`` the sound of the name with something beside it · ``pinyin.phone4``
for names in letters · ``name`` the bare name, asked for only by rows without a valid number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from lianfang.kernel.doors_keys import loose_keys, split_key
from lianfang.kernel.identity import is_valid_resident
from lianfang.kernel.matching_names import is_latin, letters_of
from lianfang.kernel.matching_types import LedgerPerson
from lianfang.kernel.names import fuzzy_key, simplified
from lianfang.kernel.rowfacts import RowFacts

BlockingKey = tuple[str, str]

_HEAD, _REGION, _LAST = 14, 6, 4
_SHORTEST_NUMBER = 17
"""A citizen number that lost a digit still has seventeen."""


def blocking_keys(row: RowFacts, door_key: str) -> frozenset[BlockingKey]:
    """The keys to ask the ledger for. Empty for a row that names nobody."""
    keys = set(_number_keys(row.identity, parts="slip" if row.identity_valid else "id"))
    keys.update(_mask_keys(row.identity_masked))
    keys.update(("phone", phone) for phone in row.phones)
    keys.update(("phone.ends", _ends(phone)) for phone in row.phones_masked if "*" not in _ends(phone))
    doors = _door_forms(door_key)
    keys.update(("door", form) for form in doors if not form.startswith("?"))
    if row.name and not row.surname_only:
        tails = {phone[-_LAST:] for phone in (*row.phones, *row.phones_masked)}
        compounds = split_key(door_key).compounds
        keys.update(_name_keys(row.name, doors, compounds, row.birth_date, tails))
        if not row.identity_valid:
            keys.add(("name", _name_key(row.name)))
    return frozenset(keys)


def ledger_keys(person: LedgerPerson) -> frozenset[BlockingKey]:
    """Every key under which a ledger person must be found; to be stored and replaced when the person changes."""
    keys: set[BlockingKey] = set()
    for _, number in person.identities:
        keys.update(_number_keys(number))
        if not is_valid_resident(number):
            keys.update(_number_keys(number, parts="slip"))
    keys.update(("phone", phone) for phone in person.phones)
    keys.update(("phone.ends", _ends(phone)) for phone in person.phones)
    doors = _door_forms(person.door_key)
    keys.update(("door", form) for form in doors if not form.startswith("?"))
    if person.name:
        tails = {phone[-_LAST:] for phone in person.phones}
        compounds = frozenset({person.compound_code} - {""}) or split_key(person.door_key).compounds
        keys.update(_name_keys(person.name, doors, compounds, person.birth_date, tails))
        keys.add(("name", _name_key(person.name)))
    return frozenset(keys)


def _number_keys(number: str, *, parts: str = "id") -> Iterator[BlockingKey]:
    if not number:
        return
    yield "id", number
    if len(number) >= _SHORTEST_NUMBER:
        yield f"{parts}.head", number[:_HEAD]
        yield f"{parts}.ends", number[:_REGION] + number[-_LAST:]
        yield f"{parts}.tail", number[-(_SHORTEST_NUMBER - _REGION + 1) :]


def _mask_keys(masked: str) -> Iterator[BlockingKey]:
    if len(masked) < _SHORTEST_NUMBER:
        return
    for kind, part in (
        ("id.head", masked[:_HEAD]),
        ("id.ends", masked[:_REGION] + masked[-_LAST:]),
        ("id.tail", masked[_REGION:]),
    ):
        if "*" not in part:
            yield kind, part


def _ends(phone: str) -> str:
    return phone[:3] + phone[-_LAST:]


def _door_forms(door_key: str) -> frozenset[str]:
    """The door itself and its looser spellings; nothing when the key stops at the building or above."""
    if not split_key(door_key).pieces.keys() & {"r", "n", "s"}:
        return frozenset()
    return loose_keys(door_key) | {door_key}


def _name_keys(
    name: str, doors: Iterable[str], compounds: Iterable[str], birth: date | None, tails: Iterable[str]
) -> Iterator[BlockingKey]:
    sound = fuzzy_key(name)
    spellings = letters_of(name)
    for door in doors:
        yield "name.door", f"{sound}|{door.removeprefix('?')}"
        if "|" in door:
            yield "name.door", f"{sound}|{door.partition('|')[2]}"
    for compound in compounds:
        yield "name.compound", f"{sound}|{compound}"
    if birth:
        yield "name.birth", f"{sound}|{birth.isoformat()}"
    for tail in tails:
        yield "name.phone4", f"{sound}|{tail}"
        for letters in spellings:
            yield "pinyin.phone4", f"{letters}|{tail}"


def _name_key(name: str) -> str:
    return min(letters_of(name)) if is_latin(name) else simplified(name)
