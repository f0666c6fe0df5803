"""The codes of editions and rulings in words. Every code of the schema and every reason of the engine is here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.measures.models import Regime
from lianfang.playbooks.rules import Reason

Words = Mapping[str, str | Promise]

CATEGORIES: Words = {
    "close_contact": _("Close contact"),
    "contact_of_contact": _("Contact of a contact"),
    "inbound": _("Arrival from abroad"),
    "high_risk_arrival": _("Arrival from a high-risk area"),
    "medium_risk_arrival": _("Arrival from a medium-risk area"),
    "low_risk_arrival": _("Arrival from a low-risk area"),
    "high_exposure_worker": _("High-exposure worker after the closed loop"),
    "positive_at_home": _("Mild or symptomless case"),
    "discharged": _("Discharged case"),
    "co_resident": _("Co-resident of an isolated person"),
    "symptom": _("Person with symptoms"),
    "ordinary_arrival": _("Ordinary arrival"),
}
CLOCKS: Words = {
    "last_exposure": _("the last exposure"),
    "left_area": _("leaving the risk area"),
    "entered_site": _("entering the isolation site"),
    "entered_country": _("entering the country"),
    "left_closed_loop": _("leaving the closed loop"),
    "sampled": _("the positive sample"),
    "discharged": _("discharge"),
    "onset": _("the onset of symptoms"),
    "arrived": _("arrival"),
    "new_case_in_site": _("a new case in the site"),
    "household_joined": _("somebody moving in"),
}
DAY_ONE: Words = {"same": _("that day is day 1"), "next": _("the next day is day 1")}
REGIMES: Words = {regime.value: regime.label for regime in Regime}
CO_RESIDENTS: Words = {
    "isolated": _("isolated together"),
    "tested": _("tested on the same days, not isolated"),
    "normal": _("live as usual"),
}
COLOURS: Words = {
    "red": _("red code"),
    "orange": _("orange code"),
    "yellow": _("yellow code"),
    "green": _("green code"),
    "none": _("no code"),
}
TEMPERATURES: Words = {"morning": _("in the morning"), "evening": _("in the evening")}
SWABS: Words = {
    "nasopharyngeal": _("nasopharyngeal swab"),
    "oropharyngeal": _("oropharyngeal swab"),
    "any": _("no swab named"),
}
TOLD: Words = {
    "person": _("the person"),
    "community": _("the community"),
    "health_centre": _("the community health centre"),
    "cdc": _("the CDC"),
    "employer": _("the employer"),
    "destination": _("the place of destination"),
    "isolation_site": _("the isolation site"),
    "hospital": _("the hospital"),
}
NONE_BECAUSE: Words = {
    "abolished": _("Nothing: this edition abolished the category."),
    "not_named": _("Nothing: this edition does not name the category."),
    "hospital": _("Nothing at home: they are taken to a hospital."),
    "site_cares": _("Nothing new: they stay in the care of the site."),
    "over": _("Nothing: this edition ended the measures."),
}
ZONES: Words = {
    "high": _("High risk"),
    "medium": _("Medium risk"),
    "low": _("Low risk"),
    "lockdown": _("Lock-down zone"),
    "restricted": _("Restricted zone"),
    "precaution": _("Precaution zone"),
    "released": _("lifted"),
}
CONDUCTS: Words = {
    "stay_in_dwelling": _("Nobody leaves the flat; everything is brought to the door."),
    "stay_in_area": _("Nobody leaves the area; things are fetched at staggered times."),
    "personal_protection": _("Personal protection, no gatherings."),
}
SCREENINGS: Words = {
    "none": _("no screening asked for"),
    "last_day": _("everybody screened on the last day, all negative"),
    "within_days": _("everybody screened in the days before lifting, all negative"),
}
KINDS: Words = {"national": _("National edition"), "routine": _("Routine"), "drill": _("Drill")}
CONFIDENCES: Words = {
    "high": _("official text or several sources"),
    "medium": _("one good source"),
    "low": _("local setting, to be confirmed"),
}
JOINS: Words = {
    "never": _("does not change the household's days"),
    "exposed": _("starts the household anew if they have an exposure of their own"),
    "always": _("starts the household anew"),
}
RESTART_SCOPES: Words = {
    "never": _("changes nothing for the others"),
    "floors": _("starts the floors near it anew"),
    "whole_site": _("starts the whole site anew"),
}
RESTART_FROM: Words = {"found": _("from the day it is found"), "removed": _("from the day the last case is taken away")}
VALID_FROM: Words = {"sampled": _("from sampling"), "reported": _("from the report")}

REASONS: Words = {
    "clock": _("Counted from %(clock)s on %(date)s."),
    "not_determined": _("%(category)s: %(because)s"),
    "outside_look_back": _(
        "The exposure lies more than %(days)s days before the case fell ill (%(onset)s): no contact."
    ),
    "days_elapsed": _("%(regime)s: %(days)s days had passed and count."),
    "stage_elapsed": _("%(regime)s (%(days)s days) had passed before."),
    "span_passed": _("All %(days)s days had passed by %(last_date)s: no measure."),
    "new_case_in_site": _("New case in the site on %(date)s: counted anew from %(counted_from)s."),
    "household_joined": _("Somebody moved in on %(date)s: the household's days were counted anew."),
    "longest_reached": _("One order lasts at most %(days)s days: after %(last_date)s somebody has to decide anew."),
    "linked_positive": _("The linked contact is positive since %(date)s: now a close contact."),
    "ruled_anew": _("Ruled on anew under another edition: %(why)s"),
    "household_clock": _("Days of the household: counted from %(date)s, together until %(last_date)s."),
    "household_free": _("The household of this person is not restricted."),
    "linked_unknown": _("Nobody knows from when the linked contact is counted."),
    "linked_is_positive": _("The linked contact is positive: rule on this person anew."),
    "linked_test_missing": _("The linked contact's negative test of day %(day)s (%(date)s or later) is missing."),
    "span_not_elapsed": _("The days are not over: until the end of %(last_date)s."),
    "test_positive": _("Positive test on %(date)s."),
    "test_to_come": _("Test of day %(day)s on %(date)s is still to come."),
    "test_not_taken": _("Test of day %(day)s (%(date)s) was not taken."),
    "test_without_result": _("Test of day %(day)s (%(date)s) has no result yet."),
    "test_invalid": _("Test of day %(day)s (%(date)s) was invalid and has to be repeated."),
    "tests_to_go": _("%(left)s of %(total)s negative tests missing, at least %(gap_h)s hours apart."),
    "consecutive_to_go": _("%(left)s of %(total)s negative tests in a row missing, from %(from_date)s on."),
    "environment_missing": _("No negative sample of the surroundings."),
    "environment_positive": _("Surroundings positive on %(date)s."),
    "co_residents_unknown": _("Nobody has looked whether the household has everything."),
    "co_residents_missing": _("%(count)s of the household still lack something."),
    "zone_follows_others": _("This area is lifted together with the higher ones."),
    "screening_missing": _("A screening from %(from_date)s on is missing."),
    "screening_without_result": _("The screening of %(date)s has no result yet."),
    "screening_positive": _("The screening of %(date)s found somebody positive."),
}
"""Every reason of `rules` as a sentence."""

_NAMED: Mapping[str, Words] = {
    "clock": CLOCKS,
    "category": CATEGORIES,
    "because": NONE_BECAUSE,
    "regime": REGIMES,
}


def sentence_of(reason: Reason) -> str:
    """A reason in words."""
    values = {name: _value(name, value) for name, value in reason.params}
    return str(REASONS[reason.code]) % values if reason.code in REASONS else reason.code


def _value(name: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(_NAMED[name].get(str(value), value)) if name in _NAMED else str(value)
