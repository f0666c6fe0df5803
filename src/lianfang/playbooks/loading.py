"""An edition file becomes an `Edition`, or is refused with the key that is wrong and what to write there."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks import schema
from lianfang.playbooks.tables import EditionRefused, Table

KEYS_THAT_MAY_BE_LOCAL = frozenset(
    {"day_one", "look_back_days", "longest_days", "test_valid_hours", "test_valid_from", "restart", "household_join"}
    | {"test_on_entry", "colour", "colour_without_measure", "told", "visit_every_days", "temperature", "test_days"}
    | {"hours", "staffing", "exits", "last_day_samples", "swab", "arrival", "fever_celsius", "co_residents", "release"}
    | {"first_screening_h", "min_gap_h", "starts_at", "ends_at", "regime", "days", "clock", "none_because"}
)
"""A local setting names one of these, alone or for one category: ``inbound.test_days``."""
LARGEST_BYTES = 200_000
_MOST_DAYS = 60


def load_edition(path: Path) -> schema.Edition:
    """Read and check one file."""
    content = path.read_bytes()
    if len(content) > LARGEST_BYTES:
        raise EditionRefused("edition.too_large", file=path.name, key="", what_to_do="an edition has at most 200 kB")
    return read_edition(content, file=path.name)


def read_edition(content: bytes, *, file: str) -> schema.Edition:
    """Read and check the content of one file."""
    try:
        parsed = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise EditionRefused("edition.unreadable", file=file, key="", what_to_do="save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        wanted = f"this is no TOML: {error}"
        raise EditionRefused("edition.unreadable", file=file, key="", what_to_do=wanted) from None
    table = Table(parsed, file=file)
    edition = _edition(table, digest_of(parsed))
    table.done()
    if edition.code != Path(file).stem:
        raise table.refuse("edition.wrong_name", "code", f"the file must be called {edition.code}.toml")
    return edition


def digest_of(parsed: Mapping[str, Any]) -> str:
    """SHA-256 over the content: comments, order of keys and layout do not count, every value does."""
    canonical = json.dumps(parsed, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> str:
    return str(value.isoformat())


def _edition(table: Table, digest: str) -> schema.Edition:
    starts_at = table.instant("starts_at").astimezone(SHANGHAI)
    ends_at = table.instant("ends_at").astimezone(SHANGHAI) if table.has("ends_at") else None
    if ends_at is not None and ends_at <= starts_at:
        raise table.refuse("edition.ends_before_it_begins", "ends_at", "write an instant after starts_at")
    categories = table.table("categories")
    zones = table.table("zones")
    edition = schema.Edition(
        code=table.text("code"),
        title=table.text("title"),
        disease=table.text("disease"),
        kind=table.one_of("kind", schema.KINDS),
        starts_at=starts_at,
        ends_at=ends_at,
        source=table.text("source"),
        confidence=table.one_of("confidence", schema.CONFIDENCES),
        conventions=_conventions(table.table("conventions")),
        hours=_hours(table.table("hours")),
        categories=MappingProxyType(categories.each(schema.CATEGORIES, _category)),
        zones=MappingProxyType({level: _zone(level, zones.table(level)) for level in schema.ZONES if zones.has(level)}),
        staffing=tuple(_staffing(one) for one in table.tables("staffing")),
        local=tuple(_local(one) for one in table.tables("local")),
        digest=digest,
    )
    categories.done()
    zones.done()
    return edition


def _conventions(table: Table) -> schema.Conventions:
    days, restart = table.table("day_one"), table.table("restart")
    clocks = (*schema.CLOCKS, *schema.EXTENSIONS)
    found = schema.Conventions(
        day_one=MappingProxyType({clock: days.one_of(clock, schema.DAY_ONES) for clock in clocks}),
        test_valid_hours=table.number("test_valid_hours", least=1, most=24 * 14),
        test_valid_from=table.one_of("test_valid_from", schema.VALID_FROM),
        look_back_days=table.number("look_back_days", least=0, most=30),
        longest_days=table.number("longest_days", least=1, most=_MOST_DAYS),
        restart_scope=restart.one_of("scope", schema.RESTART_SCOPES),
        restart_floors=restart.number("floors", least=0, most=5, default=0),
        restart_from=restart.one_of("counts_from", schema.RESTART_FROM),
        household_join=table.one_of("household_join", schema.JOINS),
        test_on_entry=table.switch("test_on_entry"),
        fever_celsius=table.decimal("fever_celsius", least=36.5, most=39.0),
        colour_without_measure=table.one_of("colour_without_measure", schema.COLOURS),
        source=table.text("source"),
        confidence=table.one_of("confidence", schema.CONFIDENCES),
    )
    for part in (days, restart, table):
        part.done()
    return found


def _hours(table: Table) -> Mapping[str, Any]:
    found = MappingProxyType({duty: table.hours(duty) for duty in schema.DUTIES})
    table.done()
    return found


def _category(code: str, table: Table) -> schema.CategoryPlan:
    source, confidence = table.text("source"), table.one_of("confidence", schema.CONFIDENCES)
    note = table.text("note", default="")
    if table.has("none_because"):
        reason = table.one_of("none_because", schema.NOT_DETERMINED)
        table.done()
        return schema.CategoryPlan(code=code, source=source, confidence=confidence, none_because=reason, note=note)
    mirrors = code == "co_resident"
    plan = schema.CategoryPlan(
        code=code,
        source=source,
        confidence=confidence,
        clock="" if mirrors else table.one_of("clock", schema.CLOCKS),
        stages=() if mirrors else tuple(_stage(one) for one in table.tables("stages")),
        told=table.some_of("told", schema.TOLD),
        positive_below_ct=table.decimal("positive_below_ct", least=20, most=45)
        if table.has("positive_below_ct")
        else None,
        arrival=_arrival(table.table("arrival")) if table.has("arrival") else None,
        on_linked_positive=table.one_of("on_linked_positive", schema.CATEGORIES)
        if table.has("on_linked_positive")
        else "",
        note=note,
    )
    table.done()
    if not mirrors:
        _check_stages(plan, table)
    return plan


def _check_stages(plan: schema.CategoryPlan, table: Table) -> None:
    if not plan.stages:
        raise table.refuse("edition.no_stages", "stages", "write at least one stage, or none_because")
    ranks = [schema.STRICTNESS[stage.regime] for stage in plan.stages]
    if ranks != sorted(ranks, reverse=True):
        raise table.refuse("edition.stricter_later", "stages", "a later stage must not be stricter than an earlier one")
    spaced = any(condition.code == "tests_spaced" for stage in plan.stages for condition in stage.release)
    if spaced != (plan.arrival is not None):
        raise table.refuse("edition.no_arrival_plan", "arrival", "tests_spaced and the table arrival need each other")
    if plan.arrival is not None:
        planned = plan.stages[0].test_days
        if len(plan.stages) != 1 or len(planned) != plan.arrival.m_tests or plan.stages[0].days != plan.arrival.n_days:
            raise table.refuse("edition.arrival_differs", "arrival", "write one stage of n_days with m_tests test_days")


def _stage(table: Table) -> schema.StagePlan:
    days = table.number("days", least=1, most=_MOST_DAYS)
    stage = schema.StagePlan(
        regime=table.one_of("regime", schema.REGIMES),
        days=days,
        test_days=table.days("test_days", most=days),
        last_day_samples=table.number("last_day_samples", least=1, most=3, default=1),
        swab=table.one_of("swab", schema.SWABS, default="any"),
        temperature=table.some_of("temperature", schema.TEMPERATURES, default=()),
        visit_every_days=table.number("visit_every_days", least=0, most=_MOST_DAYS, default=0),
        co_residents=table.one_of("co_residents", schema.CO_RESIDENTS, default="normal"),
        colour=table.one_of("colour", schema.COLOURS, default="none"),
        release=tuple(_condition(one, days) for one in table.tables("release")),
    )
    table.done()
    if "span_elapsed" not in {condition.code for condition in stage.release}:
        raise table.refuse("edition.no_release", "release", "write at least the condition span_elapsed")
    return stage


def _condition(table: Table, days: int) -> schema.Condition:
    code = table.one_of("code", schema.CONDITIONS)
    needs_day = code in ("linked_contact_negative", "consecutive_negative")
    consecutive = code == "consecutive_negative"
    found = schema.Condition(
        code=code,
        day=table.number("day", least=1, most=_MOST_DAYS) if needs_day else 0,
        count=table.number("count", least=1, most=5) if consecutive else 0,
        min_gap_h=table.number("min_gap_h", least=0, most=72) if consecutive else 0,
    )
    table.done()
    if consecutive and found.day > days:
        raise table.refuse("edition.bad_days", "day", f"write a day of the stage, from 1 to {days}")
    return found


def _arrival(table: Table) -> schema.ArrivalPlan:
    plan = schema.ArrivalPlan(
        n_days=table.number("n_days", least=1, most=_MOST_DAYS),
        m_tests=table.number("m_tests", least=1, most=10),
        min_gap_h=table.number("min_gap_h", least=1, most=72),
        first_within_h=table.number("first_within_h", least=1, most=72),
    )
    table.done()
    if (plan.m_tests - 1) * plan.min_gap_h >= plan.n_days * 24:
        raise table.refuse("edition.impossible", "m_tests", "so many tests so far apart do not fit into n_days")
    return plan


def _zone(level: str, table: Table) -> schema.ZonePlan:
    exits = table.table("exits") if table.has("exits") else None
    clear_days = table.number("clear_days", least=0, most=_MOST_DAYS)
    plan = schema.ZonePlan(
        level=level,
        conduct=table.one_of("conduct", schema.CONDUCTS),
        clear_days=clear_days,
        becomes=table.one_of("becomes", (*schema.ZONES, "released")),
        screening=table.one_of("screening", schema.SCREENINGS),
        after_higher_days=table.number("after_higher_days", least=0, most=_MOST_DAYS, default=0),
        screening_within_days=table.number("screening_within_days", least=0, most=14, default=0),
        exits=_exits(exits) if exits is not None else None,
        test_days=table.days("test_days", most=_MOST_DAYS),
        first_screening_h=table.number("first_screening_h", least=0, most=96, default=0),
        source=table.text("source"),
        confidence=table.one_of("confidence", schema.CONFIDENCES),
        note=table.text("note", default=""),
    )
    table.done()
    if plan.becomes == level:
        raise table.refuse("edition.zone_stays", "becomes", "write the next lower level, or released")
    return plan


def _exits(table: Table) -> schema.Exits:
    exits = schema.Exits(
        persons=table.number("persons", least=1, most=5),
        every_days=table.number("every_days", least=1, most=14),
        max_hours=table.number("max_hours", least=1, most=24),
    )
    table.done()
    return exits


def _staffing(table: Table) -> schema.Staffing:
    found = schema.Staffing(
        zone=table.one_of("zone", schema.ZONES),
        residents_per_worker=table.number("residents_per_worker", least=1, most=10_000),
        source=table.text("source"),
        confidence=table.one_of("confidence", schema.CONFIDENCES),
    )
    table.done()
    return found


def _local(table: Table) -> schema.LocalSetting:
    keys = sorted(KEYS_THAT_MAY_BE_LOCAL)
    found = schema.LocalSetting(
        keys=table.some_of("keys", [*keys, *(f"{code}.{key}" for code in schema.CATEGORIES for key in keys)]),
        confidence=table.one_of("confidence", schema.CONFIDENCES),
        source=table.text("source"),
    )
    table.done()
    return found
