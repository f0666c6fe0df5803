"""Deciding suspected pairs: one person, two people, and taking either back. Each function enters through the door."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.cleanup.choosing import kept_by_default, under_measures
from lianfang.capabilities.cleanup.models import DuplicatePair, PairState
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.actions import visible_person
from lianfang.core.people.merging import merge_records, split_records

NOT_OPEN = refusal("cleanup.not_open", _("This pair was decided meanwhile. Reload to see it."))
NOT_ONE_OF_THEM = refusal("cleanup.not_one_of_them", _("Keep one of the two records of the pair."))
NEEDS_REASON = refusal("cleanup.needs_reason", _("A measure is on one of the two. Write down why they are one person."))
NOTHING_TO_UNDO = refusal("cleanup.nothing_to_undo", _("There is no decision of yours left to take back."))


@action("cleanup.merge")
def merge_pair(command: Command, *, pair_id: UUID, keep: UUID | None = None, reason: str = "") -> Answer:
    """The two records are one person: everything of one goes to the one kept (`keep`; by default the fuller, older).

    Under a measure the reason must be written. Can be taken back by `undo_decision`.
    """
    pair = _open_pair(command, pair_id)
    both = (pair.person_a_id, pair.person_b_id)
    one, other = (visible_person(command, person_id) for person_id in both)
    kept_id = keep or kept_by_default(one, other)
    if kept_id not in both:
        raise Refusal("cleanup.not_one_of_them")
    if not reason.strip() and under_measures(both, at=command.now):
        raise Refusal("cleanup.needs_reason")
    record = merge_records(
        command, kept_id=kept_id, merged_id=both[0] if kept_id == both[1] else both[1], reason=reason.strip()
    )
    pair.merge = record
    _decide(command, pair, PairState.MERGED, reason)
    return {"pair": str(pair.id), "merge": str(record.id), "kept": str(kept_id)}


@action("cleanup.keep_apart")
def keep_apart(command: Command, *, pair_id: UUID, reason: str = "") -> Answer:
    """The two records are two people. The pair does not come back, whatever it scores later."""
    pair = _open_pair(command, pair_id)
    for person_id in (pair.person_a_id, pair.person_b_id):
        command.require("people.merge", path=visible_person(command, person_id).path)
    _decide(command, pair, PairState.APART, reason)
    return {"pair": str(pair.id)}


@action("cleanup.undo_decision")
def undo_decision(command: Command, *, pair_id: UUID | None = None) -> Answer:
    """Take a decision back (the actor's last one if no pair is named): merged records are as they were before."""
    command.require_somewhere("people.merge")
    decided = DuplicatePair.objects.visible_to(command.actor).filter(state__in=[PairState.MERGED, PairState.APART])
    decided = decided.filter(id=pair_id) if pair_id else decided.filter(decided_by=command.actor)
    pair = decided.select_for_update(of=("self",)).order_by("-decided_at", "-id").first()
    if pair is None:
        raise Refusal("cleanup.nothing_to_undo")
    for person_id in (pair.person_a_id, pair.person_b_id):
        command.require("people.merge", path=visible_person(command, person_id).path)
    if pair.merge is not None and pair.merge.undone_at is None:
        split_records(command, merge_id=pair.merge.id)
    pair.state, pair.merge = PairState.OPEN, None
    pair.decided_by, pair.decided_at, pair.reason = None, None, ""
    pair.save(update_fields=["state", "merge", "decided_by", "decided_at", "reason"])
    command.note("cleanup.undo_decision", path=pair.path, subject_kind="pair", subject_id=pair.id)
    return {"pair": str(pair.id)}


def _open_pair(command: Command, pair_id: UUID) -> DuplicatePair:
    pair = DuplicatePair.objects.visible_to(command.actor).filter(id=pair_id).select_for_update(of=("self",)).first()
    if pair is None:
        command.asked.add("people.merge")
        raise NotFound("pair")
    command.require_somewhere("people.merge")
    if pair.state != PairState.OPEN:
        raise Refusal("cleanup.not_open")
    return pair


def _decide(command: Command, pair: DuplicatePair, state: PairState, reason: str) -> None:
    pair.state, pair.reason = state, reason.strip()[:200]
    pair.decided_by, pair.decided_at = command.actor, command.now
    pair.save(update_fields=["state", "reason", "decided_by", "decided_at", "merge"])
    code = "cleanup.merge" if state == PairState.MERGED else "cleanup.keep_apart"
    command.note(code, path=pair.path, subject_kind="pair", subject_id=pair.id)
