"""People under measures in the toy town: facts, proposals and approvals in one line each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.measures import actions, facts, proposing, rules
from lianfang.core.measures.duties import Duty
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person

LAW = "《中华人民共和国传染病防治法》第三十九条第一款（演练）"
APPEAL = "云岭县卫生健康局法规科，电话 0590-88000012"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a day in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=rules.SHANGHAI)


def contact_ruling(actor: User, person: Person, day: date, *, now: datetime, **said: Any) -> UUID:
    """A ruling of close contact with its document."""
    words: dict[str, Any] = {"kind": "contact_ruling", "issuer": "县疾控中心", "evidence": "流调报告第3页"}
    words |= {"document_no": "云疾控密接〔2022〕15号", "person_id": person.id, "happened_date": day}
    return UUID(facts.record_fact(Command(actor=actor, now=now), **words | said)["fact"])


def home_terms(first: date, *, days: int = 7, tests: tuple[int, ...] = (1, 4, 7)) -> dict[str, Any]:
    """Home isolation: two temperatures a day, tests on these days, a visit a day."""
    return rules.Terms(
        days=days,
        clock="last_exposure",
        clock_date=first - timedelta(days=1),
        tests=tuple((first + timedelta(days=number - 1), number) for number in tests),
        temperatures=("morning", "evening"),
        visit_every_days=1,
        co_residents="isolated",
        colour="red",
        release=tuple(rules.Condition(code=code) for code in ("span_elapsed", "tests_negative", "co_residents")),
        told=("person", "community"),
    ).plain()


def entry(person: Person, fact_id: UUID, first: date, **said: Any) -> dict[str, Any]:
    """A stage as an edition rules it: seven days at home from `first`."""
    days = int(said.pop("days", 7))
    ruled: dict[str, Any] = {
        "person_id": str(person.id),
        "fact_id": str(fact_id),
        "regime": "home",
        "category": "close_contact",
        "terms": home_terms(first, days=days),
        "edition": "drill",
        "starts_at": at(first, 0).isoformat(),
        "ends_at": (at(first, 0) + timedelta(days=days)).isoformat(),
    }
    return ruled | said


def propose(actor: User, entries: list[dict[str, Any]], *, now: datetime) -> list[UUID]:
    """Propose ruled stages; all must be taken."""
    answer = proposing.propose_ruled(Command(actor=actor, now=now), stages=entries, legal_basis=LAW, appeal_to=APPEAL)
    assert answer["refused"] == []
    return [UUID(measure) for measure in answer["measures"]]


def under_measure(
    desk: User, health: User, people: list[Person], *, now: datetime, **said: Any
) -> list[ControlMeasure]:
    """These people are in home isolation since today, approved."""
    today = timezone.localdate(now)
    entries = [
        entry(person, contact_ruling(desk, person, today - timedelta(days=1), now=now), today, **said)
        for person in people
    ]
    ids = propose(desk, entries, now=now)
    assert len(actions.approve(Command(actor=health, now=now), ids=ids)["done"]) == len(people)
    return list(ControlMeasure.objects.filter(id__in=ids).order_by("id"))


def as_at_noon(people: list[Person], *, now: datetime) -> None:
    """Put the duties of today around `now` as they lie around half past twelve, whatever the clock of the test says:
    the morning was due, test and visit are open, the evening comes later."""
    hours = {
        "temperature_morning": (-6.5, -0.5),
        "test": (-5.5, 7.5),
        "visit": (-4.5, 7.5),
        "temperature_evening": (1.5, 7.5),
    }
    for kind, (opens, due) in hours.items():
        rows = Duty.objects.filter(person__in=people, kind=kind)
        rows.update(opens_at=now + timedelta(hours=opens), due_at=now + timedelta(hours=due))
