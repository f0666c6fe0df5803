"""What happened to a person, over all ledgers, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery, UUIDField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.core.access.models import User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.bulk import AnyOf
from lianfang.core.kept import Kept
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Person
from lianfang.core.work.models import ContactAttempt
from lianfang.core.work.outcomes import CallResult

if TYPE_CHECKING:
    from lianfang.web.queries.person import Row

MOST = 60
"""Entries shown; the ledgers hold the rest."""

WRITES: dict[str, str | Promise] = {
    "people.register": gettext_lazy("Registered"),
    "people.correct": gettext_lazy("Record corrected"),
    "people.add_care_need": gettext_lazy("Special need written down"),
}
"""Entries of the log that are told; moves and merges have ledgers of their own."""

FINDINGS: dict[str, str | Promise] = {
    "registry.visit": gettext_lazy("Visit at the door"),
    "registry.tip": gettext_lazy("Neighbour's tip"),
}


def _name_of(column: str) -> Subquery:
    """The name of the account in `column`: ledgers below the accounts know only its id."""
    return Subquery(User.objects.filter(pk=OuterRef(column)).values("display_name")[:1])


_CALLS = Kept(
    lambda person, items: (
        ContactAttempt.objects.filter(Q(person=person) | Q(person=None), AnyOf("item_id", items))
        .order_by("-occurred_at")
        .values_list("occurred_at", "result", "note", "called_by__display_name")[:MOST]
    ),
    person=UUIDField(),
    items=UUIDField(),
)
_FINDINGS = Kept(
    lambda actor, person, dwelling: (
        Observation.objects.visible_to(actor)
        .filter(Q(person_id=person) | Q(dwelling_id=dwelling))
        .order_by("-occurred_at")
        .annotate(who=_name_of("recorded_by_id"))
        .values_list("occurred_at", "kind", "facts", "who")[:MOST]
    ),
    person=UUIDField(),
    dwelling=UUIDField(null=True),
)
_WRITES = Kept(
    lambda person: (
        AuditEntry.objects.filter(subject_id=person, kind=AuditEntry.Kind.WRITE, code__in=list(WRITES))
        .order_by("-recorded_at")
        .annotate(who=_name_of("actor_id"))
        .values_list("occurred_at", "code", "who")[:MOST]
    ),
    person=UUIDField(),
)


@dataclass(slots=True)
class Entry:
    """One thing that happened. `whole_day`: only the day is known."""

    at: datetime
    what: str
    text: str = ""
    who: str = ""
    href: str = ""
    tone: str = ""
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Lived:
    """A time at a dwelling."""

    dwelling_id: UUID
    dwelling: str
    kind: str
    starts_date: date
    ends_date: date | None


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with the words of its regime and of the fact it rests on."""

    regime: str
    fact: str
    fact_date: date
    legal_basis: str
    starts_at: datetime
    ends_at: datetime
    appeal_to: str
    approved_at: datetime | None
    approved_by: str | None
    released_at: datetime | None
    release_reason: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge this record was in, on either side."""

    id: UUID
    kept_id: UUID
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    merged_id: UUID
    merged_name: str
    merged_sex: str
    merged_birth_date: date | None
    merged_door: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the panels of a person's file have already read."""

    residences: Sequence[Lived]
    measures: Sequence[Measure]
    merges: Sequence[Merge]
    work: Sequence[Row]
    lists: Sequence[Row]


def timeline_of(actor: User, person: Person, told: Told) -> list[Entry]:
    """What the panels tell, and calls, visits and corrections besides: three more queries."""
    entries = [
        *_of_residences(told.residences),
        *_of_measures(told.measures),
        *_of_merges(person, told.merges),
        *_of_rows(told.work, what=_("Result"), tone="info"),
        *_of_rows(told.lists, what=_("Named on a list"), tone=""),
        *_of_calls(told.work, person),
        *_of_findings(actor, person),
        *_of_writes(person),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _of_residences(residences: Sequence[Lived]) -> Iterable[Entry]:
    for residence in residences:
        door = residence.dwelling
        href = f"/dwellings/{residence.dwelling_id}/"
        yield Entry(_midnight(residence.starts_date), _("Moved in"), door, href=href, whole_day=True)
        if residence.ends_date is not None:
            yield Entry(_midnight(residence.ends_date), _("Moved out"), door, href=href, whole_day=True)


def _of_measures(measures: Sequence[Measure]) -> Iterable[Entry]:
    for measure in measures:
        if measure.approved_at is not None:
            who = measure.approved_by or ""
            yield Entry(measure.approved_at, _("Measure approved"), measure.regime, who, tone="warn")
        if measure.released_at is not None:
            text = f"{measure.regime} · {measure.release_reason}"
            yield Entry(measure.released_at, _("Measure released"), text, tone="ok")


def _of_merges(person: Person, merges: Sequence[Merge]) -> Iterable[Entry]:
    for merge in merges:
        if merge.kept_id == person.id:
            yield Entry(merge.merged_at, _("Another record was merged in"), merge.reason, merge.merged_by)
        if merge.undone_at is not None:
            yield Entry(merge.undone_at, _("Merge taken back"), merge.reason, tone="warn")


def _of_rows(rows: Sequence[Row], *, what: str, tone: str) -> Iterable[Entry]:
    for row in rows:
        if row.at is not None and row.title:
            text = " · ".join(part for part in (row.title, row.text) if part)
            yield Entry(row.at, what, text, href=row.href, tone=tone)


def _of_calls(work: Sequence[Row], person: Person) -> Iterable[Entry]:
    """Calls on the items the viewer sees, to this person or to the household."""
    items = [UUID(row.href.split("/")[2]) for row in work]
    results = dict(CallResult.choices)
    for at, result, note, who in _CALLS.rows(person=person.id, items=items) if items else ():
        reached = result == CallResult.REACHED
        text = " · ".join(part for part in (str(results.get(result, result)), note) if part)
        yield Entry(at, _("Call"), text, who, tone="ok" if reached else "")


def _of_findings(actor: User, person: Person) -> Iterable[Entry]:
    for at, kind, facts, who in _FINDINGS.rows(actor, person=person.id, dwelling=person.dwelling_id):
        yield Entry(at, str(FINDINGS.get(kind, kind)), str(facts.get("note", "")), who or "")


def _of_writes(person: Person) -> Iterable[Entry]:
    for at, code, who in _WRITES.rows(person=person.id):
        yield Entry(at, str(WRITES[code]), who=who or "")
