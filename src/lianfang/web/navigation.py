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
    items = [(entry, _item(request, entry)) for entry in sorted(entries, key=lambda entry: entry.order)]
    menu = []
    for key, label in GROUPS.items():
        shown = [item for entry, item in items if item is not None and entry.group == key]
        if shown:
            menu.append({"label": label, "items": shown})
    return menu


def phone_tabs(request: HttpRequest, entries: Iterable[NavEntry]) -> list[dict[str, Any]]:
    """The tabs at the foot of the phone, in their order."""
    mine = sorted(
        (entry for entry in entries if entry.group == "phone"),
        key=lambda entry: entry.order,
    )
    return [item for item in (_item(request, entry) for entry in mine) if item is not None]


def _item(request: HttpRequest, entry: NavEntry) -> dict[str, Any] | None:
    if not _open_to(request.user, entry):
        return None
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None
    section = entry.section or url
    here = request.path == url if section == "/" else request.path.startswith(section)
    count = entry.count(request.user) if entry.count is not None else 0
    return {
        "label": entry.label,
        "url": url,
        "icon": entry.icon,
        "count": count,
        "tone": entry.tone,
        "current": here,
    }


def _open_to(user: Any, entry: NavEntry) -> bool:
    if entry.permission and not (user.is_authenticated and user.authority.may(entry.permission)):
        return False
    return entry.allowed is None or entry.allowed(user)
