"""Areas and accounts to choose from, as the viewer sees them. They change seldom: kept for half a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from lianfang.core.access.models import Grant, User
from lianfang.core.access.roles import PERMISSIONS
from lianfang.core.territory.models import Level, Territory, prefixes

KEPT_SECONDS = 30
MOST_AREAS = 600
MOST_ACCOUNTS = 400
_FILTER_LEVELS = (Level.COUNTY, Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID)
_INDENT = "　"


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """An area one can filter by; `label` is indented by its depth, `name` of a grid begins with its community's."""

    id: UUID
    path: str
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account work can be given to, with the name of its area."""

    id: str
    name: str
    area: str


def under_any(scopes: Sequence[str], column: str = "path") -> Q:
    """Rows whose path lies under one of `scopes`; none for no scope."""
    condition = Q(pk__in=[])
    for scope in scopes:
        condition |= Q(**{f"{column}__startswith": scope})
    return condition


def areas_of(actor: User, permission: str = "territory.read") -> list[AreaChoice]:
    """Areas down to the grid where the permission holds, in the order of the tree; no grids when they are too many."""
    scopes = actor.authority.scopes(permission)
    found: list[AreaChoice] = cache.get_or_set(_key("areas", scopes), lambda: _areas(scopes), KEPT_SECONDS) or []
    return found


def _areas(scopes: Sequence[str]) -> list[AreaChoice]:
    areas = Territory.objects.in_force(timezone.localdate()).filter(under_any(scopes), level__in=_FILTER_LEVELS)
    rows = list(areas.order_by("path").values_list("id", "path", "name", "level", "parent__name")[: 20 * MOST_AREAS])
    if len(rows) > MOST_AREAS:
        rows = [row for row in rows if row[3] != Level.GRID]
    top = min((len(path) for _, path, _, _, _ in rows), default=0)
    return [
        AreaChoice(area_id, path, area_title(level, name, parent), _INDENT * ((len(path) - top) // 4) + name)
        for area_id, path, name, level, parent in rows
    ]


def area_title(level: str, name: str, parent: str | None) -> str:
    """The name of an area as it is understood without a context: every community has a first grid."""
    return f"{parent} {name}" if level == Level.GRID and parent else name


def nearest_name(path: str, names: dict[str, str]) -> str:
    """The name of the smallest known area that `path` lies in."""
    return next((names[area] for area in reversed(prefixes(path)) if area in names), "")


def accounts_of(actor: User, permission: str = "work.assign", able: str = "work.do") -> list[AccountChoice]:
    """Accounts that may do `able` now in an area where the actor holds `permission`, by name."""
    scopes = actor.authority.scopes(permission)
    kept = cache.get_or_set(_key(f"accounts.{able}", scopes), lambda: _accounts(scopes, able), KEPT_SECONDS)
    found: list[AccountChoice] = kept or []
    return found


def _accounts(scopes: Sequence[str], able: str) -> list[AccountChoice]:
    roles = [role for role, permissions in PERMISSIONS.items() if able in permissions]
    grants = Grant.objects.in_force(timezone.now()).filter(
        under_any(scopes, "territory__path"), role__in=roles, user__is_active=True
    )
    rows = grants.order_by("user__display_name", "-territory__path").values_list(
        "user_id", "user__display_name", "territory__level", "territory__name", "territory__parent__name"
    )
    found: dict[UUID, AccountChoice] = {}
    for user_id, name, level, area, parent in rows[: 4 * MOST_ACCOUNTS]:
        found.setdefault(user_id, AccountChoice(str(user_id), name, area_title(level, area, parent)))
    return list(found.values())[:MOST_ACCOUNTS]


def _key(kind: str, scopes: Sequence[str]) -> str:
    return f"desk.{kind}.{sha256('|'.join(scopes).encode()).hexdigest()[:24]}"
