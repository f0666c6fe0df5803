"""Towns, counties and cities that a list shows to be home: a ledger seldom writes them, lists write them every time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.doors_front import leading_names
from lianfang.kernel.doors_places import squeeze
from lianfang.matching.cells import Cells
from lianfang.matching.places import Places

_FRONT = r"^(?P<front>[^0-9０-９#-]*)"
_FEWEST = 3
_OURS = 0.5
"""Of the addresses that begin with a name, so many must go on with a community or compound of ours: compounds of one
name stand in every county, whole lists of them do not."""
_ENOUGH = 10_000
"""Addresses that show what home is called; of a longer list every so many are looked at."""
_ALONG = 8
"""Characters after the administrative names within which a name of ours must begin; roads may stand between."""


def with_home_of(places: Places, raw: pa.Table) -> Places:
    """The places with the administrative names that the addresses of `raw` put before communities and compounds of
    these places. Raises nothing; without addresses the places come back as they are."""
    step = max(1, raw.num_rows // _ENOUGH)
    text = Cells.of(raw, "address").text.take(pa.array(np.arange(0, raw.num_rows, step)))
    fronts = pc.struct_field(pc.extract_regex(text, _FRONT), "front")
    total: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    communities = {squeeze(place.name) for place in places.known if place.level == "community"}
    for one in pc.value_counts(fronts.drop_null()).to_pylist():
        named = leading_names(squeeze(one["values"]))
        if not named.administrative:
            continue
        known = not communities.isdisjoint(named.communities) or _begins_with_ours(named.rest, places)
        for name in dict.fromkeys(named.administrative):
            total[name] += one["counts"]
            ours[name] += one["counts"] if known else 0
    found = {name for name, count in ours.items() if count >= max(_FEWEST, _OURS * total[name])}
    home = tuple(sorted(found | set(places.home_names)))
    return places if home == places.home_names else replace(places, home_names=home)


def _begins_with_ours(rest: str, places: Places) -> bool:
    hits = places.gazetteer.hits(rest)
    return any(hit.start <= _ALONG and hit.level in ("compound", "community") for hit in hits)
