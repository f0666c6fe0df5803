"""The day's bulletin from the ledgers: key numbers, situation, curve, funnel, areas, problems, demands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from lianfang.capabilities.reports.heading import PART_WORDS, Occasion, masthead_of
from lianfang.capabilities.reports.units import UnitStatus, units_of
from lianfang.core.metrics import today
from lianfang.core.metrics.models import ReportKind
from lianfang.core.metrics.paper.shapes import (
    AreaRow,
    AreaTable,
    Bulletin,
    Cell,
    Demand,
    FunnelStage,
    KeyNumber,
    Series,
    Share,
    StackedChart,
)
from lianfang.core.metrics.paper.typography import day_and_clock, spent, thousands
from lianfang.core.metrics.registry import METRICS, At, numbers, rows_of
from lianfang.core.metrics.today import League, Part

MEETING = time(8, 30)
"""The daily meeting at which open problems are answered (practice of seed article 004)."""

NOT_ASKED = Share(0, 0)
"""Prints as a dash: nobody is asked for this number."""

MANY_LATE = 5
"""More late checks than this are printed in red (as on the bulletin the field showed us)."""

STAGE_NAMES = {
    "rows.received": "上级下发",
    "work.opened": "去重合并",
    "work.dispatched": "分派到人",
    "work.reached": "联系上本人",
    "work.finished": "核实完成",
    "work.confirmed": "核验办结",
}


class Situation(NamedTuple):
    """What the bulletin says, read once."""

    league: League
    received: int
    merged: int
    review: int
    lists: today.ListsToday
    stages: list[today.Stage]
    units: list[UnitStatus]


def situation_of(occasion: Occasion) -> Situation:
    """Read the numbers of the occasion's instant."""
    at, scopes = occasion.at, occasion.scopes
    league = today.league_of(occasion.area, at=at)
    rows = numbers({"rows.received": scopes, "rows.merged": scopes, "rows.review": scopes}, at=at)
    lists = today.lists_today(at=at, scopes=scopes)
    pace = today.pace_of(at=at, scopes=scopes)
    return Situation(
        league=league,
        received=rows["rows.received"],
        merged=rows["rows.merged"],
        review=rows["rows.review"],
        lists=lists,
        stages=today.funnel_of(league, received=rows["rows.received"], seconds=pace.seconds, listed=lists.seconds),
        units=units_of(occasion.area, day=at.day),
    )


def bulletin_of(occasion: Occasion) -> Bulletin:
    """The bulletin of an area at an instant, not yet sealed."""
    found = situation_of(occasion)
    return Bulletin(
        masthead=masthead_of(ReportKind.BULLETIN, occasion),
        key_numbers=key_numbers(found),
        situation=tuple(_sentences(found, occasion.at)),
        chart=chart_of(today.curve_of(at=occasion.at, scopes=occasion.scopes)),
        funnel=funnel_stages(found),
        table=area_table(found, occasion),
        problems=tuple(_problems(found)),
        tomorrow=tuple(_tomorrow(found, occasion)),
        demands=demands_of(found, occasion.at),
    )


def key_numbers(found: Situation) -> tuple[KeyNumber, ...]:
    """The six large numbers: the metrics' values at the cut-off."""
    sums = found.league.total
    return (
        KeyNumber("今日下发核查", found.received, "人"),
        KeyNumber("应核", sums["work.due"], "户"),
        KeyNumber("已核", sums["work.done"], "户", "good"),
        KeyNumber("超时未核", sums["work.late"], "户", "bad" if sums["work.late"] else "plain"),
        KeyNumber("待核验", sums["work.waiting"], "户"),
        KeyNumber("在管人员", sums["measures.in_force"], "人"),
    )


def funnel_stages(found: Situation) -> tuple[FunnelStage, ...]:
    """The way from list to verified, with the time between."""
    sums = found.league.total
    notes = {
        "rows.received": f"{found.lists.count} 批，待复核 {found.review} 条",
        "work.opened": f"合并 {thousands(found.merged)} 条，少打 {thousands(found.merged)} 通电话",
        "work.dispatched": f"地址不清 {thousands(sums['work.unplaced'])} 户",
        "work.reached": f"打过未接通 {thousands(sums['work.unanswered'])} 户",
        "work.confirmed": f"待核验 {thousands(sums['work.waiting'])} 户",
    }
    return tuple(
        FunnelStage(STAGE_NAMES[stage.metric], stage.count, stage.seconds, notes.get(stage.metric, ""))
        for stage in found.stages
    )


def chart_of(curve: list[today.DayOfWork]) -> StackedChart:
    """Checks by the day they were opened: with a result, and without one yet."""
    return StackedChart(
        "每日核查（户）",
        tuple(one.day for one in curve),
        (
            Series("已有结果", "blue", tuple(float(one.finished) for one in curve)),
            Series("尚无结果", "red", tuple(float(one.waiting) for one in curve)),
        ),
    )


def area_table(found: Situation, occasion: Occasion) -> AreaTable:
    """The parts of the area, most late first; a part that sent no report of its own says so."""
    word = PART_WORDS.get(occasion.area.level, "区域")
    reports = {status.unit.id: status for status in found.units}
    asked = bool(reports)
    headers = ("应核", "已核", "核实率", "超时", "待核验", "在管", *(("上报新到",) if asked else ()))
    rows = tuple(_area_row(part, reports, asked=asked) for part in found.league.parts)
    told = [status.figure("arrivals") for status in found.units]
    known = [value for value in told if value is not None]
    whole: Cell = sum(known) if len(known) == len(told) else None
    total = AreaRow("合计", (*_progress(found.league.total), *((whole,) if asked else ())))
    return AreaTable(f"各{word}进度", headers, rows, total, area_header=word)


def _area_row(part: Part, reports: dict[UUID, UnitStatus], *, asked: bool) -> AreaRow:
    told: tuple[Cell, ...] = ()
    if asked:
        status = reports.get(part.area.id) if part.area else None
        told = (status.figure("arrivals") if status else NOT_ASKED,)
    red = (3,) if part["work.late"] > MANY_LATE else ()
    return AreaRow(part.name or "未落到下级", (*_progress(part), *told), red)


def _progress(part: Part) -> tuple[Cell, ...]:
    due, done = part["work.due"], part["work.done"]
    return (due, done, Share(done, due), part["work.late"], part["work.waiting"], part["measures.in_force"])


def _sentences(found: Situation, at: At) -> list[str]:
    sums = found.league.total
    sentences = [
        f"截至 {day_and_clock(at.instant)}，今日收到名单 {found.lists.count} 批、{thousands(found.received)} 人次，"
        f"去重合并后新增核查 {thousands(sums['work.opened'])} 户，少打 {thousands(found.merged)} 通电话。"
        f"应核 {thousands(sums['work.due'])} 户，已核 {thousands(sums['work.done'])} 户，"
        f"超时未核 {thousands(sums['work.late'])} 户，在管人员 {thousands(sums['measures.in_force'])} 人。"
    ]
    if found.units:
        zero = sum(status.state == "zero" for status in found.units)
        full = sum(status.state != "missing" for status in found.units)
        missing = "、".join(status.unit.name for status in found.units if status.report is None)
        sentences.append(
            f"社区日报应报 {len(found.units)} 个，已报 {full} 个（零报告 {zero} 个）"
            + (f"，未报：{missing}。" if missing else "。")
        )
    return sentences


def _problems(found: Situation) -> list[str]:
    sums = found.league.total
    late = [part for part in found.league.parts if part["work.late"]]
    problems = []
    if late:
        named = "、".join(f"{part.name or '未落到下级'} {thousands(part['work.late'])} 户" for part in late[:4])
        rest = f"等 {len(late)} 处" if len(late) > 4 else ""
        problems.append(f"核查超时 {thousands(sums['work.late'])} 户：{named}{rest}。")
    if sums["work.unplaced"]:
        problems.append(f"地址不清、待人工落位 {thousands(sums['work.unplaced'])} 户。")
    if found.review:
        problems.append(f"名单疑似重复待复核 {thousands(found.review)} 条。")
    if sums["work.waiting"]:
        problems.append(f"已报结果待核验 {thousands(sums['work.waiting'])} 户。")
    return problems


def _tomorrow(found: Situation, occasion: Occasion) -> list[str]:
    at = occasion.at
    left = found.league.total["work.due"] - found.league.total["work.done"]
    ending = rows_of(METRICS["measures.in_force"], at=at, scopes=occasion.scopes).filter(
        Q(ends_at__gt=at.ends_at, ends_at__lte=at.ends_at + timedelta(days=1))
    )
    plans = [f"{MEETING:%H:%M} 例会，逐条答复超时与未报。"]
    if left:
        plans.append(f"未办结 {thousands(left)} 户结转次日。")
    count = ending.count()
    if count:
        plans.append(f"管控到期 {thousands(count)} 人，逐人核对后解除。")
    return plans


def demands_of(found: Situation, at: At) -> tuple[Demand, ...]:
    """Who must answer before the next meeting: late checks and missing reports."""
    by = next_meeting(at)
    late = [
        Demand(part.name, f"{part['work.late']} 户超时核查结果", by) for part in found.league.named if part["work.late"]
    ]
    return (*late, *missing_reports(found.units, by=by))


def missing_reports(units: Sequence[UnitStatus], *, by: datetime) -> tuple[Demand, ...]:
    """One demand to all communities whose report is missing; none when all came."""
    missing = [status.unit.name for status in units if status.report is None]
    if not missing:
        return ()
    rest = f"等 {len(missing)} 个社区" if len(missing) > MOST_NAMED else ""
    return (Demand("、".join(missing[:MOST_NAMED]) + rest, "今日社区日报", by),)


MOST_NAMED = 5


def next_meeting(at: At) -> datetime:
    """The meeting after the day of `at`."""
    return at.ends_at.replace(hour=MEETING.hour, minute=MEETING.minute)


def slowest(found: Situation) -> str:
    """The slowest stage in words, for the log; empty when nothing was measured."""
    timed = [stage for stage in found.stages if stage.seconds is not None]
    longest = max(timed, key=lambda stage: stage.seconds or 0, default=None)
    return f"{STAGE_NAMES[longest.metric]} {spent(longest.seconds)}" if longest else ""
