"""The code on a paper by which anybody sees whether it is genuine and still holds; nothing personal comes of it.

Twenty Crockford characters: twelve of the beginning of the measure's id (so the row is found by its key), eight of a
keyed hash over id, kind and number. Guessing one is a matter of 2⁴⁰ tries.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from lianfang.capabilities.orders.shapes import PaperKind
from lianfang.core import vault
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.rules import SHANGHAI

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_KEY_BITS, _HASH_BITS, _SIGN_BITS = 60, 40, 5
_LENGTH = (_KEY_BITS + _HASH_BITS) // _SIGN_BITS
_REST = 128 - _KEY_BITS
KINDS: tuple[PaperKind, ...] = ("order", "notice")

Standing = Literal["coming", "in_force", "over", "lifted"]
"""How a genuine paper's measure stands: not begun, in force, past its end without a release, lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """What a stranger may learn of a genuine paper: no name, no door, no reason."""

    kind: PaperKind
    regime: str
    number: str
    issued_date: date
    ends_at: datetime
    released_at: datetime | None
    standing: Standing
    drill: bool


def code_of(measure: ControlMeasure, kind: PaperKind) -> str:
    """The code in groups of four, as it is printed."""
    bits = (measure.id.int >> _REST) << _HASH_BITS | _hash(measure, kind)
    signs = "".join(_SIGNS[(bits >> (at * _SIGN_BITS)) & 31] for at in reversed(range(_LENGTH)))
    return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))


def plain(code: str) -> str:
    """The code as it stands in addresses: without dashes; misread characters (I, L, O) as they were meant."""
    kept = "".join(sign for sign in code.upper().translate(_READ_AS) if sign in _SIGNS)
    return kept[: _LENGTH + 1]


def look_up(code: str, *, now: datetime) -> Genuine | None:
    """The paper with this code, or None when there is none: a wrong code and no paper are one answer."""
    signs = plain(code)
    if len(signs) != _LENGTH:
        return None
    bits = 0
    for sign in signs:
        bits = bits << _SIGN_BITS | _SIGNS.index(sign)
    key = bits >> _HASH_BITS << _REST
    near = ControlMeasure.objects.filter(id__gte=UUID(int=key), id__lte=UUID(int=key | (1 << _REST) - 1))
    given = (bits & (1 << _HASH_BITS) - 1).to_bytes(_HASH_BITS // 8, "big")
    for measure in near.filter(approved_at__isnull=False).order_by("id"):
        for kind in KINDS:
            made = _hash(measure, kind).to_bytes(_HASH_BITS // 8, "big")
            if number_of(measure, kind) and hmac.compare_digest(made, given):
                return _genuine(measure, kind, now=now)
    return None


def number_of(measure: ControlMeasure, kind: PaperKind) -> str:
    """The paper's number; empty when the measure has no such paper."""
    return (measure.order_no if kind == "order" else measure.notice_no) or ""


def _hash(measure: ControlMeasure, kind: PaperKind) -> int:
    said = b"\x00".join((b"paper", measure.id.bytes, kind.encode(), number_of(measure, kind).encode()))
    return int.from_bytes(vault.sign(said)[: _HASH_BITS // 8], "big")


def _genuine(measure: ControlMeasure, kind: PaperKind, *, now: datetime) -> Genuine:
    signed_at = measure.approved_at if kind == "order" else measure.released_at
    assert signed_at is not None  # the number was given when it was signed
    standing: Standing = "in_force"
    if measure.released_at is not None:
        standing = "lifted"
    elif now < measure.starts_at:
        standing = "coming"
    elif now >= measure.ends_at:
        standing = "over"
    return Genuine(
        kind=kind,
        regime=measure.regime,
        number=number_of(measure, kind),
        issued_date=signed_at.astimezone(SHANGHAI).date(),
        ends_at=measure.ends_at,
        released_at=measure.released_at,
        standing=standing,
        drill=measure.drill,
    )
