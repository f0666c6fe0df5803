"""Where numbers come from: the ledgers as sources of rows, and the conditions that pick what counts at an instant."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from lianfang.core.lists.models import ListRow, ListState, Purpose, RowDecision, SourceList
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.metrics.registry import At, Rows, Source
from lianfang.core.people.models import Dwelling, Household, Person
from lianfang.core.work.models import Matter, WorkItem, WorkOrigin, WorkState, WorkSubject
from lianfang.core.work.outcomes import Outcome
from lianfang.core.work.rules import OPEN_STATES

ARRIVAL_PURPOSES = (Purpose.ARRIVAL.value, Purpose.INBOUND.value)
NEAR_DEADLINE = timedelta(hours=2)
"""A list whose deadline is this near while work on it is open is an exception (house choice)."""

NOT_REACHED = (Outcome.UNREACHABLE.value, Outcome.WRONG_NUMBER.value)
VACANT = "空置"
"""The word for an empty dwelling in the towns' own tables, and the one a door-knock writes."""


# ---------------------------------------------------------------- sources


def _work(at: At) -> Rows:
    """Checks that were not taken back with their list; care of people under measures has numbers of its own."""
    return WorkItem.objects.checks().exclude(state=WorkState.CANCELLED).filter(created_at__lte=at.instant)


def _origins(at: At) -> Rows:
    """Reasons for a check that came up on the day."""
    asked = WorkOrigin.objects.filter(created_at__gte=at.starts_at, created_at__lte=at.instant)
    return asked.filter(item__matter=Matter.CHECK).exclude(item__state=WorkState.CANCELLED)


def _list_rows(at: At) -> Rows:
    """Persons on rows of lists received on the day; a row that asks for a check lies where its work lies."""
    received = ListRow.objects.filter(
        source_list__received_at__gte=at.starts_at, source_list__received_at__lte=at.instant
    ).exclude(source_list__state__in=(ListState.UNDONE, ListState.REFUSED))
    return received.annotate(placed=Coalesce("origins__item__path", "path"))


def _lists(at: At) -> Rows:
    return SourceList.objects.filter(received_at__gte=at.starts_at, received_at__lte=at.instant)


def _dispatched_lists(at: At) -> Rows:
    return SourceList.objects.filter(state=ListState.DISPATCHED, received_at__lte=at.instant)


def _parked_rows(at: At) -> Rows:
    """Rows that wait for a person's decision, of whatever day."""
    return ListRow.objects.filter(decision=RowDecision.REVIEW).exclude(source_list__state=ListState.UNDONE)


def _people(at: At) -> Rows:
    return Person.objects.current().filter(created_at__lte=at.instant)


def _households(at: At) -> Rows:
    return Household.objects.filter(dwelling__isnull=False)


def _dwellings(at: At) -> Rows:
    return Dwelling.objects.all()


def _measures(at: At) -> Rows:
    """Measures in force. Those made in a drill count only under its banner and are never in a real number; a real one
    counts always: no drill hides somebody who is under measures.
    """
    found = ControlMeasure.objects.in_force(at.instant)
    return found if at.drill else found.filter(drill=False)


def _drill_measures(at: At) -> Rows:
    """Measures in force that were made in a drill."""
    return ControlMeasure.objects.in_force(at.instant).filter(drill=True)


def _findings(at: At) -> Rows:
    """Results written down on the day, one per person."""
    recorded = WorkSubject.objects.filter(recorded_at__gte=at.starts_at, recorded_at__lte=at.instant)
    recorded = recorded.filter(item__matter=Matter.CHECK)
    return recorded.annotate(placed=F("item__path"))


WORK = Source(code="work", permission="work.read", rows=_work)
ORIGINS = Source(code="origins", permission="work.read", rows=_origins, path="item__path")
LIST_ROWS = Source(code="list_rows", permission="lists.read", rows=_list_rows, path="placed")
PARKED_ROWS = Source(code="parked_rows", permission="lists.read", rows=_parked_rows)
DISPATCHED_LISTS = Source(code="dispatched_lists", permission="lists.read", rows=_dispatched_lists)
LISTS = Source(code="lists", permission="lists.read", rows=_lists)
PEOPLE = Source(code="people", permission="people.read", rows=_people)
HOUSEHOLDS = Source(code="households", permission="people.read", rows=_households)
DWELLINGS = Source(code="dwellings", permission="people.read", rows=_dwellings)
MEASURES = Source(code="measures", permission="measures.read", rows=_measures)
DRILL_MEASURES = Source(code="drill_measures", permission="measures.read", rows=_drill_measures)
FINDINGS = Source(code="findings", permission="work.read", rows=_findings, path="placed")


# ---------------------------------------------------------------- conditions


def everything(at: At) -> Q:
    """Every row of the source."""
    return Q()


def due(at: At) -> Q:
    """To be dealt with on the day: open now, or closed since midnight."""
    return Q(state__in=OPEN_STATES) | Q(closed_at__gte=at.starts_at)


def handed_in(at: At) -> Q:
    """Submitted, closed or forwarded by the instant."""
    return Q(submitted_at__lte=at.instant) | Q(closed_at__lte=at.instant)


def still_open(at: At) -> Q:
    """Not closed and not forwarded at the instant."""
    return Q(state__in=OPEN_STATES) | Q(closed_at__gt=at.instant)


def opened(at: At) -> Q:
    """Opened since midnight."""
    return Q(created_at__gte=at.starts_at)


def placed(at: At) -> Q:
    """Opened since midnight and sent to someone who answers for the door."""
    return opened(at) & ~Q(state=WorkState.UNPLACED)


def reached(at: At) -> Q:
    """Opened since midnight, and someone of the household was spoken to: a call reached them, or a result was
    found out that is neither “could not be reached” nor a dead number.
    """
    spoken_to = handed_in(at) & ~Q(outcome__in=NOT_REACHED) & ~Q(state=WorkState.FORWARDED)
    return opened(at) & (Q(reached_at__lte=at.instant) | spoken_to)


def verified(at: At) -> Q:
    """Verified by another person since midnight."""
    return Q(state=WorkState.CLOSED, closed_at__lte=at.instant, closed_at__gte=at.starts_at)


def joined(at: At) -> Q:
    """Not the first reason of its item: someone else had asked before, or asked in the same breath."""
    first = WorkOrigin.objects.filter(item=OuterRef("item")).filter(
        Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), id__lt=OuterRef("id"))
    )
    return Q(Exists(first))


def arrived(at: At) -> Q:
    """On a row of today's lists of arrivals or inbound travellers, decided as a known or a new person."""
    rows = ListRow.objects.filter(
        source_list__purpose__in=ARRIVAL_PURPOSES,
        source_list__received_at__gte=at.starts_at,
        source_list__received_at__lte=at.instant,
        decision__in=(RowDecision.SAME, RowDecision.NEW),
    ).exclude(source_list__state=ListState.UNDONE)
    return Q(id__in=rows.values("person_id"))


def lived_in(at: At) -> Q:
    """Someone lives there."""
    living = Person.objects.current().filter(dwelling=OuterRef("pk"), created_at__lte=at.instant)
    return Q(Exists(living))


def has_people(at: At) -> Q:
    """Someone of the household lives at the household's own door."""
    members = Person.objects.current().filter(household=OuterRef("pk"), dwelling=OuterRef("dwelling"))
    return Q(Exists(members.filter(created_at__lte=at.instant)))


def near_deadline(at: At) -> Q:
    """The deadline comes within `NEAR_DEADLINE` and someone on the list still has no result."""
    waiting = WorkOrigin.objects.filter(source_list=OuterRef("pk"), item__state__in=OPEN_STATES)
    return Q(deadline_at__gt=at.instant, deadline_at__lte=at.instant + NEAR_DEADLINE) & Q(
        Exists(waiting.filter(item__submitted_at=None))
    )
