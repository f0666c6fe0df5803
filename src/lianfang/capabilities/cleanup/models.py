"""Suspected pairs, and how far the finder has come. Of people only their ids are here."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.people.models import Person, PersonMerge, Scoped
from lianfang.kernel.uuid7 import uuid7


class PairState(models.TextChoices):
    """Where a suspected pair is."""

    OPEN = "open", _("To decide")
    MERGED = "merged", _("One person")
    APART = "apart", _("Two people")
    GONE = "gone", _("No longer suspected")


class DuplicatePairQuerySet(Scoped["DuplicatePair"]):
    """Questions about pairs."""

    permission = "people.merge"

    def in_scopes(self, scopes: tuple[str, ...]) -> Self:
        """Pairs of which both people live under one of `scopes`, be it the same or not."""
        if len(scopes) < 2:
            return super().in_scopes(scopes)
        one, other = Q(), Q()
        for scope in scopes:
            one |= Q(person_a__path__startswith=scope)
            other |= Q(person_b__path__startswith=scope)
        return self.filter(one, other)

    def open(self) -> Self:
        """Pairs nobody has decided."""
        return self.filter(state=PairState.OPEN)


class DuplicatePair(models.Model):
    """Two records of the ledger that may be one person.

    Invariants: `person_a` is the smaller id, so a pair is there once; `path` is the area both live in; a merged pair
    names its merge, a decided one who decided and when. A pair decided `apart` stays so, whatever it scores later,
    unless the two come to have the same valid document number and had not when it was decided (`same_number`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_a = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    person_b = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")
    state = models.CharField(max_length=8, choices=PairState.choices, default=PairState.OPEN)
    score = models.FloatField()
    weight = models.FloatField()
    reasons = models.JSONField(default=list)
    model_version = models.CharField(max_length=20)
    same_number = models.BooleanField()
    found_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    merge = models.ForeignKey(PersonMerge, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(person_a__lt=F("person_b")), name="pair_smaller_id_first"),
            models.UniqueConstraint(fields=["person_a", "person_b"], name="pair_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["merged", "apart"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="pair_decided_by_someone",
            ),
        ]
        indexes = [
            # The queue of a county is read from its top, that of a community from its few rows.
            models.Index(F("weight").desc(), F("id"), name="pair_open_by_weight", condition=Q(state="open")),
            models.Index(fields=["path", "weight", "id"], name="pair_open_by_path", condition=Q(state="open")),
            models.Index(fields=["decided_by", "decided_at"], name="pair_by_decider", condition=~Q(decided_by=None)),
        ]


class ChangedPerson(models.Model):
    """Someone written or changed since the finder last compared them.

    Invariants: a person may stand here more than once; whoever is compared is struck off in the same transaction.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_id = models.UUIDField()


class FinderPass(models.Model):
    """The finder going through the whole ledger: when it began, how far it has come.

    Invariants: what is compared is what is left of `PairCandidate` behind `reached`; killed at any moment, it goes on
    from the last chunk that was committed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    model_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    candidates = models.PositiveIntegerField()
    compared = models.PositiveIntegerField(default=0)
    suspected = models.PositiveIntegerField(default=0)
    reached_a = models.UUIDField(null=True)
    reached_b = models.UUIDField(null=True)


class PairCandidate(models.Model):
    """Two people who share a rare key, waiting to be compared by the pass under way.

    Invariants: made and emptied by the finder only.
    """

    pk = models.CompositePrimaryKey("person_a_id", "person_b_id")
    person_a_id = models.UUIDField()
    person_b_id = models.UUIDField()
