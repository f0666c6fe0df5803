"""Opening what the lists say about unplaced work: addresses in full, and the look is written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.facts import facts_from
from lianfang.core.lists.models import ListRow
from lianfang.core.work.models import WorkItem, WorkOrigin


@dataclass(frozen=True, slots=True)
class Saying:
    """What one row of a list says about where someone is."""

    list_title: str
    row: int
    name: str
    address: str
    registered_address: str
    phones: tuple[str, ...]
    came_from: str


def open_rows(*, actor: User, item_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[Saying]]:
    """What the rows behind these items say, by item. Items and rows out of the actor's sight are left out.

    Raises `NotAllowed` where the actor may not open people's files; every look is logged.
    """
    items = list(WorkItem.objects.visible_to(actor).filter(id__in=item_ids).values_list("id", "path"))
    for _, path in items:
        if not actor.authority.may("people.open", path=path):
            raise NotAllowed("people.open")
    rows = ListRow.objects.visible_to(actor).filter(origins__item__in=[item_id for item_id, _ in items])
    by_row = {row.id: row for row in rows.select_related("source_list")}
    origins = WorkOrigin.objects.filter(row__in=list(by_row)).order_by("created_at", "id")
    found: dict[UUID, list[Saying]] = defaultdict(list)
    for item_id, row_id in origins.values_list("item_id", "row_id"):
        if row_id is not None:
            found[item_id].append(_saying(by_row[row_id]))
    _log(actor, items, now=now)
    return found


def _saying(row: ListRow) -> Saying:
    facts = facts_from(row.facts)
    return Saying(
        list_title=row.source_list.title,
        row=row.sheet_row,
        name=facts.name or facts.name_masked,
        address=facts.address,
        registered_address=facts.registered_address,
        phones=(*facts.phones, *facts.phones_masked),
        came_from=str(facts.extra.get("origin", "")),
    )


def _log(actor: User, items: Sequence[tuple[UUID, str]], *, now: datetime) -> None:
    notes = [
        journal.Note(
            kind=AuditEntry.Kind.LOOK,
            code="work.open_rows",
            path=path,
            subject_kind="work",
            subject_id=item_id,
            facts={"why": "placing"},
        )
        for item_id, path in items
    ]
    journal.write(notes, actor_id=actor.id, at=now, now=now)
