"""The demo town's day: lists come in, work is done, checked and left over, all through the same doors as in earnest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from lianfang.capabilities.registry.tips import report_tip
from lianfang.capabilities.registry.visits import record_visit
from lianfang.capabilities.screening import deciding, matching
from lianfang.capabilities.screening.recording import NEW, SAME
from lianfang.core.access.models import Answerer, Responsibility, User
from lianfang.core.actions.door import Command
from lianfang.core.lists import receiving, storage
from lianfang.core.lists.models import ListRow, ListState, RowDecision, SourceList
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.territory.models import Level, Territory, prefixes
from lianfang.core.work import actions, lateness
from lianfang.core.work.models import WorkItem, WorkState
from lianfang.core.work.outcomes import CallResult, Outcome
from lianfang.jobs.demo_lists import Paper
from lianfang.kernel.uuid7 import uuid7

HOURS = 7
"""Hours that the day covers, counted back from now."""
LAST = time(21, 30)
LEGAL_BASIS = "《中华人民共和国传染病防治法》第三十九条（演练）"
ARRIVALS = (0.0, 0.12, 0.25, 0.36, 0.45, 0.62)
"""When the lists come in, as shares of the day."""
DONE_BETWEEN = (0.55, 0.5, 0.5, 0.3, 0.45, 0.55)
"""Share of the waiting work that is taken on between a list and the next."""

_OUTCOMES = (
    (Outcome.NO_CONTROL, 52),
    (Outcome.CONTROLLED, 10),
    (Outcome.LEFT, 11),
    (Outcome.NEVER_CAME, 7),
    (Outcome.HANDLED_ELSEWHERE, 8),
    (Outcome.ELSEWHERE, 6),
    (Outcome.NO_SUCH_PERSON, 3),
    (Outcome.DUPLICATE, 3),
)
_UNANSWERED = (CallResult.UNANSWERED, CallResult.SWITCHED_OFF, CallResult.BUSY)
_NOTES = ("", "", "", "本人接听", "家属接听，情况属实", "已提醒做核酸", "昨日已回复过社区")
_TIPS = (
    "对门昨晚有人拖着行李箱回来",
    "楼下车棚停了外地牌照的车，今早刚到",
    "302 好像新搬来一家人，没见过",
    "群里有人说刚从丹岚回来",
    "老人家几天没出门，家里像是来了客人",
    "合租房换了人，夜里才到",
)


@dataclass(frozen=True, slots=True)
class Shift:
    """The hours in which the day is played, before now: shares of it become instants."""

    begins_at: datetime
    ends_at: datetime

    @classmethod
    def before(cls, now: datetime) -> Shift:
        """The last `HOURS` of the day (Shanghai) of `now` (aware), until `LAST` o'clock.

        Early in the day it begins at midnight and is shorter, because lists come at night too; in the first hour the
        day before is played, for nothing much can have happened yet.
        """
        end = timezone.localtime(now) - timedelta(minutes=3)
        midnight = datetime.combine(end.date(), time(), tzinfo=end.tzinfo)
        if end - midnight < timedelta(hours=1):
            midnight -= timedelta(days=1)
        closes = datetime.combine(midnight.date(), LAST, tzinfo=end.tzinfo)
        last = min(end, closes)
        return cls(max(midnight + timedelta(minutes=1), last - timedelta(hours=HOURS)), last)

    @property
    def share_of_a_day(self) -> float:
        """Its length beside `HOURS`: deadlines shrink with it, so that something is late at any time of day."""
        return (self.ends_at - self.begins_at) / timedelta(hours=HOURS)

    def at(self, share: float) -> datetime:
        """The instant at `share` (0 to 1) of the shift."""
        return self.begins_at + (self.ends_at - self.begins_at) * max(0.0, min(share, 1.0))


@dataclass(frozen=True, slots=True)
class Pace:
    """How far the work of a day gets; shares from 0 to 1 (house choices).

    `busy`: of workers, and of a worker's new work, not looked at before the next list comes; `rounds`: how often the
    unanswered are called again; `done`: of the waiting work taken on between a list and the next; `verified`, `decided`
    (doubtful rows), `forwarded` (who live elsewhere) and `placed` (without an address).
    """

    busy: float = 0.15
    rounds: int = 1
    done: tuple[float, ...] = DONE_BETWEEN
    verified: float = 0.62
    decided: float = 1 / 3
    forwarded: float = 0.7
    placed: float = 0.15


FINISHED = Pace(busy=0, rounds=3, done=(1, 1), verified=1, decided=1, forwarded=1, placed=1)
"""A day that is over: hardly anything is left."""


class Day:
    """Plays the day in one subdistrict."""

    def __init__(
        self, random: Random, *, now: datetime, subdistrict: Territory, desk: User, pace: Pace = Pace()
    ) -> None:
        self.random, self.shift, self.pace = random, Shift.before(now), pace
        self.subdistrict, self.desk = subdistrict, desk
        self._users: dict[UUID, User] = {}
        self._secretaries = {
            held.path: held.user
            for held in Responsibility.objects.filter(role=Answerer.SECRETARY).select_related("user")
            if held.user is not None and held.path.startswith(subdistrict.path)
        }

    def play(self, papers: Sequence[Callable[[datetime], Paper]], *, progress: Callable[[int, int], object]) -> None:
        """Lists in, work between them, a look at the clock after each; sealed at the end by the ticker, as always."""
        for index, write in enumerate(papers):
            begins = ARRIVALS[index]
            ends = ARRIVALS[index + 1] if index + 1 < len(papers) else 1.0
            self.bring(write(self.shift.at(begins)), at=self.shift.at(begins))
            self._decide(self.shift.at(begins + 0.02))
            self._send_on(self.shift.at(begins + 0.03))
            self._listen(begins, ends)
            rounds = self.pace.rounds
            step = (ends - begins - 0.04) / rounds
            for number in range(rounds):
                start = begins + 0.03 + step * number
                self._work(start, start + step, share=self.pace.done[index])
            self._verify(self.shift.at(ends - 0.005))
            lateness.stamp_late(now=self.shift.at(ends))
            lateness.escalate(now=self.shift.at(ends))
            progress(index + 1, len(papers))

    def bring(self, paper: Paper, *, at: datetime) -> SourceList:
        """The data desk brings a list in and confirms the proposed columns."""
        list_id = uuid7()
        storage.keep(list_id, paper.content)
        receiving.receive(
            Command(actor=self.desk, now=at),
            list_id=list_id,
            sender=paper.sender,
            title=paper.title,
            purpose=paper.purpose,
            issuer=paper.issuer,
            document_no=paper.document_no,
            legal_basis=LEGAL_BASIS,
            deadline_at=at + timedelta(hours=paper.hours) * self.shift.share_of_a_day,
            sla_code=paper.sla_code,
            filename=paper.filename,
            size=len(paper.content),
            file_hash=receiving.file_hash(paper.content),
            territory_id=self.subdistrict.id,
        )
        source_list = receiving.inspect(SourceList.objects.get(id=list_id))
        if source_list.state == ListState.RECEIVED:
            fields = {t["key"]: t["fields"] for t in source_list.mapping["tables"] if t["kind"] == "persons"}
            receiving.confirm(Command(actor=self.desk, now=at + timedelta(minutes=1)), list_id=list_id, fields=fields)
            source_list.refresh_from_db()
            matching.run(source_list, now=at + timedelta(minutes=2))
        return source_list

    def _decide(self, at: datetime) -> None:
        """The desk decides some of the doubtful rows; the others stay in the queue."""
        rows = list(ListRow.objects.filter(decision=RowDecision.REVIEW, path=self.subdistrict.path).order_by("id"))
        for row in rows[: int(len(rows) * self.pace.decided)]:
            command = Command(actor=self.desk, now=at)
            best = row.candidates[0] if row.candidates else None
            if best is not None and best[1] > 0.5:
                deciding.decide_row(command, row_id=row.id, kind=SAME, person_id=UUID(best[0]))
            else:
                deciding.decide_row(command, row_id=row.id, kind=NEW)

    def _send_on(self, at: datetime) -> None:
        """The desk forwards most who live elsewhere, asks some without an address where they are, leaves the rest."""
        waiting = WorkItem.objects.filter(state=WorkState.UNPLACED, path__startswith=self.subdistrict.path)
        outside = [
            item.id for item in waiting.filter(placement="outside") if self.random.random() < self.pace.forwarded
        ]
        if outside:
            command = Command(actor=self.desk, now=at, occurred_at=at)
            actions.forward(command, ids=outside, target="石桥镇防控办", reason="现居住地不在本街道")
        communities = list(self._communities())
        asked: dict[UUID, list[UUID]] = defaultdict(list)
        for item in waiting.filter(placement="unplaced"):
            if self.random.random() < self.pace.placed:
                asked[self.random.choice(communities).id].append(item.id)
        for community_id, ids in asked.items():
            command = Command(actor=self.desk, now=at, occurred_at=at)
            actions.place(command, ids=ids, territory_id=community_id)

    def _communities(self) -> Iterable[Territory]:
        inside = Territory.objects.under(self.subdistrict.path).filter(level=Level.COMMUNITY)
        return inside.order_by("code")[:8]

    def _listen(self, begins: float, ends: float) -> None:
        """A neighbour's tip and a door-knock or two."""
        random = self.random
        dwellings = Dwelling.objects.under(self.subdistrict.path).filter(status="有人")
        some = list(dwellings.order_by("door_key")[random.randrange(300) :: 977][:4])
        for number, dwelling in enumerate(some):
            at = self.shift.at(begins + (ends - begins) * random.random() * 0.8)
            worker = self._answering(dwelling.path)
            if worker is None:
                continue
            command = Command(actor=worker, now=at, occurred_at=at)
            if number % 2:
                report_tip(command, dwelling_id=dwelling.id, text=random.choice(_TIPS))
            else:
                here = list(Person.objects.current().filter(dwelling=dwelling).values_list("id", flat=True))
                record_visit(command, dwelling_id=dwelling.id, present=here, note="上门核对，人员无变动")

    def _answering(self, path: str) -> User | None:
        """The grid worker at a path."""
        held = Responsibility.objects.filter(path__in=prefixes(path), role=Answerer.GRID_WORKER).first()
        return self._user(held.user_id) if held and held.user_id else None

    def _user(self, user_id: UUID) -> User:
        if user_id not in self._users:
            self._users[user_id] = User.objects.get(id=user_id)
        return self._users[user_id]

    def _work(self, begins: float, ends: float, *, share: float) -> None:
        """Everyone accepts what came, then calls household after household, what is due first first."""
        for user_id, items in self._by_assignee().items():
            worker = self._user(user_id)
            start = begins + (ends - begins) * self.random.random() * 0.2
            if self.random.random() < self.pace.busy:
                continue
            seen = [item for item in items if self.random.random() >= self.pace.busy]
            fresh = [item.id for item in seen if item.state == WorkState.DISPATCHED]
            _in_step(actions.accept, worker, self.shift.at(start), fresh)
            chosen = [item for item in seen if self.random.random() < share]
            for index, item in enumerate(chosen, start=1):
                self._call(worker, item, self.shift.at(start + (ends - start) * index / (len(chosen) + 1)))

    def _by_assignee(self) -> dict[UUID, list[WorkItem]]:
        waiting = WorkItem.objects.filter(
            state__in=[WorkState.DISPATCHED, WorkState.ACCEPTED],
            assignee__isnull=False,
            path__startswith=self.subdistrict.path,
        )
        found: dict[UUID, list[WorkItem]] = defaultdict(list)
        for item in waiting.order_by("assignee_id", "due_at", "id"):
            assert item.assignee_id is not None
            found[item.assignee_id].append(item)
        return found

    def _call(self, worker: User, item: WorkItem, at: datetime) -> None:
        random = self.random
        chance, command = random.random(), Command(actor=worker, now=at, occurred_at=at)
        if chance < 0.18:
            actions.log_call(command, item_id=item.id, result=random.choice(_UNANSWERED).value)
            return
        if chance < 0.21 and item.answered_by == Answerer.GRID_WORKER:
            actions.pass_to_community(command, item_id=item.id, result=CallResult.WRONG_NUMBER, note="号码是别人的")
            return
        actions.log_call(command, item_id=item.id, result=CallResult.REACHED.value)
        outcome = random.choices([o for o, _ in _OUTCOMES], [weight for _, weight in _OUTCOMES])[0]
        later = at + timedelta(minutes=2)
        actions.record(
            Command(actor=worker, now=later, occurred_at=later),
            item_id=item.id,
            outcome=outcome.value,
            note=random.choice(_NOTES),
            whereabouts="丹岚市" if outcome in (Outcome.ELSEWHERE, Outcome.LEFT) else "",
        )

    def _verify(self, at: datetime) -> None:
        """Secretaries confirm most of what was handed in and send a little back; the desk checks the secretaries."""
        submitted = WorkItem.objects.filter(state=WorkState.SUBMITTED, path__startswith=self.subdistrict.path)
        by_checker: dict[User, list[UUID]] = defaultdict(list)
        for item in submitted.order_by("id"):
            checker = self._checker(item)
            if item.submitted_at is not None and item.submitted_at < at and self.random.random() < self.pace.verified:
                by_checker[checker].append(item.id)
        for checker, ids in by_checker.items():
            back = [item_id for item_id in ids if self.random.random() < 0.03]
            _in_step(actions.verify, checker, at, [item_id for item_id in ids if item_id not in back])
            _in_step(actions.return_, checker, at, back, reason="来源地没有写清楚，请补充")

    def _checker(self, item: WorkItem) -> User:
        community = next((path for path in prefixes(item.path) if path in self._secretaries), "")
        secretary = self._secretaries.get(community)
        return secretary if secretary is not None and secretary.id != item.submitted_by_id else self.desk


def _in_step(action: Callable[..., object], actor: User, at: datetime, ids: Sequence[UUID], **said: str) -> None:
    if ids:
        action(Command(actor=actor, now=at, occurred_at=at), ids=ids, **said)


def first_subdistrict() -> Territory:
    """The subdistrict in which the day is played."""
    return Territory.objects.filter(level=Level.SUBDISTRICT).order_by("code")[0]


def people_found(outcome: str, *, under: str) -> Iterable[Person]:
    """People about whom the day's checks said `outcome`, in a fixed order."""
    found = Person.objects.current().under(under).filter(work_subjects__outcome=outcome, dwelling__isnull=False)
    return found.distinct().order_by("dwelling__door_key", "name", "id")
