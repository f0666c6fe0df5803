"""The blind index of people: what a person can be found by, as keyed hashes.

Keys of comparison come from `kernel.matching.ledger_keys`, less those of a certain door: who lives at a door is asked
of the dwelling ledger. Keys of search are added here: the last four characters of a document number (``find.id4``) and
of a telephone (``find.phone4``); whole numbers are found under the comparison's ``id`` and ``phone``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from lianfang.core import vault
from lianfang.core.bulk import AnyOf, copy_values
from lianfang.core.people.models import IdentityDocument, Person, PersonKey, Telephone
from lianfang.kernel.matching import LedgerPerson, ledger_keys


def stored(key: tuple[str, str]) -> bool:
    """Whether a key of comparison is kept in the blind index (a certain door is looked up as a dwelling instead).

    A name with a door is kept only without the compound's code: then the door's first piece follows, in lower case.
    """
    kind, value = key
    return kind != "door" and (kind != "name.door" or value.partition("|")[2][:1].islower())


def search_keys(person: LedgerPerson) -> set[tuple[str, str]]:
    """Keys under which people look for someone."""
    found = {("find.id4", number[-4:]) for _, number in person.identities}
    return found | {("find.phone4", number[-4:]) for number in person.phones}


def key_values(person: LedgerPerson) -> set[int]:
    """All blind keys of one person."""
    keys = {key for key in ledger_keys(person) if stored(key)} | search_keys(person)
    return {vault.blind_key(kind, value) for kind, value in keys}


KEYS_CHANGED: list[Callable[[Sequence[UUID]], None]] = []
"""Called, in the same transaction, with the people whose keys were written: whoever compares people listens here."""


def write_keys(people: Iterable[LedgerPerson]) -> None:
    """Add the keys of people who have none yet."""
    written: list[UUID] = []
    copy_values(PersonKey, ("key", "person_id"), _key_rows(people, written))
    _tell(written)


def _tell(person_ids: Sequence[UUID]) -> None:
    for listener in KEYS_CHANGED:
        listener(person_ids)


def _key_rows(people: Iterable[LedgerPerson], written: list[UUID]) -> Iterator[tuple[int, UUID]]:
    for person in people:
        person_id = UUID(person.person_id)
        written.append(person_id)
        for key in key_values(person):
            yield key, person_id


def rewrite_keys(person_ids: Sequence[UUID]) -> None:
    """Make the keys of these people anew, after anything they are found by has changed."""
    PersonKey.objects.filter(person_id__in=person_ids).delete()
    copy_values(PersonKey, ("key", "person_id"), _key_rows(ledger_people(person_ids).values(), []))
    _tell(person_ids)


def ledger_people(person_ids: Sequence[UUID]) -> dict[str, LedgerPerson]:
    """People as the comparison sees them, by id; four queries for any number."""
    identities: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    documents = IdentityDocument.objects.filter(AnyOf("person_id", person_ids))
    for person_id, row_id, kind, sealed in documents.values_list("person_id", "id", "kind", "number_sealed"):
        identities[person_id].append((kind, vault.unseal_text(bytes(sealed), place="document.number", row=row_id)))
    phones: dict[UUID, list[str]] = defaultdict(list)
    telephones = Telephone.objects.filter(AnyOf("person_id", person_ids)).order_by("rank")
    for person_id, row_id, sealed in telephones.values_list("person_id", "id", "number_sealed"):
        phones[person_id].append(vault.unseal_text(bytes(sealed), place="telephone.number", row=row_id))
    rows = (
        Person.objects.current()
        .filter(AnyOf("id", person_ids))
        .values_list(
            "id",
            "household_id",
            "dwelling_id",
            "name",
            "sex",
            "birth_date",
            "nationality",
            "dwelling__door_key",
            "compound__code",
        )
    )
    return {
        str(row[0]): LedgerPerson(
            person_id=str(row[0]),
            household_id=str(row[1]),
            dwelling_id=str(row[2] or ""),
            name=row[3],
            identities=tuple(identities[row[0]]),
            phones=tuple(phones[row[0]]),
            sex=row[4],
            birth_date=row[5],
            nationality=row[6],
            door_key=row[7] or "",
            compound_code=row[8] or "",
        )
        for row in rows
    }


def people_with_keys(keys: Iterable[int]) -> dict[int, list[UUID]]:
    """Who can be found under each of these blind keys; one query."""
    found: dict[int, list[UUID]] = defaultdict(list)
    for key, person_id in PersonKey.objects.filter(AnyOf("key", keys)).values_list("key", "person_id"):
        found[key].append(person_id)
    return found


def people_at(dwelling_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who lives at each of these dwellings; one query."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = Person.objects.current().filter(AnyOf("dwelling_id", dwelling_ids)).values_list("dwelling_id", "id")
    for dwelling_id, person_id in rows:
        if dwelling_id is not None:
            found[dwelling_id].append(person_id)
    return found


def people_of(household_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who belongs to each of these households; one query."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = Person.objects.current().filter(AnyOf("household_id", household_ids)).values_list("household_id", "id")
    for household_id, person_id in rows:
        found[household_id].append(person_id)
    return found
