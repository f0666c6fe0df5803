"""19 December 2022 in 云澜街道, invented: the papers of one day, as the golden files print them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lianfang.core.metrics.paper.seal import sealed
from lianfang.core.metrics.paper.shapes import (
    AreaRow,
    AreaTable,
    Bulletin,
    ColumnGroup,
    CommunityBlock,
    CompoundRow,
    Correction,
    DayLog,
    DayTable,
    Demand,
    FunnelStage,
    KeyNumber,
    LogEntry,
    Masthead,
    Series,
    Share,
    StackedChart,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2022, 12, 19)


def at(hour: int, minute: int, *, days: int = 0) -> datetime:
    """An instant of the day, or of a day near it."""
    return datetime(2022, 12, 19, hour, minute, tzinfo=SHANGHAI) + timedelta(days=days)


def masthead(title: str = "疫情防控工作日报", *, drill: bool = False) -> Masthead:
    """The head of issue 11."""
    return Masthead(
        unit="云澜街道",
        title=title,
        issue_no=11,
        year=2022,
        office="云澜街道疫情防控指挥部办公室",
        day=DAY,
        cutoff_at=at(18, 0),
        duty_chief="张卫东",
        to=("市疫情防控办",),
        cc=("各社区", "各工作组"),
        drill=drill,
    )


def curve() -> StackedChart:
    """Nineteen days of cases; today is not over yet."""
    found_inside = (0, 0, 1, 0, 1, 2, 2, 3, 6, 9, 14, 18, 21, 19, 16, 13, 11, 8, 5)
    found_outside = (0, 1, 0, 0, 1, 1, 1, 4, 7, 8, 7, 5, 4, 2, 2, 1, 0, 1, 0)
    totals = [inside + outside for inside, outside in zip(found_inside, found_outside, strict=True)]
    mean = [round(sum(totals[max(0, end - 6) : end + 1]) / min(7, end + 1), 1) for end in range(19)]
    return StackedChart(
        "每日新增病例",
        tuple(DAY - timedelta(days=18 - back) for back in range(19)),
        (Series("管控中发现", "blue", found_inside), Series("社会面发现", "red", found_outside)),
        Series("7 日均值", "ink", (None, None, None, *mean[3:18], None)),
        band_from=8,
        band_label="封控 12-09 起",
    )


def area(
    name: str, due: int | None, done: int | None, late: int | None, home: int | None, gates: tuple[int, int]
) -> AreaRow:
    """One community's row; lateness above five and unstaffed gates are red."""
    red = tuple(place for place, bad in ((3, (late or 0) > 5), (5, gates[0] < gates[1])) if bad and name != "合计")
    return AreaRow(name, (due, done, Share(done, due), late, home, Share(*gates, form="of")), red)


def bulletin(*, drill: bool = False) -> Bulletin:
    """The evening bulletin; 松岗社区 has not reported its numbers."""
    silent = AreaRow("松岗社区", (None, None, Share(None, None), None, None, Share(None, None, "of")))
    rows = (
        area("望湖社区", 174, 152, 11, 98, (9, 9)),
        area("花园社区", 168, 149, 8, 131, (8, 9)),
        area("东城社区", 151, 143, 0, 1104, (9, 9)),
        silent,
    )
    return sealed(
        Bulletin(
            masthead=masthead(drill=drill),
            key_numbers=(
                KeyNumber("今日下发核查", 1284, "条"),
                KeyNumber("已核实", 1102, "条", "good"),
                KeyNumber("超时未核", 23, "条", "bad"),
                KeyNumber("卡口在岗", 61, "/ 64"),
                KeyNumber("今日采样", None, "人"),
            ),
            situation=("截至 12 月 19 日 15 时，今日新增 5 例，均在管控中发现。",),
            chart=curve(),
            funnel=(
                FunnelStage("上级下发", 1284),
                FunnelStage("去重合并", 1197, 4),
                FunnelStage("联系上本人", 1141, 1560),
                FunnelStage("核实完成", 1102, 13320),
            ),
            table=AreaTable(
                "各社区进度",
                ("应核", "已核", "核实率", "超时", "居家人数", "卡口在岗"),
                rows,
                area("合计", 493, 444, 19, 1333, (26, 27)),
            ),
            problems=("望湖社区 11 条、花园社区 8 条核查超时，今晚 20:00 前清零。",),
            tomorrow=("08:30 班子例会。", "居家管控到期 118 人，逐户核对后解除。"),
            demands=(
                Demand("松岗社区", "今日核查数补报", at(19, 30)),
                Demand("花园社区", "8 条超时核查结果", at(8, 0, days=1)),
            ),
            corrections=(Correction(at(19, 10), "花园社区 超时", "10", "8", "2 条系重复下发"),),
        )
    )


def day_log() -> DayLog:
    """The day's log, its entries given out of order."""
    return sealed(
        DayLog(
            masthead=masthead("疫情防控工作日志"),
            key_numbers=(KeyNumber("今日下发核查", 1284, "条"), KeyNumber("已核实", 1102, "条")),
            entries=(
                LogEntry(at(16, 30), "张卫东", "每日例会：卡口缺岗 3 处，20:00 前补齐。", "街道", "例会"),
                LogEntry(at(7, 5), "王敏", "铁路到达名单 312 条下发，去重后 287 户。", "街道", "名单排查"),
                LogEntry(at(23, 50, days=-1), "李志国", "夜查卡口 64 处，在岗 63 处。", "望湖社区", "巡察"),
            ),
            handover=("望湖社区 11 条超时核查，夜班继续联系。",),
            demands=(Demand("沙洲社区", "3 号门补 1 人", at(20, 0)),),
        )
    )


GROUPS = (
    ColumnGroup("底数", ("户数", "住房", "人口")),
    ColumnGroup("来返", ("重点地区", "省外", "境外")),
    ColumnGroup("管控", ("居家", "集中")),
)


def day_table(*, drill: bool = False) -> DayTable:
    """Five compounds in two communities: a true zero row, one compound half reported, one not at all."""
    lake = CommunityBlock(
        "望湖社区",
        (
            CompoundRow("望湖花苑", (411, 443, 1109, 2, 6, 0, 5, 4), "999999001001X01"),
            CompoundRow("湖滨路106号院", (36, 36, 98, 0, 0, 0, 0, 0), "999999001001X03"),
        ),
    )
    garden = CommunityBlock(
        "花园社区",
        (
            CompoundRow("花园新村", (599, 646, 1617, 3, 0, 1, None, None), "999999001002X01"),
            CompoundRow("阳光花园", (None,) * 8, "999999001002X02"),
            CompoundRow("和平里", (72, 75, 201, 0, 1, 0, 2, 0), "999999001002X03"),
        ),
    )
    return sealed(
        DayTable(
            masthead=masthead("疫情联防联控人口信息排摸日表", drill=drill),
            groups=GROUPS,
            blocks=(lake, garden),
            notes=("“重点地区”按当日有效的上级名单计。",),
        )
    )


def large_day_table(*, compounds: int = 167, name: str = "第{}小区") -> DayTable:
    """As many compounds as the subdistrict of the first day table had, over eight communities, columns by the dozen."""
    groups = (*GROUPS, ColumnGroup("核查", ("应核", "已核", "超时")), ColumnGroup("检测", ("应检", "已检", "未检")))
    width = sum(len(group.columns) for group in groups)
    blocks = []
    for community in range(8):
        rows = tuple(
            CompoundRow(name.format(number + 1), tuple((number * 7 + place) % 50 for place in range(width)))
            for number in range(community, compounds, 8)
        )
        blocks.append(CommunityBlock(f"第{community + 1}社区", rows))
    return sealed(DayTable(masthead=masthead("人口信息排摸日表"), groups=groups, blocks=tuple(blocks)))
