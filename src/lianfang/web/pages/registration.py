"""Registering a household: one address, then its people. All of them or none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal, refusal
from lianfang.core.people.actions import register as register_person
from lianfang.kernel.uuid7 import uuid7
from lianfang.web.answering import actor_of, done, page, says_no, uuid_of
from lianfang.web.pages.people_forms import LINES, NewcomerForms
from lianfang.web.pages.work_verbs import place_of
from lianfang.web.queries.homes import dwelling_for, page_of

NOBODY = refusal("people.nobody_written", gettext_lazy("Write at least one name."))


@require_http_methods(["GET", "POST"])
@says_no
def register(request: HttpRequest) -> HttpResponse:
    """First the door, then the people behind it; a refusal leaves everything as it was typed."""
    actor = actor_of(request, "people.edit")
    dwelling_id = _chosen(actor, request)
    forms = _forms(request) if dwelling_id else None
    fault = ""
    if request.method == "POST" and dwelling_id is not None and forms is not None and forms.is_valid():
        try:
            household = _register(actor, dwelling_id, forms, uuid_of(request.POST.get("household")))
        except (NotAllowed, NotFound):
            raise
        except Refusal as why:
            fault = why.sentence
        else:
            to = reverse("household", kwargs={"household_id": household})
            return done(request, _("Registered."), to=to)
    dwelling = dwelling_for(actor, dwelling_id) if dwelling_id else None
    home = page_of(actor, dwelling, now=timezone.now()) if dwelling else None
    context = {"dwelling": dwelling, "home": home, "forms": forms, "fault": fault, "chosen": request.POST}
    return page(request, "people/new.html", context)


def _chosen(actor: User, request: HttpRequest) -> UUID | None:
    """The dwelling of the address (`dwelling`), or the one chosen in the first step (`place`)."""
    dwelling_id = uuid_of(request.GET.get("dwelling"))
    if dwelling_id is None and request.GET.get("place", "").startswith("door:"):
        dwelling_id = place_of(actor, request.GET["place"])[1]
    return dwelling_id


def _forms(request: HttpRequest) -> Any:
    if request.method == "POST":
        return NewcomerForms(request.POST, prefix="p")
    return NewcomerForms(prefix="p", initial=[{"command_id": str(uuid7())} for _line in range(LINES)])


def _register(actor: User, dwelling_id: UUID, forms: Any, household_id: UUID | None) -> UUID:
    """Everyone with a command of their own, so that sending twice registers once. Raises `Refusal`.

    They join the household `household_id` of this door; None makes one of their own.
    """
    filled = [form for form in forms if form.filled]
    if not filled:
        raise Refusal("people.nobody_written")
    now = timezone.now()
    with transaction.atomic():
        for form in filled:
            given = dict(form.cleaned_data)
            command_id = uuid_of(given.pop("command_id"))
            if command_id is None:
                raise Refusal("web.stale_form")
            answer = register_person(
                Command(actor=actor, id=command_id, now=now),
                dwelling_id=dwelling_id,
                household_id=household_id,
                **given,
            )
            household_id = UUID(answer["household"])
    assert household_id is not None
    return household_id
