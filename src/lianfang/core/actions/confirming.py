"""Four eyes on roles that read people: the administrator gives them, someone of command in that area confirms them.

A role waits when it was given, and again when the administrator gave its account a password. It is confirmed only
after the person has chosen a password of their own, so the one that the administrator knew opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import Grant, User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Refusal, refusal

NOTHING_TO_CONFIRM = refusal(
    "access.nothing_to_confirm",
    _("None of these roles can be confirmed by you now: it is your own or one you gave, or was decided already."),
)
PASSWORD_FIRST = refusal(
    "access.password_first",
    _("The person must log in and choose a password first. Ask them whether they have, then confirm."),
)


def waiting_for(actor: User, *, at: datetime) -> QuerySet[Grant]:
    """Roles in the actor's areas that wait for a confirmation the actor may give: not their own, not given by them."""
    here = Q(pk__in=[])
    for scope in actor.authority.scopes("access.confirm"):
        here |= Q(territory__path__startswith=scope)
    waiting = Grant.objects.waiting(at).filter(here, user__is_active=True).exclude(user=actor)
    return waiting.filter(~Q(granted_by=actor) | Q(granted_by=None))


@action("access.confirm_grants")
def confirm_grants(command: Command, *, grant_ids: Sequence[UUID]) -> Answer:
    """Bring roles that wait into force. Those of people who have not chosen a password yet go on waiting."""
    found = _locked(command, grant_ids)
    ready = [grant for grant in found if grant.user.has_usable_password() and not grant.user.must_change_password]
    if not ready:
        raise Refusal("access.password_first")
    for grant in ready:
        grant.waits, grant.confirmed_by, grant.confirmed_at = False, command.actor, command.now
        grant.save(update_fields=["waits", "confirmed_by", "confirmed_at"])
        _note(command, "access.confirm_grants", grant)
    return {"confirmed": len(ready), "waiting": len(found) - len(ready)}


@action("access.decline_grants")
def decline_grants(command: Command, *, grant_ids: Sequence[UUID]) -> Answer:
    """Take roles back that wait: they end without having come into force."""
    found = _locked(command, grant_ids)
    for grant in found:
        _note(command, "access.decline_grants", grant)
        if grant.starts_at < command.now:
            grant.ends_at = command.now
            grant.save(update_fields=["ends_at"])
        else:
            grant.delete()
    return {"declined": len(found)}


def _locked(command: Command, grant_ids: Sequence[UUID]) -> list[Grant]:
    command.require_somewhere("access.confirm")
    waiting = waiting_for(command.actor, at=command.now).filter(id__in=grant_ids)
    found = list(waiting.select_for_update(of=("self",)).select_related("user", "territory").order_by("id"))
    if not found:
        raise Refusal("access.nothing_to_confirm")
    return found


def _note(command: Command, code: str, grant: Grant) -> None:
    facts: dict[str, object] = {"role": grant.role}
    command.note(code, path=grant.territory.path, subject_kind="user", subject_id=grant.user_id, facts=facts)
