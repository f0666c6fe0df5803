"""Measures of the demo town: facts, rulings of the drill's edition, orders, the days so far and a day half answered.

Everything goes the way it goes in life (facts, an edition signed by two, proposals, approval, duties); only what lies
in the past is written at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.bulk import copy_rows
from lianfang.core.measures import answering, appealing, generating, numbering, rules
from lianfang.core.measures.duties import AnswerSource, Duty, DutyKind, DutyState
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact, FactKind
from lianfang.core.metrics.models import Activation, ResponseLevel
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.jobs.demo_day import people_found
from lianfang.kernel.uuid7 import uuid7
from lianfang.playbooks.applying import entries_of, rule_people
from lianfang.playbooks.models import EditionSignature
from lianfang.playbooks.shelf import edition, editions

PEOPLE = 80
EDITION = "drill"
LEGAL_BASIS = "《中华人民共和国传染病防治法》第三十九条第一款（演练）"
APPEAL = "云岭县卫生健康局（法规科），电话 0590-88000012；也可向云岭县人民政府申请行政复议"
WAITING = 6
"""Proposals that wait for approval when the demo opens."""
HANDED_OVER = 0.85
"""How many orders have been handed over at the door."""
KINDS = (FactKind.CONTACT_RULING, FactKind.SECONDARY_CONTACT, FactKind.SECONDARY_CONTACT, FactKind.INBOUND)


def sign_editions(*, now: datetime) -> None:
    """Two people signed every edition on the shelf, so that the demo can be played with any of them."""
    first, second = (User.objects.get(username=name) for name in ("health", "county"))
    for one in editions().values():
        EditionSignature.objects.create(
            id=uuid7(),
            edition=one.code,
            digest=one.digest,
            signed_by=first,
            signed_at=now - timedelta(days=3),
            countersigned_by=second,
            countersigned_at=now - timedelta(days=3) + timedelta(hours=2),
        )


def impose(random: Random, *, now: datetime, subdistrict: Territory, desk: User) -> int:
    """About `PEOPLE` people under measures; households whose check found them first. Returns how many."""
    people = _whom(subdistrict)
    facts = [_fact(random, person, number, now=now, desk=desk) for number, person in enumerate(people, start=1)]
    copy_rows(EpidemiologicalFact, facts)
    health, worker = (User.objects.get(username=name) for name in ("health", "grid1"))
    entries = [
        entry
        for one in rule_people([person.id for person in people], edition(EDITION), now=now - timedelta(days=2))
        for entry in entries_of(one, drill=True, now=now)
    ]
    known = {person.id: person for person in people}
    learned = {fact.id: fact.recorded_at for fact in facts}
    measures = [_measure(known, entry, learned[UUID(entry["fact_id"])], desk=desk) for entry in entries]
    numbers = numbering.take(Command(actor=health, now=now), "order", measures[:-WAITING])
    for measure in measures[:-WAITING]:
        measure.approved_by, measure.approved_at = health, measure.proposed_at + timedelta(minutes=30)
        measure.order_no = numbers[measure.id]
        if random.random() < HANDED_OVER and measure.starts_at <= now:
            measure.operated_by, measure.operated_at = worker, measure.approved_at + timedelta(hours=1)
    copy_rows(ControlMeasure, measures)
    _live_through(random, measures[:-WAITING], now=now)
    _appeal(measures[0], now=now)
    return len(people)


def _whom(subdistrict: Territory) -> list[Person]:
    people = list(people_found("controlled", under=subdistrict.path))[:PEOPLE]
    known = {person.household_id for person in people}
    others = Person.objects.current().under(subdistrict.path).filter(dwelling__isnull=False, relation="户主")
    for head in others.order_by("dwelling__door_key")[:: max(1, others.count() // PEOPLE)]:
        if len(people) >= PEOPLE:
            break
        if head.household_id not in known:
            people += Person.objects.current().filter(household=head.household_id).order_by("id")
    return people


def _fact(random: Random, person: Person, number: int, *, now: datetime, desk: User) -> EpidemiologicalFact:
    recorded = now - timedelta(days=2, minutes=60 + 15 * (number % 40))
    kind = KINDS[number % len(KINDS)]
    ruled = kind != FactKind.INBOUND
    return EpidemiologicalFact(
        id=uuid7(),
        person=person,
        kind=kind,
        happened_date=timezone.localdate(recorded - timedelta(days=random.randint(0, 1))),
        entered_site_date=None if ruled else timezone.localdate(recorded),
        issuer="云岭县疾病预防控制中心" if ruled else "云岭县口岸转运专班",
        document_no=f"岭疾控判〔{recorded.year}〕{number}号" if ruled else f"岭口岸转〔{recorded.year}〕{number}号",
        evidence="流行病学调查报告附判定书（演练）" if ruled else "入境登记与转运交接单（演练）",
        recorded_at=recorded,
        recorded_by=desk,
    )


def _measure(known: dict[UUID, Person], entry: dict[str, Any], recorded_at: datetime, *, desk: User) -> ControlMeasure:
    person = known[UUID(entry["person_id"])]
    return ControlMeasure(
        id=uuid7(),
        person=person,
        regime=entry["regime"],
        category=entry["category"],
        stage=entry["stage"],
        terms=entry["terms"],
        basis_id=UUID(entry["fact_id"]),
        legal_basis=LEGAL_BASIS,
        edition=entry["edition"],
        starts_at=datetime.fromisoformat(entry["starts_at"]),
        ends_at=datetime.fromisoformat(entry["ends_at"]),
        site_name="云岭县第一集中隔离点（演练）" if entry["regime"] == "central" else "",
        dwelling_id=person.dwelling_id,
        compound_id=person.compound_id,
        path=person.path,
        appeal_to=APPEAL,
        drill=True,
        proposed_by=desk,
        proposed_at=recorded_at + timedelta(minutes=40),
    )


def _live_through(random: Random, measures: Sequence[ControlMeasure], *, now: datetime) -> None:
    """Earlier days are answered; today's duties are made by the clock and answered as far as the day has come."""
    today = timezone.localdate(now)
    copy_rows(Duty, (duty for measure in measures for duty in _past(random, measure, now=now)))
    begun = datetime.combine(today, time(0, 5), tzinfo=rules.SHANGHAI)
    clock = automaton(Automaton.CLOCK)
    generating.generate(Command(actor=clock, now=min(begun, now)), day=today)
    resident = automaton(Automaton.RESIDENT)
    for number, duty in enumerate(Duty.objects.filter(day=today, opens_at__lte=now).order_by("person_id", "opens_at")):
        if duty.kind in (DutyKind.TEMPERATURE_MORNING, DutyKind.TEMPERATURE_EVENING) and number % 5:
            warm = 378 if number == 61 else 360 + random.randint(2, 9)
            command = Command(actor=resident, now=min(now, duty.opens_at + timedelta(minutes=20 + number % 90)))
            answering.answer(command, duty_id=duty.id, source=AnswerSource.SELF.value, temperature=warm)
    generating.miss(Command(actor=clock, now=now))


def _past(random: Random, measure: ControlMeasure, *, now: datetime) -> Iterable[Duty]:
    first, last = rules.days_of(measure.starts_at, measure.ends_at)
    terms, day, today = rules.read(measure.terms), first, timezone.localdate(now)
    while day < min(today, last + timedelta(days=1)):
        for planned in rules.duties_on(terms, first=first, last=last, day=day):
            of_test, of_visit = planned.kind == DutyKind.TEST, planned.kind in (DutyKind.VISIT, DutyKind.RELEASE_CHECK)
            staff = of_test or of_visit
            yield Duty(
                id=uuid7(),
                measure=measure,
                person_id=measure.person_id,
                path=measure.path,
                day=day,
                kind=planned.kind,
                opens_at=planned.opens_at,
                due_at=planned.due_at,
                state=DutyState.DONE,
                done_at=planned.opens_at + timedelta(minutes=random.randint(5, 200)),
                source=AnswerSource.STAFF if staff else AnswerSource.SELF,
                temperature=None if staff else 360 + random.randint(2, 9),
                result="negative" if of_test else "",
            )
        day += timedelta(days=1)


def _appeal(measure: ControlMeasure, *, now: datetime) -> None:
    """Somebody says it was not them; health or the county has to answer."""
    if measure.approved_at is not None and measure.approved_at < now:
        appealing.appeal(
            Command(actor=automaton(Automaton.RESIDENT), now=now - timedelta(hours=2)),
            measure_id=measure.id,
            said="当天我在外地出差，有车票，不在那趟车上，请核实。",
            source=AnswerSource.SELF.value,
        )


def declare_drill(county: Territory, *, starts_at: datetime) -> None:
    """The emergency is a drill and says so for good."""
    Activation.objects.create(
        id=uuid7(),
        territory=county,
        mode=Activation.Mode.EMERGENCY,
        level=ResponseLevel.THREE,
        edition=EDITION,
        sla_code="24h",
        order_no=f"云防指〔{starts_at.year}〕演练1号",
        issued_by="云岭县疫情防控指挥部（演练）",
        reason="年度联防联控演练",
        drill=True,
        starts_at=starts_at,
    )
