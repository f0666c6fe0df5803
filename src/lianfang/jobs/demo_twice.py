"""People of the demo town whom two offices registered, each in its own way: the ledger holds them twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from lianfang.core.people.registering import NewPerson, register_people
from lianfang.jobs.demo_lists import SOUND_ALIKE, Resident
from lianfang.jobs.demo_people import Numbers

TWICE = 24
"""How many at scale 1 (house choice)."""


def register_again(
    residents: Sequence[Resident], *, random: Random, numbers: Numbers, count: int, now: datetime
) -> None:
    """Register `count` of the residents a second time, most of them at the door they have moved to."""
    known = [
        one.person
        for one in residents
        if one.person.dwelling is not None and one.number and one.phone and one.person.identities[0][2]
    ]
    chosen = random.sample(known, min(count, len(known)))
    again = [_again(one, random.choice(known), at, numbers) for at, one in enumerate(chosen)]
    homes = [one.dwelling for one in again if one.dwelling is not None]
    codes = {home.compound_id: home.compound.code for home in homes if home.compound_id and home.compound is not None}
    register_people(again, now=now, compound_codes=codes)


def _again(one: NewPerson, neighbour: NewPerson, at: int, numbers: Numbers) -> NewPerson:
    """The second record. In turn: with a new telephone; without the number; at the same door, the name as it sounds
    and without the number; the number with two digits swapped."""
    moved = replace(one, dwelling=neighbour.dwelling, group="", household_id=None, relation="", residence_from=None)
    kind, number, _valid = one.identities[0]
    match at % 4:
        case 0:
            return replace(moved, phones=(numbers.phone(),))
        case 1:
            return replace(moved, identities=())
        case 2:
            name = one.name[:1] + "".join(SOUND_ALIKE.get(character, character) for character in one.name[1:])
            return replace(moved, dwelling=one.dwelling, name=name, identities=())
        case _:
            slipped = number[:-3] + number[-2] + number[-3] + number[-1]
            return replace(moved, identities=((kind, slipped, slipped == number),))
