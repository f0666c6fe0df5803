"""The places a ledger and its lists are read against, in a form that travels to other processes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pyarrow as pa

from lianfang.kernel.doors import Gazetteer, Place
from lianfang.kernel.doors_places import squeeze
from lianfang.kernel.doors_tail import read_building, read_group
from lianfang.matching.learning import LearnedNames

Interchangeable = Literal["all", "last", "none"]
"""Which numbers of an address may be any other of the same length without changing what the kernel makes of the text:
all of them, only those of the room or house at the end, or none."""

BEFORE_LAST = "元幢栋座组楼#-"
"""What stands before a number for which ``last`` may hold."""
_BELOW_COMPOUND = frozenset({"building", "village_group", "unit"})
_DIGIT = re.compile(r"\d")
_LEADING = re.compile(r"\d+")
_PIECE_AND_NUMBER = re.compile(rf"[{BEFORE_LAST}]\d")


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
    def interchangeable(self) -> Interchangeable:
        """A number decides more than its own piece only where names of ours have numbers in them, or where buildings
        and entrances are known."""
        below = [place for place in self.known if place.level in _BELOW_COMPOUND]
        proper = [name for name in self._names(below) if len(name) > 1 and read_building(name) == name]
        proper = [name for name in proper if _DIGIT.search(name) and not read_group(name)]
        above = [name for place in self._names(self._above()) for name in (place, place[:-1])]
        if any(_PIECE_AND_NUMBER.search(name) for name in (*self._numbered, *proper)):
            return "none"
        if any(name.isdigit() for name in above if name):
            return "none"
        if any(name[0].isdigit() for name in proper) and any(name[-1] in BEFORE_LAST for name in above if name):
            return "none"
        return "last" if self._numbered or below else "all"

    @cached_property
    def first_numbers(self) -> frozenset[str]:
        """Numbers that names of ours begin with (158号院): such a number may be the beginning of the name."""
        return frozenset(found[0] for name in self._numbered if (found := _LEADING.match(name)))

    @cached_property
    def memory(self) -> dict[tuple[int, ...], Any]:
        """What readers of columns remember about these places."""
        return {}

    @cached_property
    def _numbered(self) -> list[str]:
        return [name for name in self._names(self._above()) if _DIGIT.search(name)]

    def _above(self) -> list[Place]:
        home = [Place(code=name, name=name, level="") for name in self.home_names]
        return [place for place in (*self.known, *home) if place.level not in _BELOW_COMPOUND]

    @staticmethod
    def _names(places: Iterable[Place]) -> list[str]:
        return [squeezed for place in places for name in (place.name, *place.aliases) if (squeezed := squeeze(name))]

    @classmethod
    def learned(cls, raw: pa.Table | Iterable[pa.Table]) -> Places:
        """What a ledger tells of its own places: its columns of communities and compounds or, without compounds, what
        stands before the doors of its addresses. The towns and counties its addresses begin with are home."""
        names = LearnedNames()
        for table in [raw] if isinstance(raw, pa.Table) else raw:
            names.take_in(table)
        return cls(tuple(names.places()), tuple(sorted(names.home())))

    def __getstate__(self) -> dict[str, Any]:
        return {"known": self.known, "home_names": self.home_names}
