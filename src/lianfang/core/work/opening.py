"""One household, one matter, one item: whatever asks for work joins the open item or opens one.

A check that was closed within `REUSE_HOURS` answers a new list about the same person without another call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from lianfang.core.access.answering import AnswerBook, Answering
from lianfang.core.actions.door import Command
from lianfang.core.bulk import AnyOf, copy_values, update_rows
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import Household
from lianfang.core.work.models import Matter, WorkEvent, WorkItem, WorkOrigin, WorkState, WorkSubject
from lianfang.core.work.rules import OPEN_STATES
from lianfang.kernel.uuid7 import uuid7

REUSE_HOURS = 24
"""A result this fresh is given to a new list instead of calling again (house choice; "asked once")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One reason to see to a household: a row of a list, a tip, a door-knock, a measure, a need.

    `path` and `placement` say where the household is as far as known; `person_id` is who is asked about (None: only the
    household is known).
    """

    household_id: UUID
    path: str
    placement: str
    due_at: datetime
    kind: str
    person_id: UUID | None = None
    dwelling_id: UUID | None = None
    row_id: UUID | None = None
    source_list_id: UUID | None = None
    note: str = ""


@dataclass(slots=True)
class Opened:
    """What became of the asks: how many items were opened, joined, or answered by a fresh result."""

    item_ids: dict[UUID, UUID]
    """Item by household."""
    opened: int = 0
    joined: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the asked-for items are about, and for which day where it is a matter of the day.

    `roles` says who answers for them (codes of `Answerer`, the first who is there); empty: the net's own order.
    """

    matter: Matter = Matter.CHECK
    for_date: date | None = None
    roles: tuple[str, ...] = ()


A_CHECK = About()


def join_or_open(
    command: Command, asks: Sequence[Ask], *, book: AnswerBook | None = None, about: About = A_CHECK
) -> Opened:
    """Give every ask its item. Locks the households, so two imports at once agree on one item."""
    book = book or AnswerBook(at=command.now)
    by_household: dict[UUID, list[Ask]] = {}
    for ask in asks:
        by_household.setdefault(ask.household_id, []).append(ask)
    list(Household.objects.filter(AnyOf("id", by_household)).select_for_update().order_by("id").values_list("id"))
    work = _Desk(command, book, by_household, about)
    for household_id, group in by_household.items():
        work.settle(household_id, group)
    work.write()
    return work.result


@dataclass(slots=True)
class _NewItem:
    """An item about to be written: a tenth of the cost of a model's instance. Fields as in `WorkItem`."""

    id: UUID
    household_id: UUID
    dwelling_id: UUID | None
    path: str
    placement: str
    state: str
    assignee_id: UUID | None
    answered_by: str
    reason: str
    created_at: datetime
    due_at: datetime
    origins_count: int
    matter: str
    for_date: date | None


class _Desk:
    """Collects what has to be written for many households, then writes it set by set."""

    def __init__(self, command: Command, book: AnswerBook, asks: dict[UUID, list[Ask]], about: About) -> None:
        self.command = command
        self.book = book
        self.about = about
        self.result = Opened(item_ids={})
        households = list(asks)
        self.open = {
            item.household_id: item
            for item in WorkItem.objects.filter(
                AnyOf("household_id", households),
                matter=about.matter,
                for_date=about.for_date,
                state__in=OPEN_STATES,
            ).select_for_update()
        }
        self.closed = self._fresh(households) if about.matter == Matter.CHECK else {}
        touched = [item.id for group in (self.open.values(), *self.closed.values()) for item in group]
        self.subjects: dict[UUID, set[UUID]] = {}
        for item_id, person_id in WorkSubject.objects.filter(AnyOf("item_id", touched)).values_list(
            "item_id", "person_id"
        ):
            self.subjects.setdefault(item_id, set()).add(person_id)
        self.new_items: list[_NewItem] = []
        self.new_subjects: list[tuple[Any, ...]] = []
        self.origins: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.joined: dict[UUID, WorkItem] = {}

    def _fresh(self, households: list[UUID]) -> dict[UUID, list[WorkItem]]:
        """Checks closed so lately that their result still answers, by household, the newest first."""
        fresh = WorkItem.objects.checks().filter(
            AnyOf("household_id", households),
            state=WorkState.CLOSED,
            closed_at__gte=self.command.now - timedelta(hours=REUSE_HOURS),
        )
        found: dict[UUID, list[WorkItem]] = {}
        for item in fresh.order_by("-closed_at"):
            found.setdefault(item.household_id, []).append(item)
        return found

    def _who(self, path: str) -> Answering:
        if not self.about.roles:
            return self.book.who(path)
        user_id = self.book.first(path, roles=self.about.roles)
        return Answering(user_id=user_id, role=self.about.roles[0]) if user_id else self.book.who(path)

    def settle(self, household_id: UUID, asks: list[Ask]) -> None:
        item: WorkItem | _NewItem | None = self.open.get(household_id)
        waiting = []
        for ask in asks:
            answered = None if item else self._fresh_answer(household_id, ask)
            if answered is not None:
                self._origin(answered, ask)
                answered.origins_count += 1
                self.joined[answered.id] = answered
                self.result.item_ids.setdefault(household_id, answered.id)
                self.result.answered += 1
            else:
                waiting.append(ask)
        if not waiting:
            return
        if item is None:
            item = self._open(household_id, waiting)
            self.result.opened += 1
            self.result.joined += len(waiting) - 1
        else:
            self._join(self.open[household_id], waiting)
            self.result.joined += len(waiting)
        self.result.item_ids[household_id] = item.id
        for ask in waiting:
            self._origin(item, ask)
            self._subject(item, ask)

    def _fresh_answer(self, household_id: UUID, ask: Ask) -> WorkItem | None:
        if ask.kind != WorkOrigin.Kind.LIST:  # a tip or a visit tells something new
            return None
        for item in self.closed.get(household_id, ()):
            if ask.person_id is not None and ask.person_id in self.subjects.get(item.id, ()):
                return item
        return None

    def _open(self, household_id: UUID, asks: list[Ask]) -> _NewItem:
        first = min(asks, key=lambda ask: _RANK.get(ask.placement, 9))
        placed = first.placement not in (Placement.UNPLACED, Placement.OUTSIDE)
        answering = self._who(first.path) if placed else None
        item = _NewItem(
            id=uuid7(),
            household_id=household_id,
            dwelling_id=first.dwelling_id,
            path=first.path,
            placement=first.placement,
            state=(WorkState.DISPATCHED if placed else WorkState.UNPLACED).value,
            assignee_id=answering.user_id if answering else None,
            answered_by=answering.role if answering else "",
            reason=first.note[:200],
            created_at=self.command.now,
            due_at=min(ask.due_at for ask in asks),
            origins_count=len(asks),
            matter=self.about.matter.value,
            for_date=self.about.for_date,
        )
        self.new_items.append(item)
        self._event(item, "dispatch")
        return item

    def _join(self, item: WorkItem, asks: list[Ask]) -> None:
        item.origins_count += len(asks)
        item.due_at = min(item.due_at, *(ask.due_at for ask in asks))
        item.version += 1
        first = min(asks, key=lambda ask: _RANK.get(ask.placement, 9))
        if item.state == WorkState.UNPLACED and first.placement not in (Placement.UNPLACED, Placement.OUTSIDE):
            answering = self._who(first.path)
            item.state = WorkState.DISPATCHED
            item.path, item.placement, item.dwelling_id = first.path, first.placement, first.dwelling_id
            item.assignee_id, item.answered_by = answering.user_id, answering.role
        known = self.subjects.get(item.id, set())
        if item.state == WorkState.SUBMITTED and any(ask.person_id and ask.person_id not in known for ask in asks):
            item.state, item.submitted_at, item.submitted_by_id, item.outcome = WorkState.ACCEPTED, None, None, ""
        self.joined[item.id] = item
        self._event(item, "join")

    def _origin(self, item: WorkItem | _NewItem, ask: Ask) -> None:
        made_at, note = self.command.now, ask.note[:300]
        self.origins.append(
            (uuid7(), item.id, str(ask.kind), ask.source_list_id, ask.row_id, ask.person_id, note, made_at)
        )

    def _subject(self, item: WorkItem | _NewItem, ask: Ask) -> None:
        known = self.subjects.setdefault(item.id, set())
        if ask.person_id is not None and ask.person_id not in known:
            known.add(ask.person_id)
            self.new_subjects.append((uuid7(), item.id, ask.person_id, "", "", ""))

    def _event(self, item: WorkItem | _NewItem, verb: str) -> None:
        command = self.command
        self.events.append(
            (uuid7(), command.now, command.at, item.id, item.path, verb, str(item.state), command.actor.id, {})
        )

    def write(self) -> None:
        copy_values(WorkItem, ITEM_COLUMNS, map(_item_values, self.new_items))
        update_rows(WorkItem, list(self.joined.values()), fields=JOINED_FIELDS)
        copy_values(WorkSubject, SUBJECT_COLUMNS, self.new_subjects)
        copy_values(WorkOrigin, ORIGIN_COLUMNS, self.origins)
        copy_values(WorkEvent, EVENT_COLUMNS, self.events)


ITEM_COLUMNS = (
    *("id", "household_id", "dwelling_id", "path", "placement", "state", "assignee_id", "answered_by", "reason"),
    *("created_at", "due_at", "origins_count", "matter", "for_date"),
    *("escalated_to", "tries", "outcome", "forwarded_to", "version"),
)
_item_fields = attrgetter(*ITEM_COLUMNS[:14])


def _item_values(item: _NewItem) -> tuple[Any, ...]:
    return (*_item_fields(item), "", 0, "", "", 1)


SUBJECT_COLUMNS = ("id", "item_id", "person_id", "outcome", "note", "whereabouts")
ORIGIN_COLUMNS = ("id", "item_id", "kind", "source_list_id", "row_id", "person_id", "note", "created_at")
EVENT_COLUMNS = ("id", "recorded_at", "occurred_at", "item_id", "path", "verb", "state", "actor_id", "facts")
"""Rows of these tables are written by the thousand: as plain values, at a tenth of what model instances cost."""


JOINED_FIELDS = (
    "origins_count",
    "due_at",
    "version",
    "state",
    "path",
    "placement",
    "dwelling",
    "assignee",
    "answered_by",
    "submitted_at",
    "submitted_by",
    "outcome",
)
"""What joining may change on an open item (its row is locked)."""

_RANK = {
    Placement.DOOR.value: 0,
    Placement.BUILDING.value: 1,
    Placement.COMPOUND.value: 2,
    Placement.COMMUNITY.value: 3,
    Placement.UNPLACED.value: 4,
    Placement.OUTSIDE.value: 5,
}
