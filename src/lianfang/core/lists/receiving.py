"""A list arrives: its papers are checked, its file is sealed away, its columns are proposed and confirmed."""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingABC
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.later import later
from lianfang.core.actions.refusals import SENTENCES, NotFound, Refusal, refusal
from lianfang.core.lists import storage
from lianfang.core.lists.intake.mapping import Mapping, MappingRefused
from lianfang.core.lists.intake.refusals import MESSAGES, IntakeRefusal
from lianfang.core.lists.intake.source import open_source
from lianfang.core.lists.intake.tables import Table, find_tables
from lianfang.core.lists.intake.workbook import Workbook, content_key, raw_cells
from lianfang.core.lists.models import ColumnMapping, ListState, Purpose, Sender, SourceList
from lianfang.core.territory.models import Territory

NO_PAPERS = refusal(
    "lists.no_papers", _("A list needs a purpose, an issuer, a legal basis and a deadline. Missing: %(missing)s.")
)
SAME_FILE = refusal("lists.same_file", _("This very file was already brought in on %(day)s as “%(title)s”."))
SAME_CONTENT = refusal(
    "lists.same_content", _("A file with the same rows was already brought in on %(day)s as “%(title)s”.")
)
PAST_DEADLINE = refusal("lists.past_deadline", _("The deadline lies before the list was received."))
NOT_WAITING = refusal("lists.not_waiting", _("This list is no longer waiting for its columns to be confirmed."))
BAD_MAPPING = refusal("mapping.shape", _("The columns do not fit this file. Reload the page and choose them again."))
refusal("mapping.unknown_field", _("One of the chosen fields is not known. Choose from the list."))
refusal("mapping.field_twice", _("Two columns were given the same meaning. Choose one of them."))
refusal("mapping.nobody", _("No column says who it is about: name, document number or telephone. Choose at least one."))
for _code, _sentence in MESSAGES.items():
    SENTENCES[_code] = _(_sentence)

INLINE_BYTES = 2 * 1024 * 1024
"""Files up to this size are looked into at once; larger ones in the background."""
MOST_SKIPPED = 5000
"""Stretches of rows left out that are kept with their reasons."""
SAMPLE_ROWS = 30


@action("lists.receive")
def receive(
    command: Command,
    *,
    list_id: UUID,
    sender: str,
    title: str,
    purpose: str,
    issuer: str,
    legal_basis: str,
    deadline_at: datetime | None,
    filename: str,
    size: int,
    file_hash: str,
    territory_id: UUID,
    document_no: str = "",
    sla_code: str = "24h",
    corrects_id: UUID | None = None,
) -> Answer:
    """Take a list whose file is already stored under `list_id`. Refuses one without papers, and the same file twice."""
    territory = _area(command, territory_id)
    _check_papers(
        purpose=purpose, issuer=issuer, legal_basis=legal_basis, deadline_at=deadline_at, sender=sender, title=title
    )
    if deadline_at is None or deadline_at <= command.now:
        raise Refusal("lists.past_deadline")
    if corrects_id is not None and not SourceList.objects.visible_to(command.actor).filter(id=corrects_id).exists():
        raise NotFound("list")
    refuse_known("lists.same_file", SourceList.objects.filter(path=territory.path, file_hash=file_hash))
    papers = {"title": title, "issuer": issuer, "document_no": document_no, "legal_basis": legal_basis}
    limits = {"title": 120, "issuer": 80, "document_no": 60, "legal_basis": 200}
    made = SourceList.objects.create(
        id=list_id,
        sender=Sender.objects.get_or_create(name=sender.strip()[:80])[0],
        purpose=purpose,
        sla_code=sla_code,
        received_at=command.now,
        deadline_at=deadline_at,
        path=territory.path,
        filename=filename[:200],
        size=size,
        file_hash=file_hash,
        corrects_id=corrects_id,
        brought_by=command.actor,
        progress={"stage": "inspecting"},
        **{name: text.strip()[: limits[name]] for name, text in papers.items()},
    )
    command.note("lists.receive", path=made.path, subject_kind="list", subject_id=made.id, facts={"size": size})
    if size > INLINE_BYTES:
        later("lianfang.inspect_list", list_id=str(made.id))
    return {"list": str(made.id)}


def _area(command: Command, territory_id: UUID) -> Territory:
    territory = Territory.objects.filter(id=territory_id).first()
    if territory is None:
        command.asked.add("lists.import")
        raise NotFound("territory")
    command.require("lists.import", path=territory.path)
    return territory


def _check_papers(*, deadline_at: datetime | None, **papers: str) -> None:
    missing = [str(PAPER_NAMES[name]) for name, value in papers.items() if not value.strip()]
    if deadline_at is None:
        missing.append(str(PAPER_NAMES["deadline_at"]))
    if papers["purpose"].strip() and papers["purpose"] not in Purpose.values:
        missing.append(str(PAPER_NAMES["purpose"]))
    if missing:
        raise Refusal("lists.no_papers", missing=gettext(", ").join(missing))


PAPER_NAMES = {
    "purpose": _("purpose"),
    "issuer": _("issuer"),
    "legal_basis": _("legal basis"),
    "deadline_at": _("deadline"),
    "sender": _("sender"),
    "title": _("title"),
}


def refuse_known(code: str, known: Any) -> None:
    """Raise `code` if `known` holds a list that is still valid."""
    earlier = known.exclude(state__in=[ListState.REFUSED, ListState.UNDONE]).order_by("received_at").first()
    if earlier is not None:
        day = timezone.localtime(earlier.received_at).strftime("%Y-%m-%d %H:%M")
        raise Refusal(code, day=day, title=earlier.title)


def file_hash(content: bytes) -> str:
    """SHA-256 of a file, hexadecimal."""
    return sha256(content).hexdigest()


def open_list(source_list: SourceList) -> Workbook:
    """The list's file, read. Raises `IntakeRefusal`."""
    with storage.unsealed(source_list.id, filename=source_list.filename) as path:
        return open_source(path, filename=source_list.filename)


def inspect(source_list: SourceList, *, workbook: Workbook | None = None) -> SourceList:
    """Look into the file and propose what each column means. A file that cannot be taken is refused with its code.

    Idempotent; safe to repeat after a crash.
    """
    if source_list.state != ListState.RECEIVED:
        return source_list
    try:
        workbook = workbook or open_list(source_list)
        key = content_key(workbook)
        others = SourceList.objects.filter(path=source_list.path, content_hash=key).exclude(id=source_list.id)
        refuse_known("lists.same_content", others)
    except (IntakeRefusal, Refusal) as why:
        return _refuse(source_list, why.code, dict(why.facts))
    tables = [table for sheet in workbook.sheets for table in find_tables(sheet)]
    source_list.content_hash = key
    source_list.mapping = {"tables": [_proposal(source_list.sender, table) for table in tables]}
    left_out = [[table.key, one.first_row, one.last_row, one.reason] for table in tables for one in table.skipped]
    source_list.skipped = left_out[:MOST_SKIPPED]
    people = [table for table in tables if table.kind == "persons"]
    if not people and not any(table.kind == "zero_report" for table in tables):
        # Only a header without people, or the word for nobody, reports zero; what we cannot read must not pass for it.
        return _refuse(source_list, "file.nobody", {"sheets": len(workbook.sheets)})
    if not people:
        source_list.state = ListState.ZERO
        source_list.counts = {"persons": 0, "rows": 0}
    source_list.progress = {"stage": "confirm" if people else "done"}
    try:
        with transaction.atomic():
            source_list.save(update_fields=["content_hash", "mapping", "skipped", "state", "counts", "progress"])
    except IntegrityError:  # the same rows came in twice at once, and the other list was first
        source_list.refresh_from_db()
        return inspect(source_list, workbook=workbook)
    sample = {table.key: _sample(table) for table in tables}
    storage.keep(source_list.id, json.dumps(sample, ensure_ascii=False).encode(), place=storage.PREVIEW)
    return source_list


def _refuse(source_list: SourceList, code: str, facts: dict[str, Any]) -> SourceList:
    source_list.state = ListState.REFUSED
    source_list.refusal_code = code
    source_list.progress = {"stage": "refused", "facts": facts}
    source_list.save(update_fields=["state", "refusal_code", "progress"])
    return source_list


def _proposal(sender: Sender, table: Table) -> dict[str, Any]:
    mapping = Mapping(fields=tuple(guess.field for guess in table.guesses), labels=table.labels, signature="")
    try:
        mapping = Mapping.of_table(table)
        problem = ""
    except MappingRefused as why:
        problem = why.code
    remembered = _remembered(sender, table, mapping.signature) if mapping.signature else None
    return {
        "key": table.key,
        "sheet": table.sheet.name,
        "visible": table.sheet.visible,
        "kind": table.kind,
        "layout": table.layout,
        "title": table.title,
        "labels": list(table.labels),
        "fields": list((remembered or mapping).fields),
        "guesses": [{"confidence": round(guess.confidence, 2), "why": guess.why} for guess in table.guesses],
        "signature": mapping.signature,
        "remembered": remembered is not None,
        "problem": problem,
        "rows": len(table.body),
        "skipped": len(table.skipped),
        "stated_zero": table.stated_zero,
    }


def _remembered(sender: Sender, table: Table, signature: str) -> Mapping | None:
    kept = ColumnMapping.objects.filter(sender=sender, signature=signature).first()
    if kept is None:
        return None
    try:
        return Mapping.from_json(kept.mapping).adapted_to(table) or Mapping.from_json(kept.mapping)
    except MappingRefused:
        return None


def _sample(table: Table) -> list[dict[str, Any]]:
    return [
        {"row": table.sheet.numbers[index], "cells": raw_cells(table.cells(index))}
        for index in table.body[:SAMPLE_ROWS]
    ]


def sample_of(source_list: SourceList) -> dict[str, list[dict[str, Any]]]:
    """The first rows of each table, for the preview; empty if nothing is stored."""
    try:
        found: dict[str, list[dict[str, Any]]] = json.loads(storage.content(source_list.id, place=storage.PREVIEW))
    except FileNotFoundError:
        return {}
    return found


@action("lists.confirm")
def confirm(command: Command, *, list_id: UUID, fields: MappingABC[str, list[str]], remember: bool = True) -> Answer:
    """A person confirms what the columns mean (field codes per table key); the list is queued for reading.

    Tables that are not named are left out. The mapping is remembered for the sender.
    """
    source_list = (
        SourceList.objects.visible_to(command.actor).select_for_update(of=("self",)).filter(id=list_id).first()
    )
    if source_list is None:
        command.asked.add("lists.import")
        raise NotFound("list")
    command.require("lists.import", path=source_list.path)
    if source_list.state != ListState.RECEIVED or not source_list.mapping:
        raise Refusal("lists.not_waiting")
    chosen: dict[str, dict[str, Any]] = {}
    for table in source_list.mapping["tables"]:
        if table["key"] not in fields or table["kind"] != "persons":
            continue
        mapping = Mapping(
            fields=tuple(fields[table["key"]]), labels=tuple(table["labels"]), signature=table["signature"]
        )
        try:
            mapping.check(chain=table["layout"] == "chain")
        except MappingRefused as why:
            raise Refusal(why.code) from why
        chosen[table["key"]] = mapping.to_json()
        if remember:
            ColumnMapping.objects.update_or_create(
                sender_id=source_list.sender_id,
                signature=mapping.signature,
                defaults={"mapping": mapping.to_json(), "confirmed_by": command.actor, "confirmed_at": command.now},
            )
    if not chosen:
        raise Refusal("mapping.nobody")
    source_list.mapping = {**source_list.mapping, "chosen": chosen}
    source_list.state = ListState.QUEUED
    source_list.progress = {"stage": "queued"}
    source_list.save(update_fields=["mapping", "state", "progress"])
    later("lianfang.run_list", list_id=str(source_list.id))
    command.note("lists.confirm", path=source_list.path, subject_kind="list", subject_id=source_list.id)
    return {"list": str(source_list.id), "tables": sorted(chosen)}
