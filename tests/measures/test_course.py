"""A measure from its fact to its notice: three pairs of hands, nobody let go early or kept too long."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import Count

from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.measures import actions, answering, appealing, facts, generating, moving, proposing
from lianfang.core.measures.duties import Duty
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.releasing import CONDITIONS
from lianfang.core.measures.standing import Appeal, HandOver
from lianfang.core.people.models import Household, Person
from lianfang.core.work.models import Matter, WorkItem
from lianfang.jobs.town import Town
from tests.measures.cases import APPEAL, LAW, at, contact_ruling, entry, propose, under_measure

pytestmark = pytest.mark.django_db

TODAY = date(2022, 12, 19)
NOW = at(TODAY, 5)


@pytest.fixture
def family(town: Town) -> list[Person]:
    """A household of the first grid with at least two people."""
    grid = town.areas["999999001001001"]
    homes = Household.objects.under(grid.path).annotate(people_count=Count("people")).filter(people_count__gte=2)
    return list(Person.objects.current().filter(household=homes.order_by("id")[0]).order_by("id"))


def refused(code: str, call: object, **arguments: object) -> None:
    with pytest.raises(Refusal) as why:
        call(**arguments)  # type: ignore[operator]
    assert why.value.code == code


def answer_all(actor: User, day: date, *, now: datetime, temperature: int = 366, result: str = "negative") -> None:
    """Staff write down everything of a day."""
    for duty in Duty.objects.filter(day=day, state__in=("open", "missed")).order_by("due_at"):
        said = {"result": result} if duty.kind == "test" else {}
        warm = {"temperature": temperature} if duty.kind.startswith("temperature") else {}
        answering.answer(Command(actor=actor, now=now), duty_id=duty.id, source="staff", **said, **warm)


def next_day(day: date) -> None:
    generating.generate(Command(actor=automaton(Automaton.CLOCK), now=at(day, 0, 5)), day=day)


class TestApproval:
    def test_is_healths_alone_and_never_the_proposers(
        self, family: list[Person], desk: User, command_post: User, health: User
    ) -> None:
        fact = contact_ruling(desk, family[0], TODAY - timedelta(days=1), now=NOW)
        ids = propose(desk, [entry(family[0], fact, TODAY)], now=NOW)
        for actor in (desk, command_post):
            with pytest.raises(NotAllowed):
                actions.approve(Command(actor=actor, now=NOW), ids=ids)
        assert not ControlMeasure.objects.in_force(at(TODAY, 6)).exists()
        assert actions.approve(Command(actor=health, now=NOW), ids=ids)["done"] == [str(ids[0])]
        assert ControlMeasure.objects.in_force(at(TODAY, 6)).count() == 1

    def test_gives_a_numbered_order_and_the_duties_of_today(
        self, family: list[Person], desk: User, health: User, worker: User
    ) -> None:
        measures = under_measure(desk, health, family, now=NOW)
        numbers = [measure.order_no for measure in measures]
        assert len(set(numbers)) == len(family) and all(number and "隔〔2022〕" in number for number in numbers)
        kinds = Duty.objects.filter(measure=measures[0]).order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["temperature_evening", "temperature_morning", "test", "visit"]
        care = WorkItem.objects.get(matter=Matter.CARE)
        assert (care.for_date, care.assignee, care.subjects.count()) == (TODAY, worker, len(family))

    def test_is_refused_twice_for_one_time_however_many_lists_name_the_person(
        self, family: list[Person], desk: User, health: User
    ) -> None:
        under_measure(desk, health, family[:1], now=NOW)
        fact = contact_ruling(desk, family[0], TODAY, now=NOW)
        twice = [entry(family[0], fact, TODAY + timedelta(days=1))]
        answer = proposing.propose_ruled(Command(actor=desk, now=NOW), stages=twice, legal_basis=LAW, appeal_to=APPEAL)
        assert [row["code"] for row in answer["refused"]] == ["measures.under_it_already"]

    def test_needs_a_third_person_at_the_door(
        self, family: list[Person], secretary: User, health: User, worker: User
    ) -> None:
        measure = under_measure(secretary, health, family[:1], now=NOW)[0]
        refused("measures.not_a_third", actions.operate, command=Command(actor=secretary), ids=[measure.id])
        assert actions.operate(Command(actor=worker), ids=[measure.id])["done"] == [str(measure.id)]
        refused("measures.in_effect", actions.operate, command=Command(actor=worker), ids=[measure.id])


class TestADay:
    def test_is_answered_by_the_person_and_its_care_ends_by_itself(
        self, family: list[Person], desk: User, health: User, worker: User
    ) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        resident = automaton(Automaton.RESIDENT)
        morning = Duty.objects.get(measure=measure, kind="temperature_morning")
        refused("care.not_yet", answering.answer, command=Command(actor=resident, now=NOW), duty_id=morning.id,
                source="self", temperature=366)  # fmt: skip
        eight = at(TODAY, 8)
        said = answering.answer(Command(actor=resident, now=eight), duty_id=morning.id, source="self", temperature=366)
        assert said["alarm"] is False
        visit = Duty.objects.get(measure=measure, kind="visit")
        refused("care.staff_only", answering.answer, command=Command(actor=resident, now=eight), duty_id=visit.id,
                source="self")  # fmt: skip
        answer_all(worker, TODAY, now=at(TODAY, 19))
        assert WorkItem.objects.get(matter=Matter.CARE).state == "closed"

    @pytest.mark.parametrize(("temperature", "symptoms"), [(373, ()), (365, ("dry_cough",))])
    def test_with_fever_or_a_symptom_calls_the_doctor_at_once(
        self, family: list[Person], desk: User, health: User, temperature: int, symptoms: tuple[str, ...]
    ) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        duty = Duty.objects.get(measure=measure, kind="temperature_morning")
        command = Command(actor=automaton(Automaton.RESIDENT), now=at(TODAY, 8))
        said = answering.answer(command, duty_id=duty.id, source="self", temperature=temperature, symptoms=symptoms)
        assert said["alarm"] is True
        alarm = WorkItem.objects.get(matter=Matter.ALARM)
        assert alarm.assignee is not None and alarm.answered_by == "doctor"
        assert alarm.due_at == at(TODAY, 8, 30)

    def test_not_answered_by_noon_and_by_eight_is_on_the_call_list(
        self, family: list[Person], desk: User, health: User
    ) -> None:
        under_measure(desk, health, family[:1], now=NOW)
        clock = automaton(Automaton.CLOCK)
        assert generating.miss(Command(actor=clock, now=at(TODAY, 11, 59)))["missed"] == 0
        assert generating.miss(Command(actor=clock, now=at(TODAY, 12)))["missed"] == 1
        generating.miss(Command(actor=clock, now=at(TODAY, 20)))
        assert Duty.objects.filter(state="missed").count() == 4
        assert Duty.objects.unanswered(at(TODAY, 12)).count() == 1

    def test_is_made_once_however_often_the_clock_asks(self, family: list[Person], desk: User, health: User) -> None:
        under_measure(desk, health, family, now=NOW)
        tomorrow = TODAY + timedelta(days=1)
        assert generating.is_waiting(tomorrow)
        next_day(tomorrow)
        count = Duty.objects.filter(day=tomorrow).count()
        next_day(tomorrow)
        assert Duty.objects.filter(day=tomorrow).count() == count == 3 * len(family)
        assert not generating.is_waiting(tomorrow)
        assert WorkItem.objects.filter(matter=Matter.CARE).count() == 2


class TestRelease:
    def test_comes_at_the_end_with_every_test_negative_and_not_a_day_before(
        self, family: list[Person], desk: User, health: User, worker: User, secretary: User
    ) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        for offset in range(7):
            day = TODAY + timedelta(days=offset)
            next_day(day)
            if offset != 3:
                answer_all(worker, day, now=at(day, 21))
        end = at(TODAY + timedelta(days=7), 0)
        early = Command(actor=secretary, now=end - timedelta(seconds=1))
        refused("measures.not_ready", actions.release, command=early, ids=[measure.id])
        refused("measures.not_ready", actions.release, command=Command(actor=secretary, now=end), ids=[measure.id])
        answer_all(worker, TODAY + timedelta(days=3), now=end)
        actions.release(Command(actor=secretary, now=end), ids=[measure.id])
        measure.refresh_from_db()
        assert measure.notice_no and "解〔2022〕" in measure.notice_no
        assert measure.released_by == secretary

    def test_does_not_believe_a_residents_own_word_about_a_test(
        self, family: list[Person], desk: User, health: User, secretary: User
    ) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        resident = Command(actor=automaton(Automaton.RESIDENT), now=at(TODAY, 9))
        test = Duty.objects.get(measure=measure, kind="test")
        answering.answer(resident, duty_id=test.id, source="self", result="negative")
        refused("measures.not_ready", actions.release, command=Command(actor=secretary,
                now=at(TODAY + timedelta(days=8), 0)), ids=[measure.id])  # fmt: skip

    def test_before_the_end_needs_a_reason_and_takes_todays_duties_away(
        self, family: list[Person], desk: User, health: User, secretary: User
    ) -> None:
        measures = under_measure(desk, health, family, now=NOW)
        ids = [measure.id for measure in measures]
        refused("measures.no_release_reason", actions.release, command=Command(actor=secretary), ids=ids, early=True)
        actions.release(Command(actor=secretary, now=at(TODAY, 9)), ids=ids, early=True, reason="判定撤销")
        assert set(Duty.objects.values_list("state", flat=True)) == {"void"}
        assert WorkItem.objects.get(matter=Matter.CARE).state == "cancelled"

    def test_waits_for_whoever_is_shut_in_with_them_for_longer(
        self, family: list[Person], desk: User, health: User, worker: User, secretary: User
    ) -> None:
        first = under_measure(desk, health, family[:1], now=NOW, days=1)[0]
        under_measure(desk, health, family[1:2], now=NOW)
        answer_all(worker, TODAY, now=at(TODAY, 19))
        ControlMeasure.objects.filter(id=first.id).update(terms=first.terms | {"tests": [[TODAY.isoformat(), 1]]})
        end = Command(actor=secretary, now=at(TODAY + timedelta(days=1), 0))
        with pytest.raises(Refusal) as why:
            actions.release(end, ids=[first.id])
        assert why.value.facts["missing"] == str(CONDITIONS["co_residents"])


class TestAnAppeal:
    def test_is_decided_by_somebody_who_had_no_part_in_it(
        self, family: list[Person], desk: User, health: User, county: User
    ) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        resident = automaton(Automaton.RESIDENT)
        appealing.appeal(Command(actor=resident, now=NOW), measure_id=measure.id, said="当日不在场", source="self")
        refused("measures.appeal_running", appealing.appeal, command=Command(actor=resident), measure_id=measure.id,
                said="再说一次", source="self")  # fmt: skip
        case = Appeal.objects.get()
        assert case.due_at - case.received_at == timedelta(hours=24)
        refused("measures.appeal_own", appealing.decide_appeal, command=Command(actor=health), appeal_id=case.id,
                verdict="rejected", reason="不成立")  # fmt: skip
        appealing.decide_appeal(
            Command(actor=county, now=NOW), appeal_id=case.id, verdict="upheld", reason="行程核实不在场"
        )
        measure.refresh_from_db()
        assert measure.released_at == NOW and measure.release_reason == "行程核实不在场"


class TestAWithdrawnFact:
    def test_takes_its_measures_with_it(self, family: list[Person], desk: User, health: User) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        with pytest.raises(NotAllowed):
            facts.withdraw_fact(Command(actor=desk), fact_id=measure.basis_id, reason="认错人")
        lifted = facts.withdraw_fact(Command(actor=health, now=NOW), fact_id=measure.basis_id, reason="认错人")[
            "lifted"
        ]
        assert lifted == [str(measure.id)]
        assert not ControlMeasure.objects.in_force(at(TODAY, 6)).exists()


class TestMovingAway:
    def test_hands_the_measure_over_with_its_clock(
        self, town: Town, family: list[Person], desk: User, health: User, secretary: User, other_secretary: User
    ) -> None:
        measure = under_measure(desk, health, family[:1], now=NOW)[0]
        target = town.areas["999999001002"]
        moving.hand_over(Command(actor=secretary), measure_id=measure.id, territory_id=target.id, reason="搬回父母家")
        case = HandOver.objects.get()
        with pytest.raises(NotFound):
            moving.receive(Command(actor=secretary), hand_over_id=case.id)
        moving.receive(Command(actor=other_secretary, now=NOW), hand_over_id=case.id)
        before = (measure.starts_at, measure.ends_at, measure.order_no, measure.released_at)
        measure.refresh_from_db()
        assert (measure.starts_at, measure.ends_at, measure.order_no, measure.released_at) == before
        assert measure.path == target.path
        assert set(Duty.objects.filter(measure=measure).values_list("path", flat=True)) == {target.path}
        assert ControlMeasure.objects.visible_to(other_secretary).filter(id=measure.id).exists()


class TestAReRuledCase:
    def test_keeps_its_measure_until_the_new_one_is_approved(
        self, family: list[Person], desk: User, health: User
    ) -> None:
        old = under_measure(desk, health, family[:1], now=NOW)[0]
        fact = old.basis_id
        reruled = entry(family[0], fact, TODAY, days=5, replaces_id=str(old.id), replaced_reason="第九版改为五天")
        new: list[UUID] = propose(desk, [reruled], now=NOW)
        assert ControlMeasure.objects.in_force(at(TODAY, 6)).get() == old
        actions.approve(Command(actor=health, now=NOW), ids=new)
        assert ControlMeasure.objects.in_force(at(TODAY, 6)).get().id == new[0]
        old.refresh_from_db()
        assert old.release_reason == "第九版改为五天"
