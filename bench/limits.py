"""What this machine can do at most, in the same run: COPY of as many plain rows, a bare query, writing JSON."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from django.db import connection

from bench.meter import measured, repeat

LIST_ROWS = 50


def measure(rows: int) -> dict[str, Any]:
    """Cost of the bare operations behind an import of `rows` rows and behind a list page."""
    return {
        "copy": _copy(rows),
        "select 50 people": repeat(lambda _: _select(), times=100).as_dict(),
        "json of 50 people": repeat(lambda _: json.dumps(_plain(), ensure_ascii=False), times=100).as_dict(),
    }


def _copy(rows: int) -> dict[str, float]:
    """The same number of rows of the same length by COPY into a table without indexes."""
    line = "\t".join(("某某某", "男", "999999199001010000", "19900000000", "云岭县云澜街道望湖社区", "x" * 600)) + "\n"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_copy (a text, b text, c text, d text, e text, f text)")
        with measured() as spent, cursor.copy("COPY bench_copy FROM STDIN") as copy:
            for _ in range(0, rows, 1000):
                copy.write(line * 1000)
        cursor.execute("DROP TABLE bench_copy")
    return {"rows_per_s": rows / spent.wall_s, "rows_per_cpu_s": rows / max(spent.cpu_s, 0.001)}


_STATEMENT = "SELECT id, name, sex, birth_date, path, relation FROM people_person ORDER BY path, id LIMIT %s"


def _raw() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


def _select() -> list[tuple[Any, ...]]:
    return _raw().execute(_STATEMENT, [LIST_ROWS]).fetchall()


_ROWS: list[list[str]] = []


def _plain() -> list[list[str]]:
    if not _ROWS:
        _ROWS.extend([str(value) for value in row] for row in _select())
    return _ROWS
