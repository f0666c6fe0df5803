"""Values of an edition as one reads them: days, conditions, conduct, hours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from lianfang.playbooks import words
from lianfang.playbooks.difference import Value
from lianfang.playbooks.schema import ArrivalPlan, CategoryPlan, Condition, Exits

KEYS: Mapping[str, str | Promise] = {
    "disease": gettext_lazy("Disease"),
    "kind": gettext_lazy("Kind"),
    "starts_at": gettext_lazy("In force from"),
    "ends_at": gettext_lazy("In force until"),
    "test_valid_hours": gettext_lazy("A test is valid for"),
    "test_valid_from": gettext_lazy("A test is valid from"),
    "look_back_days": gettext_lazy("Contacts are looked for back to"),
    "longest_days": gettext_lazy("Longest order"),
    "restart_scope": gettext_lazy("A new case in the site"),
    "restart_floors": gettext_lazy("Floors next to it"),
    "restart_from": gettext_lazy("Counted anew"),
    "household_join": gettext_lazy("Somebody who moves in"),
    "test_on_entry": gettext_lazy("Whoever is found late is tested on entry"),
    "fever_celsius": gettext_lazy("Fever from"),
    "colour_without_measure": gettext_lazy("Without a measure"),
    "clock": gettext_lazy("Counted from"),
    "told": gettext_lazy("Who is told"),
    "positive_below_ct": gettext_lazy("Positive means Ct below"),
    "arrival.n_days": gettext_lazy("Days for the tests"),
    "arrival.m_tests": gettext_lazy("Tests on arrival"),
    "arrival.min_gap_h": gettext_lazy("Hours between two tests"),
    "arrival.first_within_h": gettext_lazy("First test within hours"),
    "on_linked_positive": gettext_lazy("If the linked contact turns positive"),
    "none_because": gettext_lazy("No measure"),
    "regime": gettext_lazy("Regime"),
    "days": gettext_lazy("Days"),
    "test_days": gettext_lazy("Tests"),
    "last_day_samples": gettext_lazy("Samples on the last day"),
    "swab": gettext_lazy("Swab"),
    "temperature": gettext_lazy("Temperature"),
    "visit_every_days": gettext_lazy("Visits at the door"),
    "co_residents": gettext_lazy("Co-residents"),
    "colour": gettext_lazy("Colour"),
    "release": gettext_lazy("Ends when"),
    "conduct": gettext_lazy("Conduct"),
    "clear_days": gettext_lazy("Days without a new case"),
    "becomes": gettext_lazy("Then becomes"),
    "screening": gettext_lazy("Before it comes down"),
    "screening_within_days": gettext_lazy("Screening in the last days"),
    "after_higher_days": gettext_lazy("Days if it came down from a higher level"),
    "exits": gettext_lazy("Going out"),
    "exits.persons": gettext_lazy("People of a household who may go out"),
    "exits.every_days": gettext_lazy("Going out once in days"),
    "exits.max_hours": gettext_lazy("Going out for hours at most"),
    "first_screening_h": gettext_lazy("First screening within hours"),
    "residents_per_worker": gettext_lazy("Residents per worker"),
    "day_one": gettext_lazy("Which day is day 1"),
    "restart": gettext_lazy("A new case in the site"),
    "hours": gettext_lazy("Hours of the day"),
    "staffing": gettext_lazy("Workers to residents"),
    "arrival": gettext_lazy("Tests on arrival"),
    "min_gap_h": gettext_lazy("Hours between two tests"),
    **{f"day_one.{clock}": name for clock, name in words.CLOCKS.items()},
}
"""Keys of the file as a reader calls them."""

_CHOICES: Mapping[str, words.Words] = {
    "kind": words.KINDS,
    "test_valid_from": words.VALID_FROM,
    "restart_scope": words.RESTART_SCOPES,
    "restart_from": words.RESTART_FROM,
    "household_join": words.JOINS,
    "colour_without_measure": words.COLOURS,
    "clock": words.CLOCKS,
    "on_linked_positive": words.CATEGORIES,
    "none_because": words.NONE_BECAUSE,
    "regime": words.REGIMES,
    "swab": words.SWABS,
    "co_residents": words.CO_RESIDENTS,
    "colour": words.COLOURS,
    "conduct": words.CONDUCTS,
    "becomes": words.ZONES,
    "screening": words.SCREENINGS,
    "told": words.TOLD,
    "temperature": words.TEMPERATURES,
    **{f"day_one.{clock}": words.DAY_ONE for clock in words.CLOCKS},
}


def value_words(key: str, value: Value) -> str:
    """A value of the file in words; a dash where it is not there."""
    if value is None:
        return "—"
    if key in _SPELT:
        return _SPELT[key](value)
    if key in _CHOICES:
        return listed(_chosen(key, one) for one in (value if isinstance(value, tuple) else (value,)))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, tuple):
        return "–".join(f"{one:%H:%M}" for one in value) if key == "hours" else listed(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def listed(parts: Iterable[str]) -> str:
    """Texts one after the other."""
    return pgettext("between two things of a list", ", ").join(parts)


def parted(parts: Iterable[str]) -> str:
    """Parts of one sentence, more than words."""
    return pgettext("between two parts of a sentence", "; ").join(parts)


def days(count: int) -> str:
    """A number of days."""
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


def hours(count: int) -> str:
    """A number of hours."""
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}


def window(pair: tuple[time, time]) -> str:
    """A daily window."""
    return "–".join(f"{one:%H:%M}" for one in pair)


def condition_words(condition: Condition, plan: CategoryPlan | None = None) -> str:
    """One condition of release."""
    values: dict[str, object] = {"day": condition.day, "count": condition.count}
    if plan is not None and plan.arrival is not None:
        values |= {"count": plan.arrival.m_tests, "hours": plan.arrival.min_gap_h}
    if condition.code == "tests_spaced" and "hours" not in values:
        return _("the tests after arrival are done and negative")
    text = str(_CONDITIONS[condition.code]) % values
    if condition.code == "consecutive_negative" and plan is not None and plan.positive_below_ct:
        text += _(" (Ct of at least %(ct)s counts as negative)") % {"ct": f"{plan.positive_below_ct:g}"}
    return text


def arrival_words(plan: ArrivalPlan) -> str:
    """N天M检 in one sentence."""
    return _(
        "%(m)s tests within %(n)s days, the first within %(first)s hours, at least %(gap)s hours apart; limits stay "
        "until the last result"
    ) % {"m": plan.m_tests, "n": plan.n_days, "first": plan.first_within_h, "gap": plan.min_gap_h}


def exits_words(exits: Exits) -> str:
    """Who may go out, how often and for how long."""
    return _("%(persons)s of each household, once in %(days)s days, for at most %(hours)s hours") % {
        "persons": exits.persons,
        "days": exits.every_days,
        "hours": exits.max_hours,
    }


_CONDITIONS: words.Words = {
    "span_elapsed": gettext_lazy("all days are over"),
    "tests_negative": gettext_lazy("every test is done and negative"),
    "tests_spaced": gettext_lazy("%(count)s negative tests, at least %(hours)s hours apart"),
    "consecutive_negative": gettext_lazy("%(count)s negative tests in a row on different days from day %(day)s on"),
    "linked_contact_negative": gettext_lazy("the linked contact's test of day %(day)s is negative"),
    "environment_negative": gettext_lazy("surroundings and goods are negative"),
    "co_residents": gettext_lazy("the household has everything, too"),
}


def _chosen(key: str, value: Any) -> str:
    return str(_CHOICES[key].get(str(value), value))


def _every(count: Any) -> str:
    if not count:
        return _("no visits")
    return _("every day") if count == 1 else _("every %(n)s days") % {"n": count}


def _released(value: Any) -> str:
    return parted(condition_words(Condition(*one)) for one in value)


_SPELT: Mapping[str, Callable[[Any], str]] = {
    "visit_every_days": _every,
    "release": _released,
    "days": days,
    "clear_days": days,
    "after_higher_days": days,
    "look_back_days": days,
    "longest_days": days,
    "test_valid_hours": hours,
    "test_days": lambda value: _("days %(days)s") % {"days": listed(map(str, value))},
    "residents_per_worker": lambda value: listed(f"1:{one}" for one in value),
    "fever_celsius": lambda value: f"{value:g} °C",
}
