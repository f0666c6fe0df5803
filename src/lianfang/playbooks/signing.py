"""Whether an edition may be used for new measures: only when two people signed exactly what its file says now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.playbooks.models import EditionSignature
from lianfang.playbooks.schema import Edition
from lianfang.playbooks.shelf import NoSuchEdition, edition

NOT_SIGNED = refusal(
    "playbooks.not_signed",
    _("The edition %(edition)s is not signed by two people as it is now. Have it signed under Editions."),
)
UNKNOWN = refusal("playbooks.unknown_edition", _("There is no edition of this name on the shelf."))


def signature_of(one: Edition) -> EditionSignature | None:
    """The signatures under the present content of an edition, complete or not."""
    signatures = EditionSignature.objects.select_related("signed_by", "countersigned_by")
    return signatures.filter(edition=one.code, digest=one.digest).first()


def signatures() -> dict[tuple[str, str], EditionSignature]:
    """Every signature by code and digest."""
    rows = EditionSignature.objects.select_related("signed_by", "countersigned_by").order_by("signed_at")
    return {(row.edition, row.digest): row for row in rows}


def is_signed(one: Edition) -> bool:
    """Whether two people signed its present content."""
    held = EditionSignature.objects.filter(edition=one.code, digest=one.digest, countersigned_at__isnull=False)
    return held.exists()


def signed_edition(code: str) -> Edition:
    """The edition for a new measure. Refused when it is not there or not signed as it is now."""
    one = edition_named(code)
    if not is_signed(one):
        raise Refusal("playbooks.not_signed", edition=one.title)
    return one


def edition_named(code: str) -> Edition:
    """The edition of this code; refused in words when there is none."""
    try:
        return edition(code)
    except NoSuchEdition:
        raise Refusal("playbooks.unknown_edition") from None
