"""Keys live in files beside the database, never in it: one 32-byte file per purpose, mode 0600."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PURPOSES = ("session", "seal", "index", "audit")
LASTING = ("seal", "index", "audit")
"""Keys that data was written with: a new one in their place would lock that data away without a word."""


class UnreadableKey(RuntimeError):
    """A key file exists but cannot be read or has the wrong length. Starting without it would lock data away."""

    code = "vault.key_unreadable"


class MissingKey(UnreadableKey):
    """A key that data was written with is not there. A new one is not made: it would lock that data away."""

    code = "vault.key_missing"


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


def load_key_ring(folder: Path, *, used: bool = False) -> KeyRing:
    """Read the keys in `folder`, making them all when there are none yet.

    `used` says that the workplace has data already. Raises `UnreadableKey` rather than replacing a damaged file,
    `MissingKey` rather than a lost one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = {purpose: folder / f"{purpose}.key" for purpose in PURPOSES}
    if not all(path.exists() for path in paths.values()):
        with _alone(folder):  # another process may be making them at this moment
            lost = missing(folder, used=used)
            if lost:
                raise MissingKey(f"{folder} has no {', '.join(lost)}")
            for path in paths.values():
                _make(path)
    return KeyRing(**{purpose: _key(path) for purpose, path in paths.items()})


def missing(folder: Path, *, used: bool) -> list[str]:
    """Names of key files that were there once: some of the lasting ones are gone, or all of them in a used workplace.

    A lost session key only ends open sessions, so it is made anew.
    """
    gone = [f"{purpose}.key" for purpose in LASTING if not (folder / f"{purpose}.key").exists()]
    return gone if used or len(gone) < len(LASTING) else []


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise UnreadableKey(f"{path}: {error}") from error
    if len(key) != 32:
        raise UnreadableKey(f"{path}: 32 bytes expected, {len(key)} found")
    return key


def _make(path: Path) -> None:
    """Make the key if it is not there: a whole one under another name, which then gets its own."""
    if path.exists():
        return
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
