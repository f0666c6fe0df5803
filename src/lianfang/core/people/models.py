"""Who: people, households, dwellings. A person's file and a household's ledger are views over all ledgers."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Scoped(models.QuerySet[M_co]):
    """Rows with a `path`: what an actor may see is part of the query."""

    permission = ""

    def visible_to(self, actor: User) -> Self:
        """Rows in the areas where the actor may read this ledger; none if nowhere."""
        return self.in_scopes(actor.authority.scopes(self.permission))

    def in_scopes(self, scopes: tuple[str, ...]) -> Self:
        """Rows whose path lies under one of `scopes`."""
        if not scopes:
            return self.none()
        condition = Q()
        for scope in scopes:
            condition |= Q(path__startswith=scope)
        return self.filter(condition)

    def under(self, path: str) -> Self:
        """Rows in the area at `path`."""
        return self.filter(path__startswith=path)


class DwellingQuerySet(Scoped["Dwelling"]):
    """Questions about dwellings."""

    permission = "people.read"


class Dwelling(models.Model):
    """A place with a door where a household can live.

    Invariants: `path` is its area's path (building, entrance, grid or community); `door_key` names one dwelling in the
    whole county; `door_short` is how people say it (``5-2-301``), for search.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="dwellings")
    path = models.CharField(max_length=48, db_collation="C")
    compound = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, related_name="+")
    door_key = models.CharField(max_length=120, unique=True, db_collation="C")
    door_short = models.CharField(max_length=40, db_collation="C")
    label = models.CharField(max_length=120)
    building = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    floor = models.CharField(max_length=10, blank=True)
    room = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=20, blank=True)
    checked_at = models.DateTimeField(null=True)

    objects = DwellingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["path", "door_short"], name="dwelling_by_path"),
            models.Index(fields=["door_short", "path"], name="dwelling_by_door"),
            models.Index(fields=["compound"], name="dwelling_by_compound"),
        ]

    def __str__(self) -> str:
        return self.label


class HouseholdQuerySet(Scoped["Household"]):
    """Questions about households."""

    permission = "people.read"


class Household(models.Model):
    """People who are reached at one door, with one call.

    Invariants: `path` is its dwelling's path, or, without a dwelling, the area that answers for finding it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="households")
    path = models.CharField(max_length=48, db_collation="C")
    origin_list_id = models.UUIDField(null=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["path", "id"], name="household_by_path")]


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "", _("Not known")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")


class PersonQuerySet(Scoped["Person"]):
    """Questions about people."""

    permission = "people.read"

    def current(self) -> Self:
        """People, without the records merged into another."""
        return self.filter(merged_into=None)


class Person(models.Model):
    """Someone we know of. May have no identity number, no telephone and no dwelling.

    Invariants: `path`, `dwelling` and `compound` repeat where the person lives now (the open residence), or the area
    that answers for finding them; a merged record points at the one that was kept, and is not shown by itself; nobody
    is merged into themselves.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60, db_collation="C")
    pinyin = models.CharField(max_length=120, blank=True, db_collation="C")
    initials = models.CharField(max_length=30, blank=True, db_collation="C")
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True, default="")
    birth_date = models.DateField(null=True)
    nationality = models.CharField(max_length=30, blank=True)
    path = models.CharField(max_length=48, db_collation="C")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="people")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="people")
    compound = models.ForeignKey(Territory, on_delete=models.PROTECT, null=True, related_name="+")
    relation = models.CharField(max_length=20, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False)
    origin_list_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_itself")]
        indexes = [
            models.Index(fields=["path", "id"], name="person_by_path"),
            models.Index(fields=["name", "path"], name="person_by_name"),
            models.Index(fields=["initials", "path"], name="person_by_initials"),
            models.Index(fields=["pinyin", "path"], name="person_by_pinyin"),
            models.Index(fields=["merged_into"], name="person_by_merge", condition=~Q(merged_into=None)),
            models.Index(fields=["origin_list_id"], name="person_by_origin", condition=~Q(origin_list_id=None)),
            models.Index(
                fields=["compound", "path", "dwelling", "household"],
                name="person_by_home",
                include=["created_at"],
                condition=Q(merged_into=None, dwelling__isnull=False),
            ),
        ]


class IdentityDocument(models.Model):
    """A document number of a person; a person may have several.

    Invariants: the number is stored sealed only; `valid` repeats the check of its kind at the time of writing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=24)
    number_sealed = models.BinaryField()
    valid = models.BooleanField()

    @property
    def number(self) -> str:
        """The document number."""
        return vault.unseal_text(bytes(self.number_sealed), place="document.number", row=self.id)

    @classmethod
    def sealed(cls, *, person_id: UUID, kind: str, number: str, valid: bool) -> IdentityDocument:
        """A row for `number`, not saved."""
        row = uuid7()
        return cls(
            id=row,
            person_id=person_id,
            kind=kind,
            number_sealed=vault.seal_text(number, place="document.number", row=row),
            valid=valid,
        )


class Telephone(models.Model):
    """A telephone number under which a person is reached; the old and children share others' numbers.

    Invariants: the number is stored sealed only; `rank` 0 is tried first.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="telephones")
    number_sealed = models.BinaryField()
    rank = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=40, blank=True)

    @property
    def number(self) -> str:
        """The telephone number."""
        return vault.unseal_text(bytes(self.number_sealed), place="telephone.number", row=self.id)

    @classmethod
    def sealed(cls, *, person_id: UUID, number: str, rank: int = 0, note: str = "") -> Telephone:
        """A row for `number`, not saved."""
        row = uuid7()
        return cls(
            id=row,
            person_id=person_id,
            number_sealed=vault.seal_text(number, place="telephone.number", row=row),
            rank=rank,
            note=note,
        )


class PersonKey(models.Model):
    """Blind index: a keyed 64-bit hash of something a person can be found by (number, telephone, tail, name at door…).

    Invariants: made only by `lianfang.core.people.keys`; holds nothing that can be read without the index key.
    """

    pk = models.CompositePrimaryKey("key", "person_id")
    key = models.BigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")


class Residence(models.Model):
    """A person lived at a dwelling from a day until a day (exclusive).

    Invariants: it ends, if it ends, not before it begins; a person has at most one open residence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="residences")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="residences", db_index=False)
    kind = models.CharField(max_length=20, blank=True)
    starts_date = models.DateField()
    ends_date = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_date=None) | Q(ends_date__gte=F("starts_date")), name="residence_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_date=None), name="residence_one_open_for_a_person"
            ),
        ]
        indexes = [models.Index(fields=["dwelling", "ends_date"], name="residence_by_dwelling")]


class CareNeed(models.Model):
    """Someone needs special help for a time: never a label on a person, always a need with a period.

    Invariants: it ends, if it ends, after it begins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="care_needs")
    kind = models.CharField(max_length=30)
    starts_date = models.DateField()
    ends_date = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_date=None) | Q(ends_date__gt=F("starts_date")), name="care_need_ends_after_it_begins"
            )
        ]

    def in_force(self, day: date) -> bool:
        """Whether the need exists on `day`."""
        return self.starts_date <= day and (self.ends_date is None or day < self.ends_date)


class PersonMerge(models.Model):
    """Two records were found to be one person; what moved is kept, so that it can be taken back.

    Invariants: kept and merged differ; `moved` names every row that changed hands.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField()
    reason = models.CharField(max_length=200)
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two_records")]


class LedgerFigures(models.Model):
    """How common names, characters, birth dates and homes were when the ledger was counted; nothing about a person.

    Invariants: made only by `lianfang.core.people.figures`; the newest counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    counted_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    rarity = models.JSONField()
    signs = models.JSONField()
    places = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["counted_at"], name="figures_by_time")]
