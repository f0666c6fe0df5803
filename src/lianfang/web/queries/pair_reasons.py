"""Why two records may be one person, step by step: each reason with what it adds, and where the sum stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.cleanup.comparing import PRIOR
from lianfang.capabilities.screening.reasons import word_of

_WORDS: dict[str, Promise | str] = {
    PRIOR: _("before looking: two records are hardly ever one person"),
    "sex.equal": _("same sex"),
}
SILENT = frozenset(_WORDS)
"""Codes that say nothing about this pair and are left out of its sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One reason: its words, what it adds (in powers of two), and its bar from `start`, `width` wide, in percent."""

    words: str
    weight: float
    start: str
    width: str

    @property
    def tone(self) -> str:
        """Whether it speaks for or against."""
        return "ok" if self.weight > 0 else "bad"


def waterfall(reasons: Iterable[Sequence[object]]) -> list[Step]:
    """The reasons in their order as bars, each beginning where the one before ended, and the sum as the last."""
    weights = [(str(code), float(str(weight))) for code, weight in reasons]
    ends = [0.0]
    for _code, weight in weights:
        ends.append(ends[-1] + weight)
    low, high = min(ends), max(ends)
    scale = 100 / (high - low) if high > low else 0.0
    steps = [
        _step(str(_WORDS.get(code, word_of(code))), weight, begin, low, scale)
        for (code, weight), begin in zip(weights, ends, strict=False)
    ]
    return [*steps, _step("", ends[-1], 0.0, low, scale)]


def _step(words: str, weight: float, begin: float, low: float, scale: float) -> Step:
    left = min(begin, begin + weight)
    return Step(words, round(weight, 1), f"{(left - low) * scale:.1f}", f"{max(0.8, abs(weight) * scale):.1f}")
