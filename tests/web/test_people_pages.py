"""People, households, dwellings and search: masked until opened, every look logged, nothing beyond one's area."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact
from lianfang.core.people.models import CareNeed, Dwelling, Person, Residence, Telephone
from lianfang.core.territory.models import Territory
from lianfang.core.work import actions
from lianfang.jobs.town import Town
from lianfang.kernel.masking import mask_name
from lianfang.kernel.uuid7 import uuid7
from tests.web.desk import GRID, NEXT_GRID, ask_for, browser, people_in, send, text_of

pytestmark = pytest.mark.django_db
COMMUNITY = "999999001001"


@pytest.fixture
def resident(town: Town) -> Person:
    """Someone at a door of the first grid."""
    return people_in(town.areas[GRID].path, 1)[0]


@pytest.fixture
def neighbour(town: Town) -> Person:
    """Someone behind the next door."""
    return people_in(town.areas[GRID].path, 2)[1]


def file_of(person: Person) -> str:
    return f"/people/{person.id}/"


def looks() -> list[tuple[UUID | None, UUID | None]]:
    return list(AuditEntry.objects.filter(kind="look").values_list("actor_id", "subject_id"))


class TestTheList:
    def test_is_masked_and_in_the_order_of_the_doors(self, secretary: User, resident: Person) -> None:
        response = browser(secretary).get("/people/")
        paths = Person.objects.filter(id__in=[line.href.split("/")[2] for line in response.context["lines"].rows])
        assert response.context["lines"].rows[0].name == mask_name(resident.name)
        assert all(
            path.startswith(secretary.authority.scopes("people.read")) for path in paths.values_list("path", flat=True)
        )
        assert not looks()

    def test_leads_from_page_to_page_without_repeating_anyone(self, secretary: User) -> None:
        client, seen, cursor = browser(secretary), [], ""
        for _page in range(3):
            lines = client.get("/people/", {"after": cursor}).context["lines"]
            seen += [line.href for line in lines.rows]
            cursor = lines.next_cursor
        assert len(seen) == len(set(seen)) == 150

    def test_leads_back_the_same_way(self, secretary: User, django_assert_max_num_queries: Any) -> None:
        client, pages, cursor = browser(secretary), [], ""
        for _page in range(3):
            pages.append(client.get("/people/", {"after": cursor}))
            cursor = pages[-1].context["lines"].next_cursor
        assert not any(word in pages[0].content.decode() for word in ("First page", "Previous page"))
        assert all(word in pages[1].content.decode() for word in ("First page", "Previous page"))
        here = pages.pop().context["lines"]
        while pages:
            with django_assert_max_num_queries(14):
                here = client.get("/people/", {"after": here.previous_cursor}).context["lines"]
            assert [line.href for line in here.rows] == [line.href for line in pages.pop().context["lines"].rows]
        assert here.previous_cursor == "" and here.next_cursor

    def test_survives_a_broken_cursor(self, secretary: User) -> None:
        first = browser(secretary).get("/people/").context["lines"].rows[0].href
        broken = browser(secretary).get("/people/", {"after": "0001~not-an-id"}).context["lines"].rows[0].href
        assert first == broken
        assert browser(secretary).get("/people/", {"after": "<0001~not-an-id"}).status_code == 200

    def test_filters_by_need_and_by_what_is_missing(self, secretary: User, resident: Person) -> None:
        CareNeed.objects.create(
            id=uuid7(), person=resident, kind="血液透析", starts_date=timezone.localdate() - timedelta(days=1)
        )
        client = browser(secretary)
        needing = client.get("/people/", {"need": "血液透析"}).context["lines"].rows
        assert file_of(resident) in [line.href for line in needing]
        assert all("血液透析" in line.needs for line in needing)
        without = client.get("/people/", {"without": "document"}).context["lines"].rows
        assert without
        assert all(line.documents == "" for line in without)

    def test_costs_at_most_eight_queries(self, secretary: User, django_assert_max_num_queries: Any) -> None:
        client = browser(secretary)
        client.get("/people/")
        with django_assert_max_num_queries(8):
            client.get("/people/")


class TestWhoMaySeePeople:
    PAGES = ("/people/", "/people/new/", "/people/merge/")

    @pytest.mark.parametrize("name", ["administrator", "auditor", "inspector"])
    def test_a_role_that_reads_no_people_sees_none_anywhere(
        self, request: pytest.FixtureRequest, name: str, resident: Person
    ) -> None:
        client = browser(request.getfixturevalue(name))
        addresses = [*self.PAGES, file_of(resident), f"/households/{resident.household_id}/"]
        addresses.append(f"/dwellings/{resident.dwelling_id}/")
        assert {client.get(address).status_code for address in addresses} == {403}
        found = client.get("/search/", {"q": resident.name})
        assert (found.context["people"], list(found.context["doors"])) == ([], [])
        assert resident.name not in text_of(found).replace(f"“{resident.name}”", "")

    def test_another_communitys_people_are_not_found(self, other_secretary: User, resident: Person) -> None:
        client = browser(other_secretary)
        for address in (
            file_of(resident),
            f"/households/{resident.household_id}/",
            f"/dwellings/{resident.dwelling_id}/",
            f"/people/new/?dwelling={resident.dwelling_id}",
        ):
            assert client.get(address).status_code == 404
        for step in ("correct", "move", "need"):
            assert send(client, f"{file_of(resident)}{step}/").status_code == 404
        assert client.get("/people/merge/", {"keep": str(resident.id)}).status_code == 404
        assert not looks()


class TestAPersonsFile:
    def test_is_opened_in_full_and_the_look_is_logged(self, worker: User, resident: Person) -> None:
        number = Telephone.objects.filter(person=resident)[:1]
        page = browser(worker).get(file_of(resident)).content.decode()
        assert resident.name in page
        assert all(phone.number in page for phone in number)
        assert looks() == [(worker.id, resident.id)]

    def test_tells_what_happened_over_all_ledgers(
        self, worker: User, desk: User, command_post: User, resident: Person, now: datetime
    ) -> None:
        item = ask_for(desk, [resident], now=now)[0]
        actions.record(Command(actor=worker), item_id=item.id, outcome="no_control", note="had dinner")
        fact = EpidemiologicalFact.objects.create(
            person=resident,
            kind="inbound",
            happened_date=timezone.localdate(),
            issuer="customs",
            evidence="ticket",
            recorded_at=now,
            recorded_by=desk,
        )
        ControlMeasure.objects.create(
            person=resident,
            regime="home",
            basis=fact,
            legal_basis="Article 39",
            edition="8",
            starts_at=now,
            ends_at=now + timedelta(days=7),
            path=resident.path,
            appeal_to="town hotline 12345",
            proposed_by=desk,
            proposed_at=now,
            approved_by=command_post,
            approved_at=now,
        )
        response = browser(worker).get(file_of(resident))
        told = {entry.what for entry in response.context["file"].timeline}
        page = text_of(response)
        assert {"Moved in", "Result", "Measure approved"} <= told
        assert "had dinner" in page
        assert "town hotline 12345" in page

    def test_costs_at_most_twenty_queries(
        self, worker: User, resident: Person, django_assert_max_num_queries: Any
    ) -> None:
        client = browser(worker)
        client.get(file_of(resident))
        with django_assert_max_num_queries(20):
            client.get(file_of(resident))

    def test_is_corrected_only_where_something_changed(self, worker: User, resident: Person) -> None:
        client = browser(worker)
        known = client.get(f"{file_of(resident)}correct/").context["form"].initial
        fields = {f"correct-{name}": value or "" for name, value in known.items()}
        send(
            client,
            f"{file_of(resident)}correct/",
            **{**fields, "correct-name": "黄国民", "phones_before": known["phones"]},
        )
        resident.refresh_from_db()
        entry = AuditEntry.objects.get(code="people.correct")
        assert (resident.name, entry.facts) == ("黄国民", {"changed": ["name"]})

    def test_offers_its_forms_to_editors_only(self, worker: User, county: User, resident: Person) -> None:
        for step in ("correct", "move", "need"):
            sheet = browser(worker).get(f"{file_of(resident)}{step}/", headers={"HX-Request": "true"})
            assert "data-sheet-auto" in sheet.content.decode()
            assert browser(county).get(f"{file_of(resident)}{step}/").status_code == 403

    def test_refuses_a_wrong_number_in_words(self, worker: User, resident: Person) -> None:
        fields = {"correct-name": resident.name, "correct-identity": "999999193707230436"}
        refused = send(browser(worker), f"{file_of(resident)}correct/", htmx=True, **fields)
        assert (refused.status_code, refused.headers["X-Refusal"]) == (409, "people.bad_number")

    def test_takes_a_need_with_its_time(self, worker: User, resident: Person) -> None:
        fields = {"need-kind": "孕产妇", "need-starts_date": "2022-04-01", "need-ends_date": "2022-10-01"}
        send(browser(worker), f"{file_of(resident)}need/", **fields)
        assert CareNeed.objects.filter(person=resident, kind="孕产妇").count() == 1
        fields["need-ends_date"] = "2022-03-01"
        refused = send(browser(worker), f"{file_of(resident)}need/", htmx=True, **fields)
        assert refused.headers["X-Refusal"] == "people.bad_period"

    def test_moves_with_the_whole_household(self, worker: User, resident: Person, neighbour: Person) -> None:
        members = set(Person.objects.filter(household=resident.household).values_list("id", flat=True))
        fields = {"place": f"door:{neighbour.dwelling_id}", "move-whole_household": "on"}
        send(browser(worker), f"{file_of(resident)}move/", **fields)
        moved = Person.objects.filter(id__in=members).values_list("dwelling_id", flat=True)
        assert set(moved) == {neighbour.dwelling_id}


class TestMerging:
    def test_shows_both_side_by_side_and_can_be_taken_back(
        self, secretary: User, resident: Person, neighbour: Person
    ) -> None:
        neighbour.documents.all().delete()
        client = browser(secretary)
        both = {"keep": str(resident.id), "lose": str(neighbour.id)}
        assert client.get("/people/merge/", both).context["same"]["name"] == "diff"
        assert {subject for _, subject in looks()} == {resident.id, neighbour.id}
        send(client, "/people/merge/", **both, reason="same telephone")
        assert client.get(file_of(neighbour)).headers["Location"] == file_of(resident)
        merge = client.get(file_of(resident)).context["file"].merges[0]
        send(client, f"/people/merges/{merge.id}/undo/")
        assert client.get(file_of(neighbour)).status_code == 200

    def test_finds_the_other_record(self, secretary: User, resident: Person, neighbour: Person) -> None:
        page = browser(secretary).get("/people/merge/", {"keep": str(resident.id), "q": neighbour.name})
        assert neighbour.id in [hit.id for hit in page.context["found"]]

    def test_is_not_for_grid_workers(self, worker: User) -> None:
        assert browser(worker).get("/people/merge/").status_code == 403


class TestRegistering:
    def form(self, *names: str) -> dict[str, str]:
        fields = {"p-TOTAL_FORMS": "6", "p-INITIAL_FORMS": "6"}
        for line in range(6):
            fields[f"p-{line}-command_id"] = str(uuid7())
            if line < len(names):
                fields[f"p-{line}-name"] = names[line]
        return fields

    def test_makes_one_household_of_all_lines_once(self, worker: User, town: Town) -> None:
        empty = Dwelling.objects.filter(path__startswith=town.areas[GRID].path, people=None)[0]
        client, fields = browser(worker), self.form("刘小梅", "刘大海")
        for _sending in range(2):
            response = send(client, f"/people/new/?dwelling={empty.id}", **fields)
        people = Person.objects.filter(dwelling=empty)
        assert sorted(people.values_list("name", flat=True)) == ["刘大海", "刘小梅"]
        assert response.headers["Location"] == f"/households/{people[0].household_id}/"
        assert Residence.objects.filter(dwelling=empty, ends_date=None).count() == 2

    def test_joins_a_household_that_lives_there(self, worker: User, resident: Person) -> None:
        fields = {**self.form("黄小宝"), "household": str(resident.household_id)}
        send(browser(worker), f"/people/new/?dwelling={resident.dwelling_id}", **fields)
        assert Person.objects.get(name="黄小宝").household_id == resident.household_id

    def test_registers_nobody_when_one_line_is_refused(self, worker: User, resident: Person) -> None:
        fields = {**self.form("刘小梅", "刘大海"), "p-1-identity": "999999193707230436"}
        response = send(browser(worker), f"/people/new/?dwelling={resident.dwelling_id}", **fields)
        assert "The document number is not right" in text_of(response)
        assert "刘小梅" in response.content.decode()
        assert not Person.objects.filter(name__in=["刘小梅", "刘大海"]).exists()

    def test_wants_at_least_one_name(self, worker: User, resident: Person) -> None:
        response = send(browser(worker), f"/people/new/?dwelling={resident.dwelling_id}", **self.form())
        assert "at least one name" in text_of(response)

    def test_reads_only_what_it_needs_when_it_succeeds(
        self, worker: User, resident: Person, django_assert_max_num_queries: Any
    ) -> None:
        client, address = browser(worker), f"/people/new/?dwelling={resident.dwelling_id}"
        send(client, address, **self.form("刘小梅"))
        # Ten, five savepoints made and released, and the mark that has the newcomer compared.
        with django_assert_max_num_queries(21):
            send(client, address, **self.form("刘大海"))

    def test_knows_no_door_and_no_household_of_others(
        self, worker: User, resident: Person, other_secretary: User
    ) -> None:
        address = f"/people/new/?dwelling={resident.dwelling_id}"
        assert send(browser(other_secretary), address, **self.form("刘小梅")).status_code == 404
        strange = {**self.form("刘小梅"), "household": str(uuid7())}
        assert send(browser(worker), address, **strange).status_code == 404
        assert not Person.objects.filter(name="刘小梅").exists()

    def test_begins_with_the_door(self, worker: User) -> None:
        response = browser(worker).get("/people/new/", {"place": "", "place_text": "3-2-101"})
        assert response.context["dwelling"] is None


class TestAHousehold:
    def test_is_opened_by_post_and_logged_for_everyone_in_it(self, worker: User, resident: Person) -> None:
        address, client = f"/households/{resident.household_id}/", browser(worker)
        assert resident.name not in client.get(address).content.decode()
        assert not looks()
        assert resident.name in client.post(address).content.decode()
        members = set(Person.objects.filter(household=resident.household_id).values_list("id", flat=True))
        assert {subject for _, subject in looks()} == members | {resident.household_id}

    def test_and_its_dwelling_name_who_answers_for_the_door(self, worker: User, resident: Person) -> None:
        client = browser(worker)
        for address in (f"/households/{resident.household_id}/", f"/dwellings/{resident.dwelling_id}/"):
            names = [answer.name for answer in client.get(address).context["net"]]
            assert worker.display_name in names

    def test_pages_cost_at_most_fifteen_queries(
        self, worker: User, resident: Person, django_assert_max_num_queries: Any
    ) -> None:
        client = browser(worker)
        for address in (f"/households/{resident.household_id}/", f"/dwellings/{resident.dwelling_id}/"):
            client.get(address)
            with django_assert_max_num_queries(15):
                client.get(address)


class TestSearch:
    def test_finds_an_area_by_a_piece_of_its_name_its_alias_and_its_code(self, secretary: User) -> None:
        area = Territory.objects.get(code=COMMUNITY)
        Territory.objects.filter(id=area.id).update(aliases=["老街坊"])
        for text in (area.name[:2], area.name[1:3], "老街坊", f"{area.code}"):
            assert area in Territory.objects.named_like(text), text
            if not text.isascii():
                assert area in browser(secretary).get("/search/", {"q": text}).context["areas"], text
        backwards = area.name[1::-1]
        assert area not in Territory.objects.named_like(backwards)

    def test_understands_names_initials_doors_and_tails(self, worker: User, resident: Person) -> None:
        client = browser(worker)
        phone = Telephone.objects.filter(person=resident)[0].number
        for text in (resident.name, resident.initials, phone, phone[-4:]):
            assert file_of(resident) in [line.href for line in client.get("/search/", {"q": text}).context["people"]]
        door = Dwelling.objects.get(id=resident.dwelling_id)
        assert door in client.get("/search", {"q": door.door_short}).context["doors"]

    def test_leads_straight_to_a_work_item(self, desk: User, worker: User, resident: Person, now: datetime) -> None:
        item = ask_for(desk, [resident], now=now)[0]
        assert browser(worker).get("/search/", {"q": str(item.id)}).headers["Location"] == f"/work/{item.id}/"

    def test_finds_nothing_beyond_ones_area(self, worker: User, town: Town) -> None:
        stranger = people_in(town.areas[NEXT_GRID].path, 1)[0]
        found = browser(worker).get("/search/", {"q": stranger.name}).context["people"]
        assert file_of(stranger) not in [line.href for line in found]

    def test_masks_what_it_finds(self, worker: User, resident: Person) -> None:
        page = browser(worker).get("/search/", {"q": resident.initials}).content.decode()
        assert resident.name not in page
        assert mask_name(resident.name) in page

    @pytest.mark.parametrize("text", ["", " ", "'; drop", "<script>", "%", "😀", "a" * 300])
    def test_takes_any_text(self, worker: User, text: str) -> None:
        assert browser(worker).get("/search/", {"q": text}).status_code == 200
