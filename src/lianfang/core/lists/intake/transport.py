"""How the reading child hands its sheets to the server: lines of JSON in a temporary file, nothing executable.

The first line of a sheet is an object; then come arrays of rows. A row is ``[number, cell, …]``. Days, instants and
times are objects with one key, so that text stays text. The last line is ``{"end": …}``; without it the file is
incomplete.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from lianfang.core.lists.intake.workbook import Cell, MergedRange, Sheet, Workbook

_ROWS_PER_LINE = 1000


def _encode(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return {"h": value.isoformat()}
    raise TypeError(f"no cell can hold {type(value).__name__}")


def _decode(pairs: dict[str, Any]) -> object:
    if len(pairs) == 1:
        key, value = next(iter(pairs.items()))
        if key == "t":
            return datetime.fromisoformat(value)
        if key == "d":
            return date.fromisoformat(value)
        if key == "h":
            return time.fromisoformat(value)
    return pairs


def _write_line(out: IO[str], value: object) -> None:
    out.write(json.dumps(value, default=_encode, separators=(",", ":")))
    out.write("\n")


def _numbered(sheet: Sheet) -> Iterator[list[list[Cell]]]:
    for start in range(0, len(sheet.rows), _ROWS_PER_LINE):
        end = start + _ROWS_PER_LINE
        yield [[number, *row] for number, row in zip(sheet.numbers[start:end], sheet.rows[start:end], strict=True)]


def write_workbook(path: Path, *, sheets: Iterable[Sheet], encoding: str = "", notices: tuple[str, ...] = ()) -> None:
    """Write all sheets and the closing line."""
    with path.open("w", encoding="ascii") as out:
        for sheet in sheets:
            head = {
                "sheet": sheet.name,
                "height": sheet.height,
                "visible": sheet.visible,
                "merged": [(m.first_row, m.first_column, m.last_row, m.last_column) for m in sheet.merged],
                "hidden_rows": sorted(sheet.hidden_rows),
                "hidden_columns": sorted(sheet.hidden_columns),
                "continued": sorted(sheet.continued),
            }
            _write_line(out, head)
            for block in _numbered(sheet):
                _write_line(out, block)
        _write_line(out, {"end": True, "encoding": encoding, "notices": list(notices)})


def write_refusal(path: Path, *, code: str, facts: dict[str, str | int | float]) -> None:
    """Write that the child refused the file."""
    path.write_text(json.dumps({"refusal": code, "facts": facts}) + "\n", encoding="ascii")


def _sheet_of(head: dict[str, Any]) -> Sheet:
    return Sheet(
        name=head["sheet"],
        rows=[],
        numbers=[],
        height=head["height"],
        visible=head["visible"],
        merged=tuple(MergedRange(*edges) for edges in head["merged"]),
        hidden_rows=frozenset(head["hidden_rows"]),
        hidden_columns=frozenset(head["hidden_columns"]),
        continued=frozenset(head["continued"]),
    )


def read_workbook(path: Path, *, kind: str, sha256: str) -> Workbook | tuple[str, dict[str, Any]] | None:
    """What the child wrote: the workbook, or (code, facts) of its refusal, or ``None`` if it did not finish."""
    sheets: list[Sheet] = []
    with path.open(encoding="ascii") as lines:
        for line in lines:
            value = json.loads(line, object_hook=_decode)
            if isinstance(value, list):
                sheets[-1].numbers.extend(row[0] for row in value)
                sheets[-1].rows.extend(row[1:] for row in value)
            elif "sheet" in value:
                sheets.append(_sheet_of(value))
            elif "refusal" in value:
                return value["refusal"], value["facts"]
            else:
                return Workbook(
                    kind=kind,
                    sheets=sheets,
                    sha256=sha256,
                    encoding=value["encoding"],
                    notices=tuple(value["notices"]),
                )
    return None
