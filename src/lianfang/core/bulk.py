"""COPY for many rows of one model: the one place where rows enter without the ORM's insert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django.db import connection, models
from psycopg import sql


def copy_rows(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Insert unsaved instances of `model` by COPY, inside the current transaction; returns how many.

    Primary keys and defaults must already be on the instances. Constraints are checked by the database as always.
    """
    fields = [field for field in model._meta.concrete_fields if field.column]
    names = [field.attname for field in fields]
    shaped = [(i, field) for i, field in enumerate(fields) if isinstance(field, SHAPED)]

    def values() -> Iterator[list[Any]]:
        for row in rows:
            line = [getattr(row, name) for name in names]
            for i, field in shaped:
                if line[i] is not None:
                    line[i] = field.get_db_prep_save(line[i], connection)
            yield line

    return copy_values(model, [str(field.column) for field in fields], values())


SHAPED = (models.JSONField,)
"""Fields whose Python value is not what the database driver takes."""


def copy_values(model: type[models.Model], columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> int:
    """Insert plain values by COPY into the named columns of `model`'s table; returns how many rows.

    Raises Django's database errors, as the ORM does.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line in lines:
            copy.write_row(line)
            count += 1
    return count


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
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                values = [getattr(row, field.attname) for field in columns]
                prepared = [
                    field.get_db_prep_save(value, connection)
                    if isinstance(field, SHAPED) and value is not None
                    else value
                    for field, value in zip(columns, values, strict=True)
                ]
                copy.write_row([row.pk, *prepared])
        assignments = sql.SQL(", ").join(sql.SQL("{} = b.{}").format(name, name) for name in names)
        cursor.execute(
            sql.SQL("UPDATE {} AS t SET {} FROM bulk_update AS b WHERE t.id = b.id").format(table, assignments)
        )
        changed = cursor.rowcount
        cursor.execute("DROP TABLE bulk_update")
    return int(changed)
