"""Contract responsibility: naming helpers, sharing doors among them, and the "1+3" of the day ticked door by door."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.contracts import DoorContract, ZoneHelper
from lianfang.capabilities.zone.finding import areas_of, dwellings_in, running, zone_for
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.sharing import DoorToShare, share, walk_order
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.bulk import AnyOf
from lianfang.core.observations.models import Observation
from lianfang.kernel.uuid7 import uuid7

NO_NAME = refusal("zone.no_name", _("Enter the helper's name, or choose an account."))
HELPER_TWICE = refusal("zone.helper_twice", _("This account is a helper of the zone already."))
NO_HELPERS = refusal("zone.no_helpers", _("Name at least one helper first."))
NO_DOORS = refusal("zone.no_doors", _("Choose doors of this zone."))
HAS_DOORS = refusal("zone.has_doors", _("The helper still has doors. Give them to someone else, or share all again."))
NOT_A_TICK = refusal("zone.not_a_tick", _("Choose one of the three things of the day."))

TICKS = ("route", "knock", "supply")
"""The three of "1+3" beside the contract itself: route guidance, the door-knock, supplies (seed article 003)."""

DOOR_CHECK = "zone.door_check"
"""Kind of the observation a tick leaves at the door."""


@action("zone.name_helper")
def name_helper(
    command: Command, *, zone_id: UUID, name: str = "", post: str = "", phone: str = "", user_id: UUID | None = None
) -> Answer:
    """Name someone who takes doors of the zone: an account, or a person with a name and a telephone."""
    zone = zone_for(command, "zone.propose", zone_id=zone_id)
    if zone.lifted_at is not None:
        raise Refusal("zone.not_in_force")
    user = User.objects.filter(id=user_id, is_active=True).first() if user_id else None
    if user_id and user is None:
        raise NotFound("user")
    known = ZoneHelper.objects.filter(zone=zone, user=user).first() if user else None
    if known is not None and known.left_at is None:
        raise Refusal("zone.helper_twice")
    if not name.strip() and user is None:
        raise Refusal("zone.no_name")
    helper = known or ZoneHelper(id=uuid7(), zone=zone, user=user)
    helper.name = name.strip() or (user.display_name if user else "")
    helper.post, helper.named_at, helper.left_at = post.strip(), command.now, None
    helper.keep_phone(phone.strip()[:20])
    helper.save()
    _note(command, "zone.name_helper", zone, account=user is not None)
    return {"helper": str(helper.id)}


@action("zone.drop_helper")
def drop_helper(command: Command, *, zone_id: UUID, helper_id: UUID) -> Answer:
    """A helper leaves. Doors are never left without anybody: theirs must be somebody else's first."""
    zone = zone_for(command, "zone.propose", zone_id=zone_id)
    helper = _helper(zone, helper_id)
    if DoorContract.objects.filter(helper=helper).exists():
        raise Refusal("zone.has_doors")
    helper.left_at = command.now
    helper.save(update_fields=["left_at"])
    _note(command, "zone.drop_helper", zone)
    return {"helper": str(helper.id)}


def _helper(zone: Zone, helper_id: UUID) -> ZoneHelper:
    found = ZoneHelper.objects.filter(zone=zone, id=helper_id, left_at=None).first()
    if found is None:
        raise NotFound("helper")
    return found


@action("zone.share_doors")
def share_doors(command: Command, *, zone_id: UUID) -> Answer:
    """Share every door of the zone evenly among its helpers, each helper's doors one after the other on the stairs.

    What was given by hand before is shared anew with the rest.
    """
    zone = zone_for(command, "zone.propose", zone_id=zone_id)
    if zone.lifted_at is not None:
        raise Refusal("zone.not_in_force")
    helpers = list(
        ZoneHelper.objects.filter(zone=zone, left_at=None).order_by("named_at", "id").values_list("id", flat=True)
    )
    if not helpers:
        raise Refusal("zone.no_helpers")
    doors = sorted(doors_of(zone), key=walk_order)
    paths = {door.id: door.path for door in doors}
    shared = share(doors, helpers)
    DoorContract.objects.filter(zone=zone).delete()
    DoorContract.objects.bulk_create(
        DoorContract(
            id=uuid7(), zone=zone, helper_id=shared[door.id], dwelling_id=door.id, path=paths[door.id], position=n
        )
        for n, door in enumerate(doors)
    )
    _note(command, "zone.share_doors", zone, doors=len(doors), helpers=len(helpers))
    return {"doors": len(doors), "helpers": len(helpers)}


def doors_of(zone: Zone) -> list[DoorToShare]:
    """Every door of the zone with how many households live behind it; one query."""
    living = Count(
        "households", filter=Q(households__people__merged_into=None, households__people__isnull=False), distinct=True
    )
    rows = dwellings_in(areas_of(zone)).annotate(n=living)
    fields = ("id", "path", "building", "unit", "floor", "room", "n")
    return [
        DoorToShare(id=row[0], path=row[1], building=row[2], unit=row[3], floor=row[4], room=row[5], households=row[6])
        for row in rows.values_list(*fields)
    ]


@action("zone.hand_doors")
def hand_doors(command: Command, *, zone_id: UUID, helper_id: UUID, dwelling_ids: Sequence[UUID]) -> Answer:
    """Give doors to a helper by hand, whoever had them."""
    zone = zone_for(command, "zone.propose", zone_id=zone_id)
    helper = _helper(zone, helper_id)
    doors = list(dwellings_in(areas_of(zone)).filter(AnyOf("id", list(dwelling_ids))).values_list("id", "path"))
    if not doors:
        raise Refusal("zone.no_doors")
    known = set(
        DoorContract.objects.filter(zone=zone, dwelling_id__in=[one for one, _path in doors]).values_list(
            "dwelling_id", flat=True
        )
    )
    DoorContract.objects.filter(zone=zone, dwelling_id__in=known).update(helper=helper, by_hand=True)
    last = DoorContract.objects.filter(zone=zone).aggregate(last=Max("position"))["last"]
    DoorContract.objects.bulk_create(
        DoorContract(id=uuid7(), zone=zone, helper=helper, dwelling_id=one, path=path, position=n, by_hand=True)
        for n, (one, path) in enumerate(((one, path) for one, path in doors if one not in known), start=(last or 0) + 1)
    )
    _note(command, "zone.hand_doors", zone, doors=len(doors), helper=str(helper.id))
    return {"doors": len(doors)}


@action("zone.tick")
def tick(command: Command, *, zone_id: UUID, dwelling_id: UUID, what: str, note: str = "") -> Answer:
    """One of the three things of the day is done at a door, by its helper or by whoever stands in for them."""
    scopes = command.require_somewhere("measures.operate")
    contract = (
        DoorContract.objects.in_scopes(scopes)
        .select_related("zone", "helper")
        .filter(zone_id=zone_id, dwelling_id=dwelling_id)
        .first()
    )
    if contract is None:
        raise NotFound("contract")
    running(contract.zone, at=command.now)
    if what not in TICKS:
        raise Refusal("zone.not_a_tick")
    seen = Observation.objects.create(
        id=uuid7(),
        recorded_at=command.now,
        occurred_at=command.at,
        kind=DOOR_CHECK,
        dwelling_id=dwelling_id,
        path=contract.path,
        facts={"zone": str(zone_id), "what": what, "helper": str(contract.helper_id), "note": note.strip()[:200]},
        recorded_by_id=command.actor.id,
    )
    command.note("zone.tick", path=contract.path, subject_kind="dwelling", subject_id=dwelling_id, facts={"what": what})
    return {"observation": str(seen.id), "stand_in": contract.helper.user_id != command.actor.id}


def _note(command: Command, code: str, zone: Zone, **facts: object) -> None:
    command.note(code, path=zone.path, subject_kind="zone", subject_id=zone.id, facts=dict(facts))
