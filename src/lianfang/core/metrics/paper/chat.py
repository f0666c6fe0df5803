"""The paper as text for a chat group: at most ten lines, numbers first, then who must answer by when.

To be copied by a person; nothing is sent from here. Data cannot add lines: every piece of it is put on one line.
"""

from __future__ import annotations

from collections.abc import Sequence

from lianfang.core.metrics.paper.outline import Outline
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import (
    Bulletin,
    Correction,
    DayLog,
    DayTable,
    Demand,
    KeyNumber,
    Masthead,
    Paper,
)
from lianfang.core.metrics.paper.typography import by_when, one_line, sum_text, thousands

MOST_LINES = 10
_MOST_DEMANDS = 4
_MOST_NAMES = 6
_LONGEST = 120


def chat_text(paper: Paper) -> str:
    """At most ten lines, joined by line feeds: title, numbers, missing reports, demands, the check code."""
    outline = outline_of(paper)
    if isinstance(paper, Bulletin):
        body = _bulletin(paper)
    elif isinstance(paper, DayTable):
        body = _day_table(paper)
    else:
        body = _day_log(paper)
    demands = _demands(paper.demands, masthead=paper.masthead)
    corrections = _corrections(paper.corrections)
    ending = [*demands, *corrections, f"{outline.provenance}。"]
    room = MOST_LINES - 1 - len(ending)
    return "\n".join(_shortened(line) for line in (_title(outline), *body[:room], *ending))


def _title(outline: Outline) -> str:
    return f"{outline.headline} {outline.issue} {outline.moment}"


def _bulletin(paper: Bulletin) -> list[str]:
    table = paper.table
    missing = table.missing if table else ()
    noun = one_line(table.area_header) if table else ""
    return [
        *_numbers(paper.key_numbers),
        *_missing(missing, noun=noun),
        *(f"· {one_line(text)}" for text in paper.problems),
    ]


def _day_table(paper: DayTable) -> list[str]:
    lines, start, totals = [], 0, paper.total
    for group in paper.groups:
        pairs = zip(group.columns, totals[start : start + len(group.columns)], strict=True)
        said = "，".join(f"{one_line(name)} {sum_text(total)}" for name, total in pairs)
        lines.append(f"{one_line(group.name)}：{said}")
        start += len(group.columns)
    full = sum(None not in row.values for row in paper.rows)
    counted = f"小区 {len(paper.rows)} 个，报全 {full} 个" + ("（带 * 的合计缺报）" if full < len(paper.rows) else "")
    return [counted, *_missing(paper.missing, noun=""), *lines]


def _day_log(paper: DayLog) -> list[str]:
    return [
        *_numbers(paper.key_numbers),
        f"记录 {len(paper.entries)} 条，交接 {len(paper.handover)} 项",
        *(f"· 交接：{one_line(text)}" for text in paper.handover),
    ]


def _numbers(numbers: Sequence[KeyNumber]) -> list[str]:
    """Four numbers to a line."""
    said = [f"{one_line(one.label)} {thousands(one.value)}{_unit(one)}" for one in numbers]
    return ["｜".join(said[start : start + 4]) for start in range(0, min(len(said), 12), 4)]


def _unit(number: KeyNumber) -> str:
    return "" if number.value is None or not number.unit else f" {one_line(number.unit)}"


def _missing(names: Sequence[str], *, noun: str) -> list[str]:
    if not names:
        return []
    shown = "、".join(one_line(name) for name in names[:_MOST_NAMES])
    rest = f" 等 {len(names)} 处" if len(names) > _MOST_NAMES else ""
    return [f"未报{noun}：{shown}{rest}"]


def _demands(demands: Sequence[Demand], *, masthead: Masthead) -> list[str]:
    ordered = sorted(demands, key=lambda one: one.by)
    shown = ordered if len(ordered) <= _MOST_DEMANDS else ordered[: _MOST_DEMANDS - 1]
    lines = [f"请{one_line(one.who)} {by_when(one.by, day=masthead.day)} 前答复：{one_line(one.what)}" for one in shown]
    left = len(ordered) - len(shown)
    return [*lines, f"另有 {left} 项需答复，见全文。"] if left else lines


def _corrections(corrections: Sequence[Correction]) -> list[str]:
    if not corrections:
        return []
    last = max(corrections, key=lambda one: one.at)
    said = f"{one_line(last.what)} {one_line(last.was)}→{one_line(last.now)}（{one_line(last.reason)}）"
    return [f"更正：{said}" + (f"，另 {len(corrections) - 1} 处见全文。" if len(corrections) > 1 else "")]


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
