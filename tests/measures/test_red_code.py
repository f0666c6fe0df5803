"""The red-code case of Henan, June 2022, as it must fail here: 1,317 depositors of village banks were given red codes
without meeting any rule; 446 had scanned a venue code, 871 had never been there (standards 6.6).
"""

from __future__ import annotations

import inspect
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from lianfang.core.access.automatons import MAY, Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.access.roles import PERMISSIONS, Role
from lianfang.core.actions.door import ACTIONS, Command
from lianfang.core.actions.refusals import NotAllowed, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import ListRow
from lianfang.core.measures import actions, facts, holding, proposing, rules
from lianfang.core.measures.models import STRICT, ControlMeasure, FactKind
from lianfang.core.measures.standing import HeldBatch
from lianfang.core.people.models import Person
from lianfang.jobs.town import Town
from tests.flows.bringing import bring
from tests.flows.test_first_slice import INBOUND
from tests.measures.cases import APPEAL, LAW, at, contact_ruling, entry, propose

pytestmark = pytest.mark.django_db

TODAY = date(2022, 6, 13)
NOW = at(TODAY, 10)
WRITES_STATUS = {"measures.propose", "measures.approve", "measures.operate", "measures.release"}


@pytest.fixture
def depositors(town: Town) -> list[Person]:
    """Sixty people who came to ask for their money."""
    return list(Person.objects.current().under(town.areas["999999001001"].path).order_by("id")[:60])


def arrived(desk: User, person: Person) -> UUID:
    """All that is known of most: they came from elsewhere."""
    return contact_ruling(desk, person, TODAY - timedelta(days=1), now=NOW, kind="arrival", document_no="")


class TestAList:
    def test_restricts_nobody_whatever_it_calls_them(self, town: Town, desk: User) -> None:
        source = bring(INBOUND, desk, town)
        assert ListRow.objects.filter(source_list=source, person__isnull=False).exists()
        assert not ControlMeasure.objects.exists()

    def test_is_no_fact_and_neither_is_a_scanned_code(self, town: Town, depositors: list[Person], desk: User) -> None:
        for kind in ("list", "venue_scan", "stability", "other"):
            with pytest.raises(Refusal) as why:
                contact_ruling(desk, depositors[0], TODAY, now=NOW, kind=kind)
            assert why.value.code == "measures.fact_incomplete"
        assert not {"list", "venue", "scan"} & {word for kind in FactKind.values for word in kind.split("_")}

    def test_cannot_name_a_place_that_no_authority_listed(self, depositors: list[Person], desk: User) -> None:
        with pytest.raises(Refusal) as why:
            contact_ruling(desk, depositors[0], TODAY, now=NOW, kind="risk_zone_stay", document_no="")
        assert why.value.code == "measures.not_listed"

    def test_has_no_way_round_the_fact_in_the_database(self, depositors: list[Person], desk: User) -> None:
        measure = propose(desk, [entry(depositors[0], arrived(desk, depositors[0]), TODAY)], now=NOW)[0]
        for column in ("basis_id", "ends_at", "legal_basis", "appeal_to"):
            empty = None if column in ("basis_id", "ends_at") else ""
            with pytest.raises(IntegrityError), transaction.atomic():
                ControlMeasure.objects.filter(id=measure).update(**{column: empty})


class TestABatch:
    def test_of_people_without_a_fact_of_their_own_is_held_and_alarms(
        self, depositors: list[Person], desk: User, health: User, county: User
    ) -> None:
        ids = propose(desk, [entry(one, arrived(desk, one), TODAY) for one in depositors[:8]], now=NOW)
        answer = actions.approve(Command(actor=health, now=NOW), ids=ids)
        held = HeldBatch.objects.get()
        assert answer["done"] == [] and answer["held"] == str(held.id)
        assert (held.why, held.people, held.outside) == ("outside", 8, 8)
        assert AuditEntry.objects.filter(code="measures.hold").exists()
        assert not ControlMeasure.objects.in_force(NOW).exists()
        again = actions.approve(Command(actor=health, now=NOW), ids=ids)
        assert again["done"] == [], "asking again does not let it pass"

    def test_above_the_limit_waits_for_a_second_look_even_when_every_fact_is_sound(
        self, depositors: list[Person], desk: User, health: User, county: User
    ) -> None:
        ruled = [(one, contact_ruling(desk, one, TODAY - timedelta(days=1), now=NOW)) for one in depositors]
        ids = propose(desk, [entry(one, fact, TODAY) for one, fact in ruled], now=NOW)
        held = actions.approve(Command(actor=health, now=NOW), ids=ids)["held"]
        assert HeldBatch.objects.get().why == "too_many"
        for actor in (desk, health):  # who proposed it or wanted to approve it does not decide
            with pytest.raises((NotAllowed, Refusal)):
                holding.decide_held(Command(actor=actor), batch_id=UUID(held), passed=True, reason="没问题")
        holding.decide_held(Command(actor=county, now=NOW), batch_id=UUID(held), passed=True, reason="逐一核对判定文书")
        assert len(actions.approve(Command(actor=health, now=NOW), ids=ids)["done"]) == len(depositors)

    def test_cut_into_slices_is_still_one(self, depositors: list[Person], desk: User, health: User) -> None:
        done, held = 0, ""
        for start in range(0, 60, 20):
            ruled = [(p, contact_ruling(desk, p, TODAY, now=NOW)) for p in depositors[start : start + 20]]
            ids = propose(desk, [entry(one, fact, TODAY) for one, fact in ruled], now=NOW)
            answer = actions.approve(Command(actor=health, now=NOW + timedelta(minutes=start)), ids=ids)
            done, held = done + len(answer["done"]), held or answer["held"]
        assert done <= rules.HELD_FROM and held

    def test_thrown_out_leaves_nobody_restricted(
        self, depositors: list[Person], desk: User, health: User, county: User
    ) -> None:
        ids = propose(desk, [entry(one, arrived(desk, one), TODAY) for one in depositors[:6]], now=NOW)
        held = actions.approve(Command(actor=health, now=NOW), ids=ids)["held"]
        holding.decide_held(Command(actor=county), batch_id=UUID(held), passed=False, reason="无流行病学依据")
        assert ControlMeasure.objects.filter(declined_reason="无流行病学依据").count() == 6
        with pytest.raises(Refusal):
            actions.approve(Command(actor=health, now=NOW), ids=ids[:1])


class TestHands:
    def test_of_proposer_approver_and_operator_are_three_and_the_approver_is_of_health(self) -> None:
        assert {role for role in Role if "measures.approve" in PERMISSIONS[role]} == {Role.HEALTH}
        assert not {"measures.propose", "measures.operate"} & PERMISSIONS[Role.HEALTH]
        assert {"measures.propose"} & PERMISSIONS[Role.COMMAND] == set(), "who commands control does not propose it"

    def test_of_systems_and_vendors_write_no_status(self, depositors: list[Person], desk: User) -> None:
        for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.INSPECTOR, Role.RUNNER, Role.DOCTOR):
            assert not WRITES_STATUS & PERMISSIONS[role]
        for name, may in MAY.items():
            assert not WRITES_STATUS & may, name
        measure = propose(desk, [entry(depositors[0], arrived(desk, depositors[0]), TODAY)], now=NOW)[0]
        for which in Automaton:
            with pytest.raises((NotAllowed, Refusal)):
                actions.approve(Command(actor=automaton(which)), ids=[measure])

    def test_leave_no_door_that_sets_a_colour(self) -> None:
        """A colour is worked out from measures in force; no action takes one."""
        for code, door in ACTIONS.items():
            assert "colour" not in inspect.signature(inspect.unwrap(door)).parameters, code


class TestAnyRestriction:
    def test_shows_reason_day_of_evidence_end_and_appeal(
        self, depositors: list[Person], desk: User, health: User
    ) -> None:
        fact = contact_ruling(desk, depositors[0], TODAY - timedelta(days=1), now=NOW)
        ids = propose(desk, [entry(depositors[0], fact, TODAY)], now=NOW)
        actions.approve(Command(actor=health, now=NOW), ids=ids)
        measure = ControlMeasure.objects.select_related("basis").get(id=ids[0])
        assert measure.regime in STRICT
        assert all((measure.basis.evidence, measure.basis.happened_date, measure.ends_at, measure.appeal_to))
        assert measure.ends_at - measure.starts_at <= timedelta(days=proposing.LONGEST_DAYS)
        assert not ControlMeasure.objects.in_force(measure.ends_at).exists(), "it ends by itself"

    def test_goes_when_its_fact_goes(self, depositors: list[Person], desk: User, health: User) -> None:
        fact = contact_ruling(desk, depositors[0], TODAY - timedelta(days=1), now=NOW)
        ids = propose(desk, [entry(depositors[0], fact, TODAY)], now=NOW)
        actions.approve(Command(actor=health, now=NOW), ids=ids)
        facts.withdraw_fact(Command(actor=health, now=NOW), fact_id=fact, reason="系他人扫码")
        assert not ControlMeasure.objects.in_force(NOW).exists()

    def test_names_the_law_and_the_appeal_or_is_refused(self, depositors: list[Person], desk: User) -> None:
        fact = arrived(desk, depositors[0])
        for law, appeal in (("", APPEAL), (LAW, " ")):
            answer = proposing.propose_ruled(
                Command(actor=desk, now=NOW),
                stages=[entry(depositors[0], fact, TODAY)],
                legal_basis=law,
                appeal_to=appeal,
            )
            assert [row["code"] for row in answer["refused"]] == ["measures.no_way_out"]
