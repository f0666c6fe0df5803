"""Cases of the worked table and of the stories, written shortly."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.rules import Case, Fact, Join, Ruling, Sample, SiteCase


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """An instant in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), SHANGHAI)


def fact(text: str) -> Fact:
    """``kind/level day known=day onset=day at=instant``."""
    head, happened, *rest = text.split()
    kind, _, level = head.partition("/")
    given = dict(part.split("=") for part in rest)
    return Fact(
        kind,
        day(happened),
        level,
        at=at(given["at"]) if "at" in given else None,
        index_onset_date=day(given["onset"]) if "onset" in given else None,
        known_date=day(given["known"]) if "known" in given else None,
    )


def sample(text: str) -> Sample:
    """``taken result reported ct=value``; result and report may be left out."""
    parts = [part for part in text.split() if "=" not in part]
    ct = re.search(r"ct=([\d.]+)", text)
    return Sample(
        at(parts[0]),
        parts[1] if len(parts) > 1 else "",
        at(parts[2]) if len(parts) > 2 else None,
        ct=float(ct[1]) if ct else None,
    )


def site_case(text: str) -> SiteCase:
    found, *rest = text.split()
    given = dict(part.split("=") for part in rest)
    floor, removed = given.get("floor"), given.get("removed")
    return SiteCase(day(found), int(floor) if floor else None, day(removed) if removed else None)


def join(text: str) -> Join:
    joined, *rest = text.split()
    given = dict(part.split("=") for part in rest)
    clock, last = given.get("clock"), given.get("last")
    return Join(day(joined), day(clock) if clock else None, day(last) if last else None)


def case(row: dict[str, Any]) -> Case:
    """A case of the table."""
    host = None
    if "host" in row:
        host = Case(
            facts=tuple(map(fact, row["host"])),
            placed_date=row["host_placed"],
            edition=row.get("host_edition", ""),
        )
    return Case(
        facts=tuple(map(fact, row.get("facts", ()))),
        placed_date=row["placed"],
        entered_site_date=row.get("entered_site"),
        floor=row.get("floor"),
        site_cases=tuple(map(site_case, row.get("site_cases", ()))),
        joins=tuple(map(join, row.get("joins", ()))),
        tests=tuple(map(sample, row.get("own_tests", ()))),
        linked_tests=tuple(map(sample, row.get("linked_tests", ()))),
        linked_clock_date=row.get("linked_clock"),
        host=host,
        edition=row.get("ruled_edition", ""),
        rerule_reason=row.get("rerule_reason", ""),
    )


def stages_of(ruling: Ruling) -> list[str]:
    """The stages as the table writes them."""
    return [
        f"{stage.regime} {stage.starts_date}..{stage.last_date} day {stage.first_day}-{stage.last_day}"
        for stage in ruling.stages
    ]


def due_of(ruling: Ruling) -> list[str]:
    """The test days as the table writes them."""
    return [
        f"{test.due_date:%m-%d}" + (f" x{test.samples}" if test.samples > 1 else "")
        for stage in ruling.stages
        for test in stage.tests
    ]
