"""The finder: who is held twice is found, family is left alone, and a decision stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianfang.capabilities.cleanup import actions, finder
from lianfang.capabilities.cleanup.models import ChangedPerson, DuplicatePair, FinderPass, PairCandidate
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.actions import correct, register
from lianfang.core.people.merging import merge, split
from lianfang.core.people.models import IdentityDocument, Person
from lianfang.jobs.town import Town
from tests.town import TOWN, rows_of


def held_twice(town: Town) -> set[frozenset[Any]]:
    """The pairs of the town's own table of people held twice."""
    rows = rows_of(TOWN / "people_duplicates.csv")
    return {frozenset({town.people[row["person_id"]].id, town.people[row["same_as"]].id}) for row in rows
            if row["person_id"] in town.people and row["same_as"] in town.people}  # fmt: skip


def open_pairs() -> set[frozenset[Any]]:
    return {frozenset(ids) for ids in DuplicatePair.objects.open().values_list("person_a_id", "person_b_id")}


@pytest.fixture
def searched(town: Town) -> finder.Found:
    """The whole ledger was gone through once."""
    return finder.find(everyone=True)


@pytest.fixture
def newcomer(searched: finder.Found, town: Town, worker: User) -> Person:
    """Someone without a document, just registered a second time at another door."""
    known = next(
        person
        for person in Person.objects.filter(dwelling__isnull=False, birth_date__isnull=False).order_by("id")
        if len(person.name) == 3 and person.documents.exists() and person.telephones.exists()
    )
    answer = register(
        Command(actor=worker),
        name=known.name,
        dwelling_id=town.dwellings["D00001"].id,
        birth_date=known.birth_date,
        phone=known.telephones.all()[0].number,
    )
    return Person.objects.get(id=answer["person"])


class TestAPassOverEveryone:
    def test_finds_who_is_held_twice_and_nobody_else(self, searched: finder.Found, town: Town) -> None:
        assert len(held_twice(town)) == 14
        assert open_pairs() == held_twice(town)
        assert (searched.suspected, searched.new, searched.finished) == (14, 14, True)

    def test_keeps_ids_and_codes_and_nothing_else_of_people(self, searched: finder.Found) -> None:
        for pair in DuplicatePair.objects.open():
            assert pair.person_a_id < pair.person_b_id and 0 < pair.score <= 1
            assert pair.weight == pytest.approx(sum(weight for _code, weight in pair.reasons), abs=0.01)
            assert all(set(code) <= set("abcdefghijklmnopqrstuvwxyz._+2") for code, _weight in pair.reasons)
            paths = pair.person_a.path, pair.person_b.path
            assert all(path.startswith(pair.path) for path in paths) and pair.path

    def test_goes_on_where_it_was_stopped(self, town: Town) -> None:
        first = finder.find(everyone=True, chunk=300, seconds=0)
        under_way = FinderPass.objects.get()
        assert (first.finished, first.compared, under_way.compared, under_way.finished_at) == (False, 300, 300, None)
        second = finder.find(chunk=300)
        under_way.refresh_from_db()
        assert under_way.finished_at is not None and not PairCandidate.objects.exists()
        assert first.compared + second.compared == under_way.compared == under_way.candidates
        assert open_pairs() == held_twice(town)

    def test_counts_the_ledger_once(self, town: Town) -> None:
        with CaptureQueriesContext(connection) as asked:
            assert finder.find(everyone=True, chunk=300).compared > 600
        counted = [one for one in asked if 'COUNT(*) AS "__count" FROM "people_person"' in one["sql"]]
        assert len(counted) == 1

    def test_is_begun_anew_when_the_comparison_has_changed(self, searched: finder.Found) -> None:
        FinderPass.objects.update(model_version="older")
        assert finder.is_waiting() and finder.find().compared == searched.compared
        assert not finder.is_waiting()

    def test_is_begun_once_by_itself_and_again_only_when_asked(self, searched: finder.Found) -> None:
        assert not finder.is_waiting()
        assert finder.find().compared == 0
        assert FinderPass.objects.count() == 1
        assert finder.find(everyone=True).new == 0
        assert FinderPass.objects.count() == 2


class TestWhoeverChanges:
    def test_is_compared_with_whom_a_rare_key_names(self, newcomer: Person) -> None:
        assert finder.is_waiting()
        before = DuplicatePair.objects.count()
        found = finder.find()
        assert found.new == 1 and found.compared < 60
        pair = DuplicatePair.objects.order_by("-id")[0]
        assert newcomer.id in (pair.person_a_id, pair.person_b_id) and DuplicatePair.objects.count() == before + 1
        assert not ChangedPerson.objects.exists() and not finder.is_waiting()

    def test_no_longer_suspected_leaves_the_queue_and_comes_back(self, newcomer: Person, worker: User) -> None:
        finder.find()
        pair = DuplicatePair.objects.order_by("-id")[0]
        name = newcomer.name
        correct(Command(actor=worker), person_id=newcomer.id, name="欧阳试", phones="19900001234")
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "gone"
        correct(Command(actor=worker), person_id=newcomer.id, name=name)
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "open"

    def test_costs_a_fixed_number_of_queries(self, newcomer: Person, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(30):
            finder.find()


class TestAPairKeptApart:
    def decided(self, newcomer: Person, desk: User) -> tuple[DuplicatePair, Person]:
        finder.find()
        pair = DuplicatePair.objects.order_by("-id")[0]
        actions.keep_apart(Command(actor=desk), pair_id=pair.id)
        pair.refresh_from_db()
        return pair, pair.person_b if pair.person_a_id == newcomer.id else pair.person_a

    def test_does_not_come_back_whatever_it_scores(self, newcomer: Person, desk: User, worker: User) -> None:
        pair, known = self.decided(newcomer, desk)
        correct(Command(actor=worker), person_id=newcomer.id, sex=known.sex)
        finder.find()
        finder.find(everyone=True)
        pair.refresh_from_db()
        assert (pair.state, pair.decided_by) == ("apart", desk)

    def test_comes_back_once_when_both_have_the_same_valid_number(
        self, newcomer: Person, desk: User, worker: User
    ) -> None:
        pair, known = self.decided(newcomer, desk)
        number = known.documents.all()[0].number
        correct(Command(actor=worker), person_id=newcomer.id, identity=number)
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "open" and pair.returned_at is not None and pair.decided_by is None
        assert "id.equal" in [code for code, _weight in pair.reasons]
        actions.keep_apart(Command(actor=desk), pair_id=pair.id)
        finder.find(everyone=True)
        pair.refresh_from_db()
        assert pair.state == "apart"

    def test_may_come_to_have_two_numbers(self, newcomer: Person, desk: User, worker: User) -> None:
        pair, _known = self.decided(newcomer, desk)
        correct(Command(actor=worker), person_id=newcomer.id, identity="999999199001010016")
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "apart"


class TestAMergeElsewhere:
    def test_takes_the_pair_out_of_the_queue_and_its_split_brings_it_back(
        self, searched: finder.Found, desk: User
    ) -> None:
        pair = DuplicatePair.objects.open()[0]
        answer = merge(Command(actor=desk), kept_id=pair.person_a_id, merged_id=pair.person_b_id, reason="同一人")
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "gone"
        split(Command(actor=desk), merge_id=answer["merge"])
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "open"


class TestTwoValidNumbers:
    def test_are_two_people(self, newcomer: Person, worker: User, now: datetime) -> None:
        finder.find()
        pair = DuplicatePair.objects.order_by("-id")[0]
        correct(Command(actor=worker), person_id=newcomer.id, identity="999999199001010016")
        finder.find()
        pair.refresh_from_db()
        assert pair.state == "gone"
        assert IdentityDocument.objects.filter(person=newcomer).count() == 1
