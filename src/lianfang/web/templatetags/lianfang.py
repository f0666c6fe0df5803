"""Filters and tags every page may use; built in, so templates need no `load`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import lucide
from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.defaultfilters import date as formatted
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django_htmx.jinja import htmx_script as _htmx_script

from lianfang.web import durations

register = template.Library()

_TEST_RESULTS = {
    "negative": gettext_lazy("Negative"),
    "positive": gettext_lazy("Positive"),
    "invalid": gettext_lazy("Invalid"),
}


@register.filter
def thousands(number: object) -> object:
    """12345 → "12,345"; what is no number is returned as it is."""
    if isinstance(number, (int, float)) and not isinstance(number, bool):
        return f"{number:,}"
    return number


@register.filter
def mask(text: object, kind: str = "name") -> str:
    """Hide the middle: `name` keeps the first character, `phone` 3 and 4, `document` 6 and 4.

    Text too short to hide anything is hidden whole.
    """
    word = str(text or "")
    head, tail = {"name": (1, 0), "phone": (3, 4), "document": (6, 4)}[kind]
    star = "＊" if kind == "name" else "*"
    if len(word) <= head + tail:
        return word[:head] + star if kind == "name" and word else star * len(word)
    return word[:head] + star * (len(word) - head - tail) + word[len(word) - tail :]


@register.filter
def percent(part: object, whole: object) -> float:
    """`part` of `whole` in per cent, one decimal; 0 when there is no whole. For texts and widths of bars."""
    if not isinstance(part, (int, float)) or not isinstance(whole, (int, float)) or not whole:
        return 0.0
    return round(100 * part / whole, 1)


@register.filter
def tenths(number: object) -> str:
    """Tenths as people write them: 365 → "36.5"; what is no number is left out."""
    return f"{number / 10:.1f}" if isinstance(number, int) else ""


@register.filter
def test_result(code: str) -> str:
    """The result of a test in words; empty while it is not known."""
    return str(_TEST_RESULTS.get(code, ""))


@register.filter
def span(length: timedelta | None) -> str:
    """A length of time in words; empty for none."""
    return durations.in_words(length) if length is not None else ""


@register.filter
def since(instant: datetime | None) -> str:
    """How long ago; empty for none."""
    return durations.ago(instant, now=timezone.now()) if instant else ""


@register.filter
def due(instant: datetime | None) -> str:
    """How late, or how much time is left; empty for none."""
    return durations.against_deadline(instant, now=timezone.now()) if instant else ""


@register.filter
def local(instant: datetime | None, style: str = "") -> str:
    """An instant in Asia/Shanghai. Styles: `day`, `time`, `minute`, `full`; none: the day shows unless it is today."""
    if not instant:
        return ""
    here = timezone.localtime(instant)
    if not style:
        style = "time" if here.date() == timezone.localdate() else "short"
    patterns = {
        "time": "H:i",
        "short": "m-d H:i",
        "day": "Y-m-d",
        "minute": "Y-m-d H:i",
        "full": "Y-m-d H:i:s",
    }
    return formatted(here, patterns[style])


_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


@register.filter
def spoken_day(day: date | datetime) -> str:
    """The day as in a headline: "12 月 19 日 周一", "19 Dec Mon"."""
    here = timezone.localtime(day) if isinstance(day, datetime) else day
    pattern = pgettext("day and month, format of Django's date filter", "j M")
    return f"{formatted(here, pattern)} {_WEEKDAYS[here.weekday()]}"


@lru_cache(maxsize=512)
def _drawn(name: str, size: int) -> SafeString:
    svg = lucide._render_icon(name, size)  # the package has no public renderer outside its template tag
    return mark_safe(svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))  # noqa: S308 - icons of the package


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A lucide icon, inline, hidden from screen readers: the words beside it must say the same."""
    return _drawn(str(name), int(size))


@register.simple_tag(takes_context=True)
def htmx_script(context: template.Context) -> SafeString:
    """The htmx 2 script element, from our own server."""
    return _htmx_script(version=2, minified=True)


@register.simple_tag
def side_menu(groups: Iterable[Mapping[str, Any]]) -> SafeString:
    """The desk's menu. It is the same page after page, so each of its forms is drawn once per language."""
    shown = tuple((str(group["label"]), tuple(tuple(item.items()) for item in group["items"])) for group in groups)
    return _menu(get_language() or "", shown)


@lru_cache(maxsize=512)
def _menu(_language: str, shown: tuple[tuple[str, tuple[tuple[tuple[str, Any], ...], ...]], ...]) -> SafeString:
    groups = [{"label": label, "items": [dict(item) for item in items]} for label, items in shown]
    return render_to_string("partials/menu.html", {"groups": groups})


_NUMBER = re.compile(r"[+0-9A-Za-z*＊-]{8,24}")


@register.filter
def is_number(text: object) -> bool:
    """Whether a cell holds one number (document, telephone): it is compared digit by digit and never broken."""
    return bool(_NUMBER.fullmatch(str(text or "")))


class KeysetPage(Protocol):
    """What the pager shows. Cursors are opaque, empty at the end; `total` is None when counting costs too much."""

    previous_cursor: str
    next_cursor: str
    shown: int
    total: int | None


@register.inclusion_tag("partials/pager.html", takes_context=True)
def pager(context: template.Context, page: KeysetPage, parameter: str = "after") -> dict[str, Any]:
    """Links to the first page and to the neighbouring ones, keeping every other filter of the address."""
    request: HttpRequest = context["request"]

    def address(cursor: str) -> str:
        query = request.GET.copy()
        query.pop(parameter, None)
        if cursor:
            query[parameter] = cursor
        return f"?{query.urlencode()}"

    return {
        "shown": page.shown,
        "total": page.total,
        "first_url": address("") if request.GET.get(parameter) else "",
        "previous_url": address(page.previous_cursor) if page.previous_cursor else "",
        "next_url": address(page.next_cursor) if page.next_cursor else "",
    }


@register.simple_tag(takes_context=True)
def first_page(context: template.Context, parameter: str = "after") -> str:
    """The address of the first page, other filters kept; empty on that page. An empty page behind a cursor needs it."""
    request: HttpRequest = context["request"]
    if not request.GET.get(parameter):
        return ""
    query = request.GET.copy()
    query.pop(parameter)
    return f"?{query.urlencode()}"


@register.inclusion_tag("partials/fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """Every field of a form with label, help and errors, then the hidden ones. Errors of the whole form come first."""
    return {"form": form}


@register.simple_tag
def bar(value: float, tone: str = "") -> SafeString:
    """A progress bar, 0–100, as decoration; write the figure beside it."""
    width = min(100.0, max(0.0, float(value)))
    return format_html(
        '<span class="pbar {}" aria-hidden="true"><u style="width:{}%"></u></span>',
        tone,
        f"{width:g}",
    )
