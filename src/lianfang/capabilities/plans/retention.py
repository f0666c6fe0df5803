"""Categories of personal data whose rule runs out with the event, as the retention table has them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from lianfang.core import vault


@cache
def bound_to_the_event() -> tuple[str, ...]:
    """Codes of the categories whose rule runs out when the event ends, in the order of the table."""
    table = Path(vault.__file__).with_name("retention.toml").read_text(encoding="utf-8")
    categories: Mapping[str, Mapping[str, object]] = tomllib.loads(table)["category"]
    return tuple(code for code, one in categories.items() if one.get("with_event"))


def due_after(event_ended: date) -> dict[str, str]:
    """From which day each of these categories has outlived its rule: the day the event ended."""
    return dict.fromkeys(bound_to_the_event(), event_ended.isoformat())
