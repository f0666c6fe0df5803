"""An errand given to a runner, one handed over with a picture, and a care call, for the table of addresses."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.db import transaction
from django.utils import timezone

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import Person
from lianfang.core.work.models import Matter, WorkOrigin
from lianfang.core.work.opening import About, Ask, join_or_open
from tests.kernel.test_pictures import png


def rows_of_errands(person: Person, secretary: User) -> dict[str, Any]:
    """Ids by the names the addresses give them."""
    runner = User.objects.get(username="runner")
    given = _given(person, secretary, runner)
    over = _given(person, secretary, runner)
    actions.deliver(Command(actor=runner), errand_id=over.id, picture=b64encode(png()).decode())
    over.refresh_from_db()
    now = timezone.now()
    ask = Ask(
        household_id=person.household_id,
        path=person.path,
        placement=Placement.DOOR,
        due_at=now,
        kind=WorkOrigin.Kind.NEED,
        person_id=person.id,
        dwelling_id=person.dwelling_id,
    )
    about = About(matter=Matter.CALL, for_date=timezone.localdate(now))
    with transaction.atomic():
        calls = join_or_open(Command(actor=secretary), [ask], about=about)
    return {
        "errand_id": given.id,
        "batch_id": given.batch_id,
        "runner_id": runner.id,
        "picture_id": over.picture_id,
        "call_id": calls.item_ids[person.household_id],
    }


def _given(person: Person, secretary: User, runner: User) -> Errand:
    asked = actions.ask(Command(actor=secretary), person_id=person.id, kind="meals", wanted="午饭两份")
    actions.arrange(Command(actor=secretary), errand_ids=[asked["errand"]], runner_id=runner.id)
    return Errand.objects.get(id=asked["errand"])
