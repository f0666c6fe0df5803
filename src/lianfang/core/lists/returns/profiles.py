"""Export profiles: another authority's field names, types, lengths and code tables, and rows built to them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from .cells import clean_text, text_of
from .errors import ReturnCountMismatch, ReturnRefused

_LOCAL = ZoneInfo("Asia/Shanghai")
_TYPES = frozenset({"text", "code", "date", "datetime", "integer", "decimal"})
_MARKS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_MARK = re.compile("yyyy|MM|dd|HH|mm|ss")
_YES = frozenset({"1", "是", "y", "yes", "true", "必填"})


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One field of a profile. `source` is our name for it (``person.name``), `length` the most characters it may have
    (0: no limit), `pattern` how days are written (``yyyyMMdd``), `code_table` the name of its code table."""

    name: str
    label: str
    kind: str
    length: int
    required: bool
    code_table: str
    source: str
    pattern: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """The fields in their order."""

    fields: tuple[ProfileField, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Field names in order (``xm``, ``zjlx``…)."""
        return tuple(one.name for one in self.fields)


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """What is wrong with one field of one record (`record` counts from 1). The field is left empty in its row.

    Codes: ``return.required_missing``, ``return.too_long`` (`limit` tells the length), ``return.unknown_code``,
    ``return.not_a_day``, ``return.not_an_instant``, ``return.not_a_number``.
    """

    record: int
    field: str
    code: str
    value: str
    limit: int = 0


CodeTables = Mapping[str, Mapping[str, str]]
"""Name of the table → {our value: their code}. Their codes themselves are accepted as values too."""


def read_profile(source: Path | str) -> ExportProfile:
    """Read a profile from a CSV file, or from its text. Columns: order, field, label, type, length, required,
    code_table, source, format, example. Raises ReturnRefused ``return.bad_profile`` and says in which line."""
    text = source.read_bytes().decode("utf-8-sig") if isinstance(source, Path) else source.removeprefix("\ufeff")
    found: list[tuple[int, ProfileField]] = []
    for line, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), start=2):
        found.append(_field_of(line, {str(key).strip(): str(value or "").strip() for key, value in row.items()}))
    names = [one.name for _, one in found]
    if not names or len(set(names)) != len(names):
        raise ReturnRefused("return.bad_profile", "A profile names every field once.")
    return ExportProfile(tuple(one for _, one in sorted(found, key=lambda pair: pair[0])))


def _field_of(line: int, row: Mapping[str, str]) -> tuple[int, ProfileField]:
    kind = row.get("type", "") or "text"
    try:
        order, length = int(row.get("order") or line), int(row.get("length") or 0)
    except ValueError as error:
        raise ReturnRefused("return.bad_profile", "Order and length are numbers.", place=str(line)) from error
    pattern = row.get("format") or {"date": "yyyyMMdd", "datetime": "yyyyMMddHHmmss"}.get(kind, "")
    if kind not in _TYPES or not row.get("field") or length < 0:
        raise ReturnRefused("return.bad_profile", "A field has a name and a known type.", place=str(line))
    return order, ProfileField(
        name=row["field"],
        label=row.get("label", ""),
        kind=kind,
        length=length,
        required=row.get("required", "").lower() in _YES,
        code_table=row.get("code_table", ""),
        source=row.get("source", "") or row["field"],
        pattern=pattern,
        example=row.get("example", ""),
    )


def build_rows(
    profile: ExportProfile, records: Iterable[Mapping[str, object]], *, code_tables: CodeTables | None = None
) -> tuple[list[dict[str, str]], list[RecordProblem]]:
    """One row per record, in order, and everything that is wrong. Keys of a record are the fields' `source` names.

    Nothing is cut or guessed: a value that does not fit is left out of its row and reported. Datetimes must be aware
    and are written in Asia/Shanghai.
    """
    tables = code_tables or {}
    rows: list[dict[str, str]] = []
    problems: list[RecordProblem] = []
    for number, record in enumerate(records, start=1):
        row: dict[str, str] = {}
        for one in profile.fields:
            value = record.get(one.source)
            text, code = _written(one, value, tables.get(one.code_table, {}))
            if code:
                problems.append(RecordProblem(number, one.name, code, _plain(value), one.length))
            row[one.name] = "" if code else text
        rows.append(row)
    return rows, problems


def check_counts(*, expected: int, found: int) -> None:
    """Counts in = counts out. Raises ReturnCountMismatch otherwise."""
    if expected != found:
        raise ReturnCountMismatch(expected=expected, found=found)


def _plain(value: object) -> str:
    return text_of(value) if isinstance(value, str | int | float | date) else ("" if value is None else str(value))


def _written(field: ProfileField, value: object, codes: Mapping[str, str]) -> tuple[str, str]:
    """The value as the profile wants it, and the code of what is wrong."""
    text = clean_text(_plain(value)).strip()
    if text == "":
        return "", "return.required_missing" if field.required else ""
    code = ""
    if field.kind in ("date", "datetime"):
        text, code = _moment(field, value)
    elif field.kind in ("integer", "decimal"):
        shape = r"[+-]?\d+" if field.kind == "integer" else r"[+-]?\d+(\.\d+)?"
        code = "" if re.fullmatch(shape, text) else "return.not_a_number"
    elif field.kind == "code":
        text, code = _code(text, codes)
    if not code and field.length and len(text) > field.length:
        code = "return.too_long"
    return text, code


def _code(text: str, codes: Mapping[str, str]) -> tuple[str, str]:
    """A code of the table. Without a table only what looks like a code is let through."""
    if text in codes:
        return codes[text], ""
    known = text in codes.values() if codes else re.fullmatch(r"[0-9A-Za-z]+", text) is not None
    return text, "" if known else "return.unknown_code"


def _moment(field: ProfileField, value: object) -> tuple[str, str]:
    """A day or an instant in the field's pattern."""
    wrong = "return.not_a_day" if field.kind == "date" else "return.not_an_instant"
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
    except ValueError:
        return "", wrong
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return "", wrong
        value = value.astimezone(_LOCAL)
    elif not isinstance(value, date) or field.kind == "datetime":
        return "", wrong
    return value.strftime(_MARK.sub(lambda mark: _MARKS[mark[0]], field.pattern.replace("%", "%%"))), ""
