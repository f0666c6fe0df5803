"""A community's own daily report: what only it can know. No report is missing; a report of zeros is a zero report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.metrics.models import UnitReport
from lianfang.core.territory.models import Level, Territory
from lianfang.kernel.uuid7 import uuid7

NOT_A_UNIT = refusal("reports.not_a_unit", _("Only a community sends a daily report."))
FUTURE_DAY = refusal("reports.future_day", _("This day has not begun. Choose today or an earlier day."))
BAD_FIGURE = refusal("reports.bad_figure", _("Each figure is a whole number from 0 to %(most)s."))
UNKNOWN_PLACE = refusal("reports.unknown_place", _("“%(place)s” is not a compound of this community."))
ZERO_WITH_FIGURES = refusal(
    "reports.zero_with_figures", _("A zero report has no figures. Clear the figures, or send them as a report.")
)
ALL_ZERO = refusal("reports.all_zero", _("Every figure is zero. If that is so, send it as a zero report."))

FIGURES = ("arrivals", "symptoms")
"""Newcomers the community found by itself and who are on no list; people with fever or cough it heard of."""

OUTSIDE = ""
"""Stands for everything in the community outside compounds."""

MOST = 100_000

Figures = dict[str, dict[str, int]]
"""Figures by compound code (`OUTSIDE` for the rest), then by name."""


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """One community and its newest report of a day, if it sent one."""

    unit: Territory
    report: UnitReport | None

    @property
    def state(self) -> str:
        """`missing`, `zero` or `reported`: three different things on screen and paper."""
        if self.report is None:
            return "missing"
        return "zero" if self.report.zero else "reported"

    @property
    def arrivals(self) -> int | None:
        """Newcomers in the whole community; None when no report was received."""
        return self.figure("arrivals")

    @property
    def symptoms(self) -> int | None:
        """People with symptoms in the whole community; None when no report was received."""
        return self.figure("symptoms")

    def figure(self, name: str, place: str | None = None) -> int | None:
        """One figure at a place, or of the whole community; None when no report was received."""
        if self.report is None:
            return None
        if place is not None:
            return int(self.report.figures.get(place, {}).get(name, 0))
        return sum(int(figures.get(name, 0)) for figures in self.report.figures.values())


def units_of(area: Territory, *, day: date, known: Sequence[Territory] = ()) -> list[UnitStatus]:
    """Every community under `area` that is expected to report on `day`, with its newest report; two queries, one if
    the communities are `known`.
    """
    units = known or list(
        Territory.objects.in_force(day).filter(level=Level.COMMUNITY, path__startswith=area.path).order_by("code")
    )
    reports = UnitReport.objects.filter(path__startswith=area.path, day=day).order_by("version")
    newest = {report.territory_id: report for report in reports.select_related("submitted_by")}
    return [UnitStatus(unit, newest.get(unit.id)) for unit in units]


def places_of(unit: Territory, *, day: date) -> list[tuple[str, str]]:
    """Code and name of everything a community reports on: its compounds, then what lies outside them."""
    compounds = Territory.objects.in_force(day).filter(level=Level.COMPOUND, path__startswith=unit.path)
    return [*compounds.order_by("code").values_list("code", "name"), (OUTSIDE, "")]


@action("reports.submit_unit")
def submit_unit(
    command: Command,
    *,
    territory_id: UUID,
    day: date,
    zero: bool,
    figures: Mapping[str, Mapping[str, int]] | None = None,
    note: str = "",
) -> Answer:
    """Send a community's report of a day, or send it again with other figures (a new version).

    `figures` by compound code and figure; what is left out is 0. `zero` says that there is nothing to report.
    """
    unit = Territory.objects.select_for_update().filter(id=territory_id).first()
    if unit is None:
        command.require_somewhere("reports.submit")
        raise NotFound("territory")
    command.require("reports.submit", path=unit.path)
    if unit.level != Level.COMMUNITY:
        raise Refusal("reports.not_a_unit")
    if day > timezone.localdate(command.now):
        raise Refusal("reports.future_day")
    kept = _checked(figures or {}, places={code for code, _name in places_of(unit, day=day)})
    if zero and kept:
        raise Refusal("reports.zero_with_figures")
    if not zero and not kept:
        raise Refusal("reports.all_zero")
    version = UnitReport.objects.filter(territory=unit, day=day).count() + 1
    report = UnitReport.objects.create(
        id=uuid7(),
        territory=unit,
        path=unit.path,
        day=day,
        version=version,
        figures=kept,
        zero=zero,
        note=note.strip()[:300],
        submitted_by=command.actor,
        submitted_at=command.now,
    )
    command.note(
        "reports.submit_unit",
        path=unit.path,
        subject_kind="unit_report",
        subject_id=report.id,
        facts={"day": day.isoformat(), "zero": zero, "version": version},
    )
    return {"report": str(report.id), "version": version}


def _checked(figures: Mapping[str, Mapping[str, Any]], *, places: set[str]) -> Figures:
    """The figures that are not zero. Raises `Refusal` for a strange place, figure or number."""
    kept: Figures = {}
    for code, named in figures.items():
        if code not in places:
            raise Refusal("reports.unknown_place", place=code)
        for name, value in named.items():
            whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
            if name not in FIGURES or not whole:
                raise Refusal("reports.bad_figure", most=MOST)
            if value:
                kept.setdefault(code, {})[name] = value
    return kept
