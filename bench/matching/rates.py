"""How often a cell of a list is wrong, and in which way, by the source of the row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Literal

Kind = Literal["normal", "hard"]
Shares = tuple[tuple[str, float], ...]
"""What can happen to a cell, each with its share of all rows; whatever is left over stays as it is."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of one source. See `SOURCES`."""

    identity: Shares
    name: Shares
    phone: Shares
    address: Shares
    sex_missing: float = 0.1
    birth_given: float = 0.0


_NAME: Shares = (
    ("homophone", 0.034),
    ("regional", 0.011),
    ("look_alike", 0.015),
    ("dropped", 0.008),
    ("swapped", 0.005),
    ("masked", 0.028),
    ("traditional", 0.015),
    ("pinyin", 0.01),
    ("decorated", 0.06),
    ("missing", 0.002),
)
_PHONE: Shares = (("missing", 0.07), ("changed", 0.07), ("relative", 0.08), ("masked", 0.08), ("two", 0.03))
_ADDRESS: Shares = (("missing", 0.08), ("moved", 0.07), ("misspelt", 0.01))


def _identity(missing: float, masked: float, *, typed: float = 1.0, excel: float = 0.004) -> Shares:
    """`typed`: how often a person types the numbers, against how often a machine does."""
    return (
        ("missing", missing),
        ("masked", masked),
        ("wrong_digit", 0.010 * typed),
        ("swapped", 0.005 * typed),
        ("lost", 0.004 * typed),
        ("doubled", 0.003 * typed),
        ("excel", excel),
        ("fifteen", 0.004),
        ("relative", 0.001 * typed),
        ("styled", 0.08),
    )


SOURCES: dict[str, tuple[float, Rates]] = {
    "重点人员": (0.30, Rates(_identity(0.03, 0.10), _NAME, _PHONE, _ADDRESS)),
    "铁路": (
        0.20,
        Rates(
            _identity(0.01, 0.02, typed=0.5, excel=0.0),
            tuple((what, 0.02 if what == "pinyin" else share) for what, share in _NAME),
            _PHONE,
            (("missing", 0.80), ("moved", 0.02), ("misspelt", 0.002)),
        ),
    ),
    "采样系统": (0.25, Rates(_identity(0.05, 0.25, excel=0.010), _NAME, _PHONE, _ADDRESS, 0.05, 0.3)),
    "自主申报": (0.25, Rates(_identity(0.13, 0.02, typed=2.0), _NAME, _PHONE, _ADDRESS, 0.3)),
}
"""Source → its share of the rows, its rates."""


def rates(source: str, kind: Kind) -> Rates:
    """The rates of a source in a list of this kind. Hard: most numbers gone, more telephones gone, worse names."""
    normal = SOURCES[source][1]
    if kind == "normal":
        return normal
    slips = (("wrong_digit", 0.04), ("swapped", 0.02), ("lost", 0.02), ("doubled", 0.01), ("excel", 0.01))
    phone = dict(normal.phone)
    phone = {what: share * 0.65 for what, share in phone.items()} | {"missing": phone["missing"] * 0.65 + 0.35}
    worse = {"homophone": 2.0, "regional": 2.0, "look_alike": 2.5, "dropped": 2.0, "swapped": 2.0, "masked": 2.0}
    return replace(
        normal,
        identity=(("missing", 0.60), ("masked", 0.10), *slips),
        name=tuple((what, share * worse.get(what, 1.0)) for what, share in normal.name),
        phone=tuple(phone.items()),
    )


def draw(random: Random, shares: Shares) -> str:
    """What happens to this cell; empty when nothing does."""
    at = random.random()
    for what, share in shares:
        at -= share
        if at < 0:
            return what
    return ""
