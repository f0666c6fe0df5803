"""The last part of an address: building, unit, floor, room; or village group and house number.

Pure text work: which compound it belongs to is decided in `doors`. A number that may mean two things is left out
rather than guessed, because a false door sends somebody to the wrong household.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from lianfang.kernel.doors_numbers import with_plain_numbers

Shape = Literal["flats", "village", "yard", "house", "lane", "road", ""]
"""What stands in the compound: numbered buildings, numbered houses in groups, one yard of rooms or houses, one building
of rooms (a hotel, a courtyard with one house), numbered houses of flats in a lane, houses along a road, or unknown."""


class Tail(NamedTuple):
    """The pieces in canonical form: ``5`` for 5幢, 五栋, 05号楼, 5#; ``301`` for 叁零一室."""

    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    group: str = ""
    number: str = ""
    shop: bool = False
    rest: str = ""
    """What could not be read."""

    def has_place(self) -> bool:
        """Whether any piece was read."""
        return bool(self.building or self.unit or self.room or self.group or self.number)


_SEPARATORS = str.maketrans({**dict.fromkeys("—―~_/\\.·，,;；:：", "-"), "\n": "-", "＃": "#", "–": "-"})
_SPACED_DIGITS = re.compile(r"(?<=[0-9#]) +(?=[0-9])")
_YEAR, _ROOM_DIGITS = 4, 3
"""A bare number of four digits may be a year; one of three, among buildings nobody listed, a room."""
_LISTED_PIECES = re.compile(r"^第?\d{1,3}(?:幢|栋|号楼|座|#)?、第?\d{1,2}(?:单元)?、第?\d{3,4}(?!\d)")
_NAME = r"[A-Z]?\d{1,3}[A-Z]?|[A-Z]|[甲乙丙丁戊东西南北中]"
_HOUSE = r"号?(?:宿舍|住宅|公寓|家属)?楼|号?幢|号?栋|号?座|号宿舍|排|号?#(?:楼|幢|栋)?"
_SUB_ROOM = r"(?:\d{1,2}[A-Z]\d{2}(?!\d)|[A-Z]?\d{3,5}[A-Z]?(?:-\d{1,2}(?!\d))?)"
_GROUP = re.compile(r"第?(\d{1,3})(?:村民小组|生产队|小组|组|队|社)-?")
_GROUP_AS_BUILDING = re.compile(r"(\d{1,2})(?:幢|栋|#)-?(?=\d{1,4}号(?!楼|房))")
_BUILDING = re.compile(rf"第?({_NAME})(?:{_HOUSE})-?")
_HOUSE_OF_UNITS = re.compile(r"(\d{1,3})号-?(?=(?:[A-Z]|\d{1,2}|[甲乙丙丁东西])号?单元)")
_BUILDING_HAO = re.compile(r"(\d{1,3})号-?(?=\d{1,2}号?单元|\d{1,2}-\d{3,4}|\d{3,4}(?:室|房|户|$))")
_ONLY_FLOOR = re.compile(r"(\d{1,2})楼-?(\d{3,4})")
_BARE_STOREY = re.compile(r"\d{1,2}楼")
_UNIT = re.compile(r"第?([A-Z]|\d{1,2}|[甲乙丙丁东西南北中])(?:号?单元|门(?![牌面市口卫岗])|梯)-?")
_TOWER_OF_BUILDING = re.compile(r"([A-Z])座-?")
_DASHED_UNIT = re.compile(r"(\d{1,2})-(?=[A-Z]?\d{3,4}(?!\d))")
_DASHED = re.compile(rf"({_NAME})-(?:(\d{{1,2}})(?:单元)?-)?(?=[A-Z]?\d{{3,4}}(?!\d))")
_LETTER_ROOM = re.compile(r"([A-Z])(?=\d{3,4}(?:室|房|$))")
_FLOOR = re.compile(r"第?(?:地下|负|B|-)?(\d{1,2})(?:层|楼|F)-?")
_ROOM = re.compile(rf"第?({_SUB_ROOM})(?:号?(?:室|房间?|户)|号)?")
_SHORT_ROOM = re.compile(r"第?([A-Z]?\d{1,2}[A-Z]?)(?:号?(?:室|房间?)|号)")
_ROOM_OF_HOUSE = re.compile(rf"({_SUB_ROOM})(?:号?(?:室|房间?|户))?|(\d{{1,2}})(?:室|房间?)")
_SIDE = re.compile(r"(?:(\d{1,2}|顶)(?:层|楼)-?)?([东西中南北])(?:边?户|侧户)$")
_SIDE_ON_FLOOR = re.compile(r"(\d{1,2}|顶)(?:层|楼)-?([东西中南北])$")
_CELLAR = re.compile(r"(?:地下室?|负)(?:(\d)[层楼]?|一[层楼])?-?(?:(\d{2})(?:室|号|房)?)?$")
_ATTIC = re.compile(r"阁楼$")
_DASHED_ROOM = re.compile(r"(\d{1,2})-(0\d)(?:室|房)?$")
_BED = re.compile(r"(?:寝室|宿舍|房间?|室)?-?(?:床位?\d{1,2}|\d{1,2}号?床位?|铺)?(?:跃层|复式|内|里)?$")
_LANE = re.compile(r"(\d{1,4})弄-?(?=\d)")
_ROW_OF_HOUSES = re.compile(r"^(?:平房|瓦房|工棚|板房)-?(?=\d)")
_ROOM_ON_FLOOR = re.compile(r"(\d{2})(?:室|房|户)?(?!\d)")
_NUMBER = re.compile(r"(\d{1,4}[A-Z]?)(?:-(\d{1,3}))?(号院?|院)?(?:[之附](\d{1,3})号?)?(?:号?大?院|房|门牌)?-?")
_SHOP = re.compile(
    r"(?:沿街|临街|底层|门口)?(?:商铺|店铺|门面房?|门市房?|底商|店面|铺面|铺位)|(?:[一-龥]{1,3}区)?(?=[A-Z]?-?\d{1,4}号?摊)|摊位?"
)
_SHOP_NUMBER = re.compile(r"-?([A-Z]?\d{1,4}(?:-\d{1,3})?)(?:号|室)?")
_NAME_BEFORE = re.compile(
    rf"[^\dA-Z甲乙丙丁]*?(?:\d+[里号弄院路]+[一-龥]+?)?(?<![幢栋座元])(?=第?(?:(?:{_NAME})(?:{_HOUSE}|号|-\d)|\d{{1,3}}(?:村民小组|生产队|小组|组|队)))"
)
_NO_DOOR = re.compile(
    r"[旁对隔附近后边侧]|楼[下上]|^门(?!牌)|门口|前面|路口|公交|地铁|车[库位站]"
    r"|^(?:[人户天次度月年点分秒℃%线口批岁间米元客]|公里|小时)"
)
"""Words behind a number that make it a landmark's, or no door's at all."""


_ONE_BUILDING = ("号院", "大院", "家属院", "宾馆", "酒店", "饭店", "旅馆", "旅社", "招待所", "大厦", "民宿")


def prepare_tail(text: str) -> str:
    """Capitals, one kind of separator, no spaces, digits instead of Chinese numerals."""
    text = text.upper()
    if "、" in text:  # 5、2、301 are the pieces of one door, 301、302室 are two
        text = text.replace("、", "-" if _LISTED_PIECES.search(text) else "和").removesuffix("和")
    text = _SPACED_DIGITS.sub("-", text.translate(_SEPARATORS)).replace(" ", "")
    return with_plain_numbers(text).strip("-")


@lru_cache(maxsize=1 << 14)
def read_tail(text: str, *, shape: Shape = "") -> Tail:
    """Read the pieces of a door from text that begins where the compound's name ended.

    `shape` settles what a bare number means: 5号 is a building among flats and a house in a village.
    A door that is only a landmark (301旁, 5幢对面) or one of two (301、302室) keeps its building but not its room.
    """
    text = _ROW_OF_HOUSES.sub("", prepare_tail(text))
    if not text:
        return Tail()
    if _SHOP.search(text):
        return _read_shop(text)
    tail, position = _read_group(text, shape)
    if shape == "road" and (on_road := _read_road(text)):
        return on_road
    if shape == "village" or tail.group:
        tail, position = _read_number(text, position, tail)
    else:
        tail, position = _read_house(text, shape)
    return _settle(tail, text[position:])


def behind_a_name(text: str) -> str:
    """The door at the end of a text that begins with the name of a place nobody knows: 夏晖小区20幢602 → 20幢602."""
    prepared = prepare_tail(text)
    found = _NAME_BEFORE.match(prepared)
    return prepared[found.end() :] if found else ""


def shape_of(name: str) -> Shape:
    """What a compound of which no building is known holds, as far as its name tells."""
    if name.endswith("弄"):
        return "lane"
    if name.endswith(("路", "街", "巷", "大道", "胡同", "道")) and not name.endswith("商业街"):
        return "road"
    return "house" if name.endswith(_ONE_BUILDING) else "yard"


def read_building(text: str) -> str:
    """The canonical building of a building's own name (5幢, 五栋, A座 → ``5``, ``5``, ``A``); a proper name stays."""
    prepared = prepare_tail(text)
    found = _BUILDING.fullmatch(prepared) or re.fullmatch(rf"({_NAME})号?", prepared)
    return bare_number(found[1]) if found else text.strip().upper()


def read_group(text: str) -> str:
    """The number of a village group (5组, 第五村民小组 → ``5``); empty if the text names none."""
    found = _GROUP.fullmatch(prepare_tail(text))
    return bare_number(found[1]) if found else ""


def read_unit(text: str) -> str:
    """The canonical unit of a unit cell: 2单元, 二单元, 2 → ``2``; empty if there is none."""
    prepared = prepare_tail(text)
    found = _UNIT.fullmatch(prepared) or re.fullmatch(r"([A-Z]|\d{1,2})", prepared)
    return bare_number(found[1]) if found else ""


def read_room(text: str) -> str:
    """The canonical room of a room cell: 301室, 叁零一, 301 → ``301``; empty if it is none."""
    prepared = prepare_tail(text)
    found = _ROOM.fullmatch(prepared) or _SHORT_ROOM.fullmatch(prepared) or re.fullmatch(r"(\d{1,2})", prepared)
    return bare_number(found[1]) if found else ""


def read_number(text: str) -> str:
    """The canonical house number of a cell: 115号, 一百一十五号院, 115-1号, 115号之一 → ``115``, ``115-1``."""
    found = _NUMBER.fullmatch(prepare_tail(text))
    return _house_number(found) if found else ""


def bare_number(text: str) -> str:
    """A number without leading zeros, so that 05幢 and 5幢 meet."""
    return text.lstrip("0") or "0"


def _read_group(text: str, shape: Shape) -> tuple[Tail, int]:
    found = _GROUP.match(text)
    if found is None and shape == "village":  # a form's column 幢 filled with the group: 1幢2号
        found = _GROUP_AS_BUILDING.match(text)
    return (Tail(group=bare_number(found[1])), found.end()) if found else (Tail(), 0)


def _house_number(found: re.Match[str]) -> str:
    sub = found[2] or found[4]
    number = bare_number(found[1])
    return f"{number}-{bare_number(sub)}" if sub else number


def _read_road(text: str) -> Tail | None:
    """A number at a road with a building, an entrance or flats of its own: 106弄5号301, 108号3单元502."""
    lane = _LANE.match(text)
    found = lane or _NUMBER.match(text)
    if found is None or not (lane or found[3]) or found.end() == len(text):
        return None
    tail, position = _read_house(text[found.end() :], "lane" if lane else "yard")
    if tail.number or not tail.has_place():
        return None
    number = bare_number(found[1]) if lane else _house_number(found)
    return _settle(tail._replace(number=number), text[found.end() + position :])


def _read_number(text: str, position: int, tail: Tail) -> tuple[Tail, int]:
    found = _NUMBER.match(text, position)
    if found is None or not (_is_marked(found) or (found.end() == len(text) and _may_stand_bare(found, tail))):
        return tail, position
    tail, position = tail._replace(number=_house_number(found)), found.end()
    if floor := _FLOOR.match(text, position):
        tail, position = tail._replace(floor=bare_number(floor[1])), floor.end()
    if room := _ROOM_OF_HOUSE.match(text, position):
        tail, position = tail._replace(room=bare_number(room[1] or room[2])), room.end()
    return tail, position


def _is_marked(found: re.Match[str]) -> bool:
    """Whether 号 or 院 says that it is a house number; 88-92号 are many houses."""
    many = found[2] and len(found[2]) > 1 and len(found[2]) == len(found[1])
    return not many and bool(found[3] or found[4] or "院" in found[0])


def _may_stand_bare(found: re.Match[str], tail: Tail) -> bool:
    """Whether a number without 号 is a house: neither a year nor two numbers, which may be a day or a range."""
    return len(found[1]) < _YEAR and (not found[2] or bool(tail.group))


def _read_house(text: str, shape: Shape) -> tuple[Tail, int]:
    building, unit, position = _read_building_and_unit(text, shape)
    if not building and not unit and shape != "flats":
        tail, after = _read_number(text, 0, Tail())
        marked = "号" in text or "院" in text
        if tail.number and (marked or shape == "house" or (shape == "yard" and len(tail.number) < _ROOM_DIGITS)):
            return tail, after
    if not building and shape == "flats" and (bare := re.fullmatch(r"(\d{1,3})号", text)):
        return Tail(building=bare_number(bare[1])), len(text)
    return _read_floor_and_room(text, position, Tail(building=building, unit=unit))


def _read_building_and_unit(text: str, shape: Shape) -> tuple[str, str, int]:
    if (only := _ONLY_FLOOR.match(text)) and bare_number(only[2])[: len(only[1])] == only[1]:
        return "", "", 0
    found = _BUILDING.match(text) or _HOUSE_OF_UNITS.match(text)
    found = found or (_BUILDING_HAO.match(text) if shape not in ("yard", "house", "road") else None)
    if found and found.end() == len(text) and _BARE_STOREY.fullmatch(text):
        return "", "", 0
    if found:
        at = found.end()
        unit = _UNIT.match(text, at) or _DASHED_UNIT.match(text, at) or _TOWER_OF_BUILDING.match(text, at)
        return bare_number(found[1]), bare_number(unit[1]) if unit else "", (unit or found).end()
    if unit := _UNIT.match(text):
        return "", bare_number(unit[1]), unit.end()
    if dashed := _DASHED.match(text):
        return bare_number(dashed[1]), bare_number(dashed[2]) if dashed[2] else "", dashed.end()
    if letter := _LETTER_ROOM.match(text):
        return letter[1], "", letter.end()
    return "", "", 0


def _read_floor_and_room(text: str, position: int, tail: Tail) -> tuple[Tail, int]:
    if tail.building and (odd := _read_odd_room(text, position, tail)):
        return odd, len(text)
    if floor := _FLOOR.match(text, position):
        tail, position = tail._replace(floor=bare_number(floor[1])), floor.end()
        if (short := _ROOM_ON_FLOOR.match(text, position)) and tail.building:
            return tail._replace(room=tail.floor + short[1]), short.end()
    if room := _ROOM.match(text, position) or _SHORT_ROOM.match(text, position):
        tail, position = tail._replace(room=bare_number(room[1])), room.end()
        if bed := _BED.match(text, position):
            position = bed.end()
    return tail, position


def _read_odd_room(text: str, position: int, tail: Tail) -> Tail | None:
    """A flat named by its side (3楼东户), by storey and place (28-01), in the cellar or under the roof."""
    if side := _SIDE.match(text, position) or _SIDE_ON_FLOOR.match(text, position):
        storey = side[1] or ""
        return tail._replace(room=storey + side[2], floor=storey if storey.isdigit() else "")
    if cellar := _CELLAR.match(text, position):
        return tail._replace(room=f"B{cellar[1] or 1}{cellar[2]}" if cellar[2] else "地下室")
    if dashed := _DASHED_ROOM.match(text, position):
        return tail._replace(room=bare_number(dashed[1]) + dashed[2], floor=bare_number(dashed[1]))
    return tail._replace(room="阁楼") if _ATTIC.match(text, position) else None


def _read_shop(text: str) -> Tail:
    bare = _SHOP.sub("", text).strip("-")
    building = _BUILDING.match(bare)
    position = building.end() if building else 0
    number = _SHOP_NUMBER.match(bare, position)
    tail = Tail(
        building=bare_number(building[1]) if building else "",
        number=bare_number(number[1]) if number else "",
        shop=True,
    )
    return _settle(tail, bare[number.end() if number else position :])


def _settle(tail: Tail, rest: str) -> Tail:
    rest = rest.strip("-")
    if not rest:
        return tail
    if _BUILDING.search(rest):
        return Tail(group=tail.group, shop=tail.shop, rest=rest)
    if _NO_DOOR.search(rest) or any(character.isdigit() for character in rest):
        return tail._replace(unit=tail.unit if tail.room else "", room="", number="", rest=rest)
    return tail._replace(rest=rest)
