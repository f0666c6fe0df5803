"""May not: measures on a person, which cannot exist without a basis, an end and a way out."""

from __future__ import annotations

from datetime import datetime
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
    RISK_ZONE_STAY = "risk_zone_stay", _("Dated stay in a listed risk zone")
    SYMPTOM = "symptom", _("Recorded symptom")
    INBOUND = "inbound", _("Entry into the country")


class EpidemiologicalFact(models.Model):
    """A typed fact with its evidence.

    Invariants: it has a day, an issuer and evidence; a contact ruling has a document number.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="epidemiological_facts")
    kind = models.CharField(max_length=16, choices=FactKind.choices)
    happened_date = models.DateField()
    issuer = models.CharField(max_length=80)
    document_no = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(evidence=""), name="fact_has_issuer_and_evidence"),
            models.CheckConstraint(
                condition=~Q(kind="contact_ruling") | ~Q(document_no=""), name="fact_contact_ruling_has_document"
            ),
        ]


class Regime(models.TextChoices):
    """Five distinct regimes; they are never merged (standards 4.1)."""

    CENTRAL = "central", _("Centralised isolation")
    HOME = "home", _("Home isolation under medical observation")
    HOME_MONITORING = "home_monitoring", _("Home health monitoring")
    DAILY_MONITORING = "daily_monitoring", _("Daily health monitoring")
    SELF_MONITORING = "self_monitoring", _("Self-monitoring")


STRICT = ("central", "home")


class ControlMeasureQuerySet(Scoped["ControlMeasure"]):
    """Questions about measures."""

    permission = "measures.read"

    def in_force(self, at: datetime) -> Self:
        """Approved, begun, not ended and not released at `at`."""
        return self.filter(approved_at__lte=at, starts_at__lte=at, ends_at__gt=at).filter(
            Q(released_at=None) | Q(released_at__gt=at)
        )


class ControlMeasure(models.Model):
    """A restriction on a person.

    Invariants: it rests on a typed epidemiological fact, names its legal basis, has an end after its beginning (at most
    28 days) and a way to appeal; proposer and approver are different people; it counts only once approved; a release
    has a reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="measures")
    regime = models.CharField(max_length=16, choices=Regime.choices)
    basis = models.ForeignKey(EpidemiologicalFact, on_delete=models.PROTECT, related_name="measures")
    legal_basis = models.CharField(max_length=200)
    edition = models.CharField(max_length=30)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="measures")
    compound_id = models.UUIDField(null=True)
    path = models.CharField(max_length=48, db_collation="C")
    appeal_to = models.CharField(max_length=120)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=200, blank=True)

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
        ]
        indexes = [
            models.Index(fields=["path", "ends_at"], name="measure_by_path"),
            models.Index(fields=["person", "ends_at"], name="measure_by_person"),
        ]
