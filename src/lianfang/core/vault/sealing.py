"""AES-256-GCM per field, bound to its table, field and row; keyed 64-bit blind index for search by equality.

Layout of a sealed value: one version byte (1), 12 bytes nonce, ciphertext with a 16-byte tag.
An unkeyed hash of one county's identity numbers falls to a search of under a minute, so the index is an HMAC whose key
is kept outside the database.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lianfang.core.vault.keys import KeyRing

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_VERSION = b"\x01"


class UnreadableSeal(ValueError):
    """The value was not sealed with this key for this place: wrong key, moved between rows, or edited."""

    code = "vault.seal_broken"


class _Ring:
    ring: KeyRing | None = None
    cipher: AESGCM | None = None
    index: tuple[Hash, Hash] | None = None


def configure(ring: KeyRing) -> None:
    """Set the keys for this process; called once by the settings."""
    _Ring.ring = ring
    _Ring.cipher = AESGCM(ring.seal)
    padded = ring.index.ljust(64, b"\x00")
    _Ring.index = (sha256(bytes(b ^ 0x36 for b in padded)), sha256(bytes(b ^ 0x5C for b in padded)))


def _bound(place: str, row: UUID) -> bytes:
    return place.encode() + b"\x00" + row.bytes


def seal(plain: bytes, *, place: str, row: UUID) -> bytes:
    """Encrypt `plain` for `place` ("table.field") of `row`."""
    assert _Ring.cipher is not None, "vault.configure() has not run"
    nonce = os.urandom(12)
    return _VERSION + nonce + _Ring.cipher.encrypt(nonce, plain, _bound(place, row))


def unseal(sealed: bytes, *, place: str, row: UUID) -> bytes:
    """Decrypt. Raises `UnreadableSeal` if the value does not belong to this place and row, or was edited."""
    assert _Ring.cipher is not None, "vault.configure() has not run"
    sealed = bytes(sealed)
    if sealed[:1] != _VERSION:
        raise UnreadableSeal(place)
    try:
        return _Ring.cipher.decrypt(sealed[1:13], sealed[13:], _bound(place, row))
    except InvalidTag as error:
        raise UnreadableSeal(place) from error


def seal_text(text: str, *, place: str, row: UUID) -> bytes:
    """`seal` for text, UTF-8."""
    return seal(text.encode(), place=place, row=row)


def unseal_text(sealed: bytes, *, place: str, row: UUID) -> str:
    """`unseal` for text, UTF-8."""
    return unseal(sealed, place=place, row=row).decode()


def blind_key(kind: str, value: str) -> int:
    """Signed 64-bit keyed hash of (kind, value), for equality search. Collisions happen; callers compare again."""
    assert _Ring.index is not None, "vault.configure() has not run"
    # RFC 2104 from its two keyed hashes: the standard library's object costs twice as much per key.
    inner, outer = _Ring.index[0].copy(), _Ring.index[1].copy()
    inner.update(kind.encode() + b"\x00" + value.encode())
    outer.update(inner.digest())
    return int.from_bytes(outer.digest()[:8], "big", signed=True)


def sign(payload: bytes) -> bytes:
    """HMAC-SHA-256 with the audit key."""
    assert _Ring.ring is not None, "vault.configure() has not run"
    return hmac.digest(_Ring.ring.audit, payload, "sha256")
