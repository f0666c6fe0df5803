"""Duties under a measure: what is to be done on a day, by the person themselves or by whoever looks after them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person, Scoped
from lianfang.kernel.uuid7 import uuid7


class DutyKind(models.TextChoices):
    """What a day under a measure asks for."""

    TEMPERATURE_MORNING = "temperature_morning", _("Morning temperature")
    TEMPERATURE_EVENING = "temperature_evening", _("Evening temperature")
    TEST = "test", _("Test")
    VISIT = "visit", _("Door visit")
    RELEASE_CHECK = "release_check", _("Release check")


TEMPERATURES = (DutyKind.TEMPERATURE_MORNING.value, DutyKind.TEMPERATURE_EVENING.value)


class DutyState(models.TextChoices):
    """Where a duty is."""

    OPEN = "open", _("Still to do")
    DONE = "done", _("Seen to")
    MISSED = "missed", _("Missed")
    VOID = "void", _("Fallen away")


class AnswerSource(models.TextChoices):
    """Who told us."""

    SELF = "self", _("The person")
    PROXY = "proxy", _("Whoever acts for them")
    STAFF = "staff", _("Staff")


class DutyQuerySet(Scoped["Duty"]):
    """Questions about duties."""

    permission = "measures.read"

    def on(self, day: date) -> Self:
        """Of one day (Asia/Shanghai)."""
        return self.filter(day=day)

    def unanswered(self, at: datetime) -> Self:
        """Due before `at` and not done: the call list."""
        return self.filter(state__in=(DutyState.OPEN, DutyState.MISSED), due_at__lte=at)


class Duty(models.Model):
    """One thing a measure asks for on one day.

    `temperature` is in tenths of a degree Celsius; `symptoms` are codes of the symptom list; `result` is a test's.

    Invariants: a measure asks for a thing once a day; it opens before it is due; what is done says when and from whom;
    a temperature lies between 34.0 and 43.0 °C.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    measure = models.ForeignKey(ControlMeasure, on_delete=models.CASCADE, related_name="duties", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    day = models.DateField()
    kind = models.CharField(max_length=24, choices=DutyKind.choices)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DutyState.choices, default=DutyState.OPEN)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.CharField(max_length=8, choices=AnswerSource.choices, blank=True, default="")
    temperature = models.PositiveSmallIntegerField(null=True)
    symptoms = models.JSONField(default=list)
    result = models.CharField(max_length=12, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "day", "kind"], name="duty_once_a_day"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opens_at")), name="duty_opens_before_it_is_due"),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(done_at__isnull=False) & ~Q(source="")), name="duty_done_says_by_whom"
            ),
            models.CheckConstraint(
                condition=Q(temperature=None) | Q(temperature__gte=340, temperature__lte=430),
                name="duty_temperature_of_a_living_person",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "day", "state"], name="duty_by_path"),
            models.Index(fields=["person", "day"], name="duty_by_person"),
            models.Index(fields=["due_at"], name="duty_to_be_missed", condition=Q(state="open")),
        ]
