"""Who is looked after today, as cards, one per household: alarms first, then what was missed, then what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.core.access.models import User
from lianfang.core.measures import rules
from lianfang.core.measures.duties import Duty, DutyKind, DutyQuerySet, DutyState
from lianfang.core.measures.generating import LOOKED_AFTER
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import CareNeed, Household
from lianfang.core.work.models import Matter, WorkItem, WorkItemQuerySet, WorkOrigin
from lianfang.field.doors import door_title
from lianfang.kernel.masking import mask_name

PAGE = 30
"""Cards on one page."""
KINDS = ("todo", "alarms", "missed", "done")
ALARMS = (Matter.ALARM, Matter.DOOR)
"""What cannot wait: fever, a symptom, a positive test; an opening nobody expected, somebody seen outside."""
WAITING = Q(state__in=(DutyState.OPEN, DutyState.MISSED))


@dataclass(frozen=True, slots=True)
class Counts:
    """Households by what they need, and open alarms."""

    alarms: int
    missed: int
    todo: int
    done: int


def _today(actor: User, now: datetime) -> DutyQuerySet:
    duties = Duty.objects.visible_to(actor).on(timezone.localdate(now))
    return duties.filter(measure__regime__in=LOOKED_AFTER).exclude(state=DutyState.VOID)


def _late(now: datetime) -> Q:
    """Missed, or due before now and not marked yet."""
    return Q(state=DutyState.MISSED) | Q(state=DutyState.OPEN, due_at__lte=now)


def _homes(actor: User, now: datetime) -> QuerySet[Any, dict[str, Any]]:
    return (
        _today(actor, now)
        .order_by()
        .values("person__household_id")
        .annotate(
            left=Count("id", filter=WAITING),
            late=Count("id", filter=_late(now)),
            first_due=Min("due_at", filter=WAITING),
        )
    )


def alarms_for(actor: User) -> WorkItemQuerySet:
    """Open alarms the actor may see, the oldest first."""
    items = WorkItem.objects.visible_to(actor).open().filter(matter__in=ALARMS)
    return items.select_related("dwelling__compound", "assignee").order_by("created_at", "id")


def alarm_count(actor: User) -> int:
    """How many alarms are open, read once per request."""
    kept = actor.__dict__.get("_care_alarms")
    if kept is None:
        kept = actor.__dict__["_care_alarms"] = alarms_for(actor).order_by().count()
    return int(kept)


def counts_of(actor: User, *, now: datetime) -> Counts:
    """All figures; two queries."""
    found = _homes(actor, now).aggregate(
        missed=Count("left", filter=Q(late__gt=0)),
        todo=Count("left", filter=Q(left__gt=0)),
        done=Count("left", filter=Q(left=0)),
    )
    return Counts(alarms=alarm_count(actor), missed=found["missed"], todo=found["todo"], done=found["done"])


def homes_after(actor: User, *, kind: str, cursor: str, now: datetime) -> tuple[list[UUID], str]:
    """Households of the next page and the cursor of the one after; what was due first stands first."""
    conditions = {"todo": Q(left__gt=0), "missed": Q(late__gt=0), "done": Q(left=0)}
    rows = _homes(actor, now).filter(conditions[kind])
    due, last = _read_cursor(cursor)
    if kind == "done":
        rows = rows.order_by("person__household_id")
        rows = rows.filter(person__household_id__gt=last) if last else rows
    else:
        rows = rows.order_by("first_due", "person__household_id")
        if due and last:
            rows = rows.filter(Q(first_due__gt=due) | Q(first_due=due, person__household_id__gt=last))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    ids = [row["person__household_id"] for row in shown]
    if len(found) <= PAGE:
        return ids, ""
    first_due = shown[-1]["first_due"]
    return ids, f"{first_due.isoformat() if first_due else ''}~{ids[-1]}"


def _read_cursor(cursor: str) -> tuple[datetime | None, UUID | None]:
    when, _sign, last = cursor.partition("~")
    try:
        return (datetime.fromisoformat(when) if when else None), (UUID(last) if last else None)
    except ValueError:
        return None, None


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing of today on a card: its words and tone."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An open alarm: what about, why, since when."""

    kind: str
    said: str
    since: datetime


@dataclass(slots=True)
class Card:
    """A household as it is shown before its page is opened: names masked."""

    id: UUID
    title: str
    area: str
    names: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    missed: bool = False
    care_id: UUID | None = None

    @property
    def tone(self) -> str:
        """How the card is set off: an alarm and something missed alike, in red."""
        return "late" if self.alarms or self.missed else ""


def day_words(measure: ControlMeasure, *, now: datetime) -> str:
    """Which day of how many it is, counted as the edition counts them."""
    first, last = rules.days_of(measure.starts_at, measure.ends_at)
    offset = rules.read(measure.terms).first_day
    day = (timezone.localdate(now) - first).days + offset
    return _("day %(day)s of %(days)s") % {"day": day, "days": (last - first).days + offset}


def measures_of(actor: User, household_ids: Iterable[UUID]) -> list[ControlMeasure]:
    """Measures that are looked after at home in these households, their people ready."""
    rows = ControlMeasure.objects.visible_to(actor).unlifted().filter(regime__in=LOOKED_AFTER)
    return list(
        rows.filter(person__household_id__in=list(household_ids)).select_related("person").order_by("person_id", "id")
    )


def cards_of(actor: User, household_ids: Sequence[UUID], alarms: Sequence[WorkItem], *, now: datetime) -> list[Card]:
    """Cards of households with alarms, then of the others, in their order; six queries for any number."""
    order = list(dict.fromkeys([*(item.household_id for item in alarms), *household_ids]))
    households = Household.objects.visible_to(actor).filter(id__in=order).select_related("dwelling__compound")
    known = {household.id: _card(household) for household in households}
    cards = {household_id: known[household_id] for household_id in order if household_id in known}
    reasons = reasons_of(alarms)
    for item in alarms:
        if item.household_id in cards:
            said = " · ".join(reasons.get(item.id, [])[:3]) or item.reason
            cards[item.household_id].alarms.append(Alarm(str(item.get_matter_display()), said, item.created_at))
    _add_people(actor, cards, now)
    _add_duties(actor, cards, now)
    _add_care(actor, cards, now)
    return list(cards.values())


def _card(household: Household) -> Card:
    dwelling = household.dwelling
    return Card(
        id=household.id,
        title=door_title(dwelling) if dwelling else _("Door not known"),
        area=dwelling.compound.name if dwelling and dwelling.compound else "",
    )


def _add_people(actor: User, cards: dict[UUID, Card], now: datetime) -> None:
    home: dict[UUID, Card] = {}
    for measure in measures_of(actor, cards):
        card = home[measure.person_id] = cards[measure.person.household_id]
        card.names.append(mask_name(measure.person.name))
        day = day_words(measure, now=now)
        if day not in card.days:
            card.days.append(day)
    for person_id, kind in needs_of(home, now=now):
        if kind not in home[person_id].needs:
            home[person_id].needs.append(kind)


def needs_of(person_ids: Iterable[UUID], *, now: datetime) -> list[tuple[UUID, str]]:
    """Care needs in force: person and kind."""
    today = timezone.localdate(now)
    needs = CareNeed.objects.filter(person__in=list(person_ids), starts_date__lte=today)
    needs = needs.filter(Q(ends_date=None) | Q(ends_date__gt=today)).order_by("kind")
    return list(needs.values_list("person_id", "kind"))


def _add_duties(actor: User, cards: dict[UUID, Card], now: datetime) -> None:
    """What is open today, alike duties of a household together; and that all is done."""
    found: dict[UUID, dict[str, list[Duty]]] = defaultdict(lambda: defaultdict(list))
    for duty in (
        _today(actor, now).filter(person__household_id__in=list(cards)).order_by("due_at").select_related("person")
    ):
        found[duty.person.household_id][duty.kind].append(duty)
    for household_id, kinds in found.items():
        card = cards[household_id]
        for kind, duties in kinds.items():
            mark = _mark(kind, duties, now)
            card.marks.append(mark)
            card.missed = card.missed or mark.tone == "bad"


def _mark(kind: str, duties: Sequence[Duty], now: datetime) -> Mark:
    label = str(DutyKind(kind).label)
    left = [duty for duty in duties if duty.state in (DutyState.OPEN, DutyState.MISSED)]
    if not left:
        return Mark(label, "ok")
    if len(duties) > 1:
        label = f"{label} {len(duties) - len(left)}/{len(duties)}"
    if any(duty.due_at <= now for duty in left):
        return Mark(_("%(what)s missed") % {"what": label}, "bad")
    return Mark(label, "warn" if any(duty.opens_at <= now for duty in left) else "")


def _add_care(actor: User, cards: dict[UUID, Card], now: datetime) -> None:
    """The open care item of the day: calls to the household are written down on it."""
    items = WorkItem.objects.visible_to(actor).open()
    items = items.filter(matter=Matter.CARE, for_date=timezone.localdate(now), household__in=list(cards))
    for household_id, item_id in items.values_list("household_id", "id"):
        cards[household_id].care_id = item_id


def reasons_of(items: Sequence[WorkItem]) -> dict[UUID, list[str]]:
    """Why each alarm rings, in the words of its origins."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = WorkOrigin.objects.filter(item__in=[item.id for item in items]).exclude(note="").order_by("created_at", "id")
    for item_id, note in rows.values_list("item_id", "note"):
        if note not in found[item_id]:
            found[item_id].append(note)
    return found
