"""Household passes (出入证): who of a household may go out, how often, for how long; and when somebody did."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.rules import Exits
from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Household, Scoped
from lianfang.kernel.uuid7 import uuid7


class HouseholdPassQuerySet(Scoped["HouseholdPass"]):
    """Questions about passes."""

    permission = "measures.read"

    def standing(self) -> Self:
        """Not withdrawn, of a zone that is not lifted."""
        return self.filter(revoked_at=None, zone__lifted_at=None)


class HouseholdPass(models.Model):
    """A household may go out of a zone by these rules. `code` is printed as a QR and can be typed.

    Invariants: a code is one pass; a household has one pass at a time in a zone; at least one person, day and hour;
    it ends after it was given; withdrawing it has a reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="passes")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="zone_passes")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")
    code = models.CharField(max_length=12, unique=True)
    persons = models.PositiveSmallIntegerField()
    every_days = models.PositiveSmallIntegerField()
    max_hours = models.PositiveSmallIntegerField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True, default="")

    objects = HouseholdPassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "household"], condition=Q(revoked_at=None), name="pass_one_for_a_household"
            ),
            models.CheckConstraint(
                condition=Q(persons__gte=1, every_days__gte=1, max_hours__gte=1), name="pass_lets_somebody_out"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("issued_at")), name="pass_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
                name="pass_revoked_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["path", "zone"], name="pass_by_path")]

    @property
    def exits(self) -> Exits:
        """The rules printed on it."""
        return Exits(persons=self.persons, every_days=self.every_days, max_hours=self.max_hours)


class PassUseQuerySet(Scoped["PassUse"]):
    """Questions about who went out."""

    permission = "measures.read"

    def outside(self) -> Self:
        """Out and not back."""
        return self.filter(back_at=None)

    def overdue(self, at: datetime) -> Self:
        """Out longer than the pass allows."""
        return self.filter(back_at=None, due_back_at__lt=at)


class PassUse(models.Model):
    """Somebody of the household went out, and came back.

    Invariants: one is out with a pass at a time; coming back is not before going out; due back after going out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    given = models.ForeignKey(HouseholdPass, on_delete=models.PROTECT, related_name="uses")
    path = models.CharField(max_length=48, db_collation="C")
    out_at = models.DateTimeField()
    out_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_back_at = models.DateTimeField()
    back_at = models.DateTimeField(null=True)
    back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PassUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["given"], condition=Q(back_at=None), name="pass_use_one_out"),
            models.CheckConstraint(
                condition=Q(due_back_at__gt=F("out_at")) & (Q(back_at=None) | Q(back_at__gte=F("out_at"))),
                name="pass_use_back_after_out",
            ),
        ]
        indexes = [models.Index(fields=["path", "out_at"], name="pass_use_by_path")]
