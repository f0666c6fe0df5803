"""Every address asked as every role: nobody gets more than matrix.toml says, and no address is forgotten there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from lianfang.core.access.models import Responsibility, User
from lianfang.core.audit.models import AuditEntry, Receipt
from lianfang.core.people.models import IdentityDocument, Person, Telephone
from tests.security.conftest import elsewhere
from tests.security.matrix import ROLES, Line, address, body_of, fill_the_desk, lines, patterns

pytestmark = pytest.mark.django_db

TABLE = lines()
PATTERNS = {str(pattern.name): pattern for pattern in patterns()}
KNOWN = sorted(TABLE.keys() & PATTERNS.keys())
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REFUSED = (403, 404)
PACKAGES = ("account_", "mfa_")
"""Pages of the log-in packages, which have tests of their own."""


@pytest.fixture(scope="module")
def ids(town_kept: str, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """A day's work in 望湖社区, in a database of its own."""
    with django_db_blocker.unblock(), elsewhere(town_kept, "matrix"):
        yield fill_the_desk()


@pytest.fixture(scope="module")
def browsers(ids: dict[str, Any], django_db_blocker: Any) -> dict[str, Client]:
    """A browser for each role, logged in."""
    found = {}
    with django_db_blocker.unblock():
        for role in ROLES:
            found[role] = Client(raise_request_exception=False)
            found[role].force_login(User.objects.get(username=role), backend=BACKEND)
        found["desk, strict"] = Client(enforce_csrf_checks=True, raise_request_exception=False)
        found["desk, strict"].force_login(User.objects.get(username="desk"), backend=BACKEND)
    return found


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """As in the demo: no second factor is asked for. That it is asked for otherwise is tested elsewhere."""
    settings.DEMO = True


def ask(browser: Client, line: Line, ids: dict[str, Any], way: str) -> tuple[Any, int, bool]:
    """The answer of the address asked as declared, how many commands it carried out, and whether a look at people was
    written into the log; all of it is taken back."""
    where = address(PATTERNS[line.name], ids, line.query)
    with transaction.atomic():
        before, began = Receipt.objects.count(), timezone.now()
        answer = browser.post(where, body_of(line, ids)) if way == "POST" else browser.get(where)
        usable = not transaction.get_connection().needs_rollback
        done = Receipt.objects.count() - before if usable else 0
        looked = usable and AuditEntry.objects.filter(kind="look", recorded_at__gte=began).exists()
        transaction.set_rollback(True)
    return answer, done, looked


class TestTheTable:
    def test_names_every_address_and_no_other(self) -> None:
        assert sorted(PATTERNS.keys() - TABLE.keys()) == [], "declare them in tests/security/matrix.toml"
        assert sorted(TABLE.keys() - PATTERNS.keys()) == [], "they are gone: take them out of matrix.toml"

    def test_lets_nobody_of_another_community_at_rows_of_this_one(self) -> None:
        named = [name for name in KNOWN if PATTERNS[name].pattern.converters.keys() & ROWS]
        for name in named:
            line = TABLE[name]
            for role in ("other_secretary", "other_worker"):
                assert role not in line.may, name
                assert line.sees.get(role, 404) in REFUSED, name

    def test_keeps_administrator_and_auditor_from_people_work_and_lists(self) -> None:
        for name in KNOWN:
            if name.startswith(
                ("people", "person", "household", "dwelling", "duplicate", "list", "review", "work_", "field_")
            ):
                line = TABLE[name]
                for role in ("administrator", "auditor"):
                    assert role not in line.may, name
                    assert name in ("work_places", "field_me") or line.sees.get(role, 403) == 403, name

    def test_shows_the_log_to_the_auditor_alone(self) -> None:
        assert [role for role, status in TABLE["audit"].sees.items() if status == 200] == ["auditor"]


ROWS = {
    "list_id",
    "row_id",
    "item_id",
    "person_id",
    "household_id",
    "dwelling_id",
    "merge_id",
    "pair_id",
    "household_report_id",
    "company_id",
    "poster_id",
    "rule_id",
    "report_id",
    "command_id",
    "errand_id",
    "batch_id",
    "picture_id",
    "call_id",
    "ordered_id",
    "pass_id",
}


class TestEveryAddress:
    @pytest.mark.parametrize("name", KNOWN)
    def test_gives_each_role_what_the_table_says(
        self, name: str, ids: dict[str, Any], browsers: dict[str, Client]
    ) -> None:
        line, wrong = TABLE[name], []
        for role, way in itertools.product(ROLES, line.ways):
            answer, done, looked = ask(browsers[role], line, ids, way)
            status = answer.status_code
            if way == "GET":
                right = status == line.sees[role] and done == 0
            elif role in line.may:
                right = status < 500 and status not in REFUSED
            else:
                right = status in REFUSED and done == 0
            if not right:
                wrong.append(f"{way} by {role}: {status}, {done} done")
            if role not in MAY_READ_PEOPLE and status == 200:
                wrong += [f"{role} reads {person}" for person in people_on(answer)]
            if way == "GET" and role == "secretary" and not looked:
                wrong += [f"{number} in full, and no look is logged" for number in numbers_shown(answer, ids)]
            wrong += missing_headers(answer)
        assert not wrong, wrong

    @pytest.mark.parametrize("name", [name for name in KNOWN if not TABLE[name].may and not name.startswith(PACKAGES)])
    def test_answers_to_a_form_only_if_the_table_says_so(
        self, name: str, ids: dict[str, Any], browsers: dict[str, Client]
    ) -> None:
        line = TABLE[name]
        role = next((role for role in ROLES if line.sees[role] == 200), "desk")
        assert ask(browsers[role], line, ids, "POST")[0].status_code == 405

    @pytest.mark.parametrize("name", KNOWN)
    def test_leads_a_stranger_to_the_log_in_page(self, name: str, ids: dict[str, Any]) -> None:
        line = TABLE[name]
        where = address(PATTERNS[name], ids, line.query)
        answer = Client().get(where)
        scripted = Client().get(where, headers={"HX-Request": "true"})
        if line.open:
            assert answer.status_code in (200, 302, 405)
        else:
            assert answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/?next=")
            assert scripted.status_code == 401 and scripted.headers["HX-Redirect"].startswith("/account/login/")

    @pytest.mark.parametrize("name", KNOWN)
    def test_takes_nothing_without_the_token_of_its_form(
        self, name: str, ids: dict[str, Any], browsers: dict[str, Client]
    ) -> None:
        line = TABLE[name]
        assert browsers["desk, strict"].post(
            address(PATTERNS[name], ids, line.query), body_of(line, ids)
        ).status_code in (401, 403, 405)

    @pytest.mark.parametrize("name", [name for name in KNOWN if not TABLE[name].sees])
    def test_that_changes_something_answers_to_no_link(
        self, name: str, ids: dict[str, Any], browsers: dict[str, Client]
    ) -> None:
        assert browsers["desk"].get(address(PATTERNS[name], ids)).status_code == 405


def numbers_shown(answer: Any, ids: dict[str, Any]) -> list[str]:
    """Numbers of the person the addresses name that stand in the answer in full."""
    person = Person.objects.get(id=ids["person_id"])
    numbers = [document.number for document in IdentityDocument.objects.filter(person=person)]
    numbers += [telephone.number for telephone in Telephone.objects.filter(person=person)]
    assert numbers
    text = text_of(answer)
    return [number for number in numbers if number in text]


def missing_headers(answer: Any) -> list[str]:
    """What an answer lacks of the policy for the browser."""
    wanted = {
        "Content-Security-Policy": (
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ),
        "X-Content-Type-Options": ("nosniff",),
        "Referrer-Policy": ("same-origin",),
        "Cache-Control": ("no-store",),
        "X-Robots-Tag": ("noindex",),
        "Permissions-Policy": ("geolocation=()",),
    }
    return [
        f"{name}: {part}"
        for name, parts in wanted.items()
        for part in parts
        if part not in answer.headers.get(name, "")
    ]


MAY_READ_PEOPLE = frozenset(ROLES) - {"runner", "inspector", "auditor", "administrator"}


def text_of(answer: Any) -> str:
    """What a person can read in the answer."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return unescape(content.decode("utf-8", "replace"))


def people_on(answer: Any) -> list[str]:
    """Names of people of the town that stand in the answer; those on duty may be read by everyone."""
    text = re.sub(r"<[^>]+>", " ", text_of(answer))
    words = set(re.findall(r"[\u4e00-\u9fff·]{2,12}", text))
    names = set(Person.objects.filter(name__in=words).values_list("name", flat=True))
    staff = set(User.objects.filter(display_name__in=names).values_list("display_name", flat=True))
    answering = set(Responsibility.objects.filter(name__in=names).values_list("name", flat=True))
    return sorted(names - staff - answering)
