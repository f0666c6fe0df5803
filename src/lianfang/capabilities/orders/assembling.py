"""Orders and notices from the ledgers: a handful of queries for three hundred papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation

from lianfang.capabilities.orders import codes
from lianfang.capabilities.orders.shapes import (
    Basis,
    Check,
    Following,
    Head,
    Holder,
    Notice,
    Order,
    Paper,
    PaperKind,
    Signature,
)
from lianfang.capabilities.orders.surroundings import Surroundings
from lianfang.core.measures import numbering, rules
from lianfang.core.measures.appealing import HOURS_TO_DECIDE
from lianfang.core.measures.models import ControlMeasure

OFFICE = "疫情防控指挥部办公室"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What printing needs beside the ledgers: the editions' titles by code, and the address of a code's page.

    `address_of` makes the address from the code without dashes; `shown_address` is where it can be typed in.
    """

    now: datetime
    titles: Mapping[str, str]
    address_of: Callable[[str], str]
    shown_address: str


def papers_of(
    measures: Sequence[ControlMeasure], kind: PaperKind, around: Surroundings, occasion: Occasion
) -> list[Paper]:
    """The papers of measures that have one (`choosing.choose`), in their order."""
    if kind == "order":
        return [_order(measure, around, occasion) for measure in measures]
    usual = _usual_reasons()
    return [_notice(measure, around, occasion, usual) for measure in measures]


def _head(measure: ControlMeasure, kind: PaperKind, around: Surroundings, occasion: Occasion) -> Head:
    code = codes.code_of(measure, kind)
    return Head(
        number=codes.number_of(measure, kind),
        regime=measure.regime,
        holder=Holder(
            name=measure.person.name,
            number_tail=around.tails.get(measure.person_id, ""),
            door=around.door_of(measure),
        ),
        signature=_signature(measure, kind, around),
        check=Check(
            code=code,
            address=occasion.address_of(codes.plain(code)),
            shown_address=occasion.shown_address,
        ),
        calls=around.calls_of(measure.path),
        drill=measure.drill,
    )


def _signature(measure: ControlMeasure, kind: PaperKind, around: Surroundings) -> Signature:
    issuer = issuer_of(codes.number_of(measure, kind), kind) or around.subdistrict_of(measure.path)
    office = f"{issuer}{OFFICE}"
    if kind == "notice":
        assert measure.released_by is not None and measure.released_at is not None  # choosing let only such through
        return Signature(
            office=office,
            signed_by=measure.released_by.display_name,
            signed_post=around.post_of(measure.released_by_id, "measures.release", measure.released_at),
            signed_at=measure.released_at,
        )
    assert measure.approved_by is not None and measure.approved_at is not None  # the same
    return Signature(
        office=office,
        signed_by=measure.approved_by.display_name,
        signed_post=around.post_of(measure.approved_by_id, "measures.approve", measure.approved_at),
        signed_at=measure.approved_at,
        proposed_post=around.post_of(measure.proposed_by_id, "measures.propose", measure.proposed_at),
    )


def issuer_of(number: str, kind: PaperKind) -> str:
    """The area in whose name a number was given: it stays on the paper when the measure is handed over to another."""
    return number.partition("〔")[0].removesuffix("演").removesuffix(numbering.SIGNS[kind])


def _order(measure: ControlMeasure, around: Surroundings, occasion: Occasion) -> Order:
    fact, zone = measure.basis, measure.basis.zone
    elsewhere = "另行告知的集中隔离点" if measure.regime == "central" else around.door_of(measure)
    return Order(
        head=_head(measure, "order", around, occasion),
        basis=Basis(
            kind=fact.kind,
            day=fact.happened_date,
            issuer=fact.issuer,
            document_no=fact.document_no,
            zone=zone.name if zone else "",
            zone_level=fact.zone_level,
        ),
        edition=occasion.titles.get(measure.edition, measure.edition),
        legal_basis=measure.legal_basis,
        starts_at=measure.starts_at,
        ends_at=measure.ends_at,
        place=measure.site_name or elsewhere,
        appeal_to=measure.appeal_to,
        appeal_hours=HOURS_TO_DECIDE,
        terms=rules.read(measure.terms),
    )


def _notice(measure: ControlMeasure, around: Surroundings, occasion: Occasion, usual: frozenset[str]) -> Notice:
    assert measure.released_at is not None  # choosing let only such through
    following = around.following_of(measure)
    return Notice(
        head=_head(measure, "notice", around, occasion),
        order_number=measure.order_no or "",
        starts_at=measure.starts_at,
        ends_at=measure.ends_at,
        released_at=measure.released_at,
        early=measure.released_at < measure.ends_at,
        reason="" if measure.release_reason in usual else measure.release_reason,
        colour=rules.strictest([rules.read(one.terms).colour for one in following]),
        following=tuple(
            Following(regime=one.regime, number=one.order_no or "", starts_at=one.starts_at, ends_at=one.ends_at)
            for one in following
        ),
    )


def _usual_reasons() -> frozenset[str]:
    """What stands as the reason of an ordinary end, in whichever language whoever lifted it worked."""
    found = {"Span over, conditions met"}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(translation.gettext("Span over, conditions met"))
    return frozenset(found)
