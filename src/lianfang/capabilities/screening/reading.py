"""The confirmed file is opened again, and every physical row of it is accounted for."""

from __future__ import annotations

from uuid import UUID

from lianfang.capabilities.screening.ahead import reader_of
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound
from lianfang.core.lists.intake.refusals import IntakeRefusal
from lianfang.core.lists.intake.rows import skipped_rows
from lianfang.core.lists.models import ListState, SourceList

MOST_SKIPPED = 5000


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
    """Open the file of a confirmed list. One that cannot be read after all is refused with its code.

    Its people are read and decided in the steps that follow (`screening.match`).
    """
    source_list = list_to_work_on(command, list_id)
    if source_list.state not in (ListState.QUEUED, ListState.READING):
        return {"list": str(list_id), "state": source_list.state}
    try:
        workbook = reader_of(source_list).workbook
    except IntakeRefusal as why:
        SourceList.objects.filter(id=list_id).update(
            state=ListState.REFUSED, refusal_code=why.code, progress={"stage": "refused", "facts": why.facts}
        )
        command.note("lists.refuse", path=source_list.path, subject_kind="list", subject_id=list_id)
        return {"list": str(list_id), "state": ListState.REFUSED.value}
    chosen = source_list.mapping["chosen"]
    expected = sum(table["rows"] for table in source_list.mapping["tables"] if table["key"] in chosen)
    left_out = [[sheet, one.first_row, one.last_row, one.reason] for sheet, one in skipped_rows(workbook)]
    SourceList.objects.filter(id=list_id).update(
        state=ListState.MATCHING,
        skipped=left_out[:MOST_SKIPPED],
        progress={"stage": "matching", "done": 0, "of": expected},
    )
    command.note("lists.read", path=source_list.path, subject_kind="list", subject_id=list_id)
    return {"list": str(list_id), "rows": expected}
