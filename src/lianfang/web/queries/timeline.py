"""What happened to a person, over all ledgers, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.core.access.models import User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Person, PersonMerge, Residence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the panels of a person's file have already read."""

    residences: Sequence[Residence]
    measures: Sequence[ControlMeasure]
    merges: Sequence[PersonMerge]
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


def _of_residences(residences: Sequence[Residence]) -> Iterable[Entry]:
    for residence in residences:
        door = residence.dwelling.label
        href = f"/dwellings/{residence.dwelling_id}/"
        yield Entry(_midnight(residence.starts_date), _("Moved in"), door, href=href, whole_day=True)
        if residence.ends_date is not None:
            yield Entry(_midnight(residence.ends_date), _("Moved out"), door, href=href, whole_day=True)


def _of_measures(measures: Sequence[ControlMeasure]) -> Iterable[Entry]:
    for measure in measures:
        regime = str(measure.get_regime_display())
        if measure.approved_at is not None:
            who = measure.approved_by.display_name if measure.approved_by else ""
            yield Entry(measure.approved_at, _("Measure approved"), regime, who, tone="warn")
        if measure.released_at is not None:
            yield Entry(measure.released_at, _("Measure released"), f"{regime} · {measure.release_reason}", tone="ok")


def _of_merges(person: Person, merges: Sequence[PersonMerge]) -> Iterable[Entry]:
    for merge in merges:
        if merge.kept_id == person.id:
            yield Entry(merge.merged_at, _("Another record was merged in"), merge.reason, merge.merged_by.display_name)
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
    calls = ContactAttempt.objects.filter(Q(person=person) | Q(person=None), item__in=items)
    rows = calls.order_by("-occurred_at").values_list("occurred_at", "result", "note", "called_by__display_name")
    results = dict(CallResult.choices)
    for at, result, note, who in rows[:MOST]:
        reached = result == CallResult.REACHED
        text = " · ".join(part for part in (str(results.get(result, result)), note) if part)
        yield Entry(at, _("Call"), text, who, tone="ok" if reached else "")


def _of_findings(actor: User, person: Person) -> Iterable[Entry]:
    about = Q(person_id=person.id)
    if person.dwelling_id:
        about |= Q(dwelling_id=person.dwelling_id)
    findings = Observation.objects.visible_to(actor).filter(about).order_by("-occurred_at")
    names = User.objects.filter(pk=OuterRef("recorded_by_id")).values("display_name")[:1]
    rows = findings.annotate(who=Subquery(names)).values_list("occurred_at", "kind", "facts", "who")
    for at, kind, facts, who in rows[:MOST]:
        yield Entry(at, str(FINDINGS.get(kind, kind)), str(facts.get("note", "")), who or "")


def _of_writes(person: Person) -> Iterable[Entry]:
    entries = AuditEntry.objects.filter(subject_id=person.id, kind=AuditEntry.Kind.WRITE, code__in=list(WRITES))
    names = User.objects.filter(pk=OuterRef("actor_id")).values("display_name")[:1]
    rows = entries.order_by("-recorded_at").annotate(who=Subquery(names)).values_list("occurred_at", "code", "who")
    for at, code, who in rows[:MOST]:
        yield Entry(at, str(WRITES[code]), who=who or "")
