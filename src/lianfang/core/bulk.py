"""COPY for many rows of one model: the one place where rows enter without the ORM's insert."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Insert unsaved instances of `model` by COPY, inside the current transaction; returns how many.

    Primary keys and defaults must already be on the instances. Constraints are checked by the database as always.
    """
    fields: Sequence[models.Field[Any, Any]] = [field for field in model._meta.concrete_fields if field.column]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields),
    )
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [
                    None
                    if (value := getattr(row, field.attname)) is None
                    else field.get_db_prep_save(value, connection)
                    for field in fields
                ]
            )
            count += 1
    return count


def update_rows(model: type[models.Model], rows: Sequence[models.Model], *, fields: Sequence[str]) -> int:
    """Write `fields` of many saved instances at once: COPY into a temporary table, one UPDATE; returns how many changed."""
    if not rows:
        return 0
    columns = [model._meta.get_field(name) for name in fields]
    table = sql.Identifier(model._meta.db_table)
    names = [sql.Identifier(str(field.column)) for field in columns]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE bulk_update ON COMMIT DROP AS SELECT id, {} FROM {} WITH NO DATA").format(
                sql.SQL(", ").join(names), table
            )
        )
        statement = sql.SQL("COPY bulk_update (id, {}) FROM STDIN").format(sql.SQL(", ").join(names))
        with cursor.copy(statement) as copy:
            for row in rows:
                values = [getattr(row, field.attname) for field in columns]  # type: ignore[union-attr]
                prepared = [
                    None if value is None else field.get_db_prep_save(value, connection)  # type: ignore[union-attr]
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
