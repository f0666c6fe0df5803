"""Filling empty tables fast: foreign keys and indexes are taken away and made again, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = ANY(%s) AND conrelid = ANY(%s::regclass[]) ORDER BY contype DESC, conname
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY(%s::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1
"""
BUILD_MEMORY = "512MB"
"""`maintenance_work_mem` while the indexes are made."""


@contextmanager
def bare_tables(filled: Sequence[type[models.Model]]) -> Iterator[None]:
    """Within the block the tables of `filled` have no foreign keys, no indexes and no unique constraints but theirs
    that others point at; afterwards they have them again, checked over all rows.

    Call it inside a transaction: whoever breaks off gets the tables back as they were.
    """
    tables = [model._meta.db_table for model in filled]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_CONSTRAINTS, [["f"], tables])
        foreign = cursor.fetchall()
        cursor.execute(_INDEXES, [tables])
        indexes = cursor.fetchall()
        for table, name, _ in foreign:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        keys = _drop_unreferenced_keys(cursor, tables)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{BUILD_MEMORY}'")
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in foreign:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _drop_unreferenced_keys(cursor: CursorWrapper, tables: list[str]) -> list[tuple[str, str, str]]:
    """Drop primary keys and unique constraints that no other table's foreign key rests on; returns them."""
    cursor.execute(_CONSTRAINTS, [["p", "u"], tables])
    keys: list[tuple[str, str, str]] = cursor.fetchall()
    cursor.execute("SELECT DISTINCT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
    pointed_at = {row[0] for row in cursor.fetchall()}
    free = [key for key in keys if key[0] not in pointed_at]
    for table, name, _ in free:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return free
