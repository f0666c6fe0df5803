"""Where: the tree of areas, from the county down to the entrance of a building."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.uuid7 import uuid7

STEP = 4
"""Characters of a path per level (base 36): 1,679,616 children under one parent."""


class Level(models.TextChoices):
    """Levels of an area. A compound lies beside the grids of its community: a building names both.

    A gate is a named place of its compound (or community) where people go in and out; nobody lives under it.
    """

    COUNTY = "county", _("County")
    SUBDISTRICT = "subdistrict", _("Subdistrict")
    COMMUNITY = "community", _("Community")
    GRID = "grid", _("Grid")
    COMPOUND = "compound", _("Compound")
    BUILDING = "building", _("Building")
    ENTRANCE = "entrance", _("Entrance")
    GATE = "gate", _("Gate")


def name_characters() -> Func:
    """The characters of an area's name. Chinese names are too short for an index of trigrams: two characters make
    none, so the characters themselves are indexed."""
    return Func(F("name"), Value(None), function="string_to_array", output_field=ArrayField(models.TextField()))


class TerritoryQuerySet(models.QuerySet["Territory"]):
    """Questions about areas."""

    def under(self, path: str) -> Self:
        """The area at `path` and everything below it."""
        return self.filter(path__startswith=path)

    def in_force(self, day: date) -> Self:
        """Areas that exist on `day`."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def named_like(self, text: str) -> Self:
        """Areas whose name contains `text`, or whose alias or code is `text`."""
        contained = Q(characters__contains=list(dict.fromkeys(text)), name__contains=text)
        return self.alias(characters=name_characters()).filter(contained | Q(aliases__contains=[text]) | Q(code=text))

    def above(self, path: str) -> Self:
        """The area at `path` and everything it lies in, widest first."""
        return self.filter(path__in=prefixes(path)).order_by("path")


class Territory(models.Model):
    """One area.

    Invariants: a code belongs to one area; `path` is the parent's path and `STEP` more characters, so everything below
    an area shares its prefix; `valid_to` (exclusive) is after `valid_from`; only a building or entrance names a
    compound. Codes follow GB/T 2260 and GB/T 10114 (6, 9, 12 digits; a grid has 15), others are the site's own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    level = models.CharField(max_length=12, choices=Level.choices)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    path = models.CharField(max_length=48, unique=True, db_collation="C")
    compound = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="buildings")
    kind = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")

    changed_at = models.DateTimeField(default=timezone.now)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")),
                name="territory_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(compound=None) | Q(level__in=["building", "entrance"]),
                name="territory_compound_of_building",
            ),
        ]
        indexes = [
            models.Index(fields=["level", "path"], name="territory_by_level"),
            GinIndex(name_characters(), name="territory_by_characters"),
            GinIndex(fields=["aliases"], name="territory_by_alias"),
        ]

    def __str__(self) -> str:
        return self.name


class LearnedAlias(models.Model):
    """A name under which lists wrote a compound, learned when staff placed their rows there by hand.

    Invariants: a compound has a name once; a name in use means one compound only. A name is in use when two corrections
    or a person confirmed it; one taken back is never learned again, only a person brings it back.
    """

    class Standing(models.TextChoices):
        """Whether addresses are read with it."""

        PROPOSED = "proposed", _("Proposed")
        USED = "used", _("In use")
        TAKEN_BACK = "taken_back", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="learned_aliases")
    name = models.CharField(max_length=60)
    corrections = models.PositiveIntegerField(default=0)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.PROPOSED)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "name"], name="alias_once_per_territory"),
            models.UniqueConstraint(fields=["name"], condition=Q(standing="used"), name="alias_used_means_one"),
        ]

    def __str__(self) -> str:
        return self.name


def prefixes(path: str) -> list[str]:
    """Paths of the area and of all areas it lies in, widest first: ``0001`` , ``00010002``…"""
    return [path[: i + STEP] for i in range(0, len(path), STEP)]


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def step(number: int) -> str:
    """The path segment of the `number`-th child (from 1)."""
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = _DIGITS[rest] + text
    return text.rjust(STEP, "0")
