"""Everything that can be done to work. Each function enters through the door; ids in, done and refused out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.answering import AnswerBook
from lianfang.core.access.models import Answerer, User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import Dwelling, Household, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work import steps
from lianfang.core.work.correcting import learn_from_placing
from lianfang.core.work.models import ContactAttempt, Matter, WorkItem, WorkSubject
from lianfang.core.work.outcomes import CallResult, CareOutcome, Outcome
from lianfang.core.work.rules import LIFECYCLE, next_try
from lianfang.kernel.uuid7 import uuid7

NO_REASON = refusal("work.no_reason", _("Say why, in a few words."))
NO_TARGET = refusal("work.no_target", _("Say where it is forwarded to."))
OUTCOME_MISSING = refusal("work.outcome_missing", _("There is someone on this item without a result yet."))
UNKNOWN_OUTCOME = refusal("work.unknown_outcome", _("“%(outcome)s” is not a result we know."))
NOT_TRIED = refusal("work.not_tried", _("Call at least %(least)s times before writing “could not be reached”."))
NEEDS_VERIFYING = refusal(
    "work.needs_verifying", _("A check is submitted and then verified by somebody else; it is not closed at once.")
)
NOBODY_THERE = refusal("work.nobody_there", _("Nobody answers for that area yet. Name someone first."))

TRIES_BEFORE_UNREACHABLE = 3
"""Calls before a person may be written off as not reached (house choice; a site may ask for more by instruction)."""

SERIOUS_FIRST = (
    Outcome.CONTROLLED,
    Outcome.NO_CONTROL,
    Outcome.ELSEWHERE,
    Outcome.LEFT,
    Outcome.HANDLED_ELSEWHERE,
    Outcome.NEVER_CAME,
    Outcome.UNREACHABLE,
    Outcome.WRONG_NUMBER,
    Outcome.NO_SUCH_PERSON,
    Outcome.DUPLICATE,
)


@action("work.accept")
def accept(command: Command, *, ids: Sequence[UUID]) -> Answer:
    """Take on dispatched work."""
    command.require_somewhere("work.do")
    return steps.advance(
        command, verb="accept", ids=ids, changes={"accepted_at": command.at, "assignee_id": command.actor.id}
    )


@action("work.assign")
def assign(command: Command, *, ids: Sequence[UUID], user_id: UUID) -> Answer:
    """Give work to an account by hand. The account must be able to work where the items are."""
    command.require_somewhere("work.assign")
    user = User.objects.filter(id=user_id, is_active=True).first()
    if user is None:
        raise NotFound("user")

    def able(item: WorkItem) -> None:
        if not user.authority.may("work.do", path=item.path):
            raise Refusal("work.nobody_there")

    return steps.advance(
        command,
        verb="assign",
        ids=ids,
        changes={"assignee_id": user_id, "answered_by": "hand", "accepted_at": None},
        check=able,
        facts={"to": str(user_id)},
    )


@action("work.place")
def place(command: Command, *, ids: Sequence[UUID], territory_id: UUID, dwelling_id: UUID | None = None) -> Answer:
    """Say where unplaced (or wrongly placed) work belongs; it goes to whoever answers there."""
    dwelling = _dwelling(command, dwelling_id)
    area = Territory.objects.filter(id=territory_id).first()
    if area is None:
        raise NotFound("territory")
    path = dwelling.path if dwelling else area.path
    command.require("work.assign", path=path)
    answering = AnswerBook(at=command.now).who(path)
    changes: dict[str, Any] = {
        "path": path,
        "placement": Placement.DOOR if dwelling else Placement.COMMUNITY,
        "assignee_id": answering.user_id,
        "answered_by": answering.role,
    }
    if dwelling:
        changes["dwelling_id"] = dwelling.id
    answer = steps.advance(command, verb="place", ids=ids, changes=changes)
    learn_from_placing(command, ids=answer["done"], area=area, dwelling=dwelling)
    households = WorkItem.objects.filter(id__in=answer["done"]).values_list("household_id", flat=True)
    homeless = Household.objects.filter(id__in=list(households), dwelling=None)
    homeless_ids = list(homeless.values_list("id", flat=True))
    Household.objects.filter(id__in=homeless_ids).update(path=path)
    Person.objects.filter(household_id__in=homeless_ids, dwelling=None).update(path=path)
    return answer


def _dwelling(command: Command, dwelling_id: UUID | None) -> Dwelling | None:
    if dwelling_id is None:
        return None
    dwelling = Dwelling.objects.visible_to(command.actor).filter(id=dwelling_id).first()
    if dwelling is None:
        raise NotFound("dwelling")
    return dwelling


@action("work.hand_back")
def hand_back(command: Command, *, ids: Sequence[UUID], reason: str) -> Answer:
    """Not mine: send it back to be placed again, with a reason."""
    command.require_somewhere("work.do")
    return steps.advance(
        command,
        verb="hand_back",
        ids=ids,
        changes={"assignee_id": None, "reason": _said(reason), "accepted_at": None},
        facts={"reason": reason},
    )


@action("work.forward")
def forward(command: Command, *, ids: Sequence[UUID], target: str, reason: str) -> Answer:
    """转推: pass work on to another area outside ours, with a reason. It counts as dealt with here."""
    command.require_somewhere("work.assign")
    if not target.strip():
        raise Refusal("work.no_target")
    answer = steps.advance(
        command,
        verb="forward",
        ids=ids,
        changes={
            "forwarded_to": target.strip()[:120],
            "reason": _said(reason),
            "closed_at": command.at,
            "outcome": Outcome.ELSEWHERE,
        },
        facts={"to": target, "reason": reason},
    )
    WorkSubject.objects.filter(item_id__in=answer["done"], outcome="").update(
        outcome=Outcome.ELSEWHERE, whereabouts=target[:120], recorded_at=command.at, recorded_by=command.actor
    )
    return answer


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal("work.no_reason")
    return reason.strip()[:200]


@action("work.log_call")
def log_call(command: Command, *, item_id: UUID, result: str, person_id: UUID | None = None, note: str = "") -> Answer:
    """Write down a call, answered or not; proposes when to try again."""
    item = _mine(command, item_id)
    return _call(command, item, result=result, person_id=person_id, note=note)


def _mine(command: Command, item_id: UUID) -> WorkItem:
    """The item, locked and accepted: whoever calls or records has thereby accepted."""
    items = steps.locked(command, [item_id])
    if not items:
        command.asked.add("work.do")
        raise NotFound("work")
    item = items[0]
    command.require("work.do", path=item.path)
    if item.state == "dispatched":
        steps.advance(
            command,
            verb="accept",
            ids=[item.id],
            changes={"accepted_at": command.at, "assignee_id": command.actor.id},
        )
        item.refresh_from_db()
    if item.state != "accepted":
        raise Refusal("work.out_of_step", state=item.get_state_display())
    return item


def _call(command: Command, item: WorkItem, *, result: str, person_id: UUID | None, note: str) -> Answer:
    if result not in CallResult.values:
        raise Refusal("work.unknown_outcome", outcome=result)
    if person_id is not None and not WorkSubject.objects.filter(item=item, person_id=person_id).exists():
        raise NotFound("person")
    ContactAttempt.objects.create(
        id=uuid7(),
        item=item,
        household_id=item.household_id,
        person_id=person_id,
        result=result,
        note=note[:300],
        occurred_at=command.at,
        called_by=command.actor,
    )
    reached = result == CallResult.REACHED
    again = next_try(
        result,
        tries=item.tries + 1,
        at=_local(command.at),
        due_at=max(_local(item.due_at), _local(command.at)),
    )
    WorkItem.objects.filter(id=item.id).update(
        tries=F("tries") + 1,
        first_call_at=item.first_call_at or command.at,
        reached_at=item.reached_at or (command.at if reached else None),
        next_try_at=again,
        version=F("version") + 1,
    )
    steps.write_events(command, verb="call", items=[item], facts={"result": result})
    return {"item": str(item.id), "result": result, "next_try_at": again}


def _local(at: datetime) -> datetime:
    return timezone.localtime(at)


@action("work.record")
def record(
    command: Command,
    *,
    item_id: UUID,
    outcome: str,
    person_ids: Sequence[UUID] = (),
    note: str = "",
    whereabouts: str = "",
    submit_when_complete: bool = True,
) -> Answer:
    """Write down what was found out about some or all people of an item; submits it once everyone has a result.

    Without `person_ids` the whole household is recorded together.
    """
    item = _mine(command, item_id)
    if item.matter != Matter.CHECK:
        raise Refusal("work.not_a_check")
    if outcome not in Outcome.values:
        raise Refusal("work.unknown_outcome", outcome=outcome)
    if outcome == Outcome.UNREACHABLE and item.tries < TRIES_BEFORE_UNREACHABLE:
        raise Refusal("work.not_tried", least=TRIES_BEFORE_UNREACHABLE)
    subjects = WorkSubject.objects.filter(item=item)
    chosen = subjects.filter(person_id__in=person_ids) if person_ids else subjects
    changed = chosen.update(
        outcome=outcome,
        note=note[:300],
        whereabouts=whereabouts[:120],
        recorded_at=command.at,
        recorded_by=command.actor,
    )
    steps.write_events(command, verb="record", items=[item], facts={"outcome": outcome, "people": changed})
    if subjects.filter(outcome="").exists():
        return {"item": str(item.id), "state": item.state, "recorded": changed}
    if submit_when_complete:
        _submit(command, item, stated=outcome)
    return {"item": str(item.id), "state": "submitted" if submit_when_complete else item.state, "recorded": changed}


def _submit(command: Command, item: WorkItem, *, stated: str = "") -> None:
    """`stated` is the result of an item nobody is named on (only the household was known)."""
    found = set(WorkSubject.objects.filter(item=item).values_list("outcome", flat=True)) or {stated}
    if "" in found:
        raise Refusal("work.outcome_missing")
    overall = next(outcome.value for outcome in SERIOUS_FIRST if outcome.value in found)
    steps.advance(
        command,
        verb="submit",
        ids=[item.id],
        changes={"submitted_at": command.at, "submitted_by_id": command.actor.id, "outcome": overall},
        facts={"outcome": overall},
    )


@action("work.submit")
def submit(command: Command, *, item_id: UUID) -> Answer:
    """Hand in an item whose people all have a result."""
    item = _mine(command, item_id)
    _submit(command, item)
    return {"item": str(item.id), "state": "submitted"}


@action("work.verify")
def verify(command: Command, *, ids: Sequence[UUID]) -> Answer:
    """Confirm submitted work of others; it is then closed."""
    command.require_somewhere("work.verify")
    return steps.advance(
        command,
        verb="verify",
        ids=ids,
        changes={"closed_at": command.at, "verified_by_id": command.actor.id},
        check=lambda item: _not_own(command, item),
    )


@action("work.complete")
def complete(command: Command, *, ids: Sequence[UUID], outcome: str, note: str = "") -> Answer:
    """Close care of the day, an alarm or a care call with its result. A check is verified by somebody else instead."""
    command.require_somewhere("work.do")
    if outcome not in CareOutcome.values:
        raise Refusal("work.unknown_outcome", outcome=outcome)

    def of_care(item: WorkItem) -> None:
        if item.matter == Matter.CHECK:
            raise Refusal("work.needs_verifying")

    answer = steps.advance(
        command,
        verb="complete",
        ids=ids,
        changes={
            "closed_at": command.at,
            "submitted_at": command.at,
            "submitted_by_id": command.actor.id,
            "outcome": outcome,
        },
        check=of_care,
        facts={"outcome": outcome},
    )
    WorkSubject.objects.filter(item_id__in=answer["done"], outcome="").update(
        outcome=outcome, note=note.strip()[:300], recorded_at=command.at, recorded_by=command.actor
    )
    return answer


@action("work.return")
def return_(command: Command, *, ids: Sequence[UUID], reason: str) -> Answer:
    """Send submitted work back to its doer, with a reason."""
    command.require_somewhere("work.verify")
    answer = steps.advance(
        command,
        verb="return",
        ids=ids,
        changes={"submitted_at": None, "submitted_by_id": None, "outcome": "", "reason": _said(reason)},
        check=lambda item: _not_own(command, item),
        facts={"reason": reason},
    )
    WorkSubject.objects.filter(item_id__in=answer["done"]).update(outcome="", recorded_at=None, recorded_by=None)
    return answer


def _not_own(command: Command, item: WorkItem) -> None:
    if item.submitted_by_id == command.actor.id:
        raise Refusal("work.own_work")


@action("work.pass_to_community")
def pass_to_community(command: Command, *, item_id: UUID, result: str, note: str = "") -> Answer:
    """A wrong number or a refusal: write the call down and hand the item to the community's secretary or cadre."""
    item = _mine(command, item_id)
    answer = _call(command, item, result=result, person_id=None, note=note)
    book = AnswerBook(at=command.now)
    user_id = book.first(item.path, roles=(Answerer.SECRETARY.value, Answerer.CADRE.value, Answerer.DESK.value))
    WorkItem.objects.filter(id=item.id).update(
        assignee_id=user_id,
        answered_by=Answerer.SECRETARY,
        state=LIFECYCLE.target("assign", item.state),
        accepted_at=None,
        reason=note.strip()[:200],
        version=F("version") + 1,
    )
    steps.write_events(command, verb="assign", items=[item], facts={"to": str(user_id), "because": result})
    return answer
