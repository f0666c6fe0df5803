"""Global search: people, doors and areas, grouped and masked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from lianfang.core.people.models import Person
from lianfang.core.people.search import MOST
from lianfang.core.people.search import search as search_ledgers
from lianfang.core.work.models import WorkItem
from lianfang.web.answering import actor_of, page, uuid_of
from lianfang.web.pages.people_lines import rows
from lianfang.web.queries.finding import areas_like
from lianfang.web.queries.people import print_people

HOW: dict[str, str | Promise] = {
    "number": _("by document or telephone number"),
    "tail": _("by the last four characters of a number"),
    "pinyin": _("by pinyin"),
    "name": _("by name"),
    "door": _("by door"),
}


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the viewer may see that fits the text. The number of a work item leads straight to it."""
    actor, now = actor_of(request), timezone.now()
    text = request.GET.get("q", "").strip()[:80]
    item_id = uuid_of(text)
    if item_id and WorkItem.objects.visible_to(actor).filter(id=item_id).exists():
        return redirect("work_item", item_id=item_id)
    found = search_ledgers(actor=actor, text=text, now=now)
    areas = areas_like(actor, text) if len(text) > 1 and not text.isascii() else []
    people = (
        print_people(actor, [_row(hit) for hit in found.people], day=timezone.localdate(now)) if found.people else []
    )
    context = {
        "text": text,
        "people": people,
        "rows": rows(people),
        "doors": found.dwellings,
        "areas": areas,
        "how": (_(", ")).join(str(HOW[how]) for how in found.how),
        "most": MOST,
        "full": MOST in (len(found.people), len(found.dwellings)),
        "may_people": actor.authority.may("people.read"),
        "may_register": actor.authority.may("people.edit"),
    }
    return page(request, "people/search.html", context)


def _row(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "path": person.path,
        "relation": person.relation,
        "household_id": person.household_id,
        "dwelling_id": person.dwelling_id,
        "dwelling__label": person.dwelling.label if person.dwelling else "",
    }


urlpatterns = [
    path("search/", search, name="search"),
    path("search", search, name="search_box"),  # where the box in the page's head asks
]
