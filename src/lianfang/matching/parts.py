"""The parts of a comparison: pairs of a code and its weight, which add up to how sure it is.

A weight is in bits: each bit doubles the odds of this person against not being him, or halves them. The first part is
``prior``, what is known before anything is compared. Rows of the first rules have codes without weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Part = tuple[str, float | None]
"""A code with its weight; None where only the code was kept."""
PRIOR = "prior"


def parts_from(stored: Iterable[Any]) -> tuple[Part, ...]:
    """Parts from their stored form: pairs ``[code, weight]``, or plain codes of the first rules."""
    pairs = ((one, None) if isinstance(one, str) else one for one in stored)
    return tuple((str(code), None if weight is None else float(weight)) for code, weight in pairs)


def codes_of(parts: Iterable[Part]) -> list[str]:
    """The codes to be said in words: without the prior; a name that speaks against is a common one."""
    return [
        "rare.common" if code == "rare" and weight is not None and weight < 0 else code
        for code, weight in parts
        if code != PRIOR
    ]


def are_weighed(parts: Sequence[Part]) -> bool:
    """Whether every part has its weight, so that they add up."""
    return bool(parts) and all(weight is not None for _, weight in parts)


def total_of(parts: Iterable[Part]) -> float:
    """Log2 of the odds of this person against not being him."""
    return sum(weight for _, weight in parts if weight is not None)


def chance_of(bits: float) -> float:
    """The chance, from 0 to 1, of odds given in bits."""
    return float(1 / (1 + 2.0 ** -max(min(bits, 1000.0), -1000.0)))
