"""A list from the file on the desk to work at the doors, through the code of the upload page and of the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from bench import big_list
from bench.meter import Spent, measured
from lianfang.capabilities.screening import matching
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists import receiving, storage
from lianfang.core.lists.models import ListState, SourceList
from lianfang.core.territory.models import Level, Territory
from lianfang.kernel.uuid7 import uuid7


def measure(rows: int) -> dict[str, Any]:
    """Import a list of `rows` rows once; the cost of each stage, and rows a second over all of them."""
    now = timezone.now()
    content = big_list.write(rows, today=timezone.localdate(now))
    stages: dict[str, Spent] = {}
    list_id = uuid7()
    desk = User.objects.get(username="desk")
    with measured() as stages["receive"]:
        storage.keep(list_id, content)
        _receive(desk, list_id, content)
    with measured() as stages["inspect"]:
        source_list = receiving.inspect(SourceList.objects.get(id=list_id))
    assert source_list.state == ListState.RECEIVED, source_list.refusal_code
    fields = {table["key"]: table["fields"] for table in source_list.mapping["tables"] if table["kind"] == "persons"}
    with measured() as stages["confirm"]:
        receiving.confirm(Command(actor=desk), list_id=list_id, fields=fields)
    with measured() as stages["read, match and dispatch"]:
        matching.run(SourceList.objects.select_related("brought_by").get(id=list_id))
    source_list.refresh_from_db()
    assert source_list.state == ListState.DISPATCHED and source_list.counts["rows"] == rows
    return _summary(rows, len(content), stages, source_list.counts)


def _receive(desk: User, list_id: Any, content: bytes) -> None:
    territory = Territory.objects.filter(level=Level.SUBDISTRICT).order_by("code")[0]
    receiving.receive(
        Command(actor=desk),
        list_id=list_id,
        sender="测量",
        title="测量名单",
        purpose="arrival",
        issuer="测量",
        legal_basis="测量",
        deadline_at=timezone.now() + timedelta(days=1),
        filename="list.xlsx",
        size=len(content),
        file_hash=receiving.file_hash(content),
        territory_id=territory.id,
    )


def _summary(rows: int, size: int, stages: dict[str, Spent], counts: dict[str, Any]) -> dict[str, Any]:
    wall = sum(spent.wall_s for spent in stages.values())
    python = sum(spent.python_s for spent in stages.values())
    postgres = sum(spent.postgres_s for spent in stages.values())
    return {
        "rows": rows,
        "file_bytes": size,
        "wall_s": wall,
        "python_s": python,
        "postgres_s": postgres,
        "rows_per_s": rows / wall,
        "rows_per_cpu_s": rows / (python + postgres),
        "peak_rss_mb": max(spent.rss_mb for spent in stages.values()),
        "stages": {
            name: {"wall_s": spent.wall_s, "python_s": spent.python_s, "postgres_s": spent.postgres_s}
            for name, spent in stages.items()
        },
        "counts": {key: value for key, value in counts.items() if isinstance(value, int)},
    }
