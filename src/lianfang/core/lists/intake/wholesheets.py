"""Sheets that are no table with a header: forms, a chat group's chain, sentences about people."""

from __future__ import annotations

from lianfang.core.lists.intake.chain import sort_lines, tells_of_someone
from lianfang.core.lists.intake.columns import guess_columns
from lianfang.core.lists.intake.forms import Forms
from lianfang.core.lists.intake.headers import texts_of
from lianfang.core.lists.intake.rowkinds import Skipped
from lianfang.core.lists.intake.table import Table, blanks
from lianfang.core.lists.intake.workbook import Sheet
from lianfang.kernel.cells import clean_text


def form_table(sheet: Sheet, forms: Forms) -> Table:
    """The forms of a sheet as a table of their labels."""
    columns = forms.columns()
    skipped = [
        Skipped(number, number, "form" if index in forms.parts else "title")
        for index, number in enumerate(sheet.numbers)
        if index not in forms.people
    ]
    return Table(
        sheet=sheet,
        kind="persons",
        layout="form",
        title=next((text for text in texts_of(sheet.rows[0]) if text), ""),
        header_rows=(),
        columns=columns,
        guesses=tuple(guess_columns(columns)),
        body=sorted(forms.people),
        skipped=sorted([*skipped, *blanks(sheet, 1, sheet.height)], key=lambda one: one.first_row),
        last_row=sheet.height,
        forms=forms.people,
    )


def chain_table(sheet: Sheet) -> Table:
    """The lines of a chain, one household each."""
    body, others = sort_lines(sheet)
    skipped = [Skipped(sheet.numbers[index], sheet.numbers[index], reason) for index, reason in others.items()]
    titles = [clean_text(sheet.rows[index][0]) for index, reason in others.items() if reason == "title"]
    return Table(
        sheet=sheet,
        kind="persons" if body else "zero_report",
        layout="chain",
        title=next((title for title in titles if len(title) > 4), ""),
        header_rows=(),
        columns=(),
        guesses=(),
        body=body,
        skipped=sorted([*skipped, *blanks(sheet, 1, sheet.height)], key=lambda one: one.first_row),
        last_row=sheet.height,
    )


def spoken_table(sheet: Sheet, column: int) -> Table:
    """Rows without a header that say in one column who they are about."""
    telling = {
        at for at, row in enumerate(sheet.rows) if column < len(row) and tells_of_someone(clean_text(row[column]))
    }
    others = [
        Skipped(number, number, "title" if at < min(telling) else "note")
        for at, number in enumerate(sheet.numbers)
        if at not in telling
    ]
    return Table(
        sheet=sheet,
        kind="persons",
        layout="chain",
        title="",
        header_rows=(),
        columns=(),
        guesses=(),
        body=sorted(telling),
        skipped=sorted([*others, *blanks(sheet, 1, sheet.height)], key=lambda one: one.first_row),
        last_row=sheet.height,
        text_column=column,
    )
