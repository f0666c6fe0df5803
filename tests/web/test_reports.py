"""The pages of the day's papers: preview, freeze, correct, download, report, as each role may."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.metrics.models import Report, UnitReport
from lianfang.core.work import actions
from tests.flows.day import Day, a_day_in_town, someone
from tests.web.desk import browser, send, text_of

pytestmark = pytest.mark.django_db
KINDS = ("bulletin", "table", "log")
FIRST_BYTES = {"pdf": b"%PDF", "xlsx": b"PK", "docx": b"PK", "txt": "云澜街道".encode()}


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with django_db_blocker.unblock(), a_day_in_town(tmp_path_factory.mktemp("lists")) as day:
        yield day


@pytest.fixture
def day(standing: Day, db: None) -> Day:
    cache.clear()
    return standing


def freeze(day: Day, kind: str = "bulletin", *, username: str = "command") -> Any:
    client = browser(someone(username))
    return send(
        client,
        "/reports/freeze/",
        kind=kind,
        territory=str(day.areas["999999001"].id),
        cutoff=timezone.now().isoformat(),
    )


class TestTheDaysPapers:
    def test_are_not_frozen_until_someone_freezes_them(self, day: Day) -> None:
        text = text_of(browser(someone("command")).get("/reports/"))
        assert text.count("Not frozen") == 3
        assert "0 of 8 came" in text

    @pytest.mark.parametrize("kind", KINDS)
    def test_can_be_read_before_they_are_frozen(self, day: Day, kind: str) -> None:
        response = browser(someone("desk")).get(f"/reports/draft/{kind}/")
        assert response.status_code == 200
        assert "草稿，未封存" in text_of(response)
        assert not Report.objects.exists()

    def test_show_the_numbers_of_the_ledgers(self, day: Day) -> None:
        text = text_of(browser(someone("desk")).get("/reports/draft/bulletin/"))
        assert "去重合并后新增核查 9 户，少打 3 通电话" in text

    @pytest.mark.parametrize("kind", KINDS)
    def test_are_frozen_by_a_button(self, day: Day, kind: str) -> None:
        response = freeze(day, kind)
        report = Report.objects.get(kind=kind)
        assert response["Location"] == f"/reports/{report.id}/"
        text = text_of(browser(someone("command")).get(response["Location"]))
        assert report.check_code in text
        assert "Frozen, version 1" in text

    @pytest.mark.parametrize(
        ("username", "status"), [("secretary", 403), ("worker", 403), ("inspector", 403), ("auditor", 403)]
    )
    def test_are_frozen_by_command_and_desk_only(self, day: Day, username: str, status: int) -> None:
        assert freeze(day, username=username).status_code == status
        assert not Report.objects.exists()

    def test_say_when_the_stored_content_was_changed(self, day: Day) -> None:
        freeze(day)
        report = Report.objects.get()
        report.content["paper"]["masthead"]["issue_no"] = 99
        report.save(update_fields=["content"])
        text = text_of(browser(someone("command")).get(f"/reports/{report.id}/"))
        assert "no longer belongs to its check code" in text

    def test_are_corrected_with_a_reason_beside_the_old_version(self, day: Day) -> None:
        freeze(day)
        first = Report.objects.get()
        actions.record(
            Command(actor=someone("worker"), occurred_at=first.cutoff_at), item_id=day.items[5].id, outcome="left"
        )
        response = send(browser(someone("command")), f"/reports/{first.id}/correct/", reason="断网补录")
        page = text_of(browser(someone("command")).get(response["Location"]))
        assert "Frozen, version 2" in page
        assert "断网补录" in page
        assert "There is a newer version" in text_of(browser(someone("command")).get(f"/reports/{first.id}/"))

    def test_of_another_area_are_not_found(self, day: Day) -> None:
        freeze(day)
        report = Report.objects.get()
        for address in (f"/reports/{report.id}/", f"/reports/{report.id}/pdf/"):
            assert browser(someone("secretary")).get(address).status_code == 404
            assert browser(someone("county")).get(address).status_code == 200

    def test_cost_few_queries(self, day: Day) -> None:
        freeze(day)
        client = browser(someone("command"))
        client.get("/reports/")
        for address, most in (("/reports/", 14), (f"/reports/{Report.objects.get().id}/", 14)):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            assert len(queries) <= most, address


class TestTheFiles:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("form", FIRST_BYTES)
    def test_come_in_every_form_named_by_what_they_hold(self, day: Day, kind: str, form: str) -> None:
        freeze(day, kind)
        report = Report.objects.get()
        response = browser(someone("desk")).get(f"/reports/{report.id}/{form}/")
        assert response.content.lstrip("【演练】".encode()).startswith(FIRST_BYTES[form])
        name = unquote(response["Content-Disposition"])
        assert name.endswith(f"第1版.{form}")
        assert "云澜街道" in name

    def test_are_the_same_every_time(self, day: Day) -> None:
        freeze(day)
        address = f"/reports/{Report.objects.get().id}/xlsx/"
        client = browser(someone("desk"))
        assert client.get(address).content == client.get(address).content

    def test_leave_an_entry_in_the_log(self, day: Day) -> None:
        freeze(day)
        browser(someone("desk")).get(f"/reports/{Report.objects.get().id}/xlsx/")
        entry = AuditEntry.objects.get(kind=AuditEntry.Kind.EXPORT)
        assert (entry.code, entry.facts["format"], entry.actor_id) == ("reports.export", "xlsx", someone("desk").id)

    def test_of_a_draft_say_that_it_is_one(self, day: Day) -> None:
        response = browser(someone("desk")).get("/reports/draft/table/xlsx/")
        with ZipFile(BytesIO(response.content)) as book:
            words = book.read("xl/sharedStrings.xml").decode()
        assert "草稿，未封存" in words
        assert "未报" in words

    def test_in_a_strange_form_do_not_exist(self, day: Day) -> None:
        assert browser(someone("desk")).get("/reports/draft/table/exe/").status_code == 404
        assert browser(someone("desk")).get("/reports/draft/cats/").status_code == 404

    def test_for_the_chat_group_can_be_copied(self, day: Day) -> None:
        page = browser(someone("command")).get("/reports/brief/", headers={"HX-Request": "true"}).content.decode()
        assert "应核 9 户" in page
        assert 'data-copy="#brief-words"' in page


class TestTheCommunitysReport:
    def address(self, day: Day, code: str = "999999001001") -> str:
        return f"/reports/unit/{day.areas[code].id}/"

    def test_of_nothing_is_one_button(self, day: Day) -> None:
        client = browser(someone("secretary"))
        send(client, self.address(day), zero="1")
        assert UnitReport.objects.get().zero
        text = text_of(browser(someone("command")).get("/reports/"))
        assert text.count("Zero report") == 1
        assert "1 of 8 came" in text

    def test_of_figures_is_a_field_a_compound(self, day: Day) -> None:
        client = browser(someone("secretary"))
        send(client, self.address(day), **{"arrivals:999999001001X01": "4", "symptoms:": "1", "note": "夜间到达"})
        report = UnitReport.objects.get()
        assert report.figures == {"999999001001X01": {"arrivals": 4}, "": {"symptoms": 1}}
        assert "夜间到达" in text_of(browser(someone("command")).get("/reports/"))

    def test_keeps_what_was_typed_when_it_is_refused(self, day: Day) -> None:
        response = send(browser(someone("secretary")), self.address(day), **{"arrivals:999999001001X01": "many"})
        assert response.status_code == 422
        assert 'value="many"' in response.content.decode()
        assert "whole number" in text_of(response)

    def test_of_another_community_is_not_found(self, day: Day) -> None:
        address = self.address(day, "999999001002")
        assert browser(someone("secretary")).get(address).status_code == 404
        assert send(browser(someone("secretary")), address, zero="1").status_code == 404
        assert not UnitReport.objects.exists()

    def test_cannot_be_sent_by_who_may_only_look(self, day: Day) -> None:
        client = browser(someone("inspector"))
        assert '<button class="btn btn-primary"' not in client.get(self.address(day)).content.decode()
        assert send(client, self.address(day), zero="1").status_code in (403, 422)
        assert not UnitReport.objects.exists()
