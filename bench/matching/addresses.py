"""One door, written in a dozen ways."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.matching.places import CITY, COUNTY, Home
from bench.matching.tables import homophones

_DIGITS = "零一二三四五六七八九"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
STYLES = 12


def spoken(number: str) -> str:
    """``301`` → ``三零一``; up to ``99`` as one says it: ``12`` → ``十二``."""
    value = int(number)
    if value >= 100:
        return "".join(_DIGITS[int(digit)] for digit in number)
    tens, ones = divmod(value, 10)
    before = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return before + (_DIGITS[ones] if ones or not before else "")


def write_address(random: Random, home: Home) -> str:
    """The address in a style drawn by chance."""
    return in_style(home, random.randrange(STYLES))


def in_style(home: Home, style: int) -> str:
    """The address in style 0 to 11. Outside the county its city and county stand in front."""
    place = home.place
    if place.outside:
        return f"{place.outside}{place.subdistrict}{_inner(home, style)}"
    community = f"{place.community}社区"
    fronts = {
        0: f"{COUNTY}{place.subdistrict}{community}",
        5: place.subdistrict,
        6: community,
        8: place.road,
        10: f"{CITY}{COUNTY}{place.subdistrict}{community}居委会",
    }
    return fronts.get(style, "") + _inner(home, style)


def _inner(home: Home, style: int) -> str:
    name, building, room = home.place.name, home.building, home.room
    wide = building.translate(_WIDE), home.unit.translate(_WIDE), room.translate(_WIDE)
    if home.village:
        return _village(name, building, room, style)
    between = {
        2: f"{name}{building}-{home.unit + '-' if home.unit else ''}{room}",
        3: f"{name}{building}#{home.unit + '-' if home.unit else ''}{room}",
        4: f"{name}{building}栋{_unit(home.unit, '单元')}{room}",
        5: f"{name}{building}号楼{_unit(home.unit, '门')}{room}",
        6: f"{name}{spoken(building)}幢{_unit(spoken(home.unit) if home.unit else '', '单元')}{spoken(room)}室",
        7: f"{name}{building}幢{room}",
        8: f"{name}{building}幢{_unit(home.unit, '单元')}{room[:-2]}楼{room}室",
        9: f"{name} {wide[0]} 幢 {_unit(wide[1], ' 单元 ')}{wide[2]}室",
        11: f"{name}{building}幢",
    }
    return between.get(style, f"{name}{building}幢{_unit(home.unit, '单元')}{room}室")


def _unit(unit: str, word: str) -> str:
    return unit + word if unit else ""


def _village(name: str, group: str, number: str, style: int) -> str:
    shapes = {
        2: f"{name}{group}-{number}",
        3: f"{name}{number}号",
        4: f"{name}{group}组{number}",
        5: f"{name}{group}小组{number}号",
        6: f"{name}{spoken(group)}组{number}号",
        7: f"{name}{number}",
        9: f"{name} {group.translate(_WIDE)} 组 {number.translate(_WIDE)} 号",
        10: f"{name}第{spoken(group)}村民小组{number}号",
        11: f"{name}{group}组",
    }
    return shapes.get(style, f"{name}{group}组{number}号")


def misspelt(random: Random, home: Home) -> Home:
    """The home with one character of its compound's name written as another of the same sound."""
    name = home.place.name
    at = random.randrange(len(name) - 1)
    others = homophones(name[at])
    if not others:
        return home
    return replace(home, place=home.place._replace(name=name[:at] + others.draw(random) + name[at + 1 :]))
