"""Who has which door of a zone (分包), to the end: helpers with or without an account, and their doors."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianfang.capabilities.zone.models import Zone
from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Scoped
from lianfang.kernel.uuid7 import uuid7

PHONE = "zone_helper.phone"


class ZoneHelper(models.Model):
    """Someone who answers for doors of a zone; cadres sent from elsewhere need no account.

    Invariants: an account is a helper of a zone once; a helper has a name. The telephone is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="helpers")
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    phone_sealed = models.BinaryField(null=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "user"], name="zone_helper_once"),
            models.CheckConstraint(condition=~Q(name=""), name="zone_helper_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone(self) -> str:
        """The work telephone, or empty."""
        if not self.phone_sealed:
            return ""
        return vault.unseal_text(bytes(self.phone_sealed), place=PHONE, row=self.id)

    def keep_phone(self, number: str) -> None:
        """Seal `number` into this row (not saved)."""
        self.phone_sealed = vault.seal_text(number, place=PHONE, row=self.id) if number else None


class DoorContractQuerySet(Scoped["DoorContract"]):
    """Questions about who has which door."""

    permission = "people.read"


class DoorContract(models.Model):
    """A door of the zone and the one who has it. There is one at a time; who had it before is in the log.

    Invariants: a door has one helper in a zone; `path` is the door's path.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="contracts")
    helper = models.ForeignKey(ZoneHelper, on_delete=models.PROTECT, related_name="contracts")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="zone_contracts")
    path = models.CharField(max_length=48, db_collation="C")
    position = models.PositiveIntegerField()
    by_hand = models.BooleanField(default=False)

    objects = DoorContractQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "dwelling"], name="contract_one_for_a_door")]
        indexes = [models.Index(fields=["helper", "position"], name="contract_by_helper")]
