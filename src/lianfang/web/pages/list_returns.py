"""Results go back to the sender: downloads, made anew each time and never kept."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from lianfang.capabilities.screening import returning
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists.models import SourceList
from lianfang.core.lists.returns import export_filename
from lianfang.web.answering import actor_of, command_of, page, says_no, uuid_of
from lianfang.web.frame import home_path, unit_name

NO_TEMPLATE = refusal("lists.no_template", gettext_lazy("Choose the form (.xlsx) that is to be filled."))

TEMPLATE = "template.xlsx"
LARGEST_TEMPLATE = 5 * 1024 * 1024
"""Bytes of an upper-level form."""

FAULTS: dict[str, Promise | str] = {
    "return.required_missing": gettext_lazy("a required value is missing"),
    "return.too_long": gettext_lazy("too long, left out"),
    "return.unknown_code": gettext_lazy("not in the code table, left out"),
    "return.not_in_list": gettext_lazy("not in the drop-down list, left out"),
    "return.breaks_rule": gettext_lazy("breaks a rule of the cell"),
    "return.not_a_day": gettext_lazy("not a day, left out"),
    "return.not_an_instant": gettext_lazy("not a time, left out"),
    "return.not_a_number": gettext_lazy("not a number, left out"),
}
NOTES: dict[str, Promise | str] = {
    "return.format_changed": gettext_lazy("The old .xls comes back as .xlsx."),
    "return.date_as_text": gettext_lazy("Days stand as text where the cell is not formatted as a day."),
    "return.list_not_checked": gettext_lazy("A computed drop-down list could not be checked."),
    "return.column_hidden": gettext_lazy("A column that was filled is hidden in the sender's file."),
    "return.character_outside_gbk": gettext_lazy("Some characters are not in GBK; old programs may show them wrong."),
    "return.formulas_not_recalculated": gettext_lazy("Formulas are computed anew when the file is opened."),
}


def _visible(actor: User, list_id: UUID) -> SourceList:
    found = SourceList.objects.visible_to(actor).select_related("sender").filter(id=list_id).first()
    if found is None:
        raise NotFound("list")
    return found


def _deliver(request: HttpRequest, folder: Path, answer: Answer) -> HttpResponse:
    """Stream the file; its folder is removed while it is still open, so that nothing stays behind."""
    for note in answer.get("notes", ()):
        messages.info(request, NOTES.get(note, note))
    file = open(folder / answer["file"], "rb", opener=lambda path, flags: os.open(path, flags))  # noqa: SIM115
    return cast(HttpResponse, FileResponse(file, as_attachment=True, filename=answer["name"]))


@require_POST
@says_no
def own_file(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """The sender's own file, filled."""
    actor = actor_of(request, "lists.return")
    _visible(actor, list_id)
    with returning.private_folder() as folder:
        answer = returning.return_file(
            command_of(request), list_id=list_id, folder=str(folder), say_open="say_open" in request.POST
        )
        wrong = answer["problem_count"]
        if wrong:
            said = ngettext(
                "%(n)s cell could not take its value.", "%(n)s cells could not take their value.", wrong
            ) % {"n": wrong}
            messages.warning(request, said)
        return _deliver(request, folder, answer)


@require_POST
@says_no
def errors(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Rows the sender must mend."""
    actor = actor_of(request, "lists.return")
    _visible(actor, list_id)
    with returning.private_folder() as folder:
        answer = returning.return_errors(command_of(request), list_id=list_id, folder=str(folder))
        return _deliver(request, folder, answer)


@require_POST
@says_no
def upper(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """An upper-level form, uploaded here and filled with this list's results, or an exchange file by a profile."""
    return _upper(request, [list_id])


@require_POST
@says_no
def upper_of_several(request: HttpRequest) -> HttpResponse:
    """The same for several lists, a day's for example, one after the other."""
    return _upper(request, [list_id for text in request.POST.getlist("ids") if (list_id := uuid_of(text))])


def _upper(request: HttpRequest, lists: list[UUID]) -> HttpResponse:
    """Deliver the file; what does not fit is shown first, equal problems together."""
    actor = actor_of(request, "lists.return")
    unit = unit_name(home_path(actor))
    with returning.private_folder() as folder:
        shown_first = "anyway" not in request.POST
        with transaction.atomic():
            answer = _filled(request, lists, folder, unit)
            if answer["problem_count"] and shown_first:
                transaction.set_rollback(True)  # nothing leaves the house yet, so no export is written down
        if answer["problem_count"] and shown_first:
            return _problems(request, lists, answer, _template_text(folder))
        return _deliver(request, folder, answer)


def _filled(request: HttpRequest, lists: list[UUID], folder: Path, unit: str) -> Answer:
    command = command_of(request)
    recipient = request.POST.get("recipient", "").strip()[:80]
    profile = request.POST.get("profile", "")
    if profile:
        return returning.return_profile(
            command, list_ids=lists, profile=profile, folder=str(folder), unit=unit, recipient=recipient
        )
    template = folder / TEMPLATE
    with open(template, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(_template(request))
    answer = returning.return_template(
        command, list_ids=lists, template=str(template), folder=str(folder), unit=unit, recipient=recipient
    )
    # Several forms go to one recipient in the same minute: the form's own name tells their files apart.
    title = "_".join(part for part in (recipient, _template_name(request)) if part)
    return {**answer, "name": export_filename(unit, title, command.now)} if title else answer


def _template(request: HttpRequest) -> bytes:
    """The form that was uploaded now, or a step before (it holds no people and travels with the page)."""
    upload = request.FILES.get("template")
    if upload is not None and upload.size is not None and upload.size <= LARGEST_TEMPLATE:
        return bytes(upload.read())
    try:
        content = base64.b64decode(request.POST.get("template_text", ""), validate=True)
    except binascii.Error:
        content = b""
    if not content:
        raise Refusal("lists.no_template")
    return content


def _template_name(request: HttpRequest) -> str:
    """What the uploaded form is called, without its ending; it travels with the page as the form itself does."""
    upload = request.FILES.get("template")
    name = upload.name if upload is not None and upload.name else request.POST.get("template_name", "")
    return Path(name).stem[:60]


def _template_text(folder: Path) -> str:
    path = folder / TEMPLATE
    return base64.b64encode(path.read_bytes()).decode() if path.exists() else ""


def _problems(request: HttpRequest, lists: list[UUID], answer: Answer, template_text: str) -> HttpResponse:
    problems = [
        {"field": field, "words": _words(code, limit), "count": count, "records": records, "more": count > len(records)}
        for field, code, limit, count, records in answer["problems"]
    ]
    context: dict[str, Any] = {
        "one": _visible(actor_of(request), lists[0]),
        "lists": lists,
        "problems": problems,
        "count": answer["problem_count"],
        "rows": answer["counts"]["rows"],
        "profile": request.POST.get("profile", ""),
        "recipient": request.POST.get("recipient", ""),
        "template_text": template_text,
        "template_name": _template_name(request),
    }
    return page(request, "lists/return_problems.html", context)


def _words(code: str, limit: int) -> str:
    words = str(FAULTS.get(code, code))
    if code != "return.too_long" or not limit:
        return words
    return _("%(words)s (at most %(n)s characters)") % {"words": words, "n": limit}
