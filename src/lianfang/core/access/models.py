"""Who may do what, where, until when; and who answers for a door."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault
from lianfang.core.access.roles import PERMISSIONS, TOTP_ROLES, Role
from lianfang.core.kept import Given, Kept
from lianfang.core.territory.models import Territory, prefixes
from lianfang.kernel.uuid7 import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes accounts; authority comes from grants, never from a flag on the account."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Make an account; without a password it cannot log in."""
        user = User(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account of one person on duty.

    Invariants: accounts are personal (one person, one account); an account has no authority of its own, only through
    grants; there is no superuser.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    large_type = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.display_name

    @cached_property
    def authority(self) -> Authority:
        """What the grants in force at this moment allow; read once per request."""
        return Authority.of(self, at=timezone.now())

    @property
    def totp_required(self) -> bool:
        """Whether one of the account's roles asks for a second factor."""
        return bool(self.authority.roles & TOTP_ROLES)


class GrantQuerySet(models.QuerySet["Grant"]):
    """Questions about grants."""

    def in_force(self, at: datetime | Given) -> Self:
        """Begun, not ended at `at`, and not waiting for a second pair of eyes."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, waits=False)

    def waiting(self, at: datetime) -> Self:
        """Not ended at `at`, and without effect until someone of command confirms them."""
        return self.filter(waits=True, ends_at__gt=at)


class Grant(models.Model):
    """A role given to an account for an area and a time.

    Invariants: every grant ends, after it begins; nobody grants to themselves; nobody confirms their own role or a
    role they gave; a grant that waits has no effect and is confirmed by nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    waits = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="grant_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="grant_not_to_oneself"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("granted_by")),
                name="grant_confirmed_by_another",
            ),
            models.CheckConstraint(condition=Q(waits=False) | Q(confirmed_by=None), name="grant_waiting_unconfirmed"),
        ]


_GRANTS = Kept(
    lambda user, at: Grant.objects.in_force(at).filter(user=user).values_list("role", "territory__path"),
    user=models.UUIDField(),
    at=models.DateTimeField(),
)


class Authority:
    """Permissions of one account at one moment: permission → area paths. `key` is equal for equal authority."""

    def __init__(self, *, roles: frozenset[str], scopes: dict[str, tuple[str, ...]]) -> None:
        self.roles = roles
        self._scopes = scopes
        self.key = tuple(scopes.items())

    @classmethod
    def of(cls, user: User, *, at: datetime) -> Authority:
        """Read the grants in force at `at` (one query). An inactive account has none."""
        if not user.is_active:
            return cls(roles=frozenset(), scopes={})
        found: dict[str, set[str]] = {}
        roles = set()
        for role, path in _GRANTS.rows(user=user.pk, at=at):
            roles.add(role)
            for permission in PERMISSIONS[role]:
                found.setdefault(permission, set()).add(path)
        scopes = {p: tuple(s for s in sorted(found[p]) if not _covered(s, found[p])) for p in sorted(found)}
        return cls(roles=frozenset(roles), scopes=scopes)

    def scopes(self, permission: str) -> tuple[str, ...]:
        """Paths of the widest areas in which the permission holds; empty if nowhere."""
        return self._scopes.get(permission, ())

    def may(self, permission: str, *, path: str | None = None) -> bool:
        """Whether the permission holds at `path`, or anywhere if no path is given."""
        scopes = self.scopes(permission)
        return bool(scopes) if path is None else any(path.startswith(scope) for scope in scopes)


def _covered(path: str, paths: set[str]) -> bool:
    return any(path != other and path.startswith(other) for other in paths)


class Answerer(models.TextChoices):
    """Roles in the responsibility net of an area (seed articles: four named people per grid)."""

    GRID_WORKER = "grid_worker", _("Grid worker")
    DEPUTY = "deputy", _("Deputy grid worker")
    CADRE = "cadre", _("Community cadre")
    SECRETARY = "secretary", _("Community secretary")
    POLICE = "police", _("Police officer")
    DOCTOR = "doctor", _("Doctor")
    BUILDING_HEAD = "building_head", _("Building head")
    ENTRANCE_HEAD = "entrance_head", _("Entrance head")
    LEADER = "leader", _("Contact leader")
    COMMAND = "command", _("Commander")
    DESK = "desk", _("Data desk")


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    """Questions about the responsibility net."""

    def in_force(self, at: datetime) -> Self:
        """Begun and not ended at `at`."""
        return self.filter(starts_at__lte=at).filter(Q(ends_at=None) | Q(ends_at__gt=at))

    def for_door(self, path: str, *, at: datetime) -> Self:
        """Everyone who answers for the door at `path`, nearest area first: the whole net in one query."""
        return self.in_force(at).filter(path__in=prefixes(path)).select_related("user", "territory").order_by("-path")


class Responsibility(models.Model):
    """A named person answers for an area in a role.

    Invariants: `path` is the area's path; it ends, if it ends, after it begins. The telephone is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="responsibilities")
    path = models.CharField(max_length=48, db_collation="C")
    role = models.CharField(max_length=16, choices=Answerer.choices)
    name = models.CharField(max_length=60)
    phone_sealed = models.BinaryField(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="responsibilities")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="responsibility_ends_after_it_begins"
            )
        ]
        indexes = [models.Index(fields=["path", "role"], name="responsibility_by_path")]

    @property
    def phone(self) -> str:
        """The work telephone, or empty."""
        if not self.phone_sealed:
            return ""
        return vault.unseal_text(bytes(self.phone_sealed), place="responsibility.phone", row=self.id)

    def keep_phone(self, number: str) -> None:
        """Seal `number` into this row (not saved)."""
        self.phone_sealed = vault.seal_text(number, place="responsibility.phone", row=self.id) if number else None


class OffDuty(models.Model):
    """A time in which an account gets no new work: the deputy answers.

    Invariants: it ends after it begins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="off_duty")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="off_duty_ends_after_it_begins")
        ]


def off_duty_users(*, at: datetime) -> frozenset[UUID]:
    """Accounts that get no new work at `at`."""
    return frozenset(OffDuty.objects.filter(starts_at__lte=at, ends_at__gt=at).values_list("user_id", flat=True))
