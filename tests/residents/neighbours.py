"""What the tests of residents' pages share: people with telephones, and the account their pages act through."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from lianfang.capabilities.resident_access import codes
from lianfang.capabilities.resident_access.entering import ask_code, enter_code
from lianfang.capabilities.resident_access.models import AccessCode
from lianfang.capabilities.resident_access.slips import issue_codes
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.models import Person, Telephone

HOME = "203.0.113.7"
"""A network address of a documentation range."""


def at_the_door(now: datetime) -> Command:
    """A command of a resident's own page."""
    return Command(actor=automaton(Automaton.RESIDENT), now=now)


def with_telephone(path: str, count: int = 1) -> list[tuple[Person, str]]:
    """People of the area with a telephone number nobody shares, at different doors."""
    numbers: dict[str, list[Person]] = {}
    rows = Telephone.objects.filter(person__path__startswith=path, person__dwelling__isnull=False)
    for row in rows.select_related("person").order_by("id")[:200]:
        numbers.setdefault(row.number, []).append(row.person)
    found: dict[UUID, tuple[Person, str]] = {}
    for number, people in numbers.items():
        if len(people) == 1:
            found.setdefault(people[0].household_id, (people[0], number))
    return list(found.values())[:count]


def asked(name: str, phone: str, *, now: datetime, address: str = HOME) -> AccessCode:
    """The asking for a code by telephone, as it was written."""
    answer = ask_code(at_the_door(now), name=name, phone=phone, address=address)
    return AccessCode.objects.get(id=answer["code"])


def entered(typed: str, *, now: datetime, asking: AccessCode | None = None, address: str = HOME) -> Any:
    """The stay a typed code began, or None."""
    code_id = asking.id if asking else None
    return enter_code(at_the_door(now), typed=typed, address=address, code_id=code_id)["session"]


def slip_for(person: Person, by: User, *, now: datetime, counter: bool = False) -> tuple[AccessCode, str]:
    """A code handed over by staff, and what stands on it."""
    made = issue_codes(Command(actor=by, now=now), person_ids=[person.id], counter=counter)["codes"][0]
    row = AccessCode.objects.get(id=made)
    return row, codes.code_of(row.id, row.channel)
