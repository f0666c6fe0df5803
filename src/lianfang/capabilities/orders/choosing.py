"""Which of the measures asked for have a paper to print, and why the others have none: none is left out in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.orders.codes import number_of
from lianfang.capabilities.orders.shapes import PaperKind
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.measures.models import ControlMeasure
from lianfang.kernel.masking import mask_name

MOST_PAPERS = 300
"""In one file: a second ream is a second file."""

NONE_CHOSEN = refusal("orders.none_chosen", _("Choose whose papers to print."))
TOO_MANY = refusal("orders.too_many", _("At most %(most)s papers in one file; %(count)s are chosen. Choose fewer."))
NOT_APPROVED = refusal("orders.not_approved", _("Not approved: it restricts nobody, so there is no order."))
LIFTED = refusal("orders.lifted", _("Lifted already: its order must not be handed over any more. Print the notice."))
NOT_LIFTED = refusal("orders.not_lifted", _("Not lifted: there is no notice of release yet."))
NO_NUMBER = refusal("orders.no_number", _("It has no number: it was signed before papers were numbered."))

_JOINED = ("person", "person__dwelling", "dwelling", "basis__zone", "proposed_by", "approved_by", "released_by")


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """One measure without a paper and why; `who` is masked. An id that nobody may see has no `who`."""

    measure_id: UUID
    who: str
    number: str
    why: Refusal


@dataclass(frozen=True, slots=True)
class Chosen:
    """What can be printed, in the order of the doors, and what cannot."""

    kind: PaperKind
    measures: tuple[ControlMeasure, ...]
    turned_away: tuple[TurnedAway, ...]


def choose(actor: User, ids: Sequence[UUID], kind: PaperKind) -> Chosen:
    """Sort the measures asked for; one query. Raises a refusal when there are none or too many."""
    wanted = set(ids)
    if not wanted:
        raise Refusal("orders.none_chosen")
    if len(wanted) > MOST_PAPERS:
        raise Refusal("orders.too_many", most=MOST_PAPERS, count=len(wanted))
    seen = ControlMeasure.objects.visible_to(actor).filter(id__in=wanted).select_related(*_JOINED)
    found = list(seen.order_by("path", "dwelling__door_short", "person__name", "starts_at", "id"))
    able, turned = [], []
    for measure in found:
        why = _why_not(actor, measure, kind)
        if why is None:
            able.append(measure)
        else:
            number = measure.order_no or ""
            turned.append(TurnedAway(measure.id, mask_name(measure.person.name), number, why))
    absent = sorted(wanted - {measure.id for measure in found})
    turned += [TurnedAway(one, "", "", Refusal("access.not_found", kind="measure")) for one in absent]
    return Chosen(kind, tuple(able), tuple(turned))


def _why_not(actor: User, measure: ControlMeasure, kind: PaperKind) -> Refusal | None:
    if measure.approved_at is None:
        return Refusal("orders.not_approved")
    if kind == "notice" and measure.released_at is None:
        return Refusal("orders.not_lifted")
    if kind == "order" and measure.released_at is not None:
        return Refusal("orders.lifted")
    if not number_of(measure, kind):
        return Refusal("orders.no_number")
    # Names stand on the papers in full.
    if not actor.authority.may("people.open", path=measure.person.path):
        return Refusal("access.not_allowed", permission="people.open")
    return None
