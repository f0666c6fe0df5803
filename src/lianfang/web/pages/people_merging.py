"""Two records of one person: side by side, merged, and taken apart again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.core.access.models import User
from lianfang.core.people import merging
from lianfang.core.people.models import PersonMerge
from lianfang.core.people.search import search
from lianfang.web.answering import actor_of, command_of, done, page, says_no, uuid_of
from lianfang.web.queries.person import PersonFile, file_of, person_for


@require_http_methods(["GET", "POST"])
@says_no
def merge(request: HttpRequest) -> HttpResponse:
    """Choose which record stays; both are opened in full, which is logged."""
    actor = actor_of(request, "people.merge")
    if request.method == "POST":
        return _merge(request)
    keep, lose = _file(actor, request.GET.get("keep")), _file(actor, request.GET.get("lose"))
    text = request.GET.get("q", "").strip()
    found = search(actor=actor, text=text, now=timezone.now()).people if keep and not lose else ()
    context = {
        "keep": keep,
        "lose": lose,
        "text": text,
        "found": [hit for hit in found if keep and hit.id != keep.person.id],
        "same": _same(keep, lose) if keep and lose else {},
    }
    return page(request, "people/merge.html", context)


def _file(actor: User, text: str | None) -> PersonFile | None:
    person_id = uuid_of(text)
    if person_id is None:
        return None
    now = timezone.now()
    person, opened = person_for(actor, person_id, now=now)
    return file_of(actor, person, opened=opened, now=now)


def _same(keep: PersonFile, lose: PersonFile) -> dict[str, str]:
    """Per field of the comparison the class of its row: same, diff, or clash where both have a different document."""
    one, other = keep.person, lose.person
    pairs = {
        "name": (one.name, other.name),
        "sex": (one.sex, other.sex),
        "birth": (one.birth_date, other.birth_date),
        "door": (one.dwelling_id, other.dwelling_id),
        "phones": ({row.title for row in keep.phones}, {row.title for row in lose.phones}),
        "documents": ({row.text for row in keep.documents}, {row.text for row in lose.documents}),
    }
    marks = {name: "same" if a == b else "diff" for name, (a, b) in pairs.items()}
    mine, theirs = pairs["documents"]
    if mine and theirs and isinstance(mine, set) and isinstance(theirs, set) and not mine & theirs:
        marks["documents"] = "clash"
    return marks


def _merge(request: HttpRequest) -> HttpResponse:
    kept, merged = uuid_of(request.POST.get("keep")), uuid_of(request.POST.get("lose"))
    if kept is None or merged is None:
        return page(request, "people/merge.html", {"keep": None, "lose": None, "text": "", "found": ()}, status=400)
    merging.merge(command_of(request), kept_id=kept, merged_id=merged, reason=request.POST.get("reason", ""))
    to = reverse("person", kwargs={"person_id": kept})
    return done(request, _("Merged. It can be taken back on this page."), to=to)


@require_POST
@says_no
def split(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Take a merge back."""
    actor = actor_of(request, "people.merge")
    answer = merging.split(command_of(request), merge_id=merge_id)
    record = PersonMerge.objects.filter(id=merge_id, undone_by=actor).only("merged").first()
    to = reverse("person", kwargs={"person_id": record.merged_id if record else answer["kept"]})
    return done(request, _("Taken apart. This is the restored record."), to=to)
