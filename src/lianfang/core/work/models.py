"""Must: work at a door, by a time, by someone, checked by someone else."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.lists.models import ListRow, Placement, SourceList
from lianfang.core.people.models import Dwelling, Household, Person, Scoped
from lianfang.core.work.outcomes import CareOutcome, Outcome
from lianfang.core.work.rules import OPEN_STATES
from lianfang.kernel.uuid7 import uuid7


class SlaProfile(models.Model):
    """Time limits a list can carry: editable presets (2 h, 4 h, 24 h).

    Invariants: accepting comes before finishing.
    """

    code = models.CharField(primary_key=True, max_length=20)
    accept_minutes = models.PositiveIntegerField()
    finish_minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accept_minutes__lte=F("finish_minutes")), name="sla_accept_before_finish"
            )
        ]


class Matter(models.TextChoices):
    """What a work item is about. Lists, tips and door-knocks that ask the same of a household share one matter.

    Care of the day and care calls are for a day: what was left undone yesterday stays open beside today's. Somebody who
    may have left home is a matter apart from fever: neither hides behind the other.
    """

    CHECK = "check", _("Check")
    CARE = "care", _("Care of the day")
    ALARM = "alarm", _("Alarm")
    CALL = "call", _("Care call")
    DOOR = "door", _("Out-of-home alert")


class WorkState(models.TextChoices):
    """Where a work item is."""

    UNPLACED = "unplaced", _("Unplaced")
    DISPATCHED = "dispatched", _("Dispatched")
    ACCEPTED = "accepted", _("Accepted")
    SUBMITTED = "submitted", _("Submitted")
    CLOSED = "closed", _("Closed")
    FORWARDED = "forwarded", _("Forwarded")
    CANCELLED = "cancelled", _("Cancelled")


class WorkItemQuerySet(Scoped["WorkItem"]):
    """Questions about work."""

    permission = "work.read"

    def checks(self) -> Self:
        """Checks of households: the work that lists, tips and door-knocks make."""
        return self.filter(matter=Matter.CHECK)

    def open(self) -> Self:
        """Not closed, forwarded or cancelled."""
        return self.filter(state__in=OPEN_STATES)

    def late(self) -> Self:
        """Open and stamped late."""
        return self.open().filter(late_since__isnull=False)

    def due_to_be_late(self, at: datetime) -> Self:
        """Open, past the deadline at `at` and not stamped yet."""
        return self.filter(state__in=OPEN_STATES, late_since=None, due_at__lt=at)


class WorkItem(models.Model):
    """One household, one matter, one piece of work, however many lists ask for it.

    Invariants: a household has at most one open item of a matter (for a day, where the matter is one of the day:
    `for_date`); only checks need somebody else to verify them; nobody verifies their own work; lateness is stamped
    once (`late_since`) and never taken back; a closed item has an outcome for every subject; `version` grows with every
    change, so a change based on an old picture is refused.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.CharField(max_length=16, choices=Matter.choices, default=Matter.CHECK)
    for_date = models.DateField(null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="work_items")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    placement = models.CharField(max_length=10, choices=Placement.choices)
    state = models.CharField(max_length=12, choices=WorkState.choices)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="work_items", db_index=False)
    answered_by = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_since = models.DateTimeField(null=True)
    escalated_to = models.CharField(max_length=12, blank=True)
    accepted_at = models.DateTimeField(null=True)
    first_call_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=20, choices=[*Outcome.choices, *CareOutcome.choices], blank=True)
    forwarded_to = models.CharField(max_length=120, blank=True)
    origins_count = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "matter", "for_date"],
                condition=Q(state__in=["unplaced", "dispatched", "accepted", "submitted"]),
                nulls_distinct=False,
                name="work_one_open_per_household_and_matter",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("submitted_by")), name="work_not_verified_by_its_doer"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="work_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state="forwarded") | ~Q(forwarded_to=""), name="work_forwarded_has_target"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state", "due_at", "id"], name="work_by_path"),
            models.Index(fields=["assignee", "state", "due_at", "id"], name="work_by_assignee"),
            models.Index(
                fields=["due_at"],
                name="work_to_be_late",
                condition=Q(late_since=None, state__in=["unplaced", "dispatched", "accepted", "submitted"]),
            ),
            models.Index(fields=["created_at", "path"], name="work_by_day"),
            models.Index(fields=["closed_at", "path"], name="work_by_closing", condition=~Q(closed_at=None)),
            models.Index(fields=["submitted_by", "submitted_at"], name="work_by_doer", condition=~Q(submitted_by=None)),
        ]


class WorkSubject(models.Model):
    """A person a work item is about, with what was found out about them.

    Invariants: a person is once on an item.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="subjects", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="work_subjects")
    outcome = models.CharField(max_length=20, choices=[*Outcome.choices, *CareOutcome.choices], blank=True)
    note = models.CharField(max_length=300, blank=True)
    whereabouts = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "person"], name="subject_once_on_an_item")]


class WorkOrigin(models.Model):
    """Why a work item exists: a row of a list, a tip, a door-knock. Every row that asks for a check has exactly one.

    Invariants: a list's origin names its row; a row is the origin of at most one item.
    """

    class Kind(models.TextChoices):
        LIST = "list", _("List")
        TIP = "tip", _("Tip")
        VISIT = "visit", _("Door-knock")
        MEASURE = "measure", _("Measure")
        NEED = "need", _("Care need")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="origins")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source_list = models.ForeignKey(SourceList, on_delete=models.CASCADE, null=True, related_name="+")
    row = models.ForeignKey(ListRow, on_delete=models.CASCADE, null=True, related_name="origins", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row"], name="origin_once_for_a_row"),
            models.CheckConstraint(condition=~Q(kind="list") | Q(row__isnull=False), name="origin_of_list_has_row"),
        ]
        indexes = [models.Index(fields=["created_at"], name="origin_by_day")]


class ContactAttempt(models.Model):
    """A call that was made, answered or not. Append-only; the household's calls are shown before anyone calls again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="attempts")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=16)
    note = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField()
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["household", "occurred_at"], name="attempt_by_household")]


class WorkEvent(models.Model):
    """Something happened to a work item. Append-only; partitioned by month of `recorded_at`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    item_id = models.UUIDField()
    path = models.CharField(max_length=48, db_collation="C")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["item_id", "recorded_at"], name="work_event_by_item"),
            models.Index(fields=["path", "recorded_at"], name="work_event_by_path"),
        ]
