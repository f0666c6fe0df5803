"""Sensors on doors, and the times in which a door is expected to open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import DurationField, Exists, F, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure, ControlMeasureQuerySet, Regime
from lianfang.core.people.models import Dwelling, Person, Scoped
from lianfang.kernel.uuid7 import uuid7


def isolated_at(dwelling: UUID | OuterRef) -> ControlMeasureQuerySet:
    """Home isolation at a door (its id, or a reference to it) that nobody has lifted yet."""
    return ControlMeasure.objects.unlifted().filter(Q(dwelling=dwelling), regime=Regime.HOME)


class DoorSensorQuerySet(Scoped["DoorSensor"]):
    """Questions about sensors."""

    permission = "measures.read"

    def fitted(self) -> Self:
        """On a door now."""
        return self.filter(removed_at=None)

    def to_remove(self) -> Self:
        """Still on a door behind which nobody is isolated any more."""
        return self.fitted().filter(~Exists(isolated_at(OuterRef("dwelling"))))


class DoorSensor(models.Model):
    """A sensor on a door: it tells of every opening and closing.

    `key_hash` is a keyed hash of the key its events carry; sensors behind one `gateway` share a key. The key itself is
    kept nowhere.

    Invariants: a door has at most one sensor and a device is on at most one door at a time; somebody of the door
    consented before it was fitted, and how is written down; what was removed says by whom, not before it was fitted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="door_sensors", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    device = models.CharField(max_length=40)
    gateway = models.CharField(max_length=40, blank=True, default="")
    key_hash = models.BinaryField()
    consented_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField()
    consent_basis = models.CharField(max_length=200)
    fitted_at = models.DateTimeField()
    fitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = DoorSensorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dwelling"], condition=Q(removed_at=None), name="sensor_one_on_a_door"),
            models.UniqueConstraint(fields=["device"], condition=Q(removed_at=None), name="sensor_on_one_door"),
            models.CheckConstraint(
                condition=Q(consented_at__lte=F("fitted_at")) & ~Q(consent_basis=""), name="sensor_fitted_with_consent"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__gte=F("fitted_at"), removed_by__isnull=False),
                name="sensor_removed_by_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "fitted_at"], name="sensor_by_path", condition=Q(removed_at=None)),
            models.Index(fields=["dwelling", "fitted_at"], name="sensor_by_dwelling"),
        ]


class OpeningReason(models.TextChoices):
    """Why a door is expected to open."""

    RUBBISH = "rubbish", _("Rubbish is put out")
    PARCEL = "parcel", _("Something is handed over")
    TEST = "test", _("A sample is taken")
    CARE = "care", _("Medical care")


class OpeningWindowQuerySet(Scoped["OpeningWindow"]):
    """Questions about expected openings."""

    permission = "measures.read"

    def around(self, at: datetime, *, margin: timedelta) -> Self:
        """Windows that lie within `margin` of `at`."""
        return self.filter(starts_at__lte=at + margin, ends_at__gt=at - margin)


class OpeningWindow(models.Model):
    """A time in which a door is expected to open.

    Invariants: it ends after it begins, at most four hours later.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="opening_windows", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    why = models.CharField(max_length=8, choices=OpeningReason.choices)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = OpeningWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="window_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + Value("4 hours", output_field=DurationField())),
                name="window_of_four_hours_at_most",
            ),
        ]
        indexes = [models.Index(fields=["dwelling", "ends_at"], name="window_by_dwelling")]
