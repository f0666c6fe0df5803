"""Signing the letter of a measure: on one's own page, through whoever acts for one, or on paper taken down by staff."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.commitment import drawings
from lianfang.capabilities.commitment.letters import LetterText, letter_for, sufficient
from lianfang.capabilities.commitment.models import CONTENT, PICTURE, Commitment, SignedHow
from lianfang.core import vault
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person
from lianfang.kernel.names import read_name
from lianfang.kernel.pictures import Picture, UnusablePicture
from lianfang.kernel.pinyin import simplified
from lianfang.kernel.uuid7 import uuid7

NOT_STANDING = refusal("commitment.not_standing", _("This measure is not in force, so there is nothing to sign."))
NO_LETTER = refusal("commitment.no_letter", _("There is no letter for this kind of measure."))
SIGNED_ALREADY = refusal("commitment.signed_already", _("This letter is already signed."))
NAME_DIFFERS = refusal("commitment.name_differs", _("Type the name exactly as it stands above."))
BAD_DRAWING = refusal("commitment.bad_drawing", _("The signature cannot be read. Draw it again or type the name."))
BAD_PHOTO = refusal(
    "commitment.bad_photo", _("The photograph cannot be read. Take it anew as JPEG or PNG, at most 8 MB.")
)
WRONG_WAY = refusal("commitment.wrong_way", _("Draw the signature or type the name."))
WRONG_DAY = refusal("commitment.wrong_day", _("The day of signing lies before the measure or in the future."))

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signature:
    """Who signed, how and when."""

    signer: Person
    how: SignedHow
    source: AnswerSource
    picture: Picture | None
    signed_at: datetime
    access_id: UUID | None = None


@action("commitment.sign")
def sign(
    command: Command,
    *,
    measure_id: UUID,
    signer_id: UUID,
    access_id: UUID,
    typed_name: str = "",
    drawing: str = "",
) -> Answer:
    """Sign on one's own page: by a drawing (a PNG as base64) or by typing one's name.

    `signer_id` is who is on the page, the person themselves or whoever acts for them: the page has made sure of that.
    """
    command.require_somewhere("resident.answer")
    signer = Person.objects.current().filter(id=signer_id).first()
    measure = ControlMeasure.objects.filter(id=measure_id).select_related("person").first()
    if signer is None or measure is None:
        raise NotFound("measure")
    how, picture = _by_hand(signer, typed_name=typed_name, drawing=drawing)
    source = AnswerSource.SELF if signer.id == measure.person_id else AnswerSource.PROXY
    signature = _Signature(
        signer=signer, how=how, source=source, picture=picture, signed_at=command.now, access_id=access_id
    )
    return _keep(command, measure, signature, code="commitment.sign")


def _by_hand(signer: Person, *, typed_name: str, drawing: str) -> tuple[SignedHow, Picture | None]:
    if drawing:
        try:
            return SignedHow.DRAWN, Picture("png", drawings.drawn(drawings.from_text(drawing)))
        except drawings.NoDrawing as fault:
            raise Refusal("commitment.bad_drawing") from fault
    if not typed_name.strip():
        raise Refusal("commitment.wrong_way")
    if _bare(typed_name) != _bare(signer.name):
        raise Refusal("commitment.name_differs")
    return SignedHow.TYPED, None


def _bare(name: str) -> str:
    return simplified(read_name(name).text).replace(" ", "").casefold()


@action("commitment.record_paper")
def record_paper(command: Command, *, measure_id: UUID, photograph: str, signed_date: date) -> Answer:
    """Take down a letter signed on paper, with its photograph (JPEG or PNG as base64)."""
    visible = ControlMeasure.objects.visible_to(command.actor).select_related("person")
    measure = visible.filter(id=measure_id).first()
    if measure is None:
        command.asked.add("resident.admit")
        raise NotFound("measure")
    command.require("resident.admit", path=measure.path)
    if not timezone.localdate(measure.proposed_at) <= signed_date <= timezone.localdate(command.now):
        raise Refusal("commitment.wrong_day")
    try:
        picture = drawings.photographed(drawings.from_text(photograph))
    except (drawings.NoDrawing, UnusablePicture) as fault:
        raise Refusal("commitment.bad_photo") from fault
    noon = timezone.make_aware(datetime.combine(signed_date, time(12)))
    signature = _Signature(
        signer=measure.person,
        how=SignedHow.PAPER,
        source=AnswerSource.STAFF,
        picture=picture,
        signed_at=min(noon, command.now),
    )
    return _keep(command, measure, signature, code="commitment.record_paper")


def _keep(command: Command, measure: ControlMeasure, signature: _Signature, *, code: str) -> Answer:
    """Write the commitment. The measure's row is locked, so that two signatures at once are one."""
    ControlMeasure.objects.select_for_update(of=("self",)).get(id=measure.id)
    if measure.approved_at is None or measure.released_at is not None or measure.ends_at <= command.now:
        raise Refusal("commitment.not_standing")
    letter = letter_for(measure.regime, measure.edition)
    if letter is None:
        raise Refusal("commitment.no_letter")
    counting = sufficient(measure.regime, measure.edition)
    if Commitment.objects.filter(measure=measure, letter__in=counting).exists():
        raise Refusal("commitment.signed_already")
    row_id, picture = uuid7(), signature.picture
    content = spelled(_content(measure, letter, signature))
    digest = sha256(content).hexdigest()
    Commitment.objects.create(
        id=row_id,
        measure=measure,
        person_id=measure.person_id,
        path=measure.path,
        letter=letter.code,
        letter_digest=letter.digest,
        how=signature.how,
        source=signature.source,
        signer=signature.signer if signature.source == AnswerSource.PROXY else None,
        access_id=signature.access_id,
        signed_at=signature.signed_at,
        recorded_at=command.now,
        recorded_by=command.actor,
        content_sealed=vault.seal(content, place=CONTENT, row=row_id),
        picture_sealed=vault.seal(picture.content, place=PICTURE, row=row_id) if picture else None,
        picture_kind=picture.kind if picture else "",
        digest=digest,
        check_code=check_code(digest),
    )
    facts: dict[str, object] = {"kind": letter.code}
    command.note(code, path=measure.path, subject_kind="measure", subject_id=measure.id, facts=facts)
    return {"commitment": str(row_id), "check_code": check_code(digest)}


def _content(measure: ControlMeasure, letter: LetterText, signature: _Signature) -> dict[str, Any]:
    """What is signed, as plain values. A salt is in it, so nobody can guess a name back from the hash."""
    return {
        "form": 1,
        "letter": {**asdict(letter), "digest": letter.digest},
        "measure": str(measure.id),
        "order_no": measure.order_no or "",
        "starts_at": measure.starts_at.isoformat(),
        "ends_at": measure.ends_at.isoformat(),
        "person": measure.person.name,
        "signer": signature.signer.name,
        "source": str(signature.source.value),
        "how": str(signature.how.value),
        "picture": sha256(signature.picture.content).hexdigest() if signature.picture else "",
        "signed_at": signature.signed_at.isoformat(),
        "salt": uuid7().hex,
    }


def spelled(content: dict[str, Any]) -> bytes:
    """Content in the fixed spelling its hash is taken of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def check_code(digest: str) -> str:
    """The first 60 bits of a digest as twelve signs in three groups, ``7K3Q-91DM-0ABC``."""
    number = int(digest[:15], 16)
    signs = "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(55, -1, -5))
    return "-".join(signs[at : at + 4] for at in range(0, 12, 4))


def is_intact(commitment: Commitment) -> bool:
    """Whether what is kept is what was signed: content, picture and code belong together."""
    content = commitment.content
    whole = sha256(spelled(content)).hexdigest() == commitment.digest
    picture = sha256(commitment.picture).hexdigest() if commitment.picture_sealed else ""
    return whole and picture == content["picture"] and check_code(commitment.digest) == commitment.check_code
