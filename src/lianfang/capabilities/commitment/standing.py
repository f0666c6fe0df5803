"""Who has signed and who has not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lianfang.capabilities.commitment.letters import LetterText, letter_for, sufficient
from lianfang.capabilities.commitment.models import Commitment
from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure, ControlMeasureQuerySet


def signed_for(measures: Iterable[ControlMeasure]) -> dict[UUID, Commitment]:
    """The signature that counts for each of these measures; those without one are not in it. One query."""
    wanted = {measure.id: sufficient(measure.regime, measure.edition) for measure in measures}
    found: dict[UUID, Commitment] = {}
    for row in Commitment.objects.filter(measure__in=wanted).select_related("signer").order_by("signed_at", "id"):
        if row.letter in wanted[row.measure_id]:
            found[row.measure_id] = row
    return found


def letter_to_sign(measure: ControlMeasure, *, signed: bool, at: datetime) -> LetterText | None:
    """The text that waits for a signature; None when it is signed, or there is nothing to sign (any more)."""
    standing = measure.approved_at is not None and measure.released_at is None and measure.ends_at > at
    return letter_for(measure.regime, measure.edition) if standing and not signed else None


def unsigned(actor: User, *, at: datetime) -> ControlMeasureQuerySet:
    """Measures in the actor's areas that stand without a signature that counts, the newest first."""
    standing = ControlMeasure.objects.visible_to(actor).unlifted().filter(ends_at__gt=at)
    kinds = standing.values_list("regime", "edition").distinct()
    counting = frozenset(code for regime, edition in kinds for code in sufficient(regime, edition))
    signed = Commitment.objects.filter(letter__in=counting).values("measure_id")
    return standing.exclude(id__in=signed).order_by("-approved_at", "id")
