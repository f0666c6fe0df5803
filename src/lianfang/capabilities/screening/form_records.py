"""Rows of lists with their results as records for upper-level forms, under our own field names (`labels.FIELDS`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from lianfang.capabilities.screening.outcome_words import DOCUMENT_TEXTS, SEX_TEXTS
from lianfang.capabilities.screening.own_values import Measure, Saying, detail_of, result_of, values_of
from lianfang.capabilities.screening.results import DONE, RowResult, results_of
from lianfang.core.access.models import Responsibility
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Level, Territory, prefixes

CHUNK = 1000
Record = dict[str, str | int | date | datetime]


def saying_for(results: Iterable[RowResult], *, say_open: bool, now: datetime) -> Saying:
    """Measures in force on these people and the work telephones of those who checked them; two queries."""
    results = list(results)
    people = {one.person_id for one in results if one.person_id}
    doers = {one.by_id for one in results if one.by_id}
    measures = {
        measure.person_id: Measure.of(measure)
        for measure in ControlMeasure.objects.in_force(now).filter(person_id__in=people).order_by("starts_at")
    }
    phones = {
        one.user_id: one.phone
        for one in Responsibility.objects.in_force(now).filter(user_id__in=doers, phone_sealed__isnull=False)
        if one.user_id
    }
    return Saying(say_open=say_open, measures=measures, phones=phones)


class Areas:
    """Names and codes of the areas a path lies in."""

    def __init__(self, *, day: date) -> None:
        levels = (Level.COUNTY, Level.SUBDISTRICT, Level.COMMUNITY, Level.GRID)
        found = Territory.objects.in_force(day).filter(level__in=levels)
        self._by_path = {area.path: area for area in found}

    def of(self, path: str) -> Record:
        """``area.community`` (code), ``area.community.name`` and so on, as far down as `path` goes."""
        found: Record = {}
        for prefix in prefixes(path):
            area = self._by_path.get(prefix)
            if area is not None:
                found[f"area.{area.level}"] = area.code
                found[f"area.{area.level}.name"] = area.name
        return found


def records_of(source_list: SourceList, *, only_done: bool, now: datetime) -> Iterator[Record]:
    """A record per person on a row, in the order of the file. `only_done`: leave out what has no result yet."""
    areas = Areas(day=timezone.localdate(now))
    stream = (one for one in results_of(source_list) if one.standing == DONE or not only_done)
    while chunk := list(islice(stream, CHUNK)):
        saying = saying_for(chunk, say_open=False, now=now)
        rows = ListRow.objects.in_bulk([one.row_id for one in chunk])
        people = _people({one.person_id for one in chunk if one.person_id})
        sizes = dict(
            Person.objects.current()
            .filter(household_id__in={person.household_id for person in people.values()})
            .values_list("household_id")
            .annotate(n=Count("id"))
        )
        for one in chunk:
            person = people.get(one.person_id) if one.person_id else None
            record = _told(rows[one.row_id].facts)
            record |= _known(record, person, areas=areas, sizes=sizes)
            record |= _found(one, saying)
            record["list.row"] = one.data_row
            yield {name: value for name, value in record.items() if value != ""}


def _people(ids: set[UUID]) -> dict[UUID, Person]:
    found = Person.objects.filter(id__in=ids).select_related("dwelling").prefetch_related("documents", "telephones")
    return {person.id: person for person in found}


def _told(facts: Mapping[str, Any]) -> Record:
    """What the sender's row says."""
    extra = facts.get("extra", {})
    arrived = str(extra.get("arrived_at", ""))[:10]
    return {
        "person.name": facts.get("name") or facts.get("name_masked", ""),
        "document.type": DOCUMENT_TEXTS.get(facts.get("identity_kind", ""), "") if facts.get("identity") else "",
        "document.number": facts.get("identity", ""),
        "phone": next(iter(facts.get("phones", ())), ""),
        "person.sex": SEX_TEXTS[facts.get("sex", "")] if facts.get("sex") else "",
        "person.birth_date": facts.get("birth_date", ""),
        "person.nationality": facts.get("nationality", ""),
        "person.category": extra.get("category", ""),
        "list.batch": extra.get("sender_ref", ""),
        "dwelling.address": facts.get("address", ""),
        "arrived_at": date.fromisoformat(arrived) if arrived else "",
    }


def _known(told: Record, person: Person | None, *, areas: Areas, sizes: Mapping[UUID, int]) -> Record:
    """What our ledger knows where the row is silent, and where the person lives, which we know better."""
    if person is None:
        return {}
    found: Record = areas.of(person.path)
    if person.dwelling is not None:
        found["dwelling.address"] = person.dwelling.label
    if not told["document.number"]:
        document = next((one for one in person.documents.all() if one.valid), None)
        if document is not None:
            found["document.number"] = document.number
            found["document.type"] = DOCUMENT_TEXTS.get(document.kind, "其他")
    if not told["phone"]:
        found["phone"] = next((one.number for one in sorted(person.telephones.all(), key=lambda one: one.rank)), "")
    if not told["person.sex"] and person.sex:
        found["person.sex"] = SEX_TEXTS[person.sex]
    if "*" in str(told["person.name"]) or not told["person.name"]:
        found["person.name"] = person.name
    found["household.size"] = sizes.get(person.household_id, "")
    return found


def _found(one: RowResult, saying: Saying) -> Record:
    """What the check found out."""
    detail = detail_of([one], saying)
    found: Record = {"outcome.destination": detail, "note": detail, **values_of([one], saying)}
    if one.standing == DONE:
        found["outcome"] = result_of([one], saying)
    return found


def numbered(records: Iterable[Record]) -> list[Record]:
    """With running numbers from 1, as forms count."""
    return [{"sequence": number, **record} for number, record in enumerate(records, start=1)]


def several(lists: Sequence[SourceList], *, only_done: bool, now: datetime) -> list[Record]:
    """Records of several lists (a day's), one after the other."""
    return [record for one in lists for record in records_of(one, only_done=only_done, now=now)]
