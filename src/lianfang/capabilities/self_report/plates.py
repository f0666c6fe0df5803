"""Vehicles from areas with cases, known by how their plates begin (鄂A…). A plate says where a car is registered, not
where it was: a hit is a question to its driver, never a measure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.self_report.models import PlateRule
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.territory.models import Territory
from lianfang.kernel.cells import clean_text
from lianfang.kernel.plates import Plate, read_plate
from lianfang.kernel.uuid7 import uuid7

refusal("self_report.bad_prefix", _("A plate begins with the sign of its province and a letter, like 鄂A."))
refusal("self_report.no_whence", _("Write which area it stands for."))
refusal("self_report.bad_days", _("The last day lies before the first, or more than 180 days after it."))
refusal("self_report.prefix_twice", _("This beginning of plates stands there already for that day."))
refusal("self_report.no_plate", _("Choose the vehicles to pass on."))

MOST_PLATES: Final = 2000
"""Plates looked at in one go: a car park's list."""
MOST_DAYS: Final = 180
_PREFIX: Final = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]?")


@dataclass(frozen=True, slots=True)
class Looked:
    """One plate of a list. `whence` is empty when nothing is known against it."""

    plate: Plate
    written: str
    whence: str = ""


def look_through(text: str, rules: Iterable[tuple[str, str]]) -> list[Looked]:
    """Every plate of a text, one a line or between commas, spaces or semicolons, each once and in its order; with where
    it is from if it begins like one of `rules` (prefix, whence). The longest beginning decides. Pure."""
    known = sorted(rules, key=lambda rule: -len(rule[0]))
    found: dict[str, Looked] = {}
    for piece in re.split(r"[\n,;，；、\t]+|\s{2,}", clean_text(text)):
        for written in _plates_in(piece):
            plate = read_plate(written)
            key = plate.number or written
            if key and key not in found:
                whence = next((where for prefix, where in known if plate.number.startswith(prefix)), "")
                found[key] = Looked(plate, written, "" if plate.problem else whence)
        if len(found) >= MOST_PLATES:
            break
    return list(found.values())


def _plates_in(piece: str) -> list[str]:
    """One plate, written with or without spaces; several when each word is one."""
    words = piece.split()
    if len(words) > 1 and all(not read_plate(word).problem for word in words):
        return words
    return [piece.strip()] if words else []


@action("self_report.add_plate_rule")
def add_plate_rule(
    command: Command, *, territory_id: UUID, prefix: str, whence: str, starts_date: date, ends_date: date
) -> Answer:
    """Look out for plates that begin so, from the first day to the day before the last (`ends_date`)."""
    territory = Territory.objects.filter(id=territory_id).first()
    if territory is None:
        command.asked.add("self_report.handle")
        raise NotFound("territory")
    command.require("self_report.handle", path=territory.path)
    beginning = re.sub(r"[\s·.\-]", "", clean_text(prefix)).upper()
    if not _PREFIX.fullmatch(beginning):
        raise Refusal("self_report.bad_prefix")
    if not whence.strip():
        raise Refusal("self_report.no_whence")
    if not 0 < (ends_date - starts_date).days <= MOST_DAYS:
        raise Refusal("self_report.bad_days")
    if PlateRule.objects.filter(territory=territory, prefix=beginning, starts_date=starts_date).exists():
        raise Refusal("self_report.prefix_twice")
    made = PlateRule.objects.create(
        id=uuid7(),
        territory=territory,
        path=territory.path,
        prefix=beginning,
        whence=whence.strip()[:60],
        starts_date=starts_date,
        ends_date=ends_date,
        made_by=command.actor,
    )
    facts: dict[str, object] = {"prefix": beginning}
    command.note(
        "self_report.add_plate_rule", path=made.path, subject_kind="plate_rule", subject_id=made.id, facts=facts
    )
    return {"rule": str(made.id)}


@action("self_report.remove_plate_rule")
def remove_plate_rule(command: Command, *, rule_id: UUID) -> Answer:
    """No longer look out for plates that begin so."""
    rule = PlateRule.objects.visible_to(command.actor).filter(id=rule_id).first()
    if rule is None:
        command.asked.add("self_report.handle")
        raise NotFound("plate_rule")
    command.require("self_report.handle", path=rule.path)
    facts: dict[str, object] = {"prefix": rule.prefix}
    command.note(
        "self_report.remove_plate_rule", path=rule.path, subject_kind="plate_rule", subject_id=rule.id, facts=facts
    )
    rule.delete()
    return {"rule": str(rule_id)}
