"""A new password for someone who lost theirs; which accounts an administrator looks after; roles that wait."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianfang.core.access.models import Grant, User
from lianfang.core.access.roles import PEOPLE_ROLES
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.granting import BAD_PASSWORD, NOT_TO_ONESELF
from lianfang.core.actions.refusals import NotFound, Refusal

SHORTEST_PASSWORD = 10


def accounts_seen_by(actor: User, *, permission: str = "access.read") -> QuerySet[User]:
    """Accounts with a role, past or present, in the areas where the actor holds `permission`; and those without any."""
    scopes = actor.authority.scopes(permission)
    if not scopes:
        return User.objects.none()
    here = Q(pk__in=[])
    for scope in scopes:
        here |= Q(territory__path__startswith=scope)
    grants = Grant.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(grants.filter(here)) | ~Exists(grants))


@action("access.reset_password")
def reset_password(command: Command, *, user_id: UUID, password: str) -> Answer:
    """Give an account a password for one log-in; the person must choose their own then. Ends its open sessions.

    Whoever gives a password could use it: roles of the account that read people wait until someone of command has
    confirmed them again. Refused for oneself, and for accounts that hold a role outside the actor's areas.
    """
    scopes = command.require_somewhere("access.grant")
    user = accounts_seen_by(command.actor, permission="access.grant").filter(id=user_id).first()
    if user is None or _elsewhere(user, scopes, at=command.now):
        raise NotFound("user")
    if user.id == command.actor.id:
        raise Refusal(NOT_TO_ONESELF)
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(BAD_PASSWORD)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    held = Grant.objects.filter(user=user, ends_at__gt=command.now, role__in=PEOPLE_ROLES)
    waiting = held.update(waits=True, confirmed_by=None, confirmed_at=None)
    command.note("access.reset_password", subject_kind="user", subject_id=user.id, facts={"waiting": waiting})
    return {"user": str(user.id), "waiting": waiting}


def _elsewhere(user: User, scopes: tuple[str, ...], *, at: datetime) -> bool:
    paths = Grant.objects.filter(user=user, ends_at__gt=at).values_list("territory__path", flat=True)
    return any(not path.startswith(scopes) for path in paths)
