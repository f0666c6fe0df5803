"""Freezing the day's papers at their cut-off. A frozen one never changes: a correction is a new version with reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.reports.bulletin import bulletin_of
from lianfang.capabilities.reports.comparing import corrections_between
from lianfang.capabilities.reports.daylog import day_log_of
from lianfang.capabilities.reports.daytable import day_table_of
from lianfang.capabilities.reports.heading import Occasion, next_issue
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.metrics.models import Report, ReportKind
from lianfang.core.metrics.paper.seal import canonical, check_code, restore, sealed
from lianfang.core.metrics.paper.shapes import Bulletin, Paper
from lianfang.core.metrics.today import PARTS
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

UNKNOWN_KIND = refusal("reports.unknown_kind", _("“%(kind)s” is not a report we make."))
NO_PARTS = refusal("reports.no_parts", _("Reports are made for a county, a subdistrict or a community."))
BAD_CUTOFF = refusal("reports.bad_cutoff", _("The cut-off must lie on the report's day and not in the future."))
ALREADY_FROZEN = refusal(
    "reports.already_frozen", _("This report is frozen already. If a number was wrong, correct it with a reason.")
)
NOT_THE_NEWEST = refusal("reports.not_the_newest", _("There is a newer version. Correct that one."))
NO_REASON = refusal("reports.no_reason", _("Say in a few words why the report is corrected."))
NOTHING_DIFFERS = refusal(
    "reports.nothing_differs", _("No number differs from the frozen ones, so there is nothing to correct.")
)

ASSEMBLY: dict[str, Callable[[Occasion], Paper]] = {
    ReportKind.BULLETIN.value: bulletin_of,
    ReportKind.TABLE.value: day_table_of,
    ReportKind.LOG.value: day_log_of,
}


def draft_of(kind: str, *, area: Territory, cutoff_at: datetime) -> Paper:
    """The paper as it would be frozen at `cutoff_at` (aware), without a check code."""
    at = timezone.localdate(cutoff_at)
    issue_no = next_issue(kind, path=area.path, day=at)
    return ASSEMBLY[kind](Occasion(area=area, cutoff_at=cutoff_at, issue_no=issue_no))


@action("reports.freeze")
def freeze(command: Command, *, kind: str, territory_id: UUID, day: date, cutoff_at: datetime) -> Answer:
    """Freeze a paper of the area's day at `cutoff_at` (aware): version 1, numbered within the year."""
    area = _area(command, territory_id)
    if kind not in ASSEMBLY:
        raise Refusal("reports.unknown_kind", kind=kind)
    if area.level not in PARTS:
        raise Refusal("reports.no_parts")
    if cutoff_at > command.now or timezone.localdate(cutoff_at) != day:
        raise Refusal("reports.bad_cutoff")
    if Report.objects.filter(kind=kind, path=area.path, day=day).exists():
        raise Refusal("reports.already_frozen")
    occasion = Occasion(area=area, cutoff_at=cutoff_at, issue_no=next_issue(kind, path=area.path, day=day))
    return _keep(command, kind=kind, occasion=occasion, paper=ASSEMBLY[kind](occasion), reason="")


@action("reports.correct")
def correct(command: Command, *, report_id: UUID, reason: str) -> Answer:
    """Make the next version of a frozen paper: the same instant, as it is known now, and what changed with the reason.

    What changes is what was learned since: results written down off the network before the cut-off, missing reports.
    """
    earlier = Report.objects.select_related("territory").filter(id=report_id).first()
    if earlier is None or not command.actor.authority.may("metrics.read", path=earlier.path):
        command.require_somewhere("reports.freeze")
        raise NotFound("report")
    area = _area(command, earlier.territory_id)
    if not reason.strip():
        raise Refusal("reports.no_reason")
    if Report.objects.filter(
        kind=earlier.kind, path=earlier.path, day=earlier.day, version__gt=earlier.version
    ).exists():
        raise Refusal("reports.not_the_newest")
    occasion = Occasion(area=area, cutoff_at=earlier.cutoff_at, issue_no=earlier.issue_no, version=earlier.version + 1)
    before, after = paper_of(earlier), ASSEMBLY[earlier.kind](occasion)
    changes = corrections_between(before, after, at=command.now, reason=reason.strip()[:200])
    if not changes:
        raise Refusal("reports.nothing_differs")
    after = replace(after, corrections=(*before.corrections, *changes))
    return _keep(command, kind=earlier.kind, occasion=occasion, paper=after, reason=reason.strip()[:200])


def _area(command: Command, territory_id: UUID) -> Territory:
    """The area, locked, so that two people freezing at once agree on the number. Asks for the permission there."""
    area = Territory.objects.select_for_update().filter(id=territory_id).first()
    if area is None:
        command.require_somewhere("reports.freeze")
        raise NotFound("territory")
    command.require("reports.freeze", path=area.path)
    return area


def _keep(command: Command, *, kind: str, occasion: Occasion, paper: Paper, reason: str) -> Answer:
    whole = sealed(cast("Bulletin", paper))  # any of the three: the seal keeps the kind
    report = Report.objects.create(
        id=uuid7(),
        kind=kind,
        path=occasion.area.path,
        territory=occasion.area,
        day=occasion.at.day,
        version=occasion.version,
        issue_no=occasion.issue_no,
        cutoff_at=occasion.cutoff_at,
        content=json.loads(canonical(whole)),
        check_code=whole.masthead.check_code,
        reason=reason,
        drill=whole.masthead.drill,
        frozen_by=command.actor,
        frozen_at=command.now,
    )
    command.note(
        "reports.correct" if reason else "reports.freeze",
        path=report.path,
        subject_kind="report",
        subject_id=report.id,
        facts={"kind": kind, "day": report.day.isoformat(), "version": report.version, "check": report.check_code},
    )
    return {"report": str(report.id), "version": report.version, "check_code": report.check_code}


def payload_of(report: Report) -> bytes:
    """The bytes the check code was taken from, from the stored content."""
    content: Any = report.content
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def paper_of(report: Report) -> Paper:
    """The frozen paper, the same print every time. Raises `UnprintablePaper` when the stored content was damaged."""
    return restore(payload_of(report))


def is_intact(report: Report) -> bool:
    """Whether the stored content still belongs to the check code that was printed."""
    return check_code(payload_of(report)) == report.check_code


__all__ = ["ASSEMBLY", "correct", "draft_of", "freeze", "is_intact", "paper_of", "payload_of"]
