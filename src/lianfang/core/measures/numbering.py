"""Numbers of orders and notices: one row per kind, area and year, taken under its lock; no number is used twice."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lianfang.core.actions.door import Command
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import PaperNumber
from lianfang.core.territory.models import Territory, prefixes

SIGNS = {"order": "隔", "notice": "解"}
"""The character that says which kind of paper a number belongs to."""

SUBDISTRICT_DEPTH = 2


def take(command: Command, kind: str, measures: Sequence[ControlMeasure]) -> dict[UUID, str]:
    """A number for each measure, such as 云澜街道隔〔2022〕0017号; must run inside a transaction."""
    year = timezone.localdate(command.now).year
    by_area: dict[str, list[ControlMeasure]] = {}
    for measure in measures:
        chain = prefixes(measure.path)
        by_area.setdefault(chain[min(SUBDISTRICT_DEPTH, len(chain)) - 1], []).append(measure)
    names = dict(Territory.objects.filter(path__in=list(by_area)).values_list("path", "name"))
    numbers: dict[UUID, str] = {}
    for path in sorted(by_area):
        first = _advance(kind, path, year, len(by_area[path]))
        for offset, measure in enumerate(by_area[path]):
            drill = "演" if measure.drill else ""
            numbers[measure.id] = f"{names.get(path, '')}{SIGNS[kind]}{drill}〔{year}〕{first + offset:04d}号"
    return numbers


def _advance(kind: str, path: str, year: int, count: int) -> int:
    with transaction.atomic():
        PaperNumber.objects.get_or_create(kind=kind, path=path, year=year)
        counter = PaperNumber.objects.select_for_update().get(kind=kind, path=path, year=year)
        first = counter.upcoming
        counter.upcoming = first + count
        counter.save(update_fields=["upcoming"])
    return first
