"""A delimited text file cut into records in such a way that putting it together again gives the same bytes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from .errors import ReturnRefused

_DELIMITERS = ("\t", ",", ";", "|")
_WIDE = "，"
"""The comma of Chinese keyboards; a delimiter only where no other is."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LINE_END = re.compile("\r\n|\n|\r")


@dataclass(slots=True)
class Record:
    """One record: its fields as written (with their quotes), its line end, the line on which it begins (from 1)."""

    line: int
    fields: list[str]
    end: str

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands on the line."""
        return not any(one.strip() for one in self.fields)


@dataclass(slots=True)
class TextTable:
    """The file. `carrier` is the encoding in which it was cut up: one character per byte wherever that is safe, so
    that bytes which are no valid text survive too; `encoding` is the one in which new text is written."""

    bom: bytes
    encoding: str
    carrier: str
    delimiter: str
    records: list[Record] = field(default_factory=list)
    by_line: dict[int, Record] = field(default_factory=dict)

    @property
    def line_end(self) -> str:
        """The line end most records have."""
        return Counter(one.end for one in self.records if one.end).most_common(1)[0][0] if self.records else "\r\n"

    def carried(self, text: str) -> str:
        """New text as it stands in the cut-up file."""
        return text.encode(self.encoding).decode(self.carrier)

    def plain(self, written: str) -> str:
        """A field as people read it, without quotes."""
        text = written.encode(self.carrier).decode(self.encoding, "replace")
        return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text

    def record(self, line: int) -> Record:
        """The record that begins on the line; ReturnRefused ``return.no_such_cell`` if none does."""
        if line not in self.by_line:
            raise ReturnRefused("return.no_such_cell", "No record begins on that line.", place=str(line))
        return self.by_line[line]

    def to_bytes(self) -> bytes:
        """The whole file."""
        text = "".join(self.delimiter.join(one.fields) + one.end for one in self.records)
        return self.bom + text.encode(self.carrier)


def read_table(raw: bytes, *, suffix: str) -> TextTable:
    """Cut a file up. The encoding is told by the byte order mark, else UTF-8 if it is that, else GB18030 (which holds
    GBK); the delimiter by the suffix and by what the lines contain."""
    bom, encoding = next(((mark, name) for mark, name in _BOMS if raw.startswith(mark)), (b"", ""))
    body = raw[len(bom) :]
    if not encoding:
        encoding = "utf-8" if _is_utf8(body) else "gb18030"
    delimiter = _delimiter(body.decode(encoding, "replace"), suffix)
    if delimiter == _WIDE and not _survives(body, encoding):
        delimiter = ","
    # In GBK the second byte of a character may be the code of "|" or half of the wide comma, but no other delimiter.
    by_character = delimiter in ("|", _WIDE) and _survives(body, encoding)
    one_to_one = not encoding.startswith("utf-16") and not by_character
    table = TextTable(bom=bom, encoding=encoding, carrier="latin-1" if one_to_one else encoding, delimiter=delimiter)
    try:
        table.records = _records(body.decode(table.carrier), delimiter)
    except UnicodeDecodeError as error:
        raise ReturnRefused("return.unreadable", "The text is damaged.") from error
    table.by_line = {one.line: one for one in table.records}
    return table


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _survives(body: bytes, encoding: str) -> bool:
    """Whether reading and writing in that encoding gives the same bytes."""
    try:
        return body.decode(encoding).encode(encoding) == body
    except UnicodeDecodeError:
        return False


def _delimiter(text: str, suffix: str) -> str:
    lines = [line for line in _LINE_END.split(text[:20_000]) if line.strip()][:30]
    if suffix == ".tsv":
        return "\t"
    scores = {mark: sum(1 for line in lines if mark in line) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: (scores[mark], sum(line.count(mark) for line in lines)))
    if not scores[best] and sum(_WIDE in line for line in lines) * 2 > len(lines):
        return _WIDE
    if suffix == ".csv":
        return best if scores[best] else ","
    return best if scores[best] * 2 > len(lines) else "\t"


def _records(text: str, delimiter: str) -> list[Record]:
    pieces = _LINE_END.split(text)
    ends = [*_LINE_END.findall(text), ""]
    if pieces[-1] == "":
        pieces.pop()
    found: list[Record] = []
    line = 0
    while line < len(pieces):
        begins, whole = line, pieces[line]
        fields = _fields(whole, delimiter)
        while fields is None and line + 1 < len(pieces):
            whole += ends[line] + pieces[line + 1]
            line += 1
            fields = _fields(whole, delimiter)
        if fields is None:  # the quote is never closed: it is a mark somebody wrote, not the start of a cell
            line, fields = begins, pieces[begins].split(delimiter)
        found.append(Record(begins + 1, fields, ends[line]))
        line += 1
    return found


def _fields(whole: str, delimiter: str) -> list[str] | None:
    """The fields as written; None if a quoted one is still open at the end."""
    if '"' not in whole:
        return whole.split(delimiter)
    fields: list[str] = []
    place = 0
    while True:
        end = place
        if whole.startswith('"', place):
            end = place + 1
            while (end := whole.find('"', end)) >= 0 and whole.startswith('""', end):
                end += 2
            if end < 0:
                return None
        end = whole.find(delimiter, end)
        if end < 0:
            return [*fields, whole[place:]]
        fields.append(whole[place:end])
        place = end + len(delimiter)
