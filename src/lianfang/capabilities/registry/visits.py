"""A door-knock: who still lives here, who has moved out, who is new. "Nothing changed" is an answer too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.registry.limits import NEWCOMER_PROFILE, due_at
from lianfang.capabilities.registry.waiting import household_waiting_for_names
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists.models import Placement
from lianfang.core.observations.models import Observation
from lianfang.core.people.actions import move, read_document, register
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.people.search import search
from lianfang.core.work.models import WorkItem, WorkOrigin
from lianfang.core.work.opening import Ask, join_or_open
from lianfang.kernel.uuid7 import uuid7

NOT_LIVING_HERE = refusal(
    "registry.not_living_here", _("One of the people chosen does not live here. Reload the page.")
)
BOTH_WAYS = refusal("registry.both_ways", _("The same person cannot stay and have moved out."))
NOT_VACANT = refusal("registry.not_vacant", _("A vacant dwelling has nobody living in it. Correct one of the two."))
NEWCOMER_NAME = refusal("registry.newcomer_name", _("Enter the name of every newcomer."))
ALREADY_HERE = refusal("registry.already_here", _("%(name)s is registered at this door already."))
FUTURE_ARRIVAL = refusal("registry.future_arrival", _("The day of arrival lies in the future."))

INHABITED, VACANT = "有人", "空置"
"""The two states of a dwelling, in the words of the dwelling ledger."""

NOTE_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Someone new at the door. `came_from` names the place only if it is elsewhere; `arrived_on` is a local day."""

    name: str
    phone: str = ""
    identity: str = ""
    came_from: str = ""
    arrived_on: date | None = None
    relation: str = ""


@action("registry.record_visit")
def record_visit(
    command: Command,
    *,
    dwelling_id: UUID,
    present: Sequence[UUID] = (),
    moved_out: Sequence[UUID] = (),
    newcomers: Sequence[Mapping[str, Any]] = (),
    vacant: bool = False,
    note: str = "",
) -> Answer:
    """Write down a visit. `present` and `moved_out` name registered people; those not named stay as they are.

    `newcomers` have the fields of `Newcomer` (`arrived_on` a date or ISO text). Nothing but the dwelling means: nothing
    changed. `vacant` moves everyone out. A newcomer from elsewhere starts a check.
    """
    dwelling = _dwelling(command, dwelling_id)
    new = [_newcomer(command, fields) for fields in newcomers]
    living = set(Person.objects.current().filter(dwelling=dwelling).values_list("id", flat=True))
    _refuse_contradictions(living, set(present), set(moved_out), new, vacant=vacant)
    leaving = sorted(living if vacant else set(moved_out))
    if leaving:
        move(_part_of(command), person_ids=leaving, dwelling_id=None)
    arrived = _settle_in(command, dwelling, new)
    arrivals = list(zip(new, arrived, strict=True))
    items = _start_checks(command, dwelling, arrivals)
    dwelling.checked_at = command.at
    if vacant or new or living:
        dwelling.status = VACANT if not new and len(leaving) == len(living) else INHABITED
    dwelling.save(update_fields=["checked_at", "status"])
    visit = _observe(command, dwelling, arrivals, present=present, leaving=leaving, note=note)
    command.note("registry.record_visit", path=dwelling.path, subject_kind="dwelling", subject_id=dwelling.id)
    return {
        "visit": str(visit.id),
        "changed": bool(leaving or new),
        "people": [str(person_id) for person_id in arrived],
        "items": [str(item.id) for item in items],
    }


def _dwelling(command: Command, dwelling_id: UUID) -> Dwelling:
    found = Dwelling.objects.visible_to(command.actor).filter(id=dwelling_id).select_for_update(of=("self",)).first()
    if found is None:
        command.asked.add("people.edit")
        raise NotFound("dwelling")
    command.require("people.edit", path=found.path)
    return found


def _newcomer(command: Command, fields: Mapping[str, Any]) -> Newcomer:
    given = {name: fields.get(name) or "" for name in ("name", "phone", "identity", "came_from", "relation")}
    day = fields.get("arrived_on") or None
    newcomer = Newcomer(**given, arrived_on=date.fromisoformat(day) if isinstance(day, str) else day)
    if not newcomer.name.strip():
        raise Refusal("registry.newcomer_name")
    if newcomer.arrived_on and newcomer.arrived_on > timezone.localdate(command.at):
        raise Refusal("registry.future_arrival")
    return newcomer


def _refuse_contradictions(
    living: set[UUID], present: set[UUID], moved_out: set[UUID], new: Sequence[Newcomer], *, vacant: bool
) -> None:
    if not (present | moved_out) <= living:
        raise Refusal("registry.not_living_here")
    if present & moved_out:
        raise Refusal("registry.both_ways")
    if vacant and (present or new):
        raise Refusal("registry.not_vacant")


def _part_of(command: Command) -> Command:
    """A command of its own for a step of this one: same person, same time, same transaction."""
    return Command(actor=command.actor, now=command.now, occurred_at=command.occurred_at)


def _settle_in(command: Command, dwelling: Dwelling, new: Sequence[Newcomer]) -> list[UUID]:
    """Newcomers of one visit are one household: they are reached at one door, with one call."""
    household_id = household_waiting_for_names(dwelling) if new else None
    arrived = []
    for newcomer in new:
        known = _known(command, newcomer)
        if known is not None:
            if known.dwelling_id == dwelling.id:
                raise Refusal("registry.already_here", name=newcomer.name.strip())
            settled = move(
                _part_of(command),
                person_ids=[known.id],
                dwelling_id=dwelling.id,
                household_id=household_id,
                from_date=newcomer.arrived_on,
            )
            arrived.append(known.id)
        else:
            settled = register(
                _part_of(command),
                name=newcomer.name,
                dwelling_id=dwelling.id,
                household_id=household_id,
                identity=newcomer.identity,
                phone=newcomer.phone,
                relation=newcomer.relation,
            )
            arrived.append(UUID(settled["person"]))
        household_id = UUID(settled["household"])
    return arrived


def _known(command: Command, newcomer: Newcomer) -> Person | None:
    """The record of this person elsewhere in the actor's area, by a valid document number."""
    identities, _born, _sex = read_document(command, newcomer.identity)
    for _kind, number, _valid in identities:
        for person in search(actor=command.actor, text=number, now=command.now).people:
            if any(document.number == number for document in person.documents.all()):
                return person
    return None


def _start_checks(command: Command, dwelling: Dwelling, arrivals: Sequence[tuple[Newcomer, UUID]]) -> list[WorkItem]:
    """A newcomer from elsewhere is checked like someone on a list."""
    from_elsewhere = [(newcomer, person_id) for newcomer, person_id in arrivals if newcomer.came_from.strip()]
    if not from_elsewhere:
        return []
    due = due_at(NEWCOMER_PROFILE, received_at=command.now)
    homes = dict(Person.objects.filter(id__in=[p for _, p in from_elsewhere]).values_list("id", "household_id"))
    asks = [
        Ask(
            household_id=homes[person_id],
            path=dwelling.path,
            placement=Placement.DOOR,
            dwelling_id=dwelling.id,
            person_id=person_id,
            due_at=due,
            kind=WorkOrigin.Kind.VISIT,
            note=_whence(newcomer),
        )
        for newcomer, person_id in from_elsewhere
    ]
    return list(WorkItem.objects.filter(id__in=join_or_open(command, asks).item_ids.values()))


def _whence(newcomer: Newcomer) -> str:
    day = f"{newcomer.arrived_on:%Y-%m-%d} " if newcomer.arrived_on else ""
    return f"{day}{newcomer.came_from.strip()[:60]}"


def _observe(
    command: Command,
    dwelling: Dwelling,
    arrivals: Sequence[tuple[Newcomer, UUID]],
    *,
    present: Sequence[UUID],
    leaving: Sequence[UUID],
    note: str,
) -> Observation:
    """The visit as a finding about the dwelling; people by id only."""
    facts: dict[str, object] = {
        "present": [str(person_id) for person_id in present],
        "moved_out": [str(person_id) for person_id in leaving],
        "newcomers": [
            {
                "person": str(person_id),
                "came_from": newcomer.came_from.strip()[:60],
                "arrived_on": newcomer.arrived_on.isoformat() if newcomer.arrived_on else "",
            }
            for newcomer, person_id in arrivals
        ],
        "status": dwelling.status,
        "note": note.strip()[:NOTE_LENGTH],
    }
    return Observation.objects.create(
        id=uuid7(),
        recorded_at=command.now,
        occurred_at=command.at,
        kind="registry.visit",
        dwelling_id=dwelling.id,
        path=dwelling.path,
        facts=facts,
        recorded_by_id=command.actor.id,
    )
