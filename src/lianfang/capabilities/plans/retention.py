"""Categories of personal data whose rule runs out with the event, as the retention table has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lianfang.core import vault


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of personal data: what it is, how long it is kept, how it goes."""

    code: str
    what: str
    retention: str
    shred: str


@cache
def bound_to_the_event() -> tuple[Category, ...]:
    """The categories whose rule runs out when the event ends, in the order of the table."""
    table = Path(vault.__file__).with_name("retention.toml").read_text(encoding="utf-8")
    categories: Mapping[str, Mapping[str, object]] = tomllib.loads(table)["category"]
    return tuple(
        Category(code, str(one["what"]), str(one["retention"]), str(one["shred"]))
        for code, one in categories.items()
        if one.get("with_event")
    )


def due_after(event_ended: date) -> dict[str, str]:
    """From which day each of these categories has outlived its rule: the day the event ended."""
    return {one.code: event_ended.isoformat() for one in bound_to_the_event()}
