"""Opening rows of a list in full: the look is written down, whoever the row turns out to be about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import ListRow
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Person


def open_row(*, actor: User, row_id: UUID, now: datetime, why: str = "list") -> ListRow:
    """The row in full. Raises `NotFound` outside the actor's area, `NotAllowed` without the right to open people."""
    row = (
        ListRow.objects.visible_to(actor)
        .select_related("source_list", "person", "decided_by", "repeats", "dwelling", "pin__decided_by")
        .filter(id=row_id)
        .first()
    )
    if row is None:
        raise NotFound("row")
    log_row_looks(actor=actor, rows=[row], now=now, why=why)
    return row


def log_row_looks(*, actor: User, rows: Sequence[ListRow], now: datetime, why: str) -> None:
    """Write down that these rows were shown in full."""
    for row in rows:
        if not actor.authority.may("people.open", path=row.path):
            raise NotAllowed("people.open")
    notes = [
        journal.Note(
            kind=AuditEntry.Kind.LOOK,
            code="lists.open_row",
            path=row.path,
            subject_kind="row",
            subject_id=row.id,
            facts={"why": why},
        )
        for row in rows
    ]
    journal.write(notes, actor_id=actor.id, at=now, now=now)


def open_people(*, actor: User, person_ids: Sequence[UUID], now: datetime, why: str) -> dict[UUID, Person]:
    """Those of these people the actor may open, in full with documents, telephones and door; each look is logged."""
    found = (
        Person.objects.visible_to(actor)
        .filter(id__in=list(person_ids))
        .select_related("dwelling", "compound")
        .prefetch_related("documents", "telephones")
    )
    people = [person for person in found if actor.authority.may("people.open", path=person.path)]
    if people:
        log_looks(actor=actor, people=people, now=now, why=why)
    return {person.id: person for person in people}
