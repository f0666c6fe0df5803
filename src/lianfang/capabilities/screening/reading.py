"""The confirmed file becomes rows, each with its cells and facts sealed; every physical row is accounted for."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.core import vault
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound
from lianfang.core.bulk import copy_values
from lianfang.core.lists.facts import facts_json
from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.refusals import IntakeRefusal
from lianfang.core.lists.intake.rows import read_rows, skipped_rows
from lianfang.core.lists.intake.workbook import Raw
from lianfang.core.lists.models import ListRow, ListState, RowDecision, SourceList
from lianfang.core.lists.receiving import MOST_SKIPPED, open_list
from lianfang.kernel.rowfacts import RowFacts
from lianfang.kernel.uuid7 import uuid7

CHUNK = 5000


def list_to_work_on(command: Command, list_id: UUID) -> SourceList:
    """The list, locked, if the actor may bring lists in there."""
    found = SourceList.objects.visible_to(command.actor).select_for_update(of=("self",)).filter(id=list_id).first()
    if found is None:
        command.asked.add("lists.import")
        raise NotFound("list")
    command.require("lists.import", path=found.path)
    return found


@action("screening.read")
def read(command: Command, *, list_id: UUID) -> Answer:
    """Read the file by its confirmed columns into rows. A file that cannot be read after all is refused with its code.

    Idempotent: repeated, it reads the file again from the start.
    """
    source_list = list_to_work_on(command, list_id)
    if source_list.state not in (ListState.QUEUED, ListState.READING):
        return {"list": str(list_id), "state": source_list.state}
    try:
        workbook = open_list(source_list)
    except IntakeRefusal as why:
        SourceList.objects.filter(id=list_id).update(
            state=ListState.REFUSED, refusal_code=why.code, progress={"stage": "refused", "facts": why.facts}
        )
        command.note("lists.refuse", path=source_list.path, subject_kind="list", subject_id=list_id)
        return {"list": str(list_id), "state": ListState.REFUSED.value}
    ListRow.objects.filter(source_list=source_list).delete()
    mappings = {key: Mapping.from_json(value) for key, value in source_list.mapping["chosen"].items()}
    today = timezone.localdate(source_list.received_at)
    stream = read_rows(workbook, mappings=mappings, today=today)
    rows = physical = 0
    seen: set[tuple[str, int]] = set()
    problems: Counter[str] = Counter()
    while chunk := list(islice(stream, CHUNK)):
        copy_values(
            ListRow, _COLUMNS, [_row(source_list, rows + i, facts, raw) for i, (facts, raw) in enumerate(chunk)]
        )
        rows += len(chunk)
        seen |= {(facts.sheet, facts.data_row) for facts, _ in chunk}
        problems.update(problem.code for facts, _ in chunk for problem in facts.problems)
    physical = len(seen)
    SourceList.objects.filter(id=list_id).update(
        state=ListState.MATCHING,
        counts={"rows": physical, "persons": rows, "problems": dict(problems)},
        skipped=[[sheet, one.first_row, one.last_row, one.reason] for sheet, one in skipped_rows(workbook)][
            :MOST_SKIPPED
        ],
        progress={"stage": "matching", "done": 0, "of": rows},
    )
    command.note("lists.read", path=source_list.path, subject_kind="list", subject_id=list_id, facts={"persons": rows})
    return {"list": str(list_id), "rows": physical, "persons": rows}


_COLUMNS = (
    *("id", "source_list_id", "ordinal", "sheet", "data_row", "sheet_row", "part", "raw_sealed", "facts_sealed"),
    *("name", "problems", "path", "decision", "rules_version", "placement", "reasons", "candidates"),
)
"""Columns of `ListRow` that reading fills; the others stay empty until the row is compared."""


def _row(source_list: SourceList, ordinal: int, facts: RowFacts, raw: list[Raw]) -> tuple[Any, ...]:
    row = uuid7()
    cells = json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
    return (
        *(row, source_list.id, ordinal, facts.sheet[:60], facts.data_row, facts.sheet_row, facts.part),
        vault.seal(cells, place="row.raw", row=row),
        vault.seal(facts_json(facts), place="row.facts", row=row),
        (facts.name or facts.name_masked)[:60],
        [[problem.code, problem.column, problem.severity] for problem in facts.problems],
        *(source_list.path, RowDecision.PENDING, "", "", [], []),
    )
