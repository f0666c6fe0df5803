"""Writing, sealing and checking audit entries."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

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
    """Append entries. `at` is when it happened, `now` when we learned of it (both aware).

    Raises `TypeError` on a fact that the database would give back in other words than it was signed in.
    """
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
            facts=_plain_facts(note.facts or {}),
        )
        entry.mac = vault.sign(canonical(entry))
        entries.append(entry)
    return AuditEntry.objects.bulk_create(entries)


def _plain_facts(facts: dict[str, object]) -> dict[str, object]:
    """The facts, if they come out of a JSON column as they went in: no fractions, no keys but text, no NUL."""

    def check(value: object) -> None:
        if isinstance(value, dict):
            if not all(isinstance(key, str) for key in value):
                raise TypeError("keys of audit facts are text")
            for inner in (*value.keys(), *value.values()):
                check(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                check(inner)
        elif isinstance(value, str):
            if "\x00" in value:
                raise TypeError("audit facts hold no NUL")
        elif value is not None and not isinstance(value, int):
            raise TypeError(f"audit facts are text, whole numbers and lists of them, not {type(value).__name__}")

    check(facts)
    return facts


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1 tree hash over the leaves."""
    if not leaves:
        return sha256(b"").digest()
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def _head(seal: AuditSeal) -> bytes:
    parts = (b"seal", seal.id.bytes, seal.number.to_bytes(8, "big"), seal.count.to_bytes(4, "big"))
    sealed_at = int(seal.sealed_at.timestamp() * 1_000_000).to_bytes(8, "big")
    return vault.sign(b"\x00".join((*parts, sealed_at, bytes(seal.root), bytes(seal.previous))))


def seal_pending(*, now: datetime, export: Path | None = None) -> int:
    """Close all unsealed entries into seals of at most `BATCH`; returns how many entries were sealed.

    Several processes may seal at once: they make one chain. The heads are also appended to `export`, because a cut-off
    tail can only be seen from outside the database.
    """
    sealed = 0
    while count := _seal_batch(now):
        sealed += count
    if export is not None:
        _export_heads(export)
    return sealed


_ATTEMPTS = 5
"""How often another process may take the same number first before we give up until the next tick."""


def _seal_batch(now: datetime) -> int:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _seal_next(now)
        except IntegrityError:
            if attempt == _ATTEMPTS:
                raise
    return 0


def _seal_next(now: datetime) -> int:
    """Seal the next batch. The lock on its entries comes first: whoever waited for it reads the chain afterwards."""
    pending = AuditEntry.objects.filter(seal_number=None).order_by("recorded_at", "id")
    entries = list(pending.select_for_update()[:BATCH])
    if not entries:
        return 0
    last = AuditSeal.objects.order_by("-number").first()
    seal = AuditSeal(
        id=uuid7(),
        number=last.number + 1 if last else 1,
        count=len(entries),
        root=merkle_root([canonical(entry) for entry in entries]),
        previous=bytes(last.head) if last else NOTHING_BEFORE,
        sealed_at=now,
    )
    seal.head = _head(seal)
    seal.save(force_insert=True)
    AuditEntry.objects.filter(id__in=[entry.id for entry in entries]).update(seal_number=seal.number)
    return len(entries)


NOTHING_BEFORE = b"\x00" * 32
"""What the first seal is chained to."""


def _export_heads(export: Path) -> None:
    """Append the heads that are not in the file yet; what a crash left half written is cut off and written anew."""
    export.parent.mkdir(parents=True, exist_ok=True)
    with open(export, "a+b") as out:
        size = out.seek(0, os.SEEK_END)
        out.seek(max(0, size - _LONGEST_LINE))
        whole, _newline, torn = out.read().rpartition(b"\n")
        if torn:
            out.truncate(size - len(torn))
        number = whole.rpartition(b"\n")[2].split(b" ")[0]
        known = int(number) if number.isdigit() else 0
        for seal in AuditSeal.objects.filter(number__gt=known).order_by("number").iterator():
            out.write(f"{seal.number} {seal.count} {bytes(seal.head).hex()}\n".encode("ascii"))
        out.flush()
        os.fsync(out.fileno())


_LONGEST_LINE = 256
"""Bytes at the end of the export that hold its last line for certain."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something the log shows that should not be: `code` and the seal or entry it was found at."""

    code: str
    where: str


def verify(*, export: Path | None = None, first: int = 1) -> Iterator[Fault]:
    """Check every entry and seal from seal number `first` on; yields nothing when the log is whole.

    Finds edited, deleted, inserted, swapped and duplicated entries, a broken chain, a missing seal, and (with the
    exported heads) a truncated tail.
    """
    before = AuditSeal.objects.filter(number=first - 1).first()
    previous, number = bytes(before.head) if before else NOTHING_BEFORE, first - 1
    for seal in AuditSeal.objects.filter(number__gte=first).order_by("number").iterator():
        number += 1
        if seal.number != number:
            yield Fault("audit.seal_missing", str(number))
            number = seal.number
        if bytes(seal.previous) != previous:
            yield Fault("audit.chain_broken", str(seal.number))
        if bytes(seal.head) != _head(seal):
            yield Fault("audit.seal_forged", str(seal.number))
        entries = list(AuditEntry.objects.filter(seal_number=seal.number).order_by("recorded_at", "id"))
        if len(entries) != seal.count or merkle_root([canonical(entry) for entry in entries]) != bytes(seal.root):
            yield Fault("audit.batch_changed", str(seal.number))
        yield from _forged(entries)
        previous = bytes(seal.head)
    yield from _forged(AuditEntry.objects.filter(seal_number=None).iterator())
    if first == 1:  # looks through the whole log
        yield from _astray()
    if export is not None and export.exists():
        yield from _compare_with_export(export)


def _astray() -> Iterator[Fault]:
    """Entries that claim a seal which is not there: their seal was deleted, or they were slipped in."""
    seals = AuditSeal.objects.filter(number=OuterRef("seal_number"))
    astray = AuditEntry.objects.exclude(seal_number=None).filter(~Exists(seals))
    for entry_id in astray.values_list("id", flat=True).iterator():
        yield Fault("audit.entry_astray", str(entry_id))


def _forged(entries: Iterable[AuditEntry]) -> Iterator[Fault]:
    for entry in entries:
        if bytes(entry.mac) != vault.sign(canonical(entry)):
            yield Fault("audit.entry_changed", str(entry.id))


def _compare_with_export(export: Path) -> Iterator[Fault]:
    known = {str(seal.number): bytes(seal.head).hex() for seal in AuditSeal.objects.all()}
    lines = export.read_text(encoding="ascii", errors="replace").splitlines()
    for place, line in enumerate(lines, start=1):
        parts = line.split(" ")
        if len(parts) != 3:
            yield Fault("audit.export_damaged", str(place))
        elif known.get(parts[0]) != parts[2]:
            yield Fault("audit.tail_cut", parts[0])
