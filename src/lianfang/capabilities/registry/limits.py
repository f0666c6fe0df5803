"""How long a tip or a newcomer may wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from lianfang.core.work.models import SlaProfile

TIP_PROFILE, NEWCOMER_PROFILE = "4h", "24h"
"""Time-limit profiles of a tip and of a newcomer found at the door (house choice)."""

PRESET_MINUTES = {TIP_PROFILE: 4 * 60, NEWCOMER_PROFILE: 24 * 60}
"""What the preset of that name says where a site has not written its own."""


def due_at(code: str, *, received_at: datetime) -> datetime:
    """When work under the profile `code` is due; `received_at` is aware."""
    minutes = SlaProfile.objects.filter(code=code).values_list("finish_minutes", flat=True).first()
    return received_at + timedelta(minutes=PRESET_MINUTES[code] if minutes is None else minutes)
