"""Charts as plain SVG drawn on the server: the same picture on the page, in the PDF and in the Word file; no script.

Only presentation attributes are used (no ``style``), so a strict content security policy lets them through. Every bar
has a ``<title>``, and the whole picture an ``aria-label`` that says its last values.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from lianfang.core.metrics.paper.shapes import FunnelStage, Hue, Series, StackedChart
from lianfang.core.metrics.paper.typography import one_line, spaces_wide, spent, thousands

PALETTE: dict[Hue, str] = {
    "blue": "#6f9ffb",
    "red": "#ef5148",
    "amber": "#e8a33d",
    "teal": "#2ba697",
    "grey": "#aeb7c6",
    "ink": "#17203a",
}
SCREEN_FONT = "'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif"
PRESS_FONT = "Noto Sans SC"
_GRID, _AXIS, _TEXT, _BAND = "#e9edf4", "#c3ccda", "#47536b", "#165dff"
_FUNNEL_ROW, _FUNNEL_COUNT = 30, 58
_NICE = (1, 2, 2.5, 5, 10)


def nice_step(top: float, *, lines: int = 5) -> int:
    """The smallest round whole step (1, 2, 5, 10, 20, 25, 50…) that reaches ``top`` in at most ``lines`` steps."""
    if top <= lines:
        return 1
    scale = 10 ** math.floor(math.log10(top / lines))
    for factor in _NICE:
        step = factor * scale
        if step == int(step) and step * lines >= top:
            return int(step)
    return int(10 * scale)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Maps days and values to points of the picture."""

    width: int
    height: int
    days: int
    top: int
    left: float
    right: float = 8
    above: float = 34
    below: float = 24

    def x(self, position: float) -> float:
        return self.left + (self.width - self.left - self.right) * position / self.days

    def y(self, value: float) -> float:
        return self.above + (self.height - self.above - self.below) * (1 - value / self.top)


def stacked_svg(chart: StackedChart, *, width: int = 640, height: int = 250, font: str = SCREEN_FONT) -> str:
    """Stacked day bars, a line over them, a shaded band, today's unfinished bar hatched. Sizes are SVG user units."""
    totals = [sum(value or 0 for value in column) for column in zip(*(bar.values for bar in chart.bars), strict=True)]
    heights = [*totals, *(value for value in (chart.line.values if chart.line else ()) if value is not None)]
    step = nice_step(max([*heights, 1]))
    top = step * max(1, math.ceil(max([*heights, 1]) / step))
    frame = _Frame(width, height, max(1, len(chart.days)), top, left=16 + 6.8 * len(thousands(top)))
    # A page may hold the chart in two sizes and hide one: each needs hatches of its own, hidden ones are not drawn.
    mark = hashlib.sha256(repr((chart, width, height)).encode()).hexdigest()[:8]
    parts = [_opening(width, height, font, _spoken(chart, totals)), _hatches(chart.bars, mark)]
    parts += [*_band(chart, frame), *_grid(frame, step), *_bars(chart, frame, mark), *_day_labels(chart.days, frame)]
    parts += [*_line(chart.line, frame), *_legend(chart, frame), "</svg>"]
    return "".join(parts)


def funnel_svg(stages: Sequence[FunnelStage], *, width: int = 640, font: str = SCREEN_FONT) -> str:
    """Horizontal bars, one per stage, as long as its share of the largest, with count, share and time spent."""
    largest = max((stage.count or 0 for stage in stages), default=0) or 1
    asides = [_aside(stage, largest=largest) for stage in stages]
    label_width = 12 + 6.6 * max((spaces_wide(stage.name) for stage in stages), default=0)
    tail = _FUNNEL_COUNT + 16 + 6.4 * max(map(spaces_wide, asides), default=0)
    room = max(60.0, width - label_width - tail)
    spoken = "；".join(f"{one_line(stage.name)} {thousands(stage.count)}" for stage in stages)
    parts = [_opening(width, _FUNNEL_ROW * len(stages) + 6, font, spoken)]
    for position, (stage, aside) in enumerate(zip(stages, asides, strict=True)):
        y = 4 + _FUNNEL_ROW * position
        parts.append(
            _words(label_width - 8, y + 16, one_line(stage.name), _Type(anchor="end", size=13, fill=PALETTE["ink"]))
        )
        parts.append(f'<rect x="{label_width:.1f}" y="{y}" width="{room:.1f}" height="22" rx="3" fill="#f2f5fa"/>')
        where = f'x="{label_width:.1f}" y="{y}" width="{room * (stage.count or 0) / largest:.1f}" height="22" rx="3"'
        colour = _BAND if position == 0 else PALETTE["blue"]
        title = f"<title>{escape(one_line(stage.name))} {thousands(stage.count)}</title>"
        parts.append(f'<rect {where} fill="{colour}">{title}</rect>')
        x, shown = label_width + room + 10, "#c8161d" if stage.count is None else PALETTE["ink"]
        parts.append(_words(x, y + 16, thousands(stage.count), _Type(size=14, fill=shown, bold=True)))
        parts.append(_words(x + _FUNNEL_COUNT, y + 16, aside))
    return "".join([*parts, "</svg>"])


def _aside(stage: FunnelStage, *, largest: int) -> str:
    """Share of the largest stage, time spent and note, those there are."""
    share = [] if stage.count is None else [f"{100 * stage.count / largest:.0f}%"]
    time = [spent(stage.spent_seconds)] if stage.spent_seconds is not None else []
    return " · ".join([*share, *time, *([one_line(stage.note)] if stage.note else [])])


def _opening(width: int, height: float, font: str, spoken: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="100%" '
        f'font-family="{escape(font)}" font-size="12" role="img" aria-label="{escape(spoken)}">'
    )


@dataclass(frozen=True, slots=True)
class _Type:
    """How words are set."""

    size: int = 12
    fill: str = _TEXT
    anchor: str = "start"
    bold: bool = False


def _words(x: float, y: float, text: str, style: _Type = _Type()) -> str:
    weight = ' font-weight="700"' if style.bold else ""
    look = f'text-anchor="{style.anchor}" font-size="{style.size}" fill="{style.fill}"{weight}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>'


def _spoken(chart: StackedChart, totals: Sequence[float]) -> str:
    if not chart.days:
        return one_line(chart.title)
    unfinished = "（未完）" if chart.unfinished_last else ""
    return f"{one_line(chart.title)}：{_short(chart.days[-1])} {_count(totals[-1] if totals else 0)}{unfinished}"


def _short(day: date) -> str:
    return f"{day:%m-%d}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _hatches(bars: Sequence[Series], mark: str) -> str:
    patterns = [
        f'<pattern id="hatch-{mark}-{position}" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
        f'<rect width="2.6" height="5" fill="{PALETTE[bar.hue]}"/></pattern>'
        for position, bar in enumerate(bars)
    ]
    return f"<defs>{''.join(patterns)}</defs>"


def _band(chart: StackedChart, frame: _Frame) -> list[str]:
    if chart.band_from is None:
        return []
    start, base = frame.x(chart.band_from), frame.y(0)
    return [
        f'<rect x="{start:.1f}" y="{frame.above}" width="{frame.x(frame.days) - start:.1f}" '
        f'height="{base - frame.above:.1f}" fill="{_BAND}" fill-opacity=".055"/>',
        f'<line x1="{start:.1f}" x2="{start:.1f}" y1="{frame.above}" y2="{base:.1f}" stroke="{_BAND}" '
        'stroke-width=".8" stroke-dasharray="3 3"/>',
        _words(frame.width - frame.right, 17.5, one_line(chart.band_label), _Type(anchor="end", fill="#0e42d2")),
    ]


def _grid(frame: _Frame, step: int) -> list[str]:
    parts = []
    for value in range(0, frame.top + 1, step):
        y = frame.y(value)
        colour = _AXIS if value == 0 else _GRID
        ends = f'x1="{frame.left:.1f}" x2="{frame.width - frame.right}" y1="{y:.1f}" y2="{y:.1f}"'
        parts.append(f'<line {ends} stroke="{colour}"/>')
        parts.append(_words(frame.left - 6, y + 4, thousands(value), _Type(anchor="end")))
    return parts


def _bars(chart: StackedChart, frame: _Frame, mark: str) -> list[str]:
    wide = (frame.x(1) - frame.x(0)) * 0.6
    parts = []
    for position, day in enumerate(chart.days):
        unfinished = chart.unfinished_last and position == len(chart.days) - 1
        base = 0.0
        for layer, bar in enumerate(chart.bars):
            value = bar.values[position]
            if not value:
                continue
            fill = f"url(#hatch-{mark}-{layer})" if unfinished else PALETTE[bar.hue]
            title = f"{_short(day)} {one_line(bar.name)} {_count(value)}{'（未完）' if unfinished else ''}"
            left, top, tall = frame.x(position + 0.5) - wide / 2, frame.y(base + value), frame.y(0) - frame.y(value)
            where = f'x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
            parts.append(f'<rect {where} fill="{fill}"><title>{escape(title)}</title></rect>')
            base += value
    return parts


def _day_labels(days: Sequence[date], frame: _Frame) -> list[str]:
    """Labels from today backwards, as many as fit without touching."""
    every = max(1, math.ceil(42 * frame.days / (frame.width - frame.left - frame.right)))
    last = len(days) - 1
    return [
        _words(frame.x(position + 0.5), frame.height - 7, _short(day), _Type(anchor="middle"))
        for position, day in enumerate(days)
        if (last - position) % every == 0
    ]


def _line(line: Series | None, frame: _Frame) -> list[str]:
    """One polyline per unbroken run of values, so that a missing day is a gap and not a slope."""
    if line is None:
        return []
    runs: list[list[str]] = [[]]
    for position, value in enumerate(line.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{frame.x(position + 0.5):.1f},{frame.y(value):.1f}")
    colour = PALETTE[line.hue]
    return [
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round" '
        'stroke-linecap="round"/>'
        for run in runs
        if run
    ]


def _legend(chart: StackedChart, frame: _Frame) -> list[str]:
    parts, x = [], frame.left
    entries = [(bar, False) for bar in chart.bars] + ([(chart.line, True)] if chart.line else [])
    for series, drawn_as_line in entries:
        colour, name = PALETTE[series.hue], one_line(series.name)
        parts.append(
            f'<line x1="{x:.1f}" x2="{x + 14:.1f}" y1="13" y2="13" stroke="{colour}" stroke-width="2.4"/>'
            if drawn_as_line
            else f'<rect x="{x:.1f}" y="8" width="12" height="10" rx="2" fill="{colour}"/>'
        )
        parts.append(_words(x + 18, 17.5, name))
        x += 34 + 6.4 * spaces_wide(name)
    return parts
