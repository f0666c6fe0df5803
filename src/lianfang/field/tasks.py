"""The worker's tasks as cards, one per household. A page costs the same number of queries whatever it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.core.access.models import User
from lianfang.core.people.models import CareNeed
from lianfang.core.territory.models import Territory, prefixes
from lianfang.core.work.calls import CalledToday, called_today
from lianfang.core.work.models import Matter, WorkEvent, WorkItem, WorkItemQuerySet, WorkOrigin, WorkSubject
from lianfang.core.work.outcomes import CallResult
from lianfang.field.doors import door_title
from lianfang.kernel.masking import mask_name
from lianfang.web.durations import against_deadline

PAGE = 30
"""Cards on one page."""

TO_DO = ("dispatched", "accepted")
KINDS = ("all", "late", "again", "visits", "done")


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures over the cards; `done` counts what the worker handed in today (day in Asia/Shanghai)."""

    all: int
    late: int
    again: int
    visits: int
    done: int

    @property
    def share(self) -> int:
        """Per cent done of what was to do today; 100 when nothing was."""
        return 100 if self.all + self.done == 0 else 100 * self.done // (self.all + self.done)


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _conditions(user: User, now: datetime) -> dict[str, Q]:
    mine = Q(assignee=user, state__in=TO_DO, matter=Matter.CHECK)
    seen = WorkOrigin.objects.filter(item=OuterRef("pk"), kind__in=[WorkOrigin.Kind.TIP, WorkOrigin.Kind.VISIT])
    return {
        "all": mine,
        "late": mine & (Q(late_since__isnull=False) | Q(due_at__lt=now)),
        "again": mine & Q(next_try_at__isnull=False, reached_at=None),
        "visits": mine & Q(Exists(seen)),
        "done": Q(submitted_by=user, submitted_at__gte=_midnight(now), matter=Matter.CHECK),
    }


def tasks_of(user: User, *, kind: str, now: datetime) -> WorkItemQuerySet:
    """The worker's items of one kind, the earliest deadline (so: the late ones) first."""
    items = WorkItem.objects.visible_to(user).filter(_conditions(user, now)[kind])
    items = items.select_related("dwelling__compound")
    return items.order_by("-submitted_at", "-id") if kind == "done" else items.order_by("due_at", "id")


def counts_of(user: User, *, now: datetime) -> Counts:
    """All figures in one query, read once per request."""
    kept = user.__dict__.get("_field_counts")
    if isinstance(kept, Counts):
        return kept
    conditions = _conditions(user, now)
    items = WorkItem.objects.visible_to(user).filter(conditions["all"] | conditions["done"])
    found = items.aggregate(**{f"n_{kind}": Count("id", filter=conditions[kind]) for kind in KINDS})
    counts = Counts(**{kind: found[f"n_{kind}"] or 0 for kind in KINDS})
    user.__dict__["_field_counts"] = counts
    return counts


def page_after(items: WorkItemQuerySet, *, cursor: str) -> tuple[list[WorkItem], str]:
    """At most `PAGE` items behind `cursor` (deadline and id of the last one shown), and the cursor of the next page."""
    behind = _read_cursor(cursor)
    if behind is not None:
        due, last_id = behind
        items = items.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=last_id))
    shown = list(items[: PAGE + 1])
    more = len(shown) > PAGE
    shown = shown[:PAGE]
    return shown, f"{shown[-1].due_at.isoformat()}~{shown[-1].id}" if more else ""


def _read_cursor(cursor: str) -> tuple[datetime, UUID] | None:
    when, _sign, last = cursor.partition("~")
    try:
        return datetime.fromisoformat(when), UUID(last)
    except ValueError:
        return None


@dataclass(slots=True)
class Card:
    """A task as it is shown before anyone is called: masked, with what others already did."""

    item: WorkItem
    title: str
    area: str
    late: bool
    due: str
    names: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    called: CalledToday | None = None
    returned: str = ""
    tip: bool = False
    missing: int = 0

    @property
    def to_do(self) -> bool:
        """Whether the worker can still call and record."""
        return self.item.state in TO_DO

    @property
    def called_result(self) -> str:
        """How today's latest call ended, in words."""
        return str(CallResult(self.called.result).label) if self.called else ""

    @property
    def reached(self) -> bool:
        """Whether today's latest call reached someone."""
        return self.called is not None and self.called.result == CallResult.REACHED


def cards_of(items: Sequence[WorkItem], *, now: datetime) -> list[Card]:
    """Cards of these items, in their order; six queries for any number."""
    cards = {item.id: _card(item, now) for item in items}
    _add_people(cards, now)
    _add_origins(cards)
    _add_returns(cards)
    calls = called_today({item.household_id for item in items}, now=now)
    homeless = [card for card in cards.values() if card.item.dwelling is None]
    if homeless:
        _add_areas(homeless)
    for card in cards.values():
        card.called = calls.get(card.item.household_id)
    return list(cards.values())


def _card(item: WorkItem, now: datetime) -> Card:
    late = item.late_since is not None or item.due_at < now
    return Card(
        item=item,
        title=door_title(item.dwelling) if item.dwelling else _("Door not known"),
        area=item.dwelling.compound.name if item.dwelling and item.dwelling.compound else "",
        late=late and item.state in TO_DO,
        due=against_deadline(item.due_at, now=now) if item.state in TO_DO else "",
    )


def _add_people(cards: dict[UUID, Card], now: datetime) -> None:
    home: dict[UUID, Card] = {}
    subjects = WorkSubject.objects.filter(item__in=list(cards)).order_by("id")
    for item_id, person_id, name, outcome in subjects.values_list("item_id", "person_id", "person__name", "outcome"):
        cards[item_id].names.append(mask_name(name))
        cards[item_id].missing += outcome == ""
        home[person_id] = cards[item_id]
    today = timezone.localdate(now)
    needs = CareNeed.objects.filter(person__in=list(home), starts_date__lte=today)
    needs = needs.filter(Q(ends_date=None) | Q(ends_date__gt=today))
    for person_id, kind in needs.order_by("kind").values_list("person_id", "kind"):
        if kind not in home[person_id].needs:
            home[person_id].needs.append(kind)


def _add_origins(cards: dict[UUID, Card]) -> None:
    origins = WorkOrigin.objects.filter(item__in=list(cards)).select_related("source_list").order_by("id")
    for origin in origins:
        card = cards[origin.item_id]
        card.tip = card.tip or origin.kind == WorkOrigin.Kind.TIP
        reason = reason_of(origin)
        if reason not in card.why:
            card.why.append(reason)


def reason_of(origin: WorkOrigin) -> str:
    """Why the work exists, in a few words: what the row, the neighbour or the visitor said, else the list's purpose."""
    if origin.note:
        return origin.note
    return str(origin.source_list.get_purpose_display() if origin.source_list else origin.get_kind_display())


def _add_returns(cards: dict[UUID, Card]) -> None:
    """Sent back by the verifier and not handed in since: the reason stands on the card."""
    waiting = [item_id for item_id, card in cards.items() if card.item.state == "accepted" and card.item.reason]
    events = WorkEvent.objects.filter(item_id__in=waiting, verb__in=["return", "submit"]).order_by("recorded_at", "id")
    last: dict[UUID, str] = defaultdict(str)
    for item_id, verb, facts in events.values_list("item_id", "verb", "facts"):
        last[item_id] = str(facts.get("reason", "")) if verb == "return" else ""
    for item_id, reason in last.items():
        cards[item_id].returned = reason


def _add_areas(cards: Sequence[Card]) -> None:
    paths = {path for card in cards for path in prefixes(card.item.path)}
    names = dict(Territory.objects.filter(path__in=paths).values_list("path", "name"))
    for card in cards:
        known = [path for path in prefixes(card.item.path) if path in names]
        card.area = names[known[-1]] if known else ""
