"""The first part of an address: province … community, then the compound, whose name may be cut short or in brackets.

It decides three things: whether the address is outside, which compounds of ours it may mean, and where the door begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from lianfang.kernel.doors_numbers import NUMERALS, read_numeral
from lianfang.kernel.doors_places import Gazetteer, Hit
from lianfang.kernel.doors_tail import prepare_tail, read_tail

_ADMIN = re.compile(
    r"[一-龥]{2,8}?(?:(?P<city>自治州|自治区|省|市(?![场民政])|盟|地区)|(?P<county>县(?![城政])|旗|"
    r"(?<![小社园校景厂片院宅活舍库矿东西南北中发新城郊])区)|(?P<town>街道(?:办事处)?|镇(?!政府)|乡(?!政府)|苏木))"
)
_COMMUNITY = re.compile(r"[一-龥]{2,8}?(?:社区|居委会|村委会|村民委员会|居民委员会)")
_FILLER = re.compile(
    r"(?:居委会|村委会|(?:现|暂|家|居)?住(?:在|址|地址)?|地址|现居|租住|本|我|[:：,，。;；、\-—\"“”'])+"
)
_ROAD = re.compile(
    r"[一-龥]{1,6}?(?:路|街|大道|巷|弄|胡同|道)(?:[东西南北中]段)?(?:\d{1,4}(?:弄|巷|号)?)?(?:与|和|交叉口)?"
)
_AFTER_NAME = re.compile(r"^(?:住宅小区|小区|住宅区|生活区|家属区|自然村|村|平房|瓦房|内|里面|的|[:：,，\-—#*])*")
_PAREN = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]?")
SPOKEN_NUMBER = re.compile(rf"(?<=[一-龥])[{NUMERALS}]+(?=号大?院|期|弄|号(?![楼门]))")
"""A number that may stand in a compound's name."""
_PHASE = re.compile(r"\d{1,2}期")
_CHINESE = re.compile(r"[一-龥]{2,}")
_LETTERS_AND_DOORS = re.compile(
    r"(?:[甲乙丙丁东西南北中](?:座|幢|栋|单元|门)|(?:沿街|临街|底层|门口)?(?:商铺|店铺|门面|门市|底商|店面|铺面|铺位))"
)


@dataclass(slots=True)
class Front:
    """What the front of an address said, while it is being read."""

    text: str
    city: str = ""
    county: str = ""
    subdistrict: str = ""
    outside: bool = False
    ours: bool = False
    communities: tuple[str, ...] = ()
    strange_community: bool = False
    compounds: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    tail: str = ""
    place_text: str = ""


def read_front(text: str, gazetteer: Gazetteer) -> Front:
    """Read a squeezed address up to the door. `compounds` are those a name stands for, `candidates` when words around
    the name make it doubtful; `place_text` is then, and for places that are none of ours, what was written."""
    if SPOKEN_NUMBER.search(text):
        text = SPOKEN_NUMBER.sub(lambda number: read_numeral(number[0]), text)
    hits = gazetteer.hits(text)
    compound, wider = _chosen(text, [hit for hit in hits if hit.level == "compound"], gazetteer)
    front = Front(text)
    end = _read_administration(front, text[: compound.start] if compound else text, hits, gazetteer)
    if compound is None:
        _take_unknown_place(front, text[end:])
        return front
    between = text[end : compound.start] if end < compound.start else ""
    for hit in (hit for hit in wider if gazetteer.shape(hit.codes[0]) == "village"):
        between = between.replace(text[hit.start : hit.end], "", 1)
    before = _without_words(_PAREN.sub("", between))
    before = before.rstrip("(（[【")
    after = text[compound.end :]
    if not _PAREN.sub("", after).strip(")）]】") and before:
        before, after = "", before
    after = _PAREN.sub("", after.lstrip(")）]】"))
    rest = after if after.startswith("#") else _AFTER_NAME.sub("", after, count=1)
    front.tail = rest
    if before or not _begins_like_a_door(rest, compound, gazetteer):
        front.candidates, front.place_text = compound.codes, text[end:]
    else:
        front.compounds = compound.codes
    return front


class LeadingNames(NamedTuple):
    """The names an address begins with, before anything is known of the territory."""

    administrative: tuple[str, ...]
    communities: tuple[str, ...]
    rest: str


def leading_names(text: str) -> LeadingNames:
    """Province, city, county, town and communities at the front of a squeezed text, each as written."""
    administrative: list[str] = []
    communities: list[str] = []
    position = 0
    while position < len(text):
        area, community = _ADMIN.match(text, position), _COMMUNITY.match(text, position)
        if community and not (area and area.end() < community.end()):
            communities.append(community[0])
            position = community.end()
        elif area:
            administrative.append(area[0])
            position = area.end()
        elif filler := _FILLER.match(text, position):
            position = filler.end()
        else:
            break
    return LeadingNames(tuple(administrative), tuple(communities), text[position:])


def _chosen(text: str, hits: list[Hit], gazetteer: Gazetteer) -> tuple[Hit | None, list[Hit]]:
    """The compound meant, and names before it that only say where it is: a road, the village of a natural village. One
    outside brackets goes before one inside; two different ones outside are no certain one."""
    if len(hits) < 2:
        return (hits[0] if hits else None), []
    bracketed = [found.span() for found in _PAREN.finditer(text)]
    plain = [hit for hit in hits if not any(start < hit.start < end for start, end in bracketed)] or hits
    last = plain[-1]
    wider = [hit for hit in plain[:-1] if hit.codes != last.codes and gazetteer.is_around(hit, last)]
    plain = [hit for hit in plain if hit not in wider]
    if len({hit.codes for hit in plain}) == 1:
        return last, wider
    codes = tuple(sorted({code for hit in plain for code in hit.codes}))
    return Hit(plain[0].start, last.end, codes, "compound"), []


def _read_administration(front: Front, text: str, hits: list[Hit], gazetteer: Gazetteer) -> int:
    """Read province … community from the front; the position where they end."""
    ours = {hit.start: hit for hit in hits if hit.level != "compound" and hit.end <= len(text)}
    position = 0
    own_county = own_town = foreign_city = foreign_county = foreign_town = False
    while position < len(text):
        if hit := ours.get(position):
            name = text[position : hit.end]
            own_county |= hit.level == "home" and name.endswith(("县", "区", "市", "旗"))
            own_town |= hit.level == "home" and name.endswith(("街道", "镇", "乡", "办事处"))
            _note_ours(front, hit, name)
            position = hit.end
        elif found := _COMMUNITY.match(text, position):
            front.strange_community, position = True, found.end()
        elif found := _ADMIN.match(text, position):
            front.city += found[0] if found["city"] else ""
            front.county += found[0] if found["county"] else ""
            front.subdistrict += found[0] if found["town"] else ""
            foreign_city |= bool(found["city"])
            foreign_county |= bool(found["county"])
            foreign_town |= bool(found["town"])
            position = found.end()
        elif found := _FILLER.match(text, position):
            position = found.end()
        else:
            break
    unknown_city = foreign_city and not own_county and (gazetteer.knows_home_city() or foreign_county)
    front.outside = foreign_town or foreign_county or (unknown_city and not own_town)
    front.ours = own_town
    return position


def _note_ours(front: Front, hit: Hit, name: str) -> None:
    if hit.level == "community":
        front.communities = hit.codes
    elif name.endswith(("街道", "镇", "乡", "办事处")):
        front.subdistrict = name
    else:
        front.city += name


def _take_unknown_place(front: Front, rest: str) -> None:
    rest = _PAREN.sub("", rest)
    front.tail = rest
    if front.outside or _LETTERS_AND_DOORS.match(rest):
        front.place_text = rest if front.outside else ""
    else:
        words = _CHINESE.match(prepare_tail(rest))
        front.place_text = rest if words or not read_tail(rest).has_place() else ""


def _without_words(text: str) -> str:
    """What stands between the administrative names and the compound's name beyond a road and filling words."""
    while text:
        found = _FILLER.match(text) or _ROAD.match(text)
        if found is None or not found.end():
            return text
        text = text[found.end() :]
    return ""


def _begins_like_a_door(rest: str, hit: Hit, gazetteer: Gazetteer) -> bool:
    if _PHASE.match(rest):
        return False
    if not rest or not _CHINESE.match(rest) or _LETTERS_AND_DOORS.match(rest):
        return True
    if any(gazetteer.named_building(code, rest)[0] for code in hit.codes):
        return True
    prepared = prepare_tail(rest)
    if (tail := read_tail(rest)).shop and tail.number:
        return True
    return not _CHINESE.match(prepared) and read_tail(rest).has_place()
