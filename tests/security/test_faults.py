"""kill -9 in the middle of a list: the next run goes on, nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from django.db.models import Count
from django.utils import timezone

from lianfang.capabilities.screening import matching
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit import journal
from lianfang.core.lists import receiving
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.people.models import Household, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.models import WorkItem, WorkOrigin, WorkSubject
from lianfang.jobs.town import Town
from tests.flows.test_first_slice import INBOUND, bring
from tests.security.conftest import address_of, copy_database, drop_database

ROOT = Path(__file__).resolve().parents[2]
STEP = 6
"""Rows in one transaction: ten steps for the list of sixty."""


def queued() -> SourceList:
    """The inbound list, confirmed and waiting for the background worker."""
    desk = User.objects.get(username="desk")
    town = Town(areas={area.code: area for area in Territory.objects.all()}, dwellings={}, people={})
    source_list = bring(INBOUND, desk, town, confirm=False)
    tables = [table for table in source_list.mapping["tables"] if table["kind"] == "persons"]
    fields = {table["key"]: table["fields"] for table in tables}
    receiving.confirm(Command(actor=desk), list_id=source_list.id, fields=fields)
    return source_list


def start(source_list: SourceList, database: str, *how: str) -> subprocess.Popen[str]:
    """A process that reads and dispatches the list (`how`: ``child``, read by a child of it); back when it begins."""
    env = {**os.environ, "LIANFANG_DATABASE_URL": address_of(database), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    command = [sys.executable, "-m", "tests.security.run_list", str(source_list.id), str(STEP), *how]
    child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    return child


def kill_after(child: subprocess.Popen[str], steps: int, *, pause: float) -> bool:
    """Kill the process some time after it finished `steps` steps; whether it was still running."""
    assert child.stdout is not None
    for _ in range(steps):
        if child.stdout.readline() == "finished\n":
            break
    time.sleep(pause)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def outcome(source_list: SourceList) -> dict[str, object]:
    """Everything the list has led to, by number."""
    source_list.refresh_from_db()
    return {
        "state": source_list.state,
        "counts": source_list.counts,
        "rows": ListRow.objects.count(),
        "decisions": dict(ListRow.objects.values_list("decision").annotate(n=Count("id")).order_by()),
        "people": Person.objects.count(),
        "households": Household.objects.count(),
        "items": dict(WorkItem.objects.values_list("state").annotate(n=Count("id")).order_by()),
        "subjects": WorkSubject.objects.count(),
        "origins": WorkOrigin.objects.count(),
        "rows_asked_once": WorkOrigin.objects.values("row").distinct().count(),
    }


class TestAListKilledInTheMiddle:
    def test_ends_as_if_nothing_had_happened(self, apart: str) -> None:
        source_list = queued()
        beginning = f"{apart}_begun"
        copy_database(apart, beginning)
        try:
            matching.run(source_list)
            expected = outcome(source_list)

            copy_database(beginning, apart)
            chance = Random(20221219)
            killed = 0
            for steps in (0, 2, 4):
                killed += kill_after(start(source_list, apart), steps, pause=chance.uniform(0, 0.3))
            assert killed >= 2  # the last blow may come when all is done
            said, _ = start(source_list, apart).communicate()
            assert said.endswith("finished\n")
            assert outcome(source_list) == expected

            copy_database(beginning, apart)
            assert kill_after(start(source_list, apart, "child"), 3, pause=0)
            said, _ = start(source_list, apart, "child").communicate()
            assert said.endswith("finished\n")
            assert outcome(source_list) == expected
            assert expected["origins"] == expected["rows_asked_once"]
            journal.seal_pending(now=timezone.now())
            assert list(journal.verify()) == []
        finally:
            drop_database(beginning)
