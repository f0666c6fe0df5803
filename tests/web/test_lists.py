"""Pages of lists: in through the page, columns confirmed, results out; nothing beyond one's area."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lianfang.capabilities.screening import matching
from lianfang.core.access.models import User
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists import storage
from lianfang.core.lists.models import ColumnMapping, ListRow, SourceList
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.flows.bringing import bring, get_done, town_list, work_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAPERS = {
    "sender": "市防控办",
    "purpose": "arrival",
    "issuer": "县疫情防控办",
    "legal_basis": "传染病防治法第三十九条",
    "sla": "24h",
}


@pytest.fixture
def enter(settings: Any) -> Any:
    """Log somebody in by session, in English, without a second factor, as in the demo."""
    settings.DEMO = True

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        client.cookies["lianfang_language"] = "en"
        return client

    return log_in


@pytest.fixture
def at_desk(enter: Any, desk: User) -> Client:
    """The data desk's browser."""
    client: Client = enter(desk)
    return client


def send(client: Client, town: Town, path: Path | None = None, **fields: Any) -> Any:
    """Send the form of a new list."""
    form = {**PAPERS, "command_id": str(uuid7()), "territory": str(town.subdistrict.id), **fields}
    if path is not None:
        form["file"] = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("list_new"), form)


def confirmed(client: Client, one: SourceList, **changes: str) -> Any:
    """Confirm the columns as the page proposes them, with some changes."""
    form = {"command_id": str(uuid7()), "remember": "1"}
    for number, table in enumerate(one.mapping["tables"], start=1):
        if table["kind"] == "persons":
            form[f"use-{number}"] = "1"
            form |= {f"field-{number}-{at}": name for at, name in enumerate(table["fields"])}
    return client.post(reverse("list_columns", args=[one.id]), {**form, **changes})


def the_list() -> SourceList:
    """The list brought in last."""
    found = SourceList.objects.order_by("-received_at").first()
    assert found is not None
    return found


class TestBringingIn:
    @pytest.mark.parametrize(
        ("prefix", "words"),
        [
            ("01", ("核查名单", "身份证", "Document number", "Row")),
            ("04", ("Telephone",)),
            ("05", ("The spreadsheet lost the last digits of the document number",)),
            ("07", ("hidden sheet", "临江社区", "Zero report", "Figures only, no people")),
        ],
    )
    def test_shows_the_columns_then_makes_work(
        self, town: Town, at_desk: Client, prefix: str, words: tuple[str, ...]
    ) -> None:
        path = town_list(prefix)
        came = send(at_desk, town, path)
        one = the_list()
        assert came.status_code == 302 and came.url == reverse("list", args=[one.id])
        assert at_desk.get(came.url).url == reverse("list_columns", args=[one.id])
        shown = at_desk.get(reverse("list_columns", args=[one.id])).content.decode()
        assert all(word in shown for word in words), [word for word in words if word not in shown]
        assert one.skipped and "Rows left out" in shown and "header" in shown
        assert confirmed(at_desk, one).status_code == 302
        underway = at_desk.get(reverse("list", args=[one.id])).content.decode()
        assert "The list waits for its turn." in underway and "hx-get" in underway
        one.refresh_from_db()
        matching.run(one)
        assert at_desk.get(reverse("list_progress", args=[one.id])).headers["HX-Redirect"]
        result = at_desk.get(reverse("list", args=[one.id]))
        assert result.status_code == 200 and str(one.title) in result.content.decode()
        assert result.context["returned"].rows == one.counts["rows"]
        assert ColumnMapping.objects.filter(sender=one.sender).exists()

    def test_of_a_zero_report_says_zero(self, town: Town, at_desk: Client) -> None:
        send(at_desk, town, town_list("17"))
        shown = at_desk.get(reverse("list", args=[the_list().id])).content.decode()
        assert "A zero report: nobody is named." in shown
        assert "Zero report: received, and nobody is named" in at_desk.get(reverse("lists")).content.decode()

    def test_of_a_broken_file_is_refused_with_code_and_remedy_and_not_lost(self, town: Town, at_desk: Client) -> None:
        send(at_desk, town, town_list("18"))
        one = the_list()
        shown = at_desk.get(reverse("list", args=[one.id])).content.decode()
        assert one.state == "refused" and "file.damaged" in shown and "ask the sender to send it again" in shown
        assert f"corrects={one.id}" in shown

    def test_of_pasted_cells_needs_no_file(self, town: Town, at_desk: Client) -> None:
        cells = "姓名\t手机号\t地址\n张三\t19900000001\t望湖花苑1幢1单元101室\n李四\t19900000002\t望湖花苑1幢1单元102室"
        send(at_desk, town, cells=cells, title="群里发的")
        one = the_list()
        assert one.title == "群里发的" and [t["rows"] for t in one.mapping["tables"]] == [2]

    def test_without_papers_says_which_are_missing(self, town: Town, at_desk: Client) -> None:
        refused = send(at_desk, town, town_list("12"), issuer="", legal_basis="")
        text = refused.content.decode()
        assert refused.status_code == 400 and "lists.no_papers" in text
        assert "issuer" in text and "legal basis" in text and not SourceList.objects.exists()

    def test_twice_leads_to_the_list_that_is_here(self, town: Town, at_desk: Client) -> None:
        send(at_desk, town, town_list("12"))
        first = the_list()
        again = send(at_desk, town, town_list("12"))
        assert again.status_code == 302 and str(first.id) in again.url
        assert first.title in at_desk.get(again.url).content.decode()
        assert SourceList.objects.count() == 1

    def test_sent_twice_by_one_form_is_one_list(self, town: Town, at_desk: Client) -> None:
        command = str(uuid7())
        for _ in range(2):
            assert send(at_desk, town, town_list("12"), command_id=command).status_code == 302
        assert SourceList.objects.count() == 1

    def test_by_script_answers_in_words(self, town: Town, at_desk: Client, settings: Any) -> None:
        settings.LIST_FILE_LIMIT = 1000
        form = {**PAPERS, "command_id": str(uuid7()), "territory": str(town.subdistrict.id)}
        file = SimpleUploadedFile("big.xlsx", b"x" * 3000)
        came = at_desk.post(reverse("list_new"), {**form, "file": file}, headers={"X-Requested-With": "XMLHttpRequest"})
        assert came.status_code == 400 and "file.too_large" in came.json()["message"]
        assert not SourceList.objects.exists()

    def test_asks_for_the_forms_token(self, town: Town, desk: User, settings: Any) -> None:
        settings.DEMO = True
        client = Client(enforce_csrf_checks=True)
        client.force_login(desk, backend=BACKEND)
        assert send(client, town, town_list("12")).status_code == 403
        assert not SourceList.objects.exists()

    def test_of_a_correction_points_at_the_list_it_corrects(self, town: Town, desk: User, at_desk: Client) -> None:
        first = bring(town_list("12"), desk, town)
        form = at_desk.get(reverse("list_new") + f"?corrects={first.id}").content.decode()
        assert first.title in form and first.sender.name in form
        send(at_desk, town, town_list("13"), corrects=str(first.id))
        assert the_list().corrects_id == first.id
        assert "Corrected by the list" in at_desk.get(reverse("list", args=[first.id])).content.decode()


class TestColumns:
    @pytest.fixture
    def waiting(self, town: Town, at_desk: Client) -> SourceList:
        send(at_desk, town, town_list("12"))
        return the_list()

    def test_are_read_anew_when_a_meaning_changes(self, at_desk: Client, waiting: SourceList) -> None:
        fields = waiting.mapping["tables"][0]["fields"]
        phone, name = fields.index("phone"), fields.index("name")
        form = {f"field-1-{at}": field for at, field in enumerate(fields)}
        url = reverse("list_preview", args=[waiting.id, 1])
        assert "p-warn" not in at_desk.post(url, form).content.decode()
        wrong = at_desk.post(url, {**form, f"field-1-{phone}": "identity"}).content.decode()
        assert "p-warn" in wrong and "document number" in wrong and "chosen by a person" in wrong
        twice = at_desk.post(url, {**form, f"field-1-{phone}": fields[name]}).content.decode()
        assert "Two columns were given the same meaning" in twice

    def test_without_anybody_are_refused_with_a_sentence(self, at_desk: Client, waiting: SourceList) -> None:
        fields = waiting.mapping["tables"][0]["fields"]
        nobody = {f"field-1-{at}": "ignore" for at in range(len(fields))}
        came = confirmed(at_desk, waiting, **nobody)
        waiting.refresh_from_db()
        assert waiting.state == "received" and came.status_code == 302
        assert "No column says who it is about" in at_desk.get(came.url, follow=True).content.decode()

    def test_are_remembered_for_the_sender(self, town: Town, at_desk: Client, waiting: SourceList) -> None:
        confirmed(at_desk, waiting)
        send(at_desk, town, town_list("13"))
        shown = at_desk.get(reverse("list_columns", args=[the_list().id])).content.decode()
        assert "remembered" in shown and "chosen by a person" in shown

    def test_may_be_confirmed_only_once(self, at_desk: Client, waiting: SourceList) -> None:
        confirmed(at_desk, waiting)
        again = confirmed(at_desk, waiting)
        assert "no longer waiting" in at_desk.get(again.url, follow=True).content.decode()


class TestOneList:
    @pytest.fixture
    def one(self, town: Town, desk: User) -> SourceList:
        return bring(town_list("12"), desk, town)

    def test_filters_its_rows(self, at_desk: Client, one: SourceList) -> None:
        url = reverse("list", args=[one.id])
        fresh = at_desk.get(url + "?decision=new&placement=").context["rows"].rows
        assert len(fresh) == one.counts["new"] > 0
        first = at_desk.get(url).context["rows"]
        assert first.shown == 50 and first.next_cursor
        rest = at_desk.get(url + f"?after={first.next_cursor}").context["rows"]
        assert first.shown + rest.shown == 60 and not {r.id for r in first.rows} & {r.id for r in rest.rows}
        back = at_desk.get(url + f"?after={rest.previous_cursor}").context["rows"]
        assert [r.id for r in back.rows] == [r.id for r in first.rows] and not back.previous_cursor
        assert at_desk.get(url + "?after=%27x&decision=zzz").status_code == 200

    def test_masks_names_until_a_row_is_opened_and_writes_the_look_down(self, at_desk: Client, one: SourceList) -> None:
        row = ListRow.objects.filter(source_list=one, person__isnull=False)[0]
        assert row.name not in at_desk.get(reverse("list", args=[one.id])).content.decode()
        opened = at_desk.get(reverse("list_row", args=[one.id, row.id])).content.decode()
        assert row.name in opened and str(row.facts["identity"]) in opened
        assert AuditEntry.objects.filter(kind="look", subject_id=row.id).count() == 1

    def test_costs_the_same_whatever_it_holds(
        self, town: Town, desk: User, at_desk: Client, one: SourceList, django_assert_max_num_queries: Any
    ) -> None:
        bring(town_list("16"), desk, town)
        at_desk.get(reverse("lists"))
        with django_assert_max_num_queries(12):
            at_desk.get(reverse("lists"))
        with django_assert_max_num_queries(20):
            at_desk.get(reverse("list", args=[one.id]))
        row = ListRow.objects.filter(source_list=one)[0]
        with django_assert_max_num_queries(12):
            at_desk.get(reverse("list_row", args=[one.id, row.id]))

    def test_is_nothing_to_those_of_other_areas_and_roles(
        self, enter: Any, one: SourceList, secretary: User, worker: User, inspector: User
    ) -> None:
        row = ListRow.objects.filter(source_list=one)[0]
        addresses = [
            reverse("list", args=[one.id]),
            reverse("list_row", args=[one.id, row.id]),
            reverse("list_progress", args=[one.id]),
        ]
        assert {enter(secretary).get(url).status_code for url in addresses} == {404}
        for user in (worker, inspector):
            assert {enter(user).get(url).status_code for url in [*addresses, reverse("lists")]} == {403}
        forms = [reverse(name, args=[one.id]) for name in ("list_returned", "list_errors", "list_upper", "list_undo")]
        for url in forms:
            assert enter(secretary).post(url, {"command_id": str(uuid7())}).status_code in (403, 404)
        assert enter(secretary).get(reverse("list_new")).status_code == 403

    def test_lets_county_look_but_not_act(self, enter: Any, one: SourceList, county: User) -> None:
        client = enter(county)
        shown = client.get(reverse("list", args=[one.id]))
        assert shown.status_code == 200 and shown.context["returned"] is None and shown.context["undo"] is None
        for name in ("list_returned", "list_undo"):
            assert client.post(reverse(name, args=[one.id]), {"command_id": str(uuid7())}).status_code == 403

    def test_can_be_undone_until_work_began(self, at_desk: Client, one: SourceList) -> None:
        plan = at_desk.get(reverse("list", args=[one.id])).context["undo"]
        assert plan.rows == 60 and plan.items > 0
        at_desk.post(reverse("list_undo", args=[one.id]), {"command_id": str(uuid7())})
        one.refresh_from_db()
        assert one.state == "undone" and not ListRow.objects.filter(source_list=one).exists()
        assert not WorkItem.objects.filter(state="dispatched").exists()
        assert "This list was undone" in at_desk.get(reverse("list", args=[one.id])).content.decode()


class TestReturns:
    def test_come_as_a_download_that_leaves_nothing_behind(
        self, town: Town, desk: User, command_post: User, at_desk: Client
    ) -> None:
        one = bring(town_list("05"), desk, town)
        get_done(work_of(one, most=3), desk, command_post)
        came = at_desk.post(reverse("list_returned", args=[one.id]), {"command_id": str(uuid7())})
        assert came.status_code == 200 and came.headers["Content-Disposition"].endswith(".xls")
        assert b"".join(came.streaming_content).startswith(b"\xd0\xcf\x11\xe0")  # type: ignore[arg-type]  # bytes of a file
        errors = at_desk.post(reverse("list_errors", args=[one.id]), {"command_id": str(uuid7())})
        assert b"".join(errors.streaming_content).startswith(b"PK")  # type: ignore[arg-type]  # bytes of a file
        assert AuditEntry.objects.filter(kind="export", subject_id=one.id).count() == 2
        assert storage.content(one.id) == town_list("05").read_bytes()

    def test_show_what_does_not_fit_before_anything_goes_out(
        self, town: Town, desk: User, command_post: User, at_desk: Client
    ) -> None:
        one = bring(town_list("02"), desk, town)
        get_done(work_of(one, most=6), desk, command_post)
        template = next((town_list("01").parent / "sender_templates").glob("B_*"))
        url = reverse("list_upper", args=[one.id])
        file = SimpleUploadedFile(template.name, template.read_bytes())
        first = at_desk.post(url, {"command_id": str(uuid7()), "template": file, "recipient": "省平台"})
        assert "a required value is missing" in first.content.decode()
        groups = first.context["problems"]
        assert sum(group["count"] for group in groups) == first.context["count"] > len(groups)
        assert len({(group["field"], group["words"]) for group in groups}) == len(groups)
        most = max(groups, key=lambda group: group["count"])
        assert groups[0] == most and len(most["records"]) == 5 and most["more"]
        assert f"<td>{', '.join(map(str, most['records']))} …</td>" in first.content.decode()
        assert not AuditEntry.objects.filter(kind="export").exists()
        form = {"command_id": str(uuid7()), "anyway": "1", "template_text": first.context["template_text"]}
        second = at_desk.post(url, {**form, "recipient": "省平台"})
        assert b"".join(second.streaming_content).startswith(b"PK")  # type: ignore[arg-type]  # bytes of a file
        entry = AuditEntry.objects.get(kind="export")
        assert entry.facts["recipient"] == "省平台" and entry.facts["rows"] == 480

    def test_fill_one_form_with_a_days_lists(self, town: Town, desk: User, command_post: User, at_desk: Client) -> None:
        lists = [bring(town_list(prefix), desk, town) for prefix in ("12", "16")]
        get_done(work_of(lists[0], most=3), desk, command_post)
        template = next((town_list("01").parent / "sender_templates").glob("A_*"))
        file = SimpleUploadedFile(template.name, template.read_bytes())
        form = {"command_id": str(uuid7()), "ids": [str(one.id) for one in lists], "anyway": "1", "template": file}
        came = at_desk.post(reverse("lists_upper"), form)
        page = openpyxl.load_workbook(BytesIO(b"".join(came.streaming_content)))["回传表"]  # type: ignore[arg-type]  # bytes
        assert [page.cell(row=row, column=1).value for row in (4, 135)] == [1, 132]
        assert AuditEntry.objects.filter(kind="export", facts__rows=132).count() == 2

    def test_refuse_a_form_that_is_no_workbook(self, town: Town, desk: User, at_desk: Client) -> None:
        one = bring(town_list("12"), desk, town)
        file = SimpleUploadedFile("form.xlsx", b"MZ not a workbook")
        url = reverse("list_upper", args=[one.id])
        came = at_desk.post(url, {"command_id": str(uuid7()), "template": file})
        assert (
            "The content of the file is not what its name says" in at_desk.get(came.url, follow=True).content.decode()
        )

    def test_without_a_form_ask_for_one(self, town: Town, desk: User, at_desk: Client) -> None:
        one = bring(town_list("12"), desk, town)
        came = at_desk.post(reverse("list_upper", args=[one.id]), {"command_id": str(uuid7())})
        assert "Choose the form" in at_desk.get(came.url, follow=True).content.decode()
