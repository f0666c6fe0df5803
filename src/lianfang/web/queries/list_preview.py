"""The columns of a list that waits to be confirmed: what each is taken for, why, and every problem in its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.screening.problems import SKIPPED, words_of
from lianfang.core.actions.refusals import SENTENCES
from lianfang.core.lists.intake.columns import Column, ColumnGuess
from lianfang.core.lists.intake.mapping import Mapping, MappingRefused
from lianfang.core.lists.intake.rows import read_table
from lianfang.core.lists.intake.tables import Table
from lianfang.core.lists.intake.workbook import Cell, Sheet
from lianfang.kernel.cells import clean_text

SURE = 0.6
"""Below this a person must look (as the reader of columns says)."""

Label = Promise | str
FIELD_GROUPS: tuple[tuple[Label, tuple[tuple[str, Label], ...]], ...] = (
    (
        _("Who"),
        (
            ("name", _("Name")),
            ("name_latin", _("Name in Latin letters")),
            ("identity", _("Document number")),
            ("identity_type", _("Kind of document")),
            ("phone", _("Telephone")),
            ("sex", _("Sex")),
            ("birth_date", _("Birth date")),
            ("age", _("Age")),
            ("nationality", _("Nationality")),
            ("category", _("Category")),
            ("employer", _("Employer or school")),
        ),
    ),
    (
        _("Household"),
        (
            ("relation", _("Relation")),
            ("household_size", _("People in the household")),
            ("householder", _("Householder")),
            ("companions", _("Companions")),
            ("landlord_name", _("Landlord")),
            ("landlord_phone", _("Landlord's telephone")),
            ("landlord_identity", _("Landlord's document number")),
        ),
    ),
    (
        _("Where they live"),
        (
            ("address", _("Address")),
            ("registered_address", _("Registered address")),
            ("province", _("Province")),
            ("city", _("City")),
            ("county", _("County")),
            ("subdistrict", _("Subdistrict")),
            ("community", _("Community")),
            ("grid", _("Grid")),
            ("compound", _("Compound")),
            ("building", _("Building")),
            ("unit", _("Entrance")),
            ("room", _("Room")),
        ),
    ),
    (
        _("Journey and event"),
        (
            ("arrived_at", _("Arrived on")),
            ("departed_at", _("Departed on")),
            ("origin", _("Came from")),
            ("destination", _("Destination")),
            ("transport", _("Train or flight")),
            ("coach", _("Coach")),
            ("seat", _("Seat")),
            ("event_at", _("Day of the event")),
            ("event_place", _("Place of the event")),
            ("release_at", _("Day of release")),
            ("reason", _("Reason")),
            ("temperature", _("Temperature")),
            ("test_result", _("Test result")),
        ),
    ),
    (
        _("To be filled on return"),
        (
            ("result", _("Result")),
            ("result_at", _("Checked on")),
            ("result_by", _("Checked by")),
            ("result_measure", _("Measure")),
            ("note", _("Note")),
        ),
    ),
    (
        _("Other"),
        (
            ("sequence", _("Running number")),
            ("sender_ref", _("Sender's reference")),
            ("ignore", _("Leave out")),
        ),
    ),
)
"""Every meaning a column can have, as people choose it."""

WHY: dict[str, Label] = {
    "label": _("by its label"),
    "label_part": _("by a part of its label"),
    "label_content": _("by label and content"),
    "content": _("by its content"),
    "content_against_label": _("the content says otherwise than the label"),
    "only_candidate": _("the only column that can be it"),
    "second_of_field": _("another column fits better"),
    "somebody_else": _("number of another person"),
    "other_panel": _("belongs to the table beside it"),
    "unknown": _("not recognised"),
}


MOST_SKIPPED_SHOWN = 200


def skipped_words(skipped: Sequence[Sequence[Any]]) -> list[tuple[str, str, str]]:
    """Sheet, rows and reason of what is no person's row."""
    return [
        (sheet, str(first) if first == last else f"{first}–{last}", str(SKIPPED.get(reason, reason)))
        for sheet, first, last, reason in skipped[:MOST_SKIPPED_SHOWN]
    ]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column with what it is taken for. `percent`: how sure the guess is; None once a person has chosen."""

    index: int
    label: str
    field: str
    percent: int | None
    why: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell as it came and what is wrong with it; `tone` is bad, warn or empty."""

    text: str
    tone: str = ""
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class TableView:
    """A table of the file for the preview. `number` counts from 1; `wrong` counts rows of the sample with problems."""

    number: int
    key: str
    sheet: str
    visible: bool
    kind: str
    layout: str
    title: str
    rows: int
    skipped: int
    remembered: bool
    stated_zero: bool
    columns: list[ColumnView] = field(default_factory=list)
    lines: list[tuple[int, list[CellView]]] = field(default_factory=list)
    refused: str = ""
    wrong: int = 0


def table_views(
    proposals: Sequence[MappingABC[str, Any]], sample: MappingABC[str, list[dict[str, Any]]], *, today: date, rows: int
) -> list[TableView]:
    """All tables of a list by their proposed columns, with at most `rows` lines of each."""
    return [
        view_of(number, one, sample.get(one["key"], [])[:rows], fields=None, today=today)
        for number, one in enumerate(proposals, start=1)
    ]


def view_of(
    number: int,
    proposal: MappingABC[str, Any],
    sample: Sequence[MappingABC[str, Any]],
    *,
    fields: Sequence[str] | None,
    today: date,
) -> TableView:
    """One table by `fields`, or by the proposed ones; its sample is read as the whole table will be."""
    view = TableView(
        number=number,
        **{
            name: proposal[name]
            for name in ("key", "sheet", "visible", "kind", "layout", "title", "rows", "skipped", "remembered")
        },
        stated_zero=proposal["stated_zero"],
    )
    chosen = list(fields if fields is not None else proposal["fields"])
    view.columns = _columns(proposal, chosen)
    if view.kind != "persons":
        return view
    mapping = Mapping(tuple(chosen), tuple(proposal["labels"]), proposal["signature"])
    try:
        mapping.check(chain=view.layout == "chain")
    except MappingRefused as why:
        view.refused = str(SENTENCES.get(why.code, why.code))
    view.lines, view.wrong = _lines(view, proposal, mapping, sample, today=today)
    return view


def _columns(proposal: MappingABC[str, Any], chosen: Sequence[str]) -> list[ColumnView]:
    found = []
    for index, (label, name) in enumerate(zip(proposal["labels"], chosen, strict=True)):
        guess = proposal["guesses"][index]
        by_hand = name != proposal["fields"][index] or proposal["remembered"]
        unsure = not by_hand and name != "ignore" and guess["confidence"] < SURE
        percent = None if by_hand else round(100 * guess["confidence"])
        why = str(_("chosen by a person")) if by_hand else str(WHY.get(guess["why"], guess["why"]))
        found.append(ColumnView(index, label, name, percent, why, unsure))
    return found


def _lines(
    view: TableView,
    proposal: MappingABC[str, Any],
    mapping: Mapping,
    sample: Sequence[MappingABC[str, Any]],
    *,
    today: date,
) -> tuple[list[tuple[int, list[CellView]]], int]:
    rows = [[_cell(value) for value in line["cells"]] for line in sample]
    numbers = [int(line["row"]) for line in sample]
    problems: dict[int, dict[str, list[tuple[str, str]]]] = {}
    if not view.refused:
        table = _table(view, proposal, rows, numbers)
        for facts, _raw in read_table(table, mapping=mapping, today=today):
            for one in facts.problems:
                marks = problems.setdefault(facts.sheet_row, {}).setdefault(one.column, [])
                if (one.code, one.severity) not in marks:
                    marks.append((one.code, one.severity))
    width = max([len(proposal["labels"]), 1, *map(len, rows)])
    labels = [*proposal["labels"], *[""] * (width - len(proposal["labels"]))]
    lines = []
    for number, row in zip(numbers, rows, strict=True):
        cells = [*row, *[None] * (width - len(row))]
        lines.append((number, _marked(cells, labels, problems.get(number, {}))))
    return lines, len(problems)


def _marked(
    cells: Sequence[Cell], labels: Sequence[str], problems: MappingABC[str, list[tuple[str, str]]]
) -> list[CellView]:
    found = []
    whole = problems.get("", []) if any(labels) else [one for marks in problems.values() for one in marks]
    for at, (cell, label) in enumerate(zip(cells, labels, strict=True)):
        marks = list(problems.get(label, ())) if label else []
        marks += whole if at == 0 else []
        tone = "bad" if any(severity == "error" for _, severity in marks) else "warn" if marks else ""
        found.append(CellView(_shown(cell), tone, tuple(words_of(code)[0] for code, _ in marks)))
    return found


def _shown(cell: Cell) -> str:
    return "" if cell is None else clean_text(cell)[:200]


def _table(view: TableView, proposal: MappingABC[str, Any], rows: list[list[Cell]], numbers: list[int]) -> Table:
    sheet = Sheet(name=view.sheet, rows=rows, numbers=numbers, height=max(numbers, default=0))
    return Table(
        sheet=sheet,
        kind="persons",
        layout=view.layout,
        title=view.title,
        header_rows=(),
        columns=tuple(Column(index=at, label=label) for at, label in enumerate(proposal["labels"])),
        guesses=tuple(
            ColumnGuess(at, label, name, 1.0, "")
            for at, (label, name) in enumerate(zip(proposal["labels"], proposal["fields"], strict=True))
        ),
        body=list(range(len(rows))),
        skipped=[],
    )


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?")


def _cell(value: Any) -> Cell:
    """A cell of the stored sample as the file gave it: days were kept as ISO 8601 text."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    cell: Cell = value
    return cell
