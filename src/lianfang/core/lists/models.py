"""Told: lists as they came, row by row, and what was decided about each row."""

from __future__ import annotations

import json
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Household, Person, Scoped
from lianfang.kernel.uuid7 import uuid7


class Purpose(models.TextChoices):
    """What a list is for. A list without a purpose is not accepted."""

    ARRIVAL = "arrival", _("Arrivals and returnees to check")
    EXPOSURE = "exposure", _("Close contacts and their contacts")
    CODE = "code", _("Abnormal health codes to check")
    UNTESTED = "untested", _("People who missed a test")
    VENUE = "venue", _("People who were at a venue")
    INBOUND = "inbound", _("Inbound travellers")
    MEDICINE = "medicine", _("Buyers of fever medicine")
    WORKERS = "workers", _("Workers returning to work")
    TENANTS = "tenants", _("Tenants and migrant workers")
    SAMPLING = "sampling", _("Sampling registrations")
    ASSIST = "assist", _("Request for assistance from elsewhere")
    OTHER = "other", _("Other check of persons")


class Sender(models.Model):
    """An office that sends lists. Its column mappings are remembered.

    Invariants: a name belongs to one sender.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)


class ColumnMapping(models.Model):
    """How a sender's columns are read, confirmed once by a person.

    Invariants: one per sender and layout.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="mappings")
    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "signature"], name="mapping_one_for_a_layout")]


class ListState(models.TextChoices):
    """Where a list is on its way from file to work."""

    RECEIVED = "received", _("Received, columns to confirm")
    QUEUED = "queued", _("Waiting")
    READING = "reading", _("Being read")
    MATCHING = "matching", _("Being compared")
    DISPATCHED = "dispatched", _("Dispatched")
    ZERO = "zero", _("Zero report")
    REFUSED = "refused", _("Refused")
    UNDONE = "undone", _("Undone")


class SourceListQuerySet(Scoped["SourceList"]):
    """Questions about lists."""

    permission = "lists.read"


class SourceList(models.Model):
    """One list from outside: a file or pasted text with its purpose, issuer, legal basis and deadline.

    Invariants: it has a purpose, an issuer, a legal basis and a deadline; the same content is accepted once in an
    area; the stored file never changes; a list not refused or undone accounts for every row of its file.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="lists")
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    issuer = models.CharField(max_length=80)
    document_no = models.CharField(max_length=60, blank=True)
    legal_basis = models.CharField(max_length=200)
    sla_code = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    path = models.CharField(max_length=48, db_collation="C")
    state = models.CharField(max_length=12, choices=ListState.choices, default=ListState.RECEIVED)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    file_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    skipped = models.JSONField(default=list)
    refusal_code = models.CharField(max_length=40, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    dispatched_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = SourceListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(issuer="") & ~Q(legal_basis=""), name="list_has_purpose_issuer_basis"
            ),
            models.UniqueConstraint(
                fields=["path", "content_hash"],
                condition=~Q(content_hash="") & ~Q(state__in=["refused", "undone"]),
                name="list_same_content_once",
            ),
        ]
        indexes = [models.Index(fields=["path", "received_at", "id"], name="list_by_path")]

    def __str__(self) -> str:
        return self.title


class RowDecision(models.TextChoices):
    """What was decided about a row."""

    SAME = "same", _("Known person")
    REVIEW = "review", _("For review")
    NEW = "new", _("New person")
    REFUSED = "refused", _("Refused")


class Placement(models.TextChoices):
    """How exactly a row tells where the person is."""

    DOOR = "door", _("Door")
    BUILDING = "building", _("Building")
    COMPOUND = "compound", _("Compound")
    COMMUNITY = "community", _("Community")
    UNPLACED = "unplaced", _("No address")
    OUTSIDE = "outside", _("Outside our area")


class ListRowQuerySet(Scoped["ListRow"]):
    """Questions about rows."""

    permission = "lists.read"

    def waiting(self) -> Self:
        """Doubtful rows nobody has decided: the only ones a new version of the model may compare again."""
        return self.filter(decision=RowDecision.REVIEW, decided_by=None)


class ListRow(models.Model):
    """One person on one row of a list.

    Invariants: the raw row and what was read from it never change (both sealed); a row decided `same` or
    `new` has a person; a refused row has a problem; every decision has reasons and the version of the rules.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source_list = models.ForeignKey(SourceList, on_delete=models.CASCADE, related_name="rows", db_index=False)
    ordinal = models.PositiveIntegerField()
    sheet = models.CharField(max_length=60)
    data_row = models.PositiveIntegerField()
    sheet_row = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=1)
    raw_sealed = models.BinaryField()
    facts_sealed = models.BinaryField()
    name = models.CharField(max_length=60, blank=True)
    problems = models.JSONField(default=list)
    path = models.CharField(max_length=48, db_collation="C")
    decision = models.CharField(max_length=8, choices=RowDecision.choices)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    rules_version = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="list_rows", db_index=False)
    household = models.ForeignKey(
        Household, on_delete=models.SET_NULL, null=True, related_name="list_rows", db_index=False
    )
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    placement = models.CharField(max_length=10, choices=Placement.choices, blank=True)
    score = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    repeats = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="repeated_by", db_index=False
    )
    pin = models.ForeignKey(
        "DecisionPin", on_delete=models.SET_NULL, null=True, related_name="answered_rows", db_index=False
    )

    objects = ListRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_list", "ordinal"], name="row_one_per_ordinal"),
            models.CheckConstraint(
                condition=~Q(decision__in=["same", "new"]) | Q(person__isnull=False) | Q(household__isnull=False),
                name="row_decided_has_someone",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "decision", "id"], name="row_by_path"),
            models.Index(fields=["decision", "source_list", "ordinal"], name="row_to_review"),
            # Rows are written by the hundred thousand, and most of these are empty: only what is there is indexed.
            models.Index(fields=["person"], name="row_by_person", condition=~Q(person=None)),
            models.Index(fields=["household"], name="row_by_household", condition=~Q(household=None)),
            models.Index(fields=["dwelling"], name="row_by_dwelling", condition=~Q(dwelling=None)),
            models.Index(fields=["repeats"], name="row_by_repeats", condition=~Q(repeats=None)),
            models.Index(fields=["pin"], name="row_by_pin", condition=~Q(pin=None)),
        ]

    @property
    def raw(self) -> list[Any]:
        """The cells as they came."""
        cells: list[Any] = json.loads(vault.unseal(bytes(self.raw_sealed), place="row.raw", row=self.id))
        return cells

    @property
    def facts(self) -> dict[str, Any]:
        """What was read from the cells (`RowFacts` as plain values)."""
        facts: dict[str, Any] = json.loads(vault.unseal(bytes(self.facts_sealed), place="row.facts", row=self.id))
        return facts


class ReviewDecision(models.Model):
    """A person decided a doubtful row. Pinned: it outlives any later comparison, and can be taken back.

    Invariants: `kind` is same, new or household; what was before is kept for undo; it keeps the version of the model,
    the score of the person chosen and the parts of what was compared, codes and weights only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    row = models.ForeignKey(ListRow, on_delete=models.CASCADE, related_name="review_decisions")
    kind = models.CharField(max_length=12)
    person_id = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    rules_version = models.CharField(max_length=20, blank=True)
    score = models.FloatField(null=True)
    parts = models.JSONField(default=list)
    refused_parts = models.JSONField(default=list)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class DecisionPin(models.Model):
    """What a person decided about someone on a list holds for whoever says exactly the same on any later list.

    Found by two keyed hashes of name, document number, telephones and door; it holds none of them in the clear.

    Invariants: one in force for the same facts; it outlives its row and its list; a decision taken back is in force no
    more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.BigIntegerField()
    second = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="decision_pins")
    household = models.ForeignKey(Household, on_delete=models.SET_NULL, null=True, related_name="decision_pins")
    refused = models.JSONField(default=list)
    decision = models.ForeignKey(ReviewDecision, on_delete=models.SET_NULL, null=True, related_name="pins")
    source_list = models.ForeignKey(SourceList, on_delete=models.SET_NULL, null=True, related_name="decision_pins")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint", "second"],
                condition=Q(withdrawn_at=None),
                name="pin_one_in_force_for_the_same_facts",
            )
        ]


class ConfirmedPair(models.Model):
    """A pair of a row and a person about which somebody decided, as codes only: what a model is estimated from.

    Invariants: it names nobody; it outlives its row; a decision taken back has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    decision = models.ForeignKey(ReviewDecision, on_delete=models.SET_NULL, null=True, related_name="pairs")
    rules_version = models.CharField(max_length=20, blank=True)
    same = models.BooleanField()
    codes = models.JSONField()
    decided_date = models.DateField()
