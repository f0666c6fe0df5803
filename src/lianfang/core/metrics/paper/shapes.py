"""What the day's paper says, as plain values: filled from the ledgers by the caller, printed by the other modules.

Nothing here knows a database, a clock or a page. ``None`` in a number means *no report was received* and prints as
未报; ``0`` is a zero somebody reported. Instants are aware; days are days in Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Tone = Literal["plain", "good", "bad", "quiet"]
"""How a number is coloured: ``bad`` red, ``good`` green, ``quiet`` grey."""

Hue = Literal["blue", "red", "amber", "teal", "grey", "ink"]
"""A chart colour by name; `charts.PALETTE` holds the paint."""


class UnprintablePaper(ValueError):
    """The paper contradicts itself and cannot be printed; ``code`` names the fault."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def _aware(instant: datetime, where: str) -> None:
    if instant.tzinfo is None:
        raise UnprintablePaper("paper.naive_instant", where)


@dataclass(frozen=True, slots=True)
class Masthead:
    """The red head and the foot of one issue. ``unit + title`` is the headline; ``to`` is 报, ``cc`` is 送.

    ``cutoff_at`` (aware) is the instant the numbers are frozen at; ``day`` is the working day they describe.
    ``check_code`` is empty until `seal.sealed` fills it. ``drill`` marks every page 演练.
    """

    unit: str
    title: str
    issue_no: int
    year: int
    office: str
    day: date
    cutoff_at: datetime
    signed_by: str = ""
    duty_chief: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    version: int = 1
    check_code: str = ""
    drill: bool = False

    def __post_init__(self) -> None:
        _aware(self.cutoff_at, "masthead.cutoff_at")

    @property
    def headline(self) -> str:
        """The unit and the title in one line, the unit not said twice."""
        return self.title if self.title.startswith(self.unit) else self.unit + self.title


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, printed as ``92.1%`` or ``61/64``; ``None`` on either side is a missing report."""

    part: int | None
    whole: int | None
    form: Literal["percent", "of"] = "percent"


Cell = int | Share | None
"""One number of a table."""


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One large number at the top; ``value`` None prints 未报. ``unit`` is 条, 人, 个…"""

    label: str
    value: int | None
    unit: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage on the way from list to closed; ``spent_seconds`` is the typical time since the stage before."""

    name: str
    count: int | None
    spent_seconds: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area's numbers; ``red`` are the positions of values to be printed in red."""

    name: str
    values: tuple[Cell, ...]
    red: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaTable:
    """A table of areas; ``headers`` name the value columns, ``area_header`` the first. Every row is as wide as them."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[AreaRow, ...]
    total: AreaRow | None = None
    area_header: str = "社区"

    def __post_init__(self) -> None:
        for row in (*self.rows, *((self.total,) if self.total else ())):
            if len(row.values) != len(self.headers):
                raise UnprintablePaper("paper.row_width", f"{row.name}: {len(row.values)} ≠ {len(self.headers)}")

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the areas from which nothing at all was received."""
        return tuple(row.name for row in self.rows if row.values and all(unreported(cell) for cell in row.values))


def unreported(cell: Cell) -> bool:
    """Whether the cell stands for a report that was not received."""
    return cell is None or (isinstance(cell, Share) and (cell.part is None or cell.whole is None))


@dataclass(frozen=True, slots=True)
class Correction:
    """A change after the cut-off: what was printed, what is right, and why. ``at`` is aware."""

    at: datetime
    what: str
    was: str
    now: str
    reason: str

    def __post_init__(self) -> None:
        _aware(self.at, "correction.at")


@dataclass(frozen=True, slots=True)
class Demand:
    """Somebody must answer something by an instant (aware)."""

    who: str
    what: str
    by: datetime

    def __post_init__(self) -> None:
        _aware(self.by, "demand.by")


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of day values of a chart; ``None`` leaves a gap."""

    name: str
    hue: Hue
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class StackedChart:
    """Day bars stacked by series with an optional line over them. ``unfinished_last`` hatches today's bar.

    ``band_from`` is the position of the first day under ``band_label`` (for instance a closure in force).
    """

    title: str
    days: tuple[date, ...]
    bars: tuple[Series, ...]
    line: Series | None = None
    unfinished_last: bool = True
    band_from: int | None = None
    band_label: str = ""

    def __post_init__(self) -> None:
        for series in (*self.bars, *((self.line,) if self.line else ())):
            if len(series.values) != len(self.days):
                raise UnprintablePaper("paper.series_length", series.name)
            if any(value is not None and value < 0 for value in series.values):
                raise UnprintablePaper("paper.negative_count", series.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """工作日报: key numbers, situation in sentences, curve, funnel, areas, problems, tomorrow, demands, corrections."""

    masthead: Masthead
    key_numbers: tuple[KeyNumber, ...] = ()
    situation: tuple[str, ...] = ()
    chart: StackedChart | None = None
    funnel: tuple[FunnelStage, ...] = ()
    table: AreaTable | None = None
    problems: tuple[str, ...] = ()
    tomorrow: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """The upper line of a two-line header (底数, 来返…) and the columns below it."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompoundRow:
    """One compound's numbers for the day; ``code`` is its territory code, kept as text."""

    name: str
    values: tuple[int | None, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class CommunityBlock:
    """One community and its compounds."""

    name: str
    rows: tuple[CompoundRow, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A column's sum over what was reported; ``value`` is None when nothing was, ``partial`` when something was not."""

    value: int | None
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTable:
    """一张日表: one row per compound, grouped by community. Sums are taken here so that they cannot disagree."""

    masthead: Masthead
    groups: tuple[ColumnGroup, ...]
    blocks: tuple[CommunityBlock, ...]
    notes: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.values) != self.width:
                raise UnprintablePaper("paper.row_width", f"{row.name}: {len(row.values)} ≠ {self.width}")

    @property
    def columns(self) -> tuple[str, ...]:
        """The lower header line."""
        return tuple(column for group in self.groups for column in group.columns)

    @property
    def width(self) -> int:
        """Number of value columns."""
        return sum(len(group.columns) for group in self.groups)

    @property
    def rows(self) -> tuple[CompoundRow, ...]:
        """All compounds in printing order."""
        return tuple(row for block in self.blocks for row in block.rows)

    def subtotal(self, block: CommunityBlock) -> tuple[Sum, ...]:
        """Sums of one community, column by column."""
        return _sums(block.rows, self.width)

    @property
    def total(self) -> tuple[Sum, ...]:
        """Sums of the whole table, column by column."""
        return _sums(self.rows, self.width)

    @property
    def missing(self) -> tuple[str, ...]:
        """``community/compound`` of each row lacking a number; the community alone if all its rows do."""
        found: list[str] = []
        for block in self.blocks:
            gaps = [row for row in block.rows if None in row.values]
            found += (
                [block.name] if gaps and len(gaps) == len(block.rows) else [f"{block.name}/{row.name}" for row in gaps]
            )
        return tuple(found)


def _sums(rows: Iterable[CompoundRow], width: int) -> tuple[Sum, ...]:
    kept = [row.values for row in rows]
    return tuple(_sum([values[position] for values in kept]) for position in range(width))


def _sum(values: Sequence[int | None]) -> Sum:
    known = [value for value in values if value is not None]
    return Sum(value=sum(known) if known else None, partial=bool(known) and len(known) < len(values))


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the day log: when (aware), who, what, where; ``matter`` is the heading it belongs to."""

    at: datetime
    who: str
    what: str
    area: str = ""
    matter: str = ""

    def __post_init__(self) -> None:
        _aware(self.at, "log_entry.at")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLog:
    """疫情防控工作日志: what happened, in order, and what the next shift takes over."""

    masthead: Masthead
    key_numbers: tuple[KeyNumber, ...] = ()
    entries: tuple[LogEntry, ...]
    handover: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    corrections: tuple[Correction, ...] = ()


Paper = Bulletin | DayTable | DayLog
"""Anything this package prints."""
