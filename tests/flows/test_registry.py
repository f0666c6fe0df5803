"""At the door: a visit, a newcomer, a neighbour's tip."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from lianfang.capabilities.registry.actions import record_visit, report_tip
from lianfang.core.access.answering import AnswerBook
from lianfang.core.access.models import User
from lianfang.core.access.roles import Role
from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import IdentityDocument, Person, Residence
from lianfang.core.work.actions import record
from lianfang.core.work.models import WorkItem, WorkSubject
from lianfang.kernel.uuid7 import uuid7
from tests.field.street import COMMUNITY, GRID, Street, account, build_street

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> Street:
    return build_street()


def visit(street: Street, actor: User | None = None, **said: object) -> Answer:
    said.setdefault("dwelling_id", street.home.id)
    return record_visit(Command(actor=actor or street.worker), **said)  # type: ignore[arg-type]  # a story's words


def tip(street: Street, actor: User | None = None, **said: object) -> Answer:
    return report_tip(Command(actor=actor or street.worker), **said)  # type: ignore[arg-type]  # a story's words


class TestVisit:
    def test_with_nothing_changed_dates_the_door_and_leaves_everyone_in_place(self, street: Street) -> None:
        before = [(p.id, p.household_id) for p in street.family]
        answer = visit(street)
        street.home.refresh_from_db()
        assert answer["changed"] is False
        assert street.home.checked_at is not None
        assert [(p.id, p.household_id) for p in street.family] == before
        assert Observation.objects.get(dwelling_id=street.home.id).kind == "registry.visit"

    def test_ends_the_residence_of_who_moved_out(self, street: Street) -> None:
        gone, *stay = street.family
        visit(street, present=[p.id for p in stay], moved_out=[gone.id])
        gone.refresh_from_db()
        assert gone.dwelling_id is None
        assert not Residence.objects.filter(person=gone, ends_date=None).exists()
        assert {p.id for p in street.family} == {p.id for p in stay}

    def test_of_a_dwelling_found_vacant_moves_everyone_out(self, street: Street) -> None:
        visit(street, vacant=True)
        street.home.refresh_from_db()
        assert street.family == []
        assert street.home.status == "空置"

    def test_brings_newcomers_in_as_one_household_of_their_own(self, street: Street) -> None:
        household = street.family[0].household_id
        answer = visit(
            street,
            newcomers=[{"name": "林小满", "phone": "19900099001"}, {"name": "林大满", "relation": "配偶"}],
        )
        newcomers = Person.objects.filter(id__in=answer["people"])
        assert {p.name for p in newcomers} == {"林小满", "林大满"}
        assert len({p.household_id for p in newcomers}) == 1
        assert newcomers[0].household_id != household
        assert answer["items"] == []

    def test_starts_a_check_of_a_newcomer_from_elsewhere(self, street: Street) -> None:
        today = timezone.localdate()
        answer = visit(street, newcomers=[{"name": "林小满", "came_from": "郑州", "arrived_on": today.isoformat()}])
        item = WorkItem.objects.get(id__in=answer["items"])
        assert (item.assignee, item.state, item.dwelling_id) == (street.worker, "dispatched", street.home.id)
        origin = item.origins.get()
        assert (origin.kind, origin.note) == ("visit", f"{today:%Y-%m-%d} 郑州")
        assert str(item.subjects.get().person_id) in answer["people"]

    def test_moves_a_newcomer_who_is_known_by_their_document_instead_of_making_a_second_record(
        self, street: Street
    ) -> None:
        known = IdentityDocument.objects.filter(
            kind="resident_id", valid=True, person__path__startswith=street.areas[GRID].path
        ).exclude(person__dwelling=street.home)[0]
        people = Person.objects.count()
        answer = visit(street, newcomers=[{"name": known.person.name, "identity": known.number}])
        assert answer["people"] == [str(known.person_id)]
        assert Person.objects.count() == people
        assert Person.objects.get(id=known.person_id).dwelling_id == street.home.id

    def test_sent_twice_happens_once(self, street: Street) -> None:
        command_id = uuid7()
        said = {"dwelling_id": street.home.id, "newcomers": [{"name": "林小满"}]}
        first = record_visit(Command(actor=street.worker, id=command_id), **said)
        again = record_visit(Command(actor=street.worker, id=command_id), **said)
        assert first == again
        assert Person.objects.filter(name="林小满").count() == 1

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"newcomers": [{"name": " "}]}, "registry.newcomer_name"),
            ({"newcomers": [{"name": "林小满", "arrived_on": "2999-01-01"}]}, "registry.future_arrival"),
            ({"newcomers": [{"name": "林小满", "identity": "999999199001010017"}]}, "people.bad_number"),
            ({"newcomers": [{"name": "林小满"}], "vacant": True}, "registry.not_vacant"),
            ({"moved_out": [uuid7()]}, "registry.not_living_here"),
        ],
    )
    def test_that_cannot_be_true_is_refused_whole(self, street: Street, said: dict[str, object], code: str) -> None:
        with pytest.raises(Refusal) as refused:
            visit(street, **said)
        assert refused.value.code == code
        assert not Observation.objects.exists()
        assert not Person.objects.filter(name="林小满").exists()

    def test_refuses_the_same_person_staying_and_gone(self, street: Street) -> None:
        one = street.family[0].id
        with pytest.raises(Refusal) as refused:
            visit(street, present=[one], moved_out=[one])
        assert refused.value.code == "registry.both_ways"

    def test_refuses_a_newcomer_who_is_registered_at_this_door(self, street: Street) -> None:
        document = IdentityDocument.objects.filter(person__dwelling=street.home, valid=True)[0]
        with pytest.raises(Refusal) as refused:
            visit(street, newcomers=[{"name": document.person.name, "identity": document.number}])
        assert refused.value.code == "registry.already_here"

    def test_of_a_door_in_another_community_does_not_exist(self, street: Street) -> None:
        with pytest.raises(NotFound):
            visit(street, dwelling_id=street.there.id)

    def test_by_someone_who_may_only_look_is_refused_and_written_down(self, street: Street) -> None:
        commander = account("he", "何指挥", Role.COMMAND, street.areas["999999001"])
        with pytest.raises(NotAllowed):
            visit(street, commander)
        assert AuditEntry.objects.filter(kind="refusal", code="registry.record_visit").exists()


class TestTip:
    def test_about_a_door_goes_to_whoever_answers_there_within_four_hours(self, street: Street) -> None:
        answer = tip(street, street.secretary, text="租客昨晚回来了", dwelling_id=street.home.id)
        item = WorkItem.objects.get(id=answer["item"])
        assert (item.assignee, item.state) == (street.worker, "dispatched")
        assert item.due_at - item.created_at == timedelta(hours=4)
        assert {s.person_id for s in item.subjects.all()} == {
            p.id for p in street.family if p.household_id == item.household_id
        }

    def test_about_a_household_with_open_work_becomes_one_more_reason(self, street: Street) -> None:
        first = tip(street, text="租客昨晚回来了", dwelling_id=street.home.id)
        second = tip(street, street.deputy, text="看见三个人", dwelling_id=street.home.id)
        assert first["item"] == second["item"]
        assert [first["opened"], second["opened"]] == [True, False]
        item = WorkItem.objects.get(id=first["item"])
        assert item.origins_count == item.origins.count() == 2

    def test_naming_someone_who_lives_there_is_about_them(self, street: Street) -> None:
        person = street.family[0]
        answer = tip(street, text="回来了", dwelling_id=street.home.id, name=person.name)
        assert WorkSubject.objects.get(item_id=answer["item"]).person_id == person.id

    def test_naming_someone_unknown_registers_them_at_the_door(self, street: Street) -> None:
        door = street.empty_door()
        answer = tip(street, text="新租客", dwelling_id=door.id, name="林小满", phone="19900099001")
        person = WorkSubject.objects.get(item_id=answer["item"]).person
        assert (person.name, person.dwelling_id) == ("林小满", door.id)
        assert person.telephones.get().number == "19900099001"

    def test_about_an_empty_door_waits_for_the_names_the_next_visit_brings(self, street: Street) -> None:
        door = street.empty_door()
        answer = tip(street, text="有灯光", dwelling_id=door.id)
        assert not WorkSubject.objects.filter(item_id=answer["item"]).exists()
        seen = visit(street, dwelling_id=door.id, newcomers=[{"name": "林小满", "came_from": "郑州"}])
        assert seen["items"] == [answer["item"]]
        assert WorkSubject.objects.get(item_id=answer["item"]).person.name == "林小满"

    def test_without_a_door_goes_to_the_area(self, street: Street) -> None:
        answer = tip(street, street.secretary, text="后山有人住", territory_id=street.areas[COMMUNITY].id)
        item = WorkItem.objects.get(id=answer["item"])
        assert (item.assignee_id, item.placement) == (AnswerBook(at=timezone.now()).who(item.path).user_id, "community")
        assert item.state == "dispatched"

    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"text": " "}, "registry.no_text"),
            ({"text": "有人"}, "registry.no_place"),
            ({"text": "有人", "name": "林小满", "phone": "abc"}, "people.bad_phone"),
        ],
    )
    def test_that_says_too_little_is_refused(self, street: Street, said: dict[str, object], code: str) -> None:
        place = {"dwelling_id": street.home.id} if code == "people.bad_phone" else {}
        with pytest.raises(Refusal) as refused:
            tip(street, **said, **place)
        assert refused.value.code == code

    def test_about_a_door_in_another_community_does_not_exist(self, street: Street) -> None:
        with pytest.raises(NotFound):
            tip(street, text="有人", dwelling_id=street.there.id)
        with pytest.raises(NotFound):
            tip(street, text="有人", territory_id=street.areas["999999001002"].id)

    def test_can_be_passed_on_by_an_inspector_who_may_not_see_people(self, street: Street) -> None:
        inspector = account("qian", "钱督查", Role.INSPECTOR, street.areas["999999001"])
        answer = tip(street, inspector, text="楼道有行李", dwelling_id=street.there.id)
        assert WorkItem.objects.get(id=answer["item"]).assignee == street.stranger

    def test_after_a_check_was_closed_asks_again(self, street: Street) -> None:
        person = street.family[0]
        first = tip(street, text="回来了", dwelling_id=street.home.id, name=person.name)
        record(Command(actor=street.worker), item_id=WorkItem.objects.get(id=first["item"]).id, outcome="left")
        WorkItem.objects.filter(id=first["item"]).update(state="closed", closed_at=timezone.now())
        second = tip(street, text="又回来了", dwelling_id=street.home.id, name=person.name)
        assert second["opened"] is True
        assert second["item"] != first["item"]
