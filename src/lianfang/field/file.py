"""One task opened: its people, who asked for it, and everything that was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.work.models import ContactAttempt, WorkEvent, WorkItem, WorkOrigin, WorkSubject
from lianfang.core.work.outcomes import CallResult, Outcome
from lianfang.field.tasks import reason_of
from lianfang.kernel.masking import mask_name

VERBS = {
    "dispatch": _("Dispatched"),
    "join": _("Asked for again"),
    "assign": _("Assigned"),
    "place": _("Placed"),
    "accept": _("Accepted"),
    "record": _("Recorded"),
    "submit": _("Handed in"),
    "verify": _("Verified and closed"),
    "return": _("Sent back"),
    "hand_back": _("Handed back"),
    "forward": _("Forwarded"),
    "cancel": _("Cancelled"),
    "late": _("Became late"),
    "escalate": _("Still late"),
}


def subjects_of(item: WorkItem) -> list[WorkSubject]:
    """The people of an item with what was found out, telephones and documents ready; three queries."""
    subjects = WorkSubject.objects.filter(item=item).select_related("person")
    return list(subjects.prefetch_related("person__telephones", "person__documents").order_by("id"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked for the check and why."""

    kind: str
    title: str
    why: str
    at: datetime
    name: str


def origins_of(item: WorkItem) -> list[Origin]:
    """Everything that asked for this check, oldest first; one query."""
    rows = WorkOrigin.objects.filter(item=item).select_related("source_list", "person").order_by("created_at", "id")
    return [
        Origin(
            kind=str(row.get_kind_display()),
            title=f"{row.source_list.title} · {row.source_list.issuer}" if row.source_list else "",
            why=reason_of(row),
            at=row.created_at,
            name=mask_name(row.person.name) if row.person else "",
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: `tone` is the colour of its dot, its words say the same."""

    at: datetime
    what: str
    who: str
    note: str
    tone: str


_ESCALATED = {"community": _("Raised to the community"), "subdistrict": _("Raised to the subdistrict")}
_TONES = {"late": "bad", "escalate": "bad", "return": "warn", "hand_back": "warn", "submit": "info", "verify": "ok"}


def steps_of(item: WorkItem) -> list[Step]:
    """What was done to the item, newest first: its events, and each call with its note; three queries.

    Steps of one instant (a call, its result, the handing in) follow their ids, which were made one after the other.
    """
    events = list(WorkEvent.objects.filter(item_id=item.id).exclude(verb="call"))
    calls = list(ContactAttempt.objects.filter(item=item).select_related("called_by"))
    names = dict(User.objects.filter(id__in={e.actor_id for e in events}).values_list("id", "display_name"))
    steps = [
        (
            event.id,
            Step(
                at=event.occurred_at,
                what=str(VERBS.get(event.verb, event.verb)),
                who=names.get(event.actor_id, "") if event.actor_id else "",
                note=_fact(event),
                tone=_TONES.get(event.verb, ""),
            ),
        )
        for event in events
    ]
    steps += [
        (
            row.id,
            Step(
                at=row.occurred_at,
                what=str(CallResult(row.result).label),
                who=row.called_by.display_name,
                note=row.note,
                tone="ok" if row.result == CallResult.REACHED else "",
            ),
        )
        for row in calls
    ]
    return [step for _id, step in sorted(steps, key=lambda pair: (pair[1].at, pair[0]), reverse=True)]


def escalated_words(level: str) -> str:
    """To whom late work was raised, in words; empty when to nobody."""
    return str(_ESCALATED.get(level, ""))


def _fact(event: WorkEvent) -> str:
    if event.verb in ("late", "escalate"):
        return escalated_words(str(event.facts.get("escalated_to", "")))
    outcome = event.facts.get("outcome")
    if outcome in Outcome.values:
        return str(Outcome(outcome).label)
    return str(event.facts.get("reason", ""))
