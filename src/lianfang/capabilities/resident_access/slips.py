"""Codes that staff hand over: on paper for a household, or told at the counter; taken back when a slip is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.resident_access import codes, rules
from lianfang.capabilities.resident_access.models import AccessCode, CodeChannel
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.models import Person
from lianfang.kernel.uuid7 import uuid7

NOBODY = refusal("resident.nobody", _("Choose whom the code is for."))
MOST_AT_ONCE = 40
"""Slips in one print: ten sheets (house choice)."""
TOO_MANY_SLIPS = refusal("resident.too_many_slips", _("At most %(most)s slips at once."))


@action("resident.issue_codes")
def issue_codes(command: Command, *, person_ids: Sequence[UUID], counter: bool = False) -> Answer:
    """Make a code for each of these people: on paper for some weeks, or for the counter for some minutes.

    A new code on paper takes the place of the person's older ones.
    """
    if not person_ids:
        command.require_somewhere("resident.admit")
        raise Refusal("resident.nobody")
    if len(person_ids) > MOST_AT_ONCE:
        command.require_somewhere("resident.admit")
        raise Refusal("resident.too_many_slips", most=MOST_AT_ONCE)
    channel = CodeChannel.COUNTER if counter else CodeChannel.PRINTED
    life = timedelta(minutes=rules.COUNTER_MINUTES) if counter else timedelta(days=rules.PAPER_DAYS)
    made = []
    for person in _admitted(command, person_ids):
        if not counter:
            older = AccessCode.objects.filter(person=person, channel=channel, withdrawn_at=None)
            older.update(withdrawn_at=command.now, withdrawn_by=command.actor)
        code_id = uuid7()
        AccessCode.objects.create(
            id=code_id,
            person=person,
            path=person.path,
            channel=channel.value,
            digest=codes.digest_of(code_id, channel),
            made_at=command.now,
            made_by=command.actor,
            expires_at=command.now + life,
            tries_left=rules.MOST_TRIES,
        )
        command.note("resident.issue_codes", path=person.path, subject_kind="person", subject_id=person.id)
        made.append(str(code_id))
    return {"codes": made}


def _admitted(command: Command, person_ids: Sequence[UUID]) -> list[Person]:
    """These people, locked, all of them where the actor admits residents; in the order given, each once."""
    visible = Person.objects.visible_to(command.actor).current().select_for_update(of=("self",)).order_by("id")
    found = {person.id: person for person in visible.filter(id__in=person_ids)}
    if found.keys() != set(person_ids):
        command.asked.add("resident.admit")
        raise NotFound("person")
    for person in found.values():
        command.require("resident.admit", path=person.path)
    return [found[person_id] for person_id in dict.fromkeys(person_ids)]


@action("resident.withdraw_code")
def withdraw_code(command: Command, *, code_id: UUID) -> Answer:
    """A slip was lost: its code opens nothing any more, and whoever came in by it is put out."""
    visible = AccessCode.objects.visible_to(command.actor).select_for_update(of=("self",))
    found = visible.filter(id=code_id, person__isnull=False).first()
    if found is None:
        command.asked.add("resident.admit")
        raise NotFound("access_code")
    command.require("resident.admit", path=found.path)
    if found.withdrawn_at is None:
        found.withdrawn_at, found.withdrawn_by = command.now, command.actor
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        command.note("resident.withdraw_code", path=found.path, subject_kind="person", subject_id=found.person_id)
    return {"code": str(found.id)}
