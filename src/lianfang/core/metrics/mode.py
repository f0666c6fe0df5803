"""Routine or emergency, real or a drill: what is in force for an area at an instant."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from lianfang.core.metrics.models import Activation
from lianfang.core.territory.models import prefixes


def activation_at(path: str, *, at: datetime) -> Activation | None:
    """The activation in force for the area at `path`: the nearest area decides, the newest first. None: routine."""
    running = Activation.objects.filter(territory__path__in=prefixes(path), starts_at__lte=at)
    running = running.filter(Q(ends_at=None) | Q(ends_at__gt=at)).select_related("territory")
    return running.order_by("-territory__path", "-starts_at").first()


def is_drill(path: str, *, at: datetime) -> bool:
    """Whether what is in force for the area at `path` is a drill."""
    found = activation_at(path, at=at)
    return found is not None and found.drill
