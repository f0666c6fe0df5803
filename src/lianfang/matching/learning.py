"""Names of places learned from a ledger that comes without a table of its territory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.cells import clean_text
from lianfang.kernel.doors import Place
from lianfang.kernel.doors_front import leading_names
from lianfang.kernel.doors_places import squeeze
from lianfang.matching.cells import Cells

_DOOR = r"[0-9A-Za-z一二三四五六七八九十]{1,3} *(?:幢|栋|号楼|座|#|组|单元|-)|[0-9]{1,4} *(?:号|室)?$"
_FRONT = rf"^(?P<front>.*?)(?P<door>{_DOOR})"
_ROAD = re.compile(r"^[一-龥]{1,6}?(?:路|街|大道|巷|弄|胡同)\d{1,4}(?:号|弄|巷)?")
_LIVED_AT = re.compile(r"^[一-龥]{1,6}?(?:路|街|大道|巷|胡同)(?:\d{1,4}(?:弄|号院))?$")
"""A road with houses of its own, a lane off it, or a courtyard at it."""
_IN_LANE = re.compile(r"^(?P<lane>[一-龥]{1,6}?(?:路|街|大道|巷|胡同)\d{1,4}弄)")
_IN_VILLAGE = re.compile(r"^[一-龥]{1,6}?村(?P<inner>[一-龥]{2,6})$")
_NAME = re.compile(r"[一-龥]{2,12}")
_NO_PLACE = re.compile(r"(?:路|街|大道|巷|弄|胡同|道|号|附近|对面)$")
_FEWEST = 3
"""Fewer addresses with a name in front of a door may be slips of the pen."""
_HOME_SHARE = 0.01
"""A county or town that fewer of the addresses begin with is where some people are registered, not home."""


class LearnedNames:
    """Counts names over the tables of a ledger."""

    def __init__(self) -> None:
        self._columns: Counter[tuple[str, str]] = Counter()
        self._fronts: Counter[str] = Counter()
        self._without_compound: Counter[str] = Counter()
        self._addresses = 0

    def take_in(self, table: pa.Table) -> None:
        """Count the places of one table of raw cells."""
        community, compound = (Cells.of(table, column).text for column in ("community", "compound"))
        pairs = pa.table({"community": community, "compound": compound})
        for pair in pairs.group_by(["community", "compound"]).aggregate([([], "count_all")]).to_pylist():
            self._columns[clean_text(pair["community"]), clean_text(pair["compound"])] += pair["count_all"]
        address = Cells.of(table, "address").text
        fronts = pc.struct_field(pc.extract_regex(address, _FRONT), "front")
        named = pc.not_equal(compound, "")
        for counter, some in (
            (self._fronts, fronts),
            (self._without_compound, fronts.filter(pc.invert(named)) if pc.any(named).as_py() else fronts),
        ):
            for one in pc.value_counts(some.drop_null()).to_pylist():
                counter[one["values"]] += one["counts"]
        self._addresses += pc.sum(pc.not_equal(address, "")).as_py() or 0

    def add(self, other: LearnedNames) -> None:
        """Count what was counted of other tables of the ledger."""
        self._columns.update(other._columns)
        self._fronts.update(other._fronts)
        self._addresses += other._addresses

    def home(self) -> set[str]:
        """Administrative names that many of the ledger's addresses begin with."""
        counted: Counter[str] = Counter()
        for front, count in self._fronts.items():
            for name in dict.fromkeys(leading_names(squeeze(front)).administrative):
                counted[name] += count
        return {name for name, count in counted.items() if count >= max(_FEWEST, _HOME_SHARE * self._addresses)}

    def places(self) -> Iterator[Place]:
        """Communities and compounds, in the order of their names; a compound's code is its community's and its name."""
        pairs = {pair for pair in self._columns if any(pair)}
        if any(compound for _, compound in pairs):
            named = {name for pair in pairs for name in pair}
            pairs |= {pair for pair in self._written() if pair[1] not in named and _is_village_or_road(pair[1])}
        else:
            pairs |= self._written()
        for community in sorted({community for community, _ in pairs if community}):
            yield Place(code=community, name=community, level="community")
        for community, compound in sorted(pairs):
            if compound:
                code = f"{community}/{compound}"
                yield Place(code=code, name=compound, level="compound", parent_code=community)

    def _written(self) -> set[tuple[str, str]]:
        """Communities and compounds that addresses name; a compound belongs to the community written most often."""
        counted: Counter[tuple[str, str]] = Counter()
        for front, count in self._without_compound.items():
            named = leading_names(squeeze(front))
            if name := _place_in_front(named.rest):
                counted[named.communities[-1] if named.communities else "", name] += count
        counted = _inner_villages(counted)
        total: Counter[str] = Counter()
        home: dict[str, str] = {}
        for (community, compound), count in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
            total[compound] += count
            if community:
                home.setdefault(compound, community)
        return {(home.get(compound, ""), compound) for compound, count in total.items() if count >= _FEWEST}


def _place_in_front(rest: str) -> str:
    """The place that stands in front of a door: a compound, or the road, lane or courtyard itself."""
    if _LIVED_AT.match(rest):
        return rest
    if lane := _IN_LANE.match(rest):
        return lane["lane"]
    name = _ROAD.sub("", rest)
    return name if _NAME.fullmatch(name) and not _NO_PLACE.search(name) else ""


def _inner_villages(counted: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """后塘村上湾 is 上湾 where that natural village is also written alone, or is called one."""
    alone: Counter[str] = Counter()
    for (_, name), count in counted.items():
        alone[name] += count
    found: Counter[tuple[str, str]] = Counter()
    for (community, name), count in counted.items():
        inner = _IN_VILLAGE.match(name)
        own = inner and (inner["inner"].endswith("自然村") or alone[inner["inner"]] >= _FEWEST)
        found[community, inner["inner"] if inner and own else name] += count
    return found


def _is_village_or_road(name: str) -> bool:
    return name.endswith("村") or bool(_LIVED_AT.match(name) or _IN_LANE.match(name))
