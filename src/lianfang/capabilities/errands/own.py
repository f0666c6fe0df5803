"""What somebody reads on their own page about what they asked for. Nothing of anybody else in the household."""

from __future__ import annotations

from uuid import UUID

from lianfang.capabilities.errands.models import Errand

MOST_SHOWN = 20


def asked_by(person_id: UUID) -> list[Errand]:
    """What this person asked for, the latest first."""
    return list(Errand.objects.filter(person_id=person_id).order_by("-asked_at", "-id")[:MOST_SHOWN])
