"""一份日志: what happened in the area on the day, in words, without the name of any resident.

Lists, measures, orders and unit reports are told one by one; checks, which come by the thousand, hour by hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncHour

from lianfang.capabilities.reports.bulletin import demands_of, key_numbers, situation_of
from lianfang.capabilities.reports.heading import Occasion, masthead_of
from lianfang.capabilities.reports.units import UnitStatus
from lianfang.core.access.models import Grant
from lianfang.core.access.roles import Role
from lianfang.core.lists.models import ListState, SourceList
from lianfang.core.measures.models import ControlMeasure, Regime
from lianfang.core.metrics.models import Activation, ReportKind
from lianfang.core.metrics.paper.shapes import DayLog, LogEntry
from lianfang.core.metrics.paper.typography import clock, thousands
from lianfang.core.metrics.registry import At, within
from lianfang.core.territory.models import prefixes
from lianfang.core.work.models import WorkEvent

SYSTEM = "系统"

ROLE_WORDS = {
    Role.COUNTY.value: "县指挥部",
    Role.COMMAND.value: "街道指挥部",
    Role.DATA_DESK.value: "数据专班",
    Role.SECRETARY.value: "社区书记",
    Role.GRID_WORKER.value: "网格员",
    Role.INSPECTOR.value: "督查员",
}

VERB_WORDS = (
    ("dispatch", "派发"),
    ("submit", "上报结果"),
    ("verify", "核验办结"),
    ("return", "退回重核"),
    ("forward", "转推外地"),
    ("hand_back", "退单"),
    ("place", "补落位"),
    ("late", "超时"),
)
"""What an hour of checks is told by, in the order of the work."""

REGIME_WORDS = {
    Regime.CENTRAL.value: "集中隔离",
    Regime.HOME.value: "居家隔离医学观察",
    Regime.HOME_MONITORING.value: "居家健康监测",
    Regime.DAILY_MONITORING.value: "日常健康监测",
    Regime.SELF_MONITORING.value: "自我健康监测",
}


def day_log_of(occasion: Occasion) -> DayLog:
    """The log of an area's day up to an instant, not yet sealed."""
    at, scopes = occasion.at, occasion.scopes
    found = situation_of(occasion)
    entries = [
        *_orders(occasion),
        *_lists(at, scopes, occasion.area.name),
        *_hours(at, scopes, occasion.area.name),
        *_measures(occasion),
        *_unit_reports(found.units),
    ]
    return DayLog(
        masthead=masthead_of(ReportKind.LOG, occasion),
        key_numbers=key_numbers(found),
        entries=tuple(sorted(entries, key=lambda entry: (entry.at, entry.matter, entry.what))),
        handover=tuple(_handover(found.league.total.counts, found.review, found.units)),
        demands=demands_of(found, at),
    )


def _lists(at: At, scopes: Sequence[str], area: str) -> Iterable[LogEntry]:
    lists = SourceList.objects.filter(received_at__gte=at.starts_at, received_at__lte=at.instant)
    rows = list(within(lists, path="path", scopes=scopes).select_related("sender").order_by("received_at"))
    posts = posts_of({one.brought_by_id for one in rows}, at=at)
    for one in rows:
        yield LogEntry(
            one.received_at, posts.get(one.brought_by_id, SYSTEM), _list_words(one, at.instant), area, "名单排查"
        )


def _list_words(one: SourceList, at: datetime) -> str:
    said = f"收到{one.issuer}《{one.title}》"
    persons = int(one.counts.get("persons", 0))
    if one.state == ListState.ZERO:
        return f"{said}，零报告。"
    if one.state == ListState.REFUSED:
        return f"{said}，文件不能使用，已退回来文单位。"
    if one.state == ListState.UNDONE:
        return f"{said}，{thousands(persons)} 人，后整批撤回。"
    if one.dispatched_at is None or one.dispatched_at > at:
        return f"{said}，处理中。"
    counts = {name: int(one.counts.get(name, 0)) for name in ("items", "review", "outside", "unplaced", "refused")}
    words = [f"{said}，{thousands(persons)} 人，归并为 {thousands(counts['items'])} 户派发核查"]
    words += [f"待复核 {thousands(counts['review'])} 条"] if counts["review"] else []
    words += [f"不在辖区 {thousands(counts['outside'])} 人"] if counts["outside"] else []
    words += [f"地址不清 {thousands(counts['unplaced'])} 人"] if counts["unplaced"] else []
    words += [f"不合格 {thousands(counts['refused'])} 条"] if counts["refused"] else []
    return "，".join(words) + "。"


def _hours(at: At, scopes: Sequence[str], area: str) -> Iterable[LogEntry]:
    """One line for each hour in which something happened to checks; joined requests are told by their lists."""
    events = WorkEvent.objects.filter(recorded_at__gte=at.starts_at, recorded_at__lte=at.instant)
    verbs = [verb for verb, _ in VERB_WORDS]
    counted = (
        within(events.filter(verb__in=verbs), path="path", scopes=scopes)
        .annotate(hour=TruncHour("recorded_at"))
        .order_by()
        .values_list("hour", "verb")
        .annotate(n=Count("item_id", distinct=True))
    )
    hours: dict[datetime, dict[str, int]] = {}
    for hour, verb, count in counted:
        hours.setdefault(hour, {})[verb] = count
    for hour, counts in sorted(hours.items()):
        said = "、".join(f"{word} {thousands(counts[verb])} 户" for verb, word in VERB_WORDS if verb in counts)
        ends = min(hour + timedelta(hours=1), at.instant)
        yield LogEntry(ends, SYSTEM, f"{clock(hour)} 至 {clock(ends)}：{said}。", area, "入户核查")


def _measures(occasion: Occasion) -> Iterable[LogEntry]:
    """Measures made in a drill stand only in the log of a drill, which is marked on every page."""
    at, area = occasion.at, occasion.area
    measures = within(ControlMeasure.objects.all(), path="path", scopes=occasion.scopes)
    if not occasion.drill:
        measures = measures.filter(drill=False)
    for column, word in (("approved_at", "批准"), ("released_at", "解除")):
        within_day = {f"{column}__gte": at.starts_at, f"{column}__lte": at.instant}
        counted = (
            measures.filter(**within_day)
            .annotate(hour=TruncHour(column))
            .order_by()
            .values_list("hour", "regime")
            .annotate(n=Count("id"))
        )
        for hour, regime, count in counted:
            yield LogEntry(hour, SYSTEM, f"{word}{REGIME_WORDS[regime]} {count} 人。", area.name, "管控措施")


def _orders(occasion: Occasion) -> Iterable[LogEntry]:
    at = occasion.at
    orders = Activation.objects.filter(territory__path__in=prefixes(occasion.area.path)).select_related("territory")
    for order in orders.filter(starts_at__gte=at.starts_at, starts_at__lte=at.instant):
        mode = "演练" if order.drill else "应急状态" if order.mode == Activation.Mode.EMERGENCY else "常态"
        number = f"（{order.order_no}）" if order.order_no else ""
        yield LogEntry(order.starts_at, "指挥部", f"转入{mode}{number}。", order.territory.name, "平急转换")
    for order in orders.filter(ends_at__gte=at.starts_at, ends_at__lte=at.instant):
        assert order.ends_at is not None
        yield LogEntry(order.ends_at, "指挥部", "应急状态结束。", order.territory.name, "平急转换")


def _unit_reports(units: Sequence[UnitStatus]) -> Iterable[LogEntry]:
    for status in units:
        if status.report is None:
            continue
        again = "更正" if status.report.version > 1 else "报送"
        said = "零报告" if status.report.zero else _figures_words(status)
        yield LogEntry(status.report.submitted_at, "社区", f"{again}社区日报：{said}。", status.unit.name, "社区日报")


def _figures_words(status: UnitStatus) -> str:
    return f"自行发现新到人员 {status.figure('arrivals')} 人，发热咳嗽 {status.figure('symptoms')} 人"


def _handover(sums: dict[str, int], review: int, units: Sequence[UnitStatus]) -> Iterable[str]:
    left = (
        ("work.late", "超时未核 {} 户，夜班继续联系。"),
        ("work.unplaced", "地址不清 {} 户，待人工落位或转推。"),
        ("work.waiting", "已报结果待核验 {} 户。"),
        ("measures.ending", "今日到期管控 {} 人，逐人核对后解除。"),
    )
    for code, sentence in left:
        if sums.get(code):
            yield sentence.format(thousands(sums[code]))
    if review:
        yield f"名单疑似重复待复核 {thousands(review)} 条。"
    missing = [status.unit.name for status in units if status.report is None]
    if missing:
        yield f"社区日报未报：{'、'.join(missing)}。"


def posts_of(users: set[UUID], *, at: At) -> dict[UUID, str]:
    """The post of each account at the instant, instead of a name."""
    order = list(ROLE_WORDS)
    grants = Grant.objects.in_force(at.instant).filter(user__in=users, role__in=order)
    found: dict[UUID, str] = {}
    for user_id, role in sorted(grants.values_list("user_id", "role"), key=lambda row: -order.index(row[1])):
        found[user_id] = ROLE_WORDS[role]
    return found
