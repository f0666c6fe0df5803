"""Keys of sensors. A key is made from the command that asked for it and shown once; only its keyed hash is kept.

Whoever has the database alone can neither read a key nor make one: both need the server's own key ring.
"""

from __future__ import annotations

import base64
import hmac
from uuid import UUID

from lianfang.core import vault


def key_of(command_id: UUID) -> str:
    """The key that a command made. The same form sent twice shows the same key."""
    made = vault.sign(b"door-sensor-key\x00" + command_id.bytes)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def hash_of(key: str) -> bytes:
    """What is kept of a key."""
    return vault.sign(b"door-sensor-hash\x00" + key.encode())


def fits(key: str, kept: bytes) -> bool:
    """Whether `key` is the one `kept` was made from, in the same time whatever is wrong with it."""
    return hmac.compare_digest(hash_of(key), kept)
