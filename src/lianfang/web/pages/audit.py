"""Audit search: who did or looked at what, when and where; and whether the log is whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lianfang.core.audit.models import AuditEntry
from lianfang.web.answering import actor_of, page
from lianfang.web.navigation import NavEntry
from lianfang.web.queries import audit
from lianfang.web.queries.places import areas_of

KINDS: dict[str, str | Promise] = {
    AuditEntry.Kind.WRITE: _("Change"),
    AuditEntry.Kind.LOOK: _("Look"),
    AuditEntry.Kind.LOGIN: _("Log-in"),
    AuditEntry.Kind.REFUSAL: _("Attempt refused"),
    AuditEntry.Kind.EXPORT: _("Export"),
}
FAULTS: dict[str, str | Promise] = {
    "audit.entry_changed": _("An entry was changed after it was written."),
    "audit.entry_astray": _("An entry claims a seal that is not there."),
    "audit.batch_changed": _("A sealed batch is not what was sealed: an entry was added, taken out or changed."),
    "audit.chain_broken": _("A seal does not follow from the one before."),
    "audit.seal_forged": _("A seal was not made with our key."),
    "audit.seal_missing": _("A seal is missing."),
    "audit.tail_cut": _("The end of the log was cut off."),
    "audit.export_damaged": _("The file of exported heads was scribbled over."),
}


@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """The log, the newest first. By POST with a check of its newest part."""
    reader = actor_of(request, "audit.read")
    filters = audit.LogFilters.of(request.GET)
    checked = audit.check_latest() if request.method == "POST" else None
    lines = audit.lines_of(reader, filters, cursor=request.GET.get("after", ""))
    context = {
        "filters": filters,
        "lines": lines,
        "rows": [(line, KINDS.get(line.kind, line.kind)) for line in lines.rows],
        "kinds": KINDS.items(),
        "areas": areas_of(reader, "audit.read"),
        "chain": audit.chain_state(),
        "checked": checked,
        "faults": [(FAULTS.get(fault.code, fault.code), fault.where) for fault in checked.faults] if checked else [],
    }
    return page(request, "audit/log.html", context)


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="house", label=_("Audit log"), url_name="audit", icon="scroll-text", order=90, permission="audit.read"
    ),
)

urlpatterns = [path("audit/", log, name="audit")]
