"""From how much on a model takes a person without asking, and from how much on it asks."""

from __future__ import annotations

from math import log2
from typing import NamedTuple

from lianfang.matching.model import REVIEW, SAME


class Lines(NamedTuple):
    """Thresholds of one version of a model, in bits: log2 of the odds."""

    review: float
    same: float


_RULES = "rules-"
"""How versions of the first rules begin: they asked for proofs and have no thresholds."""


def lines_of(version: str) -> Lines | None:
    """The thresholds a row was decided by; None if its rules have none."""
    if not version or version.startswith(_RULES):
        return None
    return Lines(review=log2(REVIEW / (1 - REVIEW)), same=log2(SAME / (1 - SAME)))
