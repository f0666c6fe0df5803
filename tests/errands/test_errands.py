"""An errand from the telephone to the door: who may do what, who sees what, what is refused."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.looking import open_numbers
from lianfang.capabilities.errands.models import Errand, ErrandBatch, ErrandPicture
from lianfang.capabilities.screening.deciding import undo_list
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.jobs.town import Town
from tests.flows.test_first_slice import INBOUND, bring
from tests.kernel.test_pictures import exif, jpeg, png, segment
from tests.web.desk import GRID, NEXT_GRID, people_in

pytestmark = pytest.mark.django_db


def ask(actor: User, person: Person, kind: str = "meals", **more: object) -> Errand:
    wanted = {"wanted": "午饭两份"} | more
    answer = actions.ask(Command(actor=actor), person_id=person.id, kind=kind, **wanted)  # type: ignore[arg-type]
    return Errand.objects.get(id=answer["errand"])


def give(actor: User, errands: list[Errand], runner: User) -> list[ErrandBatch]:
    command = Command(actor=actor)
    answer = actions.arrange(command, errand_ids=[errand.id for errand in errands], runner_id=runner.id)
    return list(ErrandBatch.objects.filter(id__in=answer["batches"]).order_by("starts_at", "id"))


@pytest.fixture
def homes(worker: User) -> list[Person]:
    """Three people of the grid at different doors, telephones known."""
    found = [one for one in people_in(Person.objects.visible_to(worker)[0].path[:20], 60) if one.telephones.exists()]
    return found[:3]


class TestARequest:
    def test_goes_from_the_telephone_to_the_door(self, homes: list[Person], desk: User, runner: User) -> None:
        errands = [ask(desk, person) for person in homes]
        assert errands[0].due_at > errands[0].asked_at and errands[0].source == "phone"
        batches = give(desk, errands, runner)
        assert sum(batch.errands.count() for batch in batches) == len(homes)
        assert Errand.objects.visible_to(runner).count() == len(homes)
        for batch in batches:
            actions.start(Command(actor=runner), batch_id=batch.id)
        first, second, third = (Errand.objects.get(id=errand.id) for errand in errands)
        assert first.state == "under_way"
        photo = b64encode(jpeg(segment(0xE1, exif(1)))).decode()
        actions.deliver(Command(actor=runner), errand_id=first.id, left_where="门口地面", picture=photo)
        actions.deliver(Command(actor=runner), errand_id=second.id, no_picture="当面拿走了")
        actions.send_back(Command(actor=runner), errand_id=third.id, reason="店里没有")
        states = [Errand.objects.get(id=errand.id).state for errand in errands]
        assert states == ["delivered", "delivered", "returned"]
        kept = ErrandPicture.objects.get(errand=first)
        assert kept.content == jpeg() and b"GPS" not in bytes(kept.content_sealed or b"")
        assert b"JFIF" not in bytes(kept.content_sealed or b"")
        with pytest.raises(Refusal) as refused:
            actions.deliver(Command(actor=runner), errand_id=first.id, no_picture="再来一次")
        assert refused.value.code == "errands.out_of_step"

    def test_may_be_one_of_several_of_a_household(self, homes: list[Person], desk: User) -> None:
        for kind in ("meals", "medicine", "rubbish"):
            ask(desk, homes[0], kind)
        assert Errand.objects.open().for_household(homes[0].household_id).count() == 3
        for _ in range(actions.MOST_OPEN - 3):
            ask(desk, homes[0])
        with pytest.raises(Refusal) as refused:
            ask(desk, homes[0])
        assert refused.value.code == "errands.many_open"

    @pytest.mark.parametrize(
        ("code", "fields"),
        [
            ("errands.unknown_kind", {"kind": "haircut"}),
            ("errands.say_what", {"kind": "shopping", "wanted": " "}),
            ("errands.bad_window", {"kind": "meals", "hours": (3, 2)}),
            ("errands.bad_window", {"kind": "meals", "hours": (-3, -2)}),
        ],
    )
    def test_that_cannot_be_carried_out_is_refused(
        self, homes: list[Person], desk: User, code: str, fields: dict[str, object]
    ) -> None:
        given = dict(fields)
        if "hours" in given:
            begins, ends = given.pop("hours")  # type: ignore[misc]
            given |= {"starts_at": timezone.now() + timedelta(hours=begins)}
            given |= {"ends_at": timezone.now() + timedelta(hours=ends)}
        with pytest.raises(Refusal) as refused:
            ask(desk, homes[0], **given)  # type: ignore[arg-type]
        assert refused.value.code == code

    def test_without_a_door_is_refused(self, homes: list[Person], desk: User) -> None:
        Person.objects.filter(id=homes[0].id).update(dwelling=None)
        with pytest.raises(Refusal) as refused:
            ask(desk, homes[0])
        assert refused.value.code == "errands.no_door"

    def test_says_wheelchair_of_a_transport_only(self, homes: list[Person], desk: User) -> None:
        assert ask(desk, homes[0], "transport", wheelchair=True).wheelchair
        assert not ask(desk, homes[0], "meals", wheelchair=True).wheelchair


class TestTheResidentsPage:
    def test_asks_and_calls_off_for_its_household_only(self, homes: list[Person], desk: User) -> None:
        page = automaton(Automaton.RESIDENT)
        mine, theirs = ask(page, homes[0], source="phone"), ask(page, homes[1])
        assert mine.source == "page"
        for household_id in (None, theirs.household_id):
            with pytest.raises(NotFound):
                actions.call_off(Command(actor=page), errand_id=mine.id, reason="不用了", household_id=household_id)
        actions.call_off(Command(actor=page), errand_id=mine.id, reason="不用了", household_id=mine.household_id)
        mine.refresh_from_db()
        assert (mine.state, mine.closed_by_id) == ("cancelled", page.id)

    def test_may_not_carry_out_or_give_out(self, homes: list[Person], runner: User) -> None:
        page = automaton(Automaton.RESIDENT)
        errand = ask(page, homes[0])
        with pytest.raises(NotAllowed):
            give(page, [errand], runner)
        with pytest.raises(NotAllowed):
            actions.deliver(Command(actor=page), errand_id=errand.id, no_picture="无")


class TestABatch:
    def test_never_mixes_people_goods_and_rubbish(self, homes: list[Person], desk: User, runner: User) -> None:
        errands = [ask(desk, homes[0], kind) for kind in ("meals", "rubbish", "transport", "shopping")]
        batches = give(desk, errands, runner)
        for batch in batches:
            kinds = {"rubbish": "rubbish", "transport": "people"}
            assert {kinds.get(errand.kind, "goods") for errand in batch.errands.all()} == {batch.load}
        assert {batch.load for batch in batches} == {"people", "goods", "rubbish"}

    def test_can_be_given_to_another_until_somebody_sets_out(
        self, homes: list[Person], secretary: User, runner: User
    ) -> None:
        errand = ask(secretary, homes[0])
        (before,) = give(secretary, [errand], runner)
        (after,) = give(secretary, [errand], secretary)
        assert not ErrandBatch.objects.filter(id=before.id).exists()
        assert not Errand.objects.visible_to(runner).exists()
        actions.start(Command(actor=secretary), batch_id=after.id)
        with pytest.raises(Refusal) as refused:
            give(secretary, [errand], runner)
        assert refused.value.code == "errands.out_of_step"

    def test_goes_to_nobody_who_may_not_carry_it_out(
        self, homes: list[Person], desk: User, other_worker: User, health: User
    ) -> None:
        errand = ask(desk, homes[0])
        for somebody in (other_worker, health, desk):
            with pytest.raises(Refusal) as refused:
                give(desk, [errand], somebody)
            assert refused.value.code == "errands.no_runner"


class TestWhoSeesAnErrand:
    def test_is_the_area_that_takes_it_down_and_the_runner_who_has_it(
        self, homes: list[Person], desk: User, runner: User
    ) -> None:
        mine = ask(desk, homes[0])
        ask(desk, homes[1])
        give(desk, [mine], runner)
        seen = {
            name: Errand.objects.visible_to(User.objects.get(username=name)).count()
            for name in (
                "desk",
                "secretary",
                "worker",
                "other_secretary",
                "other_worker",
                "runner",
                "health",
                "auditor",
            )
        }
        assert seen == {
            **dict.fromkeys(("desk", "secretary", "worker"), 2),
            **dict.fromkeys(("other_secretary", "other_worker", "health", "auditor"), 0),
            "runner": 1,
        }

    def test_reads_the_telephone_in_one_logged_step_while_it_is_open(
        self, homes: list[Person], desk: User, runner: User, other_worker: User
    ) -> None:
        errand = ask(desk, homes[0])
        give(desk, [errand], runner)
        _, numbers = open_numbers(actor=runner, errand_id=errand.id, now=timezone.now())
        assert numbers == [row.number for row in homes[0].telephones.order_by("rank", "id")]
        look = AuditEntry.objects.get(kind="look", actor_id=runner.id)
        assert (look.code, look.subject_id) == ("errands.open_numbers", errand.id)
        with pytest.raises(NotFound):
            open_numbers(actor=other_worker, errand_id=errand.id, now=timezone.now())
        with pytest.raises(NotAllowed):
            open_numbers(actor=desk, errand_id=errand.id, now=timezone.now())
        actions.send_back(Command(actor=runner), errand_id=errand.id, reason="没人应")
        with pytest.raises(NotFound):
            open_numbers(actor=runner, errand_id=errand.id, now=timezone.now())


class TestAHandOver:
    @pytest.mark.parametrize(
        ("code", "kind", "said"),
        [
            ("errands.picture_or_why", "meals", {}),
            ("errands.no_picture_of_people", "transport", {"picture": b64encode(png()).decode()}),
            ("errands.picture_damaged", "meals", {"picture": "不是图片"}),
            ("errands.picture_damaged", "meals", {"picture": b64encode(png()[:-9]).decode()}),
            ("errands.picture_wrong_kind", "meals", {"picture": b64encode(b"GIF89a").decode()}),
        ],
    )
    def test_has_a_sound_picture_of_no_people_or_says_why_not(
        self, homes: list[Person], desk: User, runner: User, code: str, kind: str, said: dict[str, str]
    ) -> None:
        errand = ask(desk, homes[0], kind)
        give(desk, [errand], runner)
        with pytest.raises(Refusal) as refused:
            actions.deliver(Command(actor=runner), errand_id=errand.id, **said)
        assert refused.value.code == code
        assert not ErrandPicture.objects.exists()

    def test_sent_twice_counts_once(self, homes: list[Person], desk: User, runner: User) -> None:
        errand = ask(desk, homes[0])
        give(desk, [errand], runner)
        command = Command(actor=runner)
        again = Command(actor=runner, id=command.id)
        said = {"errand_id": errand.id, "picture": b64encode(png()).decode()}
        assert actions.deliver(command, **said) == actions.deliver(again, **said)  # type: ignore[arg-type]
        assert ErrandPicture.objects.count() == 1


class TestAListThatIsUndone:
    def test_leaves_those_it_brought_who_asked_for_something(self, desk: User) -> None:
        areas = {area.code: area for area in Territory.objects.all()}
        brought = bring(INBOUND, desk, Town(areas=areas, dwellings={}, people={}))
        people = list(Person.objects.filter(origin_list_id=brought.id, dwelling__isnull=False)[:2])
        errand = ask(desk, people[0])
        undo_list(Command(actor=desk), list_id=brought.id)
        assert Person.objects.filter(id=errand.person_id).exists()
        assert not Person.objects.filter(id=people[1].id).exists()


class TestOfAnotherCommunity:
    def test_nothing_can_be_taken_arranged_or_called_off(
        self, homes: list[Person], desk: User, other_worker: User, runner: User
    ) -> None:
        errand = ask(desk, homes[0])
        with pytest.raises(NotFound):
            ask(other_worker, homes[0])
        with pytest.raises(NotFound):
            give(other_worker, [errand], other_worker)
        with pytest.raises(NotFound):
            actions.call_off(Command(actor=other_worker), errand_id=errand.id, reason="不用了")
        assert isinstance(errand.id, UUID) and GRID != NEXT_GRID
