"""What a code is and what is kept of it: both follow from a row's id and a key outside the database.

So nothing secret travels in the answer of an action, in the queue of the background worker or in the receipts, and a
slip can be printed again while it is valid.
"""

from __future__ import annotations

from uuid import UUID

from lianfang.capabilities.resident_access import rules
from lianfang.capabilities.resident_access.models import CodeChannel
from lianfang.core import vault


def code_of(code_id: UUID, channel: str) -> str:
    """The code of this row: six digits by telephone, eight signs on paper and at the counter."""
    number = int.from_bytes(vault.sign(b"resident.code\x00" + code_id.bytes)[:16], "big")
    return rules.digits(number) if channel == CodeChannel.SMS else rules.letters(number)


def digest_of(code_id: UUID, channel: str) -> bytes:
    """What is kept of the code of this row."""
    code = code_of(code_id, channel)
    return asked_digest(code_id, code) if channel == CodeChannel.SMS else paper_digest(code)


def asked_digest(code_id: UUID, code: str) -> bytes:
    """Hash of six digits, which count only together with the asking they belong to."""
    return vault.sign(b"resident.asked\x00" + code_id.bytes + b"\x00" + code.encode())


def paper_digest(code: str) -> bytes:
    """Hash of eight signs, by which their row is found."""
    return vault.sign(b"resident.paper\x00" + code.encode())


def token_of(session_id: UUID) -> str:
    """What the browser holds of a stay."""
    return vault.sign(b"resident.token\x00" + session_id.bytes).hex()


def token_digest(token: str) -> bytes:
    """What is kept of it."""
    return vault.sign(b"resident.stay\x00" + token.encode())


def phone_key(number: str) -> int:
    """Blind key under which askings for a telephone are counted."""
    return vault.blind_key("resident.phone", number)


def address_key(address: str) -> int:
    """Blind key under which askings and wrong codes from a network address are counted."""
    return vault.blind_key("resident.address", address)
