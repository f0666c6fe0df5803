"""The places a zone may cover, to choose from: an area and what lies in it down to the entrance."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from lianfang.core.territory.models import Level, Territory

MOST_PARTS = 240
_PARTS = (Level.GRID, Level.COMPOUND, Level.BUILDING, Level.ENTRANCE)


def parts_of(area: Territory) -> list[Territory]:
    """The area itself first (up to a community), then its compounds, buildings and entrances; one query."""
    below = Q(path__startswith=area.path)
    if area.level == Level.COMPOUND:
        below |= Q(compound=area)
    levels = (Level.COMMUNITY, *_PARTS) if area.level == Level.COMMUNITY else _PARTS
    areas = Territory.objects.in_force(timezone.localdate()).filter(below, level__in=levels)
    found = list(areas.select_related("compound", "parent").order_by("path")[:MOST_PARTS])
    return sorted(found, key=lambda one: (one.id != area.id, one.path))
