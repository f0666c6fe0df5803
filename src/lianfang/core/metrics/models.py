"""How many: snapshots of metrics, and reports frozen at their cut-off."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.people.models import Scoped
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7


class Snapshot(models.Model):
    """The value of a metric for an area at an instant.

    Invariants: one value for a metric, area and instant.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    metric = models.CharField(max_length=40)
    path = models.CharField(max_length=48, db_collation="C")
    at = models.DateTimeField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "path", "at"], name="snapshot_one_value")]


class ReportKind(models.TextChoices):
    """What an official signs in the evening."""

    LOG = "log", _("Day log")
    TABLE = "table", _("Day table")
    BULLETIN = "bulletin", _("Bulletin")


class ReportQuerySet(Scoped["Report"]):
    """Questions about reports."""

    permission = "metrics.read"


class Report(models.Model):
    """A report as it stood at its cut-off. Never changes; a correction is a new version with a reason.

    Invariants: one per kind, area, day and version; a version after the first has a reason; the check code is computed
    from the content.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=ReportKind.choices)
    path = models.CharField(max_length=48, db_collation="C")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    issue_no = models.PositiveIntegerField()
    cutoff_at = models.DateTimeField()
    content = models.JSONField()
    check_code = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    drill = models.BooleanField(default=False)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "path", "day", "version"], name="report_one_version"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="report_correction_has_reason"),
        ]


class UnitReport(models.Model):
    """A unit's daily report to the level above. No row is a missing report; a row with zeros is a zero report.

    Invariants: one per unit, day and version; submitted at or after the day begins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")
    day = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    figures = models.JSONField()
    zero = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "day", "version"], name="unit_report_one_version")]


class ResponseLevel(models.TextChoices):
    """Levels of emergency response, one the gravest."""

    ONE = "1", _("Level I response")
    TWO = "2", _("Level II response")
    THREE = "3", _("Level III response")
    FOUR = "4", _("Level IV response")


class Activation(models.Model):
    """Routine or emergency in an area, in force from an instant: the mode the whole product looks up.

    Routine needs no row: where nothing is in force, it is routine. `edition` and `sla_code` are what new lists and
    measures are offered while it lasts; `issued_by` is the office or person on the paper, `ordered_by` the account.

    Invariants: it ends, if it ends, after it begins; an emergency has an order number; a drill is flagged for good; one
    is open for an area at a time; whoever ends it says why.
    """

    class Mode(models.TextChoices):
        ROUTINE = "routine", _("Routine")
        EMERGENCY = "emergency", _("Emergency")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode.choices)
    level = models.CharField(max_length=1, choices=ResponseLevel.choices, blank=True, default="")
    edition = models.CharField(max_length=30, blank=True, default="")
    sla_code = models.CharField(max_length=20, blank=True, default="")
    order_no = models.CharField(max_length=60, blank=True)
    issued_by = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    drill = models.BooleanField(default=False)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ordered_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="activation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(mode="emergency") | ~Q(order_no=""), name="activation_emergency_has_order"
            ),
            models.UniqueConstraint(
                fields=["territory"], condition=Q(ends_at=None), name="activation_one_open_for_an_area"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | (Q(ends_at__isnull=False) & ~Q(end_reason="")),
                name="activation_ended_with_reason",
            ),
        ]
