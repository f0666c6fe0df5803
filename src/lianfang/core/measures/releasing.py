"""Who may go: what each measure still lacks at its end, read for many people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.measures import rules
from lianfang.core.measures.duties import AnswerSource, Duty, DutyKind
from lianfang.core.measures.models import STRICT, ControlMeasure
from lianfang.core.measures.rules import Found, Terms, TestAnswer

CONDITIONS: dict[str, Promise | str] = {
    "span_elapsed": _("the span is not over"),
    "tests_negative": _("a test day has no negative result"),
    "tests_spaced": _("the tests do not lie far enough apart"),
    "consecutive_negative": _("the last tests are not negative in a row"),
    "linked_contact_negative": _("the close contact's test is not negative yet"),
    "environment_negative": _("the sample of the room is not negative yet"),
    "co_residents": _("someone of the household is not ready"),
}
"""What is missing, in words; codes as in the editions."""


def missing_of(
    measures: Sequence[ControlMeasure], *, now: datetime, environment_negative: bool = False
) -> dict[UUID, tuple[Promise | str, ...]]:
    """By measure, what its terms still ask for before it may be lifted at its end. A handful of queries for any number.

    Measures come with their person and basis. Only results that staff wrote down count; a resident's own word about a
    test does not. A release check still open on the last day is no condition: releasing is the check.
    """
    tests = _tests(measures)
    linked = _linked_days({m.basis.linked_id for m in measures if m.basis.linked_id})
    unready = _households_unready(measures)
    answer: dict[UUID, tuple[Promise | str, ...]] = {}
    for measure in measures:
        terms = rules.read(measure.terms)
        found = Found(
            tests=tuple(tests.get(measure.id, ())),
            linked_contact_negative=_linked_negative(
                terms, linked.get(measure.basis.linked_id) if measure.basis.linked_id else None
            ),
            environment_negative=environment_negative or None,
            co_residents_ready=measure.id not in unready,
        )
        codes = rules.missing_for_release(terms, ends_at=measure.ends_at, found=found, now=now)
        answer[measure.id] = tuple(CONDITIONS.get(code, code) for code in codes)
    return answer


def _tests(measures: Iterable[ControlMeasure]) -> dict[UUID, list[TestAnswer]]:
    """Test days with their results; a day's number is that of the terms."""
    numbers = {m.id: dict(rules.read(m.terms).tests) for m in measures}
    found: dict[UUID, list[TestAnswer]] = defaultdict(list)
    rows = Duty.objects.filter(measure_id__in=list(numbers), kind=DutyKind.TEST, source=AnswerSource.STAFF)
    for measure_id, day, result, done_at in rows.values_list("measure_id", "day", "result", "done_at"):
        number = numbers[measure_id].get(day, 0)
        found[measure_id].append(TestAnswer(number=number, result=result, sampled_at=done_at))
    return found


def _linked_days(fact_ids: Iterable[UUID]) -> dict[UUID, dict[int, str]]:
    """For facts others depend on: results by the day of their own measures, staff's word only."""
    measures = list(ControlMeasure.objects.filter(basis_id__in=list(fact_ids), approved_at__isnull=False))
    tests, by_fact = _tests(measures), dict[UUID, dict[int, str]]()
    for measure in measures:
        days = by_fact.setdefault(measure.basis_id, {})
        days |= {test.number: test.result for test in tests.get(measure.id, ()) if test.result}
    return by_fact


def _linked_negative(terms: Terms, days: dict[int, str] | None) -> bool | None:
    wanted = [condition.day for condition in terms.release if condition.code == "linked_contact_negative"]
    if not wanted:
        return None
    known = days or {}
    return "positive" not in known.values() and all(known.get(day) == "negative" for day in wanted)


def _households_unready(measures: Sequence[ControlMeasure]) -> set[UUID]:
    """Measures whose household has someone shut in with them for longer, or with a positive test."""
    households = {measure.person.household_id for measure in measures}
    shut_in = ControlMeasure.objects.unlifted().filter(person__household_id__in=households, regime__in=STRICT)
    ends: dict[UUID, list[tuple[UUID, datetime]]] = defaultdict(list)
    for household_id, person_id, ends_at in shut_in.values_list("person__household_id", "person_id", "ends_at"):
        ends[household_id].append((person_id, ends_at))
    positive = set(
        Duty.objects.filter(person__household_id__in=households, kind=DutyKind.TEST, result="positive")
        .filter(measure__released_at=None)
        .values_list("person__household_id", flat=True)
    )
    return {
        measure.id
        for measure in measures
        if measure.person.household_id in positive
        or any(
            person_id != measure.person_id and ends_at > measure.ends_at
            for person_id, ends_at in ends[measure.person.household_id]
        )
    }
