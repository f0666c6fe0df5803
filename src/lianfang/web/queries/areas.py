"""Which area, day and instant a page of numbers shows: an area the viewer may see numbers of by its path,
else the first of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.metrics.compounds import COMMUNITY_DEPTH
from lianfang.core.territory.models import Territory
from lianfang.web.queries.places import AreaChoice, areas_of

MOST_CHOICES = 60


def area_for(actor: User, path: str = "", *, permission: str = "metrics.read") -> Territory:
    """The area at this path, else the actor's first. Raises `NotFound` beyond the actor's areas and
    `PermissionDenied` when the permission holds nowhere.
    """
    scopes = actor.authority.scopes(permission)
    if not scopes:
        raise PermissionDenied
    if path and not (path.isalnum() and any(path.startswith(scope) for scope in scopes)):
        raise NotFound("territory")
    area = Territory.objects.filter(path=path or scopes[0]).first()
    if area is None:
        raise NotFound("territory")
    return area


def narrowed(path: str, scopes: Sequence[str]) -> tuple[str, ...]:
    """The part of the area at `path` that lies under `scopes`."""
    if any(path.startswith(scope) for scope in scopes):
        return (path,)
    return tuple(scope for scope in scopes if scope.startswith(path))


def choices_for(actor: User, *, permission: str = "metrics.read") -> list[AreaChoice]:
    """Areas down to the community to look at; empty when there is only one."""
    found = [choice for choice in areas_of(actor, permission) if len(choice.path) <= COMMUNITY_DEPTH]
    return found[:MOST_CHOICES] if len(found) > 1 else []


def day_of(text: str) -> date | None:
    """The day an address names; None for none, or for what is no day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def instant_of(text: str) -> datetime | None:
    """The aware instant an address or form names; None for none, or for what is no instant."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return None if instant is None or timezone.is_naive(instant) else instant
