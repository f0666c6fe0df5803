"""One person or two: decided from the queue, and taken back as if nothing had been."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from lianfang.capabilities.cleanup import actions, finder
from lianfang.capabilities.cleanup.choosing import kept_by_default
from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import Sender, SourceList
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.keys import rewrite_keys
from lianfang.core.people.merging import MOVED_WITH_A_PERSON, merge, split
from lianfang.core.people.models import Person, PersonMerge
from lianfang.jobs.town import Town, give
from tests.cleanup import hanging

SEEDS = range(14)


@pytest.fixture
def pairs(town: Town) -> list[DuplicatePair]:
    """What the finder suspects in the toy town."""
    finder.find(everyone=True)
    return list(DuplicatePair.objects.open().order_by("id"))


@pytest.fixture
def source_list(town: Town, desk: User, now: datetime) -> SourceList:
    return SourceList.objects.create(
        sender=Sender.objects.create(name="涉外专班"), title="名单", purpose="inbound", issuer="县疫情防控办",
        legal_basis="传染病防治法", sla_code="24h", received_at=now, deadline_at=now, path=town.subdistrict.path,
        filename="a.xlsx", size=1, file_hash="f", content_hash="c", brought_by=desk,
    )  # fmt: skip


def hang_on(people: list[Person], source_list: SourceList, desk: User, random: Random, now: datetime) -> None:
    shared = hanging.item_at(people[0], now=now, state="dispatched")
    for person in people:
        hanging.hang(person, shared, source_list, actor=desk, random=random, now=now)
    rewrite_keys([person.id for person in people])


class TestADecisionTakenBack:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_leaves_both_files_exactly_as_they_were(
        self, seed: int, pairs: list[DuplicatePair], source_list: SourceList, desk: User, now: datetime
    ) -> None:
        random = Random(seed)
        pair = pairs[seed % len(pairs)]
        people = [pair.person_a, pair.person_b]
        ids = [person.id for person in people]
        hang_on(people, source_list, desk, random, now)
        before = hanging.told_of(ids)
        keep = random.choice(ids)
        actions.merge_pair(Command(actor=desk), pair_id=pair.id, keep=keep, reason="同一人")
        merged = hanging.told_of(ids)
        assert merged != before
        actions.undo_decision(Command(actor=desk))
        assert hanging.told_of(ids) == before
        pair.refresh_from_db()
        assert (pair.state, pair.merge, pair.decided_by) == ("open", None, None)

    @pytest.mark.parametrize("seed", SEEDS[:4])
    def test_also_after_a_merge_into_a_third_record(
        self, seed: int, pairs: list[DuplicatePair], source_list: SourceList, desk: User, now: datetime
    ) -> None:
        pair = pairs[seed]
        third = Person.objects.filter(documents=None).exclude(id__in=[pair.person_a_id, pair.person_b_id])[0]
        people = [pair.person_a, pair.person_b, third]
        hang_on(people, source_list, desk, Random(seed), now)
        ids = [person.id for person in people]
        before = hanging.told_of(ids)
        kept = actions.merge_pair(Command(actor=desk), pair_id=pair.id, reason="同一人")["kept"]
        later = merge(Command(actor=desk), kept_id=third.id, merged_id=kept, reason="同一人")
        with pytest.raises(Refusal, match="merged_since"):
            actions.undo_decision(Command(actor=desk), pair_id=pair.id)
        split(Command(actor=desk), merge_id=later["merge"])
        actions.undo_decision(Command(actor=desk), pair_id=pair.id)
        assert hanging.told_of(ids) == before

    def test_is_the_actors_last_one(self, pairs: list[DuplicatePair], desk: User) -> None:
        for pair in pairs[:3]:
            actions.keep_apart(Command(actor=desk), pair_id=pair.id)
        for pair in reversed(pairs[:3]):
            assert actions.undo_decision(Command(actor=desk)) == {"pair": str(pair.id)}
        with pytest.raises(Refusal, match="nothing_to_undo"):
            actions.undo_decision(Command(actor=desk))

    def test_of_a_merge_split_elsewhere_only_opens_the_pair(self, pairs: list[DuplicatePair], desk: User) -> None:
        answer = actions.merge_pair(Command(actor=desk), pair_id=pairs[0].id)
        split(Command(actor=desk), merge_id=answer["merge"])
        actions.undo_decision(Command(actor=desk), pair_id=pairs[0].id)
        pairs[0].refresh_from_db()
        assert pairs[0].state == "open"


class TestMerging:
    def test_loses_nothing_of_either_file(
        self, pairs: list[DuplicatePair], source_list: SourceList, desk: User, now: datetime
    ) -> None:
        pair = pairs[0]
        people = [pair.person_a, pair.person_b]
        hang_on(people, source_list, desk, Random(3), now)
        ids = [person.id for person in people]
        before = hanging.told_of(ids)
        actions.merge_pair(Command(actor=desk), pair_id=pair.id, reason="同一人")
        after = hanging.told_of(ids)
        kept = set(before) - {"people.PersonKey.person_id", "people.Person.id", "people.Person.merged_into_id"}
        assert {name: len(after[name]) for name in kept} == {name: len(before[name]) for name in kept}
        assert Person.objects.filter(id__in=ids).count() == 2

    def test_moves_every_ledger_that_names_a_person(self) -> None:
        moved = {(model._meta.label, column) for model, column in MOVED_WITH_A_PERSON}
        told = {tuple(name.rsplit(".", 1)) for name in hanging.told_of([])}
        stays = {("people.Person", "id"), ("people.PersonKey", "person_id"), ("people.Residence", "person_id"),
                 ("lists.ReviewDecision", "person_id"),
                 # who acts for whom is read through the merge; who held the pen stays as it was signed
                 ("resident_access.Proxy", "principal_id"), ("resident_access.Proxy", "agent_id"),
                 ("commitment.Commitment", "signer_id")}  # fmt: skip
        assert {(str(label), str(column)) for label, column in told} == moved | stays

    def test_keeps_the_fuller_record_unless_one_is_chosen(self, pairs: list[DuplicatePair], desk: User) -> None:
        one, other = pairs[0].person_a, pairs[0].person_b
        kept = actions.merge_pair(Command(actor=desk), pair_id=pairs[0].id)["kept"]
        assert kept == str(kept_by_default(one, other))
        fuller, poorer = (one, other) if kept == str(one.id) else (other, one)
        assert fuller.documents.filter(valid=True).exists() or fuller.created_at <= poorer.created_at
        chosen = pairs[1].person_b_id
        assert actions.merge_pair(Command(actor=desk), pair_id=pairs[1].id, keep=chosen)["kept"] == str(chosen)

    def test_under_a_measure_needs_a_reason(
        self, pairs: list[DuplicatePair], source_list: SourceList, desk: User, now: datetime
    ) -> None:
        person = pairs[0].person_a
        hanging.put_under_measure(person, actor=desk, now=now)
        with pytest.raises(Refusal, match="needs_reason"):
            actions.merge_pair(Command(actor=desk), pair_id=pairs[0].id, reason=" ")
        ControlMeasure.objects.filter(person=person).update(released_at=now, release_reason="检测阴性期满")
        actions.merge_pair(Command(actor=desk), pair_id=pairs[0].id)

    def test_keeps_one_of_the_two(self, pairs: list[DuplicatePair], desk: User) -> None:
        with pytest.raises(Refusal, match="not_one_of_them"):
            actions.merge_pair(Command(actor=desk), pair_id=pairs[0].id, keep=pairs[1].person_a_id)
        assert not PersonMerge.objects.exists()

    def test_is_refused_when_somebody_decided_meanwhile(self, pairs: list[DuplicatePair], desk: User) -> None:
        actions.keep_apart(Command(actor=desk), pair_id=pairs[0].id)
        for act in (actions.merge_pair, actions.keep_apart):
            with pytest.raises(Refusal, match="not_open"):
                act(Command(actor=desk), pair_id=pairs[0].id)

    def test_is_written_down(self, pairs: list[DuplicatePair], desk: User) -> None:
        actions.merge_pair(Command(actor=desk), pair_id=pairs[0].id)
        actions.undo_decision(Command(actor=desk))
        codes = set(AuditEntry.objects.filter(kind="write").values_list("code", flat=True))
        assert {"people.merge", "cleanup.merge", "people.split", "cleanup.undo_decision"} <= codes


class TestAPair:
    def test_is_seen_and_decided_only_by_who_may_see_both(
        self, pairs: list[DuplicatePair], town: Town, desk: User, secretary: User, other_secretary: User, worker: User
    ) -> None:
        across = next(pair for pair in pairs if pair.path == town.subdistrict.path)
        inside = next((pair for pair in pairs if pair.path != town.subdistrict.path), None)
        assert set(DuplicatePair.objects.visible_to(desk)) == set(pairs)
        for user in (secretary, other_secretary):
            scope = user.authority.scopes("people.merge")[0]
            seen = set(DuplicatePair.objects.visible_to(user))
            assert seen == {pair for pair in pairs if pair.path.startswith(scope)}
            with pytest.raises(NotFound):
                actions.merge_pair(Command(actor=user), pair_id=across.id)
        for pair in filter(None, (across, inside)):
            with pytest.raises((NotFound, NotAllowed)):
                actions.keep_apart(Command(actor=worker), pair_id=pair.id)

    def test_across_two_areas_is_seen_by_who_answers_for_both(
        self, pairs: list[DuplicatePair], town: Town, secretary: User, now: datetime
    ) -> None:
        across = next(pair for pair in pairs if pair.path == town.subdistrict.path)
        for person in (across.person_a, across.person_b):
            area = next(a for a in town.areas.values() if a.level == "community" and person.path.startswith(a.path))
            give(secretary, "secretary", area, now=now - timedelta(hours=1), reason="兼任")
        again: Any = User.objects.get(id=secretary.id)
        assert len(again.authority.scopes("people.merge")) >= 2
        assert across in DuplicatePair.objects.visible_to(again)
        actions.keep_apart(Command(actor=again), pair_id=across.id)
