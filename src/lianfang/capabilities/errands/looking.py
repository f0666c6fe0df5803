"""Telephones of those an errand is for: the only way to them for whoever runs it, and the look is written down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import Telephone


def open_numbers(*, actor: User, errand_id: UUID, now: datetime) -> tuple[Errand, list[str]]:
    """The errand and the numbers under which its person is reached, else those of the household; for what is still to
    be done only. Raises `NotFound`, or `NotAllowed` for whoever does not carry it out."""
    errand = Errand.objects.visible_to(actor).open().select_related("dwelling__compound", "person", "batch")
    found = errand.filter(id=errand_id).first()
    if found is None:
        raise NotFound("errand")
    if not actor.authority.may("errands.run", path=found.path):
        raise NotAllowed("errands.run")
    own = list(Telephone.objects.filter(person_id=found.person_id).order_by("rank", "id"))
    rows = own or list(Telephone.objects.filter(person__household_id=found.household_id).order_by("rank", "id"))
    note = journal.Note(
        kind=AuditEntry.Kind.LOOK,
        code="errands.open_numbers",
        path=found.path,
        subject_kind="errand",
        subject_id=found.id,
    )
    journal.write([note], actor_id=actor.id, at=now, now=now)
    return found, list(dict.fromkeys(row.number for row in rows))
