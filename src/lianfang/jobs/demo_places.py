"""The land of the demo town: communities with compounds, grids, gates, buildings, entrances and dwellings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from lianfang.core.people.importing import door_short
from lianfang.core.people.models import Dwelling
from lianfang.core.territory.models import Level, Territory, step
from lianfang.jobs.demo_names import PlaceNames
from lianfang.kernel.doors import dwelling_key
from lianfang.kernel.uuid7 import uuid7

SINCE = date(2019, 1, 1)

_KINDS = (("多层小区", 40), ("楼院", 15), ("自然村", 18), ("高层小区", 12), ("安置小区", 8), ("集体宿舍", 7))
"""Kinds of compounds and how many of a hundred are of that kind: with the sizes below 45 dwellings on average."""
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much there is in one community."""

    compounds: int
    grids: int
    gates: int


@dataclass(slots=True)
class Laid:
    """A community that was laid out, nothing of it saved."""

    community: Territory
    areas: list[Territory] = field(default_factory=list)
    """Everything below the community, parents first."""
    grids: list[Territory] = field(default_factory=list)
    compounds: list[Territory] = field(default_factory=list)
    buildings: list[Territory] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    tenanted: set[str] = field(default_factory=set)
    """Codes of the compounds where seven of ten residents come from elsewhere."""


class Surveyor:
    """Makes areas with codes and paths of their own."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = PlaceNames(random)
        self._children: dict[str, int] = {}

    def area(self, level: str, code: str, name: str, parent: Territory | None, *, kind: str = "") -> Territory:
        """A new area, not saved."""
        base = parent.path if parent else ""
        self._children[base] = self._children.get(base, 0) + 1
        return Territory(
            id=uuid7(),
            parent=parent,
            level=level,
            code=code,
            name=name,
            path=base + step(self._children[base]),
            kind=kind,
            valid_from=SINCE,
        )

    def lay_out(self, subdistrict: Territory, number: int, plan: Plan) -> Laid:
        """The `number`-th community of a subdistrict."""
        short = self.names.community()
        community = self.area(Level.COMMUNITY, f"{subdistrict.code}{number:03}", f"{short}社区", subdistrict)
        laid = Laid(community)
        for index in range(1, plan.grids + 1):
            grid = self.area(Level.GRID, f"{community.code}{index:03}", f"第{_numeral(index)}网格", community)
            laid.grids.append(grid)
        laid.areas += laid.grids
        kinds = [kind for kind, share in _KINDS for _ in range(share)]
        drafts = []
        for index in range(1, plan.compounds + 1):
            kind = "多层小区" if index == 1 else self.random.choice(kinds)
            name = self.names.compound(short, kind).name
            compound = self.area(Level.COMPOUND, f"{community.code}X{index:02}", name, community, kind=kind)
            compound.aliases = [f"{name}小区"] if kind in ("多层小区", "高层小区") and not name.endswith("小区") else []
            laid.compounds.append(compound)
            drafts.append(self._draft(compound))
            if self.random.random() < (0.5 if kind == "自然村" else 0.15):
                laid.tenanted.add(compound.code)
        laid.areas += laid.compounds
        self._add_gates(laid, plan.gates)
        self._build(laid, [building for draft in drafts for building in draft])
        return laid

    def _add_gates(self, laid: Laid, count: int) -> None:
        """The largest compounds have a gate each, the first ones two when there are more gates than compounds."""
        named = ("大门", "东门", "西门", "北门")
        for index in range(count):
            compound = laid.compounds[index % len(laid.compounds)]
            turn = index // len(laid.compounds)
            name = f"{compound.name}{named[turn % len(named)]}"
            laid.areas.append(self.area(Level.GATE, f"{compound.code}-G{turn + 1}", name, compound))

    def _draft(self, compound: Territory) -> list[_Building]:
        random = self.random
        match compound.kind:
            case "高层小区":
                return [_Building(compound, 1, "号楼", units=1, floors=random.randint(15, 21), per_floor=4)]
            case "多层小区" | "安置小区":
                count = random.choice((3, 4, 4, 5))
                return [
                    _Building(compound, i, "幢", units=random.choice((1, 1, 1, 2)), floors=5, per_floor=2)
                    for i in range(1, count + 1)
                ]
            case "集体宿舍":
                return [_Building(compound, 1, "号楼", units=0, floors=4, per_floor=random.randint(5, 7))]
            case "自然村":
                return [
                    _Building(compound, i, "组", units=0, floors=1, per_floor=random.randint(8, 16))
                    for i in range(1, 5)
                ]
            case _:
                return [_Building(compound, 1, "", units=0, floors=1, per_floor=random.randint(10, 20))]

    def _build(self, laid: Laid, drafts: list[_Building]) -> None:
        """Buildings go to the grids in order, so that each grid has about the same number of dwellings."""
        total = sum(draft.size for draft in drafts)
        before = 0
        for draft in drafts:
            grid = laid.grids[min(before * len(laid.grids) // max(total, 1), len(laid.grids) - 1)]
            before += draft.size
            code = f"{draft.compound.code}-{draft.number:03}"
            building = self.area(Level.BUILDING, code, draft.title, grid, kind=draft.kind)
            building.compound = draft.compound
            laid.areas.append(building)
            laid.buildings.append(building)
            entrances = {}
            for unit in range(1, draft.units + 1):
                entrance = self.area(Level.ENTRANCE, f"{code}-U{unit}单元", f"{unit}单元", building)
                entrance.compound = draft.compound
                entrances[unit] = entrance
                laid.areas.append(entrance)
            laid.dwellings += [self._dwelling(draft, building, entrances.get(u), u, f, r) for u, f, r in draft.doors()]

    def _dwelling(
        self, draft: _Building, building: Territory, entrance: Territory | None, unit: int, floor: int, room: str
    ) -> Dwelling:
        area = entrance or building
        house, entry = draft.name, f"{unit}单元" if unit else ""
        key = dwelling_key(compound_code=draft.compound.code, building=house, unit=entry, room=room, kind=draft.kind)
        status = self.random.choices(("有人", "空置", "装修", "出租未登记"), (93, 4, 2, 1))[0]
        return Dwelling(
            id=uuid7(),
            territory=area,
            path=area.path,
            compound=draft.compound,
            door_key=key,
            door_short=door_short(key),
            label=f"{draft.compound.name}{house}{entry}{room}{'室' if room.isdigit() else ''}",
            building=house,
            unit=entry,
            floor=str(floor),
            room=room,
            kind=draft.kind,
            status=status,
        )


@dataclass(frozen=True, slots=True)
class _Building:
    compound: Territory
    number: int
    word: str
    units: int
    floors: int
    per_floor: int

    @property
    def name(self) -> str:
        return f"{self.number}{self.word}" if self.word else ""

    @property
    def title(self) -> str:
        return self.name or self.compound.name

    @property
    def kind(self) -> str:
        return {"": "平房", "组": "自建房"}.get(self.word) or (
            "集体宿舍" if self.compound.kind == "集体宿舍" else "住宅"
        )

    @property
    def size(self) -> int:
        return max(self.units, 1) * self.floors * self.per_floor

    def doors(self) -> Iterator[tuple[int, int, str]]:
        """(unit, floor, room) of every dwelling."""
        for unit in range(1, self.units + 1) if self.units else (0,):
            for floor in range(1, self.floors + 1):
                for place in range(1, self.per_floor + 1):
                    room = f"{place}号" if self.word in ("", "组") else f"{floor}{place:02}"
                    yield unit, floor, room


def _numeral(number: int) -> str:
    if number <= 10:
        return _NUMERALS[number - 1]
    tens, rest = divmod(number, 10)
    return ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" + (_NUMERALS[rest - 1] if rest else "")
