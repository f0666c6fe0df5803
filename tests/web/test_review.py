"""Review: one doubtful row at a time, decided, taken back, or put off."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.audit.models import AuditEntry
from lianfang.core.lists.models import ListRow, ReviewDecision, SourceList
from lianfang.core.work.actions import accept, assign
from lianfang.core.work.models import WorkOrigin
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.flows.bringing import bring, bring_doubtful

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def doubtful(town: Town, desk: User, tmp_path: Path) -> SourceList:
    """A list with doubtful rows."""
    return bring_doubtful(tmp_path, desk, town)


@pytest.fixture
def at_desk(settings: Any, desk: User) -> Client:
    """The data desk's browser, in English."""
    settings.DEMO = True
    client = Client()
    client.force_login(desk, backend=BACKEND)
    client.cookies["lianfang_language"] = "en"
    return client


def decide(client: Client, row: ListRow, kind: str, **headers: str) -> Any:
    form = {"kind": kind, "command_id": str(uuid7()), "list": str(row.source_list_id)}
    return client.post(reverse("review_decide", args=[row.id]), form, headers=headers)


def waiting(one: SourceList) -> Any:
    return ListRow.objects.filter(source_list=one, decision="review").order_by("id")


class TestReview:
    def test_shows_row_and_candidates_side_by_side_with_reasons(self, at_desk: Client, doubtful: SourceList) -> None:
        shown = at_desk.get(reverse("review"))
        sheet = shown.context["sheet"]
        assert shown.context["left"] == doubtful.counts["review"] == waiting(doubtful).count()
        assert sheet.row.id == waiting(doubtful).first().id
        assert [line.label for line in sheet.lines] == [
            "Name",
            "Document number",
            "Telephone",
            "Door",
            "Birth date",
            "Sex",
        ]
        assert 0 < len(sheet.candidates) <= 5 and all(len(line.cells) == len(sheet.candidates) for line in sheet.lines)
        assert any(cell.css for line in sheet.lines for cell in line.cells)
        text = shown.content.decode()
        assert sheet.candidates[0].sentence in text and 'data-key="1"' in text and 'data-key="n"' in text

    def test_writes_down_who_was_looked_at(self, at_desk: Client, doubtful: SourceList) -> None:
        sheet = at_desk.get(reverse("review")).context["sheet"]
        looked = set(AuditEntry.objects.filter(kind="look").values_list("subject_id", flat=True))
        assert looked == {sheet.row.id, *(candidate.person.id for candidate in sheet.candidates)}

    def test_takes_a_candidate_and_goes_on_to_the_next_row(self, at_desk: Client, doubtful: SourceList) -> None:
        row, after = waiting(doubtful)[:2]
        chosen = row.candidates[0][0]
        came = decide(at_desk, row, f"same:{chosen}", **{"HX-Request": "true"})
        row.refresh_from_db()
        assert (row.decision, str(row.person_id)) == ("same", chosen)
        assert WorkOrigin.objects.filter(row=row).exists()
        assert came.context["sheet"].row.id == after.id and b"<html" not in came.content

    def test_takes_a_decision_back_and_shows_the_row_again(self, at_desk: Client, doubtful: SourceList) -> None:
        row = waiting(doubtful)[0]
        decide(at_desk, row, "new")
        row.refresh_from_db()
        assert row.decision == "new"
        came = at_desk.post(reverse("review_undo"), {"command_id": str(uuid7())}, headers={"HX-Request": "true"})
        row.refresh_from_db()
        assert row.decision == "review" and came.context["sheet"].row.id == row.id

    def test_keeps_a_decision_whose_work_was_accepted(self, at_desk: Client, doubtful: SourceList, desk: User) -> None:
        row = waiting(doubtful)[0]
        decide(at_desk, row, "new")
        item = WorkOrigin.objects.get(row=row).item
        assign(Command(actor=desk), ids=[item.id], user_id=desk.id)
        accept(Command(actor=desk), ids=[item.id])
        answer = at_desk.post(reverse("review_undo"), {"command_id": str(uuid7())}, headers={"HX-Request": "true"})
        assert "Work on this row was accepted" in unquote(answer.headers["X-Message"])
        row.refresh_from_db()
        assert row.decision == "new"

    def test_says_so_when_there_is_nothing_to_take_back(self, at_desk: Client, doubtful: SourceList) -> None:
        came = at_desk.post(reverse("review_undo"), {"command_id": str(uuid7())}, headers={"HX-Request": "true"})
        assert came.status_code == 409 and came.headers["X-Refusal"] == "lists.nothing_to_undo"

    def test_skips_and_comes_round_again(self, at_desk: Client, doubtful: SourceList) -> None:
        seen, url = [], reverse("review") + f"?list={doubtful.id}"
        for _ in range(waiting(doubtful).count() + 1):
            shown = at_desk.get(url)
            seen.append(shown.context["sheet"].row.id)
            url = shown.context["skip"]
        assert seen == [*waiting(doubtful).values_list("id", flat=True), seen[0]]

    def test_decides_all_certain_households_at_once(self, at_desk: Client, doubtful: SourceList) -> None:
        certain = waiting(doubtful).filter(household__isnull=False).count()
        rest = waiting(doubtful).filter(household__isnull=True).count()
        form = {"command_id": str(uuid7()), "list": str(doubtful.id)}
        for _ in range(2):  # a second click on a slow line changes nothing
            at_desk.post(reverse("review_households"), form)
        assert certain and waiting(doubtful).count() == rest

    def test_refuses_a_row_somebody_has_decided_meanwhile(self, at_desk: Client, doubtful: SourceList) -> None:
        row = waiting(doubtful)[0]
        decide(at_desk, row, "new")
        came = decide(at_desk, row, "new", **{"HX-Request": "true"})
        assert came.status_code == 409 and came.headers["X-Refusal"] == "lists.not_in_review"

    def test_is_closed_to_other_areas_and_roles(
        self, settings: Any, doubtful: SourceList, secretary: User, worker: User, county: User
    ) -> None:
        settings.DEMO = True
        row = waiting(doubtful)[0]
        client = Client()
        client.force_login(secretary, backend=BACKEND)
        assert client.get(reverse("review")).context["sheet"] is None
        assert decide(client, row, "new").status_code == 404
        for user in (worker, county):
            client.force_login(user, backend=BACKEND)
            assert client.get(reverse("review")).status_code == 403
            assert decide(client, row, "new").status_code == 403
        assert waiting(doubtful).filter(id=row.id).exists()

    def test_costs_the_same_for_every_row(
        self, at_desk: Client, doubtful: SourceList, django_assert_max_num_queries: Any
    ) -> None:
        at_desk.get(reverse("review"))
        with django_assert_max_num_queries(20):
            at_desk.get(reverse("review"))

    def test_shows_how_what_speaks_for_and_against_adds_up(self, at_desk: Client, doubtful: SourceList) -> None:
        shown = at_desk.get(reverse("review"))
        best = shown.context["sheet"].candidates[0]
        text = shown.content.decode()
        assert best.fall is not None and best.fall.steps[0].css == "prior"
        assert all(step.label in text and step.factor in text for step in best.fall.steps)
        assert best.fall.total.sum == best.fall.steps[-1].sum and best.fall.chance in text
        assert "Exact numbers" in text and "style=" not in text
        assert shown.context["sheet"].row.rules_version in text

    def test_shows_where_the_models_thresholds_are(self, at_desk: Client, doubtful: SourceList) -> None:
        shown = at_desk.get(reverse("review"))
        marks = shown.context["sheet"].candidates[0].fall.marks
        assert [mark.css for mark in marks] == ["review", "taken"]
        assert "from here it is taken without asking" in shown.content.decode()
        row = waiting(doubtful)[0]
        ListRow.objects.filter(id=row.id).update(rules_version="rules-1")
        assert "from here it is taken without asking" not in at_desk.get(reverse("review")).content.decode()

    def test_still_shows_rows_of_the_first_rules(self, at_desk: Client, doubtful: SourceList) -> None:
        row = waiting(doubtful)[0]
        row.candidates = [[who, score, ["name.differs", "phone.family"]] for who, score, _ in row.candidates]
        row.save()
        sheet = at_desk.get(reverse("review")).context["sheet"]
        assert sheet.row.id == row.id
        assert sheet.candidates[0].fall is None and "telephone of the same family" in sheet.candidates[0].sentence
        chosen = sheet.candidates[0].person.id
        decide(at_desk, row, f"same:{chosen}")
        assert ReviewDecision.objects.get().parts == [["name.differs", None], ["phone.family", None]]

    def test_of_a_row_answered_before_says_by_whom_and_on_which_list(
        self, at_desk: Client, doubtful: SourceList, desk: User, town: Town, tmp_path: Path
    ) -> None:
        row = waiting(doubtful)[0]
        decide(at_desk, row, "household")
        again = tmp_path / "again.csv"
        facts = row.facts
        line = ",".join((facts["name"], "、".join(facts["phones"]), facts["address"]))
        again.write_text(f"姓名,联系电话,现住址\n{line}\n", encoding="utf-8-sig")
        found = ListRow.objects.get(source_list=bring(again, desk, town, sender="第二次来文"))
        assert found.decision == "same"
        text = at_desk.get(reverse("list_row", args=[found.source_list_id, found.id])).content.decode()
        assert "decided before by a person: household only" in text
        assert "Decided before" in text and desk.display_name in text and doubtful.title in text
        at_desk.post(reverse("review_undo"), {"command_id": str(uuid7()), "row": str(row.id)})
        text = at_desk.get(reverse("list_row", args=[found.source_list_id, found.id])).content.decode()
        assert "taken back since" in text

    def test_says_of_a_waiting_row_what_was_decided_about_the_same_facts_meanwhile(
        self, at_desk: Client, doubtful: SourceList, desk: User, town: Town, tmp_path: Path
    ) -> None:
        row = waiting(doubtful)[0]
        again = tmp_path / "again.csv"
        facts = row.facts
        line = ",".join((facts["name"], facts.get("identity", ""), "、".join(facts["phones"]), facts["address"]))
        again.write_text(f"姓名,身份证号,联系电话,现住址\n{line}\n", encoding="utf-8-sig")
        other = ListRow.objects.get(source_list=bring(again, desk, town, sender="第二次来文"))
        assert other.decision == "review" and len(other.candidates) > 1
        chosen = row.candidates[1][0]
        decide(at_desk, row, f"same:{chosen}")
        shown = at_desk.get(reverse("review") + f"?row={other.id}")
        assert [str(one.person.id) for one in shown.context["sheet"].candidates if one.likely] == [chosen]
        text = shown.content.decode()
        assert "decided before by a person: this one" in text and doubtful.title in text

    def test_says_when_nothing_is_left(self, at_desk: Client, desk: User, town: Town) -> None:
        assert "Nothing to review" in at_desk.get(reverse("review")).content.decode()
