"""May not: measures on a person, which cannot exist without a basis, an end and a way out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Person, Scoped
from lianfang.kernel.uuid7 import uuid7


class FactKind(models.TextChoices):
    """Typed epidemiological facts: the only things a measure can rest on. A place on a list is not one of them."""

    POSITIVE_TEST = "positive_test", _("Positive test")
    CONTACT_RULING = "contact_ruling", _("Ruling of close contact with document number")
    SECONDARY_CONTACT = "secondary_contact", _("Ruling of contact of a contact with document number")
    RISK_ZONE_STAY = "risk_zone_stay", _("Dated stay in a listed risk zone")
    SYMPTOM = "symptom", _("Recorded symptom")
    INBOUND = "inbound", _("Entry into the country")
    CLOSED_LOOP = "closed_loop", _("End of high-exposure work in a closed loop")
    DISCHARGED = "discharged", _("Discharge after an infection")
    CO_RESIDENCE = "co_residence", _("Living with someone under home isolation")
    ARRIVAL = "arrival", _("Arrival from elsewhere")
    SITE_CASE = "site_case", _("New case in the isolation site")


RULINGS = (FactKind.CONTACT_RULING, FactKind.SECONDARY_CONTACT)
"""Facts that somebody decided: they have a document number."""


class ZoneLevel(models.TextChoices):
    """Levels of a listed risk zone (9th edition; later editions list high only)."""

    HIGH = "high", _("High risk")
    MEDIUM = "medium", _("Medium risk")
    LOW = "low", _("Low risk")


class ListedZone(models.Model):
    """A risk zone as an authority listed it, here or elsewhere: the only places a stay counts for.

    A stay counts from `counts_from_date` (the look-back of the ruling) until the zone was taken off the list.

    Invariants: it names its document; it counts from a day not after its listing and is taken off not before it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=8, choices=ZoneLevel.choices)
    document_no = models.CharField(max_length=60)
    issuer = models.CharField(max_length=80)
    counts_from_date = models.DateField()
    listed_date = models.DateField()
    delisted_date = models.DateField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(document_no="") & ~Q(issuer=""), name="listed_zone_names_its_document"),
            models.CheckConstraint(
                condition=Q(counts_from_date__lte=F("listed_date"))
                & (Q(delisted_date=None) | Q(delisted_date__gte=F("listed_date"))),
                name="listed_zone_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["name", "level"], name="listed_zone_by_name")]

    def counts_on(self, day: date) -> bool:
        """Whether a stay that ended on `day` counts."""
        return self.counts_from_date <= day and (self.delisted_date is None or day <= self.delisted_date)


class EpidemiologicalFactQuerySet(models.QuerySet["EpidemiologicalFact"]):
    """Questions about facts."""

    def standing(self) -> Self:
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)


class EpidemiologicalFact(models.Model):
    """A typed fact with its evidence.

    `happened_date` is the day the clock of an edition starts from: of the last exposure, of leaving the zone or the
    closed loop, of entering the country, of the sample. `linked` is the fact it depends on: of the close contact whose
    contact this is, of the person whose home isolation is shared.

    Invariants: it has a day, an issuer and evidence; a ruling has a document number; a withdrawn fact says why and by
    whom; none is linked to itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="epidemiological_facts")
    kind = models.CharField(max_length=24, choices=FactKind.choices)
    happened_date = models.DateField()
    zone_level = models.CharField(max_length=8, choices=ZoneLevel.choices, blank=True, default="")
    zone = models.ForeignKey(ListedZone, on_delete=models.PROTECT, null=True, related_name="facts")
    entered_site_date = models.DateField(null=True)
    linked = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="dependents")
    issuer = models.CharField(max_length=80)
    document_no = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True, default="")

    objects = EpidemiologicalFactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(evidence=""), name="fact_has_issuer_and_evidence"),
            models.CheckConstraint(
                condition=~Q(kind__in=["contact_ruling", "secondary_contact"]) | ~Q(document_no=""),
                name="fact_contact_ruling_has_document",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="fact_withdrawn_with_reason",
            ),
            models.CheckConstraint(condition=~Q(linked=F("id")), name="fact_not_linked_to_itself"),
        ]


class Regime(models.TextChoices):
    """Five distinct regimes; they are never merged (standards 4.1)."""

    CENTRAL = "central", _("Centralised isolation")
    HOME = "home", _("Home isolation under medical observation")
    HOME_MONITORING = "home_monitoring", _("Home health monitoring")
    DAILY_MONITORING = "daily_monitoring", _("Daily health monitoring")
    SELF_MONITORING = "self_monitoring", _("Self-monitoring")


STRICT = ("central", "home")
"""Regimes that lock somebody in: proposer, approver and operator are three people."""


class ControlMeasureQuerySet(Scoped["ControlMeasure"]):
    """Questions about measures."""

    permission = "measures.read"

    def in_force(self, at: datetime) -> Self:
        """Approved, begun, not ended and not released at `at`."""
        return self.filter(approved_at__lte=at, starts_at__lte=at, ends_at__gt=at).filter(
            Q(released_at=None) | Q(released_at__gt=at)
        )

    def unlifted(self) -> Self:
        """Approved and not released, whatever the clock says: somebody under measures is let go by a person."""
        return self.filter(approved_at__isnull=False, released_at=None)

    def proposed(self) -> Self:
        """Waiting for approval."""
        return self.filter(approved_at=None, declined_at=None)


class ControlMeasure(models.Model):
    """A restriction on a person.

    `terms` is what its edition made of the facts when it was proposed: days, test days, temperature times, colour,
    conditions of release, whom to tell, the reasons. A running case keeps its terms. A person's case may have several
    stages (isolation, then monitoring), each a measure of its own.

    Invariants: it rests on a typed epidemiological fact, names its legal basis, has an end after its beginning (at most
    28 days) and a way to appeal; proposer and approver are different people; it counts only once approved; a release
    has a reason. Where it locks somebody in, whoever puts it into effect neither proposed nor approved it; nothing
    is put into effect before it is approved; a proposal that is declined says why and is never approved; a measure that
    replaces another says why.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="measures")
    regime = models.CharField(max_length=16, choices=Regime.choices)
    category = models.CharField(max_length=32, blank=True, default="")
    stage = models.PositiveSmallIntegerField(default=1)
    terms = models.JSONField(default=dict)
    basis = models.ForeignKey(EpidemiologicalFact, on_delete=models.PROTECT, related_name="measures")
    legal_basis = models.CharField(max_length=200)
    edition = models.CharField(max_length=30)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    site_name = models.CharField(max_length=120, blank=True, default="")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="measures")
    compound_id = models.UUIDField(null=True)
    path = models.CharField(max_length=48, db_collation="C")
    appeal_to = models.CharField(max_length=120)
    order_no = models.CharField(max_length=40, null=True, unique=True)
    batch_id = models.UUIDField(null=True)
    drill = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    declined_reason = models.CharField(max_length=200, blank=True, default="")
    operated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    operated_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    replaced_reason = models.CharField(max_length=200, blank=True, default="")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    release_reason = models.CharField(max_length=200, blank=True)
    notice_no = models.CharField(max_length=40, null=True, unique=True)

    objects = ControlMeasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="measure_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="measure_has_legal_basis"),
            models.CheckConstraint(condition=~Q(appeal_to=""), name="measure_has_a_way_to_appeal"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                name="measure_not_approved_by_proposer",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="measure_approval_has_approver",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | ~Q(release_reason=""), name="measure_release_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + models.Value("28 days", output_field=models.DurationField())),
                name="measure_not_longer_than_28_days",
            ),
            models.CheckConstraint(
                condition=~Q(regime__in=STRICT)
                | Q(operated_by=None)
                | (~Q(operated_by=F("proposed_by")) & ~Q(operated_by=F("approved_by"))),
                name="measure_strict_operated_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(operated_at=None, operated_by=None)
                | Q(operated_at__isnull=False, operated_by__isnull=False, approved_at__isnull=False),
                name="measure_operated_after_approval",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None)
                | (Q(declined_at__isnull=False, declined_by__isnull=False, approved_at=None) & ~Q(declined_reason="")),
                name="measure_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaced_reason=""), name="measure_replaced_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "ends_at"], name="measure_by_path"),
            models.Index(fields=["person", "ends_at"], name="measure_by_person"),
            models.Index(
                fields=["ends_at", "path"],
                name="measure_to_lift",
                condition=Q(approved_at__isnull=False, released_at=None),
            ),
            models.Index(
                fields=["proposed_at"], name="measure_proposed", condition=Q(approved_at=None, declined_at=None)
            ),
        ]
