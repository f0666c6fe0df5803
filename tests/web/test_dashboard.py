"""Today's command and the numbers behind it, as each role sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lianfang.core.lists.models import ListRow
from lianfang.core.metrics.registry import METRICS, At, numbers
from lianfang.core.metrics.snapshots import take
from lianfang.core.people.models import Person
from lianfang.core.work.models import WorkItem
from lianfang.web.queries import numbers as shown
from lianfang.web.queries.numbers import SHEETS
from tests.flows.day import Day, a_day_in_town, someone
from tests.web.desk import browser, text_of

pytestmark = pytest.mark.django_db
PAGE_QUERIES = 20
FRAGMENT_QUERIES = 18


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with django_db_blocker.unblock(), a_day_in_town(tmp_path_factory.mktemp("lists")) as day:
        yield day


@pytest.fixture
def day(standing: Day, db: None) -> Day:
    cache.clear()
    return standing


def as_(username: str) -> Client:
    return browser(someone(username))


def links(response: Any) -> set[str]:
    return {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', response.content.decode())}


class TestTodaysCommand:
    def test_tells_the_day_of_the_area(self, day: Day) -> None:
        response = as_("command").get("/")
        values = {kpi["label"]: kpi["value"] for kpi in response.context["kpis"]}
        assert list(values.values())[:5] == [12, 3, 1, 1, 1]
        assert [stage["count"] for stage in response.context["funnel"]] == [12, 9, 8, 2, 3, 1]
        assert "3 joined: as many calls saved" in text_of(response)

    def test_shows_every_exception_with_where_to_deal_with_it(self, day: Day) -> None:
        client = as_("command")
        found = {one["what"]: one for one in client.get("/").context["exceptions"]}
        assert {what: one["count"] for what, one in found.items()} == {
            "checks late": 1,
            "without an address": 1,
            "to verify": 1,
            "reports missing": 8,
        }
        assert "望湖社区 1" in found["checks late"]["detail"]
        assert {client.get(one["url"]).status_code for one in found.values()} == {200}

    def test_leads_who_may_not_decide_to_the_rows_in_doubt(self, day: Day) -> None:
        ListRow.objects.filter(pk=ListRow.objects.values("pk")[:1]).update(decision="review")
        cache.clear()
        for username, address in (("command", "/numbers/rows.review/"), ("desk", "/review/")):
            client = as_(username)
            doubt = [one for one in client.get("/").context["exceptions"] if one["what"] == "rows to review"]
            assert doubt and doubt[0]["url"].startswith(address)
            assert client.get(doubt[0]["url"]).status_code == 200

    def test_says_so_when_nothing_waits(self, day: Day) -> None:
        WorkItem.objects.all().update(state="cancelled")
        response = as_("other_secretary").get("/?area=" + day.path("999999001002"))
        only = [one["what"] for one in response.context["exceptions"]]
        assert only == ["reports missing"]

    @pytest.mark.parametrize(
        ("username", "due"), [("county", 9), ("command", 9), ("desk", 9), ("secretary", 6), ("other_secretary", 2)]
    )
    def test_shows_each_level_its_own_area(self, day: Day, username: str, due: int) -> None:
        assert as_(username).get("/").context["total"]["due"] == due

    def test_of_another_community_is_not_found(self, day: Day) -> None:
        assert as_("secretary").get("/?area=" + day.path("999999001002")).status_code == 404
        assert as_("secretary").get("/?area=" + day.path("999999001")).status_code == 404

    def test_is_the_task_list_for_a_grid_worker(self, day: Day) -> None:
        response = as_("worker").get("/")
        assert (response.status_code, response["Location"]) == (302, "/m/")

    def test_sends_who_sees_no_numbers_to_what_they_do_see(self, day: Day) -> None:
        client = as_("auditor")
        response = client.get("/")
        assert response.status_code == 302
        assert client.get(response["Location"]).status_code == 200

    def test_shows_an_inspector_no_lists(self, day: Day) -> None:
        response = as_("inspector").get("/")
        assert response.status_code == 200
        assert response.context["found"].lists.count == 0

    def test_takes_totals_of_people_from_the_hour_they_were_counted(self, day: Day) -> None:
        assert as_("command").get("/").context["kpis"][-1]["value"] == "—"
        take(timezone.now())
        kpi = as_("command").get("/").context["kpis"][-1]
        assert kpi["value"] == Person.objects.current().filter(dwelling__isnull=False).count()

    def test_compares_with_yesterday_only_when_yesterday_was_kept(self, day: Day) -> None:
        assert as_("command").get("/").context["kpis"][0]["delta"] == ""
        take(timezone.now() - timedelta(hours=25))
        assert as_("command").get("/").context["kpis"][0]["delta"].startswith("+12")

    def test_names_nobody_but_who_answers(self, day: Day) -> None:
        take(timezone.now())
        text = as_("command").get("/").content.decode()
        assert not [person.name for person in day.people if person.name in text]

    def test_costs_at_most_twenty_queries_and_touches_no_table_of_people(self, day: Day) -> None:
        take(timezone.now())
        client = as_("command")
        client.get("/")
        with CaptureQueriesContext(connection) as page:
            client.get("/")
        with CaptureQueriesContext(connection) as fragment:
            client.get("/", headers={"HX-Request": "true", "X-Background": "1"})
        assert len(page) <= PAGE_QUERIES
        assert len(fragment) <= FRAGMENT_QUERIES
        assert not [query["sql"] for query in fragment if 'FROM "people_' in query["sql"]]

    def test_refreshes_without_counting_as_being_there(self, day: Day) -> None:
        page = as_("command").get("/").content.decode()
        assert 'hx-trigger="every 30s"' in page
        assert "X-Background" in page


class TestEveryNumberOpens:
    def test_into_as_many_rows_as_it_says(self, day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
        client, at = as_("desk"), At(timezone.now())
        counted = numbers(dict.fromkeys(METRICS, (day.path(),)), at=at)
        for code, value in counted.items():
            response = client.get(f"/numbers/{code}/")
            lines = response.context["lines"]
            assert response.context["value"] == value, code
            assert len(lines.rows) == min(value, shown.PAGE), code
            assert bool(lines.next_cursor) == (value > shown.PAGE), code

    def test_and_its_parts_add_up(self, day: Day) -> None:
        context = as_("county").get("/numbers/work.due/").context
        assert sum(part["value"] for part in context["parts"]) == context["value"] == 9

    def test_page_by_page(self, day: Day) -> None:
        client = as_("desk")
        first = client.get("/numbers/dwellings/").context["lines"]
        second = client.get("/numbers/dwellings/", {"after": first.next_cursor}).context["lines"]
        assert not {line.id for line in first.rows} & {line.id for line in second.rows}
        assert second.rows

    def test_with_names_masked(self, day: Day) -> None:
        for code in ("arrivals", "rows.asked", "rows.received", "measures.home", "outcome.no_control"):
            page = as_("desk").get(f"/numbers/{code}/").content.decode()
            assert not [person.name for person in day.people if person.name in page], code

    def test_into_pages_that_exist(self, day: Day) -> None:
        client = as_("desk")
        for code in ("work.due", "arrivals", "measures.home", "outcome.no_control", "rows.asked", "lists.received"):
            line = client.get(f"/numbers/{code}/").context["lines"].rows[0]
            assert client.get(line.url).status_code == 200, code

    def test_only_for_who_may_see_the_ledger(self, day: Day) -> None:
        response = as_("inspector").get("/numbers/arrivals/")
        assert (response.context["value"], response.context["lines"].rows) == (9, [])
        assert "not the rows" in text_of(response)

    def test_in_ones_own_area_only(self, day: Day) -> None:
        client = as_("secretary")
        assert client.get("/numbers/work.due/").context["value"] == 6
        assert client.get("/numbers/work.due/?area=" + day.path("999999001002")).status_code == 404

    def test_unless_there_is_no_such_number(self, day: Day) -> None:
        assert as_("desk").get("/numbers/cats/").status_code == 404

    def test_at_the_instant_of_the_address(self, day: Day) -> None:
        yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
        client = as_("desk")
        assert client.get(f"/numbers/work.due/?at={yesterday}").context["value"] == 0
        assert client.get("/numbers/work.due/?at=2999-01-01").context["value"] == 9
        assert client.get("/numbers/work.due/?at=nonsense").context["value"] == 9

    def test_and_every_source_has_a_sheet(self) -> None:
        assert {metric.source.code for metric in METRICS.values()} == set(SHEETS)


class TestStrangeAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "/?area=0001%25",
            "/?area=%00",
            "/numbers/work.due/?area=../../etc",
            "/reports/?area=zzzz",
        ],
    )
    def test_of_areas_are_not_found(self, day: Day, address: str) -> None:
        assert as_("county").get(address).status_code in (400, 404)

    @pytest.mark.parametrize(
        "address",
        [
            "/numbers/work.due/?at=2022-13-45",
            "/numbers/work.due/?at=2022-13-45T99:99:99Z",
            "/numbers/work.due/?after=~x",
            "/reports/?day=2022-02-31",
            "/reports/draft/log/?day=0001-01-02",
            "/reports/draft/log/?day=9999-12-31",
        ],
    )
    def test_of_days_and_pages_show_what_can_be_shown(self, day: Day, address: str) -> None:
        assert as_("county").get(address).status_code == 200

    def test_of_days_leave_a_communitys_report_readable(self, day: Day) -> None:
        unit = day.areas["999999001001"].id
        for text in ("2022-02-31", "1900-01-01", "9999-12-31"):
            assert as_("secretary").get(f"/reports/unit/{unit}/?day={text}").status_code == 200


class TestTheCatalogue:
    def test_tells_every_number_with_its_definition(self, day: Day) -> None:
        text = text_of(as_("desk").get("/numbers/"))
        assert all(str(metric.definition)[:40] in text.replace("&#x27;", "'") for metric in METRICS.values())

    def test_costs_at_most_a_query_a_ledger_and_the_frame(self, day: Day) -> None:
        client = as_("desk")
        client.get("/numbers/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/numbers/")
        assert len(queries) <= len(SHEETS) + 8

    def test_is_closed_to_who_sees_no_numbers(self, day: Day) -> None:
        assert as_("administrator").get("/numbers/").status_code == 403
