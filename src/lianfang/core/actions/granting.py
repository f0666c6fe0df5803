"""Accounts, grants, responsibilities and time off: who may do what, where, until when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import Answerer, Grant, OffDuty, Responsibility, User
from lianfang.core.access.roles import PEOPLE_ROLES, PERMISSIONS, Role
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

NAME_TAKEN = refusal("access.name_taken", _("This log-in name is already in use."))
NOT_TO_ONESELF = refusal("access.not_to_oneself", _("Nobody can give a role to themselves."))
BAD_PERIOD = refusal("access.bad_period", _("The end must lie after the beginning, at most a year later."))
UNKNOWN_ROLE = refusal("access.unknown_role", _("“%(role)s” is not a role we know."))
ALREADY_ENDED = refusal("access.already_ended", _("This has already ended."))
BAD_PASSWORD = refusal("access.weak_password", _("Choose a longer password: at least 10 characters."))

LONGEST_GRANT_DAYS = 366


def _territory(territory_id: UUID) -> Territory:
    territory = Territory.objects.filter(id=territory_id).first()
    if territory is None:
        raise NotFound("territory")
    return territory


@action("access.make_account")
def make_account(command: Command, *, username: str, display_name: str, password: str) -> Answer:
    """Make an account that must choose a new password at its first log-in."""
    command.require_somewhere("access.grant")
    if User.objects.filter(username=username).exists():
        raise Refusal("access.name_taken")
    if len(password) < 10:
        raise Refusal("access.weak_password")
    user = User.objects.create_user(username, password, display_name=display_name, must_change_password=True)
    command.note("access.make_account", subject_kind="user", subject_id=user.id)
    return {"user": str(user.id)}


@action("access.set_active")
def set_active(command: Command, *, user_id: UUID, active: bool) -> Answer:
    """Close or reopen an account. Its roles must all lie where the actor may give roles."""
    command.require_somewhere("access.grant")
    held = Grant.objects.filter(user_id=user_id, ends_at__gt=command.now)
    for path in held.values_list("territory__path", flat=True):
        command.require("access.grant", path=path)
    if not User.objects.filter(id=user_id).exclude(id=command.actor.id).update(is_active=active):
        raise NotFound("user")
    command.note("access.set_active", subject_kind="user", subject_id=user_id, facts={"active": active})
    return {"user": str(user_id), "active": active}


@action("access.grant")
def grant(
    command: Command,
    *,
    user_id: UUID,
    role: str,
    territory_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
) -> Answer:
    """Give a role in an area for a time. One that reads people waits until someone of command confirms it."""
    territory = _territory(territory_id)
    command.require("access.grant", path=territory.path)
    if role not in PERMISSIONS or role not in Role.values:
        raise Refusal("access.unknown_role", role=role)
    if user_id == command.actor.id:
        raise Refusal("access.not_to_oneself")
    if not starts_at < ends_at or (ends_at - starts_at).days > LONGEST_GRANT_DAYS:
        raise Refusal("access.bad_period")
    if not User.objects.filter(id=user_id).exists():
        raise NotFound("user")
    made = Grant.objects.create(
        id=uuid7(),
        user_id=user_id,
        role=role,
        territory=territory,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason[:200],
        granted_by=command.actor,
        waits=role in PEOPLE_ROLES,
    )
    command.note("access.grant", path=territory.path, subject_kind="user", subject_id=user_id, facts={"role": role})
    return {"grant": str(made.id), "waits": made.waits}


@action("access.end_grant")
def end_grant(command: Command, *, grant_id: UUID) -> Answer:
    """End a role now."""
    found = Grant.objects.select_for_update(of=("self",)).select_related("territory").filter(id=grant_id).first()
    if found is None:
        command.require_somewhere("access.grant")
        raise NotFound("grant")
    command.require("access.grant", path=found.territory.path)
    if found.ends_at <= command.now:
        raise Refusal("access.already_ended")
    found.ends_at = max(command.now, found.starts_at)
    if found.ends_at == found.starts_at:
        found.delete()
    else:
        found.save(update_fields=["ends_at"])
    command.note("access.end_grant", path=found.territory.path, subject_kind="user", subject_id=found.user_id)
    return {"grant": str(grant_id)}


@action("territory.name_responsible")
def name_responsible(
    command: Command,
    *,
    territory_id: UUID,
    role: str,
    name: str,
    phone: str = "",
    user_id: UUID | None = None,
    replaces_id: UUID | None = None,
) -> Answer:
    """Name who answers for an area in a role from now on; `replaces_id` ends another's responsibility."""
    territory = _territory(territory_id)
    command.require("territory.edit", path=territory.path)
    if role not in Answerer.values:
        raise Refusal("access.unknown_role", role=role)
    if user_id is not None and not User.objects.filter(id=user_id).exists():
        raise NotFound("user")
    if replaces_id is not None:
        _end(command, replaces_id)
    made = Responsibility(
        id=uuid7(),
        territory=territory,
        path=territory.path,
        role=role,
        name=name[:60],
        user_id=user_id,
        starts_at=command.now,
    )
    made.keep_phone(phone)
    made.save()
    command.note("territory.name_responsible", path=territory.path, subject_kind="territory", subject_id=territory.id)
    return {"responsibility": str(made.id)}


@action("territory.end_responsible")
def end_responsible(command: Command, *, responsibility_id: UUID) -> Answer:
    """Someone no longer answers for an area."""
    found = _end(command, responsibility_id)
    command.note("territory.end_responsible", path=found.path, subject_kind="territory", subject_id=found.territory_id)
    return {"responsibility": str(found.id)}


def _end(command: Command, responsibility_id: UUID) -> Responsibility:
    found = Responsibility.objects.select_for_update(of=("self",)).filter(id=responsibility_id).first()
    if found is None:
        command.require_somewhere("territory.edit")
        raise NotFound("responsibility")
    command.require("territory.edit", path=found.path)
    if found.ends_at is not None:
        raise Refusal("access.already_ended")
    if found.starts_at < command.now:
        found.ends_at = command.now
        found.save(update_fields=["ends_at"])
    else:  # it has not begun: nobody ever answered
        Responsibility.objects.filter(id=found.id).delete()
    return found


@action("access.set_off_duty")
def set_off_duty(command: Command, *, starts_at: datetime, ends_at: datetime, reason: str = "") -> Answer:
    """I get no new work in this time; the deputy answers."""
    command.require_somewhere("work.do")
    if not starts_at < ends_at:
        raise Refusal("access.bad_period")
    made = OffDuty.objects.create(
        id=uuid7(), user=command.actor, starts_at=starts_at, ends_at=ends_at, reason=reason[:100]
    )
    command.note("access.set_off_duty", subject_kind="user", subject_id=command.actor.id)
    return {"off_duty": str(made.id)}
