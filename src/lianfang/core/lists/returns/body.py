"""The part of a form that takes entries: which rows are prepared, and what stands below them."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from .package import local
from .refs import Area
from .sheetxml import SheetRow, SheetXml, is_filled, is_formula


@dataclass(frozen=True, slots=True)
class Body:
    """`first_row` to `last_row` are prepared (none if `last_row` is less); `below` is the next row that holds
    something, None if nothing does. `usable_row` is the last row that can be filled before rows must be inserted."""

    first_row: int
    last_row: int
    below: int | None

    @property
    def usable_row(self) -> int:
        """Prepared rows; without any, the blank ones down to (and without) the one before the notes."""
        if self.last_row >= self.first_row or self.below is None:
            return self.last_row
        return max(self.below - 2, self.first_row - 1 if self.below == self.first_row else self.first_row)


def find_body(xml: SheetXml, merges: list[Area], first_row: int) -> Body:
    """Prepared rows follow one another from `first_row`, hold no text of their own (running numbers and formulas are
    fine, and a text that every one of them repeats) and are merged alike."""
    numbers = [number for number in xml.row_numbers() if number >= first_row]
    pattern = xml.open_row(first_row)
    texts = _texts(pattern) if pattern is not None else {}
    shape = _shape(merges, first_row)
    last = first_row - 1
    for number in numbers:
        row = xml.open_row(number)
        if number != last + 1 or row is None or _shape(merges, number) != shape or not list(row.cells()):
            break
        if any(texts.get(column) != text for column, text in _texts(row).items()):
            break
        last = number
    if last == first_row and texts and not _repeats(xml, first_row, texts):
        last = first_row - 1
    below = next((number for number in numbers if number > last and _holds_something(xml, number)), None)
    return Body(first_row, last, below)


def _repeats(xml: SheetXml, row: int, texts: dict[int, tuple[str, str]]) -> bool:
    following = xml.open_row(row + 1)
    return following is not None and _texts(following) == texts


def _texts(row: SheetRow) -> dict[int, tuple[str, str]]:
    """Column → kind and content of cells that hold a text; numbers and formulas are left out."""
    found = {}
    for column, cell in row.cells():
        kind = str(cell.get("t") or "n")
        if kind in ("s", "inlineStr", "str") and is_filled(cell) and not is_formula(cell):
            found[column] = (kind, _content(cell))
    return found


def _content(cell: etree._Element) -> str:
    return "".join(str(part) for child in cell if local(child) in ("v", "is") for part in child.itertext())


def _shape(merges: list[Area], row: int) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((one.first_column, one.last_column) for one in merges if one.first_row <= row <= one.last_row))


def _holds_something(xml: SheetXml, number: int) -> bool:
    row = xml.open_row(number)
    return row is not None and any(is_filled(cell) for _, cell in row.cells())
