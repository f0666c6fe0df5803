"""What the tests of the desk pages share: a browser that is logged in, work at a few doors, forms that are sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import Person
from lianfang.core.work.models import WorkItem
from lianfang.core.work.opening import Ask, join_or_open
from lianfang.kernel.uuid7 import uuid7

GRID = "999999001001001"
NEXT_GRID = "999999001002001"


def browser(user: User) -> Client:
    """A browser in which `user` is logged in and has shown the second factor; its pages are in English."""
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def people_in(path: str, count: int) -> list[Person]:
    """People at `count` different doors of the area, in the order of the doors."""
    found: dict[UUID, Person] = {}
    people = Person.objects.filter(path__startswith=path, dwelling__isnull=False).select_related("dwelling")
    for person in people.order_by("path", "id"):
        found.setdefault(person.household_id, person)
        if len(found) == count:
            break
    return list(found.values())


def ask_for(
    desk: User, people: Sequence[Person], *, now: datetime, hours: float = 4, placed: bool = True
) -> list[WorkItem]:
    """Work about these people, one item per household, due `hours` from now (negative: already late)."""
    asks = [
        Ask(
            household_id=person.household_id,
            path=person.path,
            placement=Placement.DOOR if placed else Placement.UNPLACED,
            due_at=now + timedelta(hours=hours),
            kind="tip",
            person_id=person.id,
            dwelling_id=person.dwelling_id if placed else None,
            note="seen with a suitcase",
        )
        for person in people
    ]
    opened = join_or_open(Command(actor=desk, now=now), asks)
    items = WorkItem.objects.in_bulk(opened.item_ids.values())
    return [items[opened.item_ids[person.household_id]] for person in people]


def send(client: Client, url: str, *, htmx: bool = False, command_id: UUID | None = None, **fields: Any) -> Any:
    """Post a form with a new command id (or the one given)."""
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(url, {"command_id": str(command_id or uuid7()), **fields}, headers=headers)


def text_of(response: Any) -> str:
    """The page without its elements, as one reads it."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", words))
