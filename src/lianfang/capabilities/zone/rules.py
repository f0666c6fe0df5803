"""What an edition says about areas, read from plain values, and what follows from it. Pure: days are passed in.

A zone keeps the rules it was ordered under (`ZoneRules.as_terms`), so a later edition never changes a running zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

CONDUCTS = ("stay_in_dwelling", "stay_in_area", "personal_protection")
SCREENINGS = ("none", "last_day", "within_days")
RELEASED = "released"


class BadTerms(ValueError):
    """The rules of an area cannot be read; `code` is the refusal's."""

    code = "zone.bad_terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """`persons` of a household may go out once in `every_days` for at most `max_hours`."""

    persons: int
    every_days: int
    max_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One worker for so many residents, and where the figure comes from."""

    residents_per_worker: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRules:
    """Rules of one kind or level of area. It may come down after `clear_days` without a new case, to `becomes`.

    An area that came down from a higher level needs only `after_higher_days` more; 0 means it needs `clear_days` too.
    No `exits`: nobody goes out with a pass, because nobody may or because nobody needs one.
    """

    grade: str
    conduct: str
    clear_days: int
    becomes: str
    screening: str
    source: str
    after_higher_days: int = 0
    screening_within_days: int = 0
    exits: Exits | None = None
    test_days: tuple[int, ...] = ()
    first_screening_h: int = 0
    ratios: tuple[Ratio, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRules:
    """What one edition says about areas, by grade (a kind of lock-down or a risk level)."""

    edition: str
    title: str
    grades: Mapping[str, GradeRules]

    def of(self, *, kind: str, level: str) -> GradeRules | None:
        """The rules that bind an area: those of its kind where the edition knows it, else those of its level."""
        return self.grades.get(kind) or self.grades.get(level)

    def as_terms(self) -> dict[str, Any]:
        """Plain values for the zone's row."""
        return {
            "edition": self.edition,
            "title": self.title,
            "grades": {
                code: {**asdict(one), "test_days": list(one.test_days), "ratios": [asdict(each) for each in one.ratios]}
                for code, one in self.grades.items()
            },
        }


def rules_from(given: Mapping[str, Any]) -> ZoneRules:
    """The rules in plain values, from a zone's row or an edition's file. Raises `BadTerms`."""
    try:
        grades = {str(code): _grade(str(code), one) for code, one in given["grades"].items()}
        found = ZoneRules(edition=str(given["edition"]), title=str(given["title"]), grades=grades)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise BadTerms(str(why)) from why
    return found


def _grade(code: str, given: Mapping[str, Any]) -> GradeRules:
    exits = given.get("exits")
    found = GradeRules(
        grade=code,
        conduct=_one_of(given["conduct"], CONDUCTS),
        clear_days=_days(given["clear_days"]),
        becomes=str(given["becomes"]),
        screening=_one_of(given["screening"], SCREENINGS),
        source=str(given["source"]),
        after_higher_days=_days(given.get("after_higher_days", 0)),
        screening_within_days=_days(given.get("screening_within_days", 0)),
        exits=Exits(**{name: int(exits[name]) for name in ("persons", "every_days", "max_hours")}) if exits else None,
        test_days=tuple(sorted(_days(day) for day in given.get("test_days", ()))),
        first_screening_h=int(given.get("first_screening_h", 0)),
        ratios=tuple(
            Ratio(residents_per_worker=int(one["residents_per_worker"]), source=str(one["source"]))
            for one in given.get("ratios", ())
        ),
    )
    if found.conduct == "stay_in_dwelling" and found.exits is not None:
        raise ValueError("whoever stays in the dwelling goes out with no pass")
    if any(one.residents_per_worker < 1 for one in found.ratios):
        raise ValueError("a worker has at least one resident")
    return found


def _one_of(value: object, known: Sequence[str]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def _days(value: object) -> int:
    days = int(str(value))
    if not 0 <= days <= 60:
        raise ValueError(f"{days} days")
    return days


# ---------------------------------------------------------------- coming down


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How the zone has gone so far. `lowered_date`: the day it came down from a higher grade, if it did."""

    starts_date: date
    last_case_date: date
    lowered_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A screening of everybody in the zone: how many were to be sampled, were, are positive, wait for their result."""

    done_date: date
    due: int
    sampled: int
    positives: int
    pending: int


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing before the zone may come down; `day` is the day it depends on."""

    code: str
    day: date


GAPS = (
    "days_without_case",
    "screening_missing",
    "screening_incomplete",
    "screening_without_result",
    "screening_positive",
)


def clear_days_so_far(course: Course, *, today: date) -> int:
    """Whole days without a new case: day 1 is the day after the last case, and a day counts when it is over."""
    return max(0, (today - course.last_case_date).days - 1)


def last_clear_date(rules: GradeRules, course: Course) -> date:
    """The last of the days without a new case that the grade needs; the zone may come down on the day after."""
    lowered = course.lowered_date
    if lowered is None or not rules.after_higher_days or course.last_case_date >= lowered:
        return course.last_case_date + timedelta(days=rules.clear_days)
    return lowered + timedelta(days=rules.after_higher_days - 1)


def missing(rules: GradeRules, course: Course, *, rounds: Iterable[Round], today: date) -> tuple[Gap, ...]:
    """What is missing before the zone may come down; nothing missing is no order: somebody still lifts it."""
    last = last_clear_date(rules, course)
    gaps = [Gap("days_without_case", last)] if today <= last else []
    if rules.screening == "none":
        return tuple(gaps)
    within = rules.screening_within_days if rules.screening == "within_days" else 1
    from_date = last - timedelta(days=max(1, within) - 1)
    counted = [one for one in rounds if from_date <= one.done_date <= today]
    newest = max(counted, key=lambda one: one.done_date, default=None)
    if newest is None:
        gaps.append(Gap("screening_missing", from_date))
    elif newest.positives:
        gaps.append(Gap("screening_positive", newest.done_date))
    elif newest.pending:
        gaps.append(Gap("screening_without_result", newest.done_date))
    elif newest.sampled < newest.due:
        gaps.append(Gap("screening_incomplete", newest.done_date))
    return tuple(gaps)


def next_round(rules: GradeRules, course: Course, *, rounds: Iterable[Round]) -> date | None:
    """The day of the next screening by the edition: the first round, its test days, the one before coming down.

    None: the edition asks for none, or all are done.
    """
    days = {course.starts_date + timedelta(days=day - 1) for day in rules.test_days if day > 0}
    if rules.first_screening_h:
        days.add(course.starts_date + timedelta(days=(rules.first_screening_h - 1) // 24))
    if rules.screening != "none":
        days.add(last_clear_date(rules, course))
    done = max((one.done_date for one in rounds), default=None)
    return min((day for day in days if done is None or day > done), default=None)


@dataclass(frozen=True, slots=True)
class Staff:
    """Workers a ratio asks for."""

    ratio: Ratio
    needed: int


def staff_needed(rules: GradeRules, *, residents: int) -> tuple[Staff, ...]:
    """Workers for so many residents by each ratio known for the grade, the fewest first."""
    found = [Staff(ratio, -(-residents // ratio.residents_per_worker)) for ratio in rules.ratios]
    return tuple(sorted(found, key=lambda one: one.needed))


SEVERITY = (("precaution", "restricted", "lockdown"), ("low", "medium", "high"))
"""Kinds and levels, each from the mildest to the strictest. A kind never becomes a level: they are two scales."""


def is_milder(grade: str, than: str) -> bool:
    """Whether `grade` restricts less than the grade `than` of the same scale."""
    return any(grade in scale and than in scale and scale.index(grade) < scale.index(than) for scale in SEVERITY)


# ---------------------------------------------------------------- going out


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState:
    """A pass at the gate: until when it holds, whether it was withdrawn, who is out, when somebody last went out."""

    ends_date: date
    revoked: bool
    outside: bool
    last_out_date: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may go out with the pass; `day` is from when, where that is the reason."""

    code: str
    day: date | None = None

    @property
    def allowed(self) -> bool:
        """Whether the gate opens."""
        return self.code == "valid"


VERDICTS = ("valid", "outside_already", "too_soon", "revoked", "ended", "no_exits")


def may_go_out(exits: Exits | None, state: PassState, *, today: date) -> Verdict:
    """Whether somebody of the household may go out today, and why not.

    Going out on one day, the household goes out again `every_days` calendar days later, whatever the hour.
    """
    if state.revoked:
        return Verdict("revoked")
    if today > state.ends_date:
        return Verdict("ended", state.ends_date)
    if exits is None:
        return Verdict("no_exits")
    if state.outside:
        return Verdict("outside_already")
    if state.last_out_date is not None:
        again = state.last_out_date + timedelta(days=exits.every_days)
        if today < again:
            return Verdict("too_soon", again)
    return Verdict("valid")
