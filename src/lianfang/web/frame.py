"""Facts of the page frame: whose town this is, which mode it is in, who is looking. Cached for seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.access.roles import Role
from lianfang.core.metrics.mode import activation_at
from lianfang.core.territory.models import Level, Territory, prefixes

_NAME_SECONDS = 300
_MODE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Mode:
    """The mode the town works in. `css` is the pill's class: routine, emergency or drill; `day` counts from 1."""

    css: str
    order_no: str
    day: int


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: name, first character for the round sign, and the label of the widest role."""

    name: str
    initial: str
    role: str


def viewer(user: Any) -> Viewer | None:
    """The person logged in, None before that. One query at most (the grants, which pages read anyway)."""
    if not isinstance(user, User):
        return None
    role = next((role.label for role in Role if role.value in user.authority.roles), "")
    return Viewer(name=user.display_name, initial=user.display_name[:1], role=str(role))


def home_path(user: Any) -> str:
    """Path of the widest area the person sees, empty for none."""
    if not isinstance(user, User):
        return ""
    scopes = user.authority.scopes("territory.read")
    return min(scopes, key=len) if scopes else ""


def unit_name(path: str) -> str:
    """Name of the subdistrict `path` lies in; of the only subdistrict when `path` lies above it; else of the county."""
    name: str | None = cache.get_or_set(f"frame.unit.{path}", lambda: _unit_name(path), _NAME_SECONDS)
    return name or ""


def _unit_name(path: str) -> str:
    units = Territory.objects.in_force(timezone.localdate()).filter(level=Level.SUBDISTRICT)
    around = units.filter(path__in=prefixes(path)).first() if path else None
    if around is not None:
        return around.name
    below = list(units.filter(path__startswith=path)[:2])
    if len(below) == 1:
        return below[0].name
    county = Territory.objects.filter(level=Level.COUNTY).first()
    return county.name if county is not None else ""


def mode(path: str) -> Mode | None:
    """The activation in force for the area at `path` (the nearest area decides, the newest first); None: routine."""
    found = cache.get_or_set(f"frame.mode.{path}", lambda: (_mode(path),), _MODE_SECONDS)
    return found[0] if found else None


def under_drill(path: str) -> bool:
    """Whether pages of the area at `path` stand under a drill's banner now: what it says and what counts agree."""
    found = mode(path)
    return found is not None and found.css == "drill"


def _mode(path: str) -> Mode | None:
    now = timezone.now()
    found = activation_at(path, at=now)
    if found is None:
        return None
    day = (timezone.localdate() - timezone.localdate(found.starts_at)).days + 1
    css = "drill" if found.drill else found.mode
    return Mode(css=str(css), order_no=found.order_no, day=day)
