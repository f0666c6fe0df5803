"""The switch: an order puts an area into emergency (or a drill) from an instant, another order takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.plans.models import RetentionClock
from lianfang.capabilities.plans.retention import due_after
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.metrics.models import Activation, ResponseLevel
from lianfang.core.territory.models import Territory, prefixes
from lianfang.core.work.models import SlaProfile
from lianfang.kernel.uuid7 import uuid7

NO_ORDER = refusal("plans.no_order", _("An order needs its number, who issued it and why."))
NOT_REPEATED = refusal(
    "plans.not_repeated", _("Type the order number a second time, exactly as it stands on the order.")
)
BAD_START = refusal(
    "plans.bad_start", _("An order begins at most a day ago and at most %(days)s days ahead, after the one before it.")
)
UNKNOWN_LEVEL = refusal("plans.unknown_level", _("Choose the response level of the order."))
UNKNOWN_PROFILE = refusal("plans.unknown_profile", _("Choose one of the time-limit profiles."))
REAL_EMERGENCY = refusal(
    "plans.real_emergency", _("A real emergency is in force here, above or below: no drill beside it.")
)
ALREADY_ENDED = refusal("plans.already_ended", _("This order has been lifted or replaced already."))
NO_REASON = refusal("plans.no_reason", _("Say why the area goes back to routine."))

EARLIEST, LATEST_DAYS = timedelta(days=1), 7
"""An order on paper is entered at most a day later, or a week ahead (house choice)."""


@action("plans.activate")
def activate(
    command: Command,
    *,
    territory_id: UUID,
    level: str,
    order_no: str,
    order_no_again: str,
    issued_by: str,
    reason: str,
    edition: str = "",
    sla_code: str = "",
    drill: bool = False,
    starts_at: datetime | None = None,
) -> Answer:
    """Put an area into emergency by an order, or into a drill, from an instant. It replaces what was open there.

    A real order ends every drill in the area; no drill begins beside a real emergency.
    """
    command.require_somewhere("plans.activate")
    area = Territory.objects.select_for_update().filter(id=territory_id).first()
    if area is None:
        raise NotFound("territory")
    command.require("plans.activate", path=area.path)
    _sound(order_no, order_no_again, issued_by, reason)
    if level not in ResponseLevel.values:
        raise Refusal("plans.unknown_level")
    if sla_code and not SlaProfile.objects.filter(code=sla_code).exists():
        raise Refusal("plans.unknown_profile")
    begins = starts_at or command.now
    if not command.now - EARLIEST <= begins <= command.now + timedelta(days=LATEST_DAYS):
        raise Refusal("plans.bad_start", days=LATEST_DAYS)
    replaced = _make_room(command, area, begins=begins, order_no=order_no.strip(), drill=drill)
    made = Activation.objects.create(
        id=uuid7(),
        territory=area,
        mode=Activation.Mode.EMERGENCY,
        level=level,
        edition=edition,
        sla_code=sla_code,
        order_no=order_no.strip(),
        issued_by=issued_by.strip(),
        reason=reason.strip(),
        drill=drill,
        ordered_by=command.actor,
        ordered_at=command.now,
        starts_at=begins,
    )
    facts: dict[str, object] = {"level": level, "order": made.order_no, "drill": drill, "replaced": replaced}
    command.note("plans.activate", path=area.path, subject_kind="activation", subject_id=made.id, facts=facts)
    return {"activation": str(made.id), "replaced": replaced}


def _sound(order_no: str, again: str, issued_by: str, reason: str) -> None:
    if not (order_no.strip() and issued_by.strip() and reason.strip()):
        raise Refusal("plans.no_order")
    if order_no.strip() != again.strip():
        raise Refusal("plans.not_repeated")


def _make_room(command: Command, area: Territory, *, begins: datetime, order_no: str, drill: bool) -> int:
    """End what the new order replaces: what is open at the area itself and, for a real one, drills below it."""
    open_at = Activation.objects.filter(ends_at=None)
    around = Q(territory__path__startswith=area.path) | Q(territory__path__in=prefixes(area.path))
    if drill and open_at.filter(around, drill=False, mode=Activation.Mode.EMERGENCY).exists():
        raise Refusal("plans.real_emergency")
    ended = open_at.filter(territory=area)
    if not drill:
        ended = open_at.filter(Q(territory=area) | Q(territory__path__startswith=area.path, drill=True))
    if ended.filter(starts_at__gte=begins).exists():
        raise Refusal("plans.bad_start", days=LATEST_DAYS)
    return ended.update(ends_at=begins, ended_by=command.actor, end_reason=f"由{order_no}接替")


@action("plans.stand_down")
def stand_down(
    command: Command, *, activation_id: UUID, order_no_again: str, reason: str, still_open: Mapping[str, int]
) -> Answer:
    """Go back to routine now. `still_open` is what the page showed as not closed; it is kept beside the clock.

    The clock of the event starts: by category it says from when data has outlived its rule. Nothing is removed here.
    """
    scopes = command.require_somewhere("plans.activate")
    found = Activation.objects.select_for_update(of=("self",)).select_related("territory").filter(id=activation_id)
    running = found.first()
    if running is None or not running.territory.path.startswith(scopes):
        raise NotFound("activation")
    if running.ends_at is not None:
        raise Refusal("plans.already_ended")
    if running.order_no != order_no_again.strip():
        raise Refusal("plans.not_repeated")
    if not reason.strip():
        raise Refusal("plans.no_reason")
    # An order whose hour has not come is taken back: it was in force for no time worth counting.
    ends_at = max(command.now, running.starts_at + timedelta(seconds=1))
    running.ends_at, running.ended_by, running.end_reason = ends_at, command.actor, reason.strip()
    running.save(update_fields=["ends_at", "ended_by", "end_reason"])
    clock = RetentionClock.objects.create(
        id=uuid7(),
        territory=running.territory,
        path=running.territory.path,
        activation=running,
        event_ended_at=ends_at,
        due=due_after(timezone.localdate(ends_at)),
        still_open=dict(still_open),
        started_by=command.actor,
    )
    facts: dict[str, object] = {"order": running.order_no, "drill": running.drill, "open": dict(still_open)}
    command.note("plans.stand_down", path=clock.path, subject_kind="activation", subject_id=running.id, facts=facts)
    return {"activation": str(running.id), "clock": str(clock.id)}
