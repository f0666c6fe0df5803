"""A person decides doubtful rows, one or many, and can take it back; a whole list can be undone until work began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.screening.ahead import compound_codes, contexts_of
from lianfang.capabilities.screening.comparing import Compared
from lianfang.capabilities.screening.matching import (
    DECIDED_FIELDS,
    count_rows,
    dispatch,
    new_person,
)
from lianfang.capabilities.screening.placing import Placer
from lianfang.capabilities.screening.reading import list_to_work_on
from lianfang.capabilities.screening.recording import HOUSEHOLD, NEW, SAME, judged_by, record, withdraw
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Faults, NotFound, Refusal, refusal
from lianfang.core.bulk import update_rows
from lianfang.core.lists.facts import facts_from
from lianfang.core.lists.models import ListRow, ListState, ReviewDecision, RowDecision, SourceList
from lianfang.core.observations.models import Observation
from lianfang.core.people.models import Household, IdentityDocument, Person, PersonKey, Residence, Telephone
from lianfang.core.people.registering import register_people
from lianfang.core.work.models import WorkItem, WorkOrigin, WorkState, WorkSubject
from lianfang.kernel.matching import Decision

NOT_IN_REVIEW = refusal("lists.not_in_review", _("Someone has already decided this row. Reload to see it."))
NO_CHOICE = refusal("lists.no_choice", _("Choose one of the people shown, “new person”, or “household only”."))
WORK_BEGUN = refusal(
    "lists.work_begun", _("Work on this list has begun (%(items)s items accepted). It can no longer be undone.")
)
ROW_BEGUN = refusal(
    "lists.row_begun", _("Work on this row was accepted. The decision on it can no longer be taken back.")
)
NOTHING_TO_UNDO = refusal("lists.nothing_to_undo", _("There is no decision of yours left to take back."))
NOT_UNDOABLE = refusal("lists.not_undoable", _("This list is not dispatched, so there is nothing to undo."))


@action("lists.decide")
def decide_row(command: Command, *, row_id: UUID, kind: str, person_id: UUID | None = None) -> Answer:
    """Decide a doubtful row: the same as `person_id`, a new person, or only the household is certain. Work follows."""
    row = _row(command, row_id)
    command.require("lists.decide", path=row.path)
    return _decide(command, row, kind=kind, person_id=person_id)


@action("lists.decide_households")
def decide_households(command: Command, *, row_ids: Sequence[UUID]) -> Answer:
    """For many rows at once: the household is certain, call it; who it is will be found out there."""
    faults = Faults()
    done = []
    command.require_somewhere("lists.decide")
    for row_id in row_ids:
        try:
            row = _row(command, row_id)
            command.require("lists.decide", path=row.path)
            _decide(command, row, kind=HOUSEHOLD, person_id=None)
            done.append(str(row_id))
        except Refusal as why:
            faults.add(row_id, why)
    return {"done": done, "refused": faults.rows}


def _row(command: Command, row_id: UUID) -> ListRow:
    row = (
        ListRow.objects.visible_to(command.actor)
        .select_for_update(of=("self",))
        .select_related("source_list")
        .filter(id=row_id)
        .first()
    )
    if row is None:
        command.asked.add("lists.decide")
        raise NotFound("row")
    return row


def _decide(command: Command, row: ListRow, *, kind: str, person_id: UUID | None) -> Answer:
    if row.decision != RowDecision.REVIEW:
        raise Refusal("lists.not_in_review")
    before: dict[str, Any] = {"household": str(row.household_id) if row.household_id else None}
    judged = judged_by(command.actor, row)
    if kind == SAME and person_id is not None:
        person = Person.objects.visible_to(command.actor).current().filter(id=person_id).first()
        if person is None:
            raise NotFound("person")
        row.person, row.household_id, row.decision = person, person.household_id, RowDecision.SAME
    elif kind == NEW:
        row.household_id = None
        row.person, row.decision = _register(command, row), RowDecision.NEW
        before["made"] = str(row.person.id)
    elif kind == HOUSEHOLD and row.household_id is not None:
        row.decision = RowDecision.SAME
    else:
        raise Refusal("lists.no_choice")
    row.decided_by, row.decided_at = command.actor, command.now
    update_rows(ListRow, [row], fields=(*DECIDED_FIELDS, "decided_by"))
    decision = ReviewDecision(
        row=row,
        kind=kind,
        person_id=row.person_id,
        before=before,
        decided_by=command.actor,
        decided_at=command.now,
    )
    record(decision, judged)
    dispatch(command, row.source_list, [row])
    _recount(row.source_list)
    command.note("lists.decide", path=row.path, subject_kind="row", subject_id=row.id, facts={"kind": kind})
    return {"row": str(row.id), "decision": kind, "person": str(row.person_id) if row.person_id else None}


def _register(command: Command, row: ListRow) -> Person:
    placer = Placer(day=timezone.localdate(row.source_list.received_at), home=row.source_list.path)
    facts = facts_from(row.facts)
    door = placer.read(facts, context=contexts_of(row.source_list).get(facts.sheet))
    placer.load_dwellings([door])
    one = Compared(facts=facts, door=door, decision=Decision("new"))
    new = new_person(row.source_list, row, one, placer.place(door))
    return register_people([new], now=command.now, compound_codes=compound_codes())[0]


def _recount(source_list: SourceList) -> None:
    source_list.counts = {**source_list.counts, **count_rows(source_list)}
    source_list.save(update_fields=["counts"])


@action("lists.undo_decision")
def undo_decision(command: Command, *, row_id: UUID | None = None) -> Answer:
    """Take back a review decision (the actor's last one if no row is named); the row is doubtful again.

    Refuses once work on it was accepted.
    """
    command.require_somewhere("lists.decide")
    decisions = ReviewDecision.objects.select_for_update(of=("self",)).filter(undone_at=None)
    decisions = decisions.filter(row_id=row_id) if row_id else decisions.filter(decided_by=command.actor)
    decision = decisions.order_by("-decided_at").first()
    if decision is None:
        raise Refusal("lists.nothing_to_undo")
    row = _row(command, decision.row_id)
    command.require("lists.decide", path=row.path)
    _refuse_begun(WorkOrigin.objects.filter(row=row), code="lists.row_begun")
    _withdraw(command, WorkOrigin.objects.filter(row=row))
    row.decision, row.person, row.decided_by = RowDecision.REVIEW, None, None
    row.household_id = UUID(decision.before["household"]) if decision.before.get("household") else None
    update_rows(ListRow, [row], fields=(*DECIDED_FIELDS, "decided_by"))
    if decision.before.get("made"):
        _forget_people([UUID(decision.before["made"])])
    withdraw(decision, now=command.now)
    _recount(row.source_list)
    command.note("lists.undo_decision", path=row.path, subject_kind="row", subject_id=row.id)
    return {"row": str(row.id)}


def _refuse_begun(origins: Any, *, code: str = "lists.work_begun") -> None:
    """Refuse if an item that exists only for these origins was accepted."""
    ids = set(origins.values_list("id", flat=True))
    begun = 0
    items = WorkItem.objects.filter(origins__id__in=ids, accepted_at__isnull=False).distinct()
    for item in items.prefetch_related("origins"):
        if all(origin.id in ids for origin in item.origins.all()):
            begun += 1
    if begun:
        raise Refusal(code, items=begun)


def _withdraw(command: Command, origins: Any) -> None:
    """Remove origins; items without any other origin are cancelled, subjects nobody else asks about are removed."""
    touched = list(origins.values_list("item_id", flat=True))
    items = list(WorkItem.objects.filter(id__in=touched).select_for_update().order_by("id"))
    origins.delete()
    left = dict(
        WorkOrigin.objects.filter(item__in=items).values_list("item").annotate(n=Count("id")).values_list("item", "n")
    )
    lonely = [item for item in items if not left.get(item.id)]
    WorkItem.objects.filter(id__in=[item.id for item in lonely], state__in=["unplaced", "dispatched"]).update(
        state=WorkState.CANCELLED
    )
    WorkSubject.objects.filter(item__in=lonely).delete()
    for item in items:
        if left.get(item.id):
            asked = WorkOrigin.objects.filter(item=item, person__isnull=False).values("person")
            WorkSubject.objects.filter(item=item, outcome="").exclude(person__in=asked).delete()
            WorkItem.objects.filter(id=item.id).update(origins_count=left[item.id])


def _forget_people(person_ids: Sequence[UUID]) -> int:
    """Remove people who were registered only because of what is being undone."""
    used = set(ListRow.objects.filter(person_id__in=person_ids).values_list("person_id", flat=True))
    used |= set(WorkSubject.objects.filter(person_id__in=person_ids).values_list("person_id", flat=True))
    seen = Observation.objects.filter(person_id__in=person_ids).values_list("person_id", flat=True)
    used |= {person_id for person_id in seen if person_id}
    for ledger in ("measures", "errands"):
        held = Person.objects.filter(id__in=person_ids, **{f"{ledger}__isnull": False})
        used |= set(held.values_list("id", flat=True))
    unused = [person_id for person_id in person_ids if person_id not in used]
    households = list(Person.objects.filter(id__in=unused).values_list("household_id", flat=True))
    for model in (PersonKey, IdentityDocument, Telephone, Residence):
        model._default_manager.filter(person_id__in=unused).delete()
    Person.objects.filter(id__in=unused).delete()
    empty = Household.objects.filter(id__in=households, people=None, work_items=None, list_rows=None, errands=None)
    empty.filter(origin_list_id__isnull=False).delete()
    return len(unused)


@action("lists.undo")
def undo_list(command: Command, *, list_id: UUID) -> Answer:
    """Undo a whole list: its rows, its work and the people it brought. Refuses once work of its own was accepted."""
    source_list = list_to_work_on(command, list_id)
    if source_list.state not in (ListState.DISPATCHED, ListState.ZERO):
        raise Refusal("lists.not_undoable")
    origins = WorkOrigin.objects.filter(source_list=source_list)
    _refuse_begun(origins)
    _withdraw(command, origins)
    rows = ListRow.objects.filter(source_list=source_list)
    count = rows.count()
    brought = list(Person.objects.filter(origin_list_id=source_list.id).values_list("id", flat=True))
    rows.delete()
    forgotten = _forget_people(brought)
    SourceList.objects.filter(id=list_id).update(state=ListState.UNDONE, undone_at=command.now)
    command.note("lists.undo", path=source_list.path, subject_kind="list", subject_id=list_id, facts={"rows": count})
    return {"list": str(list_id), "rows": count, "people": forgotten}
