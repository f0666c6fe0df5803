"""Finding people and doors the way people ask: a name, pinyin initials, a door, a telephone, the tail of a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from lianfang.core import vault
from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Person, PersonKey, PersonQuerySet
from lianfang.core.territory.gazetteer import current_gazetteer
from lianfang.kernel.cells import clean_text
from lianfang.kernel.doors import door_key, door_keys_loose, read_door
from lianfang.kernel.pinyin import simplified

MOST = 30
"""Hits of one kind in an answer."""

_LATIN = re.compile(r"[A-Za-z' ]{2,40}")
_TAIL = re.compile(r"\d{3}[\dXx]")
_NUMBER = re.compile(r"[A-Za-z]?\d{6,18}[\dXx]?|\d{3,4}-\d{7,8}")
_DOOR_SHORT = re.compile(r"[0-9A-Za-z]+(?:[-#.]\d+){0,2}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `how` says by what the text was understood (name, pinyin, number, tail, door)."""

    people: tuple[Person, ...]
    dwellings: tuple[Dwelling, ...]
    how: tuple[str, ...]


def search(*, actor: User, text: str, now: datetime) -> Found:
    """People and dwellings the actor may see that fit `text`. An empty text finds nothing."""
    text = clean_text(text)[:80]
    if not text:
        return Found((), (), ())
    compact = text.replace(" ", "")
    people: dict[UUID, Person] = {}
    dwellings: dict[UUID, Dwelling] = {}
    how: list[str] = []
    visible = Person.objects.visible_to(actor).current().select_related("dwelling")

    def keep(kind: str, hits: list[Person]) -> None:
        people.update((hit.id, hit) for hit in hits)
        if hits:
            how.append(kind)

    if _NUMBER.fullmatch(compact):
        keep("number", _by_keys(visible, [("id", compact.upper()), ("phone", compact)]))
    if _TAIL.fullmatch(compact):
        keep("tail", _by_keys(visible, [("find.id4", compact.upper()), ("find.phone4", compact)]))
    if _LATIN.fullmatch(text):
        keep("pinyin", _by_pinyin(visible, text))
    elif not compact[0].isascii():
        keep("name", list(visible.filter(name__startswith=compact).order_by("name", "path")[:MOST]))
        if not people and simplified(compact) != compact:
            keep("name", list(visible.filter(name__startswith=simplified(compact)).order_by("name", "path")[:MOST]))
    if any(character.isdigit() for character in compact):
        found = _doors(actor, text, now)
        dwellings.update((hit.id, hit) for hit in found)
        if found:
            how.append("door")
    return Found(tuple(people.values())[:MOST], tuple(dwellings.values())[:MOST], tuple(how))


def _by_keys(visible: PersonQuerySet, keys: list[tuple[str, str]]) -> list[Person]:
    blind = [vault.blind_key(kind, value) for kind, value in keys]
    found = PersonKey.objects.filter(key__in=blind).values("person_id")
    return list(visible.filter(id__in=found).order_by("path", "id")[:MOST])


def _by_pinyin(visible: PersonQuerySet, text: str) -> list[Person]:
    letters = re.sub(r"[' ]", "", text).lower()
    exact = list(visible.filter(initials=letters).order_by("path", "id")[:MOST])
    rest = visible.filter(Q(initials__startswith=letters) | Q(pinyin__startswith=letters))
    return exact if len(exact) >= MOST else exact + list(rest.exclude(initials=letters)[: MOST - len(exact)])


def _doors(actor: User, text: str, now: datetime) -> list[Dwelling]:
    visible = Dwelling.objects.visible_to(actor).select_related("compound")
    compact = text.replace(" ", "")
    if _DOOR_SHORT.fullmatch(compact):
        short = re.sub(r"[#.]", "-", compact)
        exact = Q(door_short=short)
        if short.count("-") == 1:
            building, room = short.split("-")
            exact |= Q(door_short__startswith=f"{building}-", door_short__endswith=f"-{room}")
        hits = list(visible.filter(exact).order_by("path", "door_short")[:MOST])
        return hits or list(visible.filter(door_short__startswith=short).order_by("door_short", "path")[:MOST])
    door = read_door(text, gazetteer=current_gazetteer(day=timezone.localdate(now)))
    key = door_key(door)
    if door.precision == "door" and key:
        hits = list(visible.filter(door_key__in=[key, *door_keys_loose(door)])[:MOST])
        if hits:
            return hits
    if door.area_code:
        return (
            list(visible.filter(door_key__startswith=f"{key.split('|')[0]}|b{door.building}|")[:MOST])
            if door.building
            else []
        )
    return []
