"""A worked calendar: what an edition asks of a category, day by day, from a day that somebody picks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules import CATEGORY_OF, Case, Fact, Ruling, days_of, duties_on, rule
from lianfang.playbooks.schema import Edition

_FACT_OF = {category: fact for fact, category in reversed(CATEGORY_OF.items())}


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day: its number in its stage, and what happens. `release`: the stage may end at the midnight after it."""

    on_date: date
    stage: int
    day: int
    regime: str
    colour: str
    co_residents: str
    temperature: tuple[str, ...]
    samples: int
    visit: bool
    release: bool


def calendar_of(ruling: Ruling) -> tuple[CalendarDay, ...]:
    """Every day under a ruling."""
    return tuple(_day(ruling, on) for on in days_of(ruling))


def _day(ruling: Ruling, on: date) -> CalendarDay:
    stage = ruling.stage_on(on)
    assert stage is not None
    duties = duties_on(ruling, on)
    kinds = {duty.kind for duty in duties}
    return CalendarDay(
        on_date=on,
        stage=ruling.stages.index(stage) + 1,
        day=stage.first_day + (on - stage.starts_date).days,
        regime=stage.regime,
        colour=stage.colour,
        co_residents=stage.co_residents,
        temperature=tuple(part for part in stage.temperature if f"temperature_{part}" in kinds),
        samples=sum(duty.samples for duty in duties),
        visit="visit" in kinds,
        release="release_check" in kinds,
    )


def worked_ruling(edition: Edition, category: str, *, happened_date: date, found_date: date | None = None) -> Ruling:
    """The ruling on an invented person of a category, found on the day itself unless `found_date` says later.

    A co-resident lives with a person of the first category whose household the edition isolates.
    """
    case = _case(category, happened_date, found_date or happened_date)
    if category == "co_resident":
        host = host_category(edition)
        case = Case(placed_date=case.placed_date, host=_case(host, happened_date, happened_date) if host else Case())
    long_after = datetime.combine(happened_date + timedelta(days=365), time.min, SHANGHAI)
    return rule(case, edition, now=long_after)


def host_category(edition: Edition) -> str:
    """The category whose household is isolated with it; ``""`` if there is none."""
    for plan in edition.categories.values():
        if any(stage.regime == "home" and stage.co_residents != "normal" for stage in plan.stages):
            return plan.code
    return ""


def _case(category: str, happened_date: date, found_date: date) -> Case:
    if category not in _FACT_OF:
        return Case(placed_date=found_date)
    kind, level = _FACT_OF[category]
    return Case(facts=(Fact(kind, happened_date, level),), placed_date=found_date)
