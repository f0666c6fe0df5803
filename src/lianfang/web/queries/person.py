"""One person's file: panels and a timeline over all ledgers. A view, not a table; masked until opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.lists.models import ListRow, Purpose, RowDecision
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import CareNeed, IdentityDocument, Person, PersonMerge, Residence, Telephone
from lianfang.core.work.models import WorkItem, WorkState
from lianfang.core.work.outcomes import Outcome
from lianfang.kernel.masking import mask_identity, mask_name, mask_phone
from lianfang.web.queries.people import DOCUMENT_KINDS, years
from lianfang.web.queries.timeline import Entry, Told, timeline_of

MOST = 40
"""Rows of one panel; older ones are in the ledgers."""


# A query costs in proportion to its columns: only what the page shows is read.
_RESIDENCE = ("person_id", "starts_date", "ends_date", "kind", "dwelling__label")
_MEASURE = (
    *("person_id", "regime", "legal_basis", "starts_at", "ends_at", "appeal_to", "approved_at", "released_at"),
    *("release_reason", "basis__kind", "basis__happened_date", "approved_by__display_name"),
)
_MERGE = ("kept_id", "merged_id", "reason", "merged_at", "undone_at", "merged_by__display_name")


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
    residences: list[Residence] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    needs: list[Row] = field(default_factory=list)
    measures: list[ControlMeasure] = field(default_factory=list)
    work: list[Row] = field(default_factory=list)
    lists: list[Row] = field(default_factory=list)
    merges: list[PersonMerge] = field(default_factory=list)
    timeline: list[Entry] = field(default_factory=list)


def person_for(actor: User, person_id: UUID, *, now: datetime) -> tuple[Person, bool]:
    """The person, and whether they are shown in full. Opening is logged. Raises `NotFound` outside the actor's area."""
    people = Person.objects.visible_to(actor)
    person = people.select_related("dwelling").filter(id=person_id).first()
    if person is None:
        raise NotFound("person")
    if person.merged_into_id is not None or not actor.authority.may("people.open", path=person.path):
        return person, False
    log_looks(actor=actor, people=[person], now=now, why="file")
    return person, True


def file_of(actor: User, person: Person, *, opened: bool, now: datetime) -> PersonFile:
    """The file of a person the actor may see; at most fourteen queries."""
    today = timezone.localdate(now)
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
    )
    residences = Residence.objects.filter(person=person).select_related("dwelling").only(*_RESIDENCE)
    shown.residences = list(residences.order_by("-starts_date", "-id")[:MOST])
    measures = ControlMeasure.objects.visible_to(actor).filter(person=person).select_related("basis", "approved_by")
    shown.measures = list(measures.only(*_MEASURE).order_by("-starts_at")[:MOST])
    merges = PersonMerge.objects.filter(Q(kept=person) | Q(merged=person)).select_related("merged_by")
    shown.merges = list(merges.only(*_MERGE).order_by("-merged_at")[:MOST])
    told = Told(
        residences=shown.residences,
        measures=shown.measures,
        merges=shown.merges,
        work=shown.work,
        lists=shown.lists,
    )
    shown.timeline = timeline_of(actor, person, told)
    return shown


def _documents(person: Person, opened: bool) -> list[Row]:
    rows = IdentityDocument.objects.filter(person=person).order_by("id")
    return [
        Row(
            title=str(DOCUMENT_KINDS.get(document.kind, document.kind)),
            text=document.number if opened else mask_identity(document.number),
            tone="" if document.valid else "bad",
        )
        for document in rows
    ]


def _phones(person: Person, opened: bool) -> list[Row]:
    rows = Telephone.objects.filter(person=person).order_by("rank", "id")
    return [Row(title=phone.number if opened else mask_phone(phone.number), text=phone.note) for phone in rows]


def _members(actor: User, person: Person, opened: bool, today: date) -> list[Row]:
    people = Person.objects.visible_to(actor).current().filter(household_id=person.household_id).exclude(id=person.id)
    rows = people.order_by("id").values_list("id", "name", "relation", "birth_date")[:MOST]
    return [
        Row(title=mask_name(name), text=relation, href=f"/people/{member_id}/", note=years(born, today))
        for member_id, name, relation, born in rows
    ]


def _needs(person: Person, today: date) -> list[Row]:
    needs = CareNeed.objects.filter(person=person).order_by("-starts_date", "-id")[:MOST]
    return [
        Row(
            title=need.kind,
            text=need.note,
            day=need.starts_date,
            until=need.ends_date,
            tone="ok" if need.in_force(today) else "",
        )
        for need in needs
    ]


def _work(actor: User, person: Person) -> list[Row]:
    items = (
        WorkItem.objects.visible_to(actor)
        .filter(subjects__person=person)
        .annotate(found=F("subjects__outcome"), found_at=F("subjects__recorded_at"), found_note=F("subjects__note"))
        .order_by("-created_at", "-id")
        .values("id", "state", "created_at", "found", "found_at", "found_note", "assignee__display_name")[:MOST]
    )
    states, outcomes = dict(WorkState.choices), dict(Outcome.choices)
    return [
        Row(
            title=str(outcomes.get(item["found"], "")),
            text=item["assignee__display_name"] or "",
            href=f"/work/{item['id']}/",
            tag=str(states[item["state"]]),
            at=item["found_at"] or item["created_at"],
            note=item["found_note"],
        )
        for item in items
    ]


def _lists(actor: User, person: Person) -> list[Row]:
    rows = ListRow.objects.visible_to(actor).filter(person=person).order_by("-id")
    columns = ("source_list_id", "source_list__title", "source_list__purpose", "source_list__received_at")
    purposes, decisions = dict(Purpose.choices), dict(RowDecision.choices)
    found: Sequence[tuple[Any, ...]] = list(rows.values_list(*columns, "sheet_row", "decision")[:MOST])
    return [
        Row(
            title=title,
            text=str(purposes[purpose]),
            href=f"/lists/{list_id}/",
            at=received_at,
            note=str(row),
            tag=str(decisions[decision]),
        )
        for list_id, title, purpose, received_at, row, decision in found
    ]
