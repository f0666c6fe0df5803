"""How numbers, days and lengths of time are written on Chinese official paper."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lianfang.core.metrics.paper.shapes import Cell, Share, Sum, unreported

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNREPORTED = "未报"
_WEEKDAYS = "一二三四五六日"
_NUMERALS = "一二三四五六七八九十"
_DISTURBING = {"Cc", "Cf", "Cs"}
_NOT_CHARACTERS = "\ufffe\uffff"
_BREAKS = re.compile(r"[\s\u200b\u2028\u2029\ufeff]+")


def long_date(day: date) -> str:
    """``2022 年 12 月 19 日（星期一）``."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日（星期{_WEEKDAYS[day.weekday()]}）"


def clock(instant: datetime) -> str:
    """``18:00`` in Asia/Shanghai."""
    return f"{instant.astimezone(SHANGHAI):%H:%M}"


def long_moment(instant: datetime) -> str:
    """``2022 年 12 月 19 日（星期一）18:00`` in Asia/Shanghai."""
    return long_date(instant.astimezone(SHANGHAI).date()) + clock(instant)


def short_moment(instant: datetime) -> str:
    """``2022-12-19 15:18`` in Asia/Shanghai."""
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day_and_clock(instant: datetime) -> str:
    """``12 月 19 日 20:00`` in Asia/Shanghai."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def by_when(instant: datetime, *, day: date) -> str:
    """A deadline as people say it: ``今日 20:00`` on the paper's own day, else with its date."""
    return f"今日 {clock(instant)}" if instant.astimezone(SHANGHAI).date() == day else day_and_clock(instant)


def issue(*, year: int, number: int) -> str:
    """``〔2022〕第 11 期``; the brackets are those of GB/T 9704-2012."""
    return f"〔{year}〕第 {number} 期"


def section(position: int) -> str:
    """``一、`` for position 0; from the eleventh on ``11、``."""
    return f"{_NUMERALS[position]}、" if position < len(_NUMERALS) else f"{position + 1}、"


def thousands(value: int | None) -> str:
    """``12,480``; None is 未报."""
    return UNREPORTED if value is None else f"{value:,}"


def percent(part: int | None, whole: int | None) -> str:
    """One decimal, half up; ``—`` when there is nothing to take a share of."""
    if part is None or whole is None:
        return UNREPORTED
    if whole == 0:
        return "—"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def cell_text(cell: Cell) -> str:
    """A table cell as printed."""
    if isinstance(cell, Share):
        if cell.form == "percent":
            return percent(cell.part, cell.whole)
        return UNREPORTED if unreported(cell) else f"{thousands(cell.part)}/{thousands(cell.whole)}"
    return thousands(cell)


def sum_text(total: Sum) -> str:
    """A sum as printed; ``*`` marks one that some report is missing from."""
    return thousands(total.value) + ("*" if total.partial else "")


def spent(seconds: int | None) -> str:
    """Seconds as people say them: ``4 秒``, ``26 分``, ``3 小时 42 分``, ``2 天 5 小时``; None is ``—``."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{seconds} 秒"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} 分"
    hours, left = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时 {left} 分" if left else f"{hours} 小时"
    days, rest = divmod(hours, 24)
    return f"{days} 天 {rest} 小时" if rest else f"{days} 天"


def one_line(text: str) -> str:
    """The text on one line, without control, direction or non-characters that would disturb a file or a layout."""
    flat = _BREAKS.sub(" ", text)
    kept = (char for char in flat if unicodedata.category(char) not in _DISTURBING and char not in _NOT_CHARACTERS)
    return _BREAKS.sub(" ", "".join(kept)).strip()  # spaces that stood around a removed sign are one


def spaces_wide(text: str) -> int:
    """Width in half-widths: a Chinese character counts two; used to fit columns and legends."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
