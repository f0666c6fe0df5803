"""A list comes in: file or cells with papers, then its columns to confirm."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal, refusal
from lianfang.core.lists import storage
from lianfang.core.lists.models import ListState, SourceList
from lianfang.core.lists.receiving import INLINE_BYTES, confirm, file_hash, inspect, receive, sample_of
from lianfang.core.metrics.mode import activation_at
from lianfang.core.territory.models import Territory
from lianfang.web.answering import actor_of, cleaned, command_of, page, says_no, uuid_of
from lianfang.web.pages.list_forms import LEGAL_BASES, PapersForm
from lianfang.web.queries.list_preview import FIELD_GROUPS, skipped_words, table_views, view_of
from lianfang.web.queries.lists import senders_of

NO_FILE = refusal("lists.no_file", gettext_lazy("Choose a file or paste cells."))
NO_ID = UUID(int=0)
SAMPLE_LINES = 12
"""Rows of each table shown before its columns are confirmed."""


class LimitedUpload(TemporaryFileUploadHandler):
    """Streams a file to disk and stops as soon as it is larger than a list may be."""

    too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, unless the file has become too large."""
        if start + len(raw_data) > settings.LIST_FILE_LIMIT:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


@csrf_exempt  # only until the upload handler is in place: `_new` is protected
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form for a new list, and what becomes of it."""
    handler = LimitedUpload(request)
    request.upload_handlers = [handler]
    return _new(request, handler)


@csrf_protect
@says_no
def _new(request: HttpRequest, handler: LimitedUpload) -> HttpResponse:
    actor = actor_of(request, "lists.import")
    areas = _areas(actor)
    if request.method == "GET":
        return _form(request, actor, PapersForm(areas=areas, initial=_initial(actor, request)))
    form = PapersForm(request.POST, request.FILES, areas=areas)
    try:
        if handler.too_large:
            raise Refusal("file.too_large")
        found = _take(request, actor, form)
    except (NotAllowed, NotFound):
        raise
    except Refusal as why:
        return _refused(request, actor, form, why)
    return redirect("list", list_id=found.id)


def _areas(actor: User) -> list[tuple[str, str]]:
    areas = Territory.objects.filter(path__in=actor.authority.scopes("lists.import")).order_by("path")
    return [(str(area.id), area.name) for area in areas]


def _initial(actor: User, request: HttpRequest) -> dict[str, Any]:
    earlier_id = uuid_of(request.GET.get("corrects"))
    earlier = SourceList.objects.visible_to(actor).select_related("sender").filter(id=earlier_id or NO_ID).first()
    if earlier is None:
        return {"sla": _proposed_limit(actor)}
    return {
        "sla": earlier.sla_code,
        "sender": earlier.sender.name,
        "purpose": earlier.purpose,
        "issuer": earlier.issuer,
        "document_no": earlier.document_no,
        "legal_basis": earlier.legal_basis,
        "corrects": earlier.id,
    }


def _proposed_limit(actor: User) -> str:
    """The profile of the order in force where the viewer brings lists in, else a day. The list keeps what is chosen."""
    scopes = actor.authority.scopes("lists.import")
    running = activation_at(scopes[0], at=timezone.now()) if scopes else None
    return running.sla_code if running is not None and running.sla_code else "24h"


def _form(request: HttpRequest, actor: User, form: PapersForm, *, fault: str = "", status: int = 200) -> HttpResponse:
    corrects = uuid_of(str(form["corrects"].value() or ""))
    earlier = SourceList.objects.visible_to(actor).filter(id=corrects).first() if corrects else None
    context = {
        "form": form,
        "earlier": earlier,
        "fault": fault,
        "limit": settings.LIST_FILE_LIMIT,
        "limit_mb": settings.LIST_FILE_LIMIT // (1024 * 1024),
        "senders": senders_of(actor),
        "laws": LEGAL_BASES,
    }
    return page(request, "lists/new.html", context, status=status)


def _refused(request: HttpRequest, actor: User, form: PapersForm, why: Refusal) -> HttpResponse:
    """The sentence beside the form; for a file we have already, a page that leads to it."""
    scripted = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    earlier = why.facts.get("list")
    if earlier:
        return redirect(reverse("list_known") + f"?list={earlier}")
    if scripted:
        return JsonResponse({"message": f"{why.sentence} ({why.code})", "code": why.code}, status=400)
    return _form(request, actor, form, fault=f"{why.sentence} ({why.code})", status=400)


def _take(request: HttpRequest, actor: User, form: PapersForm) -> SourceList:
    """Store the file, then receive the list. What is refused is shredded again."""
    given = cleaned(form)
    content, filename = _content(given, request.FILES.get("file"))
    command = command_of(request)
    list_id = command.id  # one form is one list, however often it is sent
    known = SourceList.objects.visible_to(actor).filter(id=list_id).first()
    if known is not None:
        return known
    storage.keep(list_id, content)
    try:
        receive(
            command,
            list_id=list_id,
            sender=given["sender"],
            title=given["title"] or PurePath(filename).stem,
            purpose=given["purpose"],
            issuer=given["issuer"],
            legal_basis=given["legal_basis"],
            deadline_at=form.deadline_at(now=command.now),
            filename=filename,
            size=len(content),
            file_hash=file_hash(content),
            territory_id=UUID(given["territory"]),
            document_no=given["document_no"],
            sla_code=given["sla"],
            corrects_id=given["corrects"],
        )
    except Refusal as why:
        if not SourceList.objects.filter(id=list_id).exists():  # not the file of a list beyond the viewer's area
            storage.shred(list_id)
        if why.code == "lists.same_file":
            _point_at_known(actor, content)
        raise
    found = SourceList.objects.select_related("sender").get(id=list_id)
    return inspect(found) if found.size <= INLINE_BYTES else found


def _content(given: dict[str, Any], file: UploadedFile | None) -> tuple[bytes, str]:
    if file is not None:
        return file.read(), PurePath(file.name or "list").name
    if given["cells"].strip():
        stamp = timezone.localtime().strftime("%Y-%m-%d %H%M")
        return given["cells"].encode(), f"粘贴 {stamp}.txt"
    raise Refusal("lists.no_file")


def _point_at_known(actor: User, content: bytes) -> NoReturn:
    lists = SourceList.objects.visible_to(actor).filter(file_hash=file_hash(content))
    earlier = lists.exclude(state__in=[ListState.REFUSED, ListState.UNDONE]).order_by("received_at").first()
    if earlier is None:
        raise Refusal("lists.same_file", day="—", title="—")
    raise Refusal(
        "lists.same_file",
        day=timezone.localtime(earlier.received_at).strftime("%Y-%m-%d %H:%M"),
        title=earlier.title,
        list=str(earlier.id),
    )


@require_GET
@says_no
def known(request: HttpRequest) -> HttpResponse:
    """This file is here already: which list it is, and what can be done."""
    actor = actor_of(request, "lists.import")
    lists = SourceList.objects.visible_to(actor).select_related("sender")
    earlier = lists.filter(id=uuid_of(request.GET.get("list")) or NO_ID).first()
    if earlier is None:
        raise NotFound("list")
    day = timezone.localtime(earlier.received_at).strftime("%Y-%m-%d %H:%M")
    why = Refusal("lists.same_file", day=day, title=earlier.title)
    return page(request, "lists/known.html", {"earlier": earlier, "why": why})


def waiting_for_columns(actor: User, list_id: UUID) -> SourceList:
    """The list, if its columns wait for the viewer. Raises `NotFound`; `Refusal` when it is past that."""
    found = SourceList.objects.visible_to(actor).select_related("sender").filter(id=list_id).first()
    if found is None:
        raise NotFound("list")
    if found.state != ListState.RECEIVED or not found.mapping:
        raise Refusal("lists.not_waiting")
    return found


@require_http_methods(["GET", "POST"])
@says_no
def columns(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """What each column is taken for, to be confirmed; every problem marked in its cell."""
    actor = actor_of(request, "lists.import")
    found = waiting_for_columns(actor, list_id)
    if request.method == "POST":
        confirm(
            command_of(request), list_id=list_id, fields=_chosen(request, found), remember="remember" in request.POST
        )
        return redirect("list", list_id=list_id)
    today = timezone.localdate(found.received_at)
    views = table_views(found.mapping["tables"], sample_of(found), today=today, rows=SAMPLE_LINES)
    context = {
        "one": found,
        "tables": views,
        "groups": FIELD_GROUPS,
        "people": sum(view.rows for view in views if view.kind == "persons"),
        "skipped": skipped_words(found.skipped),
        "left_out": sum(view.skipped for view in views),
    }
    return page(request, "lists/columns.html", context)


def _chosen(request: HttpRequest, found: SourceList) -> dict[str, list[str]]:
    """Fields by table key, of the tables that are ticked."""
    chosen = {}
    for number, table in enumerate(found.mapping["tables"], start=1):
        if table["kind"] == "persons" and f"use-{number}" in request.POST:
            chosen[table["key"]] = _fields(request, number, table)
    return chosen


def _fields(request: HttpRequest, number: int, table: dict[str, Any]) -> list[str]:
    return [request.POST.get(f"field-{number}-{index}", proposed) for index, proposed in enumerate(table["fields"])]


@require_POST
@says_no
def preview(request: HttpRequest, list_id: UUID, number: int) -> HttpResponse:
    """One table read anew by the fields chosen in the form."""
    actor = actor_of(request, "lists.import")
    found = waiting_for_columns(actor, list_id)
    tables = found.mapping["tables"]
    if not 1 <= number <= len(tables):
        raise NotFound("table")
    table = tables[number - 1]
    sample = sample_of(found).get(table["key"], [])[:SAMPLE_LINES]
    view = view_of(
        number,
        table,
        sample,
        fields=_fields(request, number, table),
        today=timezone.localdate(found.received_at),
    )
    return page(request, "lists/table.html", {"one": found, "table": view, "groups": FIELD_GROUPS})
