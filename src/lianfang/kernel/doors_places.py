"""The territory's own places, indexed so that their names are found inside an address in a few microseconds.

A subdistrict knows every compound, village and building it has; so an address is read against that list of names
instead of guessing where a name ends.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lianfang.kernel.cells import clean_text
from lianfang.kernel.doors_numbers import NUMERALS, with_plain_numbers
from lianfang.kernel.doors_tail import Shape, read_building, read_group, read_unit, shape_of

_HOME_LEVELS = frozenset({"province", "city", "county", "subdistrict"})
_BELOW_COMPOUND = frozenset({"building", "village_group"})
_TAIL_BEGINS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ#()（）第甲乙丙丁 -" + NUMERALS)
_SHORTEST_CUT = 2
_ADMINISTRATIVE = re.compile(r"(?:自治[州区县]|省|市|地区|盟|县|区|旗|街道(?:办事处)?|镇|乡)$")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the territory tree.

    `level` is one of ``province``, ``city``, ``county``, ``subdistrict``, ``community``, ``grid``, ``compound``,
    ``building``, ``village_group``, ``unit``. A building's parent may be its compound or its grid; in the second case
    its code begins with the compound's code and ``-``.
    """

    code: str
    name: str
    level: str
    parent_code: str = ""
    aliases: tuple[str, ...] = ()


class Hit(NamedTuple):
    """A name of ours found in a text at ``start:end``."""

    start: int
    end: int
    codes: tuple[str, ...]
    level: str
    """``home`` (subdistrict and above), ``community`` or ``compound``."""


class Gazetteer:
    """All places of one territory. Build it once; reading from it never changes it.

    `home_names` are names above and of the territory that an address may begin with (云海省, 云州市, 云岭县): an
    address that names another province, city, county or subdistrict is outside.
    """

    def __init__(self, places: Iterable[Place], *, home_names: Iterable[str] = ()) -> None:
        self._places = {place.code: place for place in places}
        self._home = {squeeze(name) for name in home_names}
        self._buildings: dict[str, dict[str, str]] = defaultdict(dict)
        self._units: dict[str, set[str]] = defaultdict(set)
        self._named: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._compounds: dict[str, list[str]] = defaultdict(list)
        self._shapes: dict[str, Shape] = {}
        self._names: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._cuts: dict[str, set[str]] = defaultdict(set)
        for place in self._places.values():
            self._take_in(place)
        self._take_shapes()
        self._index = self._indexed()
        begins = "".join(sorted({start[0] for start in self._index}))
        self._first_signs = re.compile(f"[\0{re.escape(begins)}]")

    def place(self, code: str) -> Place | None:
        """The place with this code, if it is ours."""
        return self._places.get(code)

    def codes_named(self, name: str, level: str) -> tuple[str, ...]:
        """Codes of the places of a level (``community`` or ``compound``) with exactly this name or alias."""
        return tuple(sorted(self._names[key][level])) if (key := squeeze(name)) in self._names else ()

    def community_of(self, code: str) -> str:
        """The code of the community a place lies in (its own for a community); empty if it lies in none."""
        seen: set[str] = set()
        while (place := self._places.get(code)) and code not in seen:
            if place.level == "community":
                return code
            seen.add(code)
            code = place.parent_code
        return ""

    def compounds_in(self, community_code: str) -> tuple[str, ...]:
        """Codes of the compounds and villages of a community, in the order given."""
        return tuple(self._compounds.get(community_code, ()))

    def buildings(self, compound_code: str) -> Mapping[str, str]:
        """Canonical building (``5``) or village group (``g5``) → code; empty if none is known."""
        return self._buildings.get(compound_code, {})

    def units(self, building_code: str) -> frozenset[str]:
        """Canonical units of a building; empty if none is known."""
        return frozenset(self._units.get(building_code, ()))

    def named_building(self, compound_code: str, text: str) -> tuple[str, str]:
        """A building with a proper name (综合楼) that the text begins with: its canonical name and as written."""
        for written, canonical in self._named.get(compound_code, ()):
            if text.startswith(written):
                return canonical, written
        return "", ""

    def shape(self, compound_code: str) -> Shape:
        """What the compound holds; see `doors_tail.Shape`."""
        return self._shapes.get(compound_code, "")

    def is_around(self, hit: Hit, inner: Hit) -> bool:
        """Whether a compound named before another only says where that one is: the road it stands at, or the village
        that a natural village belongs to. A place whose community is not known may lie in any."""
        shapes = {self.shape(code) for code in hit.codes}
        homes = {self.community_of(code) for code in hit.codes}
        inside = {self.community_of(code) for code in inner.codes}
        return shapes == {"road"} or (shapes == {"village"} and (homes == inside or "" in homes | inside))

    def is_home(self, name: str) -> bool:
        """Whether an administrative name is the territory's own."""
        return name in self._home

    def knows_home_city(self) -> bool:
        """Whether a city is among the home names; without one a city in an address proves nothing."""
        return any(name.endswith(("市", "州", "盟", "地区")) for name in self._home)

    def hits(self, text: str) -> list[Hit]:
        """Names of ours in a squeezed text, from left to right, longest first, without overlap."""
        found: list[Hit] = []
        position, last, index, first = 0, len(text) - 1, self._index, self._first_signs
        while position < last and (begin := first.search(text, position, last)):
            position = begin.start()
            for name, by_level, cut in index.get(text[position : position + 2], ()):
                end = position + len(name)
                if text.startswith(name, position) and (not cut or end > last or text[end] in _TAIL_BEGINS):
                    found += [Hit(position, end, codes, level) for level, codes in by_level]
                    position = end
                    break
            else:
                position += 1
        return found

    def _take_in(self, place: Place) -> None:
        names = [squeeze(name) for name in (place.name, *place.aliases) if name]
        if place.level in _HOME_LEVELS:
            self._home.update(name for name in names if not name.isdigit())
        elif place.level == "community":
            for name in names:
                self._add_name(name, "community", place.code)
                if name.endswith("社区"):
                    self._add_name(name[:-2] + "居委会", "community", place.code)
        elif place.level == "compound":
            self._compounds[self.community_of(place.code)].append(place.code)
            self._add_compound(place.code, names)
        elif place.level in _BELOW_COMPOUND:
            self._take_in_building(place, names)
        elif place.level == "unit":
            self._units[place.parent_code].add(read_unit(place.name))

    def _add_name(self, name: str, level: str, code: str) -> None:
        if len(name) >= _SHORTEST_CUT:
            self._names[name][level].add(code)

    def _add_compound(self, code: str, names: list[str]) -> None:
        for name in names:
            for spelling in spellings(name):
                self._add_name(spelling, "compound", code)
            if name.endswith("村"):
                self._add_name(name + "委会", "compound", code)
                self._add_name(name + "民委员会", "compound", code)
            if len(name) > _SHORTEST_CUT:
                self._cuts[name[:-1]].add(code)

    def _take_in_building(self, place: Place, names: list[str]) -> None:
        compound = self._compound_of(place)
        owner = self._places.get(compound)
        if owner is None:
            return
        for name in names:
            if group := read_group(name):
                self._buildings[compound].setdefault(f"g{group}", place.code)
            elif name != squeeze(owner.name):
                canonical = read_building(name)
                self._buildings[compound].setdefault(canonical, place.code)
                if canonical == name and len(name) > 1:
                    self._named[compound].append((name, canonical))

    def _compound_of(self, place: Place) -> str:
        parent = self._places.get(place.parent_code)
        if parent is not None and parent.level in ("compound", "community"):
            return parent.code
        return place.code.partition("-")[0]

    def _take_shapes(self) -> None:
        for code, place in self._places.items():
            known = self._buildings.get(code, {})
            if place.level == "community" and code not in self._compounds and any(key[0] == "g" for key in known):
                self._compounds[code].append(code)
                self._add_compound(code, [squeeze(name) for name in (place.name, *place.aliases)])
            elif place.level != "compound":
                continue
            if any(key.startswith("g") for key in known) or (not known and place.name.endswith("村")):
                self._shapes[code] = "village"
            else:
                self._shapes[code] = "flats" if known else shape_of(place.name)

    def _indexed(self) -> dict[str, tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...], bool], ...]]:
        entries: dict[str, list[tuple[str, tuple[tuple[str, tuple[str, ...]], ...], bool]]] = defaultdict(list)
        stems = {_ADMINISTRATIVE.sub("", name) for name in self._home}
        for name in self._home | {stem for stem in stems if len(stem) >= _SHORTEST_CUT} - self._names.keys():
            entries[name[:2]].append((name, (("home", ()),), False))
        for name, by_level in self._names.items():
            if name not in self._home:
                levels = tuple((level, tuple(sorted(codes))) for level, codes in sorted(by_level.items()))
                entries[name[:2]].append((name, levels, False))
        for name, codes in self._cuts.items():
            if name not in self._names and name not in self._home:
                entries[name[:2]].append((name, (("compound", tuple(sorted(codes))),), True))
        return {key: tuple(sorted(found, key=lambda entry: -len(entry[0]))) for key, found in entries.items()}


def spellings(name: str) -> tuple[str, ...]:
    """A compound's name as it stands, with numbers in digits (金色港湾二期, 金色港湾2期), with 大院 for 院."""
    plain = with_plain_numbers(name)
    found = [name, plain] if plain != name else [name]
    return tuple(found + [form.replace("号院", "号大院") for form in found if form.endswith("号院")])


def squeeze(text: str) -> str:
    """A cleaned text without spaces and line breaks, in capitals: the form in which names are compared."""
    return clean_text(text).replace(" ", "").replace("\n", "").upper()
