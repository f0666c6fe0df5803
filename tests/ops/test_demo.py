"""The demo town, small: its figures, its people, its day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.password_validation import validate_password
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lianfang.capabilities.cleanup.models import DuplicatePair, FinderPass
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass
from lianfang.core.access.models import Answerer, Responsibility, User
from lianfang.core.audit import journal
from lianfang.core.lists.models import ListRow, ListState, SourceList
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.metrics.models import Activation
from lianfang.core.people.models import Dwelling, IdentityDocument, Person, Residence, Telephone
from lianfang.core.territory.gazetteer import forget
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import ContactAttempt, WorkEvent, WorkItem
from lianfang.jobs import demo
from lianfang.jobs.demo_day import HOURS, LAST, Shift
from lianfang.jobs.demo_people import Numbers
from lianfang.kernel.identity import read_identity

NOW = timezone.now()
SOME_DAY = datetime(2022, 4, 6, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SCALE = 0.1


@dataclass(frozen=True)
class Built:
    """What `build` answered and said while it ran."""

    answer: bool
    stages: set[str]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's own fixture for one module: one transaction around all of its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def built(db: None) -> Iterator[Built]:
    """A small demo town in place of the cast's, until the end of the module."""
    _empty_tables()
    stages: set[str] = set()
    answer = demo.build(SCALE, now=NOW, progress=lambda stage, done, of: stages.add(stage))
    yield Built(answer, stages)
    forget()


def _empty_tables() -> None:
    names = [table for table in connection.introspection.table_names() if table.split("_")[0] in OURS]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
    forget()


OURS = {
    "territory",
    "access",
    "people",
    "lists",
    "work",
    "measures",
    "metrics",
    "audit",
    "observations",
    "actions",
    "zone",
    "plans",
}


class TestTheTown:
    def test_has_the_figures_of_the_articles_in_proportion(self, built: Built) -> None:
        levels = Counter(Territory.objects.values_list("level", flat=True))
        assert built.answer and built.stages == {"people", "day"}
        assert levels[Level.COMPOUND] == round(167 * SCALE)
        assert levels[Level.GRID] == round(60 * SCALE)
        assert levels[Level.GATE] == round(64 * SCALE)
        assert 500 < Dwelling.objects.count() < 1100
        assert 2.2 < Person.objects.count() / Dwelling.objects.count() < 3.2

    def test_has_the_articles_figures_at_scale_one(self) -> None:
        plans = list(demo._plans(1))
        assert len(plans) == 8
        assert [sum(figures) for figures in zip(*((p.compounds, p.grids, p.gates) for p in plans), strict=True)] == [
            *(167, 60, 64)
        ]

    def test_is_not_built_over_another(self, built: Built) -> None:
        people = Person.objects.count()
        assert demo.build(SCALE, now=NOW) is False
        assert Person.objects.count() == people

    def test_has_valid_numbers_of_nobody_each_once_but_for_who_is_held_twice(self, built: Built) -> None:
        documents = list(IdentityDocument.objects.filter(kind="resident_id", valid=True))
        numbers = [document.number for document in documents]
        assert all(number.startswith("999999") for number in numbers)
        assert all(read_identity(number, today=NOW.date()).valid for number in numbers)
        assert len(numbers) - len(set(numbers)) == DuplicatePair.objects.filter(same_number=True).count()

    def test_holds_some_people_twice_whom_the_finder_found(self, built: Built) -> None:
        pairs = DuplicatePair.objects.open()
        assert len(pairs) >= 4 and FinderPass.objects.filter(finished_at__isnull=False).count() == 1
        assert len({frozenset(code for code, _weight in pair.reasons) for pair in pairs}) >= 3

    def test_has_telephones_that_are_never_issued_and_some_are_shared(self, built: Built) -> None:
        phones = [telephone.number for telephone in Telephone.objects.all()]
        assert all(phone.startswith("1990") and len(phone) == 11 for phone in phones)
        assert len(set(phones)) < len(phones)

    def test_has_people_as_they_are(self, built: Built) -> None:
        assert Person.objects.filter(documents=None).exists()
        assert Person.objects.filter(telephones=None).exists()
        assert Person.objects.filter(care_needs__kind="独居老人").exists()
        assert Residence.objects.filter(kind="租住").exists() and Residence.objects.filter(kind="自有").exists()
        assert not Residence.objects.filter(starts_date__lt=F("person__birth_date")).exists()

    def test_has_five_named_people_for_every_grid(self, built: Built) -> None:
        roles = {Answerer.GRID_WORKER, Answerer.DEPUTY, Answerer.CADRE, Answerer.POLICE, Answerer.DOCTOR}
        for grid in Territory.objects.filter(level=Level.GRID):
            assert set(Responsibility.objects.filter(territory=grid).values_list("role", flat=True)) == roles

    def test_keeps_its_foreign_keys_and_indexes(self, built: Built) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'people_personkey'::regclass")
            names = {row[0] for row in cursor.fetchall()}
            constraints = connection.introspection.get_constraints(cursor, "people_person")
        assert "people_personkey_pkey" in names and len(names) >= 2
        assert {"person_by_path", "person_by_name", "person_not_merged_into_itself"} <= constraints.keys()


class TestTheDay:
    def test_brings_lists_and_a_zero_report(self, built: Built) -> None:
        states = Counter(SourceList.objects.values_list("state", flat=True))
        assert states == {ListState.DISPATCHED: 5 + 2 * demo.EARLIER, ListState.ZERO: 1}

    def test_comes_after_days_that_are_nearly_finished(self, built: Built) -> None:
        days = Counter(timezone.localdate(at) for at in WorkItem.objects.values_list("created_at", flat=True))
        assert len(days) == 1 + demo.EARLIER
        earlier = WorkItem.objects.filter(created_at__lt=NOW - timedelta(hours=32))
        assert earlier.filter(state__in=["closed", "forwarded"]).count() > 0.8 * earlier.count()

    def test_leaves_something_for_everyone(self, built: Built) -> None:
        states = Counter(WorkItem.objects.values_list("state", flat=True))
        assert {"unplaced", "accepted", "submitted", "closed"} <= states.keys()
        assert WorkItem.objects.late().exists()
        assert ListRow.objects.filter(decision="review").exists()

    def test_merges_what_several_lists_ask(self, built: Built) -> None:
        assert WorkItem.objects.filter(origins_count__gt=1).count() > 5

    def test_lies_before_now_and_in_order(self, built: Built) -> None:
        assert not WorkEvent.objects.filter(recorded_at__gt=NOW).exists()
        assert not ContactAttempt.objects.filter(occurred_at__lt=F("item__created_at")).exists()
        assert not WorkItem.objects.filter(closed_at__lt=F("submitted_at")).exists()

    def test_puts_nobody_under_measures_without_a_ruling(self, built: Built) -> None:
        measures = ControlMeasure.objects.select_related("basis").in_force(NOW)
        assert 60 <= measures.count() <= 100
        assert all(measure.basis.document_no and measure.appeal_to for measure in measures)
        assert not measures.filter(approved_by=F("proposed_by")).exists()

    def test_is_a_drill_and_says_so(self, built: Built) -> None:
        activation = Activation.objects.get()
        assert activation.mode == "emergency" and activation.drill and "演练" in activation.order_no

    def test_has_a_locked_down_building_whose_doors_are_shared_and_a_controlled_one_with_passes(
        self, built: Built
    ) -> None:
        locked, controlled = Zone.objects.in_force(NOW).order_by("kind")
        assert (locked.kind, controlled.kind) == ("lockdown", "restricted")
        assert locked.drill and controlled.drill and locked.approved_by != locked.proposed_by
        doors = Dwelling.objects.filter(path__startswith=locked.path).count()
        assert locked.contracts.count() == doors > 0
        assert locked.helpers.filter(user__username="grid1").exists()
        assert HouseholdPass.objects.filter(zone=controlled).exists()

    def test_is_in_the_audit_log_whole(self, built: Built) -> None:
        assert journal.seal_pending(now=NOW) > 0
        assert list(journal.verify()) == []


class TestADemoLogin:
    def test_opens_with_the_password_shown(self, built: Built) -> None:
        for login in demo.LOGINS:
            user = User.objects.get(username=login.username)
            assert user.check_password(login.password) and not user.must_change_password
            assert user.authority.roles == {login.role} or user.created_at > NOW
            assert set(user.grants.values_list("role", flat=True)) == {login.role}
            assert user.display_name == login.name
            validate_password(login.password, user)

    def test_of_a_grid_worker_has_work(self, built: Built) -> None:
        logins = [login.username for login in demo.LOGINS if login.role == "grid_worker"]
        assert WorkItem.objects.filter(assignee__username__in=logins).exists()


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Any minute of a week."""
    return SOME_DAY + timedelta(minutes=draw(st.integers(0, 7 * 24 * 60)))


class TestAShift:
    @given(instants())
    def test_lies_before_now_on_its_day_unless_that_has_just_begun(self, now: datetime) -> None:
        shift, midnight = Shift.before(now), now.replace(hour=0, minute=0)
        assert timedelta() < shift.ends_at - shift.begins_at <= timedelta(hours=HOURS)
        assert shift.ends_at < now
        assert shift.ends_at.timetz().replace(tzinfo=None) <= LAST
        assert shift.begins_at.date() == shift.ends_at.date()
        assert (shift.begins_at > midnight) == (now - midnight >= timedelta(hours=1, minutes=3))

    @given(instants(), st.floats(0, 1), st.floats(0, 1))
    def test_goes_forward(self, now: datetime, one: float, other: float) -> None:
        shift = Shift.before(now)
        assert (shift.at(one) <= shift.at(other)) == (one <= other) or shift.at(one) == shift.at(other)


class TestNumbers:
    @given(st.integers(0, 10_000))
    def test_of_telephones_do_not_repeat(self, seed: int) -> None:
        numbers = Numbers(Random(seed))
        drawn = [numbers.phone() for _ in range(500)]
        assert len(set(drawn)) == 500

    def test_of_one_day_run_out_in_plain_words(self) -> None:
        numbers = Numbers(Random(1))
        drawn = {numbers.identity(SOME_DAY.date(), "2") for _ in range(500)}
        assert len(drawn) == 500
        with pytest.raises(OverflowError):
            numbers.identity(SOME_DAY.date(), "2")
