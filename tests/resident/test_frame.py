"""The frame of pages without a log-in: light, large, and changed by links that need no script."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from lianfang.resident import frame
from lianfang.resident.limiting import Limit, address_of

STATIC = Path(frame.__file__).parent / "static" / "resident"
FILES = sorted(STATIC.iterdir())


@frame.open_page
def plain(request: object) -> HttpResponse:
    """A page of nothing but the frame."""
    return frame.show(request, "resident/base.html", {})  # type: ignore[arg-type]  # the factory's request


def ask(path: str = "/r/x/?a=1", **cookies: str) -> str:
    """The frame's page as a stranger gets it."""
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.user = AnonymousUser()
    request.LANGUAGE_CODE = "zh-hans"
    answer = plain(request)
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


class TestTheFrame:
    def test_begins_large_and_keeps_the_size_asked_for(self) -> None:
        assert 'class="s18"' in ask()
        assert 'class="s30"' in ask(lianfang_size="30")
        assert 'class="s18"' in ask(lianfang_size='12"><b>')

    def test_changes_size_and_language_by_links_and_comes_back(self) -> None:
        page = ask()
        link = re.search(r'href="(/r/look/\?size=26[^"]*)"', page)
        assert link
        answer = Client().get(link[1].replace("&amp;", "&"))
        assert (answer.status_code, answer.headers["Location"]) == (302, "/r/x/?a=1")
        cookie = answer.cookies["lianfang_size"]
        assert (cookie.value, cookie["secure"], cookie["samesite"]) == ("26", "", "Lax")
        assert Client().get("/r/look/?language=en").cookies["lianfang_language"].value == "en"

    @pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/account/login/", "javascript:1", ""])
    def test_leads_nowhere_else(self, to: str) -> None:
        answer = Client().get("/r/look/", {"size": "99", "next": to})
        assert answer.headers["Location"] == frame.FIRST_PAGE
        assert not answer.cookies

    def test_weighs_little(self) -> None:
        weight = len(ask().encode()) + sum(path.stat().st_size for path in FILES)
        assert weight < frame.MOST_BYTES / 3, "the pages themselves need room too"

    def test_asks_nobody_else_and_runs_no_inline_script(self) -> None:
        page = ask()
        assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
        assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\son\w+=", page) == []


class TestTheirFiles:
    @pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".css"], ids=lambda path: path.name)
    def test_are_styled_for_old_browsers(self, path: Path) -> None:
        css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for new in (
            "var(",
            ":has(",
            "display: grid",
            "color-mix",
            "oklch",
            "&",
            ":is(",
            ":where(",
            "gap:",
            "@layer",
            "url(",
        ):
            assert new not in css, new

    @pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".js"], ids=lambda path: path.name)
    def test_speak_a_script_old_browsers_know(self, path: Path) -> None:
        js = re.sub(r"/\*.*?\*/|'[^'\n]*'", "", path.read_text(encoding="utf-8"), flags=re.S)
        for new in ("=>", "`", "const ", "let ", "class ", "?.", "??", "async ", "import ", "fetch(", "..."):
            assert new not in js, new


class TestALimit:
    def test_holds_one_address_for_its_window_and_no_other(self) -> None:
        now = [0.0]
        limit = Limit(most=2, seconds=60, clock=lambda: now[0])
        assert [limit.wait("a") for _ in range(3)] == [0, 0, 60]
        assert limit.wait("b") == 0
        now[0] = 59.5
        assert limit.wait("a") == 1
        now[0] = 60.0
        assert limit.wait("a") == 0

    def test_knows_who_asks_behind_a_proxy_and_believes_nobody_else(self, settings: Any) -> None:
        request = RequestFactory().get("/r/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.1.2.3")
        settings.HTTPS = True
        assert address_of(request) == "10.1.2.3"
        settings.HTTPS = False
        assert address_of(request) == "127.0.0.1"
