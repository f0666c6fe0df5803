"""Waiting reports become a list of their community, read and compared like any other: nothing is compared here.

The file of a list never changes, so each batch is a list of its own (`rules.is_due` says when). Safe to repeat: what
was taken up is marked in the transaction that makes its list.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min
from django.db.models.functions import Left
from django.utils import timezone

from lianfang.capabilities.self_report import words
from lianfang.capabilities.self_report.codes import receipt_number
from lianfang.capabilities.self_report.models import HouseholdReport, ReportState
from lianfang.capabilities.self_report.rules import is_due
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Refusal
from lianfang.core.lists import storage
from lianfang.core.lists.models import ListState, Purpose, SourceList
from lianfang.core.lists.receiving import confirm, file_hash, inspect, receive
from lianfang.core.territory.gazetteer import areas_by_code, current_gazetteer
from lianfang.core.territory.models import STEP, Level, Territory
from lianfang.core.vault import UnreadableSeal
from lianfang.kernel.doors import DoorContext, read_door
from lianfang.kernel.uuid7 import uuid7

SENDER: Final = "居民自报"
LEGAL_BASIS: Final = "传染病防治法（2025年修订）、突发公共卫生事件应急条例第四十条"
SLA_CODE: Final = "24h"
LASTS: Final = timedelta(hours=24)
MOST_AT_ONCE: Final = 1000
COMMUNITY_PATH: Final = 3 * STEP
"""Characters of a community's path: county, subdistrict, community."""

COLUMNS: Final = {
    "姓名": "name",
    "证件号码": "identity",
    "联系电话": "phone",
    "现住址": "address",
    "与户主关系": "relation",
    "来源地": "origin",
    "抵达日期": "arrived_at",
    "交通工具": "transport",
    "检测结果": "test_result",
    "备注": "note",
    "唯一标识": "sender_ref",
}
"""Labels of the list and the field each means; nobody has to confirm them."""


class _Unlisted(Exception):
    """The intake does not take these reports as they are."""


def communities_due(*, now: datetime) -> list[str]:
    """Paths of the communities whose waiting reports are to become a list at `now` (aware)."""
    waiting = (
        HouseholdReport.objects.filter(state=ReportState.WAITING)
        .annotate(community=Left("path", COMMUNITY_PATH))
        .values_list("community")
        .annotate(n=Count("id"), oldest=Min("received_at"))
        .order_by("community")
    )
    found = list(waiting)
    lists = SourceList.objects.filter(path__in=[path for path, _n, _oldest in found], sender__name=SENDER)
    last = dict(lists.values_list("path").annotate(last=Max("received_at")))
    return [
        path for path, n, oldest in found if is_due(waiting=n, oldest_at=oldest, last_list_at=last.get(path), now=now)
    ]


def take_up_due(*, now: datetime) -> int:
    """Make the lists that are due; returns how many reports were taken up. One community never stops the others."""
    clock = automaton(Automaton.CLOCK)
    taken = 0
    for path in communities_due(now=now):
        taken += take_up(Command(actor=clock, now=now), path=path)["reports"]
    return taken


@action("self_report.take_up")
def take_up(command: Command, *, path: str) -> Answer:
    """Make the waiting reports of the community at `path` a list, and have it read."""
    command.require("lists.import", path=path)
    community = Territory.objects.filter(path=path, level=Level.COMMUNITY).first()
    waiting = HouseholdReport.objects.filter(path__startswith=path, state=ReportState.WAITING)
    reports = list(
        waiting.select_for_update(of=("self",), skip_locked=True).order_by("received_at", "id")[:MOST_AT_ONCE]
    )
    if community is None or not reports:
        return {"reports": 0, "lists": 0}
    readable = [one for one in map(_unsealed, reports) if one is not None]
    lists = _list(command, community, readable)
    command.note("self_report.take_up", path=path, facts={"reports": len(reports), "lists": lists})
    return {"reports": len(reports), "lists": lists}


@dataclass(frozen=True, slots=True)
class _Open:
    """A report with what it says."""

    row: HouseholdReport
    said: Mapping[str, Any]


def _unsealed(report: HouseholdReport) -> _Open | None:
    """The report read; marked as failed when its seal does not open."""
    try:
        said = report.content
        assert said["people"]
    except (UnreadableSeal, ValueError, KeyError, AssertionError):
        _fail(report, "self_report.unreadable")
        return None
    return _Open(report, said)


def _fail(report: HouseholdReport, code: str) -> None:
    report.state, report.fault = ReportState.FAILED, code
    report.save(update_fields=["state", "fault"])


def _list(command: Command, community: Territory, reports: Sequence[_Open]) -> int:
    """Make lists of these reports: one, unless one of them spoils it; that one is found by halving and left out."""
    if not reports:
        return 0
    try:
        with transaction.atomic():
            _make_list(command, community, reports)
    except (_Unlisted, Refusal):
        if len(reports) == 1:
            _fail(reports[0].row, "self_report.not_listed")
            return 0
        half = len(reports) // 2
        return _list(command, community, reports[:half]) + _list(command, community, reports[half:])
    return 1


def _make_list(command: Command, community: Territory, reports: Sequence[_Open]) -> None:
    content = csv_of(reports, community=community)
    list_id = uuid7()
    storage.keep(list_id, content)
    moment = timezone.localtime(command.now)
    try:
        receive(
            _part_of(command),
            list_id=list_id,
            sender=SENDER,
            title=f"{community.name}居民自报 {moment:%m-%d %H:%M}",
            purpose=Purpose.ARRIVAL,
            issuer=community.name,
            legal_basis=LEGAL_BASIS,
            deadline_at=command.now + LASTS,
            filename=f"居民自报{moment:%m%d%H%M}.csv",
            size=len(content),
            file_hash=file_hash(content),
            territory_id=community.id,
            sla_code=SLA_CODE,
        )
        made = inspect(SourceList.objects.select_related("sender").get(id=list_id))
        tables = [table for table in made.mapping.get("tables", ()) if table["kind"] == "persons"]
        if made.state != ListState.RECEIVED or [set(table["labels"]) for table in tables] != [COLUMNS.keys()]:
            raise _Unlisted
        fields = {tables[0]["key"]: [COLUMNS[label] for label in tables[0]["labels"]]}
        confirm(_part_of(command), list_id=list_id, fields=fields, remember=False)
    except BaseException:
        storage.shred(list_id)
        raise
    _mark(reports, list_id=list_id, community=community, now=command.now)


def _part_of(command: Command) -> Command:
    """A command of its own for a step of this one: same account, same time, same transaction."""
    return Command(actor=command.actor, now=command.now)


def csv_of(reports: Sequence[_Open], *, community: Territory) -> bytes:
    """The list as a file: a row for each person, their household's telephone for those who have none, so that a
    household stays together."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    areas = {area.path: area for area in Territory.objects.filter(path__in={one.row.path for one in reports})}
    for one in reports:
        said, area = one.said, areas.get(one.row.path, community)
        phone = next((person["phone"] for person in said["people"] if person.get("phone")), "")
        for person in said["people"]:
            writer.writerow(
                [
                    person["name"],
                    person.get("number", ""),
                    person.get("phone") or phone,
                    _address(said["address"], area=area, community=community),
                    words.LISTED_RELATIONS.get(person.get("relation", ""), ""),
                    said.get("origin", ""),
                    said.get("arrived_on", ""),
                    " ".join((words.LISTED_TRANSPORT.get(said.get("transport", ""), ""), said.get("transport_no", ""))),
                    words.LISTED_RESULTS.get(said.get("test_result", ""), ""),
                    _remark(said),
                    receipt_number(one.row.report_id),
                ]
            )
    return out.getvalue().encode("utf-8-sig")


def _address(text: str, *, area: Territory, community: Territory) -> str:
    """The address with the names of the poster's area in front, where they are not written there."""
    names = [community.name] if community.name not in text else []
    if area.level == Level.COMPOUND and area.name not in text:
        names.append(area.name)
    return "".join(names) + text


def _remark(said: Mapping[str, Any]) -> str:
    """What has no column: contact, symptoms, needs, and what was written beside them."""
    parts = [
        words.LISTED_CONTACTS.get(said.get("contact", ""), ""),
        said.get("contact_note", ""),
        *(words.LISTED_SYMPTOMS[one] for one in said.get("symptoms", ())),
        said.get("symptom_note", ""),
        *(words.LISTED_NEEDS[one] for one in said.get("needs", ())),
        said.get("need_note", ""),
        f"采样 {said['tested_on']}" if said.get("tested_on") else "",
    ]
    return "；".join(part for part in parts if part)


def _mark(reports: Sequence[_Open], *, list_id: UUID, community: Territory, now: datetime) -> None:
    """Note with each report its list, its first row there and its building; a report lies where its door lies."""
    day = timezone.localdate(now)
    gazetteer, known = current_gazetteer(day=day), areas_by_code(day=day)
    compounds = {area.path: area.code for area in known.values() if area.level == Level.COMPOUND}
    line = 2
    for one in reports:
        row = one.row
        context = DoorContext(community_code=community.code, compound_code=compounds.get(row.path, ""))
        door = read_door(one.said["address"], gazetteer=gazetteer, context=context)
        area, compound = known.get(door.area_code), known.get(door.compound_code)
        if area is not None and area.path.startswith(community.path) and area.level in (Level.BUILDING, Level.GRID):
            row.path = area.path
        row.building = "".join(named.name for named in (compound, area) if named and named.level != Level.COMMUNITY)
        if compound is not None and area is not None and compound.code == area.code:
            row.building = compound.name
        row.building = row.building[:80]
        row.state, row.source_list_id, row.first_row = ReportState.LISTED, list_id, line
        line += len(one.said["people"])
    HouseholdReport.objects.bulk_update(
        [one.row for one in reports], ["path", "building", "state", "source_list_id", "first_row"], batch_size=200
    )
