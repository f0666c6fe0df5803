"""Editions of the control rules: the shelf, one edition to be read and signed, its worked calendar, two compared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lianfang.playbooks import actions, words
from lianfang.playbooks.schema import Edition
from lianfang.playbooks.shelf import editions
from lianfang.playbooks.shelf import shelf as on_shelf
from lianfang.web.answering import actor_of, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import edition_difference
from lianfang.web.queries import editions as queries
from lianfang.web.queries.areas import day_of

_MOST_DAYS_LATE = 60
"""A calendar for somebody found later than this shows nothing: every span has passed by then."""


@require_GET
@says_no
def shelf(request: HttpRequest) -> HttpResponse:
    """Every edition, when it is in force, and who signed it."""
    actor = actor_of(request, "measures.read")
    lines = queries.shelf(actor, now=timezone.now())
    to_sign = sum(1 for line in lines if line.signing.may)
    context = {"lines": lines, "to_sign": to_sign, "refused": on_shelf().refused, **_two(request)}
    return page(request, "editions/shelf.html", context)


@require_GET
@says_no
def edition(request: HttpRequest, edition_code: str) -> HttpResponse:
    """One edition in plain words, as a public-health officer reads and signs it."""
    actor, one = actor_of(request, "measures.read"), _edition(edition_code)
    state, tone = queries.state_of(one, now=timezone.now())
    context = {
        "edition": one,
        "state": state,
        "tone": tone,
        "signing": queries.signing_of(actor, one),
        "categories": queries.categories_of(one),
        "zones": queries.zones_of(one),
        "conventions": queries.conventions_of(one),
        "hours": queries.hours_of(one),
        "local_settings": queries.local_settings_of(one),
        "others": [other for other in editions().values() if other.code != edition_code],
        "kind": words.KINDS[one.kind],
        "sure": words.CONFIDENCES[one.confidence],
    }
    return page(request, "editions/edition.html", context)


@require_GET
@says_no
def calendar(request: HttpRequest, edition_code: str) -> HttpResponse:
    """The worked calendar of a category from a day somebody picks."""
    actor_of(request, "measures.read")
    one, today = _edition(edition_code), timezone.localdate()
    category = request.GET.get("category", "")
    if category not in one.categories:
        category = "close_contact"
    happened = day_of(request.GET.get("happened", "")) or today
    found = day_of(request.GET.get("found", "")) or happened
    found = min(max(found, happened), happened + timedelta(days=_MOST_DAYS_LATE))
    context = {
        "edition": one,
        "category": category,
        "categories": words.CATEGORIES.items(),
        "happened": happened,
        "found": found,
        "worked": queries.worked(one, category, happened_date=happened, found_date=found),
    }
    return page(request, "editions/calendar.html", context)


@require_GET
@says_no
def compare(request: HttpRequest) -> HttpResponse:
    """What differs between two editions."""
    actor_of(request, "measures.read")
    two = _two(request)
    groups = edition_difference.groups(two["before"], two["after"])
    return page(request, "editions/compare.html", {**two, "groups": groups})


def _two(request: HttpRequest) -> dict[str, Any]:
    """The two editions an address names, else the last two real ones; and all there are."""
    known = editions()
    real = [one.code for one in known.values() if one.kind != "drill"]
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    before, after = (old if old in known else real[-2]), (new if new in known else real[-1])
    return {"editions": known.values(), "before": known[before], "after": known[after]}


@require_POST
@says_no
def sign(request: HttpRequest, edition_code: str) -> HttpResponse:
    """Put one's name under the content that was read, as the first or as the second."""
    actor_of(request, "playbooks.sign")
    command, digest = command_of(request), request.POST.get("digest", "")
    if request.POST.get("kind") == "countersign":
        actions.countersign(command, edition=edition_code, digest=digest)
        said = _("Signed as the second: the edition may now be used for new measures.")
    else:
        actions.sign(command, edition=edition_code, digest=digest)
        said = _("Signed as the first. Somebody else has to sign, too.")
    return done(request, said, to=reverse("edition", args=[edition_code]))


def _edition(code: str) -> Edition:
    try:
        return editions()[code]
    except KeyError:
        raise Http404(code) from None


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="ledgers",
        label=gettext_lazy("Editions"),
        url_name="editions",
        icon="book-open-check",
        order=58,
        permission="measures.read",
    ),
)

urlpatterns = [
    path("editions/", shelf, name="editions"),
    path("editions/compare/", compare, name="editions_compare"),
    path("editions/<slug:edition_code>/", edition, name="edition"),
    path("editions/<slug:edition_code>/calendar/", calendar, name="edition_calendar"),
    path("editions/<slug:edition_code>/sign/", sign, name="edition_sign"),
]
