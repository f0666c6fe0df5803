"""Facts of the toy town become proposals by an edition; what-if shows it before anything happens."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db.models import Count

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.measures import actions, facts
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.people.models import Household, Person
from lianfang.jobs.town import Town
from lianfang.playbooks.actions import countersign, sign
from lianfang.playbooks.applying import apply
from lianfang.playbooks.shelf import edition
from lianfang.playbooks.whatif import what_if
from tests.measures.cases import APPEAL, LAW, at, contact_ruling

pytestmark = pytest.mark.django_db

TODAY = date(2022, 7, 10)
NOW = at(TODAY, 9)


@pytest.fixture(autouse=True)
def signed(health: User, county: User) -> None:
    """The editions these stories use have been signed by two people."""
    for code in ("8th", "9th", "twenty", "ten", "drill"):
        digest = edition(code).digest
        sign(Command(actor=health), edition=code, digest=digest)
        countersign(Command(actor=county), edition=code, digest=digest)


@pytest.fixture
def family(town: Town) -> list[Person]:
    """A household of the first grid with at least two people."""
    grid = town.areas["999999001001001"]
    homes = Household.objects.under(grid.path).annotate(people_count=Count("people")).filter(people_count__gte=2)
    return list(Person.objects.current().filter(household=homes.order_by("id")[0]).order_by("id"))


def propose(desk: User, people: list[Person], code: str, **said: object) -> dict[str, list[str]]:
    answer = apply(
        Command(actor=desk, now=NOW),
        person_ids=[person.id for person in people],
        edition_code=code,
        legal_basis=LAW,
        appeal_to=APPEAL,
        **said,  # type: ignore[arg-type]
    )
    assert answer["refused"] == []
    return answer


class TestApplying:
    def test_proposes_both_stages_with_the_days_that_are_left(self, family: list[Person], desk: User) -> None:
        contact_ruling(desk, family[0], TODAY - timedelta(days=3), now=NOW)
        propose(desk, family[:1], "9th")
        central, home = ControlMeasure.objects.filter(person=family[0]).order_by("stage")
        assert (central.regime, home.regime) == ("central", "home_monitoring")
        # Last exposure on the 7th: day 1 is the 8th, day 7 the 14th; then three days at home, to the 17th.
        assert (central.ends_at, home.ends_at) == (at(date(2022, 7, 15), 0), at(date(2022, 7, 18), 0))
        assert home.starts_at == central.ends_at
        assert central.edition == "9th" and central.approved_at is None

    def test_draws_in_whoever_shares_a_home_isolation_with_a_fact_of_their_own(
        self, family: list[Person], desk: User
    ) -> None:
        contact_ruling(desk, family[0], TODAY - timedelta(days=1), now=NOW, kind="secondary_contact",
                       linked_id=contact_ruling(desk, family[0], TODAY - timedelta(days=1), now=NOW))  # fmt: skip
        EpidemiologicalFact.objects.filter(kind="contact_ruling").update(
            withdrawn_at=NOW, withdrawn_by=desk, withdrawn_reason="改判次密接"
        )
        answer = propose(desk, family[:1], "9th")
        assert set(answer["drawn_in"]) == {str(person.id) for person in family[1:]}
        shared = ControlMeasure.objects.filter(person__in=family)
        assert {measure.regime for measure in shared} == {"home"}
        assert len({measure.ends_at for measure in shared}) == 1
        assert {measure.basis.kind for measure in shared.exclude(person=family[0])} == {"co_residence"}

    def test_lays_nothing_on_whom_no_fact_names(self, family: list[Person], desk: User) -> None:
        contact_ruling(desk, family[0], TODAY - timedelta(days=1), now=NOW)
        answer = propose(desk, family[:2], "9th")
        assert answer["nothing"] == [str(family[1].id)]

    def test_keeps_a_running_case_on_its_edition_unless_ruled_anew_with_a_reason(
        self, family: list[Person], desk: User, health: User
    ) -> None:
        contact_ruling(desk, family[0], TODAY - timedelta(days=1), now=NOW)
        first = propose(desk, family[:1], "8th")
        actions.approve(Command(actor=health, now=NOW), ids=[UUID(one) for one in first["measures"]])
        old = ControlMeasure.objects.get(person=family[0], stage=1)
        seen = what_if([family[0].id], edition("9th"), now=NOW)
        assert seen.counts == {"shorter": 1} and seen.days_more < 0
        assert ControlMeasure.objects.count() == 2, "what-if writes nothing"
        again = propose(desk, family[:1], "9th", why="第九版施行，按新方案重新裁定")
        actions.approve(Command(actor=health, now=NOW), ids=[UUID(one) for one in again["measures"]])
        old.refresh_from_db()
        assert old.released_at == NOW and "第九版" in old.release_reason
        assert old.replaced_by.ends_at < old.ends_at


class TestWhatIf:
    def test_tells_the_difference_for_each_and_in_sum(self, family: list[Person], desk: User) -> None:
        contact_ruling(desk, family[0], TODAY - timedelta(days=1), now=NOW)
        ids = [person.id for person in family]
        assert what_if(ids, edition("9th"), now=NOW).counts == {"newly": 1, "no_fact": len(family) - 1}
        milder = what_if(ids, edition("routine"), now=NOW)
        assert {change.regime_after for change in milder.changes} == {"", "daily_monitoring"}

    def test_costs_the_same_queries_for_any_number(
        self, family: list[Person], desk: User, django_assert_max_num_queries: object
    ) -> None:
        for person in family:
            contact_ruling(desk, person, TODAY - timedelta(days=1), now=NOW)
        with django_assert_max_num_queries(6):  # type: ignore[operator]
            what_if([person.id for person in family], edition("9th"), now=NOW)


class TestAStayInAZone:
    def test_counts_only_while_the_zone_was_listed(self, family: list[Person], desk: User) -> None:
        zone = facts.list_zone(
            Command(actor=desk, now=NOW),
            name="临江市江北区滨河街道",
            level="high",
            document_no="临防指〔2022〕88号",
            issuer="临江市疫情防控指挥部",
            counts_from_date=date(2022, 7, 1),
            listed_date=date(2022, 7, 5),
        )["zone"]
        stay = {"kind": "risk_zone_stay", "document_no": "", "zone_id": UUID(zone)}
        with pytest.raises(facts.Refusal) as why:
            contact_ruling(desk, family[0], date(2022, 6, 30), now=NOW, **stay)
        assert why.value.code == "measures.not_listed"
        contact_ruling(desk, family[0], date(2022, 7, 8), now=NOW, **stay)
        propose(desk, family[:1], "9th")
        assert ControlMeasure.objects.get().category == "high_risk_arrival"
