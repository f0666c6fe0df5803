"""Suspected pairs: the queue with masked names, and one pair with both records side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.capabilities.cleanup.choosing import kept_by_default, under_measures
from lianfang.capabilities.cleanup.models import DuplicatePair, PairState
from lianfang.capabilities.screening.reasons import sentence_of
from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.bulk import AnyOf
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Person
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.keyset import PAGE, Slice, backward, sliced
from lianfang.web.queries.pair_reasons import SILENT, Step, waterfall
from lianfang.web.queries.person import PersonFile, Row, file_of

MOST_COUNTED = 1000
"""The figure over the queue stops here."""
_NEAR = 0.7
"""Two texts that share less are shown whole, without marks at their characters."""


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in the queue; names are masked."""

    id: UUID
    percent: int
    people: tuple[tuple[str, str], ...]
    """Masked name and door of both."""
    why: str
    found_at: datetime
    returned: bool


def queue_of(actor: User) -> QuerySet[DuplicatePair]:
    """Open pairs the viewer may decide, the likeliest first."""
    return DuplicatePair.objects.visible_to(actor).open().order_by("-weight", "id")


def waiting(actor: User) -> int:
    """How many pairs wait, at most one more than `MOST_COUNTED`."""
    return queue_of(actor).order_by()[: MOST_COUNTED + 1].count()


def page_of(actor: User, *, cursor: str) -> Slice[PairLine]:
    """One page of the queue. A pair of which one lives elsewhere by now is left out until the finder has seen it."""
    pairs = list(_behind(queue_of(actor), cursor)[: PAGE + 1])
    found = sliced(pairs, cursor=cursor, mark=_mark)
    people = _people(actor, found.rows)
    lines = [
        _line(pair, people[pair.person_a_id], people[pair.person_b_id])
        for pair in found.rows
        if pair.person_a_id in people and pair.person_b_id in people
    ]
    return found.of(lines)


def _mark(pair: DuplicatePair) -> str:
    return f"{pair.weight!r}~{pair.id}"


def _behind(pairs: QuerySet[DuplicatePair], cursor: str) -> QuerySet[DuplicatePair]:
    weight, last = _place(cursor)
    back = backward(cursor)
    ordered = pairs.order_by("weight", "-id") if back else pairs.order_by(F("weight").desc(), "id")
    if last is None:
        return ordered
    if back:
        return ordered.filter(Q(weight__gte=weight), Q(weight__gt=weight) | Q(weight=weight, id__lt=last))
    return ordered.filter(Q(weight__lte=weight), Q(weight__lt=weight) | Q(weight=weight, id__gt=last))


def _place(cursor: str) -> tuple[float, UUID | None]:
    weight, _sign, last = cursor.lstrip("<").rpartition("~")
    try:
        return float(weight), UUID(last)
    except ValueError:
        return 0.0, None


def _people(actor: User, pairs: Sequence[DuplicatePair]) -> dict[UUID, tuple[str, str]]:
    ids = {person for pair in pairs for person in (pair.person_a_id, pair.person_b_id)}
    rows = Person.objects.visible_to(actor).current().filter(AnyOf("id", ids))
    return {one: (mask_name(name), door or "") for one, name, door in rows.values_list("id", "name", "dwelling__label")}


def _line(pair: DuplicatePair, one: tuple[str, str], other: tuple[str, str]) -> PairLine:
    codes = [code for code, _weight in pair.reasons if code not in SILENT]
    return PairLine(
        id=pair.id,
        percent=min(99, int(pair.score * 100)),
        people=(one, other),
        why=sentence_of(codes),
        found_at=pair.returned_at or pair.found_at,
        returned=pair.returned_at is not None,
    )


def next_of(actor: User, *, after: UUID | None) -> DuplicatePair | None:
    """The open pair behind `after` (decided or not), or the first again at the end; None if nothing is left."""
    before = DuplicatePair.objects.visible_to(actor).filter(id=after).first() if after else None
    queue = queue_of(actor)
    following = _behind(queue, _mark(before)).first() if before else None
    return following or queue.first()


@dataclass(frozen=True, slots=True)
class Cell:
    """What one record says: items, each in pieces of text with whether the other record differs there."""

    items: tuple[tuple[tuple[str, bool], ...], ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One line of the comparison. `css` says same or diff, `said` the same for those who do not see colours."""

    label: str
    cells: tuple[Cell, Cell]
    css: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class PairSheet:
    """Everything the page shows of one pair. The first of `files` is the record that is kept unless one chooses."""

    pair: DuplicatePair
    percent: int
    files: tuple[PersonFile, PersonFile]
    rows: tuple[PairRow, ...]
    steps: tuple[Step, ...]
    needs_reason: bool

    @property
    def is_open(self) -> bool:
        """Whether it can be decided."""
        return self.pair.state == PairState.OPEN


def pair_of(actor: User, pair_id: UUID) -> DuplicatePair | None:
    """The pair, decided or not, if the viewer may see it."""
    return DuplicatePair.objects.visible_to(actor).select_related("decided_by", "merge").filter(id=pair_id).first()


def sheet_of(actor: User, pair: DuplicatePair, *, now: datetime) -> PairSheet:
    """Open both records in full; the looks are logged. Raises `NotFound` when one lies outside the viewer's area."""
    people = Person.objects.visible_to(actor).select_related("dwelling")
    both = list(people.filter(AnyOf("id", [pair.person_a_id, pair.person_b_id])).order_by("id"))
    if len(both) < 2:
        raise NotFound("pair")
    log_looks(actor=actor, people=both, now=now, why="duplicates")
    kept = pair.merge.kept_id if pair.merge else kept_by_default(*both)
    both.sort(key=lambda person: person.id != kept)
    left, right = (file_of(actor, person, opened=True, now=now) for person in both)
    return PairSheet(
        pair=pair,
        percent=min(99, int(pair.score * 100)),
        files=(left, right),
        rows=tuple(_rows(left, right)),
        steps=tuple(waterfall(pair.reasons)),
        needs_reason=under_measures([person.id for person in both], at=now),
    )


def _rows(left: PersonFile, right: PersonFile) -> list[PairRow]:
    one, other = left.person, right.person
    texts = [
        (_("Name"), [one.name], [other.name]),
        (_("Sex"), [_label(one)], [_label(other)]),
        (_("Born on"), [_day(one)], [_day(other)]),
        (_("Documents"), [row.text for row in left.documents], [row.text for row in right.documents]),
        (_("Telephones"), [row.title for row in left.phones], [row.title for row in right.phones]),
        (_("Door"), [_door(one)], [_door(other)]),
    ]
    compared = [_compared(label, mine, theirs) for label, mine, theirs in texts]
    plain = [
        (_("Relation"), [one.relation], [other.relation]),
        (_("Nationality"), [one.nationality], [other.nationality]),
        (_("Household"), _titles(left.members), _titles(right.members)),
        (_("Special needs"), _titles(left.needs), _titles(right.needs)),
        (_("Measures"), [row.regime for row in left.measures], [row.regime for row in right.measures]),
        (_("Checks"), [str(len(left.work))], [str(len(right.work))]),
        (_("Lists"), _titles(left.lists), _titles(right.lists)),
        (_("Registered on"), [_registered(one)], [_registered(other)]),
    ]
    shown = [(label, mine, theirs) for label, mine, theirs in plain if any(mine) or any(theirs)]
    return compared + [PairRow(label, (_plain(mine), _plain(theirs))) for label, mine, theirs in shown]


def _label(person: Person) -> str:
    return str(person.get_sex_display()) if person.sex else ""


def _day(person: Person) -> str:
    return person.birth_date.isoformat() if person.birth_date else ""


def _registered(person: Person) -> str:
    return timezone.localdate(person.created_at).isoformat()


def _door(person: Person) -> str:
    return person.dwelling.label if person.dwelling else ""


def _titles(rows: Sequence[Row]) -> list[str]:
    return [row.title for row in rows]


def _plain(texts: Sequence[str]) -> Cell:
    return Cell(tuple(((text, False),) for text in texts if text))


def _compared(label: str, mine: Sequence[str], theirs: Sequence[str]) -> PairRow:
    mine, theirs = [text for text in mine if text], [text for text in theirs if text]
    cells = _marked(mine, theirs), _marked(theirs, mine)
    if not mine or not theirs:
        return PairRow(label, cells)
    if set(mine) == set(theirs):
        return PairRow(label, cells, "same", _("agrees"))
    if set(mine) & set(theirs):
        return PairRow(label, cells, "diff", _("agrees in part"))
    return PairRow(label, cells, "diff", _("differs"))


def _marked(texts: Sequence[str], others: Sequence[str]) -> Cell:
    return Cell(tuple(_pieces(text, others) for text in texts))


def _pieces(text: str, others: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """The text cut where it departs from the nearest of `others`; whole when it is there, or like none."""
    if text in others or not others:
        return ((text, False),)
    nearest = max((SequenceMatcher(None, other, text, autojunk=False) for other in others), key=lambda m: m.ratio())
    if nearest.ratio() < _NEAR and len(text) > 4:
        return ((text, False),)
    return tuple((text[b1:b2], tag != "equal") for tag, _a1, _a2, b1, b2 in nearest.get_opcodes() if b1 < b2)
