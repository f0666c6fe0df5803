"""Care calls of the day become work of the grid worker. The clock asks for them as often as it likes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from lianfang.capabilities.errands.care.needs import Cared, cared_for
from lianfang.capabilities.errands.care.rules import due_today
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import Answerer
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import CareNeed, Person
from lianfang.core.work.models import Matter, WorkOrigin
from lianfang.core.work.opening import About, Ask, join_or_open

CALLERS = (Answerer.GRID_WORKER.value, Answerer.DEPUTY.value)


def make_calls(now: datetime, *, locked: Sequence[UUID] = ()) -> int:
    """Make the care calls that are due at `now` (aware) and not made yet; returns how many households are to be called.

    `locked` are the areas that are locked down: who lives there is called as often as those under a measure.
    Safe to repeat and to run in several processes.
    """
    if due_today(timezone.localtime(now)) is None or not _waiting(now, locked):
        return 0
    answer = generate(Command(actor=automaton(Automaton.CLOCK), now=now), locked=list(locked))
    return int(answer["opened"])


def _waiting(now: datetime, locked: Sequence[UUID]) -> list[Cared]:
    """Those whose day of the next call has come; who has no door cannot be placed and is found on the care list."""
    today = timezone.localdate(now)
    people = Person.objects.current().filter(dwelling__isnull=False)
    return [cared for cared in cared_for(people, now=now, locked=locked) if cared.next_date <= today]


@action("errands.make_calls")
def generate(command: Command, *, locked: Sequence[UUID] = ()) -> Answer:
    """Open the care calls of the day, one for each household with somebody to be called, for the grid worker."""
    command.require_somewhere("care.generate")
    due_at = due_today(timezone.localtime(command.now))
    if due_at is None:
        return {"opened": 0, "people": 0}
    today = timezone.localdate(command.now)
    in_force = CareNeed.objects.filter(starts_date__lte=today).filter(Q(ends_date=None) | Q(ends_date__gt=today))
    list(in_force.select_for_update().order_by("id").values_list("id"))  # a second clock waits, then finds all made
    waiting = _waiting(command.now, locked)
    asks = [
        Ask(
            household_id=cared.household_id,
            path=cared.path,
            placement=Placement.DOOR,
            due_at=due_at,
            kind=WorkOrigin.Kind.NEED,
            person_id=cared.person_id,
            dwelling_id=cared.dwelling_id,
            note="、".join(cared.kinds),
        )
        for cared in waiting
    ]
    opened = join_or_open(command, asks, about=About(matter=Matter.CALL, for_date=today, roles=CALLERS))
    command.note("errands.make_calls", facts={"people": len(asks), "items": opened.opened})
    return {"opened": opened.opened, "people": len(asks)}
