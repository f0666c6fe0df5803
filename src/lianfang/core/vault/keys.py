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
    if not path.exists():
        _make(path)
    try:
        key = path.read_bytes()
    except OSError as error:
        raise UnreadableKey(f"{path}: {error}") from error
    if len(key) != 32:
        raise UnreadableKey(f"{path}: 32 bytes expected, {len(key)} found")
    return key


def _make(path: Path) -> None:
    """Write a whole key under another name, then give it its own: of two processes at once, one wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(draft, "wb", opener=lambda name, flags: os.open(name, flags | os.O_EXCL, 0o600)) as out:
        out.write(secrets.token_bytes(32))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:  # the other one won
        return
    finally:
        draft.unlink()
