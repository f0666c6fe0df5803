"""Somebody in home isolation was seen outside: told by staff, looked into like an opening nobody expected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.isolation.signalling import ask_to_call
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.models import ControlMeasure, Regime
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Person
from lianfang.core.work.models import WorkOrigin
from lianfang.kernel.uuid7 import uuid7

NO_PLACE = refusal("isolation.no_place", _("Write where the person was seen."))
NOT_ISOLATED = refusal("isolation.not_isolated", _("This person is not in home isolation: they may go out."))
NOT_SEEN_YET = refusal("isolation.not_seen_yet", _("The person cannot have been seen in the future."))


@action("isolation.report_outside")
def report_outside(command: Command, *, person_id: UUID, place: str, seen_at: datetime) -> Answer:
    """Pass on that somebody in home isolation was seen outside, where and when."""
    scopes = command.require_somewhere("work.report_tip")
    person = Person.objects.current().in_scopes(scopes).filter(id=person_id).first()
    if person is None:
        raise NotFound("person")
    command.require("measures.read", path=person.path)
    place = place.strip()[:120]
    if not place:
        raise Refusal("isolation.no_place")
    if seen_at > command.now:
        raise Refusal("isolation.not_seen_yet")
    measures = ControlMeasure.objects.unlifted().filter(regime=Regime.HOME, person=person, starts_at__lte=seen_at)
    measure = measures.select_related("person").order_by("starts_at").last()
    if measure is None:
        raise Refusal("isolation.not_isolated")
    Observation.objects.create(
        id=uuid7(),
        recorded_at=command.now,
        occurred_at=seen_at,
        kind="person.seen_outside",
        person_id=person.id,
        path=person.path,
        facts={"place": place},
        recorded_by_id=command.actor.id,
    )
    when = timezone.localtime(seen_at).strftime("%m-%d %H:%M")
    note = gettext("Seen outside %(time)s: %(place)s") % {"time": when, "place": place}
    (item_id,) = ask_to_call(command, [measure], note=note, kind=WorkOrigin.Kind.TIP.value)
    command.note("isolation.report_outside", path=person.path, subject_kind="person", subject_id=person.id)
    return {"item": str(item_id)}
