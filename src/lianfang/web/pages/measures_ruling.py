"""From a fact to a proposal: record the fact, see what an edition would lay on whom, propose it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.measures import facts
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact, FactKind, ListedZone
from lianfang.core.metrics.mode import activation_at
from lianfang.core.metrics.models import Activation
from lianfang.core.people.models import Person
from lianfang.kernel.masking import mask_name
from lianfang.playbooks.applying import apply
from lianfang.playbooks.rules import Reason
from lianfang.playbooks.schema import Edition
from lianfang.playbooks.shelf import edition_in_force, editions
from lianfang.playbooks.signing import edition_named, is_signed
from lianfang.playbooks.whatif import what_if
from lianfang.playbooks.words import sentence_of
from lianfang.web.answering import actor_of, by_htmx, cleaned, command_of, done, page, says_no, uuid_of
from lianfang.web.printing import options
from lianfang.web.queries.ruling import Chosen, chosen_people, preview

MOST_ZONES = 200


def in_words(reasons: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """The kept reasons of a ruling as sentences."""
    return [sentence_of(Reason(code, tuple((k, _value(v)) for k, v in given.items()))) for code, given in reasons]


def _value(kept: Any) -> Any:
    try:
        return date.fromisoformat(kept) if isinstance(kept, str) and len(kept) == 10 else kept
    except ValueError:
        return kept


class FactForm(forms.Form):
    """A typed fact with its evidence."""

    kind = forms.ChoiceField(label=gettext_lazy("Fact"), choices=FactKind.choices)
    happened_date = forms.DateField(
        label=gettext_lazy("Day its clock starts from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Last exposure, leaving the zone or the closed loop, entry, sample, arrival."),
    )
    document_no = forms.CharField(
        label=gettext_lazy("Document number"), max_length=60, required=False,
        help_text=gettext_lazy("A ruling of contact has one; without it the fact is refused."),
    )  # fmt: skip
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=80)
    evidence = forms.CharField(label=gettext_lazy("Evidence"), max_length=300)
    zone_id = forms.ChoiceField(label=gettext_lazy("Listed zone (for a stay)"), required=False)
    linked_id = forms.ChoiceField(label=gettext_lazy("Depends on the fact of"), required=False)
    entered_site_date = forms.DateField(
        label=gettext_lazy("Entered the site on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *given: Any, person: Person, **named: Any) -> None:
        super().__init__(*given, **named)
        zones = ListedZone.objects.order_by("-listed_date", "name")[:MOST_ZONES]
        self._offer("zone_id", [(str(zone.id), f"{zone.name} {zone.get_level_display()}") for zone in zones])
        self._offer("linked_id", _linkable(person))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *choices]


def _linkable(person: Person) -> list[tuple[str, str]]:
    """Facts this one can depend on: of the household, and rulings of the last weeks in the same community."""
    standing = EpidemiologicalFact.objects.standing().exclude(person=person).select_related("person")
    near = standing.filter(person__path__startswith=person.path[:12]).order_by("-happened_date")[:100]
    return [
        (str(f.id), f"{mask_name(f.person.name)} · {f.get_kind_display()} {f.happened_date:%m-%d} {f.document_no}")
        for f in near
    ]


@require_http_methods(["GET", "POST"])
@says_no
def record_fact(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record a fact about a person; what follows from it is shown next, nothing happens by itself."""
    actor = actor_of(request, "measures.propose")
    person = Person.objects.visible_to(actor).current().filter(id=person_id).first()
    if person is None:
        raise NotFound("person")
    if not actor.authority.may("measures.propose", path=person.path):
        raise NotAllowed("measures.propose")
    if request.method == "GET":
        form = FactForm(person=person, prefix="fact", initial={"happened_date": timezone.localdate()})
        template = "people/change_sheet.html" if by_htmx(request) else "people/change.html"
        title = _("Record a fact")
        return page(
            request, template, {"person": person, "what": "fact", "title": title, "form": form, "url": request.path}
        )
    given = cleaned(FactForm(request.POST, person=person, prefix="fact"))
    for name in ("zone_id", "linked_id"):
        given[name] = uuid_of(given[name])
    facts.record_fact(command_of(request), person_id=person_id, **given)
    return done(
        request, _("Recorded. See what follows from it."), to=f"{reverse('measures_propose')}?person={person_id}"
    )


@require_http_methods(["GET", "POST"])
@says_no
def propose(request: HttpRequest) -> HttpResponse:
    """What an edition would lay on these people, before anything happens; then the proposal itself."""
    actor, now = actor_of(request, "measures.propose"), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    chosen = chosen_people(actor, given)
    ordered = _ordered(actor, now)
    code = given.get("edition", "") or _usual(ordered, now).code
    if request.method == "POST":
        return _propose(request, chosen, code, drill=ordered is not None and ordered.drill)
    edition = edition_named(code)
    seen = what_if(chosen.ids, edition, now=now) if chosen.ids else None
    shelf = [(one.code, one.title) for one in editions().values()]
    context = {
        "chosen": chosen,
        "edition": edition,
        "signed": is_signed(edition),
        "edition_options": options(shelf, chosen=code),
        "seen": preview(actor, seen, now=now) if seen else None,
        "before": _before(actor),
        "drill": edition.kind == "drill" or (ordered is not None and ordered.drill),
    }
    return page(request, "measures/propose.html", context)


def _ordered(actor: User, now: datetime) -> Activation | None:
    """The order in force where the actor proposes: it names the edition, and whether all this is a drill."""
    scopes = actor.authority.scopes("measures.propose")
    return activation_at(scopes[0], at=now) if scopes else None


def _usual(ordered: Activation | None, now: datetime) -> Edition:
    """The edition offered first: the one the order names, else the one in force, else the routine one."""
    named = editions().get(ordered.edition) if ordered else None
    return named or edition_in_force(now) or edition_named("routine")


def _before(actor: User) -> dict[str, str]:
    """Legal basis and appeal route as the actor wrote them last: they seldom change within an event."""
    mine = ControlMeasure.objects.visible_to(actor).filter(proposed_by=actor).order_by("-proposed_at")
    last = mine.values_list("legal_basis", "appeal_to").first()
    return {"legal_basis": last[0], "appeal_to": last[1]} if last else {}


def _propose(request: HttpRequest, chosen: Chosen, code: str, *, drill: bool) -> HttpResponse:
    """`drill`: the order in force is one, so whatever is proposed under it is, too."""
    if not chosen.ids:
        raise Refusal("playbooks.nothing")
    answer = apply(
        command_of(request),
        person_ids=list(chosen.ids),
        edition_code=code,
        legal_basis=request.POST.get("legal_basis", ""),
        appeal_to=request.POST.get("appeal_to", ""),
        drill=drill or bool(request.POST.get("drill")),
        why=request.POST.get("why", "").strip(),
    )
    said = _("Proposed: %(n)s measures. They restrict nobody until health has approved them.") % {
        "n": len(answer["measures"])
    }
    if answer["drawn_in"]:
        said += " " + _("Drawn in from the households: %(n)s.") % {"n": len(answer["drawn_in"])}
    if answer["refused"]:
        said += " " + _("Not proposed: %(n)s (%(why)s).") % {
            "n": len(answer["refused"]),
            "why": answer["refused"][0]["sentence"],
        }
    messages.success(request, said)
    return redirect(f"{reverse('measures')}?segment=approve")
