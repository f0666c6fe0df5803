"""Restrictions audited by somebody who can neither make nor lift one, and who sees no names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from lianfang.core.measures.standing import AppealVerdict
from lianfang.web.answering import actor_of, page
from lianfang.web.navigation import NavEntry
from lianfang.web.queries.restrictions import DAYS, audit_of

FINDINGS: dict[str, Promise | str] = {
    "ungrounded": gettext_lazy("locked in without a test, a ruling, a listed zone or an entry"),
    "not_lifted": gettext_lazy("past their end for a day and not lifted"),
    "appeals_late": gettext_lazy("appeals not decided in time"),
    "held_waiting": gettext_lazy("held batches nobody has decided about"),
    "withdrawn": gettext_lazy("facts withdrawn after measures rested on them"),
    "never_handed": gettext_lazy("strict measures that ended without their order ever handed over"),
}


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Figures and patterns of the last weeks."""
    actor = actor_of(request, "measures.audit")
    seen = audit_of(actor, now=timezone.now())
    verdicts = [(label, seen.appeals.get(code, 0)) for code, label in AppealVerdict.choices]
    context = {
        "audit": seen,
        "findings": [(FINDINGS[one.label_code], one.count, one.bad and one.count > 0) for one in seen.findings],
        "verdicts": verdicts,
        "open_appeals": seen.appeals.get("", 0),
        "days": DAYS,
    }
    return page(request, "measures/audit.html", context)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="house",
        label=gettext_lazy("Restrictions audited"),
        url_name="restrictions",
        icon="shield-check",
        order=72,
        permission="measures.audit",
    ),
)

urlpatterns = [path("restrictions/", audit, name="restrictions")]
