"""One step of many items at once: lock, check each, change all that may, write one event each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import Faults, NotAllowed, NotFound, Refusal, refusal
from lianfang.core.audit.journal import Note
from lianfang.core.audit.models import AuditEntry
from lianfang.core.work.models import Matter, WorkEvent, WorkItem
from lianfang.core.work.rules import LIFECYCLE, OF_CHECKS
from lianfang.kernel.lifecycle import UnableToAdvance
from lianfang.kernel.uuid7 import uuid7

MOST_AT_ONCE = 5000

OUT_OF_STEP = refusal(
    "work.out_of_step", _("This work is now “%(state)s”, so this step is no longer possible. Reload to see it.")
)
TOO_MANY = refusal("work.too_many", _("At most %(most)s items at once. Choose fewer."))
NOT_A_CHECK = refusal(
    "work.not_a_check", _("This is care, not a check: complete it on the page “Care”, where its answers belong.")
)
OWN_WORK = refusal("work.own_work", _("You submitted this yourself. Someone else must verify it."))

Check = Callable[[WorkItem], None]


def locked(command: Command, ids: Sequence[UUID]) -> list[WorkItem]:
    """The items with these ids that the actor may see, locked against other changes."""
    if len(ids) > MOST_AT_ONCE:
        raise Refusal("work.too_many", most=MOST_AT_ONCE)
    visible = WorkItem.objects.visible_to(command.actor).filter(id__in=ids)
    return list(visible.select_for_update(of=("self",)).order_by("id"))


def advance(
    command: Command,
    *,
    verb: str,
    ids: Sequence[UUID],
    changes: dict[str, Any],
    check: Check | None = None,
    facts: dict[str, object] | None = None,
) -> Answer:
    """Take `verb` on each item and set `changes` on those that may; the others come back with a coded reason.

    With a single id the refusal is raised instead, so that a page can show it.
    """
    faults = Faults()
    able: list[WorkItem] = []
    items = locked(command, ids)
    missing = set(ids) - {item.id for item in items}
    for item_id in sorted(missing):
        _fault(faults, item_id, NotFound("work"), alone=len(ids) == 1)
    command.asked.add(LIFECYCLE.transitions[0].permission)
    for item in items:
        try:
            item.state = _target(command, verb, item)
            if check:
                check(item)
        except Refusal as why:
            _fault(faults, item.id, why, alone=len(ids) == 1)
        else:
            able.append(item)
    _apply(command, verb=verb, items=able, changes=changes, facts=facts or {})
    return {"done": [str(item.id) for item in able], "refused": faults.rows}


def _fault(faults: Faults, item_id: UUID, why: Refusal, *, alone: bool) -> None:
    if alone:
        raise why
    faults.add(item_id, why)


def _target(command: Command, verb: str, item: WorkItem) -> str:
    if verb in OF_CHECKS and item.matter != Matter.CHECK:
        raise Refusal("work.not_a_check")
    try:
        transition = LIFECYCLE.transition(verb, item.state)
    except UnableToAdvance:
        raise Refusal("work.out_of_step", state=item.get_state_display()) from None
    command.asked.add(transition.permission)
    if not command.actor.authority.may(transition.permission, path=item.path):
        raise NotAllowed(transition.permission)
    return transition.target


def _apply(
    command: Command, *, verb: str, items: Sequence[WorkItem], changes: dict[str, Any], facts: dict[str, object]
) -> None:
    by_state: dict[str, list[WorkItem]] = {}
    for item in items:
        by_state.setdefault(item.state, []).append(item)
    for state, group in by_state.items():
        WorkItem.objects.filter(id__in=[item.id for item in group]).update(
            state=state, version=F("version") + 1, **changes
        )
    for item in items:
        for name, value in changes.items():
            setattr(item, name, value)
    write_events(command, verb=verb, items=items, facts=facts)


def write_events(
    command: Command, *, verb: str, items: Iterable[WorkItem], facts: dict[str, object] | None = None
) -> None:
    """Append one event and one audit note per item, in its present state."""
    items = list(items)
    WorkEvent.objects.bulk_create(
        WorkEvent(
            id=uuid7(),
            recorded_at=command.now,
            occurred_at=command.at,
            item_id=item.id,
            path=item.path,
            verb=verb,
            state=item.state,
            actor_id=command.actor.id,
            facts=facts or {},
        )
        for item in items
    )
    command.notes.extend(
        Note(kind=AuditEntry.Kind.WRITE, code=f"work.{verb}", path=item.path, subject_kind="work", subject_id=item.id)
        for item in items
    )
