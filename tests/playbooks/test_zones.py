"""When areas come down, and how many people it takes."""

from __future__ import annotations

import pytest

from lianfang.playbooks.rules import RuleRefused, Screening, missing_for_zone, workers_needed, zone_steps
from lianfang.playbooks.shelf import edition
from tests.playbooks.reading_cases import at, day


def steps(code: str, level: str, *, starts: str, last_case: str) -> list[tuple[str, str, str]]:
    found = zone_steps(edition(code), level, starts_date=day(starts), last_case_date=day(last_case))
    return [(step.level, str(step.starts_date), str(step.last_date or "")) for step in found]


class TestAnArea:
    @pytest.mark.parametrize(
        ("code", "level", "expected"),
        [
            # Last case on 1 August: seven days end with the 8th, three more with the 11th, then low.
            (
                "9th",
                "high",
                [
                    ("high", "2022-07-30", "2022-08-08"),
                    ("medium", "2022-08-09", "2022-08-11"),
                    ("low", "2022-08-12", ""),
                ],
            ),
            # An area that began as medium needs its own seven days.
            ("9th", "medium", [("medium", "2022-07-30", "2022-08-08"), ("low", "2022-08-09", "")]),
            ("twenty", "high", [("high", "2022-07-30", "2022-08-06"), ("low", "2022-08-07", "")]),
            ("ten", "high", [("high", "2022-07-30", "2022-08-06")]),
            ("8th", "lockdown", [("lockdown", "2022-07-30", "2022-08-15")]),
            (
                "drill",
                "high",
                [
                    ("high", "2022-07-30", "2022-08-07"),
                    ("medium", "2022-08-08", "2022-08-09"),
                    ("low", "2022-08-10", "2022-08-10"),
                ],
            ),
        ],
    )
    def test_comes_down_step_by_step(self, code: str, level: str, expected: list[tuple[str, str, str]]) -> None:
        assert steps(code, level, starts="2022-07-30", last_case="2022-08-01") == expected

    def test_of_a_level_the_edition_does_not_know_is_refused(self) -> None:
        with pytest.raises(RuleRefused) as refused:
            steps("twenty", "medium", starts="2022-07-30", last_case="2022-08-01")
        assert refused.value.code == "zone.unknown_level"

    @pytest.mark.parametrize(
        ("screenings", "missing"),
        [
            ([], ["screening_missing"]),
            ([Screening(day("2022-08-07"), True)], ["screening_missing"]),
            ([Screening(day("2022-08-08"), None)], ["screening_without_result"]),
            ([Screening(day("2022-08-08"), False)], ["screening_positive"]),
            ([Screening(day("2022-08-08"), True)], []),
        ],
    )
    def test_needs_its_screening_on_the_last_day(self, screenings: list[Screening], missing: list[str]) -> None:
        high = zone_steps(edition("9th"), "high", starts_date=day("2022-07-30"), last_case_date=day("2022-08-01"))[0]
        found = missing_for_zone(high, edition("9th"), screenings=tuple(screenings), now=at("2022-08-09T00:00"))
        assert [reason.code for reason in found] == missing

    def test_within_two_days_is_enough_under_the_eighth(self) -> None:
        eighth = edition("8th")
        step = zone_steps(eighth, "lockdown", starts_date=day("2022-03-01"), last_case_date=day("2022-03-01"))[0]
        for on, missing in (("2022-03-13", 1), ("2022-03-14", 0), ("2022-03-15", 0)):
            screenings = (Screening(day(on), True),)
            assert len(missing_for_zone(step, eighth, screenings=screenings, now=at("2022-03-16T00:00"))) == missing
        assert len(missing_for_zone(step, eighth, screenings=screenings, now=at("2022-03-15T23:00"))) == 1


class TestStaffing:
    def test_is_counted_up_to_whole_people(self) -> None:
        assert workers_needed(edition("8th"), "lockdown", residents=764) == (26, 77)
        assert workers_needed(edition("8th"), "restricted", residents=12_500) == (125, 125)
        assert workers_needed(edition("ten"), "high", residents=100) is None
