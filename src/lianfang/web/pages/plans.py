"""The switch between routine and emergency: the history of orders, a new order, going back, the clocks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from lianfang.capabilities.plans import actions
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.metrics.mode import activation_at
from lianfang.core.metrics.models import ResponseLevel
from lianfang.core.metrics.registry import METRICS, At, number
from lianfang.core.work.models import SlaProfile
from lianfang.web.answering import actor_of, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.pages.zone_forms import MINUTE
from lianfang.web.queries import plans
from lianfang.web.queries.areas import area_for
from lianfang.web.queries.places import areas_of
from lianfang.web.queries.zone_rules import edition_words, known_editions


def _editions() -> list[tuple[str, str]]:
    return [("", "—"), *((code, rules.title) for code, rules in known_editions(drill=True).items())]


def _profiles() -> list[tuple[str, str]]:
    codes = SlaProfile.objects.order_by("finish_minutes").values_list("code", flat=True)
    return [("", "—"), *((code, code) for code in codes)]


class OrderForm(forms.Form):
    """An order as it stands on paper; its number is typed twice."""

    territory_id = forms.TypedChoiceField(label=gettext_lazy("Area"), coerce=UUID)
    level = forms.ChoiceField(label=gettext_lazy("Response level"), choices=ResponseLevel.choices)
    edition = forms.ChoiceField(label=gettext_lazy("Edition of the control rules"), choices=_editions, required=False)
    sla_code = forms.ChoiceField(
        label=gettext_lazy("Time limit proposed for new lists"), choices=_profiles, required=False
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("In force from"), widget=MINUTE)
    issued_by = forms.CharField(label=gettext_lazy("Issued by"), max_length=120)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    drill = forms.BooleanField(
        label=gettext_lazy("This is a drill"),
        required=False,
        help_text=gettext_lazy("It says so for good, on every page and paper, and is in no real number."),
    )
    order_no = forms.CharField(label=gettext_lazy("Order number"), max_length=60)
    order_no_again = forms.CharField(label=gettext_lazy("Order number, once more"), max_length=60)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["territory_id"]
        area.choices = [(str(one.id), one.label) for one in areas_of(actor, "plans.activate")]


@require_GET
@says_no
def index(request: HttpRequest) -> HttpResponse:
    """What is in force, every order there was, and the clocks that run since events ended."""
    actor, now = actor_of(request, "metrics.read"), timezone.now()
    area = area_for(actor)
    running = activation_at(area.path, at=now)
    drilled = METRICS["drill.measures"]
    context = {
        "area": area,
        "running": running,
        "edition": edition_words(running.edition) if running and running.edition else "",
        "orders": plans.orders_of(actor, now=now),
        "clocks": plans.clocks_of(actor),
        "drill_measures": number(drilled, at=At(now), scopes=(area.path,)) if running and running.drill else None,
        "may_order": actor.authority.may("plans.activate"),
    }
    return page(request, "plans/index.html", context)


@require_http_methods(["GET", "POST"])
@says_no
def new(request: HttpRequest) -> HttpResponse:
    """Write an order down; its number is typed twice. A refusal leaves all as it was typed."""
    actor = actor_of(request, "plans.activate")
    fault, status = "", 200
    if request.method == "POST":
        form = OrderForm(request.POST, actor=actor)
        status = 422
        if form.is_valid():
            try:
                actions.activate(command_of(request), **form.cleaned_data)
            except (NotAllowed, NotFound):
                raise
            except Refusal as why:
                fault = why.sentence
            else:
                return done(request, _("Ordered. It is in force from the hour on the order."), to=reverse("plans"))
    else:
        form = OrderForm(actor=actor, initial={"starts_at": timezone.localtime()})
    return page(request, "plans/new.html", {"form": form, "fault": fault}, status=status)


@require_http_methods(["GET", "POST"])
@says_no
def stand_down(request: HttpRequest, activation_id: UUID) -> HttpResponse:
    """Go back to routine: what is still open, then the order number once more."""
    actor, now = actor_of(request, "plans.activate"), timezone.now()
    order = plans.order_for(actor, activation_id)
    still = plans.still_open(order, now=now)
    fault, status = "", 200
    if request.method == "POST":
        try:
            actions.stand_down(
                command_of(request),
                activation_id=activation_id,
                order_no_again=request.POST.get("order_no_again", ""),
                reason=request.POST.get("reason", ""),
                still_open={one.code: one.count for one in still},
            )
        except (NotAllowed, NotFound):
            raise
        except Refusal as why:
            fault, status = why.sentence, 422
        else:
            return done(request, _("Back to routine. The clock of the event has started."), to=reverse("plans"))
    context = {"order": order, "still": still, "fault": fault, "given": request.POST}
    return page(request, "plans/stand_down.html", context, status=status)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="command",
        label=gettext_lazy("Routine and emergency"),
        url_name="plans",
        icon="siren",
        order=35,
        permission="metrics.read",
        section="/plans/",
    ),
)

urlpatterns = [
    path("plans/", index, name="plans"),
    path("plans/new/", new, name="plan_new"),
    path("plans/<uuid:activation_id>/end/", stand_down, name="plan_stand_down"),
]
