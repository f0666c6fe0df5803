"""Doubtful rows weighed again while they wait: the ledger goes on changing, and so may the model.

Only rows nobody has decided; a row never leaves the queue by itself. Whoever looks at it sees the ledger's people as
they are within the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction
from django.utils import timezone

from lianfang.capabilities.screening.ahead import contexts_of
from lianfang.capabilities.screening.comparing import weigh_again
from lianfang.capabilities.screening.pins import NOT_THEM, mark_pinned, pins_for
from lianfang.capabilities.screening.placing import Placer
from lianfang.core.bulk import update_rows
from lianfang.core.lists.facts import facts_from
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.people.figures import current_figures
from lianfang.core.people.models import Household
from lianfang.core.people.scale import Scale

AN_HOUR: Final = timedelta(hours=1)
AT_A_TIME: Final = 200
"""Rows weighed in one tick: about a second of work."""
_FIELDS: Final = ("candidates", "score", "reasons", "household", "rules_version", "decided_at", "pin")


@transaction.atomic
def refresh(*, now: datetime) -> int:
    """Weigh again the rows that have waited longest since they were last weighed; how many were.

    Safe to run in several processes: each takes rows of its own.
    """
    waiting = ListRow.objects.waiting().filter(decided_at__lt=now - AN_HOUR).order_by("decided_at", "id")
    ids = list(waiting.select_for_update(of=("self",), skip_locked=True).values_list("id", flat=True)[:AT_A_TIME])
    if not ids:
        return 0
    rows = ListRow.objects.filter(id__in=ids).select_related("source_list").order_by("source_list_id", "ordinal")
    scale = Scale(current_figures(now=now))
    try:
        for source_list, some in groupby(rows, key=lambda row: row.source_list):
            _weigh(source_list, list(some), scale, now)
    finally:
        scale.close()
    return len(ids)


def _weigh(source_list: SourceList, rows: Sequence[ListRow], scale: Scale, now: datetime) -> None:
    placer = Placer(day=timezone.localdate(source_list.received_at), home=source_list.path)
    contexts = contexts_of(source_list)
    facts = [facts_from(row.facts) for row in rows]
    doors = [placer.read(one, context=contexts.get(one.sheet)) for one in facts]
    placer.load_dwellings(doors)
    read = list(zip(facts, doors, strict=True))
    pins = pins_for(read)
    decisions = weigh_again(
        read,
        [placer.homes(door) for door in doors],
        refused={index: pin.refused for index, pin in pins.items()},
        scale=scale,
        coverage=_coverage(source_list),
    )
    lived_in = set(
        Household.objects.filter(id__in=[one.household_id for one in decisions.values() if one.household_id])
        .values_list("id", flat=True)
    )  # fmt: skip
    for index, row in enumerate(rows):
        decision = decisions[index]
        row.candidates = [[one.person_id, one.score, list(map(list, one.parts))] for one in decision.candidates]
        before = [code for code in row.reasons if code != NOT_THEM]
        row.score, row.reasons = decision.score, list(decision.reasons) or before
        row.household_id = next((one for one in lived_in if str(one) == decision.household_id), None)
        row.rules_version, row.decided_at = scale.model.name, now
    mark_pinned(rows, pins)
    update_rows(ListRow, rows, fields=_FIELDS)


def _coverage(source_list: SourceList) -> float:
    """The share of the list that was found in the ledger."""
    counts = source_list.counts
    return float((counts.get("same", 0) + 3) / (counts.get("persons", 0) + 5))
