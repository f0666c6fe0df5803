"""Door sensors: where they are, which must come off, and one door: fit, remove, new key, expected openings, events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.isolation import expecting, fitting
from lianfang.capabilities.isolation.keys import key_of
from lianfang.capabilities.isolation.models import OpeningReason
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import Refusal
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no, uuid_of
from lianfang.web.queries import care_doors

STEP = {"type": "datetime-local"}
MINUTE = "%Y-%m-%dT%H:%M"


class FitForm(forms.Form):
    """A sensor and the consent to it."""

    device = forms.CharField(label=gettext_lazy("Device code"), max_length=40)
    gateway = forms.CharField(
        label=gettext_lazy("Gateway (if events come through one)"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Sensors behind one gateway share its key."),
    )
    consented_by = forms.UUIDField(label=gettext_lazy("Who consented"))
    consented_at = forms.DateTimeField(
        label=gettext_lazy("When"), widget=forms.DateTimeInput(attrs=STEP, format=MINUTE), input_formats=[MINUTE]
    )
    consent_basis = forms.CharField(label=gettext_lazy("How (form number or words)"), max_length=200)


class WindowForm(forms.Form):
    """An opening that is expected."""

    why = forms.ChoiceField(label=gettext_lazy("Why?"), choices=OpeningReason.choices)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Opens from"), widget=forms.DateTimeInput(attrs=STEP, format=MINUTE), input_formats=[MINUTE]
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Closes by"), widget=forms.DateTimeInput(attrs=STEP, format=MINUTE), input_formats=[MINUTE]
    )


@require_GET
@says_no
def doors(request: HttpRequest) -> HttpResponse:
    """Doors with a sensor; those behind which nobody is isolated any more stand on a tab of their own."""
    actor = actor_of(request, "measures.read")
    remove = request.GET.get("tab") == "remove"
    lines = care_doors.sensors_page(actor, only_to_remove=remove, cursor=request.GET.get("after", ""))
    return page(request, "care/doors.html", {"lines": lines, "remove": remove})


@require_GET
@says_no
def door(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """One door: its sensor, what is expected, what happened."""
    return _show(request, dwelling_id)


def _show(request: HttpRequest, dwelling_id: UUID, *, key: str = "", sensors: int = 1) -> HttpResponse:
    actor, now = actor_of(request, "measures.read"), timezone.now()
    found = care_doors.door_of(actor, dwelling_id, now=now)
    context: dict[str, Any] = {
        "door": found,
        "key": key,
        "sensors": sensors,
        "address": request.build_absolute_uri(reverse("door_events")),
        "may_operate": actor.authority.may("measures.operate", path=found.dwelling.path),
        "reasons": OpeningReason.choices,
        "local_now": timezone.localtime(now).strftime(MINUTE),
        "now": now,
    }
    return page(request, "care/door.html", context)


@require_POST
@says_no
def fit(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """Put a sensor on the door; its key is shown on this page and never again."""
    care_doors.dwelling_for(actor_of(request, "measures.operate"), dwelling_id)
    command, given = command_of(request), cleaned(FitForm(request.POST))
    answer = fitting.fit(
        command,
        dwelling_id=dwelling_id,
        device=given["device"],
        gateway=given["gateway"],
        consented_by_id=given["consented_by"],
        consented_at=given["consented_at"],
        consent_basis=given["consent_basis"],
    )
    if not answer["new_key"]:
        return done(request, _("Fitted. It uses the key its gateway has."), to=_here(dwelling_id))
    return _show(request, dwelling_id, key=key_of(command.id))


def _here(dwelling_id: UUID) -> str:
    return reverse("care_door", args=[dwelling_id])


def _sensor(request: HttpRequest, actor: User, dwelling_id: UUID) -> UUID:
    """The sensor a form of this door means."""
    care_doors.dwelling_for(actor, dwelling_id)
    sensor_id = uuid_of(request.POST.get("sensor"))
    if sensor_id is None:
        raise Refusal("isolation.removed_already")
    return sensor_id


@require_POST
@says_no
def renew(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """A new key for the sensor, or for all behind its gateway."""
    actor = actor_of(request, "measures.operate")
    command = command_of(request)
    answer = fitting.renew_key(command, sensor_id=_sensor(request, actor, dwelling_id))
    return _show(request, dwelling_id, key=key_of(command.id), sensors=answer["sensors"])


@require_POST
@says_no
def remove(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """The sensor came off."""
    actor = actor_of(request, "measures.operate")
    fitting.remove(command_of(request), sensor_id=_sensor(request, actor, dwelling_id))
    return done(request, _("Removed. Its events are no longer taken."), to=_here(dwelling_id))


@require_POST
@says_no
def expect(request: HttpRequest, dwelling_id: UUID) -> HttpResponse:
    """Say when the door will open and why."""
    care_doors.dwelling_for(actor_of(request, "measures.operate"), dwelling_id)
    given = cleaned(WindowForm(request.POST))
    expecting.expect(command_of(request), dwelling_id=dwelling_id, **given)
    return done(request, _("Noted. An opening until then is expected."), to=_here(dwelling_id))


urlpatterns = [
    path("care/doors/", doors, name="care_doors"),
    path("care/doors/<uuid:dwelling_id>/", door, name="care_door"),
    path("care/doors/<uuid:dwelling_id>/fit/", fit, name="care_door_fit"),
    path("care/doors/<uuid:dwelling_id>/renew/", renew, name="care_door_renew"),
    path("care/doors/<uuid:dwelling_id>/remove/", remove, name="care_door_remove"),
    path("care/doors/<uuid:dwelling_id>/expect/", expect, name="care_door_expect"),
]
