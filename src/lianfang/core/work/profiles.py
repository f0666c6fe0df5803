"""Time limits of the presets a list can carry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.work.models import SlaProfile

BAD_LIMITS = refusal(
    "sla.bad_limits", _("Accepting comes before finishing; both take between 5 minutes and 30 days (43200 minutes).")
)

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 43_200
"""Limits of a limit (house choice): nobody accepts within less than 5 minutes; 30 days is no limit any more."""


@action("sla.edit")
def set_limits(command: Command, *, code: str, accept_minutes: int, finish_minutes: int) -> Answer:
    """Change the minutes to accept and to finish of one preset; work already dispatched keeps its deadline."""
    command.require_somewhere("sla.edit")
    profile = SlaProfile.objects.select_for_update().filter(code=code).first()
    if profile is None:
        raise NotFound("profile")
    if not SHORTEST_MINUTES <= accept_minutes <= finish_minutes <= LONGEST_MINUTES:
        raise Refusal("sla.bad_limits")
    before = [profile.accept_minutes, profile.finish_minutes]
    profile.accept_minutes, profile.finish_minutes = accept_minutes, finish_minutes
    profile.save(update_fields=["accept_minutes", "finish_minutes"])
    command.note(
        "sla.edit",
        subject_kind="profile",
        facts={"profile": code, "before": before, "after": [accept_minutes, finish_minutes]},
    )
    return {"profile": code, "accept_minutes": accept_minutes, "finish_minutes": finish_minutes}
