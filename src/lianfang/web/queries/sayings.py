"""What several rows say about one household, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lianfang.core.work.looking import Saying

MOST_PHONES = 3


@dataclass(frozen=True, slots=True)
class Together:
    """Everything different that the rows say."""

    names: str
    addresses: tuple[str, ...]
    registered: str
    came_from: str
    phones: tuple[str, ...]


def said_together(sayings: Sequence[Saying]) -> Together | None:
    """The rows of one item without repetition; None without a row."""
    if not sayings:
        return None
    phones = _different(phone for said in sayings for phone in said.phones)
    whole = tuple(phone for phone in phones if "*" not in phone)
    return Together(
        names="、".join(_different(said.name for said in sayings)),
        addresses=_different(said.address for said in sayings),
        registered="、".join(_different(said.registered_address for said in sayings)),
        came_from="、".join(_different(said.came_from for said in sayings)),
        phones=(whole or phones)[:MOST_PHONES],
    )


def _different(words: Iterable[str]) -> tuple[str, ...]:
    """The words that say something, each once, in their order; one that another contains is left out."""
    found = list(dict.fromkeys(word for word in words if word))
    return tuple(word for word in found if not any(word != other and word in other for other in found))
