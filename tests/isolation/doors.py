"""A door of the first grid with a sensor, and what its device sends."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.test import Client
from django.utils import timezone

from lianfang.capabilities.isolation import fitting
from lianfang.capabilities.isolation.keys import key_of
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.models import Household, Person
from lianfang.jobs.town import Town

URL = "/api/door-events/"


def family_of(town: Town, number: int = 0) -> list[Person]:
    """A household of the first grid with at least two people, one of several by `number`."""
    grid = town.areas["999999001001001"]
    homes = Household.objects.under(grid.path).filter(dwelling__isnull=False)
    homes = homes.annotate(people_count=Count("people")).filter(people_count__gte=2)
    return list(Person.objects.current().filter(household=homes.order_by("id")[number]).order_by("id"))


def fitted(worker: User, person: Person, *, device: str = "D-1", **said: Any) -> str:
    """A sensor at this person's door; the key of the command that fitted it."""
    command = Command(actor=worker)
    words: dict[str, Any] = {"consented_by_id": person.id, "consent_basis": "知情同意书第7号", "device": device}
    words["consented_at"] = timezone.now() - timedelta(minutes=5)
    assert person.dwelling_id is not None
    fitting.fit(command, dwelling_id=person.dwelling_id, **words | said)
    return key_of(command.id)


def event(number: int | str, *, at: datetime | None = None, what: str = "open", device: str = "D-1") -> dict[str, Any]:
    """What a device sends of one event."""
    return {"device": device, "event": what, "id": f"e-{number}"} | ({"at": at.isoformat()} if at else {})


def send(key: str, said: Any, *, client: Client | None = None) -> tuple[int, dict[str, Any]]:
    """Send events as a gateway does: status and answer."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    header = {"Authorization": f"Bearer {key}"} if key else {}
    response = (client or Client(enforce_csrf_checks=True)).post(
        URL, body, content_type="application/json", headers=header
    )
    return response.status_code, json.loads(response.content)


def codes(answer: dict[str, Any]) -> list[str]:
    """Why each event was not taken; empty for those that were."""
    return [one.get("code", "") for one in answer["events"]]


def sensor_id(command_answer: dict[str, Any]) -> UUID:
    """The id an action answered."""
    return UUID(command_answer["sensor"])
