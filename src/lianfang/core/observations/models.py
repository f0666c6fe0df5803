"""Found: what was seen, heard or measured, about one person, household or place."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianfang.core.people.models import Scoped
from lianfang.kernel.uuid7 import uuid7


class ObservationQuerySet(Scoped["Observation"]):
    """Questions about observations."""

    permission = "people.read"


class Observation(models.Model):
    """One finding.

    Invariants: append-only; about exactly one of person, household, dwelling; when it happened and when we learned of
    it are different columns, and rules use only the first. The table is partitioned by month of `recorded_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    person_id = models.UUIDField(null=True)
    household_id = models.UUIDField(null=True)
    dwelling_id = models.UUIDField(null=True)
    path = models.CharField(max_length=48, db_collation="C")
    facts = models.JSONField(default=dict)
    recorded_by_id = models.UUIDField()

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person_id__isnull=False, household_id=None, dwelling_id=None)
                | Q(person_id=None, household_id__isnull=False, dwelling_id=None)
                | Q(person_id=None, household_id=None, dwelling_id__isnull=False),
                name="observation_about_one",
            )
        ]
        indexes = [
            models.Index(fields=["path", "recorded_at"], name="observation_by_path"),
            models.Index(fields=["person_id", "occurred_at"], name="observation_by_person"),
            models.Index(fields=["dwelling_id", "occurred_at"], name="observation_by_dwelling"),
        ]
