"""Zones: an order that restricts a place, which cannot exist without a basis, an end and a way to appeal."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.rules import GradeRules, ZoneRules, rules_from
from lianfang.core.access.models import User
from lianfang.core.measures.models import ZoneLevel
from lianfang.core.people.models import Scoped
from lianfang.core.territory.models import Level, Territory, prefixes
from lianfang.kernel.uuid7 import uuid7


class ZoneKind(models.TextChoices):
    """The three kinds of area of the 8th edition; later editions know risk levels only."""

    LOCKDOWN = "lockdown", _("Locked-down area")
    RESTRICTED = "restricted", _("Controlled area")
    PRECAUTION = "precaution", _("Precaution area")


class ZoneQuerySet(Scoped["Zone"]):
    """Questions about zones."""

    permission = "measures.read"

    def in_scopes(self, scopes: tuple[str, ...]) -> Self:
        """Zones that touch one of these areas: that lie in it, around it, or are a compound with buildings in it."""
        if not scopes:
            return self.none()
        touching = Q()
        for scope in scopes:
            touching |= Q(path__startswith=scope) | Q(path__in=prefixes(scope))
            touching |= Q(territory__buildings__path__startswith=scope)
        return self.filter(Exists(ZoneArea.objects.filter(touching, zone=OuterRef("pk"))))

    def in_force(self, at: datetime) -> Self:
        """Ordered, begun and not lifted at `at`. An end that has passed lifts nothing: somebody must."""
        return self.filter(approved_at__lte=at, starts_at__lte=at).filter(Q(lifted_at=None) | Q(lifted_at__gt=at))


class Zone(models.Model):
    """An order that restricts a place.

    `terms` are the rules of its edition when it was proposed; a running zone keeps them. `path` is the smallest area
    around all its parts. `basis` says why in words that stand on the poster, so nobody is named in it.

    Invariants: it has a kind or a risk level, a basis in words, a legal basis and a way to appeal; its expected end
    lies after its beginning; proposer and approver are different people; it is in force only once approved, with an
    order number; lifting it (or turning a proposal down) has a reason and somebody who did it; a drill is flagged for
    good.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=48, db_collation="C")
    kind = models.CharField(max_length=12, choices=ZoneKind.choices, blank=True, default="")
    level = models.CharField(max_length=8, choices=ZoneLevel.choices, blank=True, default="")
    basis = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=200)
    appeal_to = models.CharField(max_length=120)
    edition = models.CharField(max_length=30)
    terms = models.JSONField()
    last_case_date = models.DateField()
    lowered_date = models.DateField(null=True)
    drill = models.BooleanField(default=False)
    public_code = models.CharField(max_length=16, unique=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    order_no = models.CharField(max_length=60, blank=True, default="")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=200, blank=True, default="")

    objects = ZoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind="") | ~Q(level=""), name="zone_has_kind_or_level"),
            models.CheckConstraint(
                condition=~Q(basis="") & ~Q(legal_basis="") & ~Q(appeal_to=""), name="zone_has_basis_and_appeal"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="zone_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")), name="zone_not_approved_by_proposer"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(order_no="")),
                name="zone_approval_has_order",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="zone_lifted_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["path", "starts_at"], name="zone_by_path")]

    def __str__(self) -> str:
        return self.name

    @property
    def grade(self) -> str:
        """Kind and level in words, as the order writes them."""
        words = (self.get_kind_display() if self.kind else "", self.get_level_display() if self.level else "")
        return " · ".join(str(word) for word in words if word)

    @property
    def zone_rules(self) -> ZoneRules:
        """The rules it keeps."""
        return rules_from(self.terms)

    @property
    def rules(self) -> GradeRules:
        """The rules that bind it now. A row is never written without them."""
        found = self.zone_rules.of(kind=self.kind, level=self.level)
        assert found is not None, "checked when the zone was proposed and when its level changed"
        return found

    @property
    def is_open(self) -> bool:
        """Proposed or in force: something can still happen to it."""
        return self.lifted_at is None


class ZoneArea(models.Model):
    """A place the zone covers: a community, grid, compound, building or entrance.

    Invariants: a place is in a zone once; `path` is the place's path.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="areas")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "territory"], name="zone_area_once")]


class ZoneChange(models.Model):
    """The zone came down to another kind or level, or its end was moved, by an order with a reason.

    `missing` names what the edition still asked for when it came down.

    Invariants: it has an order number and a reason. Append-only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="changes")
    kind_before = models.CharField(max_length=12, blank=True)
    level_before = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=12, choices=ZoneKind.choices, blank=True)
    level = models.CharField(max_length=8, choices=ZoneLevel.choices, blank=True)
    ends_at = models.DateTimeField()
    order_no = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    missing = models.JSONField(default=list)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(order_no="") & ~Q(reason=""), name="zone_change_has_order_and_reason")
        ]


class ScreeningRound(models.Model):
    """A screening of everybody in the zone, as it was reported.

    Invariants: a zone is screened once a day; nobody is sampled who was not due; positive and pending results are of
    people sampled.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="rounds")
    done_date = models.DateField()
    due = models.PositiveIntegerField()
    sampled = models.PositiveIntegerField()
    positives = models.PositiveIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=120)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "done_date"], name="screening_once_a_day"),
            models.CheckConstraint(
                condition=Q(sampled__lte=F("due")) & Q(sampled__gte=F("positives") + F("pending")),
                name="screening_adds_up",
            ),
        ]


def inside(areas: list[Territory], *, path: str = "path", compound: str = "compound") -> Q:
    """A condition "lies in one of these places" on the columns that hold a row's path and its compound.

    A compound lies beside the grids of its community, so its people are found by the column that names it.
    """
    conditions: list[Q] = [
        Q(**{compound: one.id}) if one.level == Level.COMPOUND else Q(**{f"{path}__startswith": one.path})
        for one in areas
    ]
    return reduce(or_, conditions, Q(pk__in=[]))
