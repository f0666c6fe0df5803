"""Two records of one person become one, and can be taken apart again without losing anything."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from lianfang.capabilities.screening.matching import homes_of
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import Refusal
from lianfang.core.lists.models import ListRow
from lianfang.core.measures import actions as measures
from lianfang.core.measures import facts, proposing
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people import actions, merging
from lianfang.core.people.models import IdentityDocument, Person, PersonKey, Telephone
from lianfang.core.people.search import search
from lianfang.jobs.town import Town
from tests.town import TOWN, rows_of


@pytest.fixture
def twice(town: Town) -> tuple[Person, Person]:
    """A person whom the ledger holds twice."""
    for row in rows_of(TOWN / "people_duplicates.csv"):
        if row["person_id"] in town.people and row["same_as"] in town.people:
            return town.people[row["same_as"]], town.people[row["person_id"]]
    raise AssertionError("the town has no one twice")


def holdings(person: Person) -> tuple[int, int]:
    return (
        IdentityDocument.objects.filter(person=person).count(),
        Telephone.objects.filter(person=person).count(),
    )


class TestMerging:
    def test_gives_everything_to_the_record_kept(self, twice: tuple[Person, Person], desk: User) -> None:
        kept, merged = twice
        before = [a + b for a, b in zip(holdings(kept), holdings(merged), strict=True)]
        merging.merge(Command(actor=desk), kept_id=kept.id, merged_id=merged.id, reason="同一人")
        assert list(holdings(kept)) == before
        assert holdings(merged) == (0, 0)
        merged.refresh_from_db()
        assert merged.merged_into == kept
        assert merged not in Person.objects.current()

    def test_can_be_taken_back_whole(self, twice: tuple[Person, Person], desk: User) -> None:
        kept, merged = twice
        before = holdings(kept), holdings(merged)
        keys = set(PersonKey.objects.filter(person=merged).values_list("key", flat=True))
        answer = merging.merge(Command(actor=desk), kept_id=kept.id, merged_id=merged.id, reason="同一人")
        merging.split(Command(actor=desk), merge_id=answer["merge"])
        assert (holdings(kept), holdings(merged)) == before
        assert set(PersonKey.objects.filter(person=merged).values_list("key", flat=True)) == keys
        with pytest.raises(Refusal) as refused:
            merging.split(Command(actor=desk), merge_id=answer["merge"])
        assert refused.value.code == "people.merge_undone"

    def test_never_makes_one_of_two_valid_numbers(self, town: Town, desk: User) -> None:
        one, other = town.people["P000002"], town.people["P000003"]
        with pytest.raises(Refusal) as refused:
            merging.merge(Command(actor=desk), kept_id=one.id, merged_id=other.id, reason="看着像")
        assert refused.value.code == "people.two_people"


class TestRegistering:
    def test_makes_a_person_findable_at_once(self, town: Town, worker: User, now: object) -> None:
        home = town.dwellings["D00001"]
        answer = actions.register(
            Command(actor=worker),
            name="欧阳试",
            dwelling_id=home.id,
            identity="999999199001010016",
            phone="19900001234",
        )
        command = Command(actor=worker)
        for text in ("欧阳试", "oys", "999999199001010016", "0016", "19900001234"):
            found = search(actor=worker, text=text, now=command.now)
            assert answer["person"] in {str(person.id) for person in found.people}, text

    def test_refuses_a_number_with_a_wrong_check_digit(self, town: Town, worker: User) -> None:
        with pytest.raises(Refusal) as refused:
            actions.register(
                Command(actor=worker),
                name="欧阳试",
                dwelling_id=town.dwellings["D00001"].id,
                identity="999999199001010017",
            )
        assert refused.value.code == "people.bad_number"


class TestSearch:
    def test_finds_a_door_however_it_is_written(self, town: Town, worker: User) -> None:
        now = Command(actor=worker).now
        for text in ("望湖花苑1幢1单元101", "1-1-101", "1#101"):
            found = search(actor=worker, text=text, now=now)
            assert town.dwellings["D00001"] in found.dwellings, text

    def test_never_leaves_the_area_of_the_seeker(self, town: Town, other_worker: User) -> None:
        found = search(actor=other_worker, text="黄国明", now=Command(actor=other_worker).now)
        assert town.people["P000001"] not in found.people


class TestAMeasure:
    def test_rests_on_a_fact_and_is_approved_by_someone_else(self, town: Town, secretary: User, health: User) -> None:
        person = town.people["P000001"]
        start = Command(actor=secretary).now
        fact = facts.record_fact(
            Command(actor=secretary),
            person_id=person.id,
            kind="contact_ruling",
            happened_date=start.date() - timedelta(days=1),
            issuer="县疾控中心",
            evidence="流调报告第3页",
            document_no="云疾控〔2022〕15号",
        )
        proposed = proposing.propose(
            Command(actor=secretary),
            person_id=person.id,
            fact_id=UUID(fact["fact"]),
            regime="home",
            legal_basis="传染病防治法第四十一条",
            edition="8",
            starts_at=start,
            ends_at=start + timedelta(days=14),
            appeal_to="县卫健局法规科",
        )
        later = start + timedelta(minutes=5)
        assert not ControlMeasure.objects.in_force(later).exists()
        with pytest.raises(Refusal):
            measures.approve(Command(actor=secretary), ids=[UUID(proposed["measure"])])
        measures.approve(Command(actor=health), ids=[UUID(proposed["measure"])])
        assert ControlMeasure.objects.in_force(later).count() == 1
        measures.release(Command(actor=health), ids=[UUID(proposed["measure"])], reason="检测阴性期满", early=True)
        assert not ControlMeasure.objects.in_force(later).exists()


class TestARowReadBeforeTheMerge:
    def test_is_about_the_record_kept(self, twice: tuple[Person, Person], desk: User) -> None:
        kept, merged = twice
        row = ListRow(person_id=merged.id)
        merging.merge(Command(actor=desk), kept_id=kept.id, merged_id=merged.id, reason="同一人")
        homes = homes_of([row])
        assert row.person_id == kept.id
        assert {person_id: home.household_id for person_id, home in homes.items()} == {kept.id: kept.household_id}
