"""Everything that can hang on a person, hung on them; and everything the database says about them, read back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey

from lianfang.core.access.models import User
from lianfang.core.lists.models import DecisionPin, ListRow, SourceList
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import CareNeed, IdentityDocument, Person, Residence, Telephone
from lianfang.core.work.models import ContactAttempt, WorkItem, WorkOrigin, WorkSubject

DAY = date(2022, 12, 19)
BESIDE = frozenset({"audit.AuditEntry", "people.PersonMerge", "cleanup.DuplicatePair", "cleanup.ChangedPerson",
                    "cleanup.PairCandidate"})  # fmt: skip
"""Tables that tell of merges and of comparing, and so may differ after one that was taken back."""

Rows = dict[str, list[dict[str, Any]]]


def hang(
    person: Person, shared: WorkItem, source_list: SourceList, *, actor: User, random: Random, now: datetime
) -> None:
    """Between none and two rows of every kind on a person, who is also on the item `shared`."""

    def some() -> range:
        return range(random.randint(0, 2))

    for n in some():
        IdentityDocument.sealed(person_id=person.id, kind="passport_foreign", number=f"ZZ{random.randrange(10**7):07}",
                                valid=True).save()  # fmt: skip
        Telephone.sealed(person_id=person.id, number=f"1990{random.randrange(10**7):07}", rank=n).save()
    for n in some():
        CareNeed.objects.create(person=person, kind="血液透析", starts_date=DAY + timedelta(days=n))
        if person.dwelling is not None:
            Residence.objects.create(person=person, dwelling=person.dwelling, starts_date=DAY, ends_date=DAY)
    for _ in some():
        Observation.objects.create(recorded_at=now, occurred_at=now, kind="registry.visit", person_id=person.id,
                                   path=person.path, recorded_by_id=actor.id)  # fmt: skip
    _work(person, shared, actor=actor, random=random, now=now)
    _rows(person, source_list, random)
    for _ in some():
        DecisionPin.objects.create(fingerprint=random.getrandbits(62), second=random.getrandbits(62), kind="same",
                                   person=person, decided_by=actor, decided_at=now)  # fmt: skip
    for _ in some():
        put_under_measure(person, actor=actor, now=now)


def _work(person: Person, shared: WorkItem, *, actor: User, random: Random, now: datetime) -> None:
    closed = {"state": "closed", "closed_at": now, "outcome": "left"}
    own = [item_at(person, now=now, **closed) for _ in range(random.randint(0, 2))]
    for item in (shared, *own):
        WorkSubject.objects.create(item=item, person=person, outcome="left", note=f"备注{random.randrange(99)}")
        WorkOrigin.objects.create(item=item, kind="tip", person=person, created_at=now)
        ContactAttempt.objects.create(
            item=item, household=person.household, person=person, result="reached", occurred_at=now, called_by=actor
        )


def item_at(person: Person, *, now: datetime, **fields: Any) -> WorkItem:
    """An item at somebody's household."""
    return WorkItem.objects.create(
        household=person.household, path=person.path, placement="door", created_at=now, due_at=now, **fields
    )


def _rows(person: Person, source_list: SourceList, random: Random) -> None:
    begin = ListRow.objects.filter(source_list=source_list).count()
    for ordinal in range(begin, begin + random.randint(0, 2)):
        ListRow.objects.create(
            source_list=source_list, ordinal=ordinal, sheet="s", data_row=1, sheet_row=2, raw_sealed=b"",
            facts_sealed=b"", path=person.path, decision="same", person=person, household=person.household,
        )  # fmt: skip


def put_under_measure(person: Person, *, actor: User, now: datetime) -> None:
    """A fact and a measure that rests on it."""
    fact = EpidemiologicalFact.objects.create(
        person=person, kind="inbound", happened_date=DAY, issuer="县疾控中心", evidence="入境登记",
        recorded_at=now, recorded_by=actor,
    )  # fmt: skip
    ControlMeasure.objects.create(
        person=person, regime="home", basis=fact, legal_basis="传染病防治法第三十九条", edition="8",
        starts_at=now, ends_at=now + timedelta(days=7), path=person.path, appeal_to="县疫情防控办",
        proposed_by=actor, proposed_at=now,
    )  # fmt: skip


def told_of(person_ids: list[UUID]) -> Rows:
    """Every row of every ledger that names one of these people, whatever ledgers there are."""
    told: Rows = {}
    for model in apps.get_models():
        label = model._meta.label
        if not model.__module__.startswith("lianfang.") or label in BESIDE:
            continue
        for column in _columns(model):
            rows = model._default_manager.filter(**{f"{column}__in": person_ids})
            told[f"{label}.{column}"] = sorted((plain(row) for row in rows.values()), key=str)
    return told


def _columns(model: Any) -> list[str]:
    if model is Person:
        return ["id"]
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.attname == "person_id" or (isinstance(field, ForeignKey) and field.related_model is Person)
    ]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose values can be compared."""
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
