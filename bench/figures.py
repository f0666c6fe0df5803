"""The day table of the whole county, and one action on a thousand items of work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bench.meter import measured, repeat
from lianfang.capabilities.reports.daytable import day_table_of
from lianfang.capabilities.reports.heading import Occasion
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.models import Household
from lianfang.core.territory.models import Territory
from lianfang.core.work import actions
from lianfang.core.work.opening import Ask, join_or_open

TABLES = 5


def day_table() -> dict[str, float]:
    """One day table of the county, median of `TABLES`."""
    county = Territory.objects.get(parent=None)
    occasion = Occasion(area=county, cutoff_at=timezone.now(), issue_no=1)
    return repeat(lambda _number: day_table_of(occasion), times=TABLES, warm=1).as_dict()


def accept_thousand() -> dict[str, Any]:
    """A thousand dispatched items accepted in one action; taken back afterwards."""
    desk = User.objects.get(username="desk")
    scope = desk.authority.scopes("work.do")[0]
    free = Household.objects.filter(path__startswith=scope, dwelling__isnull=False, work_items=None)
    households = list(free.order_by("id")[:1000])
    with transaction.atomic():
        due = timezone.now() + timedelta(hours=4)
        asks = [
            Ask(
                household_id=household.id,
                path=household.path,
                placement="door",
                due_at=due,
                kind="tip",
                dwelling_id=household.dwelling_id,
            )
            for household in households
        ]
        opened = join_or_open(Command(actor=desk), asks)
        ids = list(opened.item_ids.values())
        with measured() as spent:
            answer = actions.accept(Command(actor=desk), ids=ids)
        transaction.set_rollback(True)
    assert len(answer["done"]) == len(ids) == 1000
    return {"python_ms": spent.python_s * 1000, "postgres_ms": spent.postgres_s * 1000, "wall_ms": spent.wall_s * 1000}
