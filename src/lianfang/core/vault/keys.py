"""Keys live in files beside the database, never in it: one 32-byte file per purpose, mode 0600."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PURPOSES = ("session", "seal", "index", "audit")


class UnreadableKey(RuntimeError):
    """A key file exists but cannot be read or has the wrong length. Starting without it would lock data away."""

    code = "vault.key_unreadable"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The four 32-byte keys of one workplace.

    `session` signs cookies; `seal` encrypts personal fields (AES-256-GCM); `index` keys the blind index (HMAC-SHA-256);
    `audit` signs audit entries and seals.
    """

    session: bytes
    seal: bytes
    index: bytes
    audit: bytes


def load_key_ring(folder: Path) -> KeyRing:
    """Read the keys in `folder`, making those that do not exist yet.

    Raises `UnreadableKey` rather than replacing a damaged file.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return KeyRing(**{purpose: _key(folder / f"{purpose}.key") for purpose in PURPOSES})


def _key(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
    try:
        key = path.read_bytes()
    except OSError as error:
        raise UnreadableKey(f"{path}: {error}") from error
    if len(key) != 32:
        raise UnreadableKey(f"{path}: 32 bytes expected, {len(key)} found")
    return key
