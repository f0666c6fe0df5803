"""The reports of an area: their state by day, the frozen ones, the files they can be had as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from django.utils.safestring import mark_safe

from lianfang.capabilities.reports.freezing import paper_of
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.metrics.models import Report, ReportKind
from lianfang.core.metrics.paper import outline as laid
from lianfang.core.metrics.paper.charts import stacked_svg
from lianfang.core.metrics.paper.chat import chat_text
from lianfang.core.metrics.paper.excel import workbook
from lianfang.core.metrics.paper.press import Press
from lianfang.core.metrics.paper.sections import outline_of
from lianfang.core.metrics.paper.shapes import Bulletin, DayLog, Paper, UnprintablePaper
from lianfang.core.metrics.paper.word import document
from lianfang.core.territory.models import Territory

DAYS_SHOWN = 10
SHOWN = (ReportKind.BULLETIN, ReportKind.TABLE, ReportKind.LOG)
FORMATS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class KindState:
    """One paper of a day: its newest version, or none. `missing`: the day is over and nobody froze it."""

    kind: str
    label: str
    newest: Report | None
    missing: bool


def states_by_day(actor: User, area: Territory, *, days: list[date], today: date) -> dict[date, list[KindState]]:
    """The papers of several days, newest version each; two queries. Nothing is missing from the days before the area
    froze its first paper.
    """
    reports = Report.objects.visible_to(actor).filter(path=area.path)
    first = reports.aggregate(first=Min("day"))["first"]
    rows = reports.filter(day__in=days).defer("content").order_by("version")
    newest = {(report.day, report.kind): report for report in rows}

    def state(day: date, kind: ReportKind) -> KindState:
        report = newest.get((day, kind.value))
        overdue = report is None and first is not None and first <= day < today
        return KindState(kind.value, str(kind.label), report, overdue)

    return {day: [state(day, kind) for kind in SHOWN] for day in days}


def cutoff_for(day: date, *, now: datetime) -> datetime:
    """The instant a draft of `day` is made for: now, or the last second of a day that is over."""
    if day >= timezone.localdate(now):
        return now
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
    return midnight - timedelta(seconds=1)


def report_for(actor: User, report_id: UUID) -> Report:
    """The report if the actor may see it. Raises `NotFound`."""
    report = Report.objects.visible_to(actor).select_related("territory", "frozen_by").filter(id=report_id).first()
    if report is None:
        raise NotFound("report")
    return report


def versions_of(actor: User, report: Report) -> list[Report]:
    """All versions of a report, newest first."""
    same = Report.objects.visible_to(actor).filter(kind=report.kind, path=report.path, day=report.day)
    return list(same.defer("content").select_related("frozen_by").order_by("-version"))


def blocks_of(paper: Paper) -> list[dict[str, Any]]:
    """The paper's sections for a template: each with its title and blocks, each block with the name of its shape."""
    return [
        {"title": part.title, "blocks": [_block(block) for block in part.blocks]} for part in outline_of(paper).sections
    ]


def _block(block: laid.Block) -> dict[str, Any]:
    if isinstance(block, laid.Grid):
        return _grid(block)
    if isinstance(block, laid.Beside):
        svg = stacked_svg(block.chart, width=520, height=230) if block.chart else ""
        return {
            "shape": "beside",
            "svg": mark_safe(svg),  # noqa: S308 - drawn by us, every text escaped
            "grid": _grid(block.grid) if block.grid else None,
        }
    return {"shape": type(block).__name__.lower(), "body": block}


def _grid(grid: laid.Grid) -> dict[str, Any]:
    aligns = [column.align for column in grid.columns]
    lines = [{"role": line.role, "cells": list(zip(line.cells, aligns, strict=True))} for line in grid.lines]
    return {"shape": "grid", "header": grid.header, "lines": lines}


@dataclass(frozen=True, slots=True)
class Compared:
    """One key number beside the same one of the day before (None: that day's paper is missing)."""

    label: str
    value: int | None
    before: int | None

    @property
    def change(self) -> str:
        """The difference with its sign; empty when one of the two is missing."""
        if self.value is None or self.before is None:
            return ""
        return f"{self.value - self.before:+,}"


def compared_with_yesterday(actor: User, report: Report, paper: Paper) -> list[Compared]:
    """Key numbers beside those frozen the day before; empty for a paper without key numbers."""
    if not isinstance(paper, Bulletin | DayLog):
        return []
    day = report.day - timedelta(days=1)
    earlier = Report.objects.visible_to(actor).filter(kind=report.kind, path=report.path, day=day)
    newest = earlier.order_by("-version").first()
    known: dict[str, int | None] = {}
    if newest is not None:
        before = paper_of(newest)
        known = {one.label: one.value for one in before.key_numbers} if isinstance(before, Bulletin | DayLog) else {}
    return [Compared(one.label, one.value, known.get(one.label)) for one in paper.key_numbers]


@cache
def press() -> Press:
    """The typesetter of this process; its fonts are read once."""
    return Press(font_dir=settings.FONT_DIR)


def file_of(paper: Paper, form: str) -> tuple[str, bytes]:
    """Name and bytes of the paper as `pdf`, `xlsx`, `docx` or `txt`. Raises `UnprintablePaper`."""
    name = outline_of(paper).file_name(form)
    if form == "pdf":
        return name, press().pdf(paper).pdf
    if form == "xlsx":
        return name, workbook(paper)
    if form == "docx":
        chart = paper.chart if isinstance(paper, Bulletin) else None
        return name, document(paper, chart_png=press().chart_png(chart) if chart else None)
    if form == "txt":
        return name, chat_text(paper).encode()
    raise UnprintablePaper("paper.unknown_form", form)
