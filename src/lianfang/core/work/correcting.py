"""What placing work by hand teaches about the names of compounds."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lianfang.core.actions.door import Command
from lianfang.core.lists.facts import facts_from
from lianfang.core.lists.models import ListRow
from lianfang.core.people.models import Dwelling
from lianfang.core.territory.learning import learn
from lianfang.core.territory.models import Level, Territory

_MOST_ROWS = 200
"""Rows looked at for one placing; their cells are sealed one by one."""


def learn_from_placing(command: Command, *, ids: Sequence[UUID], area: Territory, dwelling: Dwelling | None) -> None:
    """Work was placed in a compound, one of its buildings or a door of it: what its rows call the compound is learned.
    Only the names of places are kept of what the rows say, and the log gets them."""
    compound = _compound(area, dwelling)
    if compound is None:
        return
    rows = ListRow.objects.filter(origins__item__in=ids).order_by("id")[:_MOST_ROWS]
    key = dwelling.door_key if dwelling else ""
    for alias in learn(compound, {_address(row) for row in rows}, door_key=key, now=command.now):
        facts: dict[str, object] = {"name": alias.name, "standing": alias.standing}
        command.note(
            "territory.learn_alias",
            path=compound.path,
            subject_kind="territory",
            subject_id=compound.id,
            facts=facts,
        )


def _compound(area: Territory, dwelling: Dwelling | None) -> Territory | None:
    if dwelling is not None:
        return dwelling.compound
    return area if area.level == Level.COMPOUND else area.compound


def _address(row: ListRow) -> str:
    facts = facts_from(row.facts)
    written = facts.address or f"{facts.building}{facts.unit}{facts.room}"
    return written if facts.compound in written else facts.compound + written
