"""Opening a person's file: names in full, and the look is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotAllowed, NotFound
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.people.models import Household, Person


def open_person(*, actor: User, person_id: UUID, now: datetime, why: str = "file") -> Person:
    """The person in full. Raises `NotFound` outside the actor's area; every look is logged."""
    person = (
        Person.objects.visible_to(actor)
        .select_related("household", "dwelling", "compound")
        .filter(id=person_id)
        .first()
    )
    if person is None:
        raise NotFound("person")
    _log(actor, [("person", person.id, person.path)], now=now, why=why)
    return person


def open_household(*, actor: User, household_id: UUID, now: datetime, why: str = "ledger") -> Household:
    """The household in full. Raises `NotFound` outside the actor's area; every look is logged."""
    household = Household.objects.visible_to(actor).select_related("dwelling").filter(id=household_id).first()
    if household is None:
        raise NotFound("household")
    _log(actor, [("household", household.id, household.path)], now=now, why=why)
    return household


def log_looks(*, actor: User, people: Sequence[Person], now: datetime, why: str) -> None:
    """Write down that these people were shown in full (a review page, an export)."""
    _log(actor, [("person", person.id, person.path) for person in people], now=now, why=why)


def _log(actor: User, subjects: Sequence[tuple[str, UUID, str]], *, now: datetime, why: str) -> None:
    for _, _, path in subjects:
        if not actor.authority.may("people.open", path=path):
            raise NotAllowed("people.open")
    journal.write(
        [
            journal.Note(
                kind=AuditEntry.Kind.LOOK,
                code="people.open",
                path=path,
                subject_kind=kind,
                subject_id=subject_id,
                facts={"why": why},
            )
            for kind, subject_id, path in subjects
        ],
        actor_id=actor.id,
        at=now,
        now=now,
    )
