"""Whom a ruling is about, and what it would change, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.bulk import AnyOf
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.measures.models import ControlMeasure, Regime
from lianfang.core.measures.proposing import MOST_PROPOSED
from lianfang.core.people.models import Person
from lianfang.kernel.masking import mask_name
from lianfang.playbooks.whatif import Change, WhatIf
from lianfang.playbooks.words import CATEGORIES, sentence_of
from lianfang.web.answering import uuid_of

SHOWN = 100
"""People shown one by one; the figures are of all."""

WHAT_WORDS: dict[str, Promise | str] = {
    "newly": _("Newly under a measure"),
    "stricter": _("Stricter"),
    "milder": _("Milder"),
    "longer": _("Longer"),
    "shorter": _("Shorter"),
    "same": _("Unchanged"),
    "freed": _("Nothing any more"),
    "nothing": _("Nothing"),
    "no_fact": _("No fact: nothing can follow"),
    "refused": _("Cannot be ruled on"),
}
TONES = {"newly": "bad", "stricter": "bad", "longer": "warn", "milder": "ok", "shorter": "ok", "freed": "ok"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The people a ruling is about, and how they were chosen (for the form to send again)."""

    ids: tuple[UUID, ...]
    title: str
    fields: tuple[tuple[str, str], ...]
    too_many: bool = False


def chosen_people(actor: User, given: Mapping[str, str]) -> Chosen:
    """People named by `person`, `household`, `list` (everyone its rows were found to be) or `area` (all who are under
    measures there). Only those the actor may see; nobody for nothing.
    """
    seen = Person.objects.visible_to(actor).current()
    person_id, household_id = uuid_of(given.get("person")), uuid_of(given.get("household"))
    list_id, area = uuid_of(given.get("list")), given.get("area", "")
    title = ""
    fields: tuple[tuple[str, str], ...]
    if person_id:
        rows, fields = seen.filter(id=person_id), (("person", str(person_id)),)
    elif household_id:
        rows, fields = seen.filter(household_id=household_id), (("household", str(household_id)),)
    elif list_id:
        source = SourceList.objects.visible_to(actor).filter(id=list_id).first()
        if source is None:
            raise NotFound("list")
        on_it = ListRow.objects.visible_to(actor).filter(source_list=source, person__isnull=False)
        rows, title, fields = seen.filter(id__in=on_it.values("person")), source.title, (("list", str(list_id)),)
    elif area:
        running = ControlMeasure.objects.visible_to(actor).under(area).unlifted()
        rows, fields = seen.filter(id__in=running.values("person")), (("area", area),)
    else:
        return Chosen((), "", ())
    ids = tuple(rows.order_by("path", "household_id", "id").values_list("id", flat=True)[: MOST_PROPOSED + 1])
    return Chosen(ids[:MOST_PROPOSED], title, fields, too_many=len(ids) > MOST_PROPOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """One person and what would change."""

    person_id: UUID
    name: str
    door: str
    what: str
    tone: str
    category: str
    before: str
    after: str
    ends_before: datetime | None
    ends_after: datetime | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The what-if as it is shown: figures of all, lines of the first `SHOWN`."""

    counts: tuple[tuple[str, int, str], ...]
    days_more: int
    lines: tuple[Line, ...]
    total: int
    reruled: bool


def preview(actor: User, seen: WhatIf, *, now: datetime) -> Preview:
    """Words and masked names for a what-if."""
    shown = seen.changes[:SHOWN]
    rows = Person.objects.visible_to(actor).filter(AnyOf("id", [change.person_id for change in shown]))
    names = {
        one: (mask_name(name), door or "") for one, name, door in rows.values_list("id", "name", "dwelling__label")
    }
    return Preview(
        counts=tuple((str(WHAT_WORDS[what]), count, TONES.get(what, "")) for what, count in seen.counts.items()),
        days_more=seen.days_more,
        lines=tuple(_line(change, *names.get(change.person_id, ("", ""))) for change in shown),
        total=len(seen.changes),
        reruled=any(change.regime_before for change in seen.changes),
    )


def _line(change: Change, name: str, door: str) -> Line:
    known = change.what not in ("no_fact", "refused")
    return Line(
        person_id=change.person_id,
        name=name,
        door=door,
        what=str(WHAT_WORDS[change.what]),
        tone=TONES.get(change.what, ""),
        category=str(CATEGORIES.get(change.category, "")),
        before=_regime(change.regime_before),
        after=_regime(change.regime_after),
        ends_before=change.ends_before,
        ends_after=change.ends_after,
        reasons=tuple(sentence_of(reason) for reason in change.reasons) if known else (),
    )


def _regime(code: str) -> str:
    return str(Regime(code).label) if code else "—"
