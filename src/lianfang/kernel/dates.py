"""Days and instants as they are typed into lists. All mean the calendar of Asia/Shanghai; nothing asks a clock.

Nothing is guessed: words that depend on when they were written (昨天), two readings that are equally likely and days
that do not exist are refused with a code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lianfang.kernel.cells import clean_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SERIAL_ZERO = datetime(1899, 12, 30)
"""Day 0 of the 1900 date system from 1900-03-01 on (before that the system counts a day that never was)."""
_SERIALS = (20_000, 73_051)
"""1954-10-03 to 2099-12-31: other numbers are no dates of people or lists."""
_YEARS = (1880, 2099)
_NEAR = timedelta(days=730)

_ABSENT = frozenset({"", "无", "不详", "未知", "暂无", "-", "--", "/", "\\", "NULL", "NONE", "N/A", "NA", "NAN"})
_RELATIVE = re.compile(
    r"今天|今日|今早|今晚|昨天|昨日|昨晚|前天|前日|明天|明日|后天|大前|上周|本周|下周|刚刚|刚才|前几天|天前|日前|当天|当日"
)
_MONTHS = {
    word: number for number, word in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), start=1)
}
_CHINESE_DIGITS = {
    character: value for value, characters in enumerate("〇一二三四五六七八九") for character in characters
}
_CHINESE_NUMBER = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日号点时分])")

_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])([0-3]\d)")
_YEAR_FIRST = re.compile(r"((?:18|19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d{2})(?!\d)")
_SHORT_YEAR = re.compile(r"'?(\d{1,2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?")
_NO_YEAR = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?![\d.])\s*[日号]?")
_LATIN = re.compile(r"(\d{1,2})[- ]?([A-Z]{3})[A-Z]*\.?(?:[-, ]*(\d{4}|\d{2})(?![\d:]))?")
_LATIN_MONTH_FIRST = re.compile(r"([A-Z]{3})[A-Z]*\.? ?(\d{1,2})(?:ST|ND|RD|TH)?(?:,? +(\d{4}))?(?![\d:])")
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")
_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|晚|早|AM|PM)?\s*"
    r"(?:(?P<hour>\d{1,2})\s*(?:[:]|点钟?|时)\s*(?P<half>半|整)?(?P<minute>\d{1,2})?分?(?:[:]?(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?"
    r"\s*(?P<suffix>AM|PM)?(?P<words>[^\d:]*)"
)
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "夜里", "晚", "PM"})
_RANGE = re.compile(r"至|到(?=\S*\d)|[~～]|—")


@dataclass(frozen=True, slots=True)
class DateReading:
    """`day`: the calendar day as written; `at`: day and time without zone, local to Asia/Shanghai, only when a time was
    written (``24:00`` is the midnight that ends `day`).

    `problem`: ``""`` (also for an empty cell, whose `day` is `None`), ``date.unreadable``, ``date.impossible`` (no such
    day or hour), ``date.relative`` (昨天: depends on when it was written), ``date.ambiguous`` (two readings, neither
    preferable, or a range).
    """

    day: date | None = None
    at: datetime | None = None
    problem: str = ""


class _Refused(Exception):
    """Carries the code of the problem to the reader's end; never leaves the module."""


def read_date(value: object, *, today: date, future_days: int = 0) -> DateReading:
    """Read a cell. A day without a year is the latest one not after `today` plus `future_days`, at most a year back.

    Takes dates, instants (aware ones are turned to Asia/Shanghai), serial numbers of the 1900 system, and text in the
    styles people use. Never raises.
    """
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
        at_midnight = value.tzinfo is None and local.time() == time.min
        return DateReading(day=local.date(), at=None if at_midnight else local)
    if isinstance(value, date):
        return DateReading(day=value)
    if isinstance(value, float) and re.fullmatch(r"\d{1,2}\.[123]", repr(value)):
        # 4.1 typed as a date and kept as a number may have been 4.10.
        return DateReading(problem="date.ambiguous")
    text = clean_text(value).upper().replace("\n", " ").replace("。", ".").strip("'\" .")
    if text in _ABSENT:
        return DateReading()
    try:
        return _read_text(text, today, future_days)
    except _Refused as refused:
        return DateReading(problem=str(refused))


def _read_text(text: str, today: date, future_days: int) -> DateReading:
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _read_serial(float(text))
    if "T" in text and re.search(r"(?:Z|[+-]\d{2}:?\d{2})$", text):
        return _read_instant(text)
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part) if part else None for part in compact.groups())
        whole = _day(year, month, day)
        return DateReading(whole, None if hour is None else _at(whole, hour, minute or 0, second or 0))
    if month_day := _MONTH_DAY.fullmatch(text):
        return DateReading(_without_year(int(month_day[1]), int(month_day[2]), today, future_days))
    if _RELATIVE.search(text):
        raise _Refused("date.relative")
    text = _CHINESE_NUMBER.sub(lambda found: _arabic(found[0]), _WEEKDAY.sub(" ", text)).lstrip("约于在自从 ").strip()
    if _RANGE.search(text):
        raise _Refused("date.ambiguous")
    whole, end = _leading_day(text, today, future_days)
    return DateReading(whole, _clock(text[end:].lstrip(" T,"), whole))


def _read_serial(serial: float) -> DateReading:
    if not _SERIALS[0] <= serial < _SERIALS[1]:
        raise _Refused("date.unreadable")
    at = _SERIAL_ZERO + timedelta(seconds=round(serial * 86_400))
    return DateReading(day=at.date(), at=None if serial.is_integer() else at)


def _read_instant(text: str) -> DateReading:
    try:
        local = datetime.fromisoformat(text).astimezone(SHANGHAI).replace(tzinfo=None)
    except ValueError:
        raise _Refused("date.unreadable") from None
    return DateReading(day=local.date(), at=local)


def _arabic(word: str) -> str:
    """``二〇二二`` → 2022, ``三十`` → 30, ``十一`` → 11."""
    word = word.replace("零", "〇")
    if "十" not in word:
        return "".join(str(_CHINESE_DIGITS[character]) for character in word)
    tens, _, ones = word.partition("十")
    return str((_CHINESE_DIGITS.get(tens, 1)) * 10 + _CHINESE_DIGITS.get(ones, 0))


def _day(year: int | None, month: int | None, day: int | None) -> date:
    if year is None or month is None or day is None or not _YEARS[0] <= year <= _YEARS[1]:
        raise _Refused("date.impossible")
    try:
        return date(year, month, day)
    except ValueError:
        raise _Refused("date.impossible") from None


def _at(day: date, hour: int, minute: int, second: int) -> datetime:
    if hour == 24 and minute == second == 0:
        return datetime.combine(day, time.min) + timedelta(days=1)
    try:
        return datetime.combine(day, time(hour, minute, second))
    except ValueError:
        raise _Refused("date.impossible") from None


def _leading_day(text: str, today: date, future_days: int) -> tuple[date, int]:
    """The day a text begins with, and where the rest begins."""
    if found := _YEAR_FIRST.match(text):
        return _day(int(found[1]), int(found[2]), int(found[3])), found.end()
    if found := _YEAR_LAST.match(text):
        month, day = int(found[1]), int(found[3])
        if month > 12:  # day first, as some foreign systems write
            month, day = day, month
        return _day(int(found[4]), month, day), found.end()
    if found := _SHORT_YEAR.match(text):
        return _short_year(found, today), found.end()
    if found := _NO_YEAR.match(text):
        return _without_year(int(found[1]), int(found[2]), today, future_days), found.end()
    return _latin_day(text, today, future_days)


def _latin_day(text: str, today: date, future_days: int) -> tuple[date, int]:
    if (found := _LATIN.match(text)) and found[2] in _MONTHS:
        day, month, year = int(found[1]), _MONTHS[found[2]], found[3]
    elif (found := _LATIN_MONTH_FIRST.match(text)) and found[1] in _MONTHS:
        month, day, year = _MONTHS[found[1]], int(found[2]), found[3]
    else:
        raise _Refused("date.unreadable")
    if not year:
        return _without_year(month, day, today, future_days), found.end()
    return _day(int(year) if len(year) == 4 else _century(int(year), today), month, day), found.end()


def _century(short: int, today: date) -> int:
    """Two digits are the year nearest to today that is at most ten years ahead."""
    year = today.year - today.year % 100 + short
    return year - 100 if year > today.year + 10 else year


def _short_year(found: re.Match[str], today: date) -> date:
    """``22.4.6``; ``4/6/22`` only as Excel in English writes it, refused where both readings are sensible."""
    first, second, third = (int(found[group]) for group in (1, 2, 3))
    if len(found[1]) == 1:
        if len(found[3]) == 1:
            raise _Refused("date.ambiguous")
        return _month_first(first, second, _century(third, today), today)
    if len(found[3]) == 2 and first <= 12 and "年" not in found[0]:
        try:
            other = date(_century(third, today), first, second)
        except ValueError:
            other = None
        written = _day(_century(first, today), second, third) if second <= 12 and third <= 31 else None
        if other and abs(other - today) < _NEAR and (written is None or abs(written - today) > _NEAR):
            raise _Refused("date.ambiguous")
    return _day(_century(first, today), second, third)


def _month_first(month: int, day: int, year: int, today: date) -> date:
    """``4/6/22``; refused where it lies ahead and day before month would not: 6/4/22 on the 6th of April."""
    written = _day(year, month, day)
    if day <= 12 and written > today >= date(year, day, month):
        raise _Refused("date.ambiguous")
    return written


def _without_year(month: int, day: int, today: date, future_days: int) -> date:
    latest = today + timedelta(days=future_days)
    for year in (latest.year, latest.year - 1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate <= latest:
            return candidate
    raise _Refused("date.impossible")


def _clock(rest: str, day: date) -> datetime | None:
    """The time after the day: ``14:05:33``, ``下午3点半``, ``2:05 PM``; none for ``上午`` alone."""
    if not rest:
        return None
    found = _CLOCK.fullmatch(rest)
    if found is None:
        raise _Refused("date.unreadable")
    if found["hour"] is None:
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    part = found["part"] or found["suffix"] or ""
    if found["half"] == "半":
        minute = 30
    if part in _AFTERNOON and hour < 12:
        hour += 12
    elif part in ("AM", "凌晨") and hour == 12:
        hour = 0
    elif part in ("晚上", "夜里", "晚") and hour == 12:
        hour = 24
    return _at(day, hour, minute, second)
