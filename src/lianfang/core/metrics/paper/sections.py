"""Each paper as an outline: which sections it has, in which order, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lianfang.core.metrics.paper.outline import (
    Beside,
    Block,
    Column,
    Grid,
    HeaderItem,
    Item,
    Large,
    LargeNumbers,
    Line,
    Notes,
    Numbered,
    Outline,
    Paragraphs,
    Section,
    cell_item,
    column_width,
    sum_item,
    text_item,
)
from lianfang.core.metrics.paper.shapes import (
    AreaRow,
    AreaTable,
    Bulletin,
    CommunityBlock,
    Correction,
    DayLog,
    DayTable,
    Demand,
    FunnelStage,
    KeyNumber,
    LogEntry,
    Masthead,
    Paper,
    StackedChart,
)
from lianfang.core.metrics.paper.typography import (
    SHANGHAI,
    by_when,
    clock,
    day_and_clock,
    one_line,
    section,
    short_moment,
    spent,
    thousands,
)

_Titled = tuple[str, Sequence[Block]]


def outline_of(paper: Paper) -> Outline:
    """The layout of any paper."""
    if isinstance(paper, Bulletin):
        return _bulletin(paper)
    return _day_table(paper) if isinstance(paper, DayTable) else _day_log(paper)


def missing_sentence(names: Sequence[str], *, lacking: int, expected: int, noun: str) -> str:
    """``应报 8 个社区，报全 7 个，未报或缺项 1 个：松岗社区。``

    ``lacking`` counts areas; ``names`` may sum several of them up. Empty when every report came.
    """
    if not names:
        return ""
    shown = "、".join(one_line(name) for name in names[:12]) + (f"等 {len(names)} 处" if len(names) > 12 else "")
    full = expected - lacking
    return f"应报 {expected} 个{noun}，报全 {full} 个，未报或缺项 {lacking} 个：{shown}。未报不是零，合计只含已报数。"


def _bulletin(paper: Bulletin) -> Outline:
    table = paper.table
    titled: list[_Titled] = [
        ("疫情态势", (*_paragraphs(paper.situation), *_beside(paper.chart, paper.funnel))),
        (one_line(table.title) if table else "", _area_blocks(table) if table else ()),
        ("存在问题", _numbered(paper.problems)),
        ("明日安排", _numbered(paper.tomorrow)),
        *_closing(paper.masthead, paper.demands, paper.corrections),
    ]
    return Outline(paper.masthead, "工作日报", (*_large(paper.key_numbers), *_numbering(titled)))


def _day_log(paper: DayLog) -> Outline:
    titled: list[_Titled] = [
        ("工作记录", (_log_grid(paper),) if paper.entries else (Paragraphs(("本日无记录。",)),)),
        ("交接事项", _numbered(paper.handover)),
        *_closing(paper.masthead, paper.demands, paper.corrections),
    ]
    return Outline(paper.masthead, "工作日志", (*_large(paper.key_numbers), *_numbering(titled)))


def _day_table(paper: DayTable) -> Outline:
    partial = any(total.partial for total in paper.total)
    lacking = sum(None in row.values for row in paper.rows)
    gap = missing_sentence(paper.missing, lacking=lacking, expected=len(paper.rows), noun="小区")
    notes = [gap] if gap else []
    notes += ["带 * 的小计、合计缺报，只含已报数。"] if partial else []
    notes += [one_line(note) for note in paper.notes]
    opening = Section("", (_compound_grid(paper), *((Notes(tuple(notes)),) if notes else ())))
    closing = _numbering(_closing(paper.masthead, paper.demands, paper.corrections))
    return Outline(paper.masthead, "一张日表", (opening, *closing), wide=True)


def _numbering(titled: Iterable[_Titled]) -> tuple[Section, ...]:
    kept = [(title, tuple(blocks)) for title, blocks in titled if blocks]
    return tuple(Section(section(position) + title, blocks) for position, (title, blocks) in enumerate(kept))


def _paragraphs(lines: Sequence[str]) -> tuple[Block, ...]:
    return (Paragraphs(tuple(map(one_line, lines))),) if lines else ()


def _numbered(lines: Sequence[str]) -> tuple[Block, ...]:
    return (Numbered(tuple(map(one_line, lines))),) if lines else ()


def _large(numbers: Sequence[KeyNumber]) -> tuple[Section, ...]:
    if not numbers:
        return ()
    shown = tuple(Large(_caption(number), _large_item(number)) for number in numbers)
    return (Section("", (LargeNumbers(shown),)),)


def _caption(number: KeyNumber) -> str:
    return one_line(number.label) + (f"（{one_line(number.unit)}）" if number.unit else "")


def _large_item(number: KeyNumber) -> Item:
    if number.value is None:
        return Item(thousands(None), tone="bad")
    return Item(thousands(number.value), number.value, "count", number.tone)


def _beside(chart: StackedChart | None, stages: Sequence[FunnelStage]) -> tuple[Block, ...]:
    return (Beside(chart, _funnel_grid(stages) if stages else None),) if chart or stages else ()


def _funnel_grid(stages: Sequence[FunnelStage]) -> Grid:
    noted = any(stage.note for stage in stages)
    titles = ("环节", "条数", "用时", *(("说明",) if noted else ()))
    columns = (Column(14, "left"), Column(10), Column(10), *((Column(20, "left"),) if noted else ()))
    lines = tuple(
        Line(
            (
                text_item(stage.name),
                cell_item(stage.count),
                text_item(spent(stage.spent_seconds)),
                *((text_item(stage.note),) if noted else ()),
            )
        )
        for stage in stages
    )
    return Grid(columns, (tuple(HeaderItem(title) for title in titles),), lines)


def _area_blocks(table: AreaTable) -> tuple[Block, ...]:
    lines = [_area_line(row) for row in table.rows]
    if table.total:
        total = _area_line(table.total)
        lines.append(Line(total.cells, "total"))
    first = Column(column_width(tuple(row.name for row in table.rows), least=12, most=28), "left")
    others = (Column(column_width((header,), least=8, most=14)) for header in table.headers)
    header = tuple(HeaderItem(one_line(text)) for text in (table.area_header, *table.headers))
    missing, noun = table.missing, one_line(table.area_header)
    gap = missing_sentence(missing, lacking=len(missing), expected=len(table.rows), noun=noun)
    return (Grid((first, *others), (header,), tuple(lines)), *((Notes((gap,)),) if gap else ()))


def _area_line(row: AreaRow) -> Line:
    cells = (cell_item(cell, red=position in row.red) for position, cell in enumerate(row.values))
    return Line((text_item(row.name), *cells))


def _compound_grid(paper: DayTable) -> Grid:
    coded = any(row.code for row in paper.rows)
    lead = ("序号", "社区", "小区", *(("编码",) if coded else ()))
    upper = (
        *(HeaderItem(text, down=2) for text in lead),
        *(_group(group.name, len(group.columns)) for group in paper.groups),
    )
    lower = tuple(HeaderItem(one_line(text)) for text in paper.columns)
    lines: list[Line] = []
    number = 0
    for block in paper.blocks:
        for row in block.rows:
            number += 1
            ahead = (Item(str(number), number, "count"), text_item(block.name, tone="quiet"), text_item(row.name))
            code = (text_item(row.code, tone="quiet"),) if coded else ()
            lines.append(Line((*ahead, *code, *map(cell_item, row.values))))
        lines.append(_subtotal_line(paper, block, coded=coded))
    blanks = (Item(""),) if coded else ()
    ahead = (Item(""), Item("合计"), Item(f"{len(paper.rows)} 个小区"))
    lines.append(Line((*ahead, *blanks, *map(sum_item, paper.total)), "total"))
    return Grid(_compound_columns(paper, coded=coded), (upper, lower), tuple(lines))


def _group(name: str, across: int) -> HeaderItem:
    return HeaderItem(one_line(name), across=across)


def _subtotal_line(paper: DayTable, block: CommunityBlock, *, coded: bool) -> Line:
    ahead = (Item(""), text_item(block.name), Item(f"小计 {len(block.rows)} 个"), *((Item(""),) if coded else ()))
    return Line((*ahead, *map(sum_item, paper.subtotal(block))), "subtotal")


def _compound_columns(paper: DayTable, *, coded: bool) -> tuple[Column, ...]:
    communities = Column(column_width(tuple(block.name for block in paper.blocks), least=10, most=16), "left")
    compounds = Column(column_width(tuple(row.name for row in paper.rows), least=14, most=28), "left")
    codes = (Column(column_width(tuple(row.code for row in paper.rows), least=8, most=18), "left"),) if coded else ()
    widest = (thousands(total.value) + "*" for total in paper.total)
    values = (
        Column(max(7, min(10, len(header) * 2), len(total) + 1))
        for header, total in zip(paper.columns, widest, strict=True)
    )
    return (Column(5), communities, compounds, *codes, *values)


def _log_grid(paper: DayLog) -> Grid:
    entries = sorted(paper.entries, key=lambda entry: entry.at)
    matters, areas = any(entry.matter for entry in entries), any(entry.area for entry in entries)
    titles = ["时间", *(["事项"] if matters else []), *(["区域"] if areas else []), "内容", "记录人"]
    dated = any(entry.at.astimezone(SHANGHAI).date() != paper.masthead.day for entry in entries)
    columns = [
        Column(18 if dated else 9),
        *([Column(14)] if matters else []),
        *([Column(14)] if areas else []),
        Column(52, "left"),
        Column(10),
    ]
    lines = tuple(Line(_log_cells(entry, paper.masthead, matters=matters, areas=areas)) for entry in entries)
    return Grid(tuple(columns), (tuple(HeaderItem(title) for title in titles),), lines)


def _log_cells(entry: LogEntry, masthead: Masthead, *, matters: bool, areas: bool) -> tuple[Item, ...]:
    same_day = entry.at.astimezone(SHANGHAI).date() == masthead.day
    when = clock(entry.at) if same_day else day_and_clock(entry.at)
    matter = (text_item(entry.matter),) if matters else ()
    area = (text_item(entry.area),) if areas else ()
    return (text_item(when), *matter, *area, text_item(entry.what), text_item(entry.who))


def _closing(masthead: Masthead, demands: Sequence[Demand], corrections: Sequence[Correction]) -> tuple[_Titled, ...]:
    answers = [
        f"{one_line(item.who)}：{one_line(item.what)}，{by_when(item.by, day=masthead.day)} 前答复。"
        for item in demands
    ]
    return ("需答复事项", _numbered(answers)), ("更正", (_corrections(corrections),) if corrections else ())


def _corrections(corrections: Sequence[Correction]) -> Grid:
    columns = (Column(17), Column(20, "left"), Column(10), Column(10), Column(34, "left"))
    header = tuple(HeaderItem(title) for title in ("更正时间", "内容", "原为", "更正为", "原因"))
    lines = tuple(
        Line(
            (
                text_item(short_moment(item.at)),
                text_item(item.what),
                text_item(item.was, tone="quiet"),
                text_item(item.now, tone="bad"),
                text_item(item.reason),
            )
        )
        for item in corrections
    )
    return Grid(columns, (header,), lines)
