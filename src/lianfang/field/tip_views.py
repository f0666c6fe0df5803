"""Passing a tip on, and what belongs to the worker: duty, type size, language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.registry.actions import report_tip
from lianfang.core.access.models import User
from lianfang.core.actions.granting import set_off_duty
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.people.models import Dwelling
from lianfang.core.territory.models import Level, Territory
from lianfang.field.answering import actor_of, by_htmx, command_of, done, says_no, uuid_of
from lianfang.field.doors import door_title
from lianfang.field.forms import TipForm
from lianfang.field.home_views import dwelling_for, found
from lianfang.field.places import off_duty_until, posts_of
from lianfang.kernel.uuid7 import uuid7, uuid7_instant

NO_PERIOD = refusal("field.no_period", gettext_lazy("Choose until when you are off duty."))

AREAS_OFFERED = 40


@require_http_methods(["GET", "POST"])
@says_no
def tip(request: HttpRequest) -> HttpResponse:
    """A neighbour says someone is back: find the door, say what was noticed."""
    actor = actor_of(request, "work.report_tip")
    posted = request.method == "POST"
    chosen = uuid_of((request.POST if posted else request.GET).get("dwelling"))
    text = request.GET.get("q", "").strip()
    if text and by_htmx(request):
        return render(request, "field/found_for_tip.html", {"q": text, **found(actor, text)})
    dwelling = dwelling_for(actor, chosen) if chosen else None
    form = TipForm(request.POST if posted else None)
    refused = ""
    if posted and form.is_valid():
        try:
            return _passed_on(request, form, dwelling)
        except Refusal as why:
            refused = why.sentence
    context: dict[str, Any] = {
        "form": form,
        "refused": refused,
        "dwelling": dwelling,
        "title": door_title(dwelling) if dwelling else "",
        "areas": [] if dwelling else _areas(actor),
        "area": request.POST.get("area", ""),
        "q": text,
        "command": uuid7(),
        **(found(actor, text) if text else {}),
    }
    return render(request, "field/tip.html", context, status=422 if posted else 200)


def _areas(actor: User) -> list[Territory]:
    """Grids and communities the tip may name when the door is not known."""
    scopes = actor.authority.scopes("work.report_tip")
    wanted = Territory.objects.in_force(timezone.localdate()).filter(level__in=[Level.GRID, Level.COMMUNITY])
    return [
        area
        for area in wanted.select_related("parent").order_by("path")
        if any(area.path.startswith(scope) for scope in scopes)
    ][:AREAS_OFFERED]


def _passed_on(request: HttpRequest, form: TipForm, dwelling: Dwelling | None) -> HttpResponse:
    said = form.cleaned_data
    answer = report_tip(
        command_of(request),
        text=said["text"],
        dwelling_id=dwelling.id if dwelling else None,
        territory_id=None if dwelling else uuid_of(request.POST.get("area")),
        name=said["name"],
        phone=said["phone"],
    )
    due = answer["due_at"]
    due = parse_datetime(due) if isinstance(due, str) else due
    facts = {"time": f"{timezone.localtime(due):%m-%d %H:%M}" if due else ""}
    if answer["opened"]:
        sentence = _("Passed on. It is due by %(time)s.") % facts
    else:
        sentence = _("Passed on. There was open work here already, due by %(time)s; the tip was added to it.") % facts
    return done(request, sentence, to=reverse("field_tip"))


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who I am, where and until when; type size, language, duty, way out."""
    actor, now = actor_of(request), timezone.now()
    return render(
        request,
        "field/me.html",
        {
            "posts": posts_of(actor, now=now),
            "off_until": off_duty_until(actor, now=now),
            "off_choices": _off_choices(now),
            "works": actor.authority.may("work.do"),
            "command": uuid7(),
        },
    )


def _off_choices(now: datetime) -> list[tuple[str, datetime]]:
    """Ends of a time off that one can choose, by key."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        ("tonight", midnight + timedelta(days=1)),
        ("tomorrow", midnight + timedelta(days=1, hours=8)),
        ("days", midnight + timedelta(days=3, hours=8)),
    ]


@require_POST
@says_no
def off_duty(request: HttpRequest) -> HttpResponse:
    """From now on new work goes to the deputy, until the chosen time."""
    command = command_of(request)
    # The time off begins when the form was made: told by the command's id, so that a second tap says the same again.
    starts_at = uuid7_instant(command.id)
    ends_at = dict(_off_choices(starts_at)).get(request.POST.get("until", ""))
    if ends_at is None or ends_at <= command.now:
        raise Refusal("field.no_period")
    set_off_duty(command, starts_at=starts_at, ends_at=ends_at)
    return done(request, _("You are off duty. New work goes to the deputy."), to=reverse("field_me"))
