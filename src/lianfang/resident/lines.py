"""Lines of a resident's form: what stands in each, what is wrong with it. Drawn by ``resident/line.html``.

Django's form fields cost more than all the rest of a submission; these are only what a template needs to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.self_report import rules, words
from lianfang.core.actions.refusals import SENTENCES

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field. `kind`: text, tel, date, select, radio or boxes; `asked` may not stay empty."""

    name: str
    label: Text
    kind: str = "text"
    value: str = ""
    chosen: tuple[str, ...] = ()
    fault: Text = ""
    hint: Text = ""
    choices: Mapping[str, Text] = field(default_factory=dict)
    asked: bool = False
    most: int = rules.SHORT
    fill: str = "off"

    @property
    def options(self) -> Iterable[tuple[str, Text, bool, str]]:
        """Code, label, whether chosen, and id of each choice."""
        picked = self.chosen if self.kind == "boxes" else (self.value,)
        return [(code, label, code in picked, f"{self.name}-{code or 'none'}") for code, label in self.choices.items()]


YES_NO: Mapping[str, Text] = {"yes": _("Yes"), "no": _("No")}
READ: Mapping[str, Text] = {"yes": _("I have read the notice, and what I write is true")}
_HOUSEHOLD: tuple[dict[str, Any], ...] = (
    {
        "name": "address",
        "label": _("Building, unit and room"),
        "hint": _("For example: Wanghu Garden, building 1, unit 2, room 301"),
        "asked": True,
        "most": rules.LONG,
    },
    {
        "name": "came",
        "label": _("Has one of you come here from elsewhere in the last 14 days?"),
        "kind": "radio",
        "choices": YES_NO,
        "asked": True,
    },
    {"name": "origin", "label": _("Where from? City and county"), "hint": _("Only if somebody came from elsewhere")},
    {"name": "arrived_on", "label": _("Day of arrival"), "kind": "date"},
    {"name": "transport", "label": _("How did you come?"), "kind": "select", "choices": words.TRANSPORT},
    {"name": "transport_no", "label": _("Number of train, flight or car")},
    {
        "name": "contact",
        "label": _("Were you told to be a contact, or in a risk area?"),
        "kind": "radio",
        "choices": words.CONTACTS,
        "asked": True,
    },
    {"name": "contact_note", "label": _("If yes: who told you, which place, which day"), "most": rules.LONG},
    {"name": "test_result", "label": _("Last test of one of you"), "kind": "select", "choices": words.RESULTS},
    {"name": "tested_on", "label": _("Day of the test"), "kind": "date"},
    {"name": "symptoms", "label": _("Has one of you …"), "kind": "boxes", "choices": words.SYMPTOMS},
    {"name": "symptom_note", "label": _("Who, and since when"), "most": rules.LONG},
    {"name": "needs", "label": _("What does one of you need help with?"), "kind": "boxes", "choices": words.NEEDS},
    {"name": "need_note", "label": _("Anything else you need"), "most": rules.LONG},
    {"name": "read", "label": _("Notice read"), "kind": "tick", "choices": READ, "asked": True},
)
_PERSON: tuple[dict[str, Any], ...] = (
    {"name": "name", "label": _("Name"), "asked": True},
    {
        "name": "number",
        "label": _("Identity card or passport number"),
        "hint": _("Children without a card: leave it empty"),
        "most": rules.NUMBER,
    },
    {"name": "phone", "label": _("Telephone"), "kind": "tel"},
    {"name": "relation", "label": _("Who is this to you?"), "kind": "select", "choices": words.RELATIONS},
)


@dataclass(frozen=True, slots=True)
class Person:
    """The lines of one person. `place` counts from 0."""

    place: int
    lines: Mapping[str, Line]

    @property
    def number(self) -> int:
        """Counted as people count."""
        return self.place + 1


def household_lines(draft: rules.Draft, faults: Mapping[str, str]) -> dict[str, Line]:
    """The household's lines by name, filled with the draft; `faults` are refusal codes by name."""
    return {
        given["name"]: Line(
            **given,
            value=draft.said.get(given["name"], ""),
            chosen=draft.many.get(given["name"], ()),
            fault=sentence(faults.get(given["name"], "")),
        )
        for given in _HOUSEHOLD
    }


def people_lines(draft: rules.Draft, faults: Mapping[str, str]) -> list[Person]:
    """The lines of everybody in the draft."""
    return [
        Person(place, {given["name"]: _of_person(given, place, person, faults) for given in _PERSON})
        for place, person in enumerate(draft.people)
    ]


def _of_person(given: Mapping[str, Any], place: int, person: Mapping[str, str], faults: Mapping[str, str]) -> Line:
    name = f"p{place}-{given['name']}"
    asked = given.get("asked", False) or (place == 0 and given["name"] == "phone")
    own = {**given, "name": name, "asked": asked}
    if place and given["name"] == "relation":
        own["choices"] = {
            "": words.TRANSPORT[""],
            **{code: said for code, said in words.RELATIONS.items() if code != "self"},
        }
    return Line(**own, value=person[given["name"]], fault=sentence(faults.get(name, "")))


def sentence(code: str) -> Text:
    """What a refusal code says; nothing for none."""
    return SENTENCES.get(code, code) if code else ""
