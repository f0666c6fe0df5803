"""Lists: the index, one list, one row; addresses of everything about lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from lianfang.capabilities.screening import deciding, returning
from lianfang.capabilities.screening.forms import profile_names
from lianfang.capabilities.screening.looking import open_row
from lianfang.capabilities.screening.problems import words_of
from lianfang.capabilities.screening.reasons import sentence_of
from lianfang.capabilities.screening.results import count_list
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.core.lists.models import ListRow, ListState, Placement, Purpose, RowDecision, SourceList
from lianfang.core.lists.receiving import INLINE_BYTES, inspect
from lianfang.core.work.models import WorkOrigin
from lianfang.web.answering import actor_of, command_of, done, page, says_no
from lianfang.web.navigation import NavEntry
from lianfang.web.pages import list_intake, list_returns
from lianfang.web.queries import lists
from lianfang.web.queries.list_preview import FIELD_GROUPS, skipped_words


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Lists the viewer may see, the latest first."""
    actor = actor_of(request, "lists.read")
    filters = lists.ListFilters.of(request.GET)
    context = {
        "filters": filters,
        "lines": lists.lines_of(actor, filters, cursor=request.GET.get("after", "")),
        "senders": lists.senders_of(actor),
        "states": ListState.choices,
        "purposes": Purpose.choices,
        "may_import": actor.authority.may("lists.import"),
        "may_return": actor.authority.may("lists.return"),
        "profiles": profile_names(),
    }
    return page(request, "lists/index.html", context)


def visible(actor: User, list_id: UUID) -> SourceList:
    """The list, if the viewer may see it. Raises `NotFound`."""
    found = (
        SourceList.objects.visible_to(actor)
        .select_related("sender", "corrects", "brought_by")
        .filter(id=list_id)
        .first()
    )
    if found is None:
        raise NotFound("list")
    return found


def _looked_into(one: SourceList) -> SourceList:
    """A small file whose inspection was cut off by a restart is inspected now."""
    waiting = one.state == ListState.RECEIVED and not one.mapping
    return inspect(one) if waiting and one.size <= INLINE_BYTES else one


@require_GET
@says_no
def show(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list, wherever it is on its way."""
    actor = actor_of(request, "lists.read")
    one = _looked_into(visible(actor, list_id))
    may_import = actor.authority.may("lists.import", path=one.path)
    may_propose = actor.authority.may("measures.propose", path=one.path)
    context: dict[str, Any] = {"one": one, "tone": lists.TONES.get(one.state, ""), "may_import": may_import}
    context["may_propose"] = may_propose
    if one.state == ListState.RECEIVED and one.mapping and may_import:
        return redirect("list_columns", list_id=list_id)
    if one.state in (ListState.DISPATCHED, ListState.ZERO):
        return page(request, "lists/list.html", context | _result(request, actor, one))
    if one.state == ListState.REFUSED:
        why = Refusal(one.refusal_code, **one.progress.get("facts", {}))
        title = str(one.progress.get("facts", {}).get("title", ""))
        context |= {"why": why, "earlier": lists.earlier_of(actor, one, title, now=timezone.now()) if title else None}
        return page(request, "lists/refused.html", context)
    return page(request, "lists/underway.html", context | _underway(one))


def _underway(one: SourceList) -> dict[str, Any]:
    stage = one.progress.get("stage", "")
    words = {
        "inspecting": _("The file is being looked into."),
        "confirm": _("The columns wait to be confirmed."),
        "queued": _("The list waits for its turn."),
        "matching": _("Rows are compared with the ledger and become work."),
    }
    return {
        "poll_url": reverse("list_progress", kwargs={"list_id": one.id}),
        "done": int(one.progress.get("done", 0)),
        "total": int(one.progress.get("of", 0)) or None,
        "sentence": words.get(stage, one.get_state_display()),
        "finished": one.state == ListState.UNDONE or stage == "confirm",
    }


@require_GET
@says_no
def progress(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """How far the list is; leads on when it has come to an end."""
    actor = actor_of(request, "lists.read")
    one = _looked_into(visible(actor, list_id))
    moving = one.state in lists.UNDERWAY or (one.state == ListState.RECEIVED and not one.mapping)
    if not moving:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("list", kwargs={"list_id": list_id})})
    return page(request, "partials/progress.html", _underway(one))


def _result(request: HttpRequest, actor: User, one: SourceList) -> dict[str, Any]:
    filters = lists.RowFilters.of(request.GET)
    way = lists.progress_of(one)
    may_return = returning.may_return(actor, one)
    may_undo = actor.authority.may("lists.import", path=one.path)
    return {
        "filters": filters,
        "rows": lists.rows_of(one, filters, cursor=request.GET.get("after", "")),
        "decisions": RowDecision.choices,
        "placements": Placement.choices,
        "funnel": _funnel(one, way),
        "way": way,
        "saved": lists.calls_saved(one),
        "said": _sentence(one),
        "returned": count_list(one) if may_return else None,
        "profiles": profile_names(),
        "undo": lists.undo_plan(one) if may_undo else None,
        "skipped": skipped_words(one.skipped),
        "problems": sorted(
            ((words_of(code)[0], n) for code, n in one.counts.get("problems", {}).items()), key=lambda pair: -pair[1]
        ),
        "corrections": SourceList.objects.visible_to(actor).filter(corrects=one).order_by("received_at"),
        "may_decide": actor.authority.may("lists.decide", path=one.path),
        "may_open": actor.authority.may("people.open", path=one.path),
    }


def _sentence(one: SourceList) -> str:
    """The counts as one sentence."""
    counts = one.counts
    if not counts.get("persons"):
        return _("A zero report: nobody is named.")
    parts = [
        ngettext("%(n)s person on %(rows)s rows", "%(n)s people on %(rows)s rows", counts["persons"])
        % {"n": counts["persons"], "rows": counts["rows"]}
    ]
    words = (
        ("same", _("%(n)s known")),
        ("new", _("%(n)s new")),
        ("review", _("%(n)s for review")),
        ("refused", _("%(n)s refused")),
        ("repeats", _("%(n)s repeated")),
        ("outside", _("%(n)s outside our area")),
        ("unplaced", _("%(n)s without an address")),
    )
    parts += [text % {"n": counts[name]} for name, text in words if counts.get(name)]
    return _(", ").join(parts)


def _funnel(one: SourceList, way: lists.Progress) -> list[lists.Step]:
    counts = one.counts
    persons = int(counts.get("persons", 0))
    decided = int(counts.get("same", 0)) + int(counts.get("new", 0))
    saved = lists.calls_saved(one)
    steps = (
        (_("People on rows"), persons, "", ""),
        (_("Decided"), decided, "", "?decision=review" if counts.get("review") else ""),
        (_("Work items"), way.items, _("%(n)s calls saved by merging") % {"n": saved} if saved else "", ""),
        (_("Accepted"), way.accepted, "", ""),
        (_("Reached"), way.reached, "", ""),
        (_("Handed in"), way.submitted, "", ""),
        (_("Dealt with"), way.done, "", ""),
    )
    return [
        lists.Step(label, figure, round(100 * figure / persons, 1) if persons else 0.0, note, href)
        for label, figure, note, href in steps
    ]


@require_POST
@says_no
def undo(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Take the whole list back."""
    answer = deciding.undo_list(command_of(request), list_id=list_id)
    said = _("The list is undone: %(rows)s rows and %(people)s people it brought are gone.") % {
        "rows": answer["rows"],
        "people": answer["people"],
    }
    return done(request, said, to=reverse("list", kwargs={"list_id": list_id}))


@require_GET
@says_no
def row(request: HttpRequest, list_id: UUID, row_id: UUID) -> HttpResponse:
    """One row in full: a look that is logged."""
    actor = actor_of(request, "lists.read")
    found = open_row(actor=actor, row_id=row_id, now=timezone.now())
    if found.source_list_id != list_id:
        raise NotFound("row")
    origin = WorkOrigin.objects.filter(row=found).select_related("item").first()
    seen = origin is not None and actor.authority.may("work.read", path=origin.item.path)
    facts = found.facts
    context = {
        "one": found.source_list,
        "row": found,
        "place": lists.place_of_row(found),
        "tone": lists.ROW_TONES.get(found.decision, ""),
        "raw": _raw(found),
        "read": _read(facts),
        "before": lists.decided_before(actor, found.pin),
        "why": sentence_of(found.reasons) or (_("Nobody in the ledger fits.") if found.decision == "new" else ""),
        "problems": [(column, *words_of(code), severity) for code, column, severity in found.problems],
        "item": origin.item if origin and seen else None,
    }
    return page(request, "lists/row.html", context)


def _raw(row: ListRow) -> list[tuple[str, str]]:
    tables = row.source_list.mapping.get("tables", ())
    fitting = [table for table in tables if table["sheet"] == row.sheet and table["kind"] == "persons"]
    labels = fitting[0]["labels"] if len(fitting) == 1 else []
    cells = row.raw
    named = [*labels, *(str(at) for at in range(len(labels) + 1, len(cells) + 1))]
    return [(label, "" if cell is None else str(cell)) for label, cell in zip(named, cells, strict=False)]


def _read(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What was read, in the words of the columns."""
    words = {name: label for _group, fields in FIELD_GROUPS for name, label in fields}
    plain = {**facts, **facts.get("extra", {})}
    plain["phone"] = "、".join([*facts.get("phones", ()), *facts.get("phones_masked", ())])
    plain["name"] = facts.get("name") or facts.get("name_masked", "")
    plain["identity"] = facts.get("identity") or facts.get("identity_masked", "")
    plain["sex"] = {"1": _("Male"), "2": _("Female")}.get(facts.get("sex", ""), "")
    return [(str(label), str(plain[name]).replace("T", " ")) for name, label in words.items() if plain.get(name)]


NAVIGATION: tuple[NavEntry, ...] = (
    NavEntry(
        group="front",
        label=gettext_lazy("Lists"),
        url_name="lists",
        icon="file-spreadsheet",
        order=20,
        permission="lists.read",
    ),
)

urlpatterns = [
    path("lists/", index, name="lists"),
    path("lists/new/", list_intake.new, name="list_new"),
    path("lists/upper/", list_returns.upper_of_several, name="lists_upper"),
    path("lists/known/", list_intake.known, name="list_known"),
    path("lists/<uuid:list_id>/", show, name="list"),
    path("lists/<uuid:list_id>/columns/", list_intake.columns, name="list_columns"),
    path("lists/<uuid:list_id>/columns/<int:number>/", list_intake.preview, name="list_preview"),
    path("lists/<uuid:list_id>/progress/", progress, name="list_progress"),
    path("lists/<uuid:list_id>/undo/", undo, name="list_undo"),
    path("lists/<uuid:list_id>/rows/<uuid:row_id>/", row, name="list_row"),
    path("lists/<uuid:list_id>/returned/", list_returns.own_file, name="list_returned"),
    path("lists/<uuid:list_id>/errors/", list_returns.errors, name="list_errors"),
    path("lists/<uuid:list_id>/upper/", list_returns.upper, name="list_upper"),
]
