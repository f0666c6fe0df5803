"""Records of a BIFF8 workbook stream ([MS-XLS]): cut apart, put together, and the texts all sheets share."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

BOF, EOF, BOUNDSHEET, CONTINUE, SST, EXTSST = 0x0809, 0x000A, 0x0085, 0x003C, 0x00FC, 0x00FF
INDEX, DBCELL, DIMENSIONS, ROW, COLINFO, MERGECELLS = 0x020B, 0x00D7, 0x0200, 0x0208, 0x007D, 0x00E5
BLANK, MULBLANK, NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING = (
    0x0201, 0x00BE, 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6,
)  # fmt: skip
BOOLERR, FORMULA, STRING, ARRAY, SHRFMLA, TABLE = 0x0205, 0x0006, 0x0207, 0x0221, 0x04BC, 0x0236
FORMAT, XF, DATEMODE, FILEPASS, DV = 0x041E, 0x00E0, 0x0022, 0x002F, 0x01BE
_LONGEST: Final = 8224
"""Bytes of content in one record; more goes on in CONTINUE records."""
LONGEST_TEXT: Final = 4_000
"""Characters of a text that always fits into one record of its own."""


@dataclass(slots=True)
class Record:
    """One record: its number and content, without the CONTINUE records that follow it (they are records too)."""

    kind: int
    content: bytes

    def packed(self) -> bytes:
        """As it stands in the file."""
        return struct.pack("<HH", self.kind, len(self.content)) + self.content


def records_of(stream: bytes, start: int = 0) -> Iterator[tuple[int, Record]]:
    """Records with their place in the stream. Raises `ValueError` when a record runs over the end."""
    while start + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, start)
        if start + 4 + size > len(stream):
            raise ValueError("a record runs over the end of the stream")
        yield start, Record(kind, stream[start + 4 : start + 4 + size])
        start += 4 + size


def substream(stream: bytes, start: int) -> tuple[list[Record], int]:
    """Records from a BOF to the EOF that closes it (charts inside have their own), and the place behind it."""
    found: list[Record] = []
    depth = 0
    for at, record in records_of(stream, start):
        found.append(record)
        depth += (record.kind == BOF) - (record.kind == EOF)
        if depth == 0:
            return found, at + 4 + len(record.content)
    raise ValueError("the end of a sheet is missing")


def packed(records: Iterable[Record]) -> bytes:
    """Records as a stream."""
    return b"".join(record.packed() for record in records)


def text_bytes(text: str) -> bytes:
    """A text as the shared table holds it: length, whether it is wide, characters."""
    wide = text.encode("utf-16-le")
    return struct.pack("<HB", len(wide) // 2, 1) + wide


def short_text(content: bytes, at: int, *, length_bytes: int) -> str:
    """A text with a length of one or two bytes before it."""
    count = content[at] if length_bytes == 1 else struct.unpack_from("<H", content, at)[0]
    wide = content[at + length_bytes] & 1
    begin = at + length_bytes + 1
    raw = content[begin : begin + count * (2 if wide else 1)]
    return raw.decode("utf-16-le" if wide else "latin-1", "replace")


@dataclass(slots=True)
class SharedTexts:
    """New texts for the shared table; those that are there keep their place."""

    known: int
    added: dict[str, int] = field(default_factory=dict)
    used: int = 0

    def index(self, text: str) -> int:
        """Place of a text in the table."""
        self.used += 1
        return self.added.setdefault(text, self.known + len(self.added))

    def put(self, records: list[Record]) -> list[Record]:
        """The records of the workbook's globals with the new texts behind the old; the optional index EXTSST goes."""
        if not self.added:
            return records
        at = next(place for place, one in enumerate(records) if one.kind == SST)
        total, unique = struct.unpack_from("<II", records[at].content)
        head = struct.pack("<II", total + self.used, unique + len(self.added))
        last = at + 1
        while records[last].kind == CONTINUE:
            last += 1
        pieces = [b""]
        for text in self.added:
            piece = text_bytes(text)
            if len(pieces[-1]) + len(piece) > _LONGEST:
                pieces.append(b"")
            pieces[-1] += piece
        table = [Record(SST, head + records[at].content[8:]), *records[at + 1 : last]]
        rest = [one for one in records[last:] if one.kind != EXTSST]
        if records[last].kind == EXTSST:
            # Its own continuations would otherwise continue the texts.
            while rest and rest[0].kind == CONTINUE:
                rest = rest[1:]
        return [*records[:at], *table, *(Record(CONTINUE, piece) for piece in pieces), *rest]
