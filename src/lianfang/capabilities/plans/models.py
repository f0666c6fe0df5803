"""After an emergency: when it ended, and which kinds of personal data have no reason to stay any longer."""

from __future__ import annotations

from django.db import models

from lianfang.core.access.models import User
from lianfang.core.metrics.models import Activation
from lianfang.core.people.models import Scoped
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7


class RetentionClockQuerySet(Scoped["RetentionClock"]):
    """Questions about clocks."""

    permission = "metrics.read"


class RetentionClock(models.Model):
    """An event in an area has ended; `due` says by category from which day its data has outlived its rule.

    `still_open` is what was not closed when the order was lifted, as counted then. The clock removes nothing.

    Invariants: an activation starts at most one clock; `path` is its area's path.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")
    activation = models.OneToOneField(Activation, on_delete=models.PROTECT, related_name="clock")
    event_ended_at = models.DateTimeField()
    due = models.JSONField()
    still_open = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RetentionClockQuerySet.as_manager()
