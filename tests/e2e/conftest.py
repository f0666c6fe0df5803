"""Browser tests with the distribution's Chromium (`apt-get install chromium`), never Playwright's own download."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, Route

# Playwright's sync API keeps an event loop in the test's thread; without this Django refuses every query there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

AxeRunner = Callable[[Page], list[tuple[str, str, list[str]]]]


def _chromium() -> str | None:
    for name in (os.environ.get("LIANFANG_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name) if name else None
        if path:
            return path
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser; its absence is a failure with the remedy, not a skip."""
    path = _chromium()
    if path is None:
        pytest.fail("no Chromium: run `apt-get install chromium fonts-noto-cjk`, or set LIANFANG_CHROMIUM to its path")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """An office PC in China; movement is reduced so that nothing is caught half-way."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": DESK,
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def town_template(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the test database with the town in it. A browser test empties its database; copying takes a second,
    loading the town anew would take many."""
    from tests.town import fill_database

    with django_db_blocker.unblock():
        fill_database()
        source = connection.settings_dict["NAME"]
        copy = f"{source}_town"
        _copy_database(source, copy)
        yield copy
        with _maintenance() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


@pytest.fixture
def living_town(town_template: str, transactional_db: None) -> None:
    """The toy town as the browser finds it: full, and changed by nobody yet."""
    _copy_database(town_template, connection.settings_dict["NAME"])


def _copy_database(source: str, target: str) -> None:
    connection.close()
    with _maintenance() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        server.execute(
            # the server's own workers (autovacuum) are no client's to end: CREATE DATABASE waits for them
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'",
            [source],
        )
        server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _maintenance() -> psycopg.Connection[Any]:
    """A connection beside the test database, able to copy it."""
    arguments = {**connection.get_connection_params(), "dbname": "postgres"}
    for name in ("context", "cursor_factory", "prepare_threshold"):
        arguments.pop(name, None)
    return psycopg.connect(**arguments, autocommit=True)


@pytest.fixture
def log_in(living_town: None, live_server: Any, settings: Any) -> Callable[[Page, str], None]:
    """Log in by the page as one of the cast of `tests/town.py`, without a second factor, as in the demo."""
    from tests.town import PASSWORD

    settings.DEMO = True

    def enter(page: Page, username: str) -> None:
        page.goto(f"{live_server.url}/account/login/?next=/account/password/")
        page.locator("#id_login").fill(username)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("form.login button").click()
        page.wait_for_load_state()

    return enter


class Watch:
    """Collects what a sound page never does: script errors, failed answers, requests that leave the server."""

    def __init__(self, page: Page, server: str) -> None:
        self.faults: list[str] = []
        self.allowed: set[int] = set()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("response", lambda response: self._answer(response.status, response.url))
        page.route("**/*", lambda route: self._pass(route, server))

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not any(f"status of {status}" in text for status in self.allowed):
            self.faults.append(f"console: {text}")

    def _answer(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.allowed:
            self.faults.append(f"{status} {url}")

    def _pass(self, route: Route, server: str) -> None:
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
            return
        self.faults.append(f"outside: {route.request.url}")
        route.abort()


@pytest.fixture
def watch(page: Page, live_server: Any) -> Watch:
    """The watch on `strict_page`; add a status to `allowed` when the story is about a refusal."""
    return Watch(page, live_server.url)


@pytest.fixture
def strict_page(page: Page, watch: Watch) -> Iterator[Page]:
    """A page that fails the test on a script error, a console error (CSP included), a 4xx/5xx or an outside request."""
    yield page
    assert not watch.faults, watch.faults


@pytest.fixture
def phone_page(browser: Browser, browser_context_args: dict[str, Any], live_server: Any) -> Iterator[Page]:
    """The same watch on a phone: 390 × 844, touch."""
    arguments = {**browser_context_args, "viewport": PHONE, "has_touch": True, "is_mobile": True}
    context: BrowserContext = browser.new_context(**arguments)
    page = context.new_page()
    watch = Watch(page, live_server.url)
    yield page
    context.close()
    assert not watch.faults, watch.faults


@pytest.fixture
def axe() -> AxeRunner:
    """Runs axe-core (WCAG 2.0 and 2.1, A and AA) and returns what it found: (rule, impact, first elements)."""
    if not AXE.exists():
        pytest.fail("axe-core is missing: run `npm ci` in frontend/ (make test does)")

    def run(page: Page) -> list[tuple[str, str, list[str]]]:
        page.evaluate(AXE.read_text(encoding="utf-8"))  # evaluate, not a script element: the strict CSP stays in force
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
        return [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]][:4]) for v in found["violations"]]

    return run


def small_targets(page: Page, *, least: int = 48) -> list[str]:
    """Controls a finger can hardly hit: visible controls lower than `least` CSS pixels, links in prose aside."""
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll('button, a, summary, select, input:not([type=hidden])')]
        .filter(e => e.offsetParent && !e.closest('p, .skip') && !e.matches('.skip, [type=checkbox], [type=radio]'))
        .filter(e => e.getBoundingClientRect().height < least - 0.5).map(e => e.outerHTML.slice(0, 90))""",
        least,
    )
    return found


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wider: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    return wider
