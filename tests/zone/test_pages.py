"""Zones, passes and the switch as pages: a day of a locked-down compound from the desk and from the phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lianfang.capabilities.plans.models import RetentionClock
from lianfang.capabilities.zone.contracts import DoorContract
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.core.access.models import User
from lianfang.core.metrics.models import Activation
from lianfang.core.people.models import Person
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.golden.pdf_reader import page_lines
from tests.web.desk import browser, send, text_of
from tests.zone.zoning import COMPOUND, building, order, propose

pytestmark = pytest.mark.django_db


def choose(client: Client, town: Town) -> dict[str, Any]:
    """The second step of a proposal, with what its form offers already filled in."""
    place = building(town)
    assert str(place.id) in client.get("/zones/new/?q=1幢").content.decode()
    form = client.get(f"/zones/new/?in={place.id}").context["form"]
    offered = {name: field.initial for name, field in form.fields.items()} | form.initial
    return {
        "in": str(place.id),
        "places": offered["places"],
        "name": offered["name"],
        "grade": "8th:restricted",
        "last_case_date": offered["last_case_date"].isoformat(),
        "legal_basis": offered["legal_basis"],
        "starts_at": f"{offered['starts_at']:%Y-%m-%dT%H:%M}",
    }


class TestADayOfAZone:
    def test_from_the_proposal_to_the_gate(
        self, town: Town, secretary: User, command_post: User, worker: User, now: datetime
    ) -> None:
        desk = browser(secretary)
        given = choose(desk, town)
        url = f"/zones/new/?in={given.pop('in')}"
        assert desk.post(url, {**given, "basis": ""}).status_code == 422
        answer = send(desk, url, **given, basis="7月1日发现1例", appeal_to="县疫情防控办 0590-88000012")
        zone = Zone.objects.get()
        assert answer.headers["Location"] == f"/zones/{zone.id}/"
        assert timezone.localtime(zone.ends_at).date() == zone.last_case_date + timedelta(days=15)
        assert "Waiting for an order" in text_of(desk.get(f"/zones/{zone.id}/"))
        assert desk.get(f"/zones/{zone.id}/poster/").status_code == 302
        send(browser(command_post), f"/zones/{zone.id}/approve/", order_no="云防指〔2022〕12号")
        send(desk, f"/zones/{zone.id}/helpers/", user=str(worker.id))
        send(desk, f"/zones/{zone.id}/share/")
        send(desk, f"/zones/{zone.id}/passes/issue/")
        self._walk(browser(worker), zone)
        self._gate(browser(worker))
        doors = text_of(desk.get(f"/zones/{zone.id}/doors/"))
        assert worker.display_name in doors and "Door knocked" in doors

    def _walk(self, phone: Client, zone: Zone) -> None:
        mine = phone.get("/m/zone/")
        door = DoorContract.objects.order_by("position")[0].dwelling_id
        assert f"/m/zone/{zone.id}/{door}/tick/" in mine.content.decode()
        for what in ("route", "knock", "supply"):
            send(phone, f"/m/zone/{zone.id}/{door}/tick/", what=what, command=str(uuid7()))
        assert f"/m/zone/{zone.id}/{door}/tick/" not in phone.get("/m/zone/").content.decode()
        assert f"{DoorContract.objects.count() - 1} of {DoorContract.objects.count()}" in text_of(phone.get("/m/zone/"))

    def _gate(self, phone: Client) -> None:
        code = HouseholdPass.objects.order_by("code")[0].code
        assert phone.get(f"/m/gate/{code}/").headers["Location"] == f"/m/gate/?code={code}"
        assert "May go out" in text_of(phone.get("/m/gate/", {"code": code}))
        send(phone, "/m/gate/out/", code=code, command=str(uuid7()))
        assert "Somebody is out" in text_of(phone.get("/m/gate/", {"code": f"{code[:4]} {code[4:].lower()}"}))
        send(phone, "/m/gate/in/", code=code, command=str(uuid7()))
        assert PassUse.objects.get().back_at is not None
        assert "Not yet again" in text_of(phone.get("/m/gate/", {"code": code}))
        assert "No such pass" in text_of(phone.get("/m/gate/", {"code": "ZZZZ9999"}))


class TestTheBoard:
    def test_counts_who_is_inside_and_opens_into_rows(
        self, town: Town, secretary: User, command_post: User, now: datetime, django_assert_max_num_queries: Any
    ) -> None:
        zone = order(propose(secretary, [town.areas[COMPOUND]], now=now), command_post, now=now)
        inside = Person.objects.current().filter(compound=town.areas[COMPOUND])
        client = browser(command_post)
        client.get(f"/zones/{zone.id}/")
        with django_assert_max_num_queries(28):
            board = client.get(f"/zones/{zone.id}/").context["board"]
        counts = {count.what: count.value for count in board.counts}
        assert counts["people"] == inside.count() > 0
        assert [one.needed for one in board.staff] == [-(-inside.count() // 30), -(-inside.count() // 10)]
        assert board.next_round == timezone.localdate(now)
        for what in counts:
            assert client.get(f"/zones/{zone.id}/rows/{what}/").status_code == 200
        rows = client.get(f"/zones/{zone.id}/rows/people/").context["lines"]
        assert rows.shown == min(50, inside.count())
        assert client.get(f"/zones/{zone.id}/rows/secrets/").status_code == 404


class TestTheNotice:
    def test_says_what_until_when_why_and_where_to_appeal_to_anybody(
        self, town: Town, secretary: User, command_post: User, now: datetime
    ) -> None:
        zone = propose(secretary, [building(town)], now=now)
        stranger = Client()
        address = f"/z/{zone.public_code}/"
        assert stranger.get(address).status_code == 404  # nothing applies before the order
        order(zone, command_post, now=now)
        page = stranger.get(address)
        words = text_of(page)
        for said in (zone.basis, zone.appeal_to, zone.legal_basis, "封控区", "足不出户"):
            assert said in words
        assert len(page.content) < 6000
        poster = browser(secretary).get(f"/zones/{zone.id}/poster/")
        assert poster.headers["Content-Type"] == "application/pdf"
        (lines,) = page_lines(poster.content)
        printed = "".join(lines).replace(" ", "")
        for said in (zone.name, "封控区", zone.public_code, "0590-88000012"):
            assert said in printed
        send(browser(command_post), f"/zones/{zone.id}/lift/", reason="转为常态化")
        assert "解除" in text_of(stranger.get(address))

    def test_prints_passes_eight_on_a_page(
        self, town: Town, secretary: User, command_post: User, now: datetime
    ) -> None:
        zone = order(propose(secretary, [building(town)], now=now, kind="restricted"), command_post, now=now)
        client = browser(secretary)
        assert client.get(f"/zones/{zone.id}/passes/print/").status_code == 404
        send(client, f"/zones/{zone.id}/passes/issue/")
        sheet = client.get(f"/zones/{zone.id}/passes/print/")
        given = HouseholdPass.objects.filter(zone=zone).count()
        pages = page_lines(sheet.content)
        assert len(pages) == -(-given // 8)
        assert sum(line.count("不得转借") for lines in pages for line in lines) == given
        assert zone.name in text_of(client.get(f"/zones/{zone.id}/passes/"))


class TestTheSwitch:
    def test_is_ordered_shown_offered_to_new_lists_and_taken_back(
        self, town: Town, command_post: User, desk: User, secretary: User, now: datetime
    ) -> None:
        client = browser(command_post)
        assert "No order is in force" in text_of(client.get("/plans/"))
        fields = {
            "territory_id": str(town.subdistrict.id),
            "level": "1",
            "edition": "8th",
            "sla_code": "2h",
            "starts_at": f"{timezone.localtime(now):%Y-%m-%dT%H:%M}",
            "issued_by": "县指挥部",
            "reason": "本地发现病例",
            "order_no": "1号",
        }
        refused = send(client, "/plans/new/", **fields, order_no_again="2号")
        assert refused.status_code == 422 and not Activation.objects.exists()
        assert send(client, "/plans/new/", **fields, order_no_again="1号").status_code == 302
        assert "Level I response" in text_of(client.get("/plans/"))
        assert browser(desk).get("/lists/new/").context["form"].initial["sla"] == "2h"
        zone = order(propose(secretary, [building(town)], now=now), command_post, now=now)
        found = Activation.objects.get()
        down = client.get(f"/plans/{found.id}/end/")
        assert {one.code: one.count for one in down.context["still"]}["zones"] == 1
        send(client, f"/plans/{found.id}/end/", reason="14天无新增", order_no_again="1号")
        clock = RetentionClock.objects.get()
        assert clock.still_open["zones"] == 1 and zone in Zone.objects.in_force(timezone.now())
        assert "Outlived from" in text_of(client.get("/plans/"))
