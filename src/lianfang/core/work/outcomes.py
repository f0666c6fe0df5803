"""The fixed set of results of a check and of a call."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    """The fixed set of results of a check (docs/reference/outcomes.md gives the code each upper table uses)."""

    CONTROLLED = "controlled", _("Here, under measures")
    NO_CONTROL = "no_control", _("Here, no measures needed")
    ELSEWHERE = "elsewhere", _("Not in our area, forwarded")
    NEVER_CAME = "never_came", _("Never came here")
    LEFT = "left", _("Has left")
    UNREACHABLE = "unreachable", _("Could not be reached")
    WRONG_NUMBER = "wrong_number", _("Number dead or wrong")
    NO_SUCH_PERSON = "no_such_person", _("No such person")
    DUPLICATE = "duplicate", _("Duplicate")
    HANDLED_ELSEWHERE = "handled_elsewhere", _("Already handled elsewhere")


class CareOutcome(TextChoices):
    """How care of the day, an alarm or a care call ended. These results stay in the house: no upper table asks."""

    DONE = "done", _("Seen to")
    HARMLESS = "harmless", _("No cause for concern")
    SENT_TO_CARE = "sent_to_care", _("Sent to medical care")
    NOT_DONE = "not_done", _("Not done")


def label_of(code: str) -> str:
    """A result in words, of a check or of care; empty for none."""
    for choices in (Outcome, CareOutcome):
        if code in choices.values:
            return str(choices(code).label)
    return ""


class CallResult(TextChoices):
    """How a call ended."""

    REACHED = "reached", _("Reached")
    UNANSWERED = "unanswered", _("No answer")
    SWITCHED_OFF = "switched_off", _("Switched off")
    BUSY = "busy", _("Busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    DEAD_NUMBER = "dead_number", _("Dead number")
    REFUSED = "refused", _("Refused to answer")
