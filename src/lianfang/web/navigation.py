"""The menu: pages declare their entries, a person sees those that exist and are open to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: dict[str, Any] = {
    "command": _("Command"),
    "front": _("Front line"),
    "ledgers": _("Ledgers"),
    "house": _("House"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """One line of the desk's menu (`group` is a key of GROUPS) or one tab of the phone (`group` "phone").

    `permission` (held anywhere) and `allowed(user)` decide whether it shows; `count(user)` gives the
    figure behind it (0 shows nothing) and `tone` ("bad" for something overdue) its colour; `order` sorts.
    """

    group: str
    label: str | Promise
    url_name: str
    icon: str
    order: int = 50
    permission: str = ""
    allowed: Callable[[Any], bool] | None = None
    count: Callable[[Any], int] | None = None
    tone: str = ""
    section: str = ""  # path prefix that counts as "here"; the entry's own address when empty


def desk_menu(request: HttpRequest, entries: Iterable[NavEntry]) -> list[dict[str, Any]]:
    """Groups in the order of GROUPS, each with the items this person may open; empty groups are left out."""
    items = _items(request, (entry for entry in entries if entry.group != "phone"))
    menu = []
    for key, label in GROUPS.items():
        shown = [item for item in items if item["group"] == key]
        if shown:
            menu.append({"label": label, "items": shown})
    return menu


def phone_tabs(request: HttpRequest, entries: Iterable[NavEntry]) -> list[dict[str, Any]]:
    """The tabs at the foot of the phone, in their order."""
    return _items(request, (entry for entry in entries if entry.group == "phone"))


def _items(request: HttpRequest, entries: Iterable[NavEntry]) -> list[dict[str, Any]]:
    """Open and existing entries in order; the one whose section is the longest prefix of the address is current."""
    items = []
    for entry in sorted(entries, key=lambda entry: entry.order):
        if not _open_to(request.user, entry):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        items.append(_item(entry, url, request))
    here = max((item["reach"] for item in items), default=0)
    for item in items:
        item["current"] = 0 < item.pop("reach") == here
    return items


def _item(entry: NavEntry, url: str, request: HttpRequest) -> dict[str, Any]:
    section = entry.section or url
    inside = request.path == "/" if section == "/" else request.path.startswith(section)
    return {
        "group": entry.group,
        "label": str(entry.label),
        "url": url,
        "icon": entry.icon,
        "count": entry.count(request.user) if entry.count is not None else 0,
        "tone": entry.tone,
        "reach": len(section) if inside else 0,
    }


def _open_to(user: Any, entry: NavEntry) -> bool:
    if entry.permission and not (user.is_authenticated and user.authority.may(entry.permission)):
        return False
    return entry.allowed is None or entry.allowed(user)
