"""What became of each row of a list, as far as it is known now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, IntegerField, Max, OuterRef, When

from lianfang.capabilities.screening.outcome_words import OUTCOME_TEXTS
from lianfang.core.access.models import User
from lianfang.core.lists.models import ListRow, RowDecision, SourceList
from lianfang.core.work.models import WorkItem, WorkOrigin, WorkState, WorkSubject
from lianfang.core.work.outcomes import Outcome

CHUNK = 2000
DONE, OPEN, REVIEW, REFUSED = "done", "open", "review", "refused"
STANDINGS = (DONE, OPEN, REVIEW, REFUSED)

_OPEN_WORDS = {
    WorkState.UNPLACED.value: "待落位",
    WorkState.DISPATCHED.value: "已派单，待签收",
    WorkState.ACCEPTED.value: "核查中",
    WorkState.SUBMITTED.value: "已核查，待复核",
    WorkState.CANCELLED.value: "已取消",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """One person on one row with what was found out.

    `standing`: ``done`` (verified, or forwarded to another area), ``open``, ``review`` (who it is must be decided
    first), ``refused``. `outcome` is an `Outcome`, empty unless done; `detail` says why, where or how often in the
    words of Chinese forms; `at` is when the result was recorded, `by` who recorded it.
    """

    row_id: UUID
    sheet: str
    data_row: int
    sheet_row: int
    name: str
    standing: str
    outcome: str = ""
    detail: str = ""
    at: datetime | None = None
    by: str = ""
    by_id: UUID | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    problems: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """The result in the fixed words; empty unless done."""
        return OUTCOME_TEXTS.get(self.outcome, "")


def results_of(source_list: SourceList) -> Iterator[RowResult]:
    """Every row's result in the order of the file; five queries per 2,000 rows."""
    rows = (
        ListRow.objects.filter(source_list=source_list)
        .order_by("ordinal")
        .defer("raw_sealed", "facts_sealed")
        .iterator(chunk_size=CHUNK)
    )
    names: dict[UUID, str] = {}
    while chunk := list(islice(rows, CHUNK)):
        yield from _of_chunk(chunk, names)


def _of_chunk(rows: Sequence[ListRow], names: dict[UUID, str]) -> Iterator[RowResult]:
    ids = [row.id for row in rows]
    item_of = dict(WorkOrigin.objects.filter(row_id__in=ids).values_list("row_id", "item_id"))
    items = WorkItem.objects.in_bulk(set(item_of.values()))
    subjects = {
        (subject.item_id, subject.person_id): subject
        for subject in WorkSubject.objects.filter(item_id__in=items.keys(), outcome__gt="")
    }
    unknown = {
        user_id
        for user_id in (
            *(item.submitted_by_id for item in items.values()),
            *(subject.recorded_by_id for subject in subjects.values()),
        )
        if user_id and user_id not in names
    }
    names.update(User.objects.filter(id__in=unknown).values_list("id", "display_name"))
    for row in rows:
        item = items.get(item_of[row.id]) if row.id in item_of else None
        subject = subjects.get((item.id, row.person_id)) if item and row.person_id else None
        yield _of_row(row, item, subject, names)


def _of_row(row: ListRow, item: WorkItem | None, subject: WorkSubject | None, names: dict[UUID, str]) -> RowResult:
    seat: dict[str, Any] = {
        "row_id": row.id,
        "sheet": row.sheet,
        "data_row": row.data_row,
        "sheet_row": row.sheet_row,
        "name": row.name,
        "person_id": row.person_id,
        "household_id": row.household_id,
        "problems": tuple(tuple(problem) for problem in row.problems),
    }
    if row.decision == RowDecision.REFUSED:
        return RowResult(standing=REFUSED, **seat)
    if row.decision == RowDecision.REVIEW:
        reason = row.reasons[-1] if row.reasons else ""
        return RowResult(standing=REVIEW, detail=_REVIEW_WORDS.get(reason, ""), **seat)
    if item is None or item.state not in (WorkState.CLOSED, WorkState.FORWARDED):
        return RowResult(standing=OPEN, detail=_OPEN_WORDS.get(item.state, "") if item else "待比对", **seat)
    outcome = subject.outcome if subject else item.outcome
    by_id = subject.recorded_by_id if subject else item.submitted_by_id
    return RowResult(
        standing=DONE,
        outcome=outcome,
        detail=_detail(outcome, item, subject, household_only=row.person_id is None),
        at=(subject.recorded_at if subject else None) or item.submitted_at or item.closed_at,
        by=names.get(by_id, "") if by_id else "",
        by_id=by_id,
        **seat,
    )


_REVIEW_WORDS = {
    "id.name_differs": "同一证件号姓名不符",
    "id.contradicts": "证件号与其他信息矛盾",
    "close": "有两人同样符合",
    "household.only": "只能确定到户",
    "evidence.thin": "信息不足",
}
"""For the sender: what made us doubt, and nothing about the people in our ledger."""


def _detail(outcome: str, item: WorkItem, subject: WorkSubject | None, *, household_only: bool) -> str:
    where = (subject.whereabouts if subject else "") or item.forwarded_to
    parts = []
    if outcome == Outcome.ELSEWHERE and where:
        parts.append(f"转推至{where}")
    elif outcome == Outcome.LEFT and where:
        parts.append(f"去向：{where}")
    elif outcome == Outcome.UNREACHABLE and item.tries:
        parts.append(f"拨打{item.tries}次")
    elif where:
        parts.append(where)
    if subject and subject.note:
        parts.append(subject.note)
    if outcome == Outcome.ELSEWHERE and item.state == WorkState.FORWARDED and item.reason:
        parts.append(item.reason)
    if household_only:
        parts.append("按户核查")
    return "；".join(dict.fromkeys(parts))


def standing_of_group(results: Iterable[RowResult]) -> str:
    """The standing of a row of the file that holds several people: done only if nobody on it waits."""
    found = {one.standing for one in results}
    return next((standing for standing in (REVIEW, OPEN, DONE) if standing in found), REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCounts:
    """Rows of the file by standing; together they are all rows. `persons` counts people on rows."""

    rows: int
    persons: int
    done: int
    open: int
    review: int
    refused: int

    def to_json(self) -> dict[str, int]:
        """For answers and the log."""
        return {name: getattr(self, name) for name in self.__slots__}


def groups_of(results: Iterable[RowResult]) -> dict[tuple[str, int], list[RowResult]]:
    """Results by row of the file (sheet, data row), in order."""
    groups: dict[tuple[str, int], list[RowResult]] = {}
    for one in results:
        groups.setdefault((one.sheet, one.data_row), []).append(one)
    return groups


def count_groups(groups: dict[tuple[str, int], list[RowResult]]) -> ReturnCounts:
    """How many rows of the file stand where."""
    tally = Counter(standing_of_group(group) for group in groups.values())
    return ReturnCounts(
        rows=len(groups),
        persons=sum(map(len, groups.values())),
        **{standing: tally[standing] for standing in STANDINGS},
    )


def count_list(source_list: SourceList) -> ReturnCounts:
    """The same figures as `count_groups`, told by the database in one query; for pages."""
    settled = Exists(
        WorkOrigin.objects.filter(row=OuterRef("id"), item__state__in=[WorkState.CLOSED, WorkState.FORWARDED])
    )
    rank = Case(
        When(decision=RowDecision.REVIEW, then=3),
        When(decision=RowDecision.REFUSED, then=0),
        When(settled, then=1),
        default=2,
        output_field=IntegerField(),
    )
    rows = ListRow.objects.filter(source_list=source_list).annotate(rank=rank).order_by()
    groups = rows.values("sheet", "data_row").annotate(worst=Max("rank"), n=Count("id"))
    tally: Counter[int] = Counter()
    persons = 0
    for worst, n in groups.values_list("worst", "n").iterator(chunk_size=CHUNK):
        tally[worst] += 1
        persons += n
    return ReturnCounts(
        rows=sum(tally.values()), persons=persons, done=tally[1], open=tally[2], review=tally[3], refused=tally[0]
    )
