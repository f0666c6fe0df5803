"""What pages say about time, names and browsers; and that no page carries inline script or style."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

import lianfang
from lianfang.web import durations
from lianfang.web.navigation import NavEntry, desk_menu
from lianfang.web.security.browsers import below_floor
from lianfang.web.templatetags import lianfang as tags

FLOOR = {"Chrome": 87, "Firefox": 83, "Safari": 14}
NOON = datetime(2022, 12, 19, 4, 0, tzinfo=UTC)  # noon in Shanghai


class TestDurations:
    @pytest.mark.parametrize(
        ("minutes", "english", "chinese"),
        [
            (0, "0 min", "0 分"),
            (59, "59 min", "59 分"),
            (60, "1 h", "1 小时"),
            (90, "1 h 30 min", "1 时 30 分"),
            (1440, "1 d", "1 天"),
            (1500, "1 d 1 h", "1 天 1 时"),
        ],
    )
    def test_are_said_in_their_two_largest_parts(self, minutes: int, english: str, chinese: str) -> None:
        with translation.override("en"):
            assert durations.in_words(timedelta(minutes=minutes)) == english
        with translation.override("zh-hans"):
            assert durations.in_words(timedelta(minutes=minutes)) == chinese

    def test_turn_from_left_to_late_at_the_deadline(self) -> None:
        with translation.override("zh-hans"):
            assert durations.against_deadline(NOON, now=NOON - timedelta(minutes=42)) == "剩 42 分"
            assert durations.against_deadline(NOON, now=NOON) == "超时 0 分"
            assert durations.against_deadline(NOON, now=NOON + timedelta(minutes=18)) == "超时 18 分"
            assert durations.ago(NOON, now=NOON + timedelta(seconds=59)) == "刚刚"

    def test_show_a_day_as_people_write_it(self) -> None:
        with translation.override("zh-hans"):
            assert tags.spoken_day(NOON) == "12 月 19 日 周一"
        assert tags.local(NOON, "minute") == "2022-12-19 12:00"


class TestMask:
    @pytest.mark.parametrize(
        ("text", "kind", "shown"),
        [
            ("何文斌", "name", "何＊＊"),
            ("何", "name", "何＊"),
            ("", "name", ""),
            ("19900002207", "phone", "199****2207"),
            ("1990", "phone", "****"),
            ("999999199003071234", "document", "999999********1234"),
        ],
    )
    def test_keeps_only_what_helps_to_recognise(self, text: str, kind: str, shown: str) -> None:
        assert tags.mask(text, kind) == shown

    @given(
        st.text(min_size=1, max_size=40).filter(lambda text: "*" not in text), st.sampled_from(["phone", "document"])
    )
    def test_keeps_the_length_and_always_hides_something(self, text: str, kind: str) -> None:
        hidden = tags.mask(text, kind)
        assert len(hidden) == len(text)
        assert "*" in hidden


class TestBrowserFloor:
    @pytest.mark.parametrize(
        ("agent", "old"),
        [
            (
                "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240 Safari/537.36",
                True,
            ),
            ("Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0 Safari/537.36", False),
            ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", True),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 13_7 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0", True),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_1 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0", False),
            ("Mozilla/5.0 (Macintosh) AppleWebKit/605 (KHTML, like Gecko) Version/13.1 Safari/605", True),
            ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/115.0", False),
            ("curl/8.0", False),
        ],
    )
    def test_is_read_from_what_the_browser_says(self, agent: str, old: bool) -> None:
        assert below_floor(agent, FLOOR) is old


class TestMenu:
    def test_shows_what_exists_and_is_open_and_marks_the_nearest(self) -> None:
        request = RequestFactory().get("/account/second-factor/app/")
        request.user = object()  # type: ignore[assignment]  # entries below ask it nothing
        entries = [
            NavEntry(group="house", label="Account", url_name="mfa_index", icon="user"),
            NavEntry(group="house", label="App", url_name="mfa_activate_totp", icon="key-round", order=60),
            NavEntry(group="front", label="Gone", url_name="no_such_page", icon="x"),
            NavEntry(group="front", label="Closed", url_name="account_login", icon="x", allowed=lambda user: False),
        ]
        menu = desk_menu(request, entries)
        assert [[item["label"] for item in group["items"]] for group in menu] == [["Account", "App"]]
        assert [item["current"] for item in menu[0]["items"]] == [False, True]


class TestTemplates:
    @pytest.mark.parametrize("path", sorted(Path(lianfang.__file__).parent.rglob("templates/**/*.html")), ids=str)
    def test_carry_no_inline_script_or_style_and_ask_no_one_else(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        inline = re.compile(
            r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son(?!ly=)[a-z]+\s*=|javascript:|hx-on|https?://"
        )
        assert inline.findall(text) == []

    def test_draw_an_icon_that_screen_readers_skip(self) -> None:
        drawn = Template('{% icon "phone" 18 %}').render(Context())
        assert 'aria-hidden="true"' in drawn
        assert 'width="18"' in drawn

    def test_write_figures_with_thousands(self) -> None:
        assert Template("{{ n|thousands }}").render(Context({"n": 1284})) == "1,284"
