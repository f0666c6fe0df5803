"""An invented county: subdistricts, communities, compounds and villages, and the doors in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from lianfang.jobs.demo_names import SUBDISTRICTS, PlaceNames

COUNTY = "云岭县"
CITY = "云州市"
_KINDS = (("多层小区", 42), ("高层小区", 22), ("自然村", 18), ("安置小区", 9), ("楼院", 6), ("集体宿舍", 3))
_COMPOUNDS_EACH = 5
"""Compounds of a community, about."""
_OUTSIDE = (
    "云州市北岭区 云州市江东区 海宁州市南屏区 青川市临河县 西陵市安泰区 石门市松阳县 东湖市永丰区 宁远市白鹿县"
).split()
_OUTSIDE_STREETS = "梅林街道 长桥镇 大河街道 云台镇 新丰街道 沙溪镇".split()
_OUTSIDE_NAMES = "夏晖 明珠 东方 长桥 沙溪 景泰 永安 新丰 翠竹 河西 南屏 金桂 学林 港城 双井 白鹿".split()


class Place(NamedTuple):
    """A compound, a village or a dormitory. `outside` names its city and county when it is not in ours."""

    subdistrict: str
    community: str
    name: str
    kind: str
    road: str
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """A door: building (or village group), unit and room (or house number), as bare numbers."""

    place: Place
    building: str
    unit: str
    room: str

    @property
    def village(self) -> bool:
        """Whether it is a house of a village: group and house number."""
        return self.place.kind == "自然村"


def places(random: Random, *, subdistricts: int) -> Iterator[Place]:
    """Compounds without end, spread over the subdistricts."""
    names = PlaceNames(random)
    while True:
        for subdistrict in SUBDISTRICTS[:subdistricts]:
            community = names.community()
            for _ in range(random.randint(_COMPOUNDS_EACH - 2, _COMPOUNDS_EACH + 2)):
                kind = random.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
                road = f"{community}{random.choice('路街')}{random.randint(1, 399)}号"
                yield Place(subdistrict, community, names.compound(community, kind).name, kind, road)


def homes(random: Random, place: Place) -> Iterator[Home]:
    """All doors of a place, in order."""
    if place.kind == "自然村":
        for group in range(1, random.randint(4, 14)):
            for number in range(1, random.randint(12, 50)):
                yield Home(place, str(group), "", str(number))
        return
    most = {"多层小区": (22, 4, 6, 2), "高层小区": (10, 2, 30, 3), "安置小区": (16, 3, 6, 2), "楼院": (3, 3, 6, 2)}
    buildings, units, floors, doors = most.get(place.kind, (4, 0, 5, 16))
    for building in range(1, random.randint(max(1, buildings // 2), buildings) + 1):
        for unit in range(1, random.randint(1, units) + 1) if units else (0,):
            for floor in range(1, random.randint(max(3, floors // 2), floors) + 1):
                for door in range(1, doors + 1):
                    yield Home(place, str(building), str(unit or ""), f"{floor}{door:02}")


def outside_home(random: Random) -> Home:
    """A door in another county."""
    kind = random.choice(("多层小区", "高层小区", "自然村"))
    village = kind == "自然村"
    ends = ("村", "上村") if village else ("小区", "花苑", "家园", "公寓")
    name = random.choice(_OUTSIDE_NAMES) + random.choice(ends)
    place = Place(random.choice(_OUTSIDE_STREETS), "", name, kind, "", random.choice(_OUTSIDE))
    room = str(random.randint(1, 60)) if village else f"{random.randint(1, 18)}{random.randint(1, 4):02}"
    return Home(place, str(random.randint(1, 20)), "" if village else str(random.randint(1, 3)), room)
