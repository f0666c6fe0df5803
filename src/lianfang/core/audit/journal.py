"""Writing, sealing and checking audit entries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.db import transaction

from lianfang.core import vault
from lianfang.core.audit.models import AuditEntry, AuditSeal
from lianfang.kernel.uuid7 import uuid7

BATCH = 1000
"""Entries in one seal."""


def canonical(entry: AuditEntry) -> bytes:
    """The bytes that are signed: every column but the signature and the seal."""
    content = [
        str(entry.id),
        entry.recorded_at.timestamp(),
        entry.occurred_at.timestamp(),
        entry.kind,
        entry.code,
        str(entry.actor_id),
        str(entry.command_id),
        entry.path,
        entry.subject_kind,
        str(entry.subject_id),
        entry.facts,
    ]
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is to be written down, without who and when."""

    kind: str
    code: str
    path: str = ""
    subject_kind: str = ""
    subject_id: UUID | None = None
    facts: dict[str, object] | None = None


def write(
    notes: Iterable[Note], *, actor_id: UUID | None, at: datetime, now: datetime, command_id: UUID | None = None
) -> list[AuditEntry]:
    """Append entries. `at` is when it happened, `now` when we learned of it (both aware)."""
    entries = []
    for note in notes:
        entry = AuditEntry(
            id=uuid7(),
            recorded_at=now,
            occurred_at=at,
            kind=note.kind,
            code=note.code,
            actor_id=actor_id,
            command_id=command_id,
            path=note.path,
            subject_kind=note.subject_kind,
            subject_id=note.subject_id,
            facts=note.facts or {},
        )
        entry.mac = vault.sign(canonical(entry))
        entries.append(entry)
    return AuditEntry.objects.bulk_create(entries)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1 tree hash over the leaves."""
    if not leaves:
        return sha256(b"").digest()
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def _head(number: int, count: int, root: bytes, previous: bytes) -> bytes:
    return vault.sign(b"seal\x00" + number.to_bytes(8, "big") + count.to_bytes(4, "big") + root + previous)


def seal_pending(*, now: datetime, export: Path | None = None) -> int:
    """Close all unsealed entries into seals of at most `BATCH`; returns how many entries were sealed.

    The head is also appended to `export`, because a cut-off tail can only be seen from outside the database.
    """
    sealed = 0
    while True:
        with transaction.atomic():
            last = AuditSeal.objects.select_for_update().order_by("-number").first()
            entries = list(AuditEntry.objects.filter(seal_number=None).order_by("recorded_at", "id")[:BATCH])
            if not entries:
                return sealed
            number = last.number + 1 if last else 1
            previous = bytes(last.head) if last else b"\x00" * 32
            root = merkle_root([canonical(entry) for entry in entries])
            head = _head(number, len(entries), root, previous)
            AuditSeal.objects.create(
                id=uuid7(), number=number, count=len(entries), root=root, previous=previous, head=head, sealed_at=now
            )
            AuditEntry.objects.filter(id__in=[entry.id for entry in entries]).update(seal_number=number)
        sealed += len(entries)
        if export is not None:
            export.parent.mkdir(parents=True, exist_ok=True)
            with export.open("a", encoding="ascii") as out:
                out.write(f"{number} {len(entries)} {head.hex()}\n")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something the log shows that should not be: `code` and the seal or entry it was found at."""

    code: str
    where: str


def verify(*, export: Path | None = None) -> Iterator[Fault]:
    """Check every entry and seal; yields nothing when the log is whole.

    Finds edited, deleted, inserted, swapped and duplicated entries, a broken chain, a missing seal, and (with the
    exported heads) a truncated tail.
    """
    previous = b"\x00" * 32
    number = 0
    for seal in AuditSeal.objects.order_by("number").iterator():
        number += 1
        if seal.number != number:
            yield Fault("audit.seal_missing", str(number))
            number = seal.number
        root, head = bytes(seal.root), bytes(seal.head)
        if bytes(seal.previous) != previous:
            yield Fault("audit.chain_broken", str(seal.number))
        if head != _head(seal.number, seal.count, root, bytes(seal.previous)):
            yield Fault("audit.seal_forged", str(seal.number))
        entries = list(AuditEntry.objects.filter(seal_number=seal.number).order_by("recorded_at", "id"))
        if len(entries) != seal.count or merkle_root([canonical(entry) for entry in entries]) != root:
            yield Fault("audit.batch_changed", str(seal.number))
        yield from _forged(entries)
        previous = head
    yield from _forged(AuditEntry.objects.filter(seal_number=None).iterator())
    if export is not None and export.exists():
        yield from _compare_with_export(export)


def _forged(entries: Iterable[AuditEntry]) -> Iterator[Fault]:
    for entry in entries:
        if bytes(entry.mac) != vault.sign(canonical(entry)):
            yield Fault("audit.entry_changed", str(entry.id))


def _compare_with_export(export: Path) -> Iterator[Fault]:
    known = {str(seal.number): bytes(seal.head).hex() for seal in AuditSeal.objects.all()}
    for line in export.read_text(encoding="ascii").splitlines():
        number, _count, head = line.split(" ")
        if known.get(number) != head:
            yield Fault("audit.tail_cut", number)
