"""What happens to a measure beside its own course: appeals, handing over, held batches, numbers of papers."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Dwelling, Scoped
from lianfang.kernel.uuid7 import uuid7


class AppealVerdict(models.TextChoices):
    """How an appeal ended."""

    UPHELD = "upheld", _("The person was right")
    REJECTED = "rejected", _("The measure stands")


class AppealQuerySet(Scoped["Appeal"]):
    """Questions about appeals."""

    permission = "measures.read"

    def open(self) -> Self:
        """Not decided yet."""
        return self.filter(decided_at=None)

    def late(self, at: datetime) -> Self:
        """Open and past the day by which an answer was promised."""
        return self.open().filter(due_at__lt=at)


class Appeal(models.Model):
    """Somebody says their measure is wrong. Answered by a person who did not approve it, by a time.

    Invariants: it says something; whoever decides neither approved nor proposed the measure; a decision has a verdict
    and an answer; a measure has one open appeal at most; it is due after it came in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    measure = models.ForeignKey(ControlMeasure, on_delete=models.PROTECT, related_name="appeals")
    path = models.CharField(max_length=48, db_collation="C")
    said = models.CharField(max_length=500)
    source = models.CharField(max_length=8)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=AppealVerdict.choices, blank=True, default="")
    answer = models.CharField(max_length=500, blank=True, default="")

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(said=""), name="appeal_says_something"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | (~Q(decided_by=F("approved_by")) & ~Q(decided_by=F("proposed_by"))),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, verdict="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(verdict="") & ~Q(answer="")),
                name="appeal_decided_with_answer",
            ),
            models.UniqueConstraint(fields=["measure"], condition=Q(decided_at=None), name="appeal_one_open"),
            models.CheckConstraint(condition=Q(due_at__gt=F("received_at")), name="appeal_due_after_it_came"),
        ]
        indexes = [models.Index(fields=["path", "due_at"], name="appeal_by_path")]


class HandOverQuerySet(Scoped["HandOver"]):
    """Questions about measures handed over; seen by the area that gives and the one that receives."""

    permission = "measures.read"

    def in_scopes(self, scopes: tuple[str, ...]) -> Self:
        """Rows that leave or reach one of `scopes`."""
        if not scopes:
            return self.none()
        condition = Q()
        for scope in scopes:
            condition |= Q(path__startswith=scope) | Q(from_path__startswith=scope)
        return self.filter(condition)


class HandOver(models.Model):
    """A person under a measure moved: the measure goes along with its clock, its orders and its duties.

    `path` is where it goes, `from_path` where it came from.

    Invariants: it has a reason and leads somewhere else; received by another than who handed it over; one hand-over of
    a measure is open at most.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    measure = models.ForeignKey(ControlMeasure, on_delete=models.PROTECT, related_name="hand_overs")
    from_path = models.CharField(max_length=48, db_collation="C")
    path = models.CharField(max_length=48, db_collation="C")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hand_over_has_reason"),
            models.CheckConstraint(condition=~Q(path=F("from_path")), name="hand_over_leads_elsewhere"),
            models.CheckConstraint(
                condition=Q(received_by=None) | ~Q(received_by=F("handed_by")), name="hand_over_received_by_another"
            ),
            models.UniqueConstraint(fields=["measure"], condition=Q(received_at=None), name="hand_over_one_open"),
        ]
        indexes = [models.Index(fields=["path", "handed_at"], name="hand_over_by_path")]


class HeldBatchQuerySet(Scoped["HeldBatch"]):
    """Questions about held batches."""

    permission = "measures.read"


class HeldBatch(models.Model):
    """A batch of strict proposals that was stopped before it could take effect, and who let it pass or threw it out.

    Made when one command would lock in more people than the limit, or more than a share of them outside any listed
    zone (the red-code case of 2022, standards 6.6).

    Invariants: it names why; whoever decides did not propose it.
    """

    class Why(models.TextChoices):
        TOO_MANY = "too_many", _("More people at once than the limit")
        OUTSIDE = "outside", _("Too many people outside any listed zone")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    path = models.CharField(max_length=48, db_collation="C")
    why = models.CharField(max_length=10, choices=Why.choices)
    people = models.PositiveIntegerField()
    outside = models.PositiveIntegerField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    decision_reason = models.CharField(max_length=200, blank=True, default="")

    objects = HeldBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="held_batch_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, passed=None)
                | (Q(decided_at__isnull=False, passed__isnull=False) & ~Q(decision_reason="")),
                name="held_batch_decided_with_reason",
            ),
        ]


class PaperNumber(models.Model):
    """The next number of a kind of paper in an area and a year; taken under a row lock, never used twice.

    Invariants: one counter for a kind, area and year.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20)
    path = models.CharField(max_length=48, db_collation="C")
    year = models.PositiveSmallIntegerField()
    upcoming = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "path", "year"], name="paper_number_one_counter")]
