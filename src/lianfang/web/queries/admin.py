"""Accounts and grants as an administrator sees them. Nothing here reads people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianfang.core.access.models import Grant, User
from lianfang.core.access.roles import ALL_PERMISSIONS, PERMISSIONS, TOTP_ROLES, Role
from lianfang.core.actions.accounts import accounts_seen_by
from lianfang.core.actions.confirming import waiting_for
from lianfang.core.actions.refusals import NotFound
from lianfang.core.territory.models import Territory
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut
from lianfang.web.queries.places import area_title


@dataclass(slots=True)
class AccountLine:
    """One line of the accounts list."""

    href: str
    name: str
    username: str
    active: bool
    must_change: bool
    last_login: datetime | None
    roles: list[str] = field(default_factory=list)
    ends_at: datetime | None = None


def accounts(actor: User, *, text: str, role: str, state: str, now: datetime, cursor: str) -> Slice[AccountLine]:
    """One page of accounts, by log-in name; two queries."""
    users = accounts_seen_by(actor)
    in_force = Grant.objects.in_force(now)
    if text:
        users = users.filter(Q(username__startswith=text) | Q(display_name__startswith=text))
    if role:
        users = users.filter(id__in=in_force.filter(role=role).values("user_id"))
    if state == "closed":
        users = users.filter(is_active=False)
    elif state == "without":
        users = users.exclude(id__in=in_force.values("user_id"))
    found: Slice[User] = cut(behind(users, key="username", cursor=cursor)[: PAGE + 1], key="username", cursor=cursor)
    held: dict[UUID, list[Grant]] = defaultdict(list)
    grants = in_force.filter(user__in=found.rows).select_related("territory__parent").order_by("territory__path")
    for grant in grants:
        held[grant.user_id].append(grant)
    return found.of([_line(user, held[user.id]) for user in found.rows])


def _line(user: User, grants: list[Grant]) -> AccountLine:
    return AccountLine(
        href=f"/admin/accounts/{user.id}/",
        name=user.display_name or user.username,
        username=user.username,
        active=user.is_active,
        must_change=user.must_change_password,
        last_login=user.last_login,
        roles=_roles(grants),
        ends_at=min((grant.ends_at for grant in grants), default=None),
    )


def _roles(grants: Sequence[Grant]) -> list[str]:
    """Each role once, with the areas it holds in; what lies inside another of them is only counted."""
    by_role: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants:
        by_role[grant.get_role_display()].append(grant)
    found = []
    for role, held in by_role.items():
        areas = sorted((grant.territory for grant in held), key=lambda area: area.path)
        outer = [area for area in areas if not any(_inside(area, other) for other in areas)]
        words = _(", ").join(map(_title, outer))
        inner = len({area.path for area in areas} - {area.path for area in outer})
        if inner:
            words = ngettext("%(areas)s and %(n)s area inside", "%(areas)s and %(n)s areas inside", inner) % {
                "areas": words,
                "n": inner,
            }
        found.append(f"{role} · {words}")
    return found


def _inside(area: Territory, other: Territory) -> bool:
    return area.path != other.path and area.path.startswith(other.path)


def _title(area: Territory) -> str:
    return area_title(area.level, area.name, area.parent.name if area.parent else "")


def account_for(actor: User, user_id: UUID) -> User:
    """The account if the actor looks after it. Raises `NotFound`."""
    user = accounts_seen_by(actor).filter(id=user_id).first()
    if user is None:
        raise NotFound("user")
    return user


def grants_of(user: User) -> list[Grant]:
    """Every role the account has or had, the latest first."""
    return list(
        user.grants.select_related("territory", "granted_by", "confirmed_by").order_by("-ends_at", "-starts_at")
    )


def waiting_lines(actor: User, *, now: datetime) -> list[tuple[Grant, str, bool]]:
    """Roles that wait for the actor, with the title of their area and whether their owner chose a password."""
    waiting = waiting_for(actor, at=now).select_related("user", "territory__parent", "granted_by").order_by("id")
    return [
        (grant, _title(grant.territory), grant.user.has_usable_password() and not grant.user.must_change_password)
        for grant in waiting
    ]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A permission and, per role in order, whether the role has it."""

    code: str
    label: str
    cells: tuple[bool, ...]


def matrix() -> tuple[list[tuple[str, bool]], list[MatrixRow]]:
    """Roles (with whether they ask for a second factor) and what each may do, from the one table that decides it."""
    roles = [(str(role.label), role.value in TOTP_ROLES) for role in Role]
    rows = [
        MatrixRow(code, str(label), tuple(code in PERMISSIONS[role] for role in Role))
        for code, label in ALL_PERMISSIONS.items()
    ]
    return roles, rows
