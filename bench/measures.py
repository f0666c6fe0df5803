"""Measures at county size: the duties of a day, ruling anew, what-if. Works in a town's copy; `python -m bench --only
measures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from bench.meter import Spent, measured
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.bulk import copy_rows
from lianfang.core.measures import generating
from lianfang.core.measures.duties import Duty
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.people.models import Person
from lianfang.core.work.models import Matter, WorkItem
from lianfang.kernel.uuid7 import uuid7
from lianfang.playbooks.applying import Ruled, entries_of, rule_people
from lianfang.playbooks.shelf import edition
from lianfang.playbooks.whatif import what_if

EDITION = "9th"
AT_HOME, EVERYBODY = 20_000, 100_000
ASKED = 10_000
CHUNK = 20_000


def measure() -> dict[str, Any]:
    """The costs; goals are 30 s, 20 s, 20 s and 3 s on the clock of two cores."""
    now = timezone.now()
    today = timezone.localdate(now)
    ids = list(
        Person.objects.current().filter(dwelling__isnull=False).order_by("id").values_list("id", flat=True)[:EVERYBODY]
    )
    spent: dict[str, Spent] = {}
    _put_under(ids[:AT_HOME], today, now)
    tomorrow, after = today + timedelta(days=1), today + timedelta(days=2)
    with measured() as spent[f"morning, {AT_HOME:,} under measures"]:
        duties = _morning(tomorrow)
    items = WorkItem.objects.filter(matter=Matter.CARE).count()
    _put_under(ids[AT_HOME:], today, now)
    with measured() as spent[f"rule on {len(ids):,} cases"]:
        ruled = sum(len(_ruled(chunk, now)) for chunk in _chunks(ids))
    with measured() as spent[f"duties of a day for {len(ids):,} measures"]:
        _morning(after)
    with measured() as spent[f"what-if on {ASKED:,}"]:
        seen = what_if(ids[:ASKED], edition("twenty"), now=now)
    return {
        "people": Person.objects.count(),
        "ruled": ruled,
        "duties_morning": duties,
        "care_items": items,
        "duties": Duty.objects.count(),
        "what_if": seen.counts,
        "costs": {
            name: {"wall_s": one.wall_s, "cpu_s": one.cpu_s, "rss_mb": one.rss_mb} for name, one in spent.items()
        },
    }


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _morning(day: date) -> int:
    at = datetime.combine(day, datetime.min.time(), tzinfo=timezone.get_current_timezone()) + timedelta(minutes=5)
    return int(generating.generate(Command(actor=automaton(Automaton.CLOCK), now=at), day=day)["duties"])


def _ruled(ids: Sequence[UUID], now: datetime) -> list[Ruled]:
    return [one for one in rule_people(ids, edition(EDITION), now=now) if one.ruling and one.ruling.stages]


def _put_under(ids: Sequence[UUID], today: date, now: datetime) -> None:
    """Contacts of contacts since yesterday or the day before, seven days at home, approved: written by COPY."""
    desk = User.objects.get(username="desk")
    health = User.objects.exclude(id=desk.id).filter(is_active=True).order_by("id")[0]
    facts = [
        EpidemiologicalFact(
            id=uuid7(),
            person_id=person_id,
            kind="secondary_contact",
            happened_date=today - timedelta(days=1 + number % 3),
            issuer="测量",
            document_no=f"测〔{number}〕号",
            evidence="测量",
            recorded_at=now,
            recorded_by=desk,
        )
        for number, person_id in enumerate(ids)
    ]
    copy_rows(EpidemiologicalFact, facts)
    for chunk in _chunks(ids):
        homes = Person.objects.in_bulk(list(chunk))
        entries = [entry for one in _ruled(chunk, now) for entry in entries_of(one, drill=True, now=now)]
        copy_rows(ControlMeasure, (_approved(entry, homes, desk, health, now) for entry in entries))


def _approved(
    entry: dict[str, Any], homes: dict[UUID, Person], desk: User, health: User, now: datetime
) -> ControlMeasure:
    person = homes[UUID(entry["person_id"])]
    return ControlMeasure(
        id=uuid7(),
        person=person,
        regime=entry["regime"],
        category=entry["category"],
        stage=entry["stage"],
        terms=entry["terms"],
        basis_id=UUID(entry["fact_id"]),
        legal_basis="测量",
        edition=entry["edition"],
        starts_at=datetime.fromisoformat(entry["starts_at"]),
        ends_at=datetime.fromisoformat(entry["ends_at"]),
        dwelling_id=person.dwelling_id,
        compound_id=person.compound_id,
        path=person.path,
        appeal_to="测量",
        drill=True,
        proposed_by=desk,
        proposed_at=now,
        approved_by=health,
        approved_at=now,
    )
