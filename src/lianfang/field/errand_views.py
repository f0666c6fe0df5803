"""Errands on the phone: the runner's list, the hand-over at the door, and requests taken down by the grid worker."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.looking import open_numbers
from lianfang.capabilities.errands.models import ErrandSource
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import Refusal
from lianfang.field import errands
from lianfang.field.answering import actor_of, by_htmx, command_of, done, says_no, uuid_of
from lianfang.field.care_calls import calls_waiting
from lianfang.field.doors import door_title
from lianfang.field.errand_forms import LEFT_WHERE, ErrandForm, people_like, person_for
from lianfang.field.places import posts_of
from lianfang.kernel.masking import mask_name
from lianfang.kernel.pictures import MOST_BYTES
from lianfang.kernel.uuid7 import uuid7


def _of_errands(request: HttpRequest) -> User:
    actor = actor_of(request)
    if not (actor.authority.may("errands.run") or actor.authority.may("errands.take")):
        raise PermissionDenied
    return actor


@require_GET
def errand_list(request: HttpRequest) -> HttpResponse:
    """What the actor carries out, in the order of the way; what nobody has been given yet; what was done today."""
    actor, now = _of_errands(request), timezone.now()
    shows_done = request.GET.get("kind") == "done"
    takes = actor.authority.may("errands.take")
    context: dict[str, Any] = {
        "posts": posts_of(actor, now=now),
        "counts": errands.counts_of(actor, now=now),
        "kind": "done" if shows_done else "open",
        "legs": [] if shows_done else errands.legs_of(actor, now=now),
        "done": errands.done_today(actor, now=now) if shows_done else [],
        "nobodys": errands.nobodys(actor, now=now) if takes and not shows_done else [],
        "takes": takes,
        "calls": calls_waiting(actor, now=now) if actor.authority.may("work.do") else None,
        "command": uuid7(),
    }
    return render(request, "field/errands.html", context)


def _card(actor: User, errand_id: UUID) -> errands.Card:
    card = errands.card_for(actor, errand_id, now=timezone.now())
    if card is None:
        raise Http404
    return card


@require_POST
@says_no
def set_out(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The runner sets out with a batch."""
    actor_of(request, "errands.run")
    actions.start(command_of(request), batch_id=batch_id)
    return done(request, _("You are on the way."), to=reverse("field_errands"))


@require_POST
@says_no
def take_on(request: HttpRequest) -> HttpResponse:
    """The actor carries out what nobody has been given yet."""
    actor = actor_of(request, "errands.run")
    ids = [errand_id for text in request.POST.getlist("ids") if (errand_id := uuid_of(text))]
    answer = actions.arrange(command_of(request), errand_ids=ids, runner_id=actor.id)
    return done(request, _("Yours now: %(n)s.") % {"n": answer["errands"]}, to=reverse("field_errands"))


@require_POST
@says_no
def call(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """The numbers of whoever waits: a look that is written down, and the only way to them."""
    actor, now = actor_of(request, "errands.run"), timezone.now()
    errand, numbers = open_numbers(actor=actor, errand_id=errand_id, now=now)
    template = "field/errand_call_sheet.html" if by_htmx(request) else "field/errand_call.html"
    return render(request, template, {"card": errands.cards_of([errand], now=now)[0], "numbers": numbers})


@require_http_methods(["GET", "POST"])
@says_no
def deliver(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """Left at the door: where, and a photograph or why there is none."""
    actor = actor_of(request, "errands.run")
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in ("left_where", "no_picture")}
        actions.deliver(command_of(request), errand_id=errand_id, picture=_picture(request), **said)
        return done(request, _("Handed over. Thank you."), to=reverse("field_errands"))
    context = {"card": _card(actor, errand_id), "places": LEFT_WHERE, "command": uuid7(), "limit": MOST_BYTES}
    return render(request, "field/errand_deliver.html", context)


def _picture(request: HttpRequest) -> str:
    upload = request.FILES.get("picture")
    if upload is None:
        return ""
    if upload.size is None or upload.size > MOST_BYTES:
        raise Refusal("errands.picture_too_large")
    return b64encode(upload.read()).decode("ascii")


@require_http_methods(["GET", "POST"])
@says_no
def send_back(request: HttpRequest, errand_id: UUID) -> HttpResponse:
    """It was not possible, and why."""
    actor = actor_of(request, "errands.run")
    if request.method == "POST":
        reason = request.POST.get("why", "") or request.POST.get("reason", "")
        actions.send_back(command_of(request), errand_id=errand_id, reason=reason)
        return done(request, _("Noted. Whoever took the request sees it."), to=reverse("field_errands"))
    return render(request, "field/errand_back.html", {"card": _card(actor, errand_id), "command": uuid7()})


@require_http_methods(["GET", "POST"])
@says_no
def take_down(request: HttpRequest) -> HttpResponse:
    """A request at the door or by telephone: first for whom, then what."""
    actor, now = actor_of(request, "errands.take"), timezone.now()
    if request.method == "POST":
        return _taken_down(request, actor)
    text = request.GET.get("q", "").strip()
    person = person_for(actor, uuid_of(request.GET.get("person")))
    context: dict[str, Any] = {"q": text, "person": person, "command": uuid7()}
    if person is not None:
        context |= _about(person) | {"form": ErrandForm()}
    elif text:
        context["found"] = people_like(actor, text, now=now)
        if by_htmx(request):
            return render(request, "field/errand_people.html", context)
    return render(request, "field/errand_new.html", context)


def _about(person: Any) -> dict[str, Any]:
    return {"name": mask_name(person.name), "title": door_title(person.dwelling)}


def _taken_down(request: HttpRequest, actor: User) -> HttpResponse:
    person = person_for(actor, uuid_of(request.POST.get("person")))
    if person is None:
        raise Http404
    form = ErrandForm(request.POST)
    if not form.is_valid():
        context = {"person": person, "form": form, "command": request.POST.get("command"), **_about(person)}
        return render(request, "field/errand_new.html", context, status=422)
    actions.ask(command_of(request), person_id=person.id, source=ErrandSource.WORKER, **form.said())
    return done(request, _("Taken down."), to=reverse("field_errands"))


urlpatterns = [
    path("m/errands/", errand_list, name="field_errands"),
    path("m/errands/new/", take_down, name="field_errand_new"),
    path("m/errands/mine/", take_on, name="field_errands_mine"),
    path("m/errands/batches/<uuid:batch_id>/start/", set_out, name="field_errand_start"),
    path("m/errands/<uuid:errand_id>/call/", call, name="field_errand_call"),
    path("m/errands/<uuid:errand_id>/deliver/", deliver, name="field_errand_deliver"),
    path("m/errands/<uuid:errand_id>/back/", send_back, name="field_errand_back"),
]
