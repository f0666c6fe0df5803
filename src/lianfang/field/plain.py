"""The six plain answers of the record sheet, and which actions each stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.work.actions import TRIES_BEFORE_UNREACHABLE, hand_back, log_call, pass_to_community, record
from lianfang.core.work.models import WorkItem
from lianfang.core.work.outcomes import CallResult, Outcome
from lianfang.core.work.rules import at_night, next_try

NO_ANSWER_CHOSEN = refusal("field.no_answer_chosen", gettext_lazy("Choose one of the answers first."))
NOBODY_CHOSEN = refusal("field.nobody_chosen", gettext_lazy("Choose who the answer is about."))
NO_WHEREABOUTS = refusal("field.no_whereabouts", gettext_lazy("Write where they are now."))

HERE = (Outcome.NO_CONTROL, Outcome.CONTROLLED)
AWAY = (Outcome.ELSEWHERE, Outcome.LEFT, Outcome.NEVER_CAME)
NOT_THROUGH = (CallResult.UNANSWERED, CallResult.SWITCHED_OFF, CallResult.BUSY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the worker tapped and typed. `person_ids` empty: the whole household together.

    `by_phone` tells an answer got by calling from one got at the door.
    """

    answer: str
    result: str = ""
    person_ids: tuple[UUID, ...] = ()
    note: str = ""
    whereabouts: str = ""
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Commands:
    """The ids the form brought: one for the answer, one for the call that led to it."""

    answer: Command
    call: Command


def say(commands: Commands, item_id: UUID, said: Said) -> str:
    """Carry the answer out; returns the sentence for the worker. Raises `Refusal`.

    Each action is a transaction of its own: a call that reached someone stays written down if the result is refused.
    """
    act = _ACTS.get(said.answer)
    if act is None:
        raise Refusal("field.no_answer_chosen")
    return act(commands, item_id, said)


def _found_out(allowed: Sequence[str], commands: Commands, item_id: UUID, said: Said) -> str:
    if said.result not in allowed:
        raise Refusal("field.no_answer_chosen")
    if said.result in (Outcome.ELSEWHERE, Outcome.LEFT) and not said.whereabouts.strip():
        raise Refusal("field.no_whereabouts")
    if said.by_phone:
        log_call(commands.call, item_id=item_id, result=CallResult.REACHED.value)
    answer = record(
        commands.answer,
        item_id=item_id,
        outcome=said.result,
        person_ids=said.person_ids,
        note=said.note,
        whereabouts=said.whereabouts,
    )
    if answer["state"] == "submitted":
        return _("Saved and handed in. Someone else verifies it; only they can send it back.")
    return _("Saved. Someone of this household still has no result.")


def _here(commands: Commands, item_id: UUID, said: Said) -> str:
    return _found_out(HERE, commands, item_id, said)


def _away(commands: Commands, item_id: UUID, said: Said) -> str:
    return _found_out(AWAY, commands, item_id, said)


def _not_through(commands: Commands, item_id: UUID, said: Said) -> str:
    if said.result == Outcome.UNREACHABLE:
        return _found_out((Outcome.UNREACHABLE,), commands, item_id, said)
    if said.result not in NOT_THROUGH:
        raise Refusal("field.no_answer_chosen")
    answer = log_call(commands.answer, item_id=item_id, result=said.result, note=said.note)
    again = answer["next_try_at"]
    again = parse_datetime(again) if isinstance(again, str) else again
    if again is None:
        return _("Saved.")
    here = timezone.localtime(again)
    if at_night(here):
        return _("Saved. Call again at %(time)s: it is due before the morning.") % {"time": f"{here:%H:%M}"}
    return _("Saved. Call again at %(time)s.") % {"time": f"{here:%H:%M}"}


def _to_community(result: CallResult) -> Callable[[Commands, UUID, Said], str]:
    def act(commands: Commands, item_id: UUID, said: Said) -> str:
        pass_to_community(commands.answer, item_id=item_id, result=result.value, note=said.note)
        return _("Saved and passed to the community.")

    return act


def _not_mine(commands: Commands, item_id: UUID, said: Said) -> str:
    hand_back(commands.answer, ids=[item_id], reason=said.note)
    return _("Handed back. It will be sent to the right place.")


_ACTS: dict[str, Callable[[Commands, UUID, Said], str]] = {
    "here": _here,
    "away": _away,
    "not_through": _not_through,
    "wrong_number": _to_community(CallResult.WRONG_NUMBER),
    "refused": _to_community(CallResult.REFUSED),
    "not_mine": _not_mine,
}
ANSWERS = tuple(_ACTS)


def proposals(item: WorkItem, *, now: datetime) -> list[tuple[str, str, str]]:
    """For each way of not getting through: its code, its words, and when one would call again ("14:35"),
    with the reason if that is at night."""
    here = timezone.localtime(now)
    due = max(timezone.localtime(item.due_at), here)
    found = []
    for result in NOT_THROUGH:
        again = next_try(result.value, tries=item.tries + 1, at=here, due_at=due)
        found.append((result.value, str(result.label), _time_of(again) if again else ""))
    return found


def _time_of(again: datetime) -> str:
    time = f"{again:%H:%M}"
    return _("%(time)s (due before the morning)") % {"time": time} if at_night(again) else time


def may_give_up(item: WorkItem) -> bool:
    """Whether enough calls were made to write the household off as not reached."""
    return item.tries >= TRIES_BEFORE_UNREACHABLE
