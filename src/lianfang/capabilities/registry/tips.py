"""A neighbour's tip: someone is back. It becomes work at the door, or one more reason for the work already there."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.registry.limits import TIP_PROFILE, due_at
from lianfang.capabilities.registry.waiting import household_waiting_for_names
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists.models import Placement
from lianfang.core.people.actions import read_numbers
from lianfang.core.people.models import Dwelling, Household, Person
from lianfang.core.people.registering import NewPerson, register_people
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import WorkItem, WorkOrigin, WorkSubject
from lianfang.core.work.opening import Ask, join_or_open
from lianfang.kernel.names import read_name
from lianfang.kernel.uuid7 import uuid7

NO_TEXT = refusal("registry.no_text", _("Say what was noticed, in a few words."))
NO_PLACE = refusal("registry.no_place", _("Say where: choose the door, or at least the area."))

TEXT_LENGTH = 300

_PLACEMENTS = {
    Level.BUILDING: Placement.BUILDING,
    Level.ENTRANCE: Placement.BUILDING,
    Level.COMPOUND: Placement.COMPOUND,
}


@action("registry.report_tip")
def report_tip(
    command: Command,
    *,
    text: str,
    dwelling_id: UUID | None = None,
    territory_id: UUID | None = None,
    name: str = "",
    phone: str = "",
) -> Answer:
    """Pass a tip on to whoever answers at the door, or in the area when the door is not known.

    With a `name` it is about that person, who is registered if nobody of that name lives there. Without one it is about
    the household at the door; where nobody is registered, about a household without people yet.
    """
    text = text.strip()
    if not text:
        command.asked.add("work.report_tip")
        raise Refusal("registry.no_text")
    dwelling, area = _where(command, dwelling_id, territory_id)
    path = dwelling.path if dwelling else area.path
    command.require("work.report_tip", path=path)
    person = _whom(command, dwelling, path, name=name, phone=phone)
    household = person.household if person else _household(dwelling, path)
    joins = WorkItem.objects.checks().open().filter(household=household).exists()
    ask = Ask(
        household_id=household.id,
        path=path,
        placement=Placement.DOOR if dwelling else _PLACEMENTS.get(Level(area.level), Placement.COMMUNITY),
        dwelling_id=dwelling.id if dwelling else None,
        # A tip asks anew even right after a check: unnamed, no fresh result answers it. The subject is named below.
        person_id=person.id if person and joins else None,
        due_at=due_at(TIP_PROFILE, received_at=command.now),
        kind=WorkOrigin.Kind.TIP,
        note=text[:TEXT_LENGTH],
    )
    opened = join_or_open(command, [ask])
    item = WorkItem.objects.get(id=opened.item_ids[household.id])
    if opened.opened:
        _name_subjects(item, household, person)
    command.note("registry.report_tip", path=path, subject_kind="work", subject_id=item.id)
    return {
        "item": str(item.id),
        "opened": bool(opened.opened),
        "assignee": str(item.assignee_id or ""),
        "due_at": item.due_at,
    }


def _where(command: Command, dwelling_id: UUID | None, territory_id: UUID | None) -> tuple[Dwelling | None, Territory]:
    """The door and the area the tip is about; only where the actor may pass tips on."""
    scopes = command.require_somewhere("work.report_tip")
    if dwelling_id is not None:
        dwelling = Dwelling.objects.in_scopes(scopes).select_related("territory").filter(id=dwelling_id).first()
        if dwelling is None:
            raise NotFound("dwelling")
        return dwelling, dwelling.territory
    if territory_id is None:
        raise Refusal("registry.no_place")
    area = Territory.objects.filter(id=territory_id).first()
    if area is None or not any(area.path.startswith(scope) for scope in scopes):
        raise NotFound("territory")
    return None, area


def _whom(command: Command, dwelling: Dwelling | None, path: str, *, name: str, phone: str) -> Person | None:
    """The person a tip names: whoever of that name lives at the door, else someone newly registered."""
    read = read_name(name)
    if not read.text:
        return None
    phones = read_numbers(phone)
    if dwelling is not None:
        here = Person.objects.current().filter(dwelling=dwelling, name=read.text[:60])
        found = here.select_related("household").order_by("id").first()
        if found is not None:
            return found
    compound = dwelling.compound if dwelling else None
    new = NewPerson(
        name=read.text,
        path=path,
        dwelling=dwelling,
        phones=phones,
        household_id=household_waiting_for_names(dwelling) if dwelling else None,
    )
    return register_people([new], now=command.now, compound_codes={compound.id: compound.code} if compound else {})[0]


def _household(dwelling: Dwelling | None, path: str) -> Household:
    """The household a tip without a name is about: one with open work, else one with people, else a new one."""
    if dwelling is not None:
        here = Household.objects.filter(dwelling=dwelling)
        items = WorkItem.objects.checks().open().filter(household__in=here).select_related("household")
        item = items.order_by("id").first()
        if item is not None:
            return item.household
        lived_in = here.filter(people__merged_into=None, people__dwelling=dwelling).order_by("-id").first()
        if lived_in is not None:
            return lived_in
    return Household.objects.create(id=uuid7(), dwelling=dwelling, path=path)


def _name_subjects(item: WorkItem, household: Household, person: Person | None) -> None:
    """A tip is about the person it names, or about everyone registered in the household."""
    if person is not None:
        WorkOrigin.objects.filter(item=item).update(person=person)
        person_ids = [person.id]
    else:
        everyone = Person.objects.current().filter(household=household).order_by("id")
        person_ids = list(everyone.values_list("id", flat=True))
    WorkSubject.objects.bulk_create(WorkSubject(id=uuid7(), item=item, person_id=one) for one in person_ids)
