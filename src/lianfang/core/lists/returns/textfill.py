"""Fill cells of .csv, .tsv and .txt files. Lines that are not filled keep every byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import replace
from pathlib import Path

from .cells import CellFill, FillReport, NewColumns, text_of
from .defuse import defused
from .errors import ReturnRefused

_DELIMITERS = ("\t", ",", ";", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(slots=True)
class _Record:
    """One record: its fields as written (with quotes), its line end, and the line on which it begins."""

    line: int
    fields: list[str]
    end: str
    lines: int = 1


@dataclass(slots=True)
class _TextTable:
    """A text file cut into records. `texts` maps between the file's bytes and the scanned text one to one."""

    bom: bytes
    encoding: str
    carrier: str
    delimiter: str
    records: list[_Record] = field(default_factory=list)

    def to_file(self, text: str) -> str:
        """New text as it stands in the scanned text."""
        return text.encode(self.encoding).decode(self.carrier)

    def to_bytes(self) -> bytes:
        """The whole file."""
        text = "".join(self.delimiter.join(one.fields) + one.end for one in self.records)
        return self.bom + text.encode(self.carrier)

    def at(self, line: int) -> _Record:
        """The record that begins on the line; ReturnRefused ``return.no_such_cell`` if none does."""
        found = next((one for one in self._index().get(line, ())), None)
        if found is None:
            raise ReturnRefused("return.no_such_cell", "No record begins on that line.", place=str(line))
        return found

    def _index(self) -> dict[int, list[_Record]]:
        return {}
