"""Who may go, and what is missing for those who may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from lianfang.playbooks.rules import (
    Case,
    Evidence,
    Reason,
    Ruling,
    Sample,
    colour_at,
    duties_on,
    hold_until,
    missing_for_release,
    rule,
    valid_until,
)
from lianfang.playbooks.shelf import edition
from tests.playbooks.reading_cases import at, day, fact, noon, sample

ENVIRONMENT = (sample("2022-08-07T10:00 negative"),)


def ruled(code: str, facts: Sequence[str], placed: str, **more: object) -> Ruling:
    case = Case(facts=tuple(map(fact, facts)), placed_date=day(placed), **more)  # type: ignore[arg-type]  # few fields
    return rule(case, edition(code), now=noon(day(placed)))


def negatives(*days: str) -> tuple[Sample, ...]:
    """Negative tests at nine on these days, reported the same evening."""
    return tuple(sample(f"{one}T09:00 negative {one}T21:00") for one in days)


def codes(missing: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in missing]


def asked(ruling: Ruling, when: str, tests: tuple[Sample, ...] = (), **more: object) -> list[str]:
    return codes(missing_for_release(ruling, Evidence(tests=tests, **more), now=at(when)))  # type: ignore[arg-type]


ALL_NINE = ("2022-08-02", "2022-08-03", "2022-08-04", "2022-08-06", "2022-08-08", "2022-08-11")
CONTACT = ("contact_ruling 2022-08-01",)


class TestAContactUnderTheNinth:
    def test_goes_at_midnight_when_everything_is_there(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        assert asked(ruling, "2022-08-11T23:59", negatives(*ALL_NINE)) == ["span_not_elapsed"]
        assert asked(ruling, "2022-08-12T00:00", negatives(*ALL_NINE)) == []

    @pytest.mark.parametrize(
        ("last", "code"),
        [
            ("", "test_not_taken"),
            ("2022-08-11T09:00", "test_without_result"),
            ("2022-08-11T09:00 negative 2022-08-12T03:00", "test_without_result"),
            ("2022-08-11T09:00 invalid 2022-08-11T20:00", "test_invalid"),
            ("2022-08-11T09:00 positive 2022-08-11T20:00", "test_positive"),
        ],
    )
    def test_stays_while_the_last_test_is_not_negative(self, last: str, code: str) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        tests = negatives(*ALL_NINE[:-1]) + ((sample(last),) if last else ())
        assert asked(ruling, "2022-08-12T00:00", tests) == [code]

    def test_makes_up_for_a_missed_test_on_a_later_day(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        missed = negatives(*(one for one in ALL_NINE if one != "2022-08-06"))
        assert asked(ruling, "2022-08-12T00:00", missed) == ["test_not_taken"]
        assert asked(ruling, "2022-08-12T00:00", missed + negatives("2022-08-05")) == ["test_not_taken"]
        assert asked(ruling, "2022-08-12T00:00", missed + negatives("2022-08-07")) == []

    def test_leaves_the_site_only_with_clean_surroundings(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        site, tests = ruling.stages[0], negatives(*ALL_NINE[:5])

        def missing(*environment: str) -> list[str]:
            evidence = Evidence(tests=tests, environment=tuple(map(sample, environment)))
            return codes(missing_for_release(ruling, evidence, now=at("2022-08-09T00:00"), stage=site))

        assert missing() == ["environment_missing"]
        assert missing("2022-08-01T10:00 negative") == ["environment_missing"]
        assert missing("2022-08-07T10:00 negative", "2022-08-08T10:00 positive") == ["environment_positive"]
        assert missing("2022-08-07T10:00 positive", "2022-08-08T10:00 negative") == []

    def test_is_asked_about_tests_to_come_before_its_time(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        missing = missing_for_release(ruling, Evidence(tests=negatives(*ALL_NINE[:2])), now=at("2022-08-03T22:00"))
        assert codes(missing) == ["span_not_elapsed", *["test_to_come"] * 4]
        assert missing[1].params == (("day", 3), ("date", date(2022, 8, 4)), ("samples", 1))


class TestTwoSamples:
    def test_are_both_needed_on_the_last_day(self) -> None:
        ruling = ruled("8th", ("contact_ruling 2022-03-10",), "2022-03-11")
        tests = negatives("2022-03-11", "2022-03-14", "2022-03-17", "2022-03-24")
        evidence = Evidence(tests=tests, environment=(sample("2022-03-23T10:00 negative"),))
        second = Evidence(tests=(*tests, sample("2022-03-24T09:05 negative")), environment=evidence.environment)
        site, midnight = ruling.stages[0], at("2022-03-25T00:00")
        assert codes(missing_for_release(ruling, evidence, now=midnight, stage=site)) == ["test_not_taken"]
        assert missing_for_release(ruling, second, now=midnight, stage=site) == ()


class TestAContactOfAContact:
    FACTS = ("secondary_contact 2022-03-10",)
    TESTS = negatives("2022-03-11", "2022-03-14", "2022-03-17")

    def missing(self, *linked: str, clock: date | None = date(2022, 3, 12)) -> list[str]:
        ruling = ruled("8th", self.FACTS, "2022-03-11", linked_clock_date=clock)
        evidence = Evidence(
            tests=self.TESTS,
            linked_tests=tuple(map(sample, linked)),
            environment=(sample("2022-03-17T10:00 negative"),),
        )
        return codes(missing_for_release(ruling, evidence, now=at("2022-03-18T08:00")))

    def test_waits_for_day_seven_of_the_contact(self) -> None:
        # The contact's day 7 is the 19th, after the own seven days.
        assert self.missing("2022-03-16T09:00 negative") == ["linked_test_missing"]
        assert self.missing("2022-03-15T09:00 negative", clock=date(2022, 3, 8)) == []

    def test_is_not_let_go_by_a_contact_nobody_knows_the_days_of(self) -> None:
        assert self.missing("2022-03-16T09:00 negative", clock=None) == ["linked_unknown"]

    def test_is_ruled_on_anew_when_the_contact_is_positive(self) -> None:
        assert self.missing("2022-03-16T09:00 positive") == ["linked_is_positive"]

    def test_whose_contact_was_positive_does_not_wait_for_ever(self) -> None:
        positive = (sample("2022-03-13T09:00 positive 2022-03-14T02:00"),)
        ruling = ruled("8th", self.FACTS, "2022-03-11", linked_clock_date=date(2022, 3, 9), linked_tests=positive)
        waits = [one.code for stage in ruling.stages for one in stage.release]
        assert "linked_contact_negative" not in waits


class TestAPositiveAtHome:
    FACTS = ("positive_test 2022-12-10",)

    @pytest.mark.parametrize(
        ("tests", "missing"),
        [
            (["16T09:00 positive ct=36", "17T09:00 negative"], []),
            (["16T09:00 positive ct=35", "17T09:00 positive ct=35"], []),
            (["16T09:00 positive ct=34", "17T09:00 negative"], ["consecutive_to_go"]),
            (["15T09:00 negative", "17T09:00 negative"], ["consecutive_to_go"]),
            (["16T09:00 negative", "16T19:00 negative"], ["consecutive_to_go"]),
            (["16T09:00 negative", "17T09:00 positive ct=30", "18T09:00 negative"], ["consecutive_to_go"]),
            (["17T09:00 positive ct=30", "18T09:00 negative", "19T09:00 negative"], []),
        ],
    )
    def test_goes_with_two_in_a_row_from_day_six(self, tests: list[str], missing: list[str]) -> None:
        ruling = ruled("ten", self.FACTS, "2022-12-10")
        given = tuple(sample(f"2022-12-{one}") for one in tests)
        assert asked(ruling, "2022-12-20T08:00", given) == missing

    def test_is_held_from_day_to_day_but_not_for_ever(self) -> None:
        ruling = ruled("ten", self.FACTS, "2022-12-10")
        missing = missing_for_release(ruling, Evidence(), now=at("2022-12-18T08:00"))
        assert hold_until(ruling, missing, now=at("2022-12-12T08:00")) == at("2022-12-18T00:00")
        assert hold_until(ruling, missing, now=at("2022-12-18T00:00")) == at("2022-12-19T00:00")
        # Fourteen days from the 10th end with the 23rd.
        assert hold_until(ruling, missing, now=at("2022-12-23T23:00")) == at("2022-12-24T00:00")
        assert hold_until(ruling, missing, now=at("2022-12-24T00:00")) is None
        assert hold_until(ruling, (), now=at("2022-12-12T08:00")) is None


class TestAnArrival:
    @pytest.mark.parametrize(
        ("tests", "missing"),
        [
            (["10T22:00 negative", "11T22:00 negative"], []),
            (["10T22:00 negative", "11T21:00 negative"], ["tests_to_go"]),
            (["10T21:00 negative", "11T22:00 negative"], ["tests_to_go"]),
            (["10T22:00 negative", "11T21:00 negative", "12T08:00 negative"], []),
            (["10T22:00 positive"], ["test_positive"]),
        ],
    )
    def test_needs_tests_far_enough_apart_after_arriving(self, tests: list[str], missing: list[str]) -> None:
        ruling = ruled("9th", ("arrival 2022-08-10 at=2022-08-10T21:30",), "2022-08-10")
        assert asked(ruling, "2022-08-13T00:00", tuple(sample(f"2022-08-{one}") for one in tests)) == missing

    def test_has_a_day_for_the_first_one_from_the_hour_of_arrival(self) -> None:
        ruling = ruled("9th", ("arrival 2022-08-10 at=2022-08-10T21:30",), "2022-08-10")
        first = next(one for one in duties_on(ruling, date(2022, 8, 10)) if one.kind == "test")
        assert (first.opens_at, first.due_at) == (at("2022-08-10T21:30"), at("2022-08-11T21:30"))


class TestTheHousehold:
    FACTS = ("secondary_contact 2022-08-01",)

    @pytest.mark.parametrize(
        ("co_residents", "missing"), [(None, ["co_residents_unknown"]), (2, ["co_residents_missing"]), (0, [])]
    )
    def test_is_released_together(self, co_residents: int | None, missing: list[str]) -> None:
        ruling = ruled("9th", self.FACTS, "2022-08-02")
        tests = negatives("2022-08-02", "2022-08-05", "2022-08-08")
        assert asked(ruling, "2022-08-09T00:00", tests, co_residents_missing=co_residents) == missing


class TestADay:
    def test_asks_for_temperature_tests_visits_and_the_check(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        kinds = {on: [one.kind for one in duties_on(ruling, date(2022, 8, on))] for on in (1, 2, 5, 8, 9, 11, 12)}
        temperature = ["temperature_morning", "temperature_evening"]
        assert kinds == {
            1: [],
            2: [*temperature, "test"],
            5: temperature,
            8: [*temperature, "test", "release_check"],
            9: [*temperature, "visit"],
            11: [*temperature, "test", "visit", "release_check"],
            12: [],
        }

    def test_has_the_hours_of_the_edition(self) -> None:
        morning, evening = duties_on(ruled("9th", CONTACT, "2022-08-02"), date(2022, 8, 5))
        assert (morning.opens_at, morning.due_at) == (at("2022-08-05T06:00"), at("2022-08-05T12:00"))
        assert (evening.opens_at, evening.due_at) == (at("2022-08-05T14:00"), at("2022-08-05T20:00"))
        assert (morning.day, evening.day) == (4, 4)

    def test_goes_on_while_somebody_is_held(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        missing = missing_for_release(ruling, Evidence(), now=at("2022-08-12T08:00"))
        kinds = [one.kind for one in duties_on(ruling, date(2022, 8, 12), missing=missing)]
        assert kinds == ["temperature_morning", "temperature_evening", "test", "release_check"]
        assert colour_at(ruling, at("2022-08-12T08:00"), missing=missing) == "yellow"
        assert colour_at(ruling, at("2022-08-12T08:00")) == "green"

    def test_has_the_colour_of_its_stage(self) -> None:
        ruling = ruled("9th", CONTACT, "2022-08-02")
        colours = [colour_at(ruling, at(f"2022-08-{on}T00:00")) for on in ("02", "08", "09", "11", "12")]
        assert colours == ["red", "red", "yellow", "yellow", "green"]


class TestATest:
    def test_is_valid_from_sampling_or_from_the_report(self) -> None:
        test = sample("2022-08-02T09:00 negative 2022-08-02T21:00")
        assert valid_until(test, edition("9th").conventions) == at("2022-08-04T09:00")
        assert valid_until(test, edition("drill").conventions) == at("2022-08-04T09:00")  # 36 h from 21:00
        assert valid_until(sample("2022-08-02T09:00"), edition("drill").conventions) is None
