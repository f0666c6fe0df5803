"""Lists, their rows and what became of them, as the pages show them. A page costs the same whatever it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.core.access.models import User
from lianfang.core.lists.models import (
    DecisionPin,
    ListRow,
    ListState,
    Placement,
    Purpose,
    RowDecision,
    Sender,
    SourceList,
)
from lianfang.core.people.models import Person
from lianfang.core.work.models import WorkItem, WorkOrigin
from lianfang.core.work.rules import OPEN_STATES
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.keyset import BEFORE, PAGE, Slice, backward, behind, cut, sliced

FINISHED = ("closed", "forwarded")
TONES = {
    ListState.RECEIVED.value: "warn",
    ListState.QUEUED.value: "info",
    ListState.READING.value: "info",
    ListState.MATCHING.value: "info",
    ListState.DISPATCHED.value: "ok",
    ListState.REFUSED.value: "bad",
}
UNDERWAY = (ListState.QUEUED.value, ListState.READING.value, ListState.MATCHING.value)
ROW_TONES = {"same": "ok", "new": "info", "review": "warn", "refused": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters:
    """The filters of the index as the address carries them; empty means any."""

    state: str = ""
    sender: str = ""
    purpose: str = ""
    text: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ListFilters:
        """Read the filters; what makes no sense is left out."""
        state, purpose = query.get("state", ""), query.get("purpose", "")
        return cls(
            state=state if state in ListState.values else "",
            sender=query.get("sender", "").strip()[:80],
            purpose=purpose if purpose in Purpose.values else "",
            text=query.get("text", "").strip()[:60],
        )

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.state or self.sender or self.purpose or self.text)


@dataclass(frozen=True, slots=True)
class Tally:
    """Work items a list asks for: all, dealt with, open and late."""

    items: int = 0
    done: int = 0
    late: int = 0

    @property
    def share(self) -> int:
        """Per cent done, rounded down; 100 when there is nothing to do."""
        return 100 * self.done // self.items if self.items else 100


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list on the index."""

    id: UUID
    one: SourceList
    tone: str
    tally: Tally

    @property
    def counts(self) -> dict[str, Any]:
        """Rows by decision, from the list itself."""
        counts: dict[str, Any] = self.one.counts
        return counts

    @property
    def saved(self) -> int:
        """Calls that need not be made because rows were merged."""
        return calls_saved(self.one)

    @property
    def ready(self) -> bool:
        """Whether there are figures to show."""
        return self.one.state == ListState.DISPATCHED


def calls_saved(one: SourceList) -> int:
    """Decided rows beyond one per work item."""
    counts = one.counts
    return max(int(counts.get("same", 0)) + int(counts.get("new", 0)) - int(counts.get("items", 0)), 0)


def lines_of(actor: User, filters: ListFilters, *, cursor: str) -> Slice[ListLine]:
    """Lists the viewer may see, the latest first; two queries."""
    lists = SourceList.objects.visible_to(actor).select_related("sender").defer("mapping", "skipped")
    if filters.state:
        lists = lists.filter(state=filters.state)
    if filters.purpose:
        lists = lists.filter(purpose=filters.purpose)
    if filters.sender:
        lists = lists.filter(sender__name=filters.sender)
    if filters.text:
        lists = lists.filter(Q(title__icontains=filters.text) | Q(document_no__icontains=filters.text))
    ordered = behind(lists, key="received_at", cursor=cursor, descending=True)
    found = cut(ordered[: PAGE + 1], key="received_at", cursor=cursor)
    tallies = tallies_of([one.id for one in found.rows])
    lines = [ListLine(one.id, one, TONES.get(one.state, ""), tallies.get(one.id, Tally())) for one in found.rows]
    return found.of(lines)


def tallies_of(list_ids: Sequence[UUID]) -> dict[UUID, Tally]:
    """Items of these lists; one query."""
    found = (
        WorkOrigin.objects.filter(source_list__in=list_ids)
        .values_list("source_list_id")
        .annotate(
            items=Count("item", distinct=True),
            done=Count("item", distinct=True, filter=Q(item__state__in=FINISHED)),
            late=Count("item", distinct=True, filter=Q(item__state__in=OPEN_STATES, item__late_since__isnull=False)),
        )
    )
    return {list_id: Tally(items, done, late) for list_id, items, done, late in found if list_id}


def senders_of(actor: User) -> list[str]:
    """Names of offices whose lists the viewer may see."""
    ids = SourceList.objects.visible_to(actor).order_by().values("sender").distinct()
    return list(Sender.objects.filter(id__in=ids).order_by("name").values_list("name", flat=True)[:300])


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a funnel: its figure, its width in per cent of the first, where it opens."""

    label: str
    figure: int
    width: float
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Items of one list along their way."""

    items: int
    accepted: int
    reached: int
    submitted: int
    done: int
    late: int
    begun_alone: int
    """Accepted items that exist for this list only: with one of them the list cannot be undone."""


def progress_of(one: SourceList) -> Progress:
    """How far the work of a list is; one query."""
    items = WorkItem.objects.filter(id__in=WorkOrigin.objects.filter(source_list=one).values("item"))
    ours = Count("origins", filter=Q(origins__source_list=one))
    counted = items.annotate(ours=ours).aggregate(
        items=Count("id"),
        accepted=Count("id", filter=Q(accepted_at__isnull=False)),
        reached=Count("id", filter=Q(reached_at__isnull=False) | Q(state__in=FINISHED)),
        submitted=Count("id", filter=Q(submitted_at__isnull=False) | Q(state__in=FINISHED)),
        done=Count("id", filter=Q(state__in=FINISHED)),
        late=Count("id", filter=Q(state__in=OPEN_STATES, late_since__isnull=False)),
    )
    alone = (
        items.filter(accepted_at__isnull=False)
        .exclude(id__in=WorkOrigin.objects.filter(item__in=items.values("id")).exclude(source_list=one).values("item"))
        .count()
    )
    return Progress(**counted, begun_alone=alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilters:
    """The filters of a list's rows; empty means any."""

    decision: str = ""
    placement: str = ""
    wrong: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> RowFilters:
        """Read the filters; what makes no sense is left out."""
        decision, placement = query.get("decision", ""), query.get("placement", "")
        return cls(
            decision=decision if decision in RowDecision.values else "",
            placement=placement if placement in Placement.values else "",
            wrong="1" if query.get("wrong") else "",
        )

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.decision or self.placement or self.wrong)

    @property
    def query(self) -> str:
        """The filters as an address."""
        given = {"decision": self.decision, "placement": self.placement, "wrong": self.wrong}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a list, its name masked."""

    id: UUID
    place: str
    name: str
    decision: str
    tone: str
    placement: str
    wrong: int
    household: bool
    repeats: bool
    item_href: str


def rows_of(one: SourceList, filters: RowFilters, *, cursor: str) -> Slice[RowLine]:
    """Rows of a list in the order of the file; two queries."""
    rows = ListRow.objects.filter(source_list=one).defer("raw_sealed", "facts_sealed")
    if filters.decision:
        rows = rows.filter(decision=filters.decision)
    if filters.placement:
        rows = rows.filter(placement=filters.placement)
    if filters.wrong:
        rows = rows.exclude(problems=[])
    place = cursor.removeprefix(BEFORE)
    if place.isascii() and place.isdigit() and len(place) < 10:
        rows = rows.filter(**{"ordinal__lt" if backward(cursor) else "ordinal__gt": int(place)})
    rows = rows.order_by("-ordinal" if backward(cursor) else "ordinal")
    found = sliced(rows[: PAGE + 1], cursor=cursor, mark=lambda row: str(row.ordinal))
    origins = WorkOrigin.objects.filter(row__in=[row.id for row in found.rows])
    items = {row: item for row, item in origins.values_list("row_id", "item_id") if row}
    return found.of([_row_line(row, items) for row in found.rows])


def _row_line(row: ListRow, items: dict[UUID, UUID]) -> RowLine:
    item = items.get(row.id)
    return RowLine(
        id=row.id,
        place=place_of_row(row),
        name=mask_name(row.name) if row.name else "",
        decision=row.get_decision_display(),
        tone=ROW_TONES.get(row.decision, ""),
        placement=row.get_placement_display() if row.placement else "",
        wrong=len(row.problems),
        household=row.person_id is None and row.household_id is not None and row.decision == RowDecision.SAME,
        repeats=row.repeats_id is not None,
        item_href=reverse("work_item", kwargs={"item_id": item}) if item else "",
    )


def place_of_row(row: ListRow) -> str:
    """Where a row stands in the sender's file: sheet and row, ``8.2`` for the second person of a row."""
    part = f".{row.part}" if row.part > 1 else ""
    place = _("%(sheet)s, row %(row)s") if row.sheet else _("row %(row)s")
    return place % {"sheet": row.sheet, "row": f"{row.sheet_row}{part}"}


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undoing a list would take away."""

    rows: int
    items: int
    people: int


def undo_plan(one: SourceList) -> UndoPlan:
    """Rows, items that only this list asks for, and people it brought; three queries."""
    items = WorkOrigin.objects.filter(source_list=one).values("item")
    shared = WorkOrigin.objects.filter(item__in=items).exclude(source_list=one).values("item")
    return UndoPlan(
        rows=ListRow.objects.filter(source_list=one).count(),
        items=WorkItem.objects.filter(id__in=items).exclude(id__in=shared).count(),
        people=Person.objects.filter(origin_list_id=one.id).count(),
    )


def earlier_of(actor: User, one: SourceList, title: str, *, now: datetime) -> SourceList | None:
    """The list that was brought in before with the same content, for a link; None if it is out of sight."""
    lists = SourceList.objects.visible_to(actor).filter(path=one.path, title=title, received_at__lte=now)
    return lists.exclude(id=one.id).exclude(state__in=["refused", "undone"]).order_by("received_at").first()


@dataclass(frozen=True, slots=True)
class DecidedBefore:
    """The decision of a person that a row was answered by. Its list is named only to those who may see it."""

    at: datetime
    by: str
    list_id: UUID | None
    title: str
    withdrawn: bool


def decided_before(actor: User, pin: DecisionPin | None) -> DecidedBefore | None:
    """Who decided the same before, when, and on which list."""
    if pin is None:
        return None
    one = SourceList.objects.visible_to(actor).filter(id=pin.source_list_id).first() if pin.source_list_id else None
    return DecidedBefore(
        at=pin.decided_at,
        by=pin.decided_by.display_name,
        list_id=one.id if one else None,
        title=one.title if one else "",
        withdrawn=pin.withdrawn_at is not None,
    )
