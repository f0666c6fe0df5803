"""Coming in by a code and leaving: asking for one by telephone, typing it, ending the stay.

Nothing here tells whether somebody is in the ledger. An asking that fits nobody is written, queued, tried and refused
like any other; limits count askings for a telephone and from an address, whoever they are for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.resident_access import codes, rules
from lianfang.capabilities.resident_access.models import AccessCode, CodeChannel, CodeTry, ResidentSession
from lianfang.core import vault
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.later import later
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.actions import read_numbers
from lianfang.core.people.keys import people_with_keys
from lianfang.core.people.models import Person, Telephone
from lianfang.kernel.names import read_name
from lianfang.kernel.pinyin import simplified
from lianfang.kernel.uuid7 import uuid7

NO_TEXTS = refusal(
    "resident.no_texts", _("Codes by text message are not offered here. Ask the community for one on paper.")
)
WHOSE = refusal("resident.whose", _("Enter the name and the telephone number."))
TOO_MANY = refusal("resident.too_many_codes", _("Too many codes were asked for. Wait an hour or ask the community."))
TOO_WRONG = refusal("resident.too_many_wrong", _("Too many wrong codes. Wait an hour or ask the community."))

SEND_CODE = "lianfang.send_code"
_NOBODY = UUID(int=0)


@action("resident.ask_code")
def ask_code(command: Command, *, name: str, phone: str, address: str) -> Answer:
    """Ask for a code by text message, for the person of this name who is reached under this telephone number.

    The answer is the same whoever fits, also nobody. `address` is the network address the asking came from.
    """
    command.require_somewhere("resident.answer")
    if not settings.SMS:
        raise Refusal("resident.no_texts")
    wanted = simplified(read_name(name).text)
    if not wanted or not phone.strip():
        raise Refusal("resident.whose")
    number = read_numbers(phone)[0]
    phone_key, from_key = codes.phone_key(number), codes.address_key(address)
    _refuse_too_many(phone_key, from_key, now=command.now)
    person = _reached_under(number, wanted)
    code_id = uuid7()
    sms = CodeChannel.SMS.value
    AccessCode.objects.create(
        id=code_id,
        person=person,
        path=person.path if person else "",
        channel=sms,
        digest=codes.digest_of(code_id, sms),
        made_at=command.now,
        expires_at=command.now + timedelta(minutes=rules.SMS_MINUTES),
        tries_left=rules.MOST_TRIES,
        phone_key=phone_key,
        from_key=from_key,
    )
    later(SEND_CODE, code_id=str(code_id))
    command.note("resident.ask_code", subject_kind="access_code", subject_id=code_id)
    return {"code": str(code_id)}


def _refuse_too_many(phone_key: int, from_key: int, *, now: datetime) -> None:
    lately = AccessCode.objects.filter(made_at__gt=now - timedelta(hours=rules.LIMIT_HOURS))
    today = AccessCode.objects.filter(made_at__gt=now - timedelta(days=1))
    if (
        lately.filter(phone_key=phone_key).count() >= rules.MOST_ASKED_FOR_A_PHONE
        or today.filter(phone_key=phone_key).count() >= rules.MOST_ASKED_FOR_A_PHONE_IN_A_DAY
        or lately.filter(from_key=from_key).count() >= rules.MOST_ASKED_FROM_AN_ADDRESS
    ):
        raise Refusal("resident.too_many_codes")


def _reached_under(number: str, wanted: str) -> Person | None:
    """The person of this name with this telephone; of several records, the one under a measure, else the oldest.

    Asks the same questions whoever is found: where there is nobody, they are asked about `_NOBODY`, or the time of the
    answer would tell.
    """
    key = vault.blind_key("phone", number)
    ids = people_with_keys([key]).get(key) or [_NOBODY]
    reached = {row.person_id for row in Telephone.objects.filter(person_id__in=ids) if row.number == number}
    people = Person.objects.current().filter(id__in=reached or {_NOBODY}).order_by("id")
    found = [person for person in people if simplified(read_name(person.name).text) == wanted]
    asked = [person.id for person in found] or [_NOBODY]
    held = set(ControlMeasure.objects.unlifted().filter(person_id__in=asked).values_list("person_id", flat=True))
    return min(found, key=lambda person: person.id not in held, default=None)


@action("resident.enter_code")
def enter_code(command: Command, *, typed: str, address: str, code_id: UUID | None = None) -> Answer:
    """Type a code: of the asking `code_id` by telephone, else one on paper or told at the counter.

    A wrong one is no refusal but an answer without a stay, so that the try is counted.
    """
    command.require_somewhere("resident.answer")
    from_key = codes.address_key(address)
    since = command.now - timedelta(hours=rules.LIMIT_HOURS)
    if CodeTry.objects.filter(from_key=from_key, tried_at__gt=since).count() >= rules.MOST_WRONG_FROM_AN_ADDRESS:
        raise Refusal("resident.too_many_wrong")
    given = rules.read(typed)
    found = _asked_for(command, code_id, given) if code_id else _on_paper(command, given)
    if found is None or found.person_id is None:
        CodeTry.objects.create(id=uuid7(), from_key=from_key, tried_at=command.now)
        command.note("resident.wrong_code", subject_kind="access_code", subject_id=code_id)
        return {"session": None}
    found.used_at = command.now
    found.save(update_fields=["used_at"])
    session_id = uuid7()
    ResidentSession.objects.create(
        id=session_id,
        person_id=found.person_id,
        code=found,
        digest=codes.token_digest(codes.token_of(session_id)),
        began_at=command.now,
        seen_at=command.now,
    )
    command.note("resident.enter_code", path=found.path, subject_kind="person", subject_id=found.person_id)
    return {"session": str(session_id)}


def _asked_for(command: Command, code_id: UUID, given: str) -> AccessCode | None:
    """The asking, if the code is right. A try is used up either way; an asking that fits nobody is never right."""
    asking = AccessCode.objects.select_for_update(of=("self",)).filter(id=code_id, channel=CodeChannel.SMS).first()
    if asking is None or asking.tries_left < 1:
        return None
    asking.tries_left -= 1
    asking.save(update_fields=["tries_left"])
    right = bytes(asking.digest) == codes.asked_digest(asking.id, given)
    alive = asking.used_at is None and asking.withdrawn_at is None and asking.expires_at > command.now
    return asking if right and alive else None


def _on_paper(command: Command, given: str) -> AccessCode | None:
    """The code of eight signs, while it is valid."""
    usable = AccessCode.objects.usable(command.now).exclude(channel=CodeChannel.SMS)
    return usable.select_for_update(of=("self",)).filter(digest=codes.paper_digest(given)).first()


@action("resident.end_session")
def end_session(command: Command, *, session_id: UUID) -> Answer:
    """Leave one's own page."""
    command.require_somewhere("resident.answer")
    stay = ResidentSession.objects.open().select_for_update(of=("self",)).filter(id=session_id).first()
    if stay is not None:
        stay.ended_at = max(command.now, stay.began_at)
        stay.save(update_fields=["ended_at"])
        command.note("resident.end_session", subject_kind="person", subject_id=stay.person_id)
    return {"session": str(session_id)}
