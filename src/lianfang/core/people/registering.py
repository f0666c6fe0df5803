"""Bringing people into the ledger, one or a hundred thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.core import vault
from lianfang.core.bulk import copy_rows, copy_values
from lianfang.core.people.keys import write_keys
from lianfang.core.people.models import Dwelling, Household, IdentityDocument, Person, Residence, Telephone
from lianfang.kernel.matching import LedgerPerson
from lianfang.kernel.pinyin import pinyin_full, pinyin_initials
from lianfang.kernel.uuid7 import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Someone to be registered.

    `household_id` None makes a household of their own; people with the same `group` (not empty) share one. `path`
    counts only without a dwelling.
    """

    name: str
    path: str
    dwelling: Dwelling | None = None
    household_id: UUID | None = None
    group: str = ""
    sex: str = ""
    birth_date: date | None = None
    nationality: str = ""
    identities: tuple[tuple[str, str, bool], ...] = ()
    """(kind, number, valid)"""
    phones: tuple[str, ...] = ()
    relation: str = ""
    residence_kind: str = ""
    residence_from: date | None = None
    origin_list_id: UUID | None = None


def register_people(people: Sequence[NewPerson], *, now: datetime, compound_codes: dict[UUID, str]) -> list[Person]:
    """Insert people with their documents, telephones, residences, households and keys, by COPY; in the order given.

    `compound_codes` maps the ids of the compounds named by the dwellings to their codes.
    """
    made, new_households = _with_households(people, now)
    pairs = list(zip(people, made, strict=True))
    copy_rows(Household, new_households)
    copy_rows(Person, made)
    copy_values(IdentityDocument, ("id", "person_id", "kind", "number_sealed", "valid"), _documents(pairs))
    copy_values(Telephone, ("id", "person_id", "number_sealed", "rank", "note"), _telephones(pairs))
    residence = ("id", "person_id", "dwelling_id", "kind", "starts_date", "ends_date")
    copy_values(Residence, residence, _residences(pairs, timezone.localdate(now)))
    write_keys(_ledger(new, person, compound_codes) for new, person in pairs)
    return made


def _with_households(people: Sequence[NewPerson], now: datetime) -> tuple[list[Person], list[Household]]:
    by_group: dict[str, Household] = {}
    fresh: list[Household] = []
    made: list[Person] = []
    for new in people:
        household_id = new.household_id
        if household_id is None:
            household = by_group.get(new.group) if new.group else None
            if household is None:
                household = _household(new)
                fresh.append(household)
                if new.group:
                    by_group[new.group] = household
            household_id = household.id
        made.append(_person(new, household_id, now))
    return made, fresh


Pairs = Sequence[tuple[NewPerson, Person]]


def _documents(pairs: Pairs) -> Iterator[tuple[Any, ...]]:
    for new, person in pairs:
        for kind, number, valid in new.identities:
            row = uuid7()
            yield row, person.id, kind, vault.seal_text(number, place="document.number", row=row), valid


def _telephones(pairs: Pairs) -> Iterator[tuple[Any, ...]]:
    for new, person in pairs:
        for rank, number in enumerate(new.phones):
            row = uuid7()
            yield row, person.id, vault.seal_text(number, place="telephone.number", row=row), rank, ""


def _residences(pairs: Pairs, today: date) -> Iterator[tuple[Any, ...]]:
    for new, person in pairs:
        if new.dwelling:
            since = new.residence_from or today
            yield uuid7(), person.id, new.dwelling.id, new.residence_kind, since, None


def _household(new: NewPerson) -> Household:
    return Household(
        id=uuid7(),
        dwelling_id=new.dwelling.id if new.dwelling else None,
        path=new.dwelling.path if new.dwelling else new.path,
        origin_list_id=new.origin_list_id,
    )


def _person(new: NewPerson, household_id: UUID, now: datetime) -> Person:
    name = new.name[:60]
    return Person(
        id=uuid7(),
        name=name,
        pinyin=pinyin_full(name)[:120],
        initials=pinyin_initials(name)[:30],
        sex=new.sex,
        birth_date=new.birth_date,
        nationality=new.nationality[:30],
        path=new.dwelling.path if new.dwelling else new.path,
        household_id=household_id,
        dwelling_id=new.dwelling.id if new.dwelling else None,
        compound_id=new.dwelling.compound_id if new.dwelling else None,
        relation=new.relation[:20],
        origin_list_id=new.origin_list_id,
        created_at=now,
    )


def _ledger(new: NewPerson, person: Person, compound_codes: dict[UUID, str]) -> LedgerPerson:
    return LedgerPerson(
        person_id=str(person.id),
        household_id=str(person.household_id),
        dwelling_id=str(person.dwelling_id or ""),
        name=person.name,
        identities=tuple((kind, number) for kind, number, _ in new.identities),
        phones=new.phones,
        sex=new.sex,
        birth_date=new.birth_date,
        nationality=new.nationality,
        door_key=new.dwelling.door_key if new.dwelling else "",
        compound_code=compound_codes.get(new.dwelling.compound_id, "")
        if new.dwelling and new.dwelling.compound_id
        else "",
    )
