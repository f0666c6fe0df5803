"""A sensor goes on a door with consent, and comes off when nobody is isolated behind it any more."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.isolation.keys import hash_of, key_of
from lianfang.capabilities.isolation.models import DoorSensor, isolated_at
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.models import Dwelling, Person
from lianfang.kernel.uuid7 import uuid7

NOBODY_ISOLATED = refusal(
    "isolation.nobody_isolated", _("Nobody is in home isolation behind this door. A sensor here must be removed.")
)
NO_CONSENT = refusal(
    "isolation.no_consent", _("Write down who of this household consented, when, and how (form number or words).")
)
FITTED_ALREADY = refusal("isolation.fitted_already", _("This door already has a sensor. Remove it first."))
DEVICE_IN_USE = refusal("isolation.device_in_use", _("This device is on another door. Remove it there first."))
BAD_DEVICE = refusal(
    "isolation.bad_device", _("A device code has at most 40 letters, digits, full stops, colons, dashes.")
)
BAD_GATEWAY = refusal(
    "isolation.bad_gateway", _("A gateway's name has at most 40 letters, digits, full stops, colons, dashes.")
)
REMOVED_ALREADY = refusal("isolation.removed_already", _("This sensor was removed before."))

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")


@action("isolation.fit")
def fit(
    command: Command,
    *,
    dwelling_id: UUID,
    device: str,
    consented_by_id: UUID | None,
    consented_at: datetime,
    consent_basis: str,
    gateway: str = "",
) -> Answer:
    """Put a sensor on a door. `new_key` tells whether its key is a new one (`keys.key_of` this command) or the one its
    gateway already has.

    Only where somebody is isolated at home, and only with the consent of somebody who lives there.
    """
    scopes = command.require_somewhere("measures.operate")
    dwelling = Dwelling.objects.in_scopes(scopes).select_for_update(of=("self",)).filter(id=dwelling_id).first()
    if dwelling is None:
        raise NotFound("dwelling")
    device, gateway = device.strip(), gateway.strip()
    _refuse_wrong(command, dwelling, device=device, gateway=gateway)
    basis = consent_basis.strip()[:200]
    here = Person.objects.current().filter(dwelling=dwelling)
    if (
        not basis
        or consented_at > command.now
        or consented_by_id is None
        or not here.filter(id=consented_by_id).exists()
    ):
        raise Refusal("isolation.no_consent")
    shared = _key_of_gateway(scopes, gateway)
    sensor = DoorSensor.objects.create(
        id=uuid7(),
        dwelling=dwelling,
        path=dwelling.path,
        device=device,
        gateway=gateway,
        key_hash=shared or hash_of(key_of(command.id)),
        consented_by_id=consented_by_id,
        consented_at=consented_at,
        consent_basis=basis,
        fitted_at=command.now,
        fitted_by=command.actor,
    )
    _note(command, "isolation.fit", sensor)
    return {"sensor": str(sensor.id), "new_key": shared is None}


def _refuse_wrong(command: Command, dwelling: Dwelling, *, device: str, gateway: str) -> None:
    if not _CODE.fullmatch(device):
        raise Refusal("isolation.bad_device")
    if gateway and not _CODE.fullmatch(gateway):
        raise Refusal("isolation.bad_gateway")
    if not isolated_at(dwelling.id).filter(starts_at__lte=command.now).exists():
        raise Refusal("isolation.nobody_isolated")
    fitted = DoorSensor.objects.fitted()
    if fitted.filter(dwelling=dwelling).exists():
        raise Refusal("isolation.fitted_already")
    if fitted.filter(device=device).exists():
        raise Refusal("isolation.device_in_use")


def _key_of_gateway(scopes: tuple[str, ...], gateway: str) -> bytes | None:
    """The kept hash of a gateway that already serves doors of the actor's area."""
    if not gateway:
        return None
    served = DoorSensor.objects.fitted().in_scopes(scopes).filter(gateway=gateway).order_by("fitted_at", "id")
    kept = served.values_list("key_hash", flat=True).first()
    return None if kept is None else bytes(kept)


@action("isolation.renew_key")
def renew_key(command: Command, *, sensor_id: UUID) -> Answer:
    """Give a sensor, and all others behind its gateway in the actor's area, a new key (`keys.key_of` this command).

    The old one is worth nothing from now on.
    """
    scopes, sensor = _fitted(command, sensor_id)
    alike = DoorSensor.objects.fitted().in_scopes(scopes).filter(id=sensor.id)
    if sensor.gateway:
        alike = DoorSensor.objects.fitted().in_scopes(scopes).filter(gateway=sensor.gateway)
    changed = alike.update(key_hash=hash_of(key_of(command.id)))
    _note(command, "isolation.renew_key", sensor, sensors=changed)
    return {"sensor": str(sensor.id), "sensors": changed}


@action("isolation.remove")
def remove(command: Command, *, sensor_id: UUID) -> Answer:
    """Take a sensor off its door. Its events are no longer taken."""
    _scopes, sensor = _fitted(command, sensor_id)
    sensor.removed_at, sensor.removed_by = command.now, command.actor
    sensor.save(update_fields=["removed_at", "removed_by"])
    _note(command, "isolation.remove", sensor)
    return {"sensor": str(sensor.id)}


def _fitted(command: Command, sensor_id: UUID) -> tuple[tuple[str, ...], DoorSensor]:
    """The sensor, locked, if it is on a door of the actor's area."""
    scopes = command.require_somewhere("measures.operate")
    sensors = DoorSensor.objects.in_scopes(scopes).select_for_update(of=("self",))
    sensor = sensors.filter(id=sensor_id).first()
    if sensor is None:
        raise NotFound("sensor")
    if sensor.removed_at is not None:
        raise Refusal("isolation.removed_already")
    return scopes, sensor


def _note(command: Command, code: str, sensor: DoorSensor, **facts: object) -> None:
    command.note(code, path=sensor.path, subject_kind="dwelling", subject_id=sensor.dwelling_id, facts=facts)
