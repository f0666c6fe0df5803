"""Signing an edition and signing it a second time. Each function enters through the door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.playbooks.models import EditionSignature
from lianfang.playbooks.schema import Edition
from lianfang.playbooks.signing import edition_named

CHANGED = refusal(
    "playbooks.changed", _("The file of this edition is no longer the one you read. Read it again before you sign.")
)
SIGNED_ALREADY = refusal("playbooks.signed_already", _("This edition is signed already."))
NOT_YET_SIGNED = refusal("playbooks.not_yet_signed", _("Nobody has signed this edition yet: yours is the first."))
BY_ANOTHER = refusal("playbooks.by_another", _("You gave the first signature. The second is another person's."))


@action("playbooks.sign")
def sign(command: Command, *, edition: str, digest: str) -> Answer:
    """Sign an edition as the first of two. `digest` names the content that was read; another one is refused."""
    command.require_somewhere("playbooks.sign")
    one = _as_read(edition, digest)
    given, made = EditionSignature.objects.select_for_update().get_or_create(
        edition=one.code,
        digest=one.digest,
        defaults={"signed_by": command.actor, "signed_at": command.now},
    )
    if not made:
        raise Refusal("playbooks.signed_already")
    _note(command, "playbooks.sign", given)
    return {"signature": str(given.id)}


@action("playbooks.countersign")
def countersign(command: Command, *, edition: str, digest: str) -> Answer:
    """Sign an edition as the second, which makes it usable for new measures."""
    command.require_somewhere("playbooks.sign")
    one = _as_read(edition, digest)
    given = EditionSignature.objects.select_for_update().filter(edition=one.code, digest=one.digest).first()
    if given is None:
        raise Refusal("playbooks.not_yet_signed")
    if given.countersigned_by_id is not None:
        raise Refusal("playbooks.signed_already")
    if given.signed_by_id == command.actor.id:
        raise Refusal("playbooks.by_another")
    given.countersigned_by, given.countersigned_at = command.actor, command.now
    given.save(update_fields=["countersigned_by", "countersigned_at"])
    _note(command, "playbooks.countersign", given)
    return {"signature": str(given.id)}


def _as_read(code: str, digest: str) -> Edition:
    one = edition_named(code)
    if digest != one.digest:
        raise Refusal("playbooks.changed")
    return one


def _note(command: Command, code: str, given: EditionSignature) -> None:
    facts: dict[str, object] = {"edition": given.edition, "digest": given.digest}
    command.note(code, path="", subject_kind="edition", subject_id=given.id, facts=facts)
