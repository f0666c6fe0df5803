"""Results flow back: the sender's own file filled, upper-level forms, exchange files, and rows to be mended.

Each of these is an action: it asks for `lists.return` where the list is, checks that as many rows go out as came in,
and leaves an export entry with counts and recipient. The file is left in a private folder the caller gives
(`private_folder`) and deletes; nothing is kept in the clear.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.screening.form_records import Record, numbered, saying_for, several
from lianfang.capabilities.screening.forms import Written, fill_form, profile_names, write_profile
from lianfang.capabilities.screening.mending import mending_groups, write_error_file
from lianfang.capabilities.screening.own_file import fill_own
from lianfang.capabilities.screening.results import count_groups, groups_of, results_of
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.audit.journal import Note
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists import storage
from lianfang.core.lists.intake.refusals import DEFAULT, IntakeRefusal
from lianfang.core.lists.intake.signatures import kind_of
from lianfang.core.lists.intake.source import open_source
from lianfang.core.lists.models import ListState, SourceList
from lianfang.core.lists.returns import RecordProblem, ReturnRefused, check_counts, export_filename

NOT_READY = refusal("lists.not_ready", _("This list has not been dispatched yet, so there is nothing to send back."))
NOTHING_TO_MEND = refusal("lists.nothing_to_mend", _("No row of this list needs mending."))
NOTHING_DONE = refusal("lists.nothing_done", _("No row has a result yet, so there is nothing to hand over."))
NO_LISTS = refusal("lists.none_chosen", _("Choose at least one list."))
UNKNOWN_PROFILE = refusal("lists.unknown_profile", _("There is no export profile of that name."))
FILE_GONE = refusal("lists.file_gone", _("The sender's file is no longer kept, so it cannot be filled."))
for _code, _sentence in {
    "return.unreadable": _("The form cannot be opened as a workbook. Save it as .xlsx and try again."),
    "return.no_header": _("No header with known column names was found in the form."),
    "return.formula_cell": _("A cell to be filled holds a formula. Clear it in the form and try again."),
    "return.merged_cell": _("A cell to be filled lies under a merged cell. Take the merge apart and try again."),
    "return.cannot_insert": _("The form has too few rows and no more can be inserted. Add rows and try again."),
    "return.count_mismatch": _("Not as many rows would go out as came in, so nothing was written."),
    "return.too_large": _("The file is too large to be filled."),
    "return.unknown_format": _("Files of this kind cannot be filled."),
    "return.no_such_sheet": _("The file has changed: a sheet is missing."),
    "return.no_such_cell": _("The file has changed: a row is missing."),
    "return.bad_profile": _("The export profile has a fault. Ask your administrator."),
    "return.twice": _("Two results would go into one cell. Tell your administrator."),
}.items():
    refusal(_code, _sentence)

READY = (ListState.DISPATCHED.value, ListState.ZERO.value)
MOST_LISTED = 200
"""Problems named one by one in an answer; the rest is counted."""
FIRST_NAMED = 5
"""Records named of those with the same problem."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder only this account can open (0700), gone with the block."""
    with TemporaryDirectory(prefix="lianfang-return-") as folder:
        yield Path(folder)


def _visible(command: Command, list_ids: Sequence[UUID]) -> list[SourceList]:
    """The lists in the order asked for, dispatched and allowed to be returned."""
    command.asked.add("lists.return")
    if not list_ids:
        raise Refusal("lists.none_chosen")
    found = SourceList.objects.visible_to(command.actor).select_related("sender").in_bulk(list(list_ids))
    lists = []
    for list_id in list_ids:
        one = found.get(list_id)
        if one is None:
            raise NotFound("list")
        command.require("lists.return", path=one.path)
        if one.state not in READY:
            raise Refusal("lists.not_ready")
        lists.append(one)
    return lists


def _export(command: Command, source_list: SourceList, *, kind: str, recipient: str, counts: dict[str, int]) -> None:
    facts: dict[str, object] = {"form": kind, "recipient": recipient[:80], **counts}
    command.notes.append(
        Note(
            kind=AuditEntry.Kind.EXPORT,
            code=f"lists.{kind}",
            path=source_list.path,
            subject_kind="list",
            subject_id=source_list.id,
            facts=facts,
        )
    )


def _chosen(source_list: SourceList) -> dict[str, list[str]]:
    return {key: list(value["fields"]) for key, value in source_list.mapping.get("chosen", {}).items()}


def _written(write: Callable[[], Any]) -> Any:
    """Run a writer; what it or the reader refuses becomes a coded refusal with a sentence."""
    try:
        return write()
    except (ReturnRefused, IntakeRefusal) as why:
        raise Refusal(why.code) from why
    except FileNotFoundError as why:
        raise Refusal("lists.file_gone") from why


def _same(*, expected: int, found: int) -> None:
    """Counts in = counts out, as a refusal people can read."""
    try:
        check_counts(expected=expected, found=found)
    except ReturnRefused as why:
        raise Refusal(why.code) from why


@action("lists.return_file")
def return_file(command: Command, *, list_id: UUID, folder: str, say_open: bool = False, recipient: str = "") -> Answer:
    """Fill the sender's own file and leave it in `folder`: result columns filled or appended, nothing else touched.

    Rows still open stay blank unless `say_open`; refused and doubtful rows get their reason. Answers the file's name,
    the name to give it, counts (rows in = rows out), notes and cells that could not take their value.
    """
    source_list = _visible(command, [list_id])[0]
    results = list(results_of(source_list))
    groups = groups_of(results)
    counts = count_groups(groups)
    _same(expected=int(source_list.counts.get("rows", counts.rows)), found=counts.rows)
    saying = saying_for(results, say_open=say_open, now=command.now)
    filled = _written(lambda: _fill_own(source_list, Path(folder), groups, saying))
    _same(expected=counts.rows, found=filled.rows)
    os.chmod(filled.path, 0o600)
    to = recipient or source_list.sender.name
    _export(command, source_list, kind="return_file", recipient=to, counts=counts.to_json())
    stamp = timezone.localtime(command.now).strftime("%Y%m%d%H%M")
    return {
        "file": filled.path.name,
        "name": f"{Path(source_list.filename).stem[:80]}_反馈_{stamp}{filled.path.suffix}",
        "counts": counts.to_json(),
        "notes": sorted(filled.notes),
        "problems": [list(problem) for problem in filled.problems[:MOST_LISTED]],
        "problem_count": len(filled.problems),
    }


def _fill_own(source_list: SourceList, folder: Path, groups: Any, saying: Any) -> Any:
    with storage.unsealed(source_list.id, filename=source_list.filename) as source:
        workbook = open_source(source, filename=source_list.filename)
        target = folder / f"returned{source.suffix}"
        return fill_own(source, target, workbook, chosen=_chosen(source_list), groups=groups, saying=saying)


@action("lists.return_errors")
def return_errors(command: Command, *, list_id: UUID, folder: str, recipient: str = "") -> Answer:
    """Write the rows the sender must mend, in the sender's layout, with what is wrong and how to mend it."""
    source_list = _visible(command, [list_id])[0]
    groups = mending_groups(results_of(source_list))
    if not groups:
        raise Refusal("lists.nothing_to_mend")
    target = Path(folder) / "errors.xlsx"

    def write() -> int:
        with storage.unsealed(source_list.id, filename=source_list.filename) as source:
            workbook = open_source(source, filename=source_list.filename)
        return write_error_file(target, workbook, chosen=_chosen(source_list), groups=groups)

    rows = _written(write)
    _same(expected=len(groups), found=rows)
    os.chmod(target, 0o600)
    to = recipient or source_list.sender.name
    _export(command, source_list, kind="return_errors", recipient=to, counts={"rows": rows})
    stem = Path(source_list.filename).stem[:80]
    stamp = timezone.localtime(command.now).strftime("%Y%m%d%H%M")
    return {"file": target.name, "name": f"{stem}_退回补正_{stamp}.xlsx", "counts": {"rows": rows}}


@action("lists.return_template")
def return_template(
    command: Command, *, list_ids: Sequence[UUID], template: str, folder: str, unit: str, recipient: str
) -> Answer:
    """Fill an upper-level form (a workbook at `template`) with the results of these lists, a row per person.

    People without a result appear with an empty one, so that the receiver's own totals are right.
    """
    lists = _visible(command, list_ids)
    records = numbered(several(lists, only_done=False, now=command.now))
    _same(expected=sum(int(one.counts.get("persons", 0)) for one in lists), found=len(records))
    target = Path(folder) / "form.xlsx"
    written: Written = _written(lambda: _fill_sound(Path(template), target, records))
    _same(expected=len(records), found=written.rows)
    return _delivered(command, lists, written, kind="return_template", unit=unit, recipient=recipient)


def _fill_sound(template: Path, target: Path, records: list[Record]) -> Written:
    """Fill an uploaded form after looking at its directory as at any file from outside: no bomb, no macro."""
    kind_of(template, filename="form.xlsx", limits=DEFAULT)
    return fill_form(template, target, records)


@action("lists.return_profile")
def return_profile(
    command: Command, *, list_ids: Sequence[UUID], profile: str, folder: str, unit: str, recipient: str
) -> Answer:
    """Write the finished results of these lists in another authority's exchange format; open rows are left out."""
    lists = _visible(command, list_ids)
    if profile not in profile_names():
        raise Refusal("lists.unknown_profile")
    records = several(lists, only_done=True, now=command.now)
    if not records:
        raise Refusal("lists.nothing_done")
    written: Written = _written(lambda: write_profile(profile, Path(folder) / "profile.xlsx", records))
    _same(expected=len(records), found=written.rows)
    return _delivered(command, lists, written, kind="return_profile", unit=unit, recipient=recipient or profile)


def _delivered(
    command: Command, lists: Sequence[SourceList], written: Written, *, kind: str, unit: str, recipient: str
) -> Answer:
    os.chmod(written.path, 0o600)
    counts = {"rows": written.rows, "problems": len(written.problems), "lists": len(lists)}
    for one in lists:
        _export(command, one, kind=kind, recipient=recipient, counts=counts)
    return {
        "file": written.path.name,
        "name": export_filename(unit, recipient or "核查结果", command.now),
        "counts": counts,
        "notes": sorted(written.notes),
        "problems": _grouped(written.problems),
        "problem_count": len(written.problems),
    }


def _grouped(problems: Iterable[RecordProblem]) -> list[list[Any]]:
    """Equal problems as one: field, code, limit, how many records, the first few of them; the most frequent first."""
    alike: dict[tuple[str, str, int], list[int]] = {}
    for one in problems:
        alike.setdefault((one.field, one.code, one.limit), []).append(one.record)
    ordered = sorted(alike.items(), key=lambda pair: -len(pair[1]))
    return [[*key, len(records), records[:FIRST_NAMED]] for key, records in ordered]


def may_return(actor: User, source_list: SourceList) -> bool:
    """Whether the actor may send this list's results back now."""
    return source_list.state in READY and actor.authority.may("lists.return", path=source_list.path)
