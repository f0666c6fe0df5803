"""The territory tree and the responsibility net: who answers where; and the time limits of work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.core.access.looking import open_phones
from lianfang.core.access.models import Answerer, Responsibility, User
from lianfang.core.actions import granting, naming
from lianfang.core.actions.refusals import NotFound
from lianfang.core.work.models import SlaProfile
from lianfang.core.work.profiles import set_limits
from lianfang.web.answering import actor_of, cleaned, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import territory
from lianfang.web.queries.places import accounts_of


class NamingForm(forms.Form):
    """Someone who is to answer for an area."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Answerer.choices)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=20, required=False)
    user = forms.UUIDField(label=gettext_lazy("Account"), required=False)
    replaces = forms.UUIDField(required=False)


class LimitsForm(forms.Form):
    """The two limits of a preset, in minutes."""

    accept_minutes = forms.IntegerField(label=gettext_lazy("Minutes to accept"), min_value=1)
    finish_minutes = forms.IntegerField(label=gettext_lazy("Minutes to finish"), min_value=1)


@require_http_methods(["GET", "POST"])
@says_no
def area(request: HttpRequest, area_id: UUID | None = None) -> HttpResponse:
    """One area in its tree. By POST with the telephones of those who answer for it, which is logged."""
    actor, now = actor_of(request, "territory.read"), timezone.now()
    found = territory.area_for(actor, area_id)
    opened = request.method == "POST"
    may_edit = actor.authority.may("territory.edit", path=found.path)
    context = {
        "area": found,
        "above": territory.above(actor, found),
        "tree": territory.tree_of(actor, found, now=now),
        "posts": territory.posts_of(found, now=now),
        "phones": open_phones(actor=actor, area=found, now=now) if opened else {},
        "opened": opened,
        "may_edit": may_edit,
        "accounts": accounts_of(actor, "territory.edit") if may_edit else [],
        "roles": Answerer.choices,
        "aliases": territory.aliases_of(found) if may_edit else [],
    }
    _attach_phones(context)
    return page(request, "territory/area.html", context)


def _attach_phones(context: dict[str, Any]) -> None:
    """Templates cannot look a key up: the number goes onto the row it belongs to."""
    for post in context["posts"]:
        for answer in (*post.here, *post.above):
            answer.shown_phone = context["phones"].get(answer.id, "")


@require_GET
def door(request: HttpRequest) -> HttpResponse:
    """Who answers for this door? A page of its own without script, a part of the page with it."""
    actor = actor_of(request, "territory.read")
    text = request.GET.get("door", "").strip()[:80]
    context = {"text": text, "answers": territory.who_answers(actor, text, now=timezone.now())}
    return page(request, "territory/door.html", context)


def _back_to(area_id: UUID) -> str:
    return reverse("territory_area", kwargs={"area_id": area_id})


@require_POST
@says_no
def name_responsible(request: HttpRequest, area_id: UUID) -> HttpResponse:
    """Name someone who answers for the area, beside or in place of another."""
    actor = actor_of(request, "territory.read")
    found, given = territory.area_for(actor, area_id), cleaned(NamingForm(request.POST))
    if given["user"] and str(given["user"]) not in {account.id for account in accounts_of(actor, "territory.edit")}:
        raise NotFound("user")
    granting.name_responsible(
        command_of(request),
        territory_id=found.id,
        role=given["role"],
        name=given["name"],
        phone=given["phone"],
        user_id=given["user"],
        replaces_id=given["replaces"],
    )
    return done(request, _("%(name)s now answers for %(area)s.") % {"name": given["name"], "area": found.name})


@require_POST
@says_no
def end_responsible(request: HttpRequest, responsibility_id: UUID) -> HttpResponse:
    """Someone no longer answers for their area."""
    actor = actor_of(request, "territory.read")
    held = _held(actor, responsibility_id)
    granting.end_responsible(command_of(request), responsibility_id=held.id)
    return done(request, _("Ended."), to=_back_to(held.territory_id))


def _held(actor: User, responsibility_id: UUID) -> Responsibility:
    held = Responsibility.objects.filter(id=responsibility_id).first()
    if held is None or not actor.authority.may("territory.read", path=held.path):
        raise NotFound("responsibility")
    return held


@require_POST
@says_no
def confirm_alias(request: HttpRequest, alias_id: UUID) -> HttpResponse:
    """A name learned from corrections means its compound."""
    actor = actor_of(request, "territory.read")
    alias = territory.alias_for(actor, alias_id)
    naming.confirm_alias(command_of(request), alias_id=alias.id)
    return done(request, _("“%(name)s” now means this place.") % {"name": alias.name}, to=_back_to(alias.territory_id))


@require_POST
@says_no
def take_back_alias(request: HttpRequest, alias_id: UUID) -> HttpResponse:
    """A name learned from corrections no longer means its compound."""
    actor = actor_of(request, "territory.read")
    alias = territory.alias_for(actor, alias_id)
    naming.take_back_alias(command_of(request), alias_id=alias.id)
    return done(request, _("Taken back."), to=_back_to(alias.territory_id))


@require_http_methods(["GET", "POST"])
@says_no
def limits(request: HttpRequest) -> HttpResponse:
    """Time limits of work, by preset."""
    actor = actor_of(request, "territory.read")
    if request.method == "POST":
        given = cleaned(LimitsForm(request.POST))
        set_limits(command_of(request), code=request.POST.get("code", ""), **given)
        return done(request, _("Saved. Lists received from now on use it."), to=reverse("territory_limits"))
    context = {
        "profiles": SlaProfile.objects.order_by("finish_minutes"),
        "may_edit": actor.authority.may("sla.edit"),
    }
    return page(request, "territory/limits.html", context)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="ledgers",
        label=gettext_lazy("Areas and duties"),
        url_name="territory",
        icon="network",
        order=60,
        permission="territory.read",
    ),
)

urlpatterns = [
    path("territory/", area, name="territory"),
    path("territory/door/", door, name="territory_door"),
    path("territory/limits/", limits, name="territory_limits"),
    path("territory/<uuid:area_id>/", area, name="territory_area"),
    path("territory/<uuid:area_id>/name/", name_responsible, name="territory_name"),
    path("territory/alias/<uuid:alias_id>/confirm/", confirm_alias, name="territory_confirm_alias"),
    path("territory/alias/<uuid:alias_id>/take-back/", take_back_alias, name="territory_take_back_alias"),
    path("territory/responsible/<uuid:responsibility_id>/end/", end_responsible, name="territory_end"),
]
