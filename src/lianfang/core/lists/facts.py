"""`RowFacts` as stored JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from lianfang.kernel.rowfacts import Problem, RowFacts

_NAMES = tuple(field.name for field in fields(RowFacts))
_TUPLES = frozenset({"phones", "phones_masked"})


def facts_json(facts: RowFacts) -> bytes:
    """Stored form: only what is not empty."""
    plain: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(facts, name)
        if value in ("", None, False, ()) or value == {}:
            continue
        if name == "problems":
            value = [asdict(problem) for problem in value]
        elif name == "extra":
            value = dict(value)
        elif isinstance(value, date):
            value = value.isoformat()
        plain[name] = value
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def facts_from(plain: dict[str, Any]) -> RowFacts:
    """Back from the stored form."""
    values: dict[str, Any] = {"sheet": "", **plain}
    if values.get("birth_date"):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    for name in _TUPLES & values.keys():
        values[name] = tuple(values[name])
    values["problems"] = tuple(Problem(**problem) for problem in values.get("problems", ()))
    return RowFacts(**values)
