"""The worked calendar and the difference of two editions: what an officer reads before signing."""

from __future__ import annotations

from datetime import date

import pytest

from lianfang.playbooks.calendar import calendar_of, worked_ruling
from lianfang.playbooks.difference import Change, difference
from lianfang.playbooks.schema import CATEGORIES
from lianfang.playbooks.shelf import edition, editions
from tests.playbooks.reading_cases import at, day


class TestAWorkedCalendar:
    def test_shows_every_day_of_a_contact(self) -> None:
        days = calendar_of(worked_ruling(edition("9th"), "close_contact", happened_date=day("2022-08-01")))
        assert [one.on_date.day for one in days] == list(range(1, 12))
        assert [one.day for one in days] == [0, 1, 2, 3, 4, 5, 6, 7, 1, 2, 3]
        assert [one.stage for one in days] == [1] * 8 + [2] * 3
        assert [one.on_date.day for one in days if one.samples] == [2, 3, 4, 6, 8, 11]
        assert [one.on_date.day for one in days if one.release] == [8, 11]
        assert {one.colour for one in days} == {"red", "yellow"}

    def test_begins_on_the_day_somebody_is_found(self) -> None:
        ruling = worked_ruling(
            edition("9th"), "close_contact", happened_date=day("2022-08-01"), found_date=day("2022-08-10")
        )
        assert [(one.on_date.day, one.day) for one in calendar_of(ruling)] == [(10, 2), (11, 3)]

    @pytest.mark.parametrize("code", sorted(editions()))
    def test_is_there_for_every_category_that_gets_something(self, code: str) -> None:
        for category in CATEGORIES:
            ruling = worked_ruling(edition(code), category, happened_date=date(2024, 2, 27))
            plan = edition(code).categories[category]
            if plan.stages:
                assert len(calendar_of(ruling)) in (plan.days, plan.days + 1)
            assert ruling.stages or ruling.reasons


class TestTheDifference:
    def test_names_what_the_twenty_changed(self) -> None:
        found = difference(edition("9th"), edition("twenty"))
        assert Change("edition", "", 0, "ends_at", at("2022-11-11T00:00"), at("2022-12-07T00:00")) in found
        assert Change("category", "close_contact", 1, "days", 7, 5) in found
        assert Change("category", "close_contact", 1, "test_days", (1, 2, 3, 5, 7), (1, 2, 3, 5)) in found
        assert Change("category", "close_contact", 2, "regime", "home_monitoring", "home") in found
        assert Change("category", "contact_of_contact", 0, "none_because", None, "abolished") in found
        assert Change("category", "contact_of_contact", 1, "days", 7, None) in found
        assert Change("category", "inbound", 0, "positive_below_ct", None, 35.0) in found
        assert Change("zone", "high", 0, "clear_days", 7, 5) in found
        assert not [one for one in found if one.key in ("source", "confidence", "note")]

    @pytest.mark.parametrize("code", sorted(editions()))
    def test_of_an_edition_with_itself_is_nothing(self, code: str) -> None:
        assert difference(edition(code), edition(code)) == ()

    def test_reads_backwards_with_the_values_exchanged(self) -> None:
        there = difference(edition("9th"), edition("ten"))
        back = difference(edition("ten"), edition("9th"))
        assert {(*key(one), one.before, one.after) for one in there} == {
            (*key(one), one.after, one.before) for one in back
        }

    def test_keeps_a_subject_together(self) -> None:
        subjects = [(one.section, one.subject) for one in difference(edition("8th"), edition("drill"))]
        assert len(set(subjects)) == sum(
            1 for number, one in enumerate(subjects) if number == 0 or subjects[number - 1] != one
        )


def key(one: Change) -> tuple[str, str, int, str]:
    return one.section, one.subject, one.stage, one.key
