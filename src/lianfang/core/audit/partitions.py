"""Tables that grow by the day are partitioned by month of `recorded_at`, so that old months can be dropped whole.

The Django model keeps `id` as its primary key; in the database the key is (id, recorded_at), which PostgreSQL requires
of a partitioned table.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

TABLES = ("audit_auditentry", "observations_observation", "work_workevent")
AHEAD = 3
"""Months prepared beyond the current one."""


class CreatePartitionedModel(CreateModel):
    """`CreateModel` whose table is partitioned by range of `recorded_at`, with a default partition."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the table, its default partition and its indexes."""
        model = to_state.apps.get_model(app_label, self.name)
        sql, parameters = schema_editor.table_sql(model)
        head = sql.rstrip()
        assert head.endswith(")") and '"id" uuid NOT NULL PRIMARY KEY' in head
        head = head.replace('"id" uuid NOT NULL PRIMARY KEY', '"id" uuid NOT NULL')
        head = head[:-1] + ', PRIMARY KEY ("id", "recorded_at")) PARTITION BY RANGE ("recorded_at")'
        table = model._meta.db_table
        schema_editor.execute(head, parameters or None)
        schema_editor.execute(f'CREATE TABLE "{table}_rest" PARTITION OF "{table}" DEFAULT')
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))


def _months(first: date) -> list[tuple[date, date]]:
    months = []
    year, month = first.year, first.month
    for _ in range(AHEAD + 1):
        following = (year + month // 12, month % 12 + 1)
        months.append((date(year, month, 1), date(following[0], following[1], 1)))
        year, month = following
    return months


def ensure_partitions(*, now: datetime) -> int:
    """Create the partitions of this month and the next `AHEAD` months where missing; returns how many were created."""
    created = 0
    with connection.cursor() as cursor:
        for table in TABLES:
            for starts, ends in _months(now.date()):
                name = f"{table}_{starts:%Y%m}"
                cursor.execute("SELECT to_regclass(%s)", [name])
                if cursor.fetchone()[0] is not None:
                    continue
                cursor.execute(
                    f'CREATE TABLE "{name}" PARTITION OF "{table}" FOR VALUES FROM (%s) TO (%s)',
                    [f"{starts} 00:00:00+08", f"{ends} 00:00:00+08"],
                )
                created += 1
    return created
