"""Recognise the layout of an upper-level form: where its header ends, where rows go, which column means what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .body import find_body
from .cells import text_of
from .dropdowns import Dropdowns
from .errors import ReturnRefused
from .labels import CODES, field_of, plain_label
from .package import Package, local
from .refs import Area, area_of
from .sheetxml import SheetXml
from .xlsxfill import WorkbookFiller

_HEADER_WITHIN = 40
"""Rows from the top among which the header is sought."""


@dataclass(frozen=True, slots=True)
class TemplateLayout:
    """What was recognised. Rows are physical rows from 1, columns count from 0.

    `columns`: field (as in `labels.FIELDS`) → column; `headings`: column → what the form calls it (groups above joined
    by ``/``); `codes`: column → pinyin code of the code row, if there is one; `unknown`: columns whose heading is no
    known field. `last_row` is the last row prepared for entries (`first_row` - 1 if none is). `required`: fields marked
    with a star or 必填. `choices`: field → values of its drop-down list; `meanings`: field → {value: what it means}
    when the workbook explains its codes.
    """

    sheet: str
    header_rows: tuple[int, ...]
    code_row: int | None
    hint_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: Mapping[str, int]
    headings: Mapping[int, str]
    codes: Mapping[int, str] = field(default_factory=dict)
    unknown: tuple[int, ...] = ()
    required: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def choice(self, name: str, text: str) -> str | None:
        """The value to write so that the form accepts it: the text itself or the code that means it. None if the
        form's list has neither; fields without a list take any text."""
        allowed = self.choices.get(name)
        if allowed is None or text in allowed:
            return text
        return next((code for code, meaning in self.meanings.get(name, {}).items() if meaning == text), None)


def read_template(path: Path) -> TemplateLayout:
    """Recognise a form by its labels and pinyin codes, on the sheet where most of them are found.

    Raises ReturnRefused ``return.no_header`` if no row names at least three known fields.
    """
    filler = WorkbookFiller(Package(path))
    grids = {name: [[_text(cell) for cell in row] for row in filler.grid(name)] for name in filler.package.sheets}
    best = max(
        ((_known(row), -number, name) for name, rows in grids.items() for number, row in _top(rows)), default=(0, 0, "")
    )
    known, number, sheet = best
    if known < 3:
        raise ReturnRefused("return.no_header", f"No header was found in {path.name}.")
    return _Reader(filler, sheet, grids).layout(-number)


def _top(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    labelled = [(number, row) for number, row in enumerate(rows[:_HEADER_WITHIN], start=1)]
    return [(number, row) for number, row in labelled if not _is_code_row(row)]


def _text(cell: object) -> str:
    return text_of(cell).strip() if isinstance(cell, str | int | float) else str(cell)


def _known(row: list[str]) -> int:
    return len({field_of(cell) for cell in row if cell} - {""})


def _is_code_row(row: list[str]) -> bool:
    filled = [cell for cell in row if cell]
    return sum(1 for cell in filled if cell.lower() in CODES) >= 3 and all(cell.isascii() for cell in filled)


class _Reader:
    def __init__(self, filler: WorkbookFiller, sheet: str, grids: dict[str, list[list[str]]]) -> None:
        self._sheet = sheet
        self._grids = grids
        self._rows = grids[sheet]
        self._xml = SheetXml(filler.package.read(filler.package.sheet_part(sheet)))
        frame = self._xml.frame()
        self._merges = [area_of(str(one.get("ref"))) for one in frame.iter() if local(one) == "mergeCell"]
        self._rules = Dropdowns(
            frame, sheet=sheet, names=filler.names, grid=filler.grid, from_1904=filler.package.counts_from_1904
        )

    def layout(self, header: int) -> TemplateLayout:
        groups = self._group_row(header)
        headings = self._headings(header, groups)
        code_row = next(
            (number for number, row in enumerate(self._rows[:_HEADER_WITHIN], 1) if _is_code_row(row)), None
        )
        codes = self._codes(code_row)
        columns: dict[str, int] = {}
        for column in sorted({*headings, *codes}):
            name = CODES.get(codes.get(column, ""), "") or field_of(headings.get(column, "").rsplit("/", 1)[-1])
            columns.setdefault(name, column)
        columns.pop("", None)
        hints = self._hint_rows(header, code_row)
        first = max(header, *hints, code_row or 0) + 1
        choices = self._choices(columns, first)
        return TemplateLayout(
            sheet=self._sheet,
            header_rows=(groups, header) if groups else (header,),
            code_row=code_row,
            hint_rows=hints,
            first_row=first,
            last_row=find_body(self._xml, self._merges, first).last_row,
            columns=columns,
            headings=headings,
            codes=codes,
            unknown=tuple(one for one in headings if one not in columns.values()),
            required=self._required(columns, headings, hints),
            choices=choices,
            meanings={name: found for name in choices if (found := self._meaning(choices, name, columns[name], first))},
        )

    def _row(self, number: int) -> list[str]:
        return self._rows[number - 1] if 0 < number <= len(self._rows) else []

    def _group_row(self, header: int) -> int:
        """The row of group headings above the header, 0 if there is none."""
        above = [one for one in self._merges if one.first_row == header - 1]
        upright = any(one.last_row == header for one in above)
        groups = [one for one in above if one.last_row == header - 1 and one.last_column > one.first_column]
        return header - 1 if upright or (len(groups) > 1 and _known(self._row(header - 1)) < 2) else 0

    def _headings(self, header: int, groups: int) -> dict[int, str]:
        found: dict[int, str] = {}
        for column in range(max(len(self._row(header)), len(self._row(groups)))):
            words = [self._shown(number, column) for number in (groups, header) if number]
            words = [word for place, word in enumerate(words) if word and word not in words[:place]]
            if words:
                found[column] = "/".join(words)
        return found

    def _shown(self, number: int, column: int) -> str:
        """What stands in the cell or in the merged cell that covers it."""
        area: Area | None = next((one for one in self._merges if one.holds(number, column)), None)
        row, at = (area.first_row, area.first_column) if area else (number, column)
        cells = self._row(row)
        return plain_label(cells[at]) if at < len(cells) else ""

    def _codes(self, code_row: int | None) -> dict[int, str]:
        row = self._row(code_row) if code_row else []
        return {column: code.lower() for column, code in enumerate(row) if code}

    def _hint_rows(self, header: int, code_row: int | None) -> tuple[int, ...]:
        """Rows below the header that explain or show an example and take no entry."""
        starts = [area.first_row for rule in self._rules.rules for area in rule.areas if area.first_row > header]
        found: list[int] = []
        number = header + 1
        while texts := [one for one in self._row(number) if one and not one.replace(".", "").isdigit()]:
            if number == code_row or len(texts) > 1 or number < min(starts, default=0):
                found.append(number)
                number += 1
                continue
            break
        return tuple(one for one in found if one != code_row)

    def _required(self, columns: dict[str, int], headings: dict[int, str], hints: tuple[int, ...]) -> frozenset[str]:
        marked = {
            column
            for number in (*hints, *range(1, _HEADER_WITHIN))
            for column, text in enumerate(self._row(number))
            if column in headings and ("必填" in text if number in hints else _is_starred(text))
        }
        return frozenset(name for name, column in columns.items() if column in marked)

    def _choices(self, columns: dict[str, int], first: int) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, column in columns.items():
            rule = self._rules.rule_at(first, column)
            if rule and rule.kind == "list" and (allowed := self._rules.allowed(rule)):
                found[name] = allowed
        return found

    def _meaning(self, choices: dict[str, tuple[str, ...]], name: str, column: int, first: int) -> dict[str, str]:
        """Codes explained in the workbook: the words right of the list itself, or, when the list is written into the
        rule, a column on another sheet that holds all of them beside one with their words."""
        wanted = set(choices[name])
        others = [set(values) for key, values in choices.items() if key != name]
        for rows, at in self._explained_at(column, first):
            pairs = {row[at]: row[at + 1] for row in rows if len(row) > at + 1 and row[at] in wanted and row[at + 1]}
            if set(pairs) == wanted and not any(set(pairs.values()) <= one for one in others):
                return pairs
        return {}

    def _explained_at(self, column: int, first: int) -> list[tuple[list[list[str]], int]]:
        """Rows and column where the values of the drop-down list in that cell may be explained."""
        rule = self._rules.rule_at(first, column)
        place = self._rules.source(rule.first) if rule else None
        if place is not None:
            sheet, area = place
            return [(self._grids.get(sheet, [])[area.first_row - 1 : area.last_row], area.first_column)]
        others = [rows for sheet, rows in self._grids.items() if sheet != self._sheet]
        return [(rows, at) for rows in others for at in range(max((len(row) for row in rows), default=0))]


def _is_starred(text: str) -> bool:
    return text.endswith(("*", "＊")) or text.startswith(("*", "＊"))
