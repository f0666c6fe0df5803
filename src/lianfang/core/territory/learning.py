"""Names of compounds learned from corrections: lists write them, staff place the row by hand, the next list is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from lianfang.core.territory.gazetteer import current_gazetteer, forget
from lianfang.core.territory.models import LearnedAlias, Territory
from lianfang.kernel.doors import Gazetteer, compare_door_keys, read_door, unknown_name
from lianfang.kernel.doors import door_key as kernel_key

CORRECTIONS_TO_USE = 2
"""So many corrections, each by a command of its own, bring a name into use without anybody confirming it."""


def learn(compound: Territory, addresses: Iterable[str], *, door_key: str = "", now: datetime) -> list[LearnedAlias]:
    """One correction: rows with these addresses were placed in the compound, or at the door of `door_key` in it. The
    names in them that mean nothing yet count once each, and come into use at `CORRECTIONS_TO_USE` unless another
    compound was also called so. A row that writes another door than the one it was placed at tells nothing: whoever
    lives there may have moved."""
    gazetteer = current_gazetteer(day=timezone.localdate(now))
    names = {
        name
        for address in addresses
        if (name := unknown_name(address, gazetteer=gazetteer))
        and (not door_key or _same_door(address.replace(name, compound.name, 1), door_key, gazetteer))
    }
    learned = []
    for name in sorted(names):
        alias, _ = LearnedAlias.objects.select_for_update().get_or_create(territory=compound, name=name)
        alias.corrections, alias.changed_at = alias.corrections + 1, now
        others = LearnedAlias.objects.filter(name=name).exclude(territory=compound)
        disputed = others.exclude(standing=LearnedAlias.Standing.TAKEN_BACK).exists()
        proposed = alias.standing == LearnedAlias.Standing.PROPOSED
        if proposed and alias.corrections >= CORRECTIONS_TO_USE and not disputed:
            alias.standing = LearnedAlias.Standing.USED
        alias.save(update_fields=["corrections", "standing", "changed_at"])
        learned.append(alias)
    if learned:
        forget()
    return learned


def _same_door(address: str, key: str, gazetteer: Gazetteer) -> bool:
    return compare_door_keys(kernel_key(read_door(address, gazetteer=gazetteer)), key) in ("door", "door?")


def settle(alias: LearnedAlias, standing: LearnedAlias.Standing, *, now: datetime) -> None:
    """Bring a name into use or take it back."""
    alias.standing, alias.changed_at = standing, now
    alias.save(update_fields=["standing", "changed_at"])
    forget()


def is_free(alias: LearnedAlias, *, day: date) -> bool:
    """Whether nothing of ours has this name by now: no area, and no other compound by a learned alias."""
    if LearnedAlias.objects.filter(name=alias.name, standing=LearnedAlias.Standing.USED).exclude(id=alias.id).exists():
        return False
    return unknown_name(f"{alias.name}1幢101", gazetteer=current_gazetteer(day=day)) == alias.name
