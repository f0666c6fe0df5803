"""A ruling as plain values that a database keeps, and back: a running case keeps the terms it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lianfang.playbooks.rules.case import Parameter, Reason, Ruling, Stage, TestDue
from lianfang.playbooks.schema import Condition, Edition

_DATE = "date:"
"""Marks a day among the values of a reason, which else are texts and numbers."""


def terms_of(ruling: Ruling) -> dict[str, Any]:
    """Stages, reasons and what they hang on, ready for JSON; with the edition's code and digest."""
    return {
        "edition": ruling.edition.code,
        "digest": ruling.edition.digest,
        "stages": [_stage(stage) for stage in ruling.stages],
        "reasons": [_reason(one) for one in ruling.reasons],
        "linked_test_date": _text(ruling.linked_test_date),
        "linked_reason": _reason(ruling.linked_reason) if ruling.linked_reason else None,
        "arrival_at": _text(ruling.arrival_at),
    }


def ruling_from(terms: Mapping[str, Any], edition: Edition) -> Ruling:
    """The ruling that was kept. `edition` gives hours and thresholds; days, tests and conditions are those kept."""
    return Ruling(
        edition=edition,
        stages=tuple(_stage_from(stage) for stage in terms["stages"]),
        reasons=tuple(_reason_from(one) for one in terms["reasons"]),
        linked_test_date=_date(terms["linked_test_date"]),
        linked_reason=_reason_from(terms["linked_reason"]) if terms["linked_reason"] else None,
        arrival_at=datetime.fromisoformat(terms["arrival_at"]) if terms["arrival_at"] else None,
    )


def _text(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "category": stage.category,
        "regime": stage.regime,
        "starts_date": stage.starts_date.isoformat(),
        "last_date": stage.last_date.isoformat(),
        "first_day": stage.first_day,
        "ends_at": stage.ends_at.isoformat(),
        "tests": [[test.due_date.isoformat(), test.day, test.samples, test.on_entry] for test in stage.tests],
        "temperature": list(stage.temperature),
        "visit_every_days": stage.visit_every_days,
        "co_residents": stage.co_residents,
        "colour": stage.colour,
        "release": [[one.code, one.day, one.count, one.min_gap_h] for one in stage.release],
        "told": list(stage.told),
        "clock": stage.clock,
        "clock_date": stage.clock_date.isoformat(),
    }


def _stage_from(kept: Mapping[str, Any]) -> Stage:
    return Stage(
        category=kept["category"],
        regime=kept["regime"],
        starts_date=date.fromisoformat(kept["starts_date"]),
        last_date=date.fromisoformat(kept["last_date"]),
        first_day=kept["first_day"],
        ends_at=datetime.fromisoformat(kept["ends_at"]),
        tests=tuple(
            TestDue(date.fromisoformat(due), day, samples, on_entry) for due, day, samples, on_entry in kept["tests"]
        ),
        temperature=tuple(kept["temperature"]),
        visit_every_days=kept["visit_every_days"],
        co_residents=kept["co_residents"],
        colour=kept["colour"],
        release=tuple(Condition(*one) for one in kept["release"]),
        told=tuple(kept["told"]),
        clock=kept["clock"],
        clock_date=date.fromisoformat(kept["clock_date"]),
    )


def _reason(one: Reason) -> list[Any]:
    return [one.code, [[name, _plain(value)] for name, value in one.params]]


def _plain(value: Parameter) -> str | int | float:
    return f"{_DATE}{value.isoformat()}" if isinstance(value, date) else value


def _reason_from(kept: Sequence[Any]) -> Reason:
    code, params = kept
    return Reason(code, tuple((name, _value(value)) for name, value in params))


def _value(kept: Any) -> Parameter:
    if isinstance(kept, str) and kept.startswith(_DATE):
        return date.fromisoformat(kept.removeprefix(_DATE))
    value: Parameter = kept
    return value
