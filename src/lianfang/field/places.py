"""Whose phone this is: name, roles, areas and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lianfang.core.access.models import Grant, OffDuty, User
from lianfang.core.territory.models import Level


@dataclass(frozen=True, slots=True)
class Post:
    """One role in one area, until an instant."""

    role: str
    place: str
    until: datetime


def posts_of(user: User, *, now: datetime) -> list[Post]:
    """The roles in force, the nearest area first; one query."""
    grants = Grant.objects.in_force(now).filter(user=user).select_related("territory__parent")
    found = []
    for grant in sorted(grants, key=lambda grant: (-len(grant.territory.path), grant.territory.path)):
        area = grant.territory
        inside = area.parent is not None and area.level in (Level.GRID, Level.BUILDING)
        place = f"{area.parent.name}·{area.name}" if inside and area.parent else area.name
        found.append(Post(role=str(grant.get_role_display()), place=place, until=grant.ends_at))
    return found


def off_duty_until(user: User, *, now: datetime) -> datetime | None:
    """The end of the time off that runs now, if any."""
    rows = OffDuty.objects.filter(user=user, starts_at__lte=now, ends_at__gt=now)
    return rows.order_by("-ends_at").values_list("ends_at", flat=True).first()
