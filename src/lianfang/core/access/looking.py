"""Opening the telephone numbers of those who answer for an area: the look is written down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lianfang.core.access.models import Responsibility, User
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.territory.models import Territory


def open_phones(*, actor: User, area: Territory, now: datetime) -> dict[UUID, str]:
    """Telephones of everyone who answers for `area`, by responsibility. The caller checked that the actor sees it."""
    net = Responsibility.objects.for_door(area.path, at=now)
    journal.write(
        [
            journal.Note(
                kind=AuditEntry.Kind.LOOK,
                code="territory.open_phones",
                path=area.path,
                subject_kind="territory",
                subject_id=area.id,
            )
        ],
        actor_id=actor.id,
        at=now,
        now=now,
    )
    return {answer.id: answer.phone for answer in net}
