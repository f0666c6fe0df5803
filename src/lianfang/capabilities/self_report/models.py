"""Posters, households' reports, companies' staff files, plates to look out for. What residents wrote is sealed."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.lists.models import SourceList
from lianfang.core.people.models import Scoped
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7


class PosterKind(models.TextChoices):
    """Who scans a poster."""

    HOUSEHOLD = "household", _("Households who live here")
    COMPANY = "company", _("Companies resuming work")


class PosterQuerySet(Scoped["Poster"]):
    """Questions about posters."""

    permission = "self_report.handle"


class Poster(models.Model):
    """A sheet on the wall: its code leads to the page where people of one area report themselves.

    Invariants: a code belongs to one poster; it ends after it begins; an area has one poster of a kind that nobody has
    closed; a closed one says who closed it and when.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")
    kind = models.CharField(max_length=10, choices=PosterKind.choices)
    code = models.CharField(max_length=8, unique=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = PosterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="poster_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="poster_closed_by_someone",
            ),
            models.UniqueConstraint(
                fields=["territory", "kind"], condition=Q(closed_at=None), name="poster_one_open_for_an_area"
            ),
        ]
        indexes = [models.Index(fields=["path", "made_at"], name="poster_by_path")]

    def is_open(self, at: datetime) -> bool:
        """Whether its page takes anything at `at` (aware)."""
        return self.closed_at is None and self.starts_at <= at < self.ends_at


class Channel(models.TextChoices):
    """How a report came."""

    PAGE = "page", _("The resident's phone")
    COUNTER = "counter", _("Counter or paper")


class ReportState(models.TextChoices):
    """What has become of one version of a report."""

    WAITING = "waiting", _("To be taken up")
    LISTED = "listed", _("Taken up")
    REPLACED = "replaced", _("Corrected before it was taken up")
    CORRECTED = "corrected", _("Corrected by the resident, to look at")
    WITHDRAWN = "withdrawn", _("Withdrawn by the resident, to look at")
    SETTLED = "settled", _("Looked at")
    ERASED = "erased", _("Withdrawn before it was taken up")
    FAILED = "failed", _("Could not be read")


class HouseholdReportQuerySet(Scoped["HouseholdReport"]):
    """Questions about reports."""

    permission = "self_report.handle"


class HouseholdReport(models.Model):
    """One version of what a household reported of itself, sealed as it came.

    Invariants: a report has each version once, from 1; only its first version has the key of the resident's code; one
    taken up names its list and its first row there; one that was withdrawn holds nothing any more; one that came over
    the counter says who wrote it down.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report_id = models.UUIDField()
    version = models.PositiveSmallIntegerField(default=1)
    poster = models.ForeignKey(Poster, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.PAGE)
    received_at = models.DateTimeField()
    people = models.PositiveSmallIntegerField()
    code_key = models.BigIntegerField(null=True)
    content_sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.WAITING)
    fault = models.CharField(max_length=40, blank=True)
    building = models.CharField(max_length=80, blank=True)
    source_list = models.ForeignKey(
        SourceList, on_delete=models.SET_NULL, null=True, related_name="household_reports", db_index=False
    )
    first_row = models.PositiveIntegerField(null=True)
    wrong_tails = models.PositiveSmallIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)

    objects = HouseholdReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report_id", "version"], name="self_report_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, code_key__isnull=False) | Q(version__gt=1, code_key=None),
                name="self_report_code_of_the_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="listed") | Q(first_row__isnull=False), name="self_report_listed_has_its_row"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withdrawn", "erased"]) | Q(content_sealed=b""),
                name="self_report_withdrawn_holds_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(channel="counter") | Q(recorded_by__isnull=False), name="self_report_counter_says_who"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "received_at"], name="self_report_by_path"),
            # Written at every submission: only what somebody looks for is indexed.
            models.Index(fields=["code_key"], name="self_report_by_code", condition=~Q(code_key=None)),
            models.Index(fields=["path"], name="self_report_waiting", condition=Q(state="waiting")),
            models.Index(
                fields=["path"],
                name="self_report_to_look_at",
                condition=Q(state__in=["corrected", "withdrawn", "failed"]),
            ),
            models.Index(fields=["source_list"], name="self_report_by_list", condition=~Q(source_list=None)),
        ]

    @property
    def content(self) -> dict[str, Any]:
        """What was reported (`rules.plain_of`); empty when it was withdrawn."""
        if not self.content_sealed:
            return {}
        kept: dict[str, Any] = json.loads(vault.unseal(bytes(self.content_sealed), place=PLACE, row=self.id))
        return kept


PLACE = "self_report.content"


class CompanyState(models.TextChoices):
    """What has become of a company's staff file."""

    WAITING = "waiting", _("To be looked at")
    RELEASED = "released", _("Released as a list")
    DECLINED = "declined", _("Declined")


class CompanyReportQuerySet(Scoped["CompanyReport"]):
    """Questions about companies."""

    permission = "self_report.handle"


class CompanyReport(models.Model):
    """A company that registers to resume work, with the file of its staff.

    Invariants: a stranger's file becomes a list only when somebody released it; one decided says who decided and when;
    one declined says why, and its file is removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    poster = models.ForeignKey(Poster, on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=48, db_collation="C")
    received_at = models.DateTimeField()
    employer = models.CharField(max_length=80)
    credit_code = models.CharField(max_length=18)
    contact_sealed = models.BinaryField()
    filename = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    file_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=CompanyState.choices, default=CompanyState.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    source_list = models.ForeignKey(SourceList, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)

    objects = CompanyReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | Q(~Q(state="waiting"), decided_by__isnull=False, decided_at__isnull=False),
                name="company_decided_by_someone",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="company_declined_says_why"),
        ]
        indexes = [models.Index(fields=["path", "received_at"], name="company_by_path")]

    @property
    def contact(self) -> dict[str, str]:
        """Name and telephone of whom to ask."""
        kept: dict[str, str] = json.loads(
            vault.unseal(bytes(self.contact_sealed), place="company.contact", row=self.id)
        )
        return kept


class PlateRuleQuerySet(Scoped["PlateRule"]):
    """Questions about plates to look out for."""

    permission = "self_report.handle"

    def in_force(self, day: date) -> Self:
        """Those that count on `day`."""
        return self.filter(starts_date__lte=day, ends_date__gt=day)


class PlateRule(models.Model):
    """Vehicles with plates that begin so are looked at, because they come from an area with cases.

    Invariants: it ends after it begins (the end is exclusive); it says from where; an area has a beginning of plates
    once for the same first day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=48, db_collation="C")
    prefix = models.CharField(max_length=8)
    whence = models.CharField(max_length=60)
    starts_date = models.DateField()
    ends_date = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = PlateRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_date__gt=F("starts_date")), name="plate_rule_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(prefix="") & ~Q(whence=""), name="plate_rule_says_whence"),
            models.UniqueConstraint(fields=["territory", "prefix", "starts_date"], name="plate_rule_once"),
        ]
