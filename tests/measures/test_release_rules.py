"""What a release still lacks by the kept terms: as the edition says, never on tests too near each other."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from lianfang.core.measures.rules import SHANGHAI, Found, TestAnswer, missing_for_release, read
from lianfang.playbooks.applying import terms_of
from lianfang.playbooks.rules import Case, Evidence, Fact, Sample, rule
from lianfang.playbooks.rules import missing_for_release as missing_by_the_edition
from lianfang.playbooks.shelf import edition

DAY = date(2022, 12, 10)


def at(day: int, hour: int = 9) -> datetime:
    """An hour of the `day`-th day from `DAY` on (0 is that day)."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=SHANGHAI) + timedelta(days=day)


def both(code: str, fact: Fact, sampled: list[datetime]) -> tuple[bool, bool]:
    """Whether somebody with negative tests at these hours may go at the end: by the kept terms, by the edition."""
    ruling = rule(Case(facts=(fact,)), edition(code), now=at(0))
    stage = ruling.stages[-1]
    numbers = [stage.first_day + (when.date() - stage.starts_date).days for when in sampled]
    answers = tuple(
        TestAnswer(number=number, result="negative", sampled_at=when)
        for number, when in zip(numbers, sampled, strict=True)
    )
    kept = missing_for_release(
        read(terms_of(stage, ruling)), ends_at=stage.ends_at, found=Found(tests=answers), now=stage.ends_at
    )
    samples = tuple(Sample(taken_at=when, result="negative", reported_at=when) for when in sampled)
    asked = Evidence(tests=samples, co_residents_missing=0)
    return not kept, not missing_by_the_edition(ruling, asked, now=stage.ends_at)


ARRIVAL = Fact(kind="arrival", happened_date=DAY)
POSITIVE = Fact(kind="positive_test", happened_date=DAY)


@pytest.mark.parametrize(
    ("code", "fact", "sampled", "may_go"),
    [
        ("9th", ARRIVAL, [at(0), at(1)], True),
        ("9th", ARRIVAL, [at(0, 9), at(1, 8)], False),  # 23 hours apart, 24 are asked
        ("9th", ARRIVAL, [at(0)], False),
        ("ten", POSITIVE, [at(6), at(7)], True),
        ("ten", POSITIVE, [at(1), at(2)], False),  # negative early, and nobody looked on days 6 and 7
        ("ten", POSITIVE, [at(7)], False),
    ],
)
def test_kept_terms_and_the_edition_say_the_same(code: str, fact: Fact, sampled: list[datetime], may_go: bool) -> None:
    assert both(code, fact, sampled) == (may_go, may_go)
