"""What a form of the measures board asks for, and what is said about it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.core.actions.door import Answer, Command
from lianfang.core.actions.refusals import NotFound, Refusal
from lianfang.core.measures import actions
from lianfang.web.answering import done

Fields = Mapping[str, str]
Carry = Callable[[Command, Sequence[UUID], Fields], Answer]

VERBS: dict[str, Carry] = {
    "approve": lambda command, ids, fields: actions.approve(command, ids=ids),
    "decline": lambda command, ids, fields: actions.decline(command, ids=ids, reason=fields.get("decline_reason", "")),
    "operate": lambda command, ids, fields: actions.operate(command, ids=ids),
    "release": lambda command, ids, fields: actions.release(
        command, ids=ids, environment_negative=bool(fields.get("environment_negative"))
    ),
    "lift": lambda command, ids, fields: actions.release(
        command, ids=ids, early=True, reason=fields.get("lift_reason", "")
    ),
}

_DONE = {
    "approve": gettext_lazy("Approved: %(n)s."),
    "decline": gettext_lazy("Declined: %(n)s."),
    "operate": gettext_lazy("Put into effect: %(n)s."),
    "release": gettext_lazy("Lifted: %(n)s."),
    "lift": gettext_lazy("Lifted early: %(n)s."),
}


def carry_out(verb: str, command: Command, ids: Sequence[UUID], fields: Fields) -> Answer:
    """Do `verb` on the measures. Raises `Refusal`; an unknown verb is not found."""
    carry = VERBS.get(verb)
    if carry is None:
        raise NotFound("action")
    if not ids:
        raise Refusal("work.nothing_chosen")
    return carry(command, ids, fields)


def say(request: HttpRequest, verb: str, answer: Answer) -> HttpResponse:
    """How many were done, and for the others why not: each reason once, with how many it kept back."""
    for sentence, number in Counter(row["sentence"] for row in answer.get("refused", [])).most_common(5):
        messages.warning(request, f"{number} · {sentence}")
    if answer.get("held"):
        messages.error(request, _("Held back: nothing was approved. Somebody else has to look at the batch first."))
        return done(request, _("Approved: %(n)s.") % {"n": 0}, to="/measures/?segment=held")
    return done(request, str(_DONE[verb]) % {"n": len(answer.get("done", []))})
