"""Two editions beside each other: only what differs, grouped by what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from lianfang.core.measures.duties import DutyKind
from lianfang.playbooks import words
from lianfang.playbooks.difference import Change, Value, difference
from lianfang.playbooks.schema import Edition
from lianfang.web.queries.edition_words import KEYS, parted, value_words


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One value in both editions."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Everything that differs about one subject."""

    title: str
    lines: tuple[ChangeLine, ...]


def groups(before: Edition, after: Edition) -> list[ChangeGroup]:
    """What differs, in the order of the file."""
    found = groupby(difference(before, after), key=lambda change: (change.section, _subject(change)))
    return [ChangeGroup(_title(*key), tuple(_lines(list(changes)))) for key, changes in found]


def _subject(change: Change) -> str:
    return change.subject if change.section in ("category", "zone") else ""


def _title(section: str, subject: str) -> str:
    if section == "category":
        return str(words.CATEGORIES[subject])
    if section == "zone":
        return _("Area: %(level)s") % {"level": words.ZONES[subject]}
    titles = {
        "edition": _("The edition itself"),
        "conventions": _("How days are counted"),
        "hours": _("Hours of the day"),
        "staffing": _("Workers to residents"),
    }
    return titles[section]


def _lines(changes: list[Change]) -> Iterator[ChangeLine]:
    """A line for each value; a stage that only one edition has is one line."""
    for stage, of_stage in groupby(changes, key=lambda change: change.stage):
        lines = list(of_stage)
        if stage and any(change.key == "regime" and None in (change.before, change.after) for change in lines):
            before, after = ({change.key: getattr(change, side) for change in lines} for side in ("before", "after"))
            yield ChangeLine(_("Stage %(n)s") % {"n": stage}, _whole(before), _whole(after))
            continue
        for change in lines:
            yield ChangeLine(
                _label(change), value_words(change.key, change.before), value_words(change.key, change.after)
            )


def _whole(stage: dict[str, Value]) -> str:
    """A whole stage in short: regime, days, tests."""
    if stage.get("regime") is None:
        return value_words("regime", None)
    return parted(value_words(key, stage[key]) for key in ("regime", "days", "test_days") if stage.get(key) is not None)


def _label(change: Change) -> str:
    if change.section == "hours":
        return str(DutyKind(change.subject).label)
    if change.section == "staffing":
        return str(words.ZONES[change.subject])
    label = str(KEYS[change.key])
    if change.key.startswith("day_one."):
        label = _("Day 1 after %(clock)s") % {"clock": label}
    return _("Stage %(n)s: %(what)s") % {"n": change.stage, "what": label} if change.stage else label
