"""One person's file: panels and a timeline over all ledgers. A view, not a table; masked until opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, UUIDField
from django.utils import timezone

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.bulk import AnyOf
from lianfang.core.kept import Kept
from lianfang.core.lists.models import ListRow, Purpose, RowDecision
from lianfang.core.measures.models import ControlMeasure, FactKind, Regime
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import (
    CareNeed,
    Dwelling,
    IdentityDocument,
    Person,
    PersonMerge,
    Residence,
    Telephone,
)
from lianfang.core.work.models import WorkItem, WorkState
from lianfang.core.work.outcomes import Outcome
from lianfang.kernel.masking import mask_identity, mask_name, mask_phone
from lianfang.web.queries.people import DOCUMENT_KINDS, years
from lianfang.web.queries.timeline import Entry, Lived, Measure, Merge, Told, timeline_of

MOST = 40
"""Rows of one panel; older ones are in the ledgers."""


_PERSON = (
    *("id", "name", "sex", "birth_date", "nationality", "path", "household_id", "dwelling_id", "relation"),
    "merged_into_id",
)
_FILE = Kept(
    lambda actor, person: Person.objects.visible_to(actor).filter(id=person).values_list(*_PERSON, "dwelling__label"),
    person=UUIDField(),
)
_DOCUMENTS = Kept(
    lambda person: (
        IdentityDocument.objects.filter(person=person)
        .order_by("id")
        .values_list("id", "kind", "number_sealed", "valid")
    ),
    person=UUIDField(),
)
_PHONES = Kept(
    lambda person: (
        Telephone.objects.filter(person=person).order_by("rank", "id").values_list("id", "number_sealed", "note")
    ),
    person=UUIDField(),
)
_MEMBERS = Kept(
    lambda actor, person, household: (
        Person.objects.visible_to(actor)
        .current()
        .filter(household=household)
        .exclude(id=person)
        .order_by("id")
        .values_list("id", "name", "relation", "birth_date")[:MOST]
    ),
    person=UUIDField(),
    household=UUIDField(),
)
_NEEDS = Kept(
    lambda person: (
        CareNeed.objects.filter(person=person)
        .order_by("-starts_date", "-id")
        .values_list("kind", "note", "starts_date", "ends_date")[:MOST]
    ),
    person=UUIDField(),
)
_WORK = Kept(
    lambda actor, person: (
        WorkItem.objects.visible_to(actor)
        .checks()
        .filter(subjects__person=person)
        .order_by("-created_at", "-id")
        .values_list(
            *("id", "state", "created_at", "subjects__outcome", "subjects__recorded_at", "subjects__note"),
            "assignee__display_name",
        )[:MOST]
    ),
    person=UUIDField(),
)
_LISTS = Kept(
    lambda actor, person: (
        ListRow.objects.visible_to(actor)
        .filter(person=person)
        .order_by("-id")
        .values_list(
            *("source_list_id", "source_list__title", "source_list__purpose", "source_list__received_at"),
            *("sheet_row", "decision"),
        )[:MOST]
    ),
    person=UUIDField(),
)
_RESIDENCES = Kept(
    lambda records: (
        Residence.objects.filter(AnyOf("person_id", records))
        .order_by("-starts_date", "-id")
        .values_list("dwelling_id", "dwelling__label", "kind", "starts_date", "ends_date")[:MOST]
    ),
    records=UUIDField(),
)
_MEASURES = Kept(
    lambda actor, person: (
        ControlMeasure.objects.visible_to(actor)
        .filter(person=person)
        .order_by("-starts_at")
        .values_list(
            *("regime", "basis__kind", "basis__happened_date", "legal_basis", "starts_at", "ends_at", "appeal_to"),
            *("approved_at", "approved_by__display_name", "released_at", "release_reason", "id"),
        )[:MOST]
    ),
    person=UUIDField(),
)
_MERGES = Kept(
    lambda person: (
        PersonMerge.objects.filter(Q(kept=person) | Q(merged=person))
        .order_by("-merged_at")
        .values_list(
            *("id", "kept_id", "reason", "merged_at", "merged_by__display_name", "undone_at"),
            *("merged_id", "merged__name", "merged__sex", "merged__birth_date", "merged__dwelling__label"),
        )[:MOST]
    ),
    person=UUIDField(),
)


@dataclass(slots=True)
class Row:
    """A line of a panel: a heading, its words, and what they are about."""

    title: str
    text: str = ""
    href: str = ""
    tag: str = ""
    tone: str = ""
    at: datetime | None = None
    day: date | None = None
    until: date | None = None
    note: str = ""


@dataclass(slots=True)
class PersonFile:
    """Everything on the page of one person."""

    person: Person
    opened: bool
    name: str
    age: str
    documents: list[Row] = field(default_factory=list)
    phones: list[Row] = field(default_factory=list)
    residences: list[Lived] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    needs: list[Row] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    work: list[Row] = field(default_factory=list)
    lists: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    timeline: list[Entry] = field(default_factory=list)


def person_for(actor: User, person_id: UUID, *, now: datetime) -> tuple[Person, bool]:
    """The person, and whether they are shown in full. Opening is logged. Raises `NotFound` outside the actor's area."""
    row = _FILE.first(actor, person=person_id)
    if row is None:
        raise NotFound("person")
    person = Person.from_db("default", _PERSON, row[:-1])
    if person.dwelling_id is not None:
        person.dwelling = Dwelling.from_db("default", ("id", "label"), (person.dwelling_id, row[-1]))
    if person.merged_into_id is not None or not actor.authority.may("people.open", path=person.path):
        return person, False
    log_looks(actor=actor, people=[person], now=now, why="file")
    return person, True


def file_of(actor: User, person: Person, *, opened: bool, now: datetime) -> PersonFile:
    """The file of a person the actor may see; at most fourteen queries."""
    today = timezone.localdate(now)
    merges = [Merge(*row) for row in _MERGES.rows(person=person.id)]
    shown = PersonFile(
        person=person,
        opened=opened,
        name=person.name if opened else mask_name(person.name),
        age=years(person.birth_date, today),
        documents=_documents(person, opened),
        phones=_phones(person, opened),
        members=_members(actor, person, opened, today),
        needs=_needs(person, today),
        work=_work(actor, person),
        lists=_lists(actor, person),
        residences=[Lived(*row) for row in _RESIDENCES.rows(records=_records_of(person.id, merges))],
        measures=_measures(actor, person),
        merges=merges,
    )
    told = Told(
        residences=shown.residences,
        measures=shown.measures,
        merges=shown.merges,
        work=shown.work,
        lists=shown.lists,
    )
    shown.timeline = timeline_of(actor, person, told)
    return shown


def _records_of(person_id: UUID, merges: Sequence[Merge]) -> list[UUID]:
    """The record and all that were merged into it, also by way of others: what was written for them is theirs."""
    records = [person_id]
    latest = [one.merged_id for one in merges if one.kept_id == person_id and one.undone_at is None]
    while latest:
        records += latest
        standing = PersonMerge.objects.filter(AnyOf("kept_id", latest), undone_at=None)
        latest = [merged for merged in standing.values_list("merged_id", flat=True) if merged not in records]
    return records


def _documents(person: Person, opened: bool) -> list[Row]:
    found = []
    for row_id, kind, sealed, valid in _DOCUMENTS.rows(person=person.id):
        number = vault.unseal_text(bytes(sealed), place="document.number", row=row_id)
        title = str(DOCUMENT_KINDS.get(kind, kind))
        found.append(Row(title=title, text=number if opened else mask_identity(number), tone="" if valid else "bad"))
    return _once(found)


def _phones(person: Person, opened: bool) -> list[Row]:
    found = []
    for row_id, sealed, note in _PHONES.rows(person=person.id):
        number = vault.unseal_text(bytes(sealed), place="telephone.number", row=row_id)
        found.append(Row(title=number if opened else mask_phone(number), text=note))
    return _once(found)


def _once(rows: Sequence[Row]) -> list[Row]:
    """Of lines that say the same, the first: records merged into one may both hold a number."""
    return list({(row.title, row.text, row.tone): row for row in reversed(rows)}.values())[::-1]


def _members(actor: User, person: Person, opened: bool, today: date) -> list[Row]:
    return [
        Row(title=mask_name(name), text=relation, href=f"/people/{member_id}/", note=years(born, today))
        for member_id, name, relation, born in _MEMBERS.rows(actor, person=person.id, household=person.household_id)
    ]


def _needs(person: Person, today: date) -> list[Row]:
    return [
        Row(
            title=kind,
            text=note,
            day=starts,
            until=ends,
            tone="ok" if starts <= today and (ends is None or today < ends) else "",
        )
        for kind, note, starts, ends in _NEEDS.rows(person=person.id)
    ]


def _work(actor: User, person: Person) -> list[Row]:
    states, outcomes = dict(WorkState.choices), dict(Outcome.choices)
    return [
        Row(
            title=str(outcomes.get(outcome, "")),
            text=assignee or "",
            href=f"/work/{item_id}/",
            tag=str(states[state]),
            at=recorded_at or created_at,
            note=note,
        )
        for item_id, state, created_at, outcome, recorded_at, note, assignee in _WORK.rows(actor, person=person.id)
    ]


def _lists(actor: User, person: Person) -> list[Row]:
    purposes, decisions = dict(Purpose.choices), dict(RowDecision.choices)
    return [
        Row(
            title=title,
            text=str(purposes[purpose]),
            href=f"/lists/{list_id}/",
            at=received_at,
            note=str(row),
            tag=str(decisions[decision]),
        )
        for list_id, title, purpose, received_at, row, decision in _LISTS.rows(actor, person=person.id)
    ]


def _measures(actor: User, person: Person) -> list[Measure]:
    regimes, facts = dict(Regime.choices), dict(FactKind.choices)
    return [
        Measure(str(regimes[regime]), str(facts[fact]), *rest)
        for regime, fact, *rest in _MEASURES.rows(actor, person=person.id)
    ]
