"""Two at once: sealing makes one chain, a repeated command has one effect, two lists agree on one piece of work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from lianfang.capabilities.screening import matching
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import SameCommandOtherBody
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry, AuditSeal, Receipt
from lianfang.core.lists import receiving
from lianfang.core.lists.models import SourceList
from lianfang.core.people.actions import register
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work import actions
from lianfang.core.work.models import ContactAttempt, WorkItem, WorkOrigin
from lianfang.jobs.town import Town
from tests.flows.test_first_slice import CORRECTED, INBOUND, bring

Deed = Callable[[], Any]


def at_once(*deeds: Deed) -> list[Any]:
    """Do all deeds at the same moment, each on its own connection; what each gave back or raised."""
    gate = Barrier(len(deeds))

    def do(deed: Deed) -> Any:
        try:
            connection.ensure_connection()
            gate.wait()
            return deed()
        except Exception as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def cast(name: str) -> User:
    return User.objects.get(username=name)


def the_town() -> Town:
    return Town(areas={area.code: area for area in Territory.objects.all()}, dwellings={}, people={})


def queued(path: Path) -> SourceList:
    desk = cast("desk")
    source_list = bring(path, desk, the_town(), confirm=False)
    tables = [table for table in source_list.mapping["tables"] if table["kind"] == "persons"]
    fields = {table["key"]: table["fields"] for table in tables}
    receiving.confirm(Command(actor=desk), list_id=source_list.id, fields=fields)
    return SourceList.objects.get(id=source_list.id)


class TestSealing:
    @pytest.mark.parametrize("earlier", [0, 7])
    def test_by_two_processes_makes_one_chain(self, apart: str, earlier: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(journal, "BATCH", 5)
        now = timezone.now()
        notes = [journal.Note(kind="write", code="work.accept", facts={"n": n}) for n in range(40)]
        if earlier:
            journal.write(notes[:earlier], actor_id=None, at=now, now=now)
            journal.seal_pending(now=now)
        before = AuditEntry.objects.filter(seal_number=None).count()
        journal.write(notes, actor_id=None, at=now, now=now)
        sealed = at_once(*[lambda: journal.seal_pending(now=now)] * 4)
        assert sum(sealed) == before + 40
        numbers = list(AuditSeal.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert list(journal.verify()) == []


class TestACommandSentTwiceAtOnce:
    def test_registers_one_person(self, apart: str) -> None:
        desk = cast("desk")
        dwelling = Dwelling.objects.visible_to(desk).order_by("id").first()
        assert dwelling is not None
        command_id = Command(actor=desk).id

        def send() -> Any:
            return register(Command(actor=desk, id=command_id), name="何文斌", dwelling_id=dwelling.id)

        before = Person.objects.count()
        one, other = at_once(send, send)
        assert one == other
        assert Person.objects.count() == before + 1
        assert AuditEntry.objects.filter(command_id=command_id).count() == 1
        assert Receipt.objects.filter(id=command_id).count() == 1

    def test_gets_the_first_answer_even_if_the_step_is_no_longer_possible(self, apart: str) -> None:
        bring(INBOUND, cast("desk"), the_town())
        item = WorkItem.objects.filter(assignee__isnull=False, state="dispatched").order_by("id").first()
        assert item is not None and item.assignee is not None
        doer = item.assignee
        command_id = Command(actor=doer).id
        answers = at_once(*[lambda: actions.accept(Command(actor=doer, id=command_id), ids=[item.id])] * 3)
        assert answers == [{"done": [str(item.id)], "refused": []}] * 3

    def test_with_other_content_is_refused(self, apart: str) -> None:
        bring(INBOUND, cast("desk"), the_town())
        item = WorkItem.objects.filter(assignee__isnull=False, state="dispatched").order_by("id").first()
        assert item is not None and item.assignee is not None
        doer = item.assignee
        command_id = Command(actor=doer).id
        answers = at_once(
            lambda: actions.log_call(Command(actor=doer, id=command_id), item_id=item.id, result="busy"),
            lambda: actions.log_call(Command(actor=doer, id=command_id), item_id=item.id, result="unanswered"),
        )
        assert sorted(type(answer).__name__ for answer in answers) == [SameCommandOtherBody.__name__, "dict"]
        assert ContactAttempt.objects.filter(item=item).count() == 1


class TestTwoListsAtOnce:
    def test_about_the_same_people_open_one_item_and_register_nobody_twice(self, apart: str) -> None:
        first, second = queued(INBOUND), queued(CORRECTED)
        before = Person.objects.count()
        results = at_once(lambda: matching.run(first), lambda: matching.run(second))
        assert [getattr(result, "state", result) for result in results] == ["dispatched", "dispatched"]
        twice = WorkItem.objects.open().values("household").annotate(n=Count("id")).filter(n__gt=1)
        assert not twice.exists()
        assert Person.objects.count() - before == results[0].counts["new"] + results[1].counts["new"]
        assert min(results[0].counts["new"], results[1].counts["new"]) == 0
        assert WorkOrigin.objects.count() == 120
