"""COPY for many rows of one model: the one place where rows enter without the ORM's insert."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Func, Value
from django.db.models.sql.compiler import SQLCompiler
from psycopg import sql


def copy_rows(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Insert unsaved instances of `model` by COPY, inside the current transaction; returns how many.

    Primary keys and defaults must already be on the instances. Constraints are checked by the database as always.
    """
    fields = [field for field in model._meta.concrete_fields if field.column]
    values = itemgetter(*(field.attname for field in fields))  # every plain field of a fresh instance is in its dict
    return copy_values(model, [str(field.column) for field in fields], (values(row.__dict__) for row in rows))


def copy_values(model: type[models.Model], columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """Insert plain values by COPY into the named columns of `model`'s table; returns how many rows.

    Raises Django's database errors, as the ORM does: the door turns a value that does not fit into a refusal.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    fields = {field.column: field for field in model._meta.concrete_fields}
    return _copy(statement, [fields[column] for column in columns], lines)


def _copy(statement: sql.Composed, fields: Sequence[models.Field[Any, Any]], lines: Iterable[Sequence[Any]]) -> int:
    """COPY in text format, written here: half the time of the driver's adapters, which look at every value anew."""
    writers = [_writer(field) for field in fields]
    count = 0
    rows = iter(lines)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        while block := list(islice(rows, BLOCK)):
            copy.write(
                "".join(
                    "\t".join(
                        ["\\N" if value is None else write(value) for write, value in zip(writers, row, strict=True)]
                    )
                    + "\n"
                    for row in block
                )
            )
            count += len(block)
    return count


BLOCK = 2000
"""Rows handed to the driver at once."""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: str) -> str:
    return value if value.isalnum() else value.translate(_ESCAPES)


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _json(value: Any) -> str:
    if not value and isinstance(value, list | dict):
        return "[]" if isinstance(value, list) else "{}"
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)


def _uuid(value: UUID) -> str:
    return value.hex


def _truth(value: bool) -> str:
    return "t" if value else "f"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "UUIDField": _uuid,
    "BooleanField": _truth,
    "BinaryField": _bytes,
    "DateField": str,
    "DateTimeField": str,
    "FloatField": repr,
    **dict.fromkeys(("CharField", "TextField"), _text),
    **dict.fromkeys(("BigIntegerField", "IntegerField", "SmallIntegerField", "AutoField", "BigAutoField"), str),
    **dict.fromkeys(("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"), str),
}


def _writer(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """How a value of `field` is written in COPY's text format. Raises `KeyError` for a kind of field not met yet."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, ArrayField):
        return lambda value: _array(value).translate(_ESCAPES)
    return _WRITERS[field.get_internal_type()]


class AnyOf(Func):
    """A condition for `filter`: the column's value is one of `values`, however many there are.

    They travel as one parameter. A list of ten thousand parameters costs Django and the driver more than the query.
    In a kept query an empty place (`kept.Given`) stands for the values, which are ids then.
    """

    def __init__(self, column: str, values: Iterable[UUID] | Iterable[int] | Iterable[str] | Value) -> None:
        super().__init__(F(column), output_field=models.BooleanField())
        self._values: Any = values if isinstance(values, Value) else list(values)

    def as_sql(  # type: ignore[override]  # takes no template: the values are no expressions
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[Any]]:
        """``column = ANY(array)``."""
        column = self.get_source_expressions()[0]
        left, parameters = compiler.compile(column)
        kind = column.output_field.db_type(connection) or ""
        array: Any
        if isinstance(self._values, Value):
            array = self._values
        elif kind == "uuid":
            array = ids_text(self._values)
        elif kind == "bigint":
            array = "{" + ",".join(map(str, self._values)) + "}"
        else:
            kind, array = "text", _array(self._values)
        return f"{left} = ANY(%s::{kind}[])", [*parameters, array]


def ids_text(ids: Iterable[UUID]) -> str:
    """Ids as the text of an array."""
    return "{" + ",".join([one.hex for one in ids]) + "}"


def _array(texts: Sequence[str]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def update_rows(model: type[models.Model], rows: Sequence[models.Model], *, fields: Sequence[str]) -> int:
    """Write `fields` of many saved instances: COPY into a temporary table, one UPDATE; returns how many changed."""
    if not rows:
        return 0
    columns: list[models.Field[Any, Any]] = [cast("models.Field[Any, Any]", model._meta.get_field(n)) for n in fields]
    table = sql.Identifier(model._meta.db_table)
    names = [sql.Identifier(str(field.column)) for field in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE bulk_update ON COMMIT DROP AS SELECT id, {} FROM {} WITH NO DATA").format(
                sql.SQL(", ").join(names), table
            )
        )
    statement = sql.SQL("COPY bulk_update (id, {}) FROM STDIN").format(sql.SQL(", ").join(names))
    values = itemgetter(model._meta.pk.attname, *(field.attname for field in columns))
    _copy(statement, [model._meta.pk, *columns], (values(row.__dict__) for row in rows))
    with connection.cursor() as cursor:
        assignments = sql.SQL(", ").join(sql.SQL("{} = b.{}").format(name, name) for name in names)
        cursor.execute(
            sql.SQL("UPDATE {} AS t SET {} FROM bulk_update AS b WHERE t.id = b.id").format(table, assignments)
        )
        changed = cursor.rowcount
        cursor.execute("DROP TABLE bulk_update")
    return int(changed)
