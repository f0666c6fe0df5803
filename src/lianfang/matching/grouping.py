"""Links between records made into groups of one person each, in which no two valid numbers differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

Number = tuple[str, str]
"""Kind of document, and its number."""
_NEARLY: Final = 5.0
"""Bits by which a link must be stronger than the one that is refused: 32 to 1, as for two candidates of a row."""


class Link(NamedTuple):
    """Two records that are surely one person if nothing else speaks against it, and how surely, in bits."""

    a: int
    b: int
    weight: float


def groups_of(links: Sequence[Link], numbers: Mapping[int, Number]) -> tuple[dict[int, int], list[int]]:
    """The number of the group of each record that is in one, from 1 in the order of the smallest record; and the links
    (by position) that must be left, because all of them together would join two valid numbers.

    Of such a cluster all links are left that are no stronger, or hardly, than the strongest that cannot be: the order
    of the links changes nothing.
    """
    whole = _Sets()
    for link in links:
        whole.join(link.a, link.b)
    careful = _Sets(numbers)
    refused: dict[int, float] = {}
    for link in sorted(links, key=lambda one: -one.weight):
        if not careful.join(link.a, link.b):
            refused.setdefault(whole.find(link.a), link.weight)
    left = [
        at
        for at, link in enumerate(links)
        if refused and link.weight <= refused.get(whole.find(link.a), -float("inf")) + _NEARLY
    ]
    gone = set(left)
    final = _Sets()
    for at, link in enumerate(links):
        if at not in gone:
            final.join(link.a, link.b)
    return _numbered(final.known(), final), left


def _numbered(records: Iterable[int], sets: _Sets) -> dict[int, int]:
    names: dict[int, int] = {}
    return {record: names.setdefault(sets.find(record), len(names) + 1) for record in sorted(records)}


class _Sets:
    """Disjoint sets that refuse to join two numbers of one kind."""

    def __init__(self, numbers: Mapping[int, Number] | None = None) -> None:
        self._parent: dict[int, int] = {}
        self._numbers = numbers or {}
        self._held: dict[int, dict[str, str]] = {}

    def known(self) -> Iterable[int]:
        """Everything that was ever joined."""
        return self._parent.keys()

    def find(self, one: int) -> int:
        """The record that stands for the set of this one."""
        parent = self._parent
        if one not in parent:
            parent[one] = one
            if one in self._numbers:
                kind, number = self._numbers[one]
                self._held[one] = {kind: number}
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    def join(self, a: int, b: int) -> bool:
        """Make one set of two; False, and nothing is done, where their numbers differ."""
        first, second = sorted((self.find(a), self.find(b)))
        if first == second:
            return True
        one, other = self._held.get(first, {}), self._held.get(second, {})
        if any(one.get(kind, number) != number for kind, number in other.items()):
            return False
        self._parent[second] = first
        if other:
            self._held[first] = {**one, **other}
        return True
