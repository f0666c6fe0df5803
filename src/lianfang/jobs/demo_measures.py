"""Measures of the demo town: each rests on a ruling with a document number, names its law, ends, can be appealed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.bulk import copy_rows
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact, FactKind, Regime
from lianfang.core.metrics.models import Activation, ResponseLevel
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.jobs.demo_day import people_found
from lianfang.kernel.uuid7 import uuid7

PEOPLE = 80
EDITION = "第八版"
LEGAL_BASIS = "《中华人民共和国传染病防治法》第三十九条第一款（演练）"
APPEAL = "云岭县卫生健康局（法规科），电话 0590-88000012；也可向云岭县人民政府申请行政复议"
HOME_DAYS, MONITORING_DAYS = 14, 7


def impose(random: Random, *, now: datetime, subdistrict: Territory, desk: User, commander: User) -> int:
    """About `PEOPLE` people under measures; households whose check found them first. Returns how many."""
    people = list(people_found("controlled", under=subdistrict.path))[:PEOPLE]
    known = {person.household_id for person in people}
    others = Person.objects.current().under(subdistrict.path).filter(dwelling__isnull=False, relation="户主")
    for head in others.order_by("dwelling__door_key")[:: max(1, others.count() // PEOPLE)]:
        if len(people) >= PEOPLE:
            break
        if head.household_id not in known:
            people += Person.objects.current().filter(household=head.household_id).order_by("id")
    facts, measures = [], []
    for number, person in enumerate(people, start=1):
        days_ago = random.randint(0, 6)
        ruled = now - timedelta(days=days_ago, hours=random.randint(2, 9))
        fact = _ruling(person, number, ruled, desk)
        facts.append(fact)
        measures.append(_measure(fact, person, ruled, desk=desk, commander=commander, home=number % 4 != 0))
    copy_rows(EpidemiologicalFact, facts)
    copy_rows(ControlMeasure, measures)
    return len(measures)


def _ruling(person: Person, number: int, at: datetime, desk: User) -> EpidemiologicalFact:
    return EpidemiologicalFact(
        id=uuid7(),
        person=person,
        kind=FactKind.CONTACT_RULING,
        happened_date=timezone.localdate(at),
        issuer="云岭县疾病预防控制中心",
        document_no=f"岭疾控密接〔{at.year}〕{number}号",
        evidence="流行病学调查报告认定为密切接触者，附判定书（演练）",
        recorded_at=at,
        recorded_by=desk,
    )


def _measure(
    fact: EpidemiologicalFact, person: Person, at: datetime, *, desk: User, commander: User, home: bool
) -> ControlMeasure:
    days = HOME_DAYS if home else MONITORING_DAYS
    return ControlMeasure(
        id=uuid7(),
        person=person,
        regime=Regime.HOME if home else Regime.HOME_MONITORING,
        basis=fact,
        legal_basis=LEGAL_BASIS,
        edition=EDITION,
        starts_at=at + timedelta(hours=1),
        ends_at=at + timedelta(days=days),
        dwelling_id=person.dwelling_id,
        compound_id=person.compound_id,
        path=person.path,
        appeal_to=APPEAL,
        proposed_by=desk,
        proposed_at=at + timedelta(minutes=20),
        approved_by=commander,
        approved_at=at + timedelta(minutes=50),
    )


def declare_drill(county: Territory, *, starts_at: datetime) -> None:
    """The emergency is a drill and says so for good."""
    Activation.objects.create(
        id=uuid7(),
        territory=county,
        mode=Activation.Mode.EMERGENCY,
        level=ResponseLevel.ONE,
        edition="8th",
        sla_code="24h",
        order_no=f"云防指〔{starts_at.year}〕演练1号",
        issued_by="云岭县疫情防控指挥部",
        reason="年度联防联控演练",
        drill=True,
        starts_at=starts_at,
    )
