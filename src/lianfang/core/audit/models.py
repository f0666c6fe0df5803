"""The log nobody can quietly change: who did or looked at what, and the receipt of every command."""

from __future__ import annotations

from django.db import models

from lianfang.kernel.uuid7 import uuid7


class AuditEntry(models.Model):
    """One thing that was done, looked at or refused.

    Invariants: append-only (no action updates or deletes one, except to note the number of its seal); `mac` is the
    keyed hash of its content; contains no name, identity number or telephone. The table is partitioned by month of
    `recorded_at`.
    """

    class Kind(models.TextChoices):
        WRITE = "write"
        LOOK = "look"
        LOGIN = "login"
        REFUSAL = "refusal"
        EXPORT = "export"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    command_id = models.UUIDField(null=True)
    path = models.CharField(max_length=48, blank=True, db_collation="C")
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    mac = models.BinaryField()
    seal_number = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "recorded_at"], name="audit_by_path"),
            models.Index(fields=["actor_id", "recorded_at"], name="audit_by_actor"),
            models.Index(fields=["subject_id", "recorded_at"], name="audit_by_subject"),
            models.Index(fields=["seal_number", "recorded_at", "id"], name="audit_by_seal"),
        ]


class AuditSeal(models.Model):
    """A batch of entries closed for good: an RFC 6962 Merkle root chained to the seal before.

    Invariants: numbers run without a gap from 1; `previous` is the `head` of the seal before; `head` is the signed hash
    of number, count, root and previous.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()
    sealed_at = models.DateTimeField()


class Receipt(models.Model):
    """What a command answered, kept under the id its device chose, so that a repeat gets the same answer.

    Invariants: one per command id; same id with another body is an error, never a second effect.
    """

    id = models.UUIDField(primary_key=True)
    action = models.CharField(max_length=60)
    body_hash = models.BinaryField()
    answer = models.JSONField()
    actor_id = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["recorded_at"], name="receipt_by_time")]
