"""Residents' reports at the counter: posters, the day, one report in full, companies, plates."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianfang.capabilities.screening import matching
from lianfang.capabilities.self_report import listing
from lianfang.capabilities.self_report.models import CompanyReport, HouseholdReport, PlateRule, Poster
from lianfang.core.access.models import User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists import storage
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.work.models import WorkOrigin
from lianfang.jobs.town import Town
from lianfang.kernel.credit_codes import credit_code_check, organisation_check
from lianfang.kernel.uuid7 import uuid7
from lianfang.resident import acting
from tests.resident.household import form, hang, shown
from tests.resident.household import send as report
from tests.web.desk import browser, send, text_of

pytestmark = pytest.mark.django_db
COMMUNITY = "999999001001"


@pytest.fixture(autouse=True)
def fresh() -> None:
    """The account of the residents' door is that of this test's database."""
    acting.resident_door.cache_clear()


def credit_code() -> str:
    """A sound unified social credit code of an invented company."""
    inner = "99991234"
    first17 = f"91999999{inner}{organisation_check(inner)}"
    return first17 + credit_code_check(first17)


class TestPosters:
    def test_are_hung_printed_and_closed(self, town: Town, secretary: User) -> None:
        desk = browser(secretary)
        said = {"territory": town.areas[COMMUNITY].id, "kind": "household", "days": "7"}
        send(desk, reverse("self_report_issue"), **said)
        send(desk, reverse("self_report_issue"), **said)
        first, second = Poster.objects.order_by("made_at")
        assert (first.closed_at is not None, second.closed_at) == (True, None), "a new one closes the one before"
        printed = desk.get(reverse("self_report_print", args=[second.id]))
        assert printed.content.startswith(b"%PDF") and "%E6%9C%9B%E6%B9%96" in printed.headers["Content-Disposition"]
        assert desk.get(reverse("self_report_print", args=[first.id])).status_code == 403
        send(desk, reverse("self_report_close", args=[second.id]))
        assert Client().get(f"/r/{second.code}/").status_code == 410
        assert "Closed" in text_of(desk.get(reverse("self_report_posters")))


class TestTheDay:
    def test_counts_by_building_masks_names_and_logs_a_look(self, town: Town, secretary: User) -> None:
        code = hang(town, secretary)
        for place in (1, 1, 2):
            said = form(address=f"望湖花苑{place}幢1单元101", **{"p0-phone": f"1990001234{place}", "p0-name": "阮青禾"})
            report(Client(), f"/r/{code}/", said)
        listing.take_up_due(now=timezone.now() + timedelta(minutes=1))
        for one in SourceList.objects.filter(state="queued"):
            matching.run(one)
        desk = browser(secretary)
        page = text_of(desk.get(reverse("self_reports")))
        assert re.search(r"望湖花苑1幢 2 4 望湖花苑2幢 1 2", page), page
        assert "阮青禾" not in page and "阮＊＊" in page and "1990001234" not in page
        one = HouseholdReport.objects.order_by("received_at")[0]
        opened = text_of(desk.get(reverse("self_report", args=[one.report_id])))
        assert "阮青禾" in opened and "19900012341" in opened
        assert AuditEntry.objects.get(code="self_report.open", kind="look").subject_id == one.report_id
        ListRow.objects.filter(source_list=one.source_list, sheet_row=one.first_row).delete()
        assert "1 person not read" in text_of(desk.get(reverse("self_reports")))

    def test_takes_down_what_is_said_at_the_counter_and_corrects_it(self, town: Town, secretary: User) -> None:
        desk, url = browser(secretary), reverse("self_report_new")
        said = form(territory=town.areas[COMMUNITY].id)
        assert "wrong" in send(desk, url, **{**said, "p0-phone": "1"}, go="send").content.decode()
        send(desk, url, **said, go="send")
        kept = HouseholdReport.objects.get()
        assert (kept.channel, kept.recorded_by) == ("counter", secretary)
        said_then = re.search(r"code to correct it ([2-9A-Z-]+)", text_of(desk.get(reverse("self_reports"))))
        assert said_then, "the household gets its code"
        opened = report(Client(), "/r/own/", {"code": said_then[1], "tail": "2345"})
        assert "阮青禾" in opened.content.decode()
        send(desk, reverse("self_report_correct", args=[kept.id]), **form(origin="临泽市"), version=1, go="send")
        latest = HouseholdReport.objects.order_by("-version")[0]
        assert (latest.version, latest.content["origin"], latest.recorded_by) == (2, "临泽市", secretary)


class TestACompany:
    def hand_in(self, code: str, **changes: Any) -> Any:
        rows = "姓名,身份证号,联系电话,现住址\n何工友,,19900054321,望湖花苑1幢1单元101\n".encode()
        said = {"employer": "望湖机械厂", "credit_code": credit_code(), "contact": "何厂长", "phone": "19900012345"}
        said |= {"read": "yes", "command_id": str(uuid7()), "file": SimpleUploadedFile("staff.csv", rows)}
        return Client().post(f"/r/company/{code}/", {**said, **changes})

    def test_waits_unopened_until_somebody_releases_its_file(
        self, town: Town, secretary: User, other_secretary: User
    ) -> None:
        code = hang(town, secretary, kind="company")
        assert Client().get(f"/r/{code}/").headers["Location"] == f"/r/company/{code}/"
        assert "credit_code-why" in self.hand_in(code, credit_code="91999999999912340X").content.decode()
        assert "file-why" in self.hand_in(code, file=SimpleUploadedFile("a.exe", b"MZ")).content.decode()
        command_id = str(uuid7())
        assert shown(self.hand_in(code, command_id=command_id).content.decode())
        assert shown(self.hand_in(code, command_id=command_id).content.decode()), "a second tap is the same"
        company = CompanyReport.objects.get()
        assert company.state == "waiting" and not SourceList.objects.exists()
        decide = reverse("company_decide", args=[company.id])
        assert send(browser(other_secretary), decide, verb="release").status_code == 404
        send(browser(secretary), decide, verb="release")
        made = SourceList.objects.get()
        assert (made.state, made.purpose, made.sender.name) == ("received", "workers", "望湖机械厂")
        assert [table["rows"] for table in made.mapping["tables"]] == [1], "its columns wait for the data desk"
        assert "何厂长" in text_of(browser(secretary).get(reverse("companies")))

    def test_declined_leaves_no_file(self, town: Town, secretary: User) -> None:
        self.hand_in(hang(town, secretary, kind="company"))
        company = CompanyReport.objects.get()
        decide = reverse("company_decide", args=[company.id])
        send(browser(secretary), decide, verb="decline")
        assert storage.content(company.id), "not without a reason"
        send(browser(secretary), decide, verb="decline", reason="查无此企业")
        with pytest.raises(FileNotFoundError):
            storage.content(company.id)


class TestPlates:
    def test_that_hit_become_a_tip(self, town: Town, secretary: User) -> None:
        desk, today = browser(secretary), timezone.localdate()
        area = str(town.areas[COMMUNITY].id)
        rule = {"territory": area, "prefix": "鄂a", "whence": "武汉市", "starts_date": today, "ends_date": today}
        send(desk, reverse("plate_add"), **rule)
        assert PlateRule.objects.get().ends_date == today + timedelta(days=1)
        page = desk.post(reverse("plates"), {"plates": "鄂A12345\n京A88888"}).content.decode()
        assert 'value="鄂A12345（武汉市）"' in page and "京A88888（" not in page
        send(desk, reverse("plate_tip"), hits="鄂A12345（武汉市）", territory=area)
        origin = WorkOrigin.objects.get()
        assert (origin.kind, "鄂A12345" in origin.note) == ("tip", True)
        send(desk, reverse("plate_remove", args=[PlateRule.objects.get().id]))
        assert not PlateRule.objects.exists()
