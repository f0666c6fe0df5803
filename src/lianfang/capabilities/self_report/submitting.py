"""A household reports itself: taken down as one sealed row, opened again by its code, corrected, withdrawn.

The hot path is `submit`: four statements in one transaction, and nothing is looked up about anybody, so the answer
tells nothing about who is in the ledger.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.self_report import posters
from lianfang.capabilities.self_report.codes import key_of_code, own_code
from lianfang.capabilities.self_report.models import PLACE, Channel, HouseholdReport, PosterKind, ReportState
from lianfang.capabilities.self_report.rules import tail_of
from lianfang.core import vault
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

CLOSED = refusal("self_report.closed", _("This code is closed. Ask your community for the one that counts now."))
CHANGED = refusal("self_report.changed", _("The report was changed meanwhile. Open it again with your code."))
GONE = refusal("self_report.gone", _("This report was withdrawn."))

MOST_WRONG_TAILS = 5
"""Wrong tails of a telephone with a right code; then the report keeps shut for `SHUT_FOR`."""
SHUT_FOR = timedelta(minutes=15)


@action("self_report.submit")
def submit(command: Command, *, poster_code: str, content: Mapping[str, Any]) -> Answer:
    """Take a household's report (`rules.plain_of`) under an open poster. The report's id is the command's."""
    poster = posters.poster_of(poster_code)
    if poster is None or poster.kind != PosterKind.HOUSEHOLD:
        command.asked.add("self_report.submit")
        raise NotFound("poster")
    command.require("self_report.submit", path=poster.path)
    if not poster.is_open(command.now):
        raise Refusal("self_report.closed")
    _keep(command, report_id=command.id, content=content, path=poster.path, poster_id=poster.id)
    return {"report": str(command.id)}


@action("self_report.take_down")
def take_down(command: Command, *, territory_id: UUID, content: Mapping[str, Any]) -> Answer:
    """Take down at the counter what a household says or has on paper; it is taken up like any other."""
    territory = Territory.objects.filter(id=territory_id).first()
    if territory is None:
        command.asked.add("self_report.handle")
        raise NotFound("territory")
    command.require("self_report.handle", path=territory.path)
    if territory.level not in posters.AREAS:
        raise Refusal("self_report.bad_area")
    _keep(command, report_id=command.id, content=content, path=territory.path)
    return {"report": str(command.id)}


def _keep(
    command: Command,
    *,
    report_id: UUID,
    content: Mapping[str, Any],
    path: str,
    poster_id: UUID | None = None,
) -> None:
    by_page = poster_id is not None
    HouseholdReport.objects.create(
        id=report_id,
        report_id=report_id,
        poster_id=poster_id,
        path=path,
        channel=Channel.PAGE if by_page else Channel.COUNTER,
        received_at=command.now,
        people=len(content.get("people", ())),
        code_key=key_of_code(own_code(report_id)),
        content_sealed=_sealed(report_id, content),
        recorded_by_id=None if by_page else command.actor.id,
    )
    code = "self_report.submit" if by_page else "self_report.take_down"
    command.note(code, path=path, subject_kind="self_report", subject_id=report_id)


def _sealed(row: UUID, content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return vault.seal(text.encode(), place=PLACE, row=row)


@action("self_report.open_own")
def open_own(command: Command, *, code: str, tail: str) -> Answer:
    """Open one's own report by its code and the last four digits of the household's telephone.

    Empty for everything that does not fit, and for a report that was withdrawn or saw too many wrong tails: nobody
    learns which. A wrong tail is counted with the report itself.
    """
    command.require_somewhere("self_report.submit")
    key = key_of_code(code)
    first = None if key is None else _first_by(key)
    if first is None:
        return {"report": ""}
    latest = HouseholdReport.objects.filter(report_id=first.report_id).order_by("-version")[0]
    shut = first.wrong_at is not None and command.now - first.wrong_at < SHUT_FOR
    wrong = first.wrong_tails if shut else 0
    right = hmac.compare_digest(tail_of(latest.content).encode(), tail.strip().encode()) and bool(latest.content)
    if wrong >= MOST_WRONG_TAILS or not right:
        if wrong < MOST_WRONG_TAILS:
            first.wrong_tails, first.wrong_at = wrong + 1, command.now
            first.save(update_fields=["wrong_tails", "wrong_at"])
        return {"report": ""}
    command.note("self_report.open_own", path=first.path, subject_kind="self_report", subject_id=first.report_id)
    return {"report": str(first.report_id)}


def _first_by(key: int) -> HouseholdReport | None:
    return HouseholdReport.objects.filter(code_key=key).select_for_update().first()


@action("self_report.correct")
def correct(command: Command, *, report_id: UUID, version: int, content: Mapping[str, Any]) -> Answer:
    """A new version of a report, by the household itself or for it at the counter. `version` is the one it was made
    from. What was already taken up is not changed behind anybody's back: staff see what the household says now."""
    latest = _latest(command, report_id)
    if latest.version != version:
        raise Refusal("self_report.changed")
    taken_up = latest.state in (ReportState.LISTED, ReportState.SETTLED, ReportState.CORRECTED)
    if latest.state != ReportState.LISTED:
        latest.state = ReportState.REPLACED
        latest.save(update_fields=["state"])
    state = ReportState.CORRECTED if taken_up else ReportState.WAITING
    made = _next_version(command, latest, content=content, state=state)
    command.note("self_report.correct", path=made.path, subject_kind="self_report", subject_id=report_id)
    return {"report": str(report_id), "version": made.version, "taken_up": taken_up}


@action("self_report.withdraw")
def withdraw(command: Command, *, report_id: UUID) -> Answer:
    """Take a report back: what it held is removed from every version. What was already taken up stays work of the
    community, which is told and corrects it through its own actions."""
    latest = _latest(command, report_id)
    versions = HouseholdReport.objects.filter(report_id=report_id)
    taken_up = versions.exclude(source_list=None).exists()
    versions.update(content_sealed=b"")
    waiting = versions.filter(state__in=[ReportState.WAITING, ReportState.FAILED, ReportState.CORRECTED])
    waiting.update(state=ReportState.ERASED)
    if taken_up:
        _next_version(command, latest, content=None, state=ReportState.WITHDRAWN)
    command.note("self_report.withdraw", path=latest.path, subject_kind="self_report", subject_id=report_id)
    return {"report": str(report_id), "taken_up": taken_up}


def _latest(command: Command, report_id: UUID) -> HouseholdReport:
    """The last version, locked, if the actor may correct it; one that was withdrawn cannot be."""
    versions = HouseholdReport.objects.filter(report_id=report_id).select_for_update(of=("self",))
    latest = versions.order_by("-version").first()
    if latest is None:
        command.asked |= {"self_report.submit", "self_report.handle"}
        raise NotFound("self_report")
    by_resident = command.actor.authority.may("self_report.submit", path=latest.path)
    if by_resident:
        command.require("self_report.submit", path=latest.path)
    else:
        command.require("self_report.handle", path=latest.path)
    if latest.state in (ReportState.WITHDRAWN, ReportState.ERASED) or not latest.content_sealed:
        raise Refusal("self_report.gone")
    return latest


def _next_version(
    command: Command, latest: HouseholdReport, *, content: Mapping[str, Any] | None, state: ReportState
) -> HouseholdReport:
    row = uuid7()
    by_resident = command.actor.authority.may("self_report.submit", path=latest.path)
    return HouseholdReport.objects.create(
        id=row,
        report_id=latest.report_id,
        version=latest.version + 1,
        poster_id=latest.poster_id,
        path=latest.path,
        channel=Channel.PAGE if by_resident else Channel.COUNTER,
        received_at=command.now,
        people=len(content.get("people", ())) if content else 0,
        content_sealed=_sealed(row, content) if content else b"",
        state=state,
        building=latest.building,
        source_list_id=latest.source_list_id,
        first_row=latest.first_row,
        recorded_by_id=None if by_resident else command.actor.id,
    )


NOT_WAITING = refusal("self_report.not_waiting", _("There is nothing left to look at in this report."))


@action("self_report.settle")
def settle(command: Command, *, report_id: UUID, take_up: bool = False) -> Answer:
    """A member of staff has looked at what a household corrected or withdrew, or at what could not be read. With
    `take_up` a corrected report becomes rows of the next list, which join the work that is open."""
    found = HouseholdReport.objects.visible_to(command.actor).filter(report_id=report_id)
    latest = found.select_for_update(of=("self",)).order_by("-version").first()
    if latest is None:
        command.asked.add("self_report.handle")
        raise NotFound("self_report")
    command.require("self_report.handle", path=latest.path)
    if latest.state not in (ReportState.CORRECTED, ReportState.WITHDRAWN, ReportState.FAILED):
        raise Refusal("self_report.not_waiting")
    again = take_up and latest.state == ReportState.CORRECTED
    latest.state = ReportState.WAITING if again else ReportState.SETTLED
    latest.settled_by, latest.settled_at = command.actor, command.now
    latest.save(update_fields=["state", "settled_by", "settled_at"])
    command.note("self_report.settle", path=latest.path, subject_kind="self_report", subject_id=report_id)
    return {"report": str(report_id), "taken_up": again}


def latest_of(report_id: UUID) -> HouseholdReport:
    """The last version of a report that `open_own` has opened."""
    return HouseholdReport.objects.filter(report_id=report_id).order_by("-version")[0]
