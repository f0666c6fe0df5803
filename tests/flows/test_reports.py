"""The evening: papers frozen at their cut-off, corrected with a reason, and the communities' own reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lianfang.capabilities.reports.actions import correct, freeze, submit_unit
from lianfang.capabilities.reports.freezing import is_intact, paper_of
from lianfang.capabilities.reports.units import units_of
from lianfang.core.access.models import Grant, User
from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.metrics.models import Activation, Report, UnitReport
from lianfang.core.metrics.paper.chat import chat_text
from lianfang.core.metrics.paper.seal import canonical
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Bulletin, DayLog, DayTable
from lianfang.core.metrics.registry import At, numbers
from lianfang.core.people.models import Person
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem
from lianfang.kernel.uuid7 import uuid7
from tests.flows.day import Day, a_day_in_town, someone

pytestmark = pytest.mark.django_db
KINDS = ("bulletin", "table", "log")


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with django_db_blocker.unblock(), a_day_in_town(tmp_path_factory.mktemp("lists")) as day:
        yield day


@pytest.fixture
def day(standing: Day, db: None) -> Day:
    return standing


@pytest.fixture
def now(day: Day) -> datetime:
    return timezone.now()


def frozen(day: Day, kind: str, *, at: datetime, by: str = "command") -> Report:
    answer = freeze(
        Command(actor=someone(by)),
        kind=kind,
        territory_id=day.areas["999999001"].id,
        day=timezone.localdate(at),
        cutoff_at=at,
    )
    return Report.objects.get(id=answer["report"])


def told(day: Day, *, by: User, at: datetime, code: str = "999999001001", **said: Any) -> Answer:
    said.setdefault("zero", True)
    return submit_unit(Command(actor=by), territory_id=day.areas[code].id, day=timezone.localdate(at), **said)


def late_news(day: Day, *, now: datetime) -> None:
    """A result that was written down off the network before the cut-off, and came in after it."""
    actions.record(
        Command(actor=someone("worker"), occurred_at=now - timedelta(seconds=1)),
        item_id=day.items[5].id,
        outcome="no_control",
    )


class TestFreezing:
    def test_prints_the_numbers_of_the_cut_off(self, day: Day, now: datetime) -> None:
        paper = paper_of(frozen(day, "bulletin", at=now))
        assert isinstance(paper, Bulletin)
        codes = ("rows.received", "work.due", "work.done", "work.late", "work.waiting", "measures.in_force")
        counted = numbers(dict.fromkeys(codes, (day.path(),)), at=At(now))
        assert [one.value for one in paper.key_numbers] == list(counted.values()) == [12, 9, 3, 1, 1, 1]

    @pytest.mark.parametrize("kind", KINDS)
    def test_keeps_a_paper_that_later_work_does_not_change(self, day: Day, now: datetime, kind: str) -> None:
        report = frozen(day, kind, at=now)
        before = canonical(paper_of(report))
        late_news(day, now=now)
        actions.verify(Command(actor=someone("secretary")), ids=[day.items[1].id])
        report.refresh_from_db()
        assert canonical(paper_of(report)) == before
        assert is_intact(report)

    @pytest.mark.parametrize("kind", KINDS)
    def test_shows_when_the_stored_paper_was_tampered_with(self, day: Day, now: datetime, kind: str) -> None:
        report = frozen(day, kind, at=now)
        content = json.loads(json.dumps(report.content, ensure_ascii=False).replace("云澜街道", "云栖街道", 1))
        Report.objects.filter(id=report.id).update(content=content)
        report.refresh_from_db()
        assert not is_intact(report)

    def test_numbers_the_papers_of_a_year_by_kind(self, day: Day, now: datetime) -> None:
        yesterday = At(now).starts_at - timedelta(seconds=1)
        days = [now] if yesterday.year != now.year else [yesterday, now]
        issues = [(frozen(day, kind, at=at).issue_no, kind) for kind in ("bulletin", "log") for at in days]
        assert issues == [(number + 1, kind) for kind in ("bulletin", "log") for number in range(len(days))]

    def test_happens_once(self, day: Day, now: datetime) -> None:
        frozen(day, "table", at=now)
        with pytest.raises(Refusal) as refused:
            frozen(day, "table", at=now)
        assert refused.value.code == "reports.already_frozen"

    def test_of_the_future_is_refused(self, day: Day, now: datetime) -> None:
        with pytest.raises(Refusal) as refused:
            frozen(day, "log", at=now + timedelta(minutes=5))
        assert refused.value.code == "reports.bad_cutoff"

    @pytest.mark.parametrize("username", ["secretary", "worker", "inspector", "county"])
    def test_is_not_for_every_role(self, day: Day, now: datetime, username: str) -> None:
        with pytest.raises(NotAllowed):
            frozen(day, "log", at=now, by=username)
        assert not Report.objects.exists()

    def test_under_a_drill_marks_the_paper_for_good(self, day: Day, now: datetime) -> None:
        Activation.objects.create(
            id=uuid7(),
            territory=day.areas["999999"],
            mode="emergency",
            order_no="云防指〔2022〕1号",
            drill=True,
            starts_at=now - timedelta(minutes=1),
            ends_at=now + timedelta(hours=1),
        )
        report = frozen(day, "bulletin", at=now)
        assert report.drill
        assert outline_of(paper_of(report)).headline.startswith("【演练】")

    def test_leaves_an_entry_in_the_log(self, day: Day, now: datetime) -> None:
        report = frozen(day, "table", at=now)
        entry = AuditEntry.objects.get(code="reports.freeze")
        assert (entry.subject_id, entry.facts["check"]) == (report.id, report.check_code)


class TestCorrecting:
    def test_makes_a_version_that_says_what_changed_and_why(self, day: Day, now: datetime) -> None:
        report = frozen(day, "bulletin", at=now)
        late_news(day, now=now)
        answer = correct(Command(actor=someone("command")), report_id=report.id, reason="断网补录")
        newer = Report.objects.get(id=answer["report"])
        paper = paper_of(newer)
        assert isinstance(paper, Bulletin)
        said = {(one.what, one.was, one.now, one.reason) for one in paper.corrections}
        assert ("已核", "3", "4", "断网补录") in said
        assert ("望湖社区 已核", "3", "4", "断网补录") in said
        assert (newer.version, newer.issue_no, newer.cutoff_at) == (2, report.issue_no, report.cutoff_at)

    def test_of_the_day_table_names_the_place(self, day: Day, now: datetime) -> None:
        report = frozen(day, "table", at=now)
        told(day, by=someone("secretary"), at=now)
        newer = correct(Command(actor=someone("desk")), report_id=report.id, reason="社区补报")
        paper = paper_of(Report.objects.get(id=newer["report"]))
        assert any("望湖社区" in one.what and (one.was, one.now) == ("未报", "0") for one in paper.corrections)

    def test_keeps_the_corrections_before_it(self, day: Day, now: datetime) -> None:
        report = frozen(day, "bulletin", at=now)
        late_news(day, now=now)
        second = correct(Command(actor=someone("command")), report_id=report.id, reason="断网补录")
        told(day, by=someone("secretary"), at=now)
        third = correct(Command(actor=someone("command")), report_id=second["report"], reason="社区补报")
        paper = paper_of(Report.objects.get(id=third["report"]))
        assert {one.reason for one in paper.corrections} == {"断网补录", "社区补报"}

    @pytest.mark.parametrize(("reason", "code"), [(" ", "reports.no_reason"), ("看一看", "reports.nothing_differs")])
    def test_without_a_reason_or_a_difference_is_refused(self, day: Day, now: datetime, reason: str, code: str) -> None:
        report = frozen(day, "bulletin", at=now)
        with pytest.raises(Refusal) as refused:
            correct(Command(actor=someone("command")), report_id=report.id, reason=reason)
        assert refused.value.code == code

    def test_of_an_old_version_is_refused(self, day: Day, now: datetime) -> None:
        report = frozen(day, "bulletin", at=now)
        late_news(day, now=now)
        correct(Command(actor=someone("command")), report_id=report.id, reason="断网补录")
        with pytest.raises(Refusal) as refused:
            correct(Command(actor=someone("command")), report_id=report.id, reason="再改")
        assert refused.value.code == "reports.not_the_newest"

    def test_is_not_for_a_community(self, day: Day, now: datetime) -> None:
        report = frozen(day, "bulletin", at=now)
        with pytest.raises((NotAllowed, NotFound)):
            correct(Command(actor=someone("secretary")), report_id=report.id, reason="改")
        assert Report.objects.count() == 1


class TestThePapers:
    def test_name_no_resident(self, day: Day, now: datetime) -> None:
        names = set(Person.objects.filter(path__startswith=day.path()).values_list("name", flat=True))
        told_names = {person.name for person in day.people} | {"欧阳远行"}
        for kind in KINDS:
            text = canonical(paper_of(frozen(day, kind, at=now))).decode()
            assert not [name for name in told_names if name in text]
        assert told_names <= names

    def test_tell_the_day_in_words(self, day: Day, now: datetime) -> None:
        told(day, by=someone("secretary"), at=now)
        report = frozen(day, "log", at=timezone.now(), by="desk")
        paper = paper_of(report)
        assert isinstance(paper, DayLog)
        said = [entry.what for entry in paper.entries]
        assert any("《train》" in one and "9 人" in one for one in said)
        assert any("上报结果 2 户" in one and "核验办结 1 户" in one and "转推外地 1 户" in one for one in said)
        assert any("批准居家隔离医学观察 1 人" in one for one in said)
        assert any("零报告" in one for one in said)
        assert {entry.who for entry in paper.entries} <= {"数据专班", "系统", "社区", "指挥部"}

    def test_hold_every_compound_in_the_order_of_its_community(self, day: Day, now: datetime) -> None:
        paper = paper_of(frozen(day, "table", at=now))
        assert isinstance(paper, DayTable)
        codes = [row.code for row in paper.rows if row.code]
        assert codes == sorted(code for code in day.areas if "X" in code and "-" not in code)
        totals = dict(zip(paper.columns, paper.total, strict=True))
        assert (totals["应核"].value, totals["已核"].value, totals["超时"].value) == (9, 3, 1)
        assert (totals["丹岚"].value, totals["沪原"].value) == (6, 3)

    def test_tell_a_missing_report_from_a_zero_report(self, day: Day, now: datetime) -> None:
        told(day, by=someone("secretary"), at=now)
        paper = paper_of(frozen(day, "table", at=now))
        assert isinstance(paper, DayTable)
        arrivals = paper.columns.index("新到")
        own, other = paper.blocks[0], paper.blocks[1]
        assert {row.values[arrivals] for row in own.rows} == {0}
        assert {row.values[arrivals] for row in other.rows} == {None}
        assert "未报" in chat_text(paper)


class TestUnitReport:
    def test_of_figures_is_counted_by_compound(self, day: Day, now: datetime) -> None:
        told(
            day,
            by=someone("secretary"),
            at=now,
            zero=False,
            figures={"999999001001X01": {"arrivals": 3}, "": {"symptoms": 1}},
        )
        status = next(one for one in units_of(day.areas["999999001"], day=timezone.localdate(now)))
        assert (status.state, status.arrivals, status.symptoms) == ("reported", 3, 1)
        assert (status.figure("arrivals", "999999001001X01"), status.figure("arrivals", "")) == (3, 0)

    def test_sent_again_is_a_new_version(self, day: Day, now: datetime) -> None:
        told(day, by=someone("secretary"), at=now)
        told(day, by=someone("secretary"), at=now, zero=False, figures={"": {"arrivals": 1}})
        assert list(UnitReport.objects.order_by("version").values_list("version", "zero")) == [(1, True), (2, False)]
        assert units_of(day.areas["999999001001"], day=timezone.localdate(now))[0].arrivals == 1

    def test_is_expected_of_every_community_in_force(self, day: Day, now: datetime) -> None:
        states = [one.state for one in units_of(day.areas["999999001"], day=timezone.localdate(now))]
        assert states == ["missing"] * 8

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"zero": True, "figures": {"": {"arrivals": 1}}}, "reports.zero_with_figures"),
            ({"zero": False, "figures": {"": {"arrivals": 0}}}, "reports.all_zero"),
            ({"zero": False, "figures": {"": {"arrivals": -1}}}, "reports.bad_figure"),
            ({"zero": False, "figures": {"": {"cats": 1}}}, "reports.bad_figure"),
            ({"zero": False, "figures": {"999999001002X01": {"arrivals": 1}}}, "reports.unknown_place"),
        ],
    )
    def test_that_cannot_be_true_is_refused(self, day: Day, now: datetime, said: dict[str, Any], code: str) -> None:
        with pytest.raises(Refusal) as refused:
            told(day, by=someone("secretary"), at=now, **said)
        assert refused.value.code == code
        assert not UnitReport.objects.exists()

    def test_of_tomorrow_is_refused(self, day: Day, now: datetime) -> None:
        with pytest.raises(Refusal) as refused:
            told(day, by=someone("secretary"), at=now + timedelta(days=1))
        assert refused.value.code == "reports.future_day"

    def test_of_another_community_is_not_allowed(self, day: Day, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            told(day, by=someone("other_secretary"), at=now)
        assert Grant.objects.filter(user__username="other_secretary").exists()

    def test_of_an_area_that_is_no_community_is_refused(self, day: Day, now: datetime) -> None:
        with pytest.raises(Refusal) as refused:
            told(day, by=someone("desk"), at=now, code="999999001")
        assert refused.value.code == "reports.not_a_unit"


def test_open_work_is_carried_over(day: Day, now: datetime) -> None:
    paper = paper_of(frozen(day, "bulletin", at=now))
    assert isinstance(paper, Bulletin)
    left = WorkItem.objects.open().filter(submitted_at=None).count()
    assert any(f"{left} 户结转" in line for line in paper.tomorrow)
