"""What an order or a notice says, as plain values. Knows no Django and no clock; instants are aware."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from lianfang.core.measures.rules import Terms

PaperKind = Literal["order", "notice"]
"""An order puts somebody under a measure; a notice tells them that it is lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a paper is for. They hold it themselves: the name stands in full, of the number only its end."""

    name: str
    number_tail: str
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The fact a measure rests on, without the evidence's own words: those may name other people."""

    kind: str
    day: date
    issuer: str
    document_no: str = ""
    zone: str = ""
    zone_level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who stands for a paper: the office that issues it, the one who signed and when, the desk that proposed it."""

    office: str
    signed_by: str
    signed_post: str
    signed_at: datetime
    proposed_post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How anybody can see whether the paper is genuine: the code, and the address the picture leads to."""

    code: str
    address: str
    shown_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody to call: their post, name and work telephone."""

    post: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What both kinds of paper have."""

    number: str
    regime: str
    holder: Holder
    signature: Signature
    check: Check
    calls: tuple[Call, ...] = ()
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """告知书: why, what, from when until when, what to do, how it ends, how to object."""

    head: Head
    basis: Basis
    edition: str
    legal_basis: str
    starts_at: datetime
    ends_at: datetime
    place: str
    appeal_to: str
    appeal_hours: int
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A measure that still runs, or begins, after this one is lifted."""

    regime: str
    number: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """解除告知书: which measure ended, when and why, and what still holds. `reason` may be empty at its end."""

    head: Head
    order_number: str
    starts_at: datetime
    ends_at: datetime
    released_at: datetime
    early: bool = False
    reason: str = ""
    colour: str = "none"
    following: tuple[Following, ...] = ()


Paper = Order | Notice
"""Anything this package prints."""
