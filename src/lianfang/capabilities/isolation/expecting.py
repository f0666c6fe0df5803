"""Openings that are expected: rubbish, a parcel, a sample, care. Told by staff, or on residents' own pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.isolation.models import OpeningReason, OpeningWindow
from lianfang.capabilities.isolation.rules import LONGEST_WINDOW
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.people.models import Dwelling
from lianfang.kernel.uuid7 import uuid7

BAD_WINDOW = refusal(
    "isolation.bad_window",
    _("It must end after it begins, at most four hours later, and not be over yet."),
)
NO_WHY = refusal("isolation.no_why", _("Choose why the door opens."))


@action("isolation.expect")
def expect(
    command: Command,
    *,
    dwelling_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    why: str,
    source: str = AnswerSource.STAFF.value,
) -> Answer:
    """Say when a door will open and why. It cannot be said afterwards: what was not expected stays to be explained.

    With the source “staff” for a door of one's area; for anything else by residents' own pages, which have made sure
    that it is the person's own door.
    """
    if source == AnswerSource.STAFF:
        scopes = command.require_somewhere("measures.operate")
    else:
        scopes = command.require_somewhere("resident.answer")
    dwelling = Dwelling.objects.in_scopes(scopes).filter(id=dwelling_id).first()
    if dwelling is None:
        raise NotFound("dwelling")
    if not starts_at < ends_at <= starts_at + LONGEST_WINDOW or ends_at <= command.now:
        raise Refusal("isolation.bad_window")
    if why not in OpeningReason.values:
        raise Refusal("isolation.no_why")
    window = OpeningWindow.objects.create(
        id=uuid7(),
        dwelling=dwelling,
        path=dwelling.path,
        starts_at=max(starts_at, command.now),
        ends_at=ends_at,
        why=why,
        noted_at=command.now,
        noted_by=command.actor,
    )
    command.note("isolation.expect", path=dwelling.path, subject_kind="dwelling", subject_id=dwelling.id)
    return {"window": str(window.id)}
