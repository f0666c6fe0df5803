"""一张日表: every compound of the area with its dwellings, people, arrivals, checks and measures, grouped by community.

The columns are those the first subdistrict with such a table names (seed article 002): households, dwellings, arrivals
from the most frequent origins, and what is being done about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from lianfang.capabilities.reports.bulletin import missing_reports, next_meeting
from lianfang.capabilities.reports.heading import Occasion, masthead_of
from lianfang.capabilities.reports.units import OUTSIDE, UnitStatus, units_of
from lianfang.core.metrics.compounds import (
    COMMUNITY_DEPTH,
    Place,
    arrivals_by_place,
    compounds_under,
    figures_of,
)
from lianfang.core.metrics.models import ReportKind
from lianfang.core.metrics.origins import arrivals_of, most_frequent
from lianfang.core.metrics.paper.shapes import ColumnGroup, CommunityBlock, CompoundRow, DayTable
from lianfang.core.territory.models import Territory

ORIGINS_SHOWN = 4
"""Origins with a column of their own; the rest is added up."""

BASE = (
    ("户数", "households"),
    ("房屋", "dwellings"),
    ("有人住", "dwellings.occupied"),
    ("空置", "dwellings.vacant"),
    ("人口", "people.registered"),
)
CHECKS = (("应核", "work.due"), ("已核", "work.done"), ("超时", "work.late"))
MEASURES = (
    ("集中隔离", "measures.central"),
    ("居家隔离", "measures.home"),
    ("居家监测", "measures.home_monitoring"),
    ("日常监测", "measures.daily_monitoring"),
    ("自我监测", "measures.self_monitoring"),
)
TOLD = (("新到", "arrivals"), ("发热咳嗽", "symptoms"))


def day_table_of(occasion: Occasion) -> DayTable:
    """The day table of an area at an instant, not yet sealed."""
    at, scopes = occasion.at, occasion.scopes
    arrivals = arrivals_of(at=at, scopes=scopes)
    reader = _Reader(
        origins=most_frequent(arrivals, most=ORIGINS_SHOWN),
        figures=figures_of(at=at, scopes=scopes),
        arrivals=arrivals_by_place(arrivals),
    )
    units = units_of(occasion.area, day=at.day)
    by_community: dict[str, list[Territory]] = {}
    for compound in compounds_under(at=at, scopes=scopes):
        by_community.setdefault(compound.path[:COMMUNITY_DEPTH], []).append(compound)
    blocks = [_block(status, by_community.get(status.unit.path, []), reader) for status in units]
    known = {status.unit.path for status in units}
    rest = reader.row_above(known, name="待落位")
    return DayTable(
        masthead=masthead_of(ReportKind.TABLE, occasion),
        groups=reader.groups,
        blocks=(
            *(block for block in blocks if block.rows),
            *((CommunityBlock("未落到社区", (rest,)),) if rest else ()),
        ),
        notes=NOTES,
        demands=missing_reports(units, by=next_meeting(at)),
    )


NOTES = (
    "底数为截止时刻登记在册数；来返为当日到达、入境名单中已认定人员，按名单所写来源地计，每人计一次；"
    "核查为当日应处理户数；管控为截止时刻有效措施；社区上报为社区自行发现、不在名单的人员。",
)


class _Reader:
    """Turns places into rows of the table."""

    def __init__(
        self,
        *,
        origins: tuple[str, ...],
        figures: Mapping[Place, Mapping[str, int]],
        arrivals: Mapping[Place, Mapping[str, int]],
    ) -> None:
        self._origins = origins
        self._figures = figures
        self._arrivals = arrivals
        self._places: dict[str, list[Place]] = {}
        for place in {*figures, *arrivals}:
            self._places.setdefault(place[0], []).append(place)
        self.groups = (
            ColumnGroup("底数", tuple(name for name, _ in BASE)),
            ColumnGroup("来返", ("合计", *origins, "其他", "不详")),
            ColumnGroup("核查", tuple(name for name, _ in CHECKS)),
            ColumnGroup("管控", tuple(name for name, _ in MEASURES)),
            ColumnGroup("社区上报", tuple(name for name, _ in TOLD)),
        )

    def values(self, places: list[Place], told: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One row: the sums over `places`, and what the community told."""
        counted: dict[str, int] = {}
        origins: dict[str, int] = {}
        for place in places:
            for code, count in self._figures.get(place, {}).items():
                counted[code] = counted.get(code, 0) + count
            for origin, count in self._arrivals.get(place, {}).items():
                origins[origin] = origins.get(origin, 0) + count
        named = [origins.pop(origin, 0) for origin in self._origins]
        unknown = origins.pop("", 0)
        other = sum(origins.values())
        return (
            *(counted.get(code, 0) for _, code in BASE),
            sum(named) + other + unknown,
            *named,
            other,
            unknown,
            *(counted.get(code, 0) for _, code in (*CHECKS, *MEASURES)),
            *told,
        )

    def outside(self, community: str, compounds: set[UUID]) -> list[Place]:
        """Places of a community that are no compound of it: houses outside compounds, people without a door."""
        return [place for place in self._places.get(community, ()) if place[1] not in compounds]

    def row_above(self, communities: set[str], *, name: str) -> CompoundRow | None:
        """What lies in no community yet; None when there is nothing."""
        places = [place for path, found in self._places.items() if path not in communities for place in found]
        values = self.values(places, (0,) * len(TOLD))
        return CompoundRow(name, values) if any(values) else None


def _block(status: UnitStatus, compounds: list[Territory], reader: _Reader) -> CommunityBlock:
    community = status.unit.path
    rows = [
        CompoundRow(one.name, reader.values([(community, one.id)], _told(status, one.code)), one.code)
        for one in compounds
    ]
    elsewhere = reader.values(
        reader.outside(community, {one.id for one in compounds}), tuple(count or 0 for count in _told(status, OUTSIDE))
    )
    if any(elsewhere) or not rows:
        told = _told(status, OUTSIDE)
        rows.append(CompoundRow("小区以外", (*elsewhere[: len(elsewhere) - len(TOLD)], *told)))
    return CommunityBlock(status.unit.name, tuple(rows))


def _told(status: UnitStatus, place: str) -> tuple[int | None, ...]:
    return tuple(status.figure(name, place) for _, name in TOLD)
