"""Rules of areas by edition, from the file beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lianfang.capabilities.zone.rules import ZoneRules, rules_from

_FILE = Path(__file__).with_name("editions.toml")


@cache
def editions() -> Mapping[str, ZoneRules]:
    """Every edition with rules of areas, by code, the oldest first."""
    given = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {code: rules_from({"edition": code, **one}) for code, one in given.items()}
