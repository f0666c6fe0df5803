"""Editions of the control rules for those who read and sign them: the shelf, one in plain words, a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from lianfang.core.access.models import User
from lianfang.playbooks import words
from lianfang.playbooks.calendar import CalendarDay, calendar_of, host_category, worked_ruling
from lianfang.playbooks.models import EditionSignature
from lianfang.playbooks.schema import CategoryPlan, Conventions, Edition, StagePlan, ZonePlan
from lianfang.playbooks.shelf import editions
from lianfang.playbooks.signing import signature_of, signatures
from lianfang.web.queries.edition_words import (
    KEYS,
    arrival_words,
    condition_words,
    exits_words,
    listed,
    parted,
    value_words,
    window,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing an edition says. `local`: a local setting, to be confirmed before signing."""

    label: str
    text: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under a heading: a category, a stage of it, an area."""

    code: str
    title: str
    rows: tuple[Row, ...]
    stages: tuple[Part, ...] = ()
    source: str = ""
    sure: str = ""
    low: bool = False
    note: str = ""
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signed, and what the reader may do about it: ``sign``, ``countersign`` or nothing."""

    given: EditionSignature | None
    may: str
    own: bool

    @property
    def complete(self) -> bool:
        """Two people signed."""
        return self.given is not None and self.given.countersigned_at is not None


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """An edition on the shelf."""

    edition: Edition
    state: str
    tone: str
    signing: Signing


def shelf(actor: User, *, now: datetime) -> list[ShelfLine]:
    """Every edition with its state, the newest first."""
    known = signatures()
    return [
        ShelfLine(one, *state_of(one, now=now), _signing(actor, known.get((one.code, one.digest))))
        for one in reversed(list(editions().values()))
    ]


def state_of(one: Edition, *, now: datetime) -> tuple[str, str]:
    """Where an edition stands in time, and the tone of its mark."""
    if one.kind == "drill":
        return _("for drills only"), "purple"
    if one.in_force(now):
        return _("in force"), "ok"
    return (_("not yet in force"), "info") if now < one.starts_at else (_("no longer in force"), "")


def signing_of(actor: User, one: Edition) -> Signing:
    """The signatures under its present content."""
    return _signing(actor, signature_of(one))


def _signing(actor: User, given: EditionSignature | None) -> Signing:
    own = given is not None and given.signed_by_id == actor.id
    if not actor.authority.may("playbooks.sign") or own:
        return Signing(given, "", own)
    if given is None:
        return Signing(None, "sign", False)
    return Signing(given, "countersign" if given.countersigned_at is None else "", False)


def categories_of(one: Edition) -> list[Part]:
    """Every category in plain words."""
    return [_category(one, plan) for plan in one.categories.values()]


def zones_of(one: Edition) -> list[Part]:
    """Every level of area in plain words, the strictest first."""
    return [_zone(one, zone) for zone in one.zones.values()]


def local_settings_of(one: Edition) -> list[tuple[str, str]]:
    """(what they are, why) of the local settings, to be confirmed before signing."""
    return [(listed(_setting(key) for key in setting.keys), setting.source) for setting in one.local]


def _setting(key: str) -> str:
    category, _dot, name = key.rpartition(".")
    label = str(KEYS[name])
    return (
        _("%(category)s: %(because)s") % {"category": words.CATEGORIES[category], "because": label}
        if category
        else label
    )


def conventions_of(one: Edition) -> list[Row]:
    """How the edition counts."""
    found = one.conventions
    local = {key: one.local_setting(key) is not None for key in ("day_one", "restart", "hours")}
    rows = [
        *(Row(str(words.DAY_ONE[kind]), clocks, local["day_one"]) for kind, clocks in _day_one(found)),
        Row(
            _("A test is valid for"),
            parted([value_words(key, getattr(found, key)) for key in ("test_valid_hours", "test_valid_from")]),
            one.local_setting("test_valid_hours") is not None,
        ),
        Row(str(KEYS["restart_scope"]), _restart(found), local["restart"]),
    ]
    plain = ("look_back_days", "household_join", "test_on_entry", "longest_days", "fever_celsius")
    return rows + [
        Row(str(KEYS[key]), value_words(key, getattr(found, key)), one.local_setting(key) is not None)
        for key in (*plain, "colour_without_measure")
    ]


def hours_of(one: Edition) -> list[Row]:
    """The daily hours of each duty."""
    from lianfang.core.measures.duties import DutyKind

    local = one.local_setting("hours") is not None
    return [Row(str(DutyKind(duty).label), window(pair), local) for duty, pair in one.hours.items()]


def _day_one(found: Conventions) -> Iterator[tuple[str, str]]:
    for kind in ("same", "next"):
        clocks = [str(words.CLOCKS[clock]) for clock, said in found.day_one.items() if said == kind]
        if clocks:
            yield kind, listed(clocks)


def _restart(found: Conventions) -> str:
    keys = ("restart_scope",) if found.restart_scope == "never" else ("restart_scope", "restart_from")
    return parted(value_words(key, getattr(found, key)) for key in keys)


def _category(one: Edition, plan: CategoryPlan) -> Part:
    rows = [Row(_("No measure"), str(words.NONE_BECAUSE[plan.none_because]))] if plan.none_because else []
    if plan.clock:
        first = words.DAY_ONE[one.conventions.day_one[plan.clock]]
        counted = parted((str(words.CLOCKS[plan.clock]), str(first)))
        rows.append(Row(str(KEYS["clock"]), counted, one.local_setting("day_one", plan.code) is not None))
    if plan.code == "co_resident" and plan.determined:
        rows.append(Row(_("Days"), _("those of the person they live with, as far as the household is restricted")))
    if plan.arrival is not None:
        rows.append(Row(_("Tests on arrival"), arrival_words(plan.arrival), _is_local(one, plan, "arrival")))
    optional = ("positive_below_ct", "on_linked_positive")
    rows += [Row(str(KEYS[key]), value_words(key, value)) for key in optional if (value := getattr(plan, key))]
    if plan.told:
        rows.append(Row(str(KEYS["told"]), value_words("told", plan.told), _is_local(one, plan, "told")))
    return Part(
        code=plan.code,
        title=str(words.CATEGORIES[plan.code]),
        rows=tuple(rows),
        stages=tuple(_stage(one, plan, number, stage) for number, stage in enumerate(plan.stages, start=1)),
        source=plan.source,
        sure=str(words.CONFIDENCES[plan.confidence]),
        low=plan.confidence == "low",
        note=plan.note,
        calendar=bool(plan.stages) or (plan.determined and bool(host_category(one))),
    )


def _is_local(one: Edition, plan: CategoryPlan, key: str) -> bool:
    return one.local_setting(key, plan.code) is not None


def _stage(one: Edition, plan: CategoryPlan, number: int, stage: StagePlan) -> Part:
    rows = [Row(str(KEYS["test_days"]), _tests(stage), _is_local(one, plan, "test_days"))]
    if stage.temperature:
        rows.append(_row(one, plan, "temperature", stage.temperature))
    if stage.visit_every_days:
        rows.append(_row(one, plan, "visit_every_days", stage.visit_every_days))
    if stage.regime != "central":
        rows.append(_row(one, plan, "co_residents", stage.co_residents))
    rows.append(_row(one, plan, "colour", stage.colour))
    ends = parted(condition_words(condition, plan) for condition in stage.release)
    rows.append(Row(str(KEYS["release"]), ends, _is_local(one, plan, "release")))
    regime, days = str(words.REGIMES[stage.regime]), value_words("days", stage.days)
    local = _is_local(one, plan, "days") or _is_local(one, plan, "regime")
    title = _("%(regime)s, %(days)s") % {"regime": regime, "days": days}
    return Part(code=str(number), title=title, rows=tuple(rows), low=local)


def _row(one: Edition, plan: CategoryPlan, key: str, value: str | int | tuple[str, ...]) -> Row:
    return Row(str(KEYS[key]), value_words(key, value), _is_local(one, plan, key))


def _tests(stage: StagePlan) -> str:
    if not stage.test_days:
        return _("no tests")
    parts = [value_words("test_days", stage.test_days)]
    if stage.swab != "any":
        parts.append(str(words.SWABS[stage.swab]))
    if stage.last_day_samples > 1:
        parts.append(_("%(n)s samples on the last day") % {"n": stage.last_day_samples})
    return parted(parts)


def _zone(one: Edition, zone: ZonePlan) -> Part:
    rows = [Row(str(KEYS["conduct"]), str(words.CONDUCTS[zone.conduct]))]
    if zone.exits is not None:
        rows.append(Row(str(KEYS["exits"]), exits_words(zone.exits), one.local_setting("exits") is not None))
    if zone.clear_days:
        rows.append(Row(str(KEYS["clear_days"]), value_words("clear_days", zone.clear_days)))
    keys = ("after_higher_days", "test_days", "first_screening_h")
    rows += [
        Row(str(KEYS[key]), value_words(key, getattr(zone, key)), one.local_setting(key) is not None)
        for key in keys
        if getattr(zone, key)
    ]
    screening = value_words("screening", zone.screening)
    if zone.screening == "within_days":
        screening += f" ({value_words('days', zone.screening_within_days)})"
    rows += [Row(str(KEYS["screening"]), screening), Row(str(KEYS["becomes"]), value_words("becomes", zone.becomes))]
    ratios = tuple(staffing.residents_per_worker for staffing in one.staffing if staffing.zone == zone.level)
    if ratios:
        local = one.local_setting("staffing") is not None
        rows.append(Row(_("Workers to residents"), value_words("residents_per_worker", ratios), local))
    return Part(
        code=zone.level,
        title=str(words.ZONES[zone.level]),
        rows=tuple(rows),
        source=zone.source,
        sure=str(words.CONFIDENCES[zone.confidence]),
        low=zone.confidence == "low",
        note=zone.note,
    )


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the worked calendar in words."""

    day: CalendarDay
    regime: str
    colour: str
    temperature: str
    begins: bool


@dataclass(frozen=True, slots=True)
class WorkedCalendar:
    """The days of an invented person, and why they are so."""

    category: str
    lines: tuple[DayLine, ...]
    reasons: tuple[str, ...]
    clock: str
    host: str
    until: datetime | None


def worked(one: Edition, category: str, *, happened_date: date, found_date: date) -> WorkedCalendar:
    """The calendar of a category from a day somebody picks."""
    ruling = worked_ruling(one, category, happened_date=happened_date, found_date=found_date)
    host = host_category(one) if category == "co_resident" else ""
    days = calendar_of(ruling)
    lines = tuple(
        DayLine(
            day=day,
            regime=str(words.REGIMES[day.regime]),
            colour=str(words.COLOURS[day.colour]),
            temperature=listed(str(words.TEMPERATURES[part]) for part in day.temperature),
            begins=number == 0 or days[number - 1].stage != day.stage,
        )
        for number, day in enumerate(days)
    )
    clock = one.categories[host or category].clock
    return WorkedCalendar(
        category=str(words.CATEGORIES[category]),
        lines=lines,
        reasons=tuple(words.sentence_of(reason) for reason in ruling.reasons),
        clock=str(words.CLOCKS[clock]) if clock else "",
        host=str(words.CATEGORIES[host]) if host else "",
        until=ruling.ends_at,
    )
