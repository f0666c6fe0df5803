"""The work board: which items, in which order, and what each line says. A page costs the same whatever it shows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import DateTimeField, Exists, Func, IntegerField, OuterRef, Q, QuerySet, UUIDField
from django.http import QueryDict
from django.utils.translation import gettext as _

from lianfang.core.access.models import User
from lianfang.core.bulk import AnyOf
from lianfang.core.kept import Kept
from lianfang.core.work.calls import CalledToday, called_today
from lianfang.core.work.models import WorkItem, WorkItemQuerySet, WorkOrigin, WorkState, WorkSubject
from lianfang.core.work.outcomes import CallResult, Outcome
from lianfang.core.work.rules import OPEN_STATES
from lianfang.field.file import escalated_words
from lianfang.kernel.masking import mask_name
from lianfang.web.durations import against_deadline
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut
from lianfang.web.queries.places import areas_of, nearest_name
from lianfang.web.templatetags.lianfang import local

SEGMENTS = ("all", "verify", "late", "unplaced", "mine", "done")
DONE_STATES = ("closed", "forwarded", "cancelled")
MOST_COUNTED = 1000
"""A figure on a tab stops here: it is written with a plus sign."""
MOST_AT_ONCE = 1000
"""Items in one bulk action."""
MENU_SECONDS = 15
"""How old a figure in the menu may be."""
_PATH = re.compile(r"[0-9a-z]{4,48}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The board's filters as the address carries them; empty means: any."""

    segment: str = "all"
    state: str = ""
    area: str = ""
    assignee: str = ""
    late: str = ""
    outcome: str = ""
    list: str = ""
    text: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        """Read the filters; what makes no sense is left out."""
        given = {name: query.get(name, "").strip() for name in cls.__dataclass_fields__}
        if given["segment"] not in SEGMENTS:
            given["segment"] = "all"
        if given["state"] not in WorkState.values:
            given["state"] = ""
        if given["outcome"] not in Outcome.values:
            given["outcome"] = ""
        if not _PATH.fullmatch(given["area"]):
            given["area"] = ""
        if not _is_id(given["list"]):
            given["list"] = ""
        if given["assignee"] not in ("me", "nobody") and not _is_id(given["assignee"]):
            given["assignee"] = ""
        return cls(**{**given, "text": given["text"][:40]})

    @property
    def query(self) -> str:
        """The filters as an address, without what is empty."""
        return urlencode(
            {
                name: getattr(self, name)
                for name in self.__dataclass_fields__
                if getattr(self, name) and (name, getattr(self, name)) != ("segment", "all")
            }
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the tab is chosen."""
        return any(getattr(self, name) for name in self.__dataclass_fields__ if name != "segment")

    @property
    def key(self) -> str:
        """What the board is sorted by; both have an index, so that no page sorts the ledger."""
        return "created_at" if self.newest_first else "due_at"

    @property
    def newest_first(self) -> bool:
        """Finished work is looked back on; open work is looked forward to."""
        return self.segment == "done" or self.state in DONE_STATES


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def items_for(actor: User, filters: Filters, *, now: datetime) -> WorkItemQuerySet:
    """The items the filters let through, unordered."""
    items = WorkItem.objects.visible_to(actor).checks().filter(_segment(actor, filters, now))
    if filters.state:
        items = items.filter(state=filters.state)
    if filters.area:
        items = items.under(filters.area)
    if filters.assignee:
        items = items.filter(assignee=_account(actor, filters.assignee))
    if filters.late:
        items = items.filter(due_at__lt=now, state__in=OPEN_STATES)
    if filters.outcome:
        items = items.filter(outcome=filters.outcome)
    if filters.list:
        items = items.filter(Exists(WorkOrigin.objects.filter(item=OuterRef("pk"), source_list_id=UUID(filters.list))))
    return items.filter(_text(filters.text)) if filters.text else items


def _account(actor: User, chosen: str) -> UUID | None:
    if chosen == "nobody":
        return None
    return actor.id if chosen == "me" else UUID(chosen)


def _segment(actor: User, filters: Filters, now: datetime) -> Q:
    conditions = {
        "verify": Q(state=WorkState.SUBMITTED) & ~Q(submitted_by=actor),
        "late": Q(state__in=OPEN_STATES, due_at__lt=now),
        "unplaced": Q(state=WorkState.UNPLACED),
        "mine": Q(state__in=OPEN_STATES, assignee=actor),
        "done": Q(state__in=DONE_STATES),
    }
    anything = Q() if filters.state else Q(state__in=OPEN_STATES)
    return conditions.get(filters.segment, anything)


def _text(text: str) -> Q:
    """A door as people say it, or the beginning of a name or of its pinyin initials."""
    compact = text.replace(" ", "")
    about = WorkSubject.objects.filter(item=OuterRef("pk"))
    if compact[:1].isdigit():
        return Q(dwelling__door_short__startswith=compact.replace("#", "-"))
    if compact.isascii():
        return Q(Exists(about.filter(person__initials__startswith=compact.lower())))
    return Q(Exists(about.filter(person__name__startswith=compact))) | Q(dwelling__label__startswith=compact)


def chosen_ids(actor: User, filters: Filters, *, now: datetime) -> list[UUID]:
    """Every item of the filters, at most `MOST_AT_ONCE`, in the board's order."""
    items = behind(items_for(actor, filters, now=now), key=filters.key, cursor="", descending=filters.newest_first)
    return list(items.values_list("id", flat=True)[:MOST_AT_ONCE])


def how_many(actor: User, filters: Filters, *, now: datetime) -> int:
    """How many items one action on everything would take: at most `MOST_AT_ONCE`."""
    return items_for(actor, filters, now=now).values("pk")[:MOST_AT_ONCE].count()


@dataclass(slots=True)
class Line:
    """One line of the board, ready to be printed."""

    id: UUID
    href: str
    door: str
    area: str
    people: str
    asked: str
    asked_by: str
    called: str
    called_tone: str
    tries: str
    due: str
    due_at: datetime
    late: bool
    escalated: str
    assignee: str
    state: str
    tone: str
    outcome: str


_SUBJECTS = Kept(
    lambda items: (
        WorkSubject.objects.filter(AnyOf("item_id", items)).order_by("id").values_list("item_id", "person__name")
    ),
    items=UUIDField(),
)
_ORIGINS = Kept(
    lambda items: (
        WorkOrigin.objects.filter(AnyOf("item_id", items))
        .order_by("id")
        .values_list("item_id", "kind", "source_list__title")
    ),
    items=UUIDField(),
)
_TONES = {"unplaced": "warn", "dispatched": "", "accepted": "info", "submitted": "purple", "closed": "ok"}
_COLUMNS = (
    "id",
    "household_id",
    "path",
    "state",
    "created_at",
    "due_at",
    "tries",
    "origins_count",
    "outcome",
    "escalated_to",
    "forwarded_to",
    "assignee__display_name",
    "dwelling__label",
)


def lines_of(actor: User, filters: Filters, *, now: datetime, cursor: str) -> Slice[Line]:
    """One page of the board: five queries."""
    items = behind(items_for(actor, filters, now=now), key=filters.key, cursor=cursor, descending=filters.newest_first)
    page: Slice[dict[str, Any]] = cut(items.values(*_COLUMNS)[: PAGE + 1], key=filters.key, cursor=cursor)
    return page.of(print_lines(actor, page.rows, now=now))


def print_lines(actor: User, rows: Sequence[dict[str, Any]], *, now: datetime) -> list[Line]:
    """The lines for these rows of items."""
    ids = [row["id"] for row in rows]
    names, asked = _names(ids), _origins(ids)
    calls = called_today({row["household_id"] for row in rows}, now=now)
    areas = {area.path: area.name for area in areas_of(actor)}
    states, results, outcomes = dict(WorkState.choices), dict(CallResult.choices), dict(Outcome.choices)
    lists, nobody, unknown = _("%(n)s lists"), _("Nobody"), _("Door not known")
    lines = []
    for row in rows:
        called = calls.get(row["household_id"])
        is_open = row["state"] in OPEN_STATES
        titles = asked.get(row["id"], [])
        lines.append(
            Line(
                id=row["id"],
                href=f"/work/{row['id']}/",
                door=row["dwelling__label"] or unknown,
                area=nearest_name(row["path"], areas),
                people=_people(names.get(row["id"], [])),
                asked=titles[0] if len(titles) == 1 else lists % {"n": len(titles)},
                asked_by="\n".join(titles),
                called=_call(called, results),
                called_tone="cok" if called and called.result == CallResult.REACHED else "",
                tries=str(row["tries"] or ""),
                due=against_deadline(row["due_at"], now=now) if is_open else "",
                due_at=row["due_at"],
                late=is_open and row["due_at"] < now,
                escalated=escalated_words(row["escalated_to"]) if is_open else "",
                assignee=row["assignee__display_name"] or nobody,
                state=str(states[row["state"]]),
                tone=_TONES.get(row["state"], ""),
                outcome=row["forwarded_to"] or str(outcomes.get(row["outcome"], "")),
            )
        )
    return lines


def names_on(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Whom these items are about, masked, as the board says it; the caller read the items with the viewer's eyes."""
    return {item_id: _people(names) for item_id, names in _names(ids).items()}


def _names(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for item_id, name in _SUBJECTS.rows(items=list(ids)):
        found[item_id].append(name)
    return found


def _people(names: list[str]) -> str:
    if not names:
        return ""
    first = mask_name(names[0])
    if len(names) == 1:
        return first
    return _("%(name)s, %(all)s people") % {"name": first, "all": len(names)}


def _origins(ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """The distinct lists, tips and visits behind each item."""
    found: dict[UUID, list[str]] = defaultdict(list)
    kinds = dict(WorkOrigin.Kind.choices)
    for item_id, kind, title in _ORIGINS.rows(items=list(ids)):
        words = title or str(kinds[kind])
        if words not in found[item_id]:
            found[item_id].append(words)
    return found


def _call(called: CalledToday | None, results: dict[str, Any]) -> str:
    if called is None:
        return ""
    said = {"time": local(called.at, "time"), "who": called.by, "result": results[called.result]}
    return _("%(time)s %(who)s: %(result)s") % said


def _counted(actor: User, now: Any) -> QuerySet[User, tuple[int, ...]]:
    """How many items stand on each tab but the last, as one row."""
    numbers = []
    for segment in SEGMENTS[:-1]:
        items = items_for(actor, Filters(segment=segment), now=now).values("pk")[:MOST_COUNTED]
        numbers.append(Func(ArraySubquery(items), function="CARDINALITY", output_field=IntegerField()))
    return User.objects.filter(pk=actor.pk).values_list(*numbers)


_SEGMENTS = Kept(_counted, now=DateTimeField())


def segment_counts(actor: User, *, now: datetime) -> dict[str, int]:
    """How many items stand on each tab, counted to `MOST_COUNTED` at most; one query, once per request."""
    kept = actor.__dict__.get("_segment_counts")
    if isinstance(kept, dict):
        return kept
    row = _SEGMENTS.rows(actor, now=now)[0]
    counts = dict(zip(SEGMENTS, row, strict=False))
    actor.__dict__["_segment_counts"] = counts
    return counts


def menu_counts(actor: User, *, now: datetime) -> dict[str, int]:
    """The same figures for the menu of every page: kept for `MENU_SECONDS`, fresh where the board was just read."""
    if "_segment_counts" in actor.__dict__:
        return segment_counts(actor, now=now)
    kept: dict[str, int] | None = cache.get_or_set(
        f"desk.menu.{actor.id}", lambda: segment_counts(actor, now=now), MENU_SECONDS
    )
    return kept or {}


def forget_menu(actor: User) -> None:
    """After the actor changed work: the menu counts anew."""
    cache.delete(f"desk.menu.{actor.id}")


def figure(count: int) -> str:
    """A count as it is written on a tab."""
    return f"{MOST_COUNTED - 1:,}+" if count >= MOST_COUNTED else f"{count:,}"
