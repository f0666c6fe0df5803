"""A company registers to resume work and hands in the file of its staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from lianfang.capabilities.self_report import companies
from lianfang.capabilities.self_report.codes import read_poster_code, receipt_number
from lianfang.capabilities.self_report.models import PosterKind
from lianfang.capabilities.self_report.posters import poster_of
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import Refusal
from lianfang.core.lists import storage
from lianfang.core.lists.receiving import file_hash
from lianfang.kernel.cells import clean_text
from lianfang.kernel.short_codes import spaced
from lianfang.kernel.uuid7 import uuid7
from lianfang.resident.acting import resident_door
from lianfang.resident.frame import open_page, show
from lianfang.resident.limiting import Limit, address_of
from lianfang.resident.lines import READ, Line, sentence

FILES = Limit(most=30, seconds=600)
"""Files from one address: an office park, not a flood of them."""
_FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "employer", "label": _("Name of the company, as on the licence"), "asked": True, "most": 80},
    {"name": "credit_code", "label": _("Unified social credit code"), "hint": _("18 characters"), "asked": True},
    {"name": "contact", "label": _("Who can be asked"), "asked": True},
    {"name": "phone", "label": _("Telephone"), "kind": "tel", "asked": True},
    {
        "name": "file",
        "label": _("File with your staff"),
        "hint": _(
            "Excel or CSV: name, identity card number, telephone, where they live, where they came from and when"
        ),
        "kind": "file",
        "asked": True,
    },
    {"name": "read", "label": _("Notice read"), "kind": "tick", "choices": READ, "asked": True},
)


class SmallUpload(TemporaryFileUploadHandler):
    """Streams a stranger's file to disk and stops as soon as it is larger than staff of a company can be."""

    too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, unless the file has become too large."""
        if start + len(raw_data) > companies.MOST_BYTES:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


@csrf_exempt  # only until the upload handler is in place: `_company` is protected
@require_http_methods(["GET", "POST"])
@open_page
def company(request: HttpRequest, company_code: str) -> HttpResponse:
    """The page behind a poster for companies."""
    handler = SmallUpload(request)
    request.upload_handlers = [handler]
    return _company(request, company_code, handler)


@csrf_protect
def _company(request: HttpRequest, company_code: str, handler: SmallUpload) -> HttpResponse:
    code = read_poster_code(company_code)
    poster = poster_of(code)
    if poster is None or poster.kind != PosterKind.COMPANY:
        return show(request, "resident/closed.html", {"unknown": True, "typed": company_code[:20]}, status=404)
    frame: dict[str, Any] = {"area": poster.territory}
    if not poster.is_open(timezone.now()):
        return show(request, "resident/closed.html", frame, status=410)
    given = _given(request)
    if request.method != "POST":
        return _form(request, given, {}, frame)
    wait = FILES.wait(address_of(request))
    if wait:
        frame["said"] = _("Too many files come from your network. Try again in %(n)s minutes.") % {"n": -(-wait // 60)}
        return _form(request, given, {}, frame, status=429)
    uploaded = request.FILES.get("file")
    size = companies.MOST_BYTES + 1 if handler.too_large else (uploaded.size or 0) if uploaded else 0
    faults = companies.faults_of(given, filename=str(uploaded.name) if uploaded else "", size=size)
    if faults or uploaded is None:
        return _form(request, given, faults, frame)
    return _take(request, code, given, uploaded, frame)


def _take(
    request: HttpRequest, code: str, given: dict[str, str], uploaded: UploadedFile, frame: dict[str, Any]
) -> HttpResponse:
    content = uploaded.read()
    command = Command(actor=resident_door(), id=_id_of(request))
    storage_new = not companies.is_known(command.id)
    try:
        storage.keep(command.id, content)
        companies.register_company(
            command,
            poster_code=code,
            employer=given["employer"],
            credit_code=given["credit_code"],
            contact=given["contact"],
            phone=given["phone"],
            filename=str(uploaded.name),
            size=len(content),
            file_hash=file_hash(content),
        )
    except Refusal as why:
        if storage_new and not companies.is_known(command.id):
            storage.shred(command.id)
        return _form(request, given, {}, {**frame, "said": why.sentence}, status=409)
    return show(request, "resident/company_receipt.html", {**frame, "number": spaced(receipt_number(command.id))})


def _id_of(request: HttpRequest) -> UUID:
    try:
        given = UUID(request.POST.get("command_id", ""))
    except ValueError:
        return uuid7()
    return given if given.version == 7 else uuid7()


def _given(request: HttpRequest) -> dict[str, str]:
    names = ("employer", "credit_code", "contact", "phone", "read")
    return {name: " ".join(clean_text(request.POST.get(name, "")).split())[:80] for name in names}


def _form(
    request: HttpRequest, given: dict[str, str], faults: dict[str, str], frame: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    lines = [
        Line(**one, value=given.get(one["name"], ""), fault=sentence(faults.get(one["name"], ""))) for one in _FIELDS
    ]
    context = {
        "lines": lines,
        "wrong": [(line.name, line.label) for line in lines if line.fault],
        "command_id": request.POST.get("command_id") or str(uuid7()),
        **frame,
    }
    return show(request, "resident/company.html", context, status=status)
