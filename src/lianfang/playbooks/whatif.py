"""What would happen: an edition applied to many people, compared with what runs. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.playbooks.applying import Ruled, rule_people
from lianfang.playbooks.rules import Reason
from lianfang.playbooks.schema import STRICTNESS, Edition

WHATS = ("newly", "stricter", "milder", "longer", "shorter", "same", "freed", "nothing", "no_fact", "refused")
"""From what somebody should look at first to what needs no look."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edition would change for one person; `before` and `after` are regime and end, empty for nothing."""

    person_id: UUID
    what: str
    regime_before: str
    regime_after: str
    ends_before: datetime | None
    ends_after: datetime | None
    category: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer for a group: changes in the order of `WHATS`, and how many of each."""

    edition: Edition
    changes: tuple[Change, ...]
    counts: dict[str, int]
    days_more: int
    """Person-days under measures more (or less, negative) than now, from `now` on."""


def what_if(person_ids: Collection[UUID], chosen: Edition, *, now: datetime) -> WhatIf:
    """Apply `chosen` to these people in thought. The caller has made sure that the actor may see them."""
    ruled = rule_people(person_ids, chosen, now=now, why="what if")
    changes = sorted((_change(one, now) for one in ruled), key=lambda change: WHATS.index(change.what))
    counted = Counter(change.what for change in changes)
    return WhatIf(
        edition=chosen,
        changes=tuple(changes),
        counts={what: counted[what] for what in WHATS if counted[what]},
        days_more=sum(_days(change.ends_after, now) - _days(change.ends_before, now) for change in changes),
    )


def _days(ends_at: datetime | None, now: datetime) -> int:
    return max(0, -((now - ends_at).days)) if ends_at is not None else 0


def _change(one: Ruled, now: datetime) -> Change:
    running = one.kept.running if one.kept else ()
    now_under = [measure for measure in running if measure.ends_at > now]
    stages = [stage for stage in (one.ruling.stages if one.ruling else ()) if stage.ends_at > now]
    before = _strictest([measure.regime for measure in now_under])
    after = _strictest([stage.regime for stage in stages])
    ends_before = max((measure.ends_at for measure in now_under), default=None)
    ends_after = max((stage.ends_at for stage in stages), default=None)
    return Change(
        person_id=one.person_id,
        what=_what(one, before, after, ends_before, ends_after),
        regime_before=before,
        regime_after=after,
        ends_before=ends_before,
        ends_after=ends_after,
        category=one.ruling.category if one.ruling else "",
        reasons=one.ruling.reasons if one.ruling else (Reason(one.refused),),
    )


def _strictest(regimes: Sequence[str]) -> str:
    return max(regimes, key=STRICTNESS.__getitem__, default="")


def _what(one: Ruled, before: str, after: str, ends_before: datetime | None, ends_after: datetime | None) -> str:
    if one.ruling is None:
        return one.refused if one.refused == "no_fact" else "refused"
    if not after:
        return "freed" if before else "nothing"
    if not before:
        return "newly"
    if STRICTNESS[after] != STRICTNESS[before]:
        return "stricter" if STRICTNESS[after] > STRICTNESS[before] else "milder"
    assert ends_before is not None and ends_after is not None
    return "same" if ends_after == ends_before else "longer" if ends_after > ends_before else "shorter"
