"""Finding places and people to choose from, by what is typed into a box."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling
from lianfang.core.people.search import search
from lianfang.core.territory.models import Level, Territory
from lianfang.web.queries.places import under_any

MOST_PLACES = 12
_ROUGH_FIRST = (Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID, Level.COMPOUND, Level.BUILDING)


def places_like(actor: User, text: str, *, now: datetime) -> tuple[list[Territory], list[Dwelling]]:
    """Areas whose name, alias or code fits, and doors; at most `MOST_PLACES` each."""
    if not text:
        return [], []
    return areas_like(actor, text), list(search(actor=actor, text=text, now=now).dwellings[:MOST_PLACES])


def areas_like(actor: User, text: str) -> list[Territory]:
    """Areas in force that the actor sees and whose name, alias or code fits; the widest first."""
    scopes = actor.authority.scopes("territory.read")
    areas = Territory.objects.in_force(timezone.localdate()).filter(under_any(scopes), level__in=_ROUGH_FIRST)
    return list(areas.named_like(text).select_related("parent", "compound").order_by("path")[:MOST_PLACES])
