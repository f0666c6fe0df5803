"""Where arrivals came from: read from the sealed rows of the day's lists, counted by area and compound.

What a row says is sealed, so a database cannot group it. Rows never change after reading, so what was read from a list
is remembered per process, and a day's lists are unsealed once (about 20 µs a row, measured on the development machine).
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from uuid import UUID

from lianfang.core.lists.models import ListRow, ListState, RowDecision, SourceList
from lianfang.core.metrics.registry import METRICS, At, rows_of
from lianfang.core.metrics.sources import ARRIVAL_PURPOSES

UNKNOWN = ""
"""The origin of someone whose row does not say."""

_REMEMBERED_LISTS = 64
_TAIL = re.compile(r"某.*$|[\s,，;；（(].*$")
_PROVINCE = re.compile(r"^(.{2,8}?(?:省|自治区|特别行政区))(?=.)")
_CITY = re.compile(r"^(.{2,8}?)(?:市|地区|自治州|盟)")


def place_of(text: str) -> str:
    """The city a place lies in, as people say it: ``河南省郑州市二七区`` → ``郑州``, ``沪原市某高风险区`` → ``沪原``.

    Without a city the province, without either the text itself (a country, a station code); empty for empty text.
    """
    plain = _TAIL.sub("", text.strip())
    province = _PROVINCE.match(plain)
    rest = plain[province.end() :] if province else plain
    city = _CITY.match(rest)
    if city:
        return city[1]
    return (province[1] if province else plain).removesuffix("省").removesuffix("市")


_read: OrderedDict[tuple[UUID, int], dict[UUID, str]] = OrderedDict()
"""Place of origin by row, by list and number of rows read from it (a list read further is another list)."""


def _places_in(lists: Sequence[SourceList]) -> dict[UUID, str]:
    """Place of origin by row of these lists; at most one query, for those not read before."""
    keys = {one.id: (one.id, int(one.counts.get("persons", 0))) for one in lists}
    places = {list_id: known for list_id, key in keys.items() if (known := _read.get(key)) is not None}
    new: dict[UUID, dict[UUID, str]] = {list_id: {} for list_id in keys if list_id not in places}
    if new:
        rows = ListRow.objects.filter(source_list__in=list(new)).only("id", "source_list_id", "facts_sealed")
        for row in rows.iterator(chunk_size=2000):
            extra = row.facts.get("extra", {})
            new[row.source_list_id][row.id] = place_of(str(extra.get("origin") or ""))
    for list_id, found in new.items():
        _read[keys[list_id]] = found
    while len(_read) > _REMEMBERED_LISTS:
        _read.popitem(last=False)
    return {row_id: place for found in (places | new).values() for row_id, place in found.items()}


def origin_of_arrivals(people: Iterable[UUID], *, at: At) -> dict[UUID, str]:
    """Where each of these arrivals of the day came from; the newest row that says something wins."""
    wanted = set(people)
    lists = list(
        SourceList.objects.filter(
            purpose__in=ARRIVAL_PURPOSES, received_at__gte=at.starts_at, received_at__lte=at.instant
        )
        .exclude(state=ListState.UNDONE)
        .order_by("received_at")
    )
    origins = dict.fromkeys(wanted, UNKNOWN)
    rows = (
        ListRow.objects.filter(
            source_list__in=[one.id for one in lists], decision__in=(RowDecision.SAME, RowDecision.NEW)
        )
        .order_by("source_list__received_at", "ordinal")
        .values_list("id", "person_id")
    )
    places = _places_in(lists)
    for row_id, person_id in rows:
        place = places.get(row_id, UNKNOWN)
        if person_id in wanted and place:
            origins[person_id] = place
    return origins


Arrival = tuple[str, UUID | None, str]
"""Path, compound and origin of one person."""


def arrivals_of(*, at: At, scopes: Sequence[str]) -> list[Arrival]:
    """Everyone who arrived on the day in the areas at `scopes`: as many as the metric `arrivals` counts."""
    people = list(rows_of(METRICS["arrivals"], at=at, scopes=scopes).values_list("id", "path", "compound_id"))
    origins = origin_of_arrivals((person_id for person_id, _, _ in people), at=at)
    return [(path, compound_id, origins[person_id]) for person_id, path, compound_id in people]


def most_frequent(arrivals: Iterable[Arrival], *, most: int) -> tuple[str, ...]:
    """The `most` most frequent origins, most first; equal ones in the order of their names."""
    counted = Counter(origin for _, _, origin in arrivals if origin)
    return tuple(name for name, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
