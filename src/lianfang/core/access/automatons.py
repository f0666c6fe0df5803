"""Accounts of doors and clocks: they stand in the log as who did something, and nobody can log in as one of them.

What an automaton may do is fixed here, not granted: residents' own pages may take down what a resident says about
themselves, the clock may do what is due (what residents reported becomes a list), a sensor may ring. None may propose,
approve, lift or change a restriction.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import translation
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
    Automaton.CLOCK.value: frozenset({"care.generate", "lists.import", "lists.read"}),
    Automaton.SENSOR.value: frozenset({"care.signal"}),
}


def automaton(which: Automaton) -> User:
    """The account of an automaton, with its fixed authority. Made on first use; it has no password and is inactive."""
    with translation.override(settings.LANGUAGE_CODE):  # whoever's page makes it: its name stands on everybody's
        name = str(which.label)
    user, _made = User.objects.get_or_create(
        username=which.value, defaults={"display_name": name, "is_active": False, "password": "!"}
    )
    scopes: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(MAY[which.value]), EVERYWHERE)
    user.__dict__["authority"] = Authority(roles=frozenset(), scopes=scopes)
    return user


def with_authority(user: User) -> User:
    """The account as it may act: an automaton read from the database gets its fixed authority back, anybody else is
    left as they are."""
    return automaton(Automaton(user.username)) if user.username in MAY else user
