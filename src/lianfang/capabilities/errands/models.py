"""Errands, the batches they are carried out in, and the pictures of what was left at a door."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.errands.rules import OPEN_STATES
from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Household, M_co, Person, Scoped
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7


class ErrandKind(models.TextChoices):
    """What is to be done for somebody at home."""

    MEALS = "meals", _("Meals")
    SHOPPING = "shopping", _("Shopping")
    MEDICINE = "medicine", _("Medicine")
    RUBBISH = "rubbish", _("Rubbish")
    TRANSPORT = "transport", _("Transport to a test")
    PETS = "pets", _("Pets")
    OTHER = "other", _("Something else")


class ErrandState(models.TextChoices):
    """Where an errand is."""

    ASKED = "asked", _("To arrange")
    BATCHED = "batched", _("Given to a runner")
    UNDER_WAY = "under_way", _("On the way")
    DELIVERED = "delivered", _("Handed over")
    RETURNED = "returned", _("Not possible")
    CANCELLED = "cancelled", _("Called off")


class ErrandSource(models.TextChoices):
    """How a request came."""

    PHONE = "phone", _("By a call")
    PAGE = "page", _("By the resident's page")
    WORKER = "worker", _("By the grid worker")


class Assigned(Scoped[M_co]):
    """Who takes errands down sees those of their area; who only carries them out, what was given to them."""

    permission = "errands.take"
    runner = ""

    def visible_to(self, actor: User) -> Self:
        """Rows in the areas where the actor takes errands down, and those the actor carries out."""
        return self.filter(_under(actor, "errands.take") | (_under(actor, "errands.run") & Q(**{self.runner: actor})))


def _under(actor: User, permission: str) -> Q:
    condition = Q(pk__in=[])
    for scope in actor.authority.scopes(permission):
        condition |= Q(path__startswith=scope)
    return condition


class ErrandBatchQuerySet(Assigned["ErrandBatch"]):
    """Questions about batches."""

    runner = "runner"


class ErrandBatch(models.Model):
    """Errands one runner carries out in one go.

    Invariants: all its errands lie in one compound and are one load: people, goods or rubbish; its window ends after it
    begins; `path` is the smallest area all its doors lie in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    compound = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    load = models.CharField(max_length=8)
    buildings = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    runner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="errand_batches", db_index=False)
    arranged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    arranged_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)

    objects = ErrandBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="errand_batch_ends_after_it_begins")
        ]
        indexes = [
            models.Index(fields=["runner", "starts_at"], name="errand_batch_by_runner"),
            models.Index(fields=["path", "starts_at"], name="errand_batch_by_path"),
        ]


class ErrandPicture(models.Model):
    """What was left at a door, as a photograph.

    Invariants: the picture is stored sealed only, without what the camera wrote beside it. The row outlives a picture
    that was shredded (`content_sealed` empty): that there was one stays known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=4)
    content_sealed = models.BinaryField(null=True)
    taken_at = models.DateTimeField()

    @classmethod
    def sealed(cls, *, kind: str, content: bytes, taken_at: datetime) -> ErrandPicture:
        """A row for a cleaned picture, not saved."""
        row = uuid7()
        return cls(
            id=row, kind=kind, content_sealed=vault.seal(content, place="errand.picture", row=row), taken_at=taken_at
        )

    @property
    def content(self) -> bytes:
        """The picture; empty once it is shredded."""
        if self.content_sealed is None:
            return b""
        return vault.unseal(bytes(self.content_sealed), place="errand.picture", row=self.id)


class ErrandQuerySet(Assigned["Errand"]):
    """Questions about errands."""

    runner = "batch__runner"

    def open(self) -> Self:
        """Neither handed over nor sent back nor called off."""
        return self.filter(state__in=OPEN_STATES)

    def late(self, at: datetime) -> Self:
        """Open and past the time they are due at `at`."""
        return self.open().filter(due_at__lt=at)

    def for_household(self, household_id: UUID) -> Self:
        """What a household asked for."""
        return self.filter(household_id=household_id)


class Errand(models.Model):
    """Something to be done for somebody who stays at home.

    Several may be open for one household at once, which is why they are no work items. `wanted` and `note` are read by
    the runner: nothing about anybody's health or measures belongs there. There is no price and no amount of money.

    Invariants: all but rubbish say what is wanted; wheelchair and stairs are said of a transport only; the time it is
    wanted in ends after it begins; what was given to a runner is in a batch, and has a place of its own there; what
    is over says when and by whom; what was not possible or was called off says why; what was handed over at a door has
    a picture or says why there is none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="errands", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="errands")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    kind = models.CharField(max_length=10, choices=ErrandKind.choices)
    wanted = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=200, blank=True)
    wheelchair = models.BooleanField(default=False)
    no_stairs = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ErrandState.choices, default=ErrandState.ASKED)
    source = models.CharField(max_length=8, choices=ErrandSource.choices)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    batch = models.ForeignKey(ErrandBatch, on_delete=models.PROTECT, null=True, related_name="errands", db_index=False)
    position = models.PositiveSmallIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=200, blank=True)
    left_where = models.CharField(max_length=80, blank=True)
    picture = models.OneToOneField(ErrandPicture, on_delete=models.PROTECT, null=True, related_name="errand")
    no_picture = models.CharField(max_length=100, blank=True)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(wanted="") | Q(kind="rubbish"), name="errand_says_what_is_wanted"),
            models.CheckConstraint(
                condition=Q(wheelchair=False, no_stairs=False) | Q(kind="transport"),
                name="errand_wheelchair_for_transport",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="errand_window_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["batched", "under_way", "delivered", "returned"])
                | Q(batch__isnull=False, position__isnull=False),
                name="errand_given_out_is_in_a_batch",
            ),
            models.UniqueConstraint(fields=["batch", "position"], name="errand_place_of_its_own"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="errand_over_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "cancelled"]) | ~Q(reason=""), name="errand_not_done_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(kind="transport") | Q(picture__isnull=False) | ~Q(no_picture=""),
                name="errand_handed_over_with_picture",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "due_at", "id"], name="errand_open", condition=Q(state__in=OPEN_STATES)),
            models.Index(fields=["path", "closed_at"], name="errand_by_closing", condition=~Q(closed_at=None)),
            models.Index(fields=["household", "asked_at"], name="errand_by_household"),
        ]
