"""Pure rules of measures: what a day asks for, what is still missing for a release, which colour follows.

`Terms` are what an edition made of somebody's facts, kept with the measure. Days are days in Asia/Shanghai.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

FEVER_TENTHS = 373
"""37.3 °C and above is fever (guide of home isolation, standards 4.1)."""

SYMPTOMS = ("fever", "dry_cough", "fatigue", "sore_throat", "smell_or_taste", "diarrhoea")
"""The list used everywhere: 发热、干咳、乏力、咽痛、嗅（味）觉减退、腹泻 (standards 4.1)."""

HOURS: dict[str, tuple[str, str]] = {
    "temperature_morning": ("06:00", "12:00"),
    "temperature_evening": ("14:00", "20:00"),
    "test": ("07:00", "20:00"),
    "visit": ("08:00", "20:00"),
    "release_check": ("08:00", "20:00"),
}
"""When a duty opens and when it is missed, where the edition does not say: by noon, by eight in the evening."""

COLOURS = ("red", "orange", "yellow", "green")
"""From the strictest to the mildest. Somebody without a measure has none of them on our account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that must be so before a measure is lifted at its end; codes as in the editions."""

    code: str
    day: int = 0
    count: int = 0
    min_gap_h: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a measure asks for: day 1 (`first_date` is day `first_day`), tests by day, temperatures, visits, release."""

    first_day: int = 1
    days: int = 0
    clock: str = ""
    clock_date: date | None = None
    tests: tuple[tuple[date, int], ...] = ()
    temperatures: tuple[str, ...] = ()
    visit_every_days: int = 0
    co_residents: str = "normal"
    colour: str = "none"
    release: tuple[Condition, ...] = (Condition(code="span_elapsed"),)
    told: tuple[str, ...] = ()
    hours: Mapping[str, tuple[str, str]] | None = None
    reasons: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it is kept with the measure."""
        return {
            "first_day": self.first_day,
            "days": self.days,
            "clock": self.clock,
            "clock_date": self.clock_date.isoformat() if self.clock_date else "",
            "tests": [[day.isoformat(), number] for day, number in self.tests],
            "temperatures": list(self.temperatures),
            "visit_every_days": self.visit_every_days,
            "co_residents": self.co_residents,
            "colour": self.colour,
            "release": [[c.code, c.day, c.count, c.min_gap_h] for c in self.release],
            "told": list(self.told),
            "hours": {kind: list(span) for kind, span in (self.hours or {}).items()},
            "reasons": [[code, dict(facts)] for code, facts in self.reasons],
        }


@lru_cache(maxsize=8192)
def read_text(text: str) -> Terms:
    """The terms from their JSON text. People of one exposure share a text, so it is read once."""
    return read(json.loads(text))


def read(kept: Mapping[str, Any]) -> Terms:
    """The terms as kept with a measure; a measure from before the editions has none and asks for nothing a day."""
    if not kept:
        return Terms()
    clock_date = kept.get("clock_date") or ""
    return Terms(
        first_day=int(kept.get("first_day", 1)),
        days=int(kept.get("days", 0)),
        clock=str(kept.get("clock", "")),
        clock_date=date.fromisoformat(clock_date) if clock_date else None,
        tests=tuple((date.fromisoformat(day), int(number)) for day, number in kept.get("tests", ())),
        temperatures=tuple(kept.get("temperatures", ())),
        visit_every_days=int(kept.get("visit_every_days", 0)),
        co_residents=str(kept.get("co_residents", "normal")),
        colour=str(kept.get("colour", "none")),
        release=tuple(
            Condition(code=code, day=day, count=count, min_gap_h=gap)
            for code, day, count, gap in kept.get("release", ())
        ),
        told=tuple(kept.get("told", ())),
        hours={kind: (span[0], span[1]) for kind, span in dict(kept.get("hours") or {}).items()} or None,
        reasons=tuple((code, facts) for code, facts in kept.get("reasons", ())),
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A duty of a day: its kind, when it opens and by when it is missed (aware)."""

    kind: str
    opens_at: datetime
    due_at: datetime


def duties_on(terms: Terms, *, first: date, last: date, day: date) -> tuple[Planned, ...]:
    """What `terms` ask for on `day`, for a measure from day `first` to day `last` (both included)."""
    if not first <= day <= last:
        return ()
    kinds = [f"temperature_{which}" for which in terms.temperatures]
    if any(day == when for when, _number in terms.tests):
        kinds.append("test")
    if terms.visit_every_days and (day - first).days % terms.visit_every_days == 0:
        kinds.append("visit")
    if day == last:
        kinds.append("release_check")
    return tuple(_planned(kind, day, *(terms.hours or HOURS).get(kind, HOURS[kind])) for kind in kinds)


@lru_cache(maxsize=512)
def _planned(kind: str, day: date, opens: str, due: str) -> Planned:
    def at(text: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(text), tzinfo=SHANGHAI)

    return Planned(kind, at(opens), at(due))


def days_of(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """First and last day of a measure whose end is exclusive."""
    first = starts_at.astimezone(SHANGHAI).date()
    last = (ends_at.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()
    return first, max(first, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestAnswer:
    """What became of a test day: the day's number under the measure, the result ("" not known yet) and when sampled."""

    number: int
    result: str
    sampled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known when somebody is to be let go. None: nothing is known, or it does not apply to the terms."""

    tests: tuple[TestAnswer, ...] = ()
    linked_contact_negative: bool | None = None
    environment_negative: bool | None = None
    co_residents_ready: bool | None = None


def missing_for_release(terms: Terms, *, ends_at: datetime, found: Found, now: datetime) -> tuple[str, ...]:
    """Codes of the conditions not met at `now`; empty when the person may go at the end of the measure."""
    return tuple(
        condition.code
        for condition in terms.release
        if not _met(condition, terms, ends_at=ends_at, found=found, now=now)
    )


def _met(condition: Condition, terms: Terms, *, ends_at: datetime, found: Found, now: datetime) -> bool:
    match condition.code:
        case "span_elapsed":
            return now >= ends_at
        case "tests_negative":
            return _negative_on(found.tests, {number for _day, number in terms.tests})
        case "tests_spaced":
            spaced = _spaced_negatives(found.tests, gap=timedelta(hours=condition.min_gap_h))
            return spaced >= max(condition.count, 1)
        case "consecutive_negative":
            late = [test for test in found.tests if test.number >= condition.day]
            return _spaced_negatives(late, gap=timedelta(hours=condition.min_gap_h)) >= max(condition.count, 1)
        case "linked_contact_negative":
            return found.linked_contact_negative is True
        case "environment_negative":
            return found.environment_negative is True
        case "co_residents":
            return found.co_residents_ready is not False
        case _:  # a condition of an edition newer than this code is never met silently
            return False


def _negative_on(tests: Sequence[TestAnswer], numbers: set[int]) -> bool:
    negative = {test.number for test in tests if test.result == "negative"}
    return numbers <= negative and not any(test.result == "positive" for test in tests)


def _spaced_negatives(tests: Sequence[TestAnswer], *, gap: timedelta) -> int:
    """How many of the last tests in a row are negative, counting only those at least `gap` after the one before."""
    count, last = 0, None
    for test in sorted((t for t in tests if t.result and t.sampled_at), key=lambda t: str(t.sampled_at)):
        if test.result != "negative":
            count, last = 0, None
        elif last is None or (test.sampled_at is not None and test.sampled_at - last >= gap):
            count, last = count + 1, test.sampled_at
    return count


def strictest(colours: Sequence[str]) -> str:
    """The strictest of the colours of somebody's measures; "none" without any."""
    return min((c for c in colours if c in COLOURS), key=COLOURS.index, default="none")


def is_alarm(*, temperature: int | None, symptoms: Sequence[str], fever_tenths: int = FEVER_TENTHS) -> bool:
    """Whether an answer goes to the doctor at once: fever (tenths of a degree) or any symptom."""
    return bool(symptoms) or (temperature is not None and temperature >= fever_tenths)


@dataclass(frozen=True, slots=True)
class Strict:
    """One person about to be locked in: whether the fact lies with the person (test, ruling) or in a listed zone."""

    grounded: bool


HELD_FROM = 50
"""So many people locked in by one approver within an hour wait for a second look (house choice, after the red-code case
of 2022: 1,317 people in days)."""
OUTSIDE_FROM, OUTSIDE_SHARE = 5, 0.2
"""Five or more people, and more than a fifth of them, whose fact is neither a test or ruling about themselves nor a
stay in a listed zone, wait as well (house choice)."""


def held_because(batch: Sequence[Strict], *, lately: int) -> str:
    """Why a batch must wait: "too_many", "outside", or "" when it may pass. `lately`: approved in the hour before."""
    outside = sum(not one.grounded for one in batch)
    if outside >= OUTSIDE_FROM and outside > OUTSIDE_SHARE * len(batch):
        return "outside"
    return "too_many" if len(batch) + lately > HELD_FROM else ""
