"""Doubtful rows: which comes next, and how row and candidates compare, and how that adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from lianfang.capabilities.screening.lines import lines_of
from lianfang.capabilities.screening.looking import log_row_looks, open_people
from lianfang.capabilities.screening.pins import Pin, pin_of
from lianfang.capabilities.screening.reasons import CLASHES, sentence_of, standing_of, word_of
from lianfang.core.access.models import User
from lianfang.core.lists.models import DecisionPin, ListRow
from lianfang.core.people.models import Person
from lianfang.matching.parts import Part, codes_of, parts_from
from lianfang.web.queries import comparison
from lianfang.web.queries.lists import DecidedBefore, decided_before, place_of_row
from lianfang.web.queries.waterfall import Waterfall, waterfalls_of

MOST_CANDIDATES = 5
MOST_COUNTED = 1000
"""The figure in the menu stops here."""


def queue_of(actor: User, *, list_id: UUID | None = None) -> QuerySet[ListRow]:
    """Doubtful rows the viewer may decide, oldest first."""
    rows = ListRow.objects.visible_to(actor).in_scopes(actor.authority.scopes("lists.decide")).waiting()
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
class CandidateView:
    """A person the row may be. `number` is the key that chooses them; `likely`: the best one, with nothing against,
    or the one taken `before` for a row that said the same;
    `fall`: how what speaks for and against them adds up, if it was kept with the row."""

    number: int
    person: Person
    sentence: str
    likely: bool
    before: bool
    fall: Waterfall | None


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """Everything the page shows of one doubtful row."""

    row: ListRow
    place: str
    sentence: str
    candidates: tuple[CandidateView, ...]
    hidden: int
    lines: tuple[comparison.FieldLine, ...]
    other: tuple[tuple[str, str], ...]
    household: bool
    before: DecidedBefore | None
    before_said: str


def sheet_of(actor: User, row: ListRow, *, now: datetime) -> ReviewSheet:
    """Open a row and its candidates; both looks are logged. Candidates the viewer may not open are only counted."""
    log_row_looks(actor=actor, rows=[row], now=now, why="review")
    listed = [(UUID(who), parts_from(parts)) for who, _, parts in row.candidates[:MOST_CANDIDATES]]
    pin = pin_of(row)
    people = open_people(actor=actor, person_ids=[who for who, _ in listed], now=now, why="review")
    shown = [(people[who], parts) for who, parts in listed if who in people]
    facts = row.facts
    return ReviewSheet(
        row=row,
        place=place_of_row(row),
        sentence=sentence_of(row.reasons, missing=_missing(facts)),
        candidates=tuple(_views(shown, row, _missing(facts), pin)),
        hidden=len(listed) - len(shown),
        lines=tuple(comparison.lines_of(facts, [(person, codes_of(parts)) for person, parts in shown])),
        other=tuple(comparison.other_facts(facts)),
        household=row.household_id is not None,
        before=decided_before(actor, _stored(pin)) if pin else None,
        before_said=word_of(f"pinned.{pin.kind}") if pin else "",
    )


def _views(
    shown: Sequence[tuple[Person, tuple[Part, ...]]], row: ListRow, missing: list[str], pin: Pin | None
) -> list[CandidateView]:
    falls = waterfalls_of([parts for _, parts in shown], lines_of(row.rules_version))
    return [
        CandidateView(
            number=number,
            person=person,
            sentence=sentence_of(codes_of(parts), missing=missing),
            likely=person.id == pin.person_id if pin else number == 1 and not _clashes(codes_of(parts)),
            before=pin is not None and person.id == pin.person_id,
            fall=fall,
        )
        for number, ((person, parts), fall) in enumerate(zip(shown, falls, strict=True), start=1)
    ]


def _clashes(codes: Sequence[str]) -> bool:
    return any(standing_of(code) == CLASHES for code in codes)


def _stored(pin: Pin) -> DecisionPin | None:
    return DecisionPin.objects.select_related("decided_by").filter(id=pin.pin_id).first()


def _missing(facts: dict[str, Any]) -> list[str]:
    told = {
        "id": facts.get("identity") or facts.get("identity_masked"),
        "phone": facts.get("phones") or facts.get("phones_masked"),
        "door": facts.get("address") or facts.get("room"),
    }
    return [name for name, value in told.items() if not value]
