"""Where the header of a table is: one row or two, with a row of field codes or of hints beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lianfang.core.lists.intake.synonyms import field_of_label
from lianfang.core.lists.intake.workbook import Cell, Sheet
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import shape_of

_SEARCHED_ROWS: Final = 40
_CODE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,30}")
_HINT: Final = re.compile(
    r"(?:非?必填|选填|可空|可不填|代码|文本|文字|数字|日期|字符|下拉.*|单选|多选|\d+位.*|yyyy.*|例[:：如].*|格式.*|如[:：].*|请.*|string.*|char.*|date.*|int.*|填写.*|.*(?:必填|选填|格式).*)",
    re.IGNORECASE,
)
_DAY_WORDS: Final = re.compile(r"[\d\s年月日号时分点:./-]|上午|下午|中午|晚上|凌晨|早上|星期.|周.|[A-Za-z]")
_STATEMENT: Final = re.compile(r"[:：]|填报|单位名称|盖章|制表")


@dataclass(slots=True)
class Header:
    """A header found in a sheet. `first` and `last` are indexes into ``sheet.rows`` and include codes and hints."""

    first: int
    last: int
    labels: list[str]
    groups: list[str]
    codes: list[str] = field(default_factory=list)
    hints: list[int] = field(default_factory=list)
    """Indexes of rows of hints and codes."""


def texts_of(row: Sequence[Cell]) -> list[str]:
    """Cleaned texts of a row."""
    return [clean_text(cell) for cell in row]


def _score(row: Sequence[Cell]) -> tuple[float, int]:
    """(points, recognised labels) of a row as a header; values count against it."""
    points, fields, ignored = 0.0, set(), 0
    for cell in row:
        if cell is None:
            continue
        if not isinstance(cell, str):
            points -= 1.0
            continue
        name, sureness = field_of_label(clean_text(cell))
        if name and (name not in fields or name == "ignore"):
            fields.add(name)
            ignored += name == "ignore"
            points += sureness
        elif _is_value(clean_text(cell)):
            points -= 1.0
    return points, len(fields) + max(ignored - 1, 0)


def _is_value(text: str) -> bool:
    """Whether a text is what stands below a header; 4月6日核酸 is none, for the day is only part of it."""
    shape = shape_of(text)
    if shape == "day":
        return len(_DAY_WORDS.sub("", text)) < 2
    return shape in ("identity", "phone", "number", "address")


def is_header(row: Sequence[Cell]) -> bool:
    """Whether a row, by itself, reads like a header: at least three labels, most of its cells labels, no values."""
    filled = [cell for cell in row if cell is not None]
    points, fields = _score(row)
    return fields >= 3 and points >= 2.5 and fields * 2 >= len(filled)


def locate(sheet: Sheet, *, start: int = 0) -> Header | None:
    """The first header at or below index `start`, looking at the next 40 rows that are not blank."""
    best, best_points = -1, 0.0
    single = sheet.width() <= 2
    for index in range(start, min(start + _SEARCHED_ROWS, len(sheet.rows))):
        row = sheet.rows[index]
        points, fields = _score(row)
        filled = sum(cell is not None for cell in row)
        enough = fields >= 2 and points >= 1.5 and fields * 2.5 >= filled
        enough = enough or (single and fields == filled and points >= 1.0)
        if enough and points > best_points * 1.25:
            best, best_points = index, points
    return _assembled(sheet, best, start=start) if best >= 0 else None


def by_contrast(sheet: Sheet) -> Header | None:
    """A header of words nobody knows: texts alone, right above the first row with an identity number or telephone."""
    first = next((at for at, row in enumerate(sheet.rows[:_SEARCHED_ROWS]) if _tells(row)), 0)
    if not first or not _adjacent(sheet, first, first - 1, start=0):
        return None
    row = sheet.rows[first - 1]
    filled = [cell for cell in row if cell is not None]
    width = sum(cell is not None for cell in sheet.rows[first])
    if len(filled) < 2 or len(filled) * 3 < width * 2 or not _is_group_row(row):
        return None
    below = {at for at, cell in enumerate(sheet.rows[first]) if shape_of(cell) in ("identity", "phone")}
    if len(set(map(clean_text, filled))) != len(filled) or any(at >= len(row) or row[at] is None for at in below):
        return None
    return _assembled(sheet, first - 1, start=0)


def _tells(row: Sequence[Cell]) -> bool:
    return any(shape_of(cell) in ("identity", "phone") for cell in row)


def _adjacent(sheet: Sheet, index: int, other: int, *, start: int) -> bool:
    return start <= other < len(sheet.rows) and abs(sheet.numbers[index] - sheet.numbers[other]) == 1


def _is_codes(texts: Sequence[str]) -> bool:
    filled = [text for text in texts if text]
    codes = [text for text in filled if _CODE.fullmatch(text)]
    known = sum(field_of_label(text)[0] != "" for text in codes)
    return len(filled) >= 2 and len(codes) * 5 >= len(filled) * 4 and known >= 2


def _has_han(texts: Sequence[str]) -> bool:
    return any("一" <= character <= "鿿" for text in texts for character in text)


def _is_hints(row: Sequence[Cell]) -> bool:
    filled = [text for text in texts_of(row) if text]
    return len(filled) >= 2 and sum(bool(_HINT.fullmatch(text)) for text in filled) * 2 >= len(filled)


def _assembled(sheet: Sheet, index: int, *, start: int) -> Header:
    codes_at = -1
    if _is_codes(texts_of(sheet.rows[index])):
        below = index + 1
        if _adjacent(sheet, index, below, start=start):
            texts = texts_of(sheet.rows[below])
            if _has_han(texts) and _score(sheet.rows[below])[0] >= 1.5:
                codes_at, index = index, below
    header = Header(first=index, last=index, labels=texts_of(sheet.rows[index]), groups=[])
    if codes_at >= 0:
        header.first = codes_at
        header.codes = texts_of(sheet.rows[codes_at])
        header.hints.append(codes_at)
    elif _adjacent(sheet, index, index - 1, start=start):
        _join_above(sheet, index, header)
        _take_merged_down(sheet, index, header, start=start)
    if header.first == index or codes_at >= 0:
        _join_below(sheet, index, header, start=start)
    _take_hints(sheet, header, start=start)
    _square(header)
    return header


def _spans(sheet: Sheet, number: int) -> dict[int, int]:
    """Merged blocks of a row that run over several columns: first column → last column."""
    return {
        block.first_column: block.last_column
        for block in sheet.merged
        if block.first_row <= number <= block.last_row and block.last_column > block.first_column
    }


def _spread(sheet: Sheet, index: int, texts: list[str], leaves: Sequence[str]) -> list[str]:
    """Texts of a group row over all columns they stand for; without merges a text reaches to the next one."""
    width = max(len(texts), len(leaves))
    spread = [*texts, *[""] * (width - len(texts))]
    spans = _spans(sheet, sheet.numbers[index])
    current = ""
    for column in range(width):
        if spread[column]:
            current = spread[column]
            end = spans.get(column, column)
            for covered in range(column + 1, min(end + 1, width)):
                spread[covered] = current
        elif not spans and current and column < len(leaves) and leaves[column]:
            spread[column] = current
    return spread


def _is_group_row(row: Sequence[Cell]) -> bool:
    texts = [text for text in texts_of(row) if text]
    if len(texts) < 2 or any(cell is not None and not isinstance(cell, str) for cell in row):
        return False
    return all(len(text) <= 14 and not _STATEMENT.search(text) for text in texts) and not any(
        _is_value(text) and shape_of(text) != "address" for text in texts
    )


def _join_above(sheet: Sheet, index: int, header: Header) -> None:
    row = sheet.rows[index - 1]
    texts = texts_of(row)
    if _is_codes(texts) and _has_han(header.labels):
        header.codes, header.first = texts, index - 1
        header.hints.append(index - 1)
        return
    if not _is_group_row(row):
        return
    groups = _spread(sheet, index - 1, texts, header.labels)
    labels = [*header.labels, *[""] * (len(groups) - len(header.labels))]
    for column, text in enumerate(texts):
        if text and not labels[column]:
            labels[column], groups[column] = text, ""
    header.labels, header.groups, header.first = labels, groups, index - 1


def _take_merged_down(sheet: Sheet, index: int, header: Header, *, start: int) -> None:
    """Labels of cells merged over several header rows stand in the topmost; of three that is above the groups."""
    number = sheet.numbers[index]
    at = {sheet.numbers[one]: one for one in range(max(start, index - 4), index)}
    for block in sheet.merged:
        top = at.get(block.first_row)
        column = block.first_column
        if top is None or block.last_row < number or block.last_row - block.first_row > 4:
            continue
        text = clean_text(sheet.rows[top][column]) if column < len(sheet.rows[top]) else ""
        if text and column < len(header.labels) and not header.labels[column] and not _STATEMENT.search(text):
            header.labels[column] = text
            header.first = min(header.first, top)


def _join_below(sheet: Sheet, index: int, header: Header, *, start: int) -> None:
    below = index + 1
    if not _adjacent(sheet, index, below, start=start):
        return
    row = sheet.rows[below]
    texts = texts_of(row)
    if _is_codes(texts) and _has_han(header.labels):
        header.codes, header.last = texts, below
        header.hints.append(below)
        return
    spans = _spans(sheet, sheet.numbers[index])
    open_columns = {column for first, last in spans.items() for column in range(first, last + 1)}
    open_columns |= {
        column for column in range(len(texts)) if column >= len(header.labels) or not header.labels[column]
    }
    if not spans:
        # Nothing is merged in a text file: a label with a blank to its right may stand over both columns.
        labels = header.labels
        width = max(len(labels), len(texts))
        right = [*labels[1:], *[""] * (width - len(labels) + 1)]
        open_columns |= {at for at in range(min(len(labels), width - 1)) if labels[at] and not right[at]}
    filled = {column for column, text in enumerate(texts) if text}
    known = sum(field_of_label(texts[column])[0] != "" for column in filled)
    if len(filled) < 2 or not filled <= open_columns or known * 2 < len(filled) or not _is_group_row(row):
        return
    groups = _spread(sheet, index, header.labels, texts)
    labels = [*header.labels, *[""] * (len(groups) - len(header.labels))]
    for column in range(len(groups)):
        leaf = texts[column] if column < len(texts) else ""
        if leaf:
            labels[column] = leaf
        else:
            groups[column] = ""
    header.labels, header.groups, header.last = labels, groups, below


def _take_hints(sheet: Sheet, header: Header, *, start: int) -> None:
    following = header.last + 1
    while _adjacent(sheet, header.last, following, start=start) and _is_hints(sheet.rows[following]):
        header.hints.append(following)
        header.last = following
        following += 1


def _square(header: Header) -> None:
    width = max(len(header.labels), len(header.groups), len(header.codes))
    for texts in (header.labels, header.groups, header.codes):
        texts.extend([""] * (width - len(texts)))
