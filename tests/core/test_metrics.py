"""Numbers: every one is defined, opens into its rows, and adds up from community to county."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lianfang.core.metrics.compounds import figures_of
from lianfang.core.metrics.models import Snapshot
from lianfang.core.metrics.origins import arrivals_of, most_frequent, place_of
from lianfang.core.metrics.registry import METRICS, At, below, number, numbers, rows_of, tally, total
from lianfang.core.metrics.snapshots import BASE, KEPT, kept_since, take
from lianfang.core.metrics.today import curve_of, league_of, pace_of
from lianfang.core.work.models import WorkItem
from tests.flows.day import ARRIVED, Day, a_day_in_town, someone


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with django_db_blocker.unblock(), a_day_in_town(tmp_path_factory.mktemp("lists")) as day:
        yield day


@pytest.fixture
def day(standing: Day, db: None) -> Day:
    return standing


@pytest.fixture
def at(day: Day) -> At:
    return At(timezone.now())


@pytest.fixture
def county_path(day: Day) -> str:
    return day.path("999999")


@pytest.mark.django_db
class TestEveryNumber:
    def test_says_what_it_counts(self) -> None:
        wordless = [
            code for code, metric in METRICS.items() if not (metric.label and metric.definition and metric.unit)
        ]
        assert len(METRICS) >= 30
        assert wordless == []

    def test_is_the_count_of_the_rows_it_opens_into(self, county_path: str, at: At) -> None:
        counted = numbers(dict.fromkeys(METRICS, (county_path,)), at=at)
        opened = {code: len(set(rows_of(metric, at=at, scopes=(county_path,)))) for code, metric in METRICS.items()}
        assert counted == opened

    def test_adds_up_from_the_parts_of_every_area(self, day: Day, at: At) -> None:
        for code in ("999999", "999999001", "999999001001"):
            path = day.path(code)
            found = tally(METRICS, at=at, scopes=(path,), depth=below(path))
            whole = {code: number(metric, at=at, scopes=(path,)) for code, metric in METRICS.items()}
            assert {code: total(found, code) for code in METRICS} == whole

    def test_is_zero_for_who_may_see_nothing(self, at: At) -> None:
        assert set(numbers(dict.fromkeys(METRICS, ()), at=at).values()) == {0}

    def test_of_a_community_leaves_out_its_neighbour(self, at: At) -> None:
        due = METRICS["work.due"]
        own = rows_of(due, at=at, scopes=someone("secretary").authority.scopes("metrics.read"))
        others = rows_of(due, at=at, scopes=someone("other_secretary").authority.scopes("metrics.read"))
        assert (own.count(), others.count()) == (6, 2)
        assert not set(own) & set(others)

    def test_of_many_metrics_costs_one_query_a_ledger(self, county_path: str, at: At) -> None:
        ledgers = {metric.source.code for metric in METRICS.values()}
        with CaptureQueriesContext(connection) as queries:
            tally(METRICS, at=at, scopes=(county_path,), depth=12)
        assert len(queries) == len(ledgers)


@pytest.mark.django_db
class TestTheDayInNumbers:
    def test_is_what_happened(self, county_path: str, at: At) -> None:
        counted = numbers(dict.fromkeys(METRICS, (county_path,)), at=at)
        expected = {
            "lists.received": 2,
            "rows.received": 12,
            "rows.asked": 12,
            "rows.merged": 3,
            "work.opened": 9,
            "work.unplaced": 1,
            "work.dispatched": 8,
            "work.reached": 2,
            "work.finished": 3,
            "work.confirmed": 1,
            "work.due": 9,
            "work.done": 3,
            "work.waiting": 1,
            "work.forwarded": 1,
            "work.late": 1,
            "work.unanswered": 1,
            "outcome.no_control": 1,
            "outcome.controlled": 1,
            "outcome.elsewhere": 1,
            "arrivals": ARRIVED,
            "measures.home": 1,
            "measures.in_force": 1,
            "measures.ending": 0,
        }
        assert {code: counted[code] for code in expected} == expected

    def test_saves_as_many_calls_as_requests_joined_open_work(self, county_path: str, at: At) -> None:
        counted = numbers(dict.fromkeys(("rows.asked", "rows.merged", "work.opened"), (county_path,)), at=at)
        assert counted["rows.asked"] - counted["rows.merged"] == counted["work.opened"]

    def test_begins_anew_at_midnight_but_keeps_what_is_open(self, county_path: str, at: At) -> None:
        tomorrow = At(at.ends_at + timedelta(hours=1))
        counted = numbers(dict.fromkeys(METRICS, (county_path,)), at=tomorrow)
        assert (counted["work.opened"], counted["rows.asked"], counted["work.verified"]) == (0, 0, 0)
        assert counted["work.due"] == WorkItem.objects.open().count() == 7

    def test_before_it_happened_is_empty(self, county_path: str, at: At) -> None:
        yesterday = At(at.starts_at - timedelta(seconds=1))
        counted = numbers(dict.fromkeys(("work.due", "rows.received", "arrivals"), (county_path,)), at=yesterday)
        assert set(counted.values()) == {0}

    def test_ranks_the_areas_by_lateness_and_ends_with_what_lies_nowhere(self, day: Day, at: At) -> None:
        league = league_of(day.areas["999999001"], at=at)
        assert league.parts[0].area == day.areas["999999001001"]
        assert (league.parts[-1].area, league.parts[-1]["work.due"]) == (None, 1)
        assert league.total["work.due"] == sum(part["work.due"] for part in league.parts) == 9
        assert league.parts[0].leader

    def test_knows_its_pace_and_the_longest_lateness(self, county_path: str, at: At, day: Day) -> None:
        pace = pace_of(at=at, scopes=(county_path,))
        assert pace.late_since == WorkItem.objects.get(id=day.items[4].id).late_since
        assert all(seconds is not None and seconds >= 0 for seconds in pace.seconds.values())

    def test_draws_the_days_before_with_today_last(self, county_path: str, at: At) -> None:
        curve = curve_of(at=at, scopes=(county_path,), days=5)
        assert [one.day for one in curve] == [at.day - timedelta(days=back) for back in (4, 3, 2, 1, 0)]
        assert (curve[-1].finished, curve[-1].waiting, curve[0].waiting) == (3, 6, 0)


@pytest.mark.django_db
class TestTheDayTable:
    def test_adds_up_to_the_numbers_of_the_area(self, day: Day, at: At) -> None:
        path = day.path()
        sums: dict[str, int] = {}
        for counts in figures_of(at=at, scopes=(path,)).values():
            for code, count in counts.items():
                sums[code] = sums.get(code, 0) + count
        codes = (*BASE, "work.due", "work.done", "work.late", "measures.home")
        assert {code: sums[code] for code in codes} == numbers(dict.fromkeys(codes, (path,)), at=at)

    def test_costs_four_queries_whatever_the_number_of_compounds(self, county_path: str, at: At) -> None:
        with CaptureQueriesContext(connection) as queries:
            figures_of(at=at, scopes=(county_path,))
        assert len(queries) == 4

    def test_counts_each_arrival_once_and_by_the_newest_list(self, county_path: str, at: At) -> None:
        arrivals = arrivals_of(at=at, scopes=(county_path,))
        assert len(arrivals) == ARRIVED
        assert sorted(origin for _, _, origin in arrivals) == ["丹岚"] * 6 + ["沪原"] * 3
        assert most_frequent(arrivals, most=1) == ("丹岚",)


@pytest.mark.django_db
class TestSnapshot:
    def test_keeps_the_value_of_every_area_down_to_the_community(self, day: Day, at: At) -> None:
        take(at.instant)
        for area in ("999999", "999999001", "999999001001"):
            path = day.path(area)
            kept = dict(Snapshot.objects.filter(path=path).values_list("metric", "value"))
            counted = numbers(dict.fromkeys(KEPT, (path,)), at=at)
            assert {code: kept.get(code, 0) for code in KEPT} == counted

    def test_taken_twice_in_an_hour_keeps_the_newer_values(self, county_path: str, at: At) -> None:
        take(at.instant)
        WorkItem.objects.filter(state="unplaced").update(state="cancelled")
        take(at.instant)
        kept = kept_since(("work.unplaced",), path=county_path, since=at.starts_at, until=at.ends_at)
        assert [one["work.unplaced"] for one in kept] == [0]

    def test_of_old_days_keeps_the_last_hour_only(self, county_path: str, at: At) -> None:
        long_ago = at.starts_at - timedelta(days=9)
        for hour in (8, 9, 20):
            take(long_ago + timedelta(hours=hour))
        take(at.instant)
        kept = Snapshot.objects.filter(metric="work.due", path=county_path).values_list("at", flat=True)
        assert timezone.localtime(kept.order_by("at")[0]).hour == 20
        assert kept.count() == 2


class TestOrigin:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("河南省郑州市二七区", "郑州"),
            ("沪原市某高风险区", "沪原"),
            ("上海市浦东新区花木街道", "上海"),
            ("内蒙古自治区", "内蒙古自治区"),
            ("湖北省", "湖北"),
            ("恩施土家族苗族自治州", "恩施土家族苗族"),
            ("泰国", "泰国"),
            ("AAX", "AAX"),
            ("  ", ""),
        ],
    )
    def test_is_the_city_as_people_say_it(self, text: str, place: str) -> None:
        assert place_of(text) == place

    @given(st.text(max_size=40))
    def test_is_never_longer_than_what_was_written(self, text: str) -> None:
        assert len(place_of(text)) <= len(text)
