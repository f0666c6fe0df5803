"""From how much on a model takes a person without asking, and from how much on it asks."""

from __future__ import annotations

from typing import NamedTuple


class Lines(NamedTuple):
    """Thresholds of one version of a model, in bits: log2 of the odds."""

    review: float
    same: float


LINES: dict[str, Lines] = {}
"""By `ListRow.rules_version`. The first rules ask for proofs and have none."""


def lines_of(version: str) -> Lines | None:
    """The thresholds a row was decided by; None if its rules have none."""
    return LINES.get(version)
