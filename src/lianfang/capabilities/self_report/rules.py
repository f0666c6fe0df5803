"""What a household's form must say before it is taken, and when waiting reports are due to become a list. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from lianfang.kernel.cells import clean_text
from lianfang.kernel.dates import read_date
from lianfang.kernel.identity import read_identity
from lianfang.kernel.names import read_name
from lianfang.kernel.phones import read_phones

MOST_PEOPLE: Final = 20
"""People on one form; a dormitory hands in several."""
SHORT, LONG, NUMBER = 40, 120, 24
"""Characters of a name or place, of an address or remark, of a document number."""
RELATIONS: Final = ("self", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "other")
TRANSPORT: Final = ("", "train", "plane", "coach", "car", "other")
CONTACTS: Final = ("no", "told", "zone", "unsure")
RESULTS: Final = ("", "negative", "positive", "waiting")
SYMPTOMS: Final = ("fever", "cough", "throat", "fatigue", "smell", "nose", "eyes", "muscles", "diarrhoea")
NEEDS: Final = ("dialysis", "pregnant", "medicine", "alone", "infant", "disabled")
PERSON_FIELDS: Final = ("name", "number", "phone", "relation")


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it was typed, cleaned: nothing is lost, right or wrong. `people` by field, `many` by box."""

    said: Mapping[str, str]
    people: tuple[Mapping[str, str], ...]
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


ONE_LINERS: Final = {
    "address": LONG,
    "came": 4,
    "origin": SHORT,
    "arrived_on": 20,
    "transport": 10,
    "transport_no": SHORT,
    "contact": 10,
    "contact_note": LONG,
    "tested_on": 20,
    "test_result": 10,
    "symptom_note": LONG,
    "need_note": LONG,
    "read": 4,
}
"""Fields of the household, and how many characters of each are kept."""


def draft_of(given: Mapping[str, str], many: Mapping[str, Iterable[str]]) -> Draft:
    """Read what a browser sent. People are `p0-name`, `p0-number`…; a person of whom nothing is said is left out,
    save the first."""
    said = {name: _line(given.get(name, ""), most) for name, most in ONE_LINERS.items()}
    people: list[Mapping[str, str]] = []
    for place in range(MOST_PEOPLE):
        person = {name: _line(given.get(f"p{place}-{name}", ""), SHORT) for name in PERSON_FIELDS}
        if place == 0 or any(person[name] for name in ("name", "number", "phone")):
            people.append(person)
    boxes = {"symptoms": SYMPTOMS, "needs": NEEDS}
    chosen = {name: tuple(one for one in known if one in set(many.get(name, ()))) for name, known in boxes.items()}
    return Draft(said, tuple(people), chosen)


def _line(text: str, most: int) -> str:
    return " ".join(clean_text(text).split())[:most].strip()


def faults_of(draft: Draft, *, today: date) -> dict[str, str]:
    """What is wrong, as a refusal code by the name of the input it stands beside; empty when the form can be taken."""
    faults = {}
    said = draft.said
    if len(said["address"]) < 2:
        faults["address"] = "self_report.no_address"
    if said["came"] not in ("yes", "no"):
        faults["came"] = "self_report.choose"
    if said["came"] == "yes" and not said["origin"]:
        faults["origin"] = "self_report.no_origin"
    if said["contact"] not in CONTACTS:
        faults["contact"] = "self_report.choose"
    if said["read"] != "yes":
        faults["read"] = "self_report.not_read"
    for name, needed in (("arrived_on", said["came"] == "yes"), ("tested_on", said["test_result"] != "")):
        fault = _wrong_day(said[name], today=today)
        if fault or (needed and not said[name]):
            faults[name] = fault or "self_report.no_day"
    for place, person in enumerate(draft.people):
        faults.update({f"p{place}-{name}": code for name, code in _wrong_in(person, first=place == 0, today=today)})
    faults.update(_twice(draft))
    return faults


def _wrong_day(text: str, *, today: date) -> str:
    if not text:
        return ""
    day = read_date(text, today=today).day
    return "self_report.bad_day" if day is None else "self_report.future_day" if day > today else ""


def _wrong_in(person: Mapping[str, str], *, first: bool, today: date) -> Iterable[tuple[str, str]]:
    name = read_name(person["name"])
    if not person["name"]:
        yield "name", "self_report.no_name"
    elif not name.text or name.problem:
        yield "name", "self_report.bad_name"
    identity = read_identity(person["number"], today=today)
    if person["number"] and identity.problem:
        yield "number", "self_report.bad_number"
    phones = read_phones(person["phone"])
    if person["phone"] and (phones.problems or not phones.phones or phones.phones[0].kind == "masked"):
        yield "phone", "self_report.bad_phone"
    elif first and not person["phone"]:
        yield "phone", "self_report.no_phone"


def _twice(draft: Draft) -> dict[str, str]:
    """A number that stands there twice belongs to two people: one of them is wrong."""
    seen: set[str] = set()
    faults = {}
    for place, person in enumerate(draft.people):
        number = person["number"].upper().replace(" ", "")
        if number and number in seen:
            faults[f"p{place}-number"] = "self_report.number_twice"
        seen.add(number)
    return faults


def plain_of(draft: Draft, *, today: date) -> dict[str, Any]:
    """What is kept of a sound form: days in ISO 8601, numbers as they are compared, nothing that was not said."""
    said = dict(draft.said)
    for name in ("arrived_on", "tested_on"):
        day = read_date(said[name], today=today).day if said[name] else None
        said[name] = day.isoformat() if day else ""
    if said["came"] != "yes":
        said.update(dict.fromkeys(("origin", "arrived_on", "transport", "transport_no"), ""))
    people = []
    for person in draft.people:
        identity = read_identity(person["number"], today=today)
        phones = read_phones(person["phone"]).phones
        numbers = {"number": identity.number or person["number"], "phone": phones[0].number if phones else ""}
        relation = person["relation"] if person["relation"] in RELATIONS else ""
        people.append({"name": read_name(person["name"]).text or person["name"], "relation": relation, **numbers})
    kept = {name: value for name, value in said.items() if value and name != "read"}
    return {**kept, "people": people, **{name: list(many) for name, many in draft.many.items() if many}}


def draft_from(plain: Mapping[str, Any]) -> Draft:
    """The form again, filled with what was kept: to correct it."""
    said = {name: str(plain.get(name, "")) for name in ONE_LINERS}
    people = tuple({name: str(one.get(name, "")) for name in PERSON_FIELDS} for one in plain.get("people", ()))
    many = {name: tuple(plain.get(name, ())) for name in ("symptoms", "needs")}
    return Draft(said, people or (dict.fromkeys(PERSON_FIELDS, ""),), many)


def tail_of(plain: Mapping[str, Any]) -> str:
    """The last four digits of the household's telephone: with the code, the key to one's own report."""
    return next((str(one["phone"])[-4:] for one in plain.get("people", ()) if one.get("phone")), "")


BATCH_EVERY: Final = timedelta(minutes=10)
"""Reports of a community wait at most this long for the next list, so that a morning makes lists one can look over."""
FIRST_WAIT: Final = timedelta(seconds=30)
"""The first reports after a quiet time wait this long for their neighbours'."""
FULL_BATCH: Final = 200
"""This many households do not wait."""


def is_due(*, waiting: int, oldest_at: datetime, last_list_at: datetime | None, now: datetime) -> bool:
    """Whether the waiting reports of a community become a list at `now` (all aware)."""
    if waiting >= FULL_BATCH:
        return True
    quiet = last_list_at is None or now - last_list_at >= BATCH_EVERY
    return waiting > 0 and quiet and now - oldest_at >= FIRST_WAIT
