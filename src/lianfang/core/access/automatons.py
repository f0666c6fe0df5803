"""Accounts of doors and clocks: they stand in the log as who did something, and nobody can log in as one of them.

What an automaton may do is fixed here, not granted: residents' own pages may take down what a resident says about
themselves, the clock may do what is due, a sensor may ring. None may propose, approve, lift or change a restriction.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import Authority, User


class Automaton(models.TextChoices):
    """Who acts when no person on duty does."""

    RESIDENT = "resident-door", _("Residents' own pages")
    CLOCK = "clock", _("Clock")
    SENSOR = "door-sensor", _("Door sensor")


EVERYWHERE: Final = ("",)
"""The empty path is the beginning of every path."""

MAY: Final[dict[str, frozenset[str]]] = {
    Automaton.RESIDENT.value: frozenset({"self_report.submit", "resident.answer"}),
    Automaton.CLOCK.value: frozenset({"care.generate"}),
    Automaton.SENSOR.value: frozenset({"care.signal"}),
}


def automaton(which: Automaton) -> User:
    """The account of an automaton, with its fixed authority. Made on first use; it has no password and is inactive."""
    user, _made = User.objects.get_or_create(
        username=which.value, defaults={"display_name": which.value, "is_active": False, "password": "!"}
    )
    scopes: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(MAY[which.value]), EVERYWHERE)
    user.__dict__["authority"] = Authority(roles=frozenset(), scopes=scopes)
    return user
