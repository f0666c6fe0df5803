"""Text files and pasted cells: which encoding, which separator, which lines belong to which row."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from lianfang.core.lists.intake.refusals import IntakeRefusal, Limits
from lianfang.core.lists.intake.workbook import Cell, Sheet

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
Record: TypeAlias = tuple[int, int, list[str]]
"""First line, last line, cells."""

_MENDED_QUOTES: Final = 20
"""More stray quotation marks than this, and none of the file's is taken as one."""
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_QUOTED_LINES_LIMIT: Final = 50
"""A quoted cell with more lines than this is a quotation mark nobody closed."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with what was found out about its bytes."""

    text: str
    encoding: str
    notices: tuple[str, ...] = ()


def decode(content: bytes) -> Decoded:
    """Text of a file in UTF-8, UTF-16 or GB 18030 (which contains GBK and GB 2312), with or without a byte order mark.

    A few bytes that fit no encoding become U+FFFD and a notice; a file that is mostly such bytes is refused
    (``file.damaged``).
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _forgiving(content, encoding)
    if encoding := _silent_utf16(content):
        return _forgiving(content, encoding)
    notices: tuple[str, ...] = ()
    if b"\0" in content:
        if content.count(b"\0") > len(content) // 50:
            raise IntakeRefusal("file.damaged", reason="binary")
        content = content.replace(b"\0", b"")
        notices = ("text.nul_removed",)
    for encoding in ("utf-8", "gb18030"):
        try:
            return Decoded(content.decode(encoding), encoding, notices)
        except UnicodeDecodeError:
            continue
    best = min(("utf-8", "gb18030"), key=lambda name: content.decode(name, "replace").count("\ufffd"))
    decoded = _forgiving(content, best)
    return Decoded(decoded.text, decoded.encoding, notices + decoded.notices)


def _silent_utf16(content: bytes) -> str:
    """UTF-16 without a mark: line ends and digits leave a zero in every other byte, on one side only."""
    sample = content[:4000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 16 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) // 16 and odd == 0 else ""


def _forgiving(content: bytes, encoding: str) -> Decoded:
    text = content.decode(encoding, "replace").replace("\0", "")
    lost = text.count("\ufffd") - content.count("\ufffd".encode(encoding) if "sig" not in encoding else b"\xef\xbf\xbd")
    if lost > max(10, len(text) // 100):
        raise IntakeRefusal("file.damaged", reason="encoding")
    return Decoded(text, encoding.removesuffix("-sig"), ("text.replaced_characters",) if lost > 0 else ())


def delimiter_of(text: str, *, sure: bool) -> str:
    """The separator that cuts the first lines into the most, and the most even, columns; empty if there is none.

    `sure`: the file says it is a table, so a title and notes without separators may outnumber the rows.
    """
    lines = [line for line in text[:65536].splitlines()[:60] if line.strip()]
    best, best_score = "", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        widths.pop(1, None)
        if width == 1 and widths and (sure or delimiter == "\t"):
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        if delimiter == "\t" and width > 1 and count == len(lines):
            return delimiter
        # Of two that cut equally well the one more lines agree on: 1,990,… in one cell is no row of a CSV.
        score = (count / max(len(lines), 1) * min(width, 8), count)
        if width > 1 and count * 2 >= sum(widths.values()) and score > best_score:
            best, best_score = delimiter, score
    return best


_CHAIN: Final = re.compile(r"接龙|^\s*\d{1,3}[.、．)）]\s*(?!\d+[,;|，\t])\S", re.MULTILINE)


def sheet_of(text: str, *, kind: str, limits: Limits) -> tuple[Sheet, tuple[str, ...]]:
    """The only sheet of a text, with notices. `kind` is csv, tsv, txt or pasted.

    A text without a separator becomes one column, a line per row; so does a chat group's sign-up chain, whose commas
    separate people and not columns.
    """
    delimiter = delimiter_of(text, sure=kind in ("csv", "tsv"))
    if kind in ("txt", "pasted") and delimiter != "\t" and len(_CHAIN.findall(text[:65536])) >= 2:
        delimiter = ""
    notices: tuple[str, ...] = ()
    if delimiter:
        records, notices = mended_records(lines_of(text), delimiter=delimiter)
    else:
        records = [(number, number, [line]) for number, line in enumerate(lines_of(text), start=1)]
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    continued: set[int] = set()
    for number, last, fields in records:
        continued.update(range(number + 1, last + 1))
        cells: list[Cell] = [value if value.strip() else None for value in fields]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append(cells)
            numbers.append(number)
            if len(rows) > limits.rows:
                raise IntakeRefusal("file.too_many_rows", limit=limits.rows)
            if len(cells) > limits.columns:
                raise IntakeRefusal("file.too_many_columns", columns=len(cells), limit=limits.columns)
    height = len(lines_of(text))
    sheet = Sheet(name="", rows=rows, numbers=numbers, height=height, continued=frozenset(continued))
    return sheet, notices


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def mended_records(lines: list[str], *, delimiter: str) -> tuple[list[Record], tuple[str, ...]]:
    """Records of the text; quotation marks nobody closed are taken as ordinary characters, line by line."""
    lines = list(lines)
    for attempt in range(_MENDED_QUOTES):
        records = list(_records(lines, delimiter=delimiter, quoted=True))
        stray = _stray_quote(records, lines, delimiter=delimiter)
        if not stray:
            return records, ("text.stray_quotes",) if attempt else ()
        lines[stray - 1] = lines[stray - 1].replace('"', "＂")
    return list(_records(lines, delimiter=delimiter, quoted=False)), ("text.stray_quotes",)


def _records(lines: list[str], *, delimiter: str, quoted: bool) -> Iterator[Record]:
    """Rows with the lines each begins and ends on; with `quoted`, a quoted cell may run over several lines."""
    csv.field_size_limit(1024 * 1024)
    quoting: Final = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader([line + "\n" for line in lines], delimiter=delimiter, quoting=quoting)
    before = 0
    try:
        for fields in reader:
            yield before + 1, reader.line_num, fields
            before = reader.line_num
    except csv.Error:
        # A cell above the size limit: an open quotation mark swallowed the rest of the file.
        yield before + 1, len(lines), [""]


def _stray_quote(records: list[Record], lines: list[str], *, delimiter: str) -> int:
    """First line of a record that swallowed whole rows, 0 if there is none: a line in its middle, or the file's last
    line if the mark is still open there, has as many separators as a row has."""
    width = Counter(len(fields) for first, last, fields in records if first == last).most_common(1)
    least = width[0][0] - 1 if width else 1
    for first, last, _ in records:
        closed = last < len(lines) or sum(line.count('"') for line in lines[first - 1 : last]) % 2 == 0
        inner = lines[first : last - 1 if closed else last]
        if last - first > _QUOTED_LINES_LIMIT or any(line.count(delimiter) >= least > 0 for line in inner):
            return first
    return 0
