"""Cases as the ledgers know them: dated facts, tests, households, for many people in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from lianfang.core.bulk import AnyOf
from lianfang.core.measures.duties import AnswerSource, Duty, DutyKind
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact, FactKind
from lianfang.playbooks.rules import Case, Fact, Join, Sample, SiteCase

_FACT = (
    *("id", "person_id", "kind", "happened_date", "zone_level", "entered_site_date", "linked_id"),
    *("recorded_at", "linked__person_id", "linked__happened_date"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A case with what the ledgers need beside it: the fact that would be its basis, and the measures that run."""

    case: Case
    basis_id: UUID
    running: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A measure of the person that is approved and not lifted."""

    id: UUID
    regime: str
    stage: int
    edition: str
    starts_at: datetime
    ends_at: datetime
    colour: str


@dataclass(slots=True)
class _Row:
    """One fact as it was read."""

    id: UUID
    person_id: UUID
    kind: str
    happened_date: date
    zone_level: str
    entered_site_date: date | None
    linked_id: UUID | None
    recorded_at: datetime
    linked_person_id: UUID | None
    linked_date: date | None


def cases_of(person_ids: Collection[UUID]) -> dict[UUID, Kept]:
    """The cases of these people; whoever has no standing fact has none. Five queries for any number of people.

    The caller has made sure that the actor may see them.
    """
    rows = _facts(person_ids)
    hosts = {row.linked_person_id for own in rows.values() for row in own if row.linked_person_id}
    rows |= _facts(hosts - rows.keys())
    tests, running = _tests(rows), _running(rows)
    joins = _joins([row.id for own in rows.values() for row in own])
    plain = {person_id: _case(own, tests, running, joins) for person_id, own in rows.items()}
    return {
        person_id: Kept(
            case=_with_host(plain[person_id], rows[person_id], plain, running),
            basis_id=max(rows[person_id], key=lambda row: (row.happened_date, row.recorded_at)).id,
            running=tuple(running.get(person_id, ())),
        )
        for person_id in person_ids
        if person_id in rows
    }


def _facts(person_ids: Collection[UUID]) -> dict[UUID, list[_Row]]:
    found: dict[UUID, list[_Row]] = defaultdict(list)
    standing = (
        EpidemiologicalFact.objects.standing().filter(AnyOf("person_id", person_ids)).order_by("happened_date", "id")
    )
    for values in standing.values_list(*_FACT):
        row = _Row(*values)
        found[row.person_id].append(row)
    return dict(found)


def _tests(person_ids: Iterable[UUID]) -> dict[UUID, tuple[Sample, ...]]:
    """Tests that staff wrote down; a resident's own word moves nothing."""
    found: dict[UUID, list[Sample]] = defaultdict(list)
    done = Duty.objects.filter(AnyOf("person_id", list(person_ids)), kind=DutyKind.TEST, source=AnswerSource.STAFF)
    for person_id, done_at, result in done.values_list("person_id", "done_at", "result"):
        if done_at is not None and result:
            found[person_id].append(Sample(taken_at=done_at, result=result, reported_at=done_at))
    return {person_id: tuple(samples) for person_id, samples in found.items()}


def _running(person_ids: Iterable[UUID]) -> dict[UUID, list[Running]]:
    found: dict[UUID, list[Running]] = defaultdict(list)
    rows = ControlMeasure.objects.unlifted().filter(AnyOf("person_id", list(person_ids))).order_by("starts_at", "stage")
    columns = ("person_id", "id", "regime", "stage", "edition", "starts_at", "ends_at", "terms__colour")
    for person_id, measure_id, regime, stage, code, starts_at, ends_at, colour in rows.values_list(*columns):
        found[person_id].append(Running(measure_id, regime, stage, code, starts_at, ends_at, colour or ""))
    return found


def _joins(fact_ids: Collection[UUID]) -> dict[UUID, list[Join]]:
    """Who moved in with somebody, by the fact they depend on."""
    found: dict[UUID, list[Join]] = defaultdict(list)
    joined = EpidemiologicalFact.objects.standing().filter(AnyOf("linked_id", fact_ids), kind=FactKind.CO_RESIDENCE)
    for linked_id, day in joined.values_list("linked_id", "happened_date"):
        if linked_id is not None:
            found[linked_id].append(Join(joined_date=day))
    return found


def _case(
    rows: list[_Row],
    tests: dict[UUID, tuple[Sample, ...]],
    running: dict[UUID, list[Running]],
    joins: dict[UUID, list[Join]],
) -> Case:
    person_id = rows[0].person_id
    under = running.get(person_id, ())
    linked = next((row for row in rows if row.kind == FactKind.SECONDARY_CONTACT and row.linked_person_id), None)
    return Case(
        facts=tuple(_fact(row) for row in rows if row.kind not in (FactKind.CO_RESIDENCE, FactKind.SITE_CASE)),
        placed_date=timezone.localdate(under[0].starts_at) if under else None,
        entered_site_date=max((row.entered_site_date for row in rows if row.entered_site_date), default=None),
        site_cases=tuple(SiteCase(found_date=row.happened_date) for row in rows if row.kind == FactKind.SITE_CASE),
        joins=tuple(join for row in rows for join in joins.get(row.id, ())),
        tests=tests.get(person_id, ()),
        linked_tests=tests.get(linked.linked_person_id, ()) if linked and linked.linked_person_id else (),
        linked_clock_date=linked.linked_date if linked else None,
        edition=under[0].edition if under else "",
    )


def _fact(row: _Row) -> Fact:
    return Fact(
        kind=row.kind,
        happened_date=row.happened_date,
        level=row.zone_level if row.kind == FactKind.RISK_ZONE_STAY else "",
        known_date=timezone.localdate(row.recorded_at),
    )


def _with_host(case: Case, rows: list[_Row], plain: dict[UUID, Case], running: dict[UUID, list[Running]]) -> Case:
    """Somebody who only lives with a person under isolation is ruled by that person's case."""
    if case.facts:
        return case
    shared = next((row for row in rows if row.kind == FactKind.CO_RESIDENCE and row.linked_person_id in plain), None)
    if shared is None or shared.linked_person_id is None:
        return case
    host = plain[shared.linked_person_id]
    return replace(case, host=replace(host, joins=()), placed_date=case.placed_date or shared.happened_date)
