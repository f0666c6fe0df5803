"""Codes for residents' own pages, the stays they begin, and tries. No code is written down: only its keyed hash."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.people.models import Person, Scoped
from lianfang.kernel.uuid7 import uuid7


class CodeChannel(models.TextChoices):
    """How a code reaches the resident."""

    SMS = "sms", _("By text message")
    PRINTED = "printed", _("On paper")
    COUNTER = "counter", _("Told at the counter")


class AccessCodeQuerySet(Scoped["AccessCode"]):
    """Questions about codes."""

    permission = "resident.admit"

    def usable(self, at: datetime) -> Self:
        """Neither run out, nor withdrawn, nor tried too often; by telephone and at the counter used once at most."""
        unspent = Q(channel=CodeChannel.PRINTED) | Q(used_at=None)
        return self.filter(unspent, person__isnull=False, expires_at__gt=at, withdrawn_at=None, tries_left__gt=0)


class AccessCode(models.Model):
    """A one-time code by which somebody comes to their own page.

    The code itself follows from the row's id and a key outside the database; `digest` is its keyed hash. A code asked
    for by telephone that fits nobody is a row without a person: it is asked, tried and refused like any other, so the
    answers never tell who is in the ledger. `phone_key` and `from_key` are blind keys of the telephone and of the
    network address.

    Invariants: it runs out after it was made; a code on paper or told at the counter is for somebody and was made by
    staff; no two codes have the same hash; a withdrawn code says by whom.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="access_codes")
    path = models.CharField(max_length=48, db_collation="C", blank=True, default="")
    channel = models.CharField(max_length=8, choices=CodeChannel.choices)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    phone_key = models.BigIntegerField(null=True)
    from_key = models.BigIntegerField(null=True)

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="access_code_runs_out"),
            models.CheckConstraint(
                condition=Q(channel="sms") | Q(person__isnull=False, made_by__isnull=False),
                name="access_code_of_staff_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="access_code_withdrawn_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["phone_key", "made_at"], name="access_code_by_phone", condition=~Q(phone_key=None)),
            models.Index(fields=["from_key", "made_at"], name="access_code_by_address", condition=~Q(from_key=None)),
        ]


class ResidentSessionQuerySet(models.QuerySet["ResidentSession"]):
    """Questions about stays."""

    def open(self) -> Self:
        """Not ended by anybody; the clock's limits are asked of `rules.over`."""
        return self.filter(ended_at=None)


class ResidentSession(models.Model):
    """A stay on one's own page, begun with a code. The browser holds a token, this row its keyed hash.

    Invariants: no two stays have the same hash; it is not seen before it began; it ends, if it ends, not before it
    began.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="resident_sessions")
    code = models.ForeignKey(AccessCode, on_delete=models.CASCADE, related_name="sessions")
    digest = models.BinaryField(max_length=32, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ResidentSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("began_at")), name="resident_session_seen_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="resident_session_ends_after_it_began"
            ),
        ]


class CodeTry(models.Model):
    """A wrong code typed from a network address; counted for an hour.

    Invariants: holds a blind key of the address, never the address or what was typed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    from_key = models.BigIntegerField()
    tried_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["from_key", "tried_at"], name="code_try_by_address")]
