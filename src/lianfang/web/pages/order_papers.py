"""Printing orders and notices of release, many at once; what cannot be printed is said before anything is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianfang.capabilities.orders.assembling import Occasion
from lianfang.capabilities.orders.choosing import Chosen, choose
from lianfang.capabilities.orders.codes import KINDS
from lianfang.capabilities.orders.printing import FORMS, print_papers
from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure
from lianfang.playbooks.shelf import editions
from lianfang.web.answering import actor_of, outside_address, page, says_no, uuid_of, way_back
from lianfang.web.queries.reports import press


@require_POST
@says_no
def papers(request: HttpRequest) -> HttpResponse:
    """The papers of the measures named (`ids`) or of a held batch (`batch`), `kind` order or notice, `format` pdf or
    docx. If some have no paper, a page says which and why, and offers the others; every name printed is logged."""
    actor = actor_of(request, "measures.read")
    kind = next((one for one in KINDS if one == request.POST.get("kind")), None)
    form = request.POST.get("format", "pdf")
    if kind is None or form not in FORMS:
        raise Http404
    chosen = choose(actor, _ids(actor, request), kind)
    if chosen.turned_away:
        return _turned_away(request, chosen, form)
    made = print_papers(actor, chosen, _occasion(request), form=form, press=press())
    if made.missing_characters:
        signs = " ".join(sorted(made.missing_characters))
        messages.warning(
            request, _("No font has %(signs)s: write these characters in by hand, where 〓 stands.") % {"signs": signs}
        )
    answer = HttpResponse(made.content, content_type=made.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, made.name) or ""
    return answer


def _ids(actor: User, request: HttpRequest) -> list[UUID]:
    ids = [found for text in request.POST.getlist("ids") for one in text.split(",") if (found := uuid_of(one.strip()))]
    batch = uuid_of(request.POST.get("batch"))
    if batch:
        of_batch = ControlMeasure.objects.visible_to(actor).filter(batch_id=batch)
        ids += of_batch.values_list("id", flat=True)
    return ids


def _occasion(request: HttpRequest) -> Occasion:
    form = outside_address(request, reverse("order_check_form"))
    return Occasion(
        now=timezone.now(),
        titles={code: edition.title for code, edition in editions().items()},
        address_of=lambda code: outside_address(request, reverse("order_check", args=[code])),
        shown_address=form.partition("://")[2],
    )


def _turned_away(request: HttpRequest, chosen: Chosen, form: str) -> HttpResponse:
    context = {"chosen": chosen, "format": form, "back": way_back(request)}
    return page(request, "measures/papers.html", context)


urlpatterns = [path("measures/papers/", papers, name="measure_papers")]
