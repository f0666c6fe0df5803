"""One order switches an area to emergency, another back; a drill is flagged for good and in no real number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from lianfang.capabilities.plans.actions import activate, stand_down
from lianfang.capabilities.plans.models import RetentionClock
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.metrics.compounds import figures_of
from lianfang.core.metrics.mode import activation_at, is_drill
from lianfang.core.metrics.models import Activation
from lianfang.core.metrics.registry import METRICS, At, number
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.jobs.town import Town
from tests.web.desk import browser

pytestmark = pytest.mark.django_db


def switch(actor: User, area: Territory, *, now: datetime, **changes: Any) -> Activation:
    fields = {"level": "1", "order_no": "云防指〔2022〕1号", "order_no_again": "云防指〔2022〕1号"}
    fields |= {"issued_by": "县疫情防控指挥部", "reason": "本地发现病例", "edition": "9th", "sla_code": "2h"}
    answer = activate(Command(actor=actor, now=now), territory_id=area.id, **fields | changes)
    return Activation.objects.get(id=answer["activation"])


class TestTheSwitch:
    def test_is_routine_until_an_order_and_after_its_end(
        self, town: Town, command_post: User, secretary: User, now: datetime
    ) -> None:
        area, community = town.subdistrict, town.areas["999999001001"]
        assert activation_at(community.path, at=now) is None
        with pytest.raises(NotAllowed):
            switch(secretary, community, now=now)
        with pytest.raises(Refusal) as refused:
            switch(command_post, area, now=now, order_no_again="云防指〔2022〕2号")
        assert refused.value.code == "plans.not_repeated"
        order = switch(command_post, area, now=now)
        found = activation_at(community.path, at=now)
        assert found == order and (found.level, found.edition, found.sla_code) == ("1", "9th", "2h")
        again = switch(command_post, area, now=now + timedelta(hours=1), level="2", order_no="2", order_no_again="2")
        order.refresh_from_db()
        assert order.ends_at == again.starts_at and "2" in order.end_reason
        later = now + timedelta(days=3)
        with pytest.raises(Refusal) as refused:
            stand_down(
                Command(actor=command_post), activation_id=again.id, order_no_again="1", reason="x", still_open={}
            )
        assert refused.value.code == "plans.not_repeated"
        ended = Command(actor=command_post, now=later)
        stand_down(ended, activation_id=again.id, order_no_again="2", reason="14天无新增", still_open={"work": 3})
        assert activation_at(area.path, at=later + timedelta(seconds=2)) is None
        clock = RetentionClock.objects.get()
        assert clock.still_open == {"work": 3} and {"health", "whereabouts"} <= clock.due.keys()
        assert Person.objects.exists()  # nothing is removed by the clock

    def test_of_a_drill_gives_way_to_a_real_order(
        self, town: Town, county: User, command_post: User, now: datetime
    ) -> None:
        community, whole = town.areas["999999001001"], town.subdistrict
        drill = switch(command_post, community, now=now, drill=True)
        assert is_drill(community.path, at=now) and not is_drill(whole.path, at=now)
        real = switch(county, whole, now=now + timedelta(hours=1), order_no="9", order_no_again="9")
        drill.refresh_from_db()
        assert drill.ends_at == real.starts_at and drill.drill
        assert not is_drill(community.path, at=now + timedelta(hours=2))
        with pytest.raises(Refusal) as refused:
            switch(command_post, community, now=now + timedelta(hours=3), drill=True)
        assert refused.value.code == "plans.real_emergency"
        with pytest.raises(NotFound):
            stand_down(
                Command(actor=command_post),
                activation_id=Activation.objects.create(
                    territory=town.areas["999999"], mode="emergency", order_no="7", starts_at=now
                ).id,
                order_no_again="7",
                reason="x",
                still_open={},
            )


def measure(person: Person, desk: User, health: User, *, now: datetime, drill: bool) -> None:
    fact = EpidemiologicalFact.objects.create(
        person=person,
        kind="inbound",
        happened_date=now.date(),
        issuer="县疾控中心",
        evidence="入境登记",
        recorded_at=now,
        recorded_by=desk,
    )
    ControlMeasure.objects.create(
        person=person,
        regime="home",
        basis=fact,
        legal_basis="传染病防治法",
        edition="9th",
        starts_at=now,
        ends_at=now + timedelta(days=7),
        path=person.path,
        compound_id=person.compound_id,
        appeal_to="县疫情防控办",
        drill=drill,
        proposed_by=desk,
        proposed_at=now,
        approved_by=health,
        approved_at=now,
    )


class TestADrillMeasure:
    def test_counts_under_the_banner_of_the_drill_and_in_no_real_number(
        self, town: Town, desk: User, health: User, command_post: User, now: datetime
    ) -> None:
        area, whole = town.areas["999999001001"], town.subdistrict
        one, two, three = Person.objects.filter(path__startswith=area.path).exclude(dwelling=None).order_by("id")[:3]
        measure(one, desk, health, now=now - timedelta(minutes=1), drill=False)
        for person in (two, three):
            measure(person, desk, health, now=now - timedelta(minutes=1), drill=True)
        real, scopes = At(now), (area.path,)
        assert number(METRICS["measures.in_force"], at=real, scopes=scopes) == 1
        assert number(METRICS["drill.measures"], at=real, scopes=scopes) == 2
        counted = sum(figures.get("measures.home", 0) for figures in figures_of(at=real, scopes=scopes).values())
        assert counted == 1
        switch(command_post, area, now=now - timedelta(hours=1), drill=True)
        cache.clear()  # the banner is looked up once in a quarter of a minute
        shown = {path: self._shown(command_post, path) for path in (area.path, whole.path)}
        assert shown == {area.path: 3, whole.path: 1}  # the subdistrict around it is not under the drill

    def _shown(self, actor: User, path: str) -> int:
        value: int = browser(actor).get("/numbers/measures.home/", {"area": path}).context["value"]
        return value
