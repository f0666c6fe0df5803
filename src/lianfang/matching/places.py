"""The places a ledger and its lists are read against, in a form that travels to other processes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa

from lianfang.kernel.doors import Gazetteer, Place
from lianfang.kernel.doors_places import spellings, squeeze
from lianfang.kernel.doors_tail import read_building, read_group
from lianfang.matching.learning import LearnedNames

_BELOW_COMPOUND = frozenset({"building", "village_group", "unit"})
_PIECE_SIGNS = "幢栋座元"
_NUMBER = re.compile(r"\d+")
_SIGNS = re.compile(r"[\W_]+")


class NumbersInNames(NamedTuple):
    """Numbers that stand in names of ours (湖滨路106号院). In an address the same number may be a part of the name, and
    then it is not one like any other: `within` when it is exactly that, `first` and `last` when it ends or begins with
    it, because nothing stands before or behind it in the name; `alone` when it holds it."""

    within: frozenset[str]
    first: frozenset[str]
    last: frozenset[str]
    alone: frozenset[str]

    def any(self) -> bool:
        """Whether there are any."""
        return any(map(bool, self))


@dataclass(frozen=True)
class Places:
    """Places of the territory tree and names above it, as `lianfang.kernel.doors.Gazetteer` takes them."""

    known: tuple[Place, ...]
    home_names: tuple[str, ...] = ()

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The index the kernel reads addresses with."""
        return Gazetteer(self.known, home_names=self.home_names)

    @cached_property
    def knows_buildings(self) -> bool:
        """Whether the number of a building, entrance or village group decides something."""
        return any(place.level in _BELOW_COMPOUND for place in self.known)

    @cached_property
    def _numbered_names(self) -> set[str]:
        """Names with numbers in them, whole and cut short. Buildings count only if the kernel takes their names as they
        stand (A1), not by number (5幢)."""
        names = {name for place in self.known if place.level not in _BELOW_COMPOUND for name in _names_of(place)}
        names |= {squeeze(name) for name in self.home_names}
        names |= {spelling for name in names for spelling in spellings(name)}
        names |= {name[:-1] for name in names}  # the kernel also knows names that were cut short
        below = {name for place in self.known if place.level in _BELOW_COMPOUND for name in _names_of(place)}
        names |= {name for name in below if len(name) > 1 and read_building(name) == name and not read_group(name)}
        return {name for name in names if _NUMBER.search(name)}

    @cached_property
    def alike(self) -> tuple[str, ...]:
        """Names whose number is one digit over and over (二期 is also 2期), signs left out: texts in which every number
        was replaced by such a one may hold them by chance."""
        names = {bare_signs(name) for name in self._numbered_names}
        return tuple(sorted(name for name in names if any(len(set(one)) == 1 for one in _NUMBER.findall(name))))

    @cached_property
    def numbers_in_names(self) -> NumbersInNames:
        """See there."""
        found: dict[tuple[bool, bool], set[str]] = defaultdict(set)
        for name in self._numbered_names:
            for number in _NUMBER.finditer(name):
                found[number.start() == 0, number.end() == len(name)].add(number[0])
        within, first, last, alone = ((False, False), (True, False), (False, True), (True, True))
        return NumbersInNames(*(frozenset(found[kind]) for kind in (within, first, last, alone)))

    @cached_property
    def ends_in_a_piece(self) -> bool:
        """Whether a door may begin right behind 幢, 栋, 座 or 元, because a name of ours, whole or cut short, ends so;
        buildings count too, for the kernel passes over the names of some."""
        names = [name for place in self.known for name in _names_of(place)]
        return self.knows_buildings or any(sign in _PIECE_SIGNS for name in names for sign in name[-2:])

    @cached_property
    def memory(self) -> dict[tuple[int, ...], Any]:
        """What readers of columns remember about these places."""
        return {}

    @classmethod
    def learned(cls, raw: pa.Table | Iterable[pa.Table]) -> Places:
        """What a ledger tells of its own places: its columns of communities and compounds or, without compounds, what
        stands before the doors of its addresses. The towns and counties its addresses begin with are home."""
        names = LearnedNames()
        for table in [raw] if isinstance(raw, pa.Table) else raw:
            names.take_in(table)
        return cls.of_names(names)

    @classmethod
    def of_names(cls, names: LearnedNames) -> Places:
        """See `learned`."""
        return cls(tuple(names.places()), tuple(sorted(names.home())))

    def __getstate__(self) -> dict[str, Any]:
        return {"known": self.known, "home_names": self.home_names}


def bare_signs(text: str) -> str:
    """A text without spaces and signs, in capitals."""
    return _SIGNS.sub("", squeeze(text))


def _names_of(place: Place) -> list[str]:
    return [squeezed for name in (place.name, *place.aliases) if (squeezed := squeeze(name))]
