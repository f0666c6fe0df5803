"""The first slice as a story: a list goes in, work reaches the right door, is called once, verified by someone else."""

from __future__ import annotations

import os
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from django.utils import timezone

from lianfang.capabilities.screening import ahead, deciding, matching
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal, SameCommandOtherBody
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists import receiving, storage
from lianfang.core.lists.models import ListRow, ListState, SourceList
from lianfang.core.people.models import Person
from lianfang.core.work import actions, lateness
from lianfang.core.work.models import ContactAttempt, WorkEvent, WorkItem, WorkOrigin, WorkSubject
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.town import LISTS

INBOUND = LISTS / "12_入境人员健康管理名单_0406.xlsx"
CORRECTED = LISTS / "13_入境人员健康管理名单_0406(更正).xlsx"


def bring(path: Path, desk: User, town: Town, *, confirm: bool = True, sender: str = "涉外专班") -> SourceList:
    """Bring a list in as the data desk does, confirming the proposed columns."""
    content = path.read_bytes()
    list_id = uuid7()
    storage.keep(list_id, content)
    receiving.receive(
        Command(actor=desk),
        list_id=list_id,
        sender=sender,
        title=path.stem,
        purpose="inbound",
        issuer="县疫情防控办",
        legal_basis="传染病防治法第三十九条",
        deadline_at=timezone.now() + timedelta(hours=24),
        filename=path.name,
        size=len(content),
        file_hash=receiving.file_hash(content),
        territory_id=town.subdistrict.id,
    )
    source_list = receiving.inspect(SourceList.objects.get(id=list_id))
    if confirm and source_list.state == ListState.RECEIVED:
        tables = [table for table in source_list.mapping["tables"] if table["kind"] == "persons"]
        receiving.confirm(
            Command(actor=desk), list_id=list_id, fields={table["key"]: table["fields"] for table in tables}
        )
        source_list.refresh_from_db()
        matching.run(source_list)
    return source_list


@pytest.fixture
def brought(desk: User, town: Town) -> SourceList:
    """The inbound list, dispatched."""
    return bring(INBOUND, desk, town)


class TestAList:
    def test_is_not_accepted_without_its_papers(self, desk: User, town: Town) -> None:
        with pytest.raises(Refusal) as refused:
            receiving.receive(
                Command(actor=desk),
                list_id=uuid7(),
                sender="x",
                title="x",
                purpose="inbound",
                issuer="",
                legal_basis="",
                deadline_at=None,
                filename="x.xlsx",
                size=1,
                file_hash="0",
                territory_id=town.subdistrict.id,
            )
        assert refused.value.code == "lists.no_papers"

    def test_accounts_for_every_row(self, brought: SourceList) -> None:
        counts = brought.counts
        assert brought.state == ListState.DISPATCHED
        assert counts["rows"] == 60
        assert counts["same"] + counts["new"] + counts["review"] + counts["refused"] == counts["persons"] == 60
        assert WorkOrigin.objects.filter(source_list=brought).count() == counts["same"] + counts["new"]

    def test_is_recognised_when_it_comes_twice(self, brought: SourceList, desk: User, town: Town) -> None:
        with pytest.raises(Refusal) as refused:
            bring(INBOUND, desk, town)
        assert refused.value.code == "lists.same_file"

    def test_that_corrects_another_joins_its_work(self, brought: SourceList, desk: User, town: Town) -> None:
        items = WorkItem.objects.count()
        corrected = bring(CORRECTED, desk, town)
        assert corrected.counts["same"] == 60
        assert WorkItem.objects.count() == items
        twice = WorkItem.objects.filter(origins__source_list=corrected).filter(origins_count__gte=2).distinct()
        assert twice.count() == corrected.counts["items"]

    def test_reads_the_same_after_a_crash_in_the_middle(self, desk: User, town: Town) -> None:
        source_list = bring(INBOUND, desk, town)
        before = source_list.counts
        matching.run(source_list)
        source_list.refresh_from_db()
        assert source_list.counts == before
        assert ListRow.objects.filter(source_list=source_list).count() == 60

    def test_can_be_undone_whole_until_work_begins(self, brought: SourceList, desk: User, worker: User) -> None:
        people = Person.objects.count()
        answer = deciding.undo_list(Command(actor=desk), list_id=brought.id)
        assert answer["rows"] == 60
        assert not WorkItem.objects.open().filter(origins__source_list=brought).exists()
        assert Person.objects.count() == people - brought.counts["new"]
        assert not Person.objects.filter(origin_list_id=brought.id).exists()

    def test_cannot_be_undone_once_work_was_accepted(self, brought: SourceList, desk: User) -> None:
        item = WorkItem.objects.filter(assignee__isnull=False, state="dispatched").first()
        assert item is not None and item.assignee is not None
        actions.accept(Command(actor=item.assignee), ids=[item.id])
        with pytest.raises(Refusal) as refused:
            deciding.undo_list(Command(actor=desk), list_id=brought.id)
        assert refused.value.code == "lists.work_begun"

    def test_of_another_area_is_not_there(self, brought: SourceList, other_secretary: User, worker: User) -> None:
        assert not SourceList.objects.visible_to(worker).exists()
        assert not ListRow.objects.visible_to(other_secretary).exists()


class TestWork:
    def item_of(self, user: User) -> WorkItem:
        item = WorkItem.objects.filter(assignee=user, state="dispatched").order_by("due_at", "id").first()
        assert item is not None
        return item

    @pytest.fixture
    def item(self, brought: SourceList) -> WorkItem:
        placed = WorkItem.objects.filter(assignee__isnull=False, answered_by="grid_worker").order_by("id").first()
        assert placed is not None
        return placed

    def doer(self, item: WorkItem) -> User:
        assert item.assignee is not None
        return item.assignee

    def test_goes_to_the_grid_worker_of_the_door(self, item: WorkItem) -> None:
        assert self.doer(item).authority.may("work.do", path=item.path)

    def test_is_called_once_recorded_and_verified_by_someone_else(self, item: WorkItem, desk: User) -> None:
        doer = self.doer(item)
        actions.log_call(Command(actor=doer), item_id=item.id, result="unanswered")
        item.refresh_from_db()
        assert item.state == "accepted" and item.next_try_at is not None
        actions.log_call(Command(actor=doer), item_id=item.id, result="reached")
        actions.record(Command(actor=doer), item_id=item.id, outcome="no_control")
        item.refresh_from_db()
        assert (item.state, item.outcome) == ("submitted", "no_control")
        actions.verify(Command(actor=desk), ids=[item.id])
        item.refresh_from_db()
        assert item.state == "closed" and item.verified_by == desk
        assert ContactAttempt.objects.filter(item=item).count() == 2

    def test_is_not_verified_by_its_doer(self, item: WorkItem, desk: User) -> None:
        actions.assign(Command(actor=desk), ids=[item.id], user_id=desk.id)
        actions.record(Command(actor=desk), item_id=item.id, outcome="left")
        with pytest.raises(Refusal) as refused:
            actions.verify(Command(actor=desk), ids=[item.id])
        assert refused.value.code == "work.own_work"

    def test_of_another_community_is_not_found(self, item: WorkItem, town: Town) -> None:
        community = item.path[:12]
        stranger = next(
            person
            for person in User.objects.filter(responsibilities__role="grid_worker", responsibilities__ends_at=None)
            if not any(scope.startswith(community) for scope in person.authority.scopes("work.do"))
        )
        with pytest.raises(NotFound):
            actions.accept(Command(actor=stranger), ids=[item.id])

    def test_command_sent_twice_happens_once(self, item: WorkItem) -> None:
        command = Command(actor=self.doer(item))
        first = actions.log_call(command, item_id=item.id, result="busy")
        again = actions.log_call(Command(actor=self.doer(item), id=command.id), item_id=item.id, result="busy")
        assert first == again
        assert ContactAttempt.objects.filter(item=item).count() == 1
        with pytest.raises(SameCommandOtherBody):
            actions.log_call(Command(actor=self.doer(item), id=command.id), item_id=item.id, result="reached")

    def test_is_stamped_late_once_and_escalated(self, item: WorkItem) -> None:
        due = item.due_at
        assert lateness.stamp_late(now=due + timedelta(minutes=1)) >= 1
        assert lateness.stamp_late(now=due + timedelta(minutes=2)) == 0
        assert lateness.escalate(now=due + timedelta(minutes=59)) == 0
        assert lateness.escalate(now=due + timedelta(minutes=61)) >= 1
        assert lateness.escalate(now=due + timedelta(minutes=62)) == 0
        item.refresh_from_db()
        events = WorkEvent.objects.filter(item_id=item.id, verb__in=["late", "escalate"]).order_by("id")
        steps = [(event.verb, event.facts["escalated_to"], event.occurred_at - due) for event in events]
        assert steps == [
            ("late", "community", timedelta(minutes=1)),
            ("escalate", "subdistrict", timedelta(minutes=61)),
        ]
        assert item.late_since == due and item.escalated_to == "subdistrict"

    def test_of_a_thousand_rows_is_accepted_in_one_action(self, brought: SourceList, secretary: User) -> None:
        ids = list(WorkItem.objects.visible_to(secretary).filter(state="dispatched").values_list("id", flat=True))
        answer = actions.accept(Command(actor=secretary), ids=[*ids, uuid7()])
        assert sorted(answer["done"]) == sorted(map(str, ids))
        assert [row["code"] for row in answer["refused"]] == ["access.not_found"]

    def test_is_not_done_by_an_inspector(self, item: WorkItem, inspector: User) -> None:
        with pytest.raises(NotAllowed):
            actions.accept(Command(actor=inspector), ids=[item.id])
        assert AuditEntry.objects.filter(kind="refusal", actor_id=inspector.id).exists()

    def test_has_a_person_once_however_many_lists_name_them(self, brought: SourceList, desk: User, town: Town) -> None:
        bring(CORRECTED, desk, town)
        subjects = WorkSubject.objects.values_list("item_id", "person_id")
        assert len(subjects) == len(set(subjects))


class TestTheAuditLog:
    def test_is_whole_after_a_day_of_work(self, brought: SourceList, now: datetime) -> None:
        journal.seal_pending(now=now)
        assert list(journal.verify()) == []

    def test_shows_an_edit(self, brought: SourceList, now: datetime) -> None:
        journal.seal_pending(now=now)
        entry = AuditEntry.objects.filter(code="lists.dispatch").first()
        assert entry is not None
        AuditEntry.objects.filter(id=entry.id).update(facts={"items": 0})
        codes = {fault.code for fault in journal.verify()}
        assert codes == {"audit.batch_changed", "audit.entry_changed"}

    def test_shows_a_deletion(self, brought: SourceList, now: datetime) -> None:
        journal.seal_pending(now=now)
        entry = AuditEntry.objects.filter(code="lists.receive").first()
        assert entry is not None
        AuditEntry.objects.filter(id=entry.id).delete()
        assert "audit.batch_changed" in {fault.code for fault in journal.verify()}


class TestAReadingProcessThatEnds:
    def test_leaves_the_reading_to_the_one_that_decides(self, desk: User, town: Town) -> None:
        source_list = bring(INBOUND, desk, town, confirm=False)
        tables = [table for table in source_list.mapping["tables"] if table["kind"] == "persons"]
        fields = {table["key"]: table["fields"] for table in tables}
        receiving.confirm(Command(actor=desk), list_id=source_list.id, fields=fields)
        source_list.refresh_from_db()
        source_list.progress = {"of": ahead.OWN_PROCESS}
        reader = ahead.RowReader(source_list, ahead=True)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
            with pytest.raises(BrokenExecutor):
                child.submit(os._exit, 1).result()
            reader._pool = child
            assert len(reader.take(0).rows) == 60
