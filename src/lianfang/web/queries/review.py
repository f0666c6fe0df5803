"""Doubtful rows: which comes next, and row and candidates side by side with every difference marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from lianfang.capabilities.screening.looking import log_row_looks, open_people
from lianfang.capabilities.screening.reasons import CLASHES, field_standing, sentence_of, standing_of
from lianfang.core.access.models import User
from lianfang.core.lists.models import ListRow, RowDecision
from lianfang.core.people.models import Person, Sex
from lianfang.kernel.cells import clean_text
from lianfang.web.queries.lists import place_of_row

MOST_CANDIDATES = 5
MOST_COUNTED = 1000
"""The figure in the menu stops here."""
_CLASSES = {"agrees": "same", "nearly": "diff", "clashes": "clash"}


def queue_of(actor: User, *, list_id: UUID | None = None) -> QuerySet[ListRow]:
    """Doubtful rows the viewer may decide, oldest first."""
    rows = (
        ListRow.objects.visible_to(actor)
        .in_scopes(actor.authority.scopes("lists.decide"))
        .filter(decision=RowDecision.REVIEW)
    )
    if list_id is not None:
        rows = rows.filter(source_list_id=list_id)
    return rows.order_by("id")


def next_of(queue: QuerySet[ListRow], *, after: UUID | None) -> ListRow | None:
    """The row behind `after`, or the first again at the end; None if nothing is left."""
    rows = queue.select_related("source_list__sender")
    found = rows.filter(id__gt=after).first() if after else None
    return found or rows.first()


def waiting(actor: User) -> int:
    """How many rows wait, at most `MOST_COUNTED`."""
    return queue_of(actor).order_by()[:MOST_COUNTED].count()


def lists_with_doubts(actor: User) -> list[dict[str, Any]]:
    """Lists with doubtful rows and how many each has."""
    found = queue_of(actor).order_by().values_list("source_list_id", "source_list__title").annotate(n=Count("id"))
    return sorted(
        ({"id": str(one), "title": title, "n": n} for one, title, n in found), key=lambda one: str(one["title"])
    )


def with_household(queue: QuerySet[ListRow]) -> QuerySet[ListRow]:
    """Those of which the household is certain."""
    return queue.filter(household__isnull=False)


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of a candidate beside the row's: pieces of text, each with whether it differs; `css` says same, diff or
    clash, `said` the same for those who do not see colours."""

    pieces: tuple[tuple[str, bool], ...]
    css: str
    said: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One line of the comparison: what it is, what the row says, what each candidate's record says."""

    label: str
    row: str
    cells: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A person the row may be. `number` is the key that chooses them; `likely`: the best one, with nothing against."""

    number: int
    person: Person
    sentence: str
    likely: bool


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """Everything the page shows of one doubtful row."""

    row: ListRow
    place: str
    sentence: str
    candidates: tuple[CandidateView, ...]
    hidden: int
    lines: tuple[FieldLine, ...]
    other: tuple[tuple[str, str], ...]
    household: bool


def sheet_of(actor: User, row: ListRow, *, now: datetime) -> ReviewSheet:
    """Open a row and its candidates; both looks are logged. Candidates the viewer may not open are only counted."""
    log_row_looks(actor=actor, rows=[row], now=now, why="review")
    listed = [(UUID(who), score, list(reasons)) for who, score, reasons in row.candidates[:MOST_CANDIDATES]]
    people = open_people(actor=actor, person_ids=[who for who, _, _ in listed], now=now, why="review")
    shown = [(people[who], score, reasons) for who, score, reasons in listed if who in people]
    facts = row.facts
    candidates = tuple(
        CandidateView(
            number, person, sentence_of(reasons, missing=_missing(facts)), number == 1 and not _clashes(reasons)
        )
        for number, (person, _score, reasons) in enumerate(shown, start=1)
    )
    return ReviewSheet(
        row=row,
        place=place_of_row(row),
        sentence=sentence_of(row.reasons, missing=_missing(facts)),
        candidates=candidates,
        hidden=len(listed) - len(shown),
        lines=tuple(_lines(facts, [(person, reasons) for person, _, reasons in shown])),
        other=tuple(_other(facts)),
        household=row.household_id is not None,
    )


def _clashes(reasons: Sequence[str]) -> bool:
    return any(standing_of(code) == CLASHES for code in reasons)


def _missing(facts: dict[str, Any]) -> list[str]:
    told = {
        "id": facts.get("identity") or facts.get("identity_masked"),
        "phone": facts.get("phones") or facts.get("phones_masked"),
        "door": facts.get("address") or facts.get("room"),
    }
    return [name for name, value in told.items() if not value]


def _lines(facts: dict[str, Any], shown: Sequence[tuple[Person, list[str]]]) -> list[FieldLine]:
    phones = "、".join([*facts.get("phones", ()), *facts.get("phones_masked", ())])
    fields = (
        ("name", _("Name"), facts.get("name") or facts.get("name_masked", "")),
        ("id", _("Document number"), facts.get("identity") or facts.get("identity_masked", "")),
        ("phone", _("Telephone"), phones),
        ("door", _("Door"), facts.get("address", "")),
        ("birth", _("Birth date"), facts.get("birth_date", "")),
        ("sex", _("Sex"), _sex(facts.get("sex", ""))),
    )
    return [
        FieldLine(
            label,
            told,
            tuple(
                _compared(told, _known(person, name, told), field_standing(reasons, name)) for person, reasons in shown
            ),
        )
        for name, label, told in fields
    ]


def _sex(code: str) -> str:
    return str(Sex(code).label) if code in Sex.values and code else ""


def _known(person: Person, name: str, told: str) -> str:
    """What the ledger holds. Of several numbers the one nearest to the row's comes first."""
    if name in ("id", "phone"):
        source = person.documents if name == "id" else person.telephones
        numbers = [one.number for one in source.all()]
        return "、".join(sorted(numbers, key=lambda number: -SequenceMatcher(None, told, number).ratio()))
    return {
        "name": person.name,
        "door": person.dwelling.label if person.dwelling else "",
        "birth": person.birth_date.isoformat() if person.birth_date else "",
        "sex": _sex(person.sex),
    }[name]


def _compared(told: str, known: str, standing: str) -> Compared:
    if not told or not known or not standing:
        return Compared(((known, False),) if known else (), "", "")
    said = {"agrees": _("agrees"), "nearly": _("nearly"), "clashes": _("differs")}[standing]
    if standing == "agrees":
        return Compared(((known, False),), "same", said)
    return Compared(tuple(_pieces(clean_text(told), known)), _CLASSES[standing], said)


def _pieces(told: str, known: str) -> list[tuple[str, bool]]:
    """The known text cut where it departs from what was told."""
    matcher = SequenceMatcher(None, told, known, autojunk=False)
    return [(known[b1:b2], tag != "equal") for tag, _a1, _a2, b1, b2 in matcher.get_opcodes() if b1 < b2]


def _other(facts: dict[str, Any]) -> list[tuple[str, str]]:
    extra = facts.get("extra", {})
    words = (
        ("registered_address", _("Registered address"), facts.get("registered_address", "")),
        ("nationality", _("Nationality"), facts.get("nationality", "")),
        *((name, label, extra.get(name, "")) for name, label in (
            ("age", _("Age")),
            ("relation", _("Relation")),
            ("origin", _("Came from")),
            ("arrived_at", _("Arrived on")),
            ("category", _("Category")),
            ("reason", _("Reason")),
            ("note", _("Note")),
        )),
    )  # fmt: skip
    return [(label, str(value).replace("T", " ")) for _name, label, value in words if value]
