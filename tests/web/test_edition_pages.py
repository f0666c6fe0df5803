"""Editions on the desk: the shelf, one in plain words, signed twice, worked through, compared."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from lianfang.core.access.models import User
from lianfang.jobs.town import Town
from lianfang.playbooks import words
from lianfang.playbooks.schema import CATEGORIES
from lianfang.playbooks.shelf import edition, editions, use_own_folder
from lianfang.web.queries.edition_difference import groups
from tests.house.reading_code import first_texts
from tests.web.desk import browser, send, text_of


@pytest.fixture
def reader(town: Town, health: User) -> Client:
    """The public-health officer's browser, in English."""
    return browser(health)


class TestTheShelf:
    def test_shows_every_edition_with_its_time_and_signatures(
        self, reader: Client, django_assert_max_num_queries: Any
    ) -> None:
        reader.get("/editions/")
        with django_assert_max_num_queries(12):
            page = reader.get("/editions/")
        text = text_of(page)
        assert [line.edition.code for line in page.context["lines"]] == list(reversed(editions()))
        assert all(one.title in text for one in editions().values())
        assert text.count("Not signed") == 6
        assert "6 editions wait for your signature." in text
        assert "for drills only" in text

    def test_names_a_file_of_the_site_that_is_not_used(self, reader: Client, tmp_path: Path, settings: Any) -> None:
        (tmp_path / "9th.toml").write_text('code = "9th"', encoding="utf-8")
        use_own_folder(tmp_path)
        try:
            text = text_of(reader.get("/editions/"))
        finally:
            use_own_folder(Path(settings.DATA_DIR) / "editions")
        assert "The file 9th.toml is not used: starts_at" in text
        assert edition("9th").title in text


class TestAnEdition:
    def test_is_signed_by_two_people_on_its_page(self, reader: Client, county: User, desk: User) -> None:
        digest = edition("9th").digest
        other = browser(county)
        assert "Sign as the first" in text_of(reader.get("/editions/9th/"))
        came = send(reader, "/editions/9th/sign/", kind="sign", digest=digest)
        assert (came.status_code, came.headers["Location"]) == (302, "/editions/9th/")
        mine = text_of(reader.get("/editions/9th/"))
        assert "Somebody else gives the second." in mine and "Sign as" not in mine
        assert "Sign as the second" in text_of(other.get("/editions/9th/"))
        send(other, "/editions/9th/sign/", kind="countersign", digest=digest)
        signed = text_of(browser(desk).get("/editions/9th/"))
        assert "may be used for new measures" in signed and "Sign as" not in signed
        assert "Signed twice" in text_of(reader.get("/editions/"))

    def test_changed_meanwhile_is_not_signed(self, reader: Client) -> None:
        refused = send(reader, "/editions/9th/sign/", htmx=True, kind="sign", digest="0" * 64)
        assert (refused.status_code, refused.headers["X-Refusal"]) == (409, "playbooks.changed")

    def test_says_in_words_what_the_file_says(self, reader: Client, django_assert_max_num_queries: Any) -> None:
        reader.get("/editions/9th/")
        with django_assert_max_num_queries(12):
            page = reader.get("/editions/9th/")
        text = text_of(page)
        assert "Centralised isolation, 7 days" in text
        assert "days 1, 2, 3, 5, 7; oropharyngeal swab" in text
        assert "the last exposure; the next day is day 1" in text
        assert "local setting" in text
        assert reader.get("/editions/10th/").status_code == 404

    def test_has_no_code_left_where_a_reader_expects_words(self, reader: Client) -> None:
        for code in editions():
            body = reader.get(f"/editions/{code}/").content.decode()
            main = re.sub(r"<[^>]+>", " ", body[body.index("<main") : body.index("</main>")])
            assert re.findall(r"[a-z]+_[a-z_]+", main) == []


class TestTheCalendar:
    def test_works_a_category_through_day_by_day(self, reader: Client) -> None:
        page = reader.get("/editions/9th/calendar/", {"category": "close_contact", "happened": "2022-08-01"})
        lines = page.context["worked"].lines
        assert [line.day.on_date.day for line in lines] == list(range(1, 12))
        assert "until 2022-08-12 00:00" in text_of(page)
        late = reader.get(
            "/editions/9th/calendar/", {"category": "close_contact", "happened": "2022-08-01", "found": "2022-08-09"}
        )
        assert "Centralised isolation (7 days) had passed before." in text_of(late)

    def test_says_why_there_is_nothing(self, reader: Client) -> None:
        text = text_of(reader.get("/editions/twenty/calendar/", {"category": "contact_of_contact"}))
        assert "No measure" in text and "this edition abolished the category" in text

    def test_answers_whatever_the_address_says(self, reader: Client) -> None:
        for asked in (
            {"category": "x"},
            {"happened": "x", "found": "2022-99-01"},
            {"happened": "2022-08-01", "found": "1999-01-01"},
        ):
            assert reader.get("/editions/9th/calendar/", asked).status_code == 200
        for code in editions():
            for category in CATEGORIES:
                assert reader.get(f"/editions/{code}/calendar/", {"category": category}).status_code == 200


class TestTheComparison:
    def test_shows_only_what_differs(self, reader: Client) -> None:
        text = text_of(reader.get("/editions/compare/", {"old": "9th", "new": "twenty"}))
        assert "Stage 1: Days 7 days 5 days" in text
        assert "Nothing: this edition abolished the category." in text
        assert "The two do not differ" in text_of(reader.get("/editions/compare/", {"old": "9th", "new": "9th"}))
        assert reader.get("/editions/compare/", {"old": "x"}).status_code == 200

    def test_has_words_for_every_difference_there_can_be(self) -> None:
        with translation.override("en"):
            for before, after in permutations(editions().values(), 2):
                for group in groups(before, after):
                    said = " ".join(f"{line.label} {line.before} {line.after}" for line in group.lines)
                    assert re.findall(r"\b[a-z]+_[a-z_]+\b", said) == []


class TestTheReasons:
    def test_all_have_a_sentence(self) -> None:
        given = {code for code, where in first_texts("reason") if where.startswith("playbooks/rules/")}
        assert len(given) > 25
        assert given - words.REASONS.keys() == set()
