"""A picture of predicted against observed shares as SVG: readable on light and on dark ground, no font of its own.

Both axes are logarithms of odds, so that 0.97, 0.99 and 0.999 stand as far apart as they are different.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 560
_LEFT, _TOP, _RIGHT, _BOTTOM = 76, 56, 24, 60
_TICKS = (0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999)
_END = 0.0003
"""Shares nearer to 0 and 1 are drawn at the edge."""
_STYLE = """text{font:13px system-ui,"Noto Sans",sans-serif;fill:#1f2328}
.name{paint-order:stroke;stroke:#fff;stroke-width:4px}.ground{fill:#fff}
line{stroke-width:1}.grid{stroke:#d8dee4}.mark{stroke:#9a6700;stroke-dasharray:5 4}
.equal{stroke:#6e7781;stroke-width:1.5}.s0{stroke:#0550ae;fill:#0550ae}.s1{stroke:#bc4c00;fill:#bc4c00}
.bar{stroke-width:1.6}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.name{stroke:#0d1117}.ground{fill:#0d1117}
.grid{stroke:#30363d}.mark{stroke:#d29922}.equal{stroke:#8b949e}.s0{stroke:#79c0ff;fill:#79c0ff}
.s1{stroke:#ffa657;fill:#ffa657}}"""


class Point(NamedTuple):
    """A predicted share, the observed one, and its interval."""

    predicted: float
    observed: float
    low: float
    high: float


class Series(NamedTuple):
    """Points of one kind."""

    name: str
    points: Sequence[Point]


def _odds(share: float) -> float:
    inside = min(max(share, _END), 1 - _END)
    return math.log(inside / (1 - inside))


def _x(share: float) -> float:
    return round(_LEFT + (_odds(share) - _odds(0)) / (_odds(1) - _odds(0)) * (WIDTH - _LEFT - _RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - _BOTTOM - (_odds(share) - _odds(0)) / (_odds(1) - _odds(0)) * (HEIGHT - _TOP - _BOTTOM), 1)


def drawn(series: Sequence[Series], *, marks: Mapping[str, float]) -> str:
    """The picture. `marks` are named upright lines: thresholds."""
    parts = [*_frame(), *_marks(marks)]
    for number, one in enumerate(series):
        parts += _series(number, one)
    inside = "\n".join(parts)
    title = "Probability of the best candidate against the share that was right"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n{inside}\n</svg>\n"
    )


def _text(x: float, y: float, words: str, *, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _line(kind: str, ends: tuple[float, float, float, float]) -> str:
    x1, y1, x2, y2 = ends
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _frame() -> list[str]:
    left, right, low, high = _x(0), _x(1), _y(0), _y(1)
    parts = [f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>']
    for tick in _TICKS:
        x, y, words = _x(tick), _y(tick), f"{tick:g}"
        parts += [_line("grid", (x, low, x, high)), _line("grid", (left, y, right, y))]
        parts += [_text(x, low + 18, words), _text(left - 8, y + 4, words, anchor="end")]
    parts.append(_line("equal", (left, low, right, high)))
    middle = HEIGHT / 2
    parts.append(_text(WIDTH / 2, HEIGHT - 14, "probability of the best candidate, mean of the bin"))
    turned = f' transform="rotate(-90 18 {middle})"'
    parts.append(_text(18, middle, "share that was the right person", more=turned))
    return parts


def _marks(marks: Mapping[str, float]) -> list[str]:
    parts = []
    for number, (name, share) in enumerate(marks.items()):
        x = _x(share)
        parts.append(_line("mark", (x, _y(0), x, _y(1))))
        parts.append(
            _text(round(x - 5, 1), _y(0) - 10 - 16 * number, f"{name} {share:g}", anchor="end", more=' class="name"')
        )
    return parts


def _series(number: int, one: Series) -> list[str]:
    parts = []
    for point in one.points:
        x, y = _x(point.predicted), _y(point.observed)
        parts.append(_line(f"s{number} bar", (x, _y(point.low), x, _y(point.high))))
        parts.append(_symbol(number, x, y))
    x = _LEFT + 14 + number * 150
    parts.append(_symbol(number, x, 30))
    parts.append(_text(x + 12, 34, f"{one.name} list", anchor="start"))
    return parts


def _symbol(number: int, x: float, y: float) -> str:
    if number == 0:
        return f'<circle class="s0 dot" cx="{x}" cy="{y}" r="5"/>'
    return f'<rect class="s{number} dot" x="{x - 4.5}" y="{y - 4.5}" width="9" height="9"/>'
