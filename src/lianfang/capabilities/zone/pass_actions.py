"""Household passes: given for a zone whose rules let somebody out, checked and written down at the gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.finding import areas_of, new_code, running
from lianfang.capabilities.zone.models import Zone, inside
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.capabilities.zone.rules import Exits, PassState, Verdict, may_go_out
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.models import Household, Person
from lianfang.kernel.uuid7 import uuid7

NO_EXITS = refusal(
    "zone.no_exits", _("Nobody goes out of this zone with a pass: its rules say stay at home, or let everybody out.")
)
NOT_VALID = {
    "revoked": refusal("zone.pass_revoked", _("This pass was withdrawn.")),
    "ended": refusal("zone.pass_ended", _("This pass has ended.")),
    "no_exits": NO_EXITS,
    "outside_already": refusal("zone.pass_outside", _("Somebody is out with this pass. Record their return first.")),
    "too_soon": refusal("zone.pass_too_soon", _("This household went out already; it may go out again later.")),
}
"""What a verdict at the gate refuses with."""
NOBODY_OUT = refusal("zone.nobody_out", _("Nobody is out with this pass."))
NO_PASS_REASON = refusal("zone.pass_no_reason", _("Say why the pass is withdrawn."))

CODE_LENGTH = 8


@action("zone.issue_passes")
def issue_passes(command: Command, *, zone_id: UUID, household_ids: Sequence[UUID] = ()) -> Answer:
    """Give passes to these households, or to all of the actor's part of the zone that have none."""
    scopes = command.require_somewhere("zone.pass")
    zone = Zone.objects.in_scopes(scopes).filter(id=zone_id).select_for_update(of=("self",)).first()
    if zone is None:
        raise NotFound("zone")
    exits = running(zone, at=command.now).rules.exits
    if exits is None:
        raise Refusal("zone.no_exits")
    living = Person.objects.current().filter(household=OuterRef("pk"), dwelling=OuterRef("dwelling"))
    has_one = HouseholdPass.objects.filter(zone=zone, household=OuterRef("pk"), revoked_at=None)
    here = inside(areas_of(zone), path="dwelling__path", compound="dwelling__compound")
    households = Household.objects.in_scopes(scopes).filter(here & Q(Exists(living)) & ~Q(Exists(has_one)))
    if household_ids:
        households = households.filter(id__in=list(household_ids))
    rows = list(households.order_by("dwelling__door_key").values_list("id", "dwelling_id", "dwelling__path"))
    HouseholdPass.objects.bulk_create(
        HouseholdPass(
            id=uuid7(),
            zone=zone,
            household_id=household,
            dwelling_id=dwelling,
            path=path,
            code=new_code(CODE_LENGTH),
            persons=exits.persons,
            every_days=exits.every_days,
            max_hours=exits.max_hours,
            issued_by=command.actor,
            issued_at=command.now,
            ends_at=max(zone.ends_at, command.now + timedelta(hours=1)),
        )
        for household, dwelling, path in rows
    )
    command.note(
        "zone.issue_passes", path=zone.path, subject_kind="zone", subject_id=zone.id, facts={"passes": len(rows)}
    )
    return {"passes": len(rows)}


@action("zone.revoke_pass")
def revoke_pass(command: Command, *, pass_id: UUID, reason: str) -> Answer:
    """Withdraw a pass with a reason; the household may be given another."""
    scopes = command.require_somewhere("zone.pass")
    given = HouseholdPass.objects.in_scopes(scopes).filter(id=pass_id, revoked_at=None).select_for_update().first()
    if given is None:
        raise NotFound("pass")
    if not reason.strip():
        raise Refusal("zone.pass_no_reason")
    given.revoked_by, given.revoked_at, given.revoke_reason = command.actor, command.now, reason.strip()
    given.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
    command.note("zone.revoke_pass", path=given.path, subject_kind="pass", subject_id=given.id)
    return {"pass": str(given.id)}


def read_code(text: str) -> str:
    """A code as a scanner or a hand typed it: the last part of a scanned address, without gaps, in capitals."""
    last = text.strip().rstrip("/").rpartition("/")[2]
    return "".join(character for character in last.upper() if character.isalnum())[:CODE_LENGTH]


def exits_now(given: HouseholdPass) -> Exits | None:
    """The rules printed on the pass while the zone has rules for going out. Once it was lifted, no pass is needed."""
    zone = given.zone
    return given.exits if zone.lifted_at is None and zone.rules.exits is not None else None


def verdict_of(given: HouseholdPass, uses: Sequence[PassUse], *, at: datetime) -> Verdict:
    """What the gate says at `at` about a pass with its uses (the newest first)."""
    latest = uses[0] if uses else None
    state = PassState(
        ends_date=timezone.localdate(given.ends_at),
        revoked=given.revoked_at is not None,
        outside=any(use.back_at is None for use in uses),
        last_out_date=timezone.localdate(latest.out_at) if latest else None,
    )
    return may_go_out(exits_now(given), state, today=timezone.localdate(at))


@action("zone.pass_out")
def pass_out(command: Command, *, code: str) -> Answer:
    """Somebody of the household goes out, if the pass lets them. Written down at the gate, on or off line."""
    given = _given(command, code)
    uses = list(given.uses.order_by("-out_at")[:1])
    verdict = verdict_of(given, uses, at=command.at)
    if not verdict.allowed:
        raise Refusal(NOT_VALID[verdict.code])
    back = command.at + timedelta(hours=given.max_hours)
    use = PassUse.objects.create(
        id=uuid7(), given=given, path=given.path, out_at=command.at, out_by=command.actor, due_back_at=back
    )
    command.note("zone.pass_out", path=given.path, subject_kind="pass", subject_id=given.id)
    return {"use": str(use.id), "due_back_at": back}


@action("zone.pass_in")
def pass_in(command: Command, *, code: str) -> Answer:
    """They are back; late or not, whatever has become of the pass, nobody is kept outside."""
    given = _given(command, code)
    use = given.uses.filter(back_at=None).select_for_update().first()
    if use is None:
        raise Refusal("zone.nobody_out")
    use.back_at, use.back_by = max(command.at, use.out_at), command.actor
    use.save(update_fields=["back_at", "back_by"])
    command.note("zone.pass_in", path=given.path, subject_kind="pass", subject_id=given.id)
    return {"use": str(use.id), "late": use.back_at > use.due_back_at}


def _given(command: Command, code: str) -> HouseholdPass:
    scopes = command.require_somewhere("zone.pass")
    found = HouseholdPass.objects.in_scopes(scopes).filter(code=read_code(code))
    given = found.select_for_update(of=("self",)).select_related("zone").first()
    if given is None:
        raise NotFound("pass")
    return given
