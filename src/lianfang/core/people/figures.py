"""How common names, characters, birth dates and homes are in the ledger: what an agreement between strangers is worth.

Counted by the database over everyone, kept as one row, and counted again once a day and when the ledger has grown. No
figure is about a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count

from lianfang.core.bulk import AnyOf
from lianfang.core.people.models import Dwelling, LedgerFigures, Person
from lianfang.core.territory.models import Territory
from lianfang.kernel.uuid7 import uuid7
from lianfang.matching.rarity import Rarity, good_turing

_BY_CHANCE: Final = 1e-4
"""Chance that two strangers' numbers or telephones end in the same four digits: they are given out evenly."""
_GROWN, _FEW = 0.1, 200
"""The ledger is counted again when it has changed by so large a share, or by so many people while it is small."""
_A_DAY: Final = timedelta(days=1)
_NAMES: Final = "FROM people_person WHERE merged_into_id IS NULL"
_CHINESE: Final = f"{_NAMES} AND char_length(name) BETWEEN 2 AND 4 AND name ~ '^[一-鿿]'"
_AGREE: Final = "SELECT sum(n * n) / sum(n) ^ 2 FROM (SELECT count(*)::float8 AS n"
_SQL: Final = {
    "times": f"SELECT n, count(*) FROM (SELECT count(*) AS n {_NAMES} GROUP BY name) AS names GROUP BY n",  # noqa: S608
    "lengths": f"SELECT least(char_length(name), 4), count(*) {_NAMES} GROUP BY 1",
    "birth": f"{_AGREE} {_NAMES} AND birth_date IS NOT NULL GROUP BY birth_date) AS days",
    **{
        f"sign{spot}": f"SELECT substr(name, {spot}, 1), count(*) {_CHINESE} AND char_length(name) >= {spot} GROUP BY 1"
        for spot in (1, 2, 3)
    },
}
"""Raw, because the database must count a million names where they are (three seconds, once a day)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`signs`: shares of characters at the first, second and third place of names. `places`: people and buildings of a
    compound by its code."""

    rarity: Rarity
    signs: tuple[dict[str, float], ...]
    places: dict[str, tuple[int, int]]


def current_figures(*, now: datetime) -> Figures:
    """The figures of the ledger as it is, counted anew if those kept are too old."""
    kept = LedgerFigures.objects.order_by("-counted_at").first()
    people = Person.objects.current().count()
    if kept is None or abs(people - kept.people) > max(_FEW, _GROWN * kept.people):
        kept = _keep(people, now)
    return _figures(kept)


def refresh(*, now: datetime) -> int:
    """Count anew what was counted more than a day ago; how often it was done (0 or 1)."""
    if LedgerFigures.objects.filter(counted_at__gt=now - _A_DAY).exists() or not LedgerFigures.objects.exists():
        return 0
    _keep(Person.objects.current().count(), now)
    return 1


def names_held(names: Iterable[str]) -> dict[str, int]:
    """How many people have each of these names."""
    return _held("name", names)


def sounds_held(pinyin: Iterable[str]) -> dict[str, int]:
    """How many people have names that sound like these (`kernel.pinyin.pinyin_full`)."""
    return _held("pinyin", pinyin)


def _held(column: str, values: Iterable[str]) -> dict[str, int]:
    found = Person.objects.filter(AnyOf(column, set(values))).values_list(column).annotate(n=Count("id")).order_by()
    return dict(found)


def _keep(people: int, now: datetime) -> LedgerFigures:
    told = {name: _rows(sql) for name, sql in _SQL.items()}
    total = sum(count for _, count in told["lengths"]) or 1
    lengths = {length: count / total for length, count in told["lengths"]}
    rarity = Rarity(
        people=people,
        birth=float(told["birth"][0][0] or _BY_CHANCE),
        last_four=_BY_CHANCE,
        phone_ends=_BY_CHANCE,
        seen=good_turing(dict(told["times"])),
        lengths=tuple(lengths.get(length, 0.0) for length in range(5)),
    )
    with transaction.atomic():
        kept = LedgerFigures(
            id=uuid7(),
            counted_at=now,
            people=people,
            rarity=rarity.as_dict(),
            signs=[_shares(told[f"sign{spot}"]) for spot in (1, 2, 3)],
            places=_places(),
        )
        kept.save(force_insert=True)
        LedgerFigures.objects.filter(counted_at__lt=now - _A_DAY).delete()
    return kept


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _shares(counted: list[tuple[Any, ...]]) -> dict[str, float]:
    total = sum(count for _, count in counted) or 1
    return {sign: count / total for sign, count in counted}


def _places() -> dict[str, list[int]]:
    homes = Dwelling.objects.exclude(compound=None).values_list("compound").order_by()
    people = dict(homes.annotate(n=Count("people")))
    buildings = dict(homes.annotate(n=Count("building", distinct=True)))
    codes = dict(Territory.objects.filter(AnyOf("id", set(people))).values_list("id", "code"))
    return {codes[place]: [count, max(buildings.get(place, 1), 1)] for place, count in people.items()}


def _figures(kept: LedgerFigures) -> Figures:
    places = {code: (people, buildings) for code, (people, buildings) in kept.places.items()}
    return Figures(Rarity.from_dict(kept.rarity), tuple(kept.signs), places)
