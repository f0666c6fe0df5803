"""How the parts of a comparison add up: from what is known before, by what speaks for and against, to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianfang.capabilities.screening.lines import Lines
from lianfang.capabilities.screening.reasons import word_of
from lianfang.matching.parts import PRIOR, Part, are_weighed, chance_of, codes_of, total_of

_STRONG = 6.6
"""Bits: a hundred times as likely, or as unlikely."""
_LITTLE = 1.0
"""Bits: less than twice as likely."""
_WIDE = 100.0
_EDGE = 1.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a drawing 100 wide: where it begins and how long it is, as attributes of SVG."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Step:
    """One part. `css`: for, against, or nothing; `said` how it speaks, `factor` how much; `bits` and `sum` exactly."""

    label: str
    css: str
    said: str
    factor: str
    bits: str
    sum: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the drawing: where, what it means, and whether the whole reaches it."""

    x: str
    css: str
    label: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Everything drawn of one candidate. `even`: where the odds are even; `small` the whole in the drawing of all."""

    steps: tuple[Step, ...]
    total: Step
    marks: tuple[Mark, ...]
    even: str
    chance: str


def waterfalls_of(candidates: Sequence[Sequence[Part]], lines: Lines | None) -> list[Waterfall | None]:
    """One for each candidate, all in the same scale; None for one whose parts have no weights (stored by old rules)."""
    weighed = [parts for parts in candidates if are_weighed(parts)]
    marks = (lines.review, lines.same) if lines else ()
    reached = [0.0, *marks, *(point for parts in weighed for point in _sums(parts))]
    scale = _Scale(min(reached), max(reached))
    return [_waterfall(parts, scale, lines) if are_weighed(parts) else None for parts in candidates]


def _sums(parts: Sequence[Part]) -> list[float]:
    """The sum after each part."""
    return [total_of(parts[: end + 1]) for end in range(len(parts))]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def at(self, bits: float) -> float:
        span = max(self.high - self.low, 1.0)
        return _EDGE + (bits - self.low) / span * (_WIDE - 2 * _EDGE)

    def bar(self, start: float, end: float) -> Bar:
        left, right = sorted((self.at(start), self.at(end)))
        return Bar(f"{left:.2f}", f"{max(right - left, 0.4):.2f}")


def _waterfall(parts: Sequence[Part], scale: _Scale, lines: Lines | None) -> Waterfall:
    sums = [0.0, *_sums(parts)]
    steps = tuple(
        _step(_label(part), part[1] or 0.0, sums[place], scale, is_prior=part[0] == PRIOR)
        for place, part in enumerate(parts)
    )
    total = sums[-1]
    whole = Step(
        label=_("All together"),
        css=_css(total),
        said=_whole(total),
        factor=odds_in_words(total),
        bits=f"{total:+.2f}",
        sum=f"{total:+.2f}",
        bar=scale.bar(0.0, total),
    )
    return Waterfall(steps, whole, _marks(total, scale, lines), f"{scale.at(0.0):.2f}", percent(chance_of(total)))


def _marks(total: float, scale: _Scale, lines: Lines | None) -> tuple[Mark, ...]:
    if lines is None:
        return ()
    return (
        Mark(f"{scale.at(lines.review):.2f}", "review", _("from here a person is asked"), total >= lines.review),
        Mark(f"{scale.at(lines.same):.2f}", "taken", _("from here it is taken without asking"), total >= lines.same),
    )


def _step(label: str, bits: float, before: float, scale: _Scale, *, is_prior: bool) -> Step:
    return Step(
        label=label,
        css="prior" if is_prior else _css(bits),
        said=_("before anything is compared") if is_prior else speaks(bits),
        factor=odds_in_words(bits) if is_prior else factor_of(bits),
        bits=f"{bits:+.2f}",
        sum=f"{before + bits:+.2f}",
        bar=scale.bar(before, before + bits),
    )


def _label(part: Part) -> str:
    if part[0] == PRIOR:
        return _("Anybody who may come into question")
    return word_of(codes_of([part])[0])


def _css(bits: float) -> str:
    return "for" if bits > 0 else "against" if bits < 0 else "neither"


def speaks(bits: float) -> str:
    """How a part speaks, for people who do not count in bits."""
    if bits == 0:
        return _("says nothing")
    if bits > 0:
        return (
            _("speaks strongly for") if bits >= _STRONG else _("speaks for") if bits >= _LITTLE else _("a little for")
        )
    if bits <= -_STRONG:
        return _("speaks strongly against")
    return _("speaks against") if bits <= -_LITTLE else _("a little against")


def _whole(bits: float) -> str:
    if abs(bits) < _LITTLE:
        return _("as much for as against")
    return _("more for this person than against") if bits > 0 else _("more against this person than for")


def factor_of(bits: float) -> str:
    """How many times likelier (×) or less likely (÷) a part makes it."""
    return ("×" if bits >= 0 else "÷") + _round(2 ** abs(bits))


def odds_in_words(bits: float) -> str:
    """Odds as people say them: 3 to 1."""
    many = _round(2 ** abs(bits))
    return _("%(many)s to 1 for") % {"many": many} if bits >= 0 else _("%(many)s to 1 against") % {"many": many}


def percent(chance: float) -> str:
    """A chance in per cent, never rounded up to certainty or down to none."""
    return f"{min(max(chance * 100, 0.01), 99.99):.2f} %"


def _round(times: float) -> str:
    """Two telling digits are enough."""
    if times < 9.95:
        return f"{times:.1f}"
    size = 10 ** (len(str(round(times))) - 2)
    return f"{int(times / size + 0.5) * size:,}"
