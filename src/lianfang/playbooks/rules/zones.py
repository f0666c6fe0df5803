"""When an area of a level may come down, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules.case import ONE_DAY, Reason, RuleRefused, reason
from lianfang.playbooks.rules.lines import midnight_after
from lianfang.playbooks.schema import Edition, ZonePlan


@dataclass(frozen=True, slots=True)
class ZoneStep:
    """An area is of `level` from `starts_date` to `last_date`; `ends_at` is midnight after it; None: until lifted."""

    level: str
    starts_date: date
    last_date: date | None
    ends_at: datetime | None
    conduct: str


@dataclass(frozen=True, slots=True)
class Screening:
    """A screening of everybody in the area. `negative` None: results are awaited."""

    done_date: date
    negative: bool | None


def zone_steps(edition: Edition, level: str, *, starts_date: date, last_case_date: date) -> tuple[ZoneStep, ...]:
    """The levels an area passes through if no further case is found. Day 1 without a case is the day after the last."""
    steps: list[ZoneStep] = []
    plan, began, cursor, from_above = zone_plan(edition, level), starts_date, last_case_date, False
    while True:
        days = clear_days(plan, from_above=from_above)
        if days == 0:
            steps.append(ZoneStep(plan.level, began, None, None, plan.conduct))
            return tuple(steps)
        last = cursor + timedelta(days=days)
        steps.append(ZoneStep(plan.level, began, last, midnight_after(last), plan.conduct))
        if plan.becomes == "released":
            return tuple(steps)
        plan, began, cursor, from_above = edition.zones[plan.becomes], last + ONE_DAY, last, True


def clear_days(plan: ZonePlan, *, from_above: bool) -> int:
    """Days without a new case this level needs; fewer where it came down from a higher one."""
    return plan.after_higher_days if from_above and plan.after_higher_days else plan.clear_days


def missing_for_zone(
    step: ZoneStep, edition: Edition, *, screenings: tuple[Screening, ...], now: datetime
) -> tuple[Reason, ...]:
    """What is missing before the area may come down from this step."""
    plan = zone_plan(edition, step.level)
    if step.last_date is None or step.ends_at is None:
        return (reason("zone_follows_others"),)
    missing = [reason("span_not_elapsed", last_date=step.last_date)] if now < step.ends_at else []
    if plan.screening != "none":
        within = plan.screening_within_days if plan.screening == "within_days" else 1
        from_date = step.last_date - timedelta(days=within - 1)
        counted = [one for one in screenings if from_date <= one.done_date <= now.astimezone(SHANGHAI).date()]
        newest = max(counted, key=lambda one: one.done_date, default=None)
        if newest is None:
            missing.append(reason("screening_missing", from_date=from_date))
        elif newest.negative is None:
            missing.append(reason("screening_without_result", date=newest.done_date))
        elif not newest.negative:
            missing.append(reason("screening_positive", date=newest.done_date))
    return tuple(missing)


def zone_plan(edition: Edition, level: str) -> ZonePlan:
    """The rules of a level; refused where the edition does not know it."""
    try:
        return edition.zones[level]
    except KeyError:
        raise RuleRefused("zone.unknown_level", f"{edition.code} has no areas of level {level}") from None


def workers_needed(edition: Edition, level: str, *, residents: int) -> tuple[int, int] | None:
    """(fewest, most) workers for so many residents by the ratios of the edition; None where it gives none."""
    ratios = [one.residents_per_worker for one in edition.staffing if one.zone == level]
    if not ratios or residents < 0:
        return None
    return -(-residents // max(ratios)), -(-residents // min(ratios))
