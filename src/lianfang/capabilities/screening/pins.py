"""What people decided before holds: a row that says the same as a decided one is not asked about again.

A pin answers at once when whom it names is still there. Otherwise it only keeps those away of whom it was said that
they are not who the row is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from lianfang.capabilities.screening.ahead import contexts_of
from lianfang.capabilities.screening.placing import Placer
from lianfang.core import vault
from lianfang.core.bulk import AnyOf
from lianfang.core.lists.facts import facts_from
from lianfang.core.lists.models import DecisionPin, ListRow
from lianfang.core.people.models import Person
from lianfang.kernel.doors import Door, door_key
from lianfang.kernel.fingerprints import fingerprint
from lianfang.kernel.matching import Candidate, Decision
from lianfang.kernel.rowfacts import RowFacts

NOT_THEM = "pinned.not_them"
CONTRADICTED = "pinned.contradicted"


@dataclass(frozen=True, slots=True)
class Pin:
    """A decision of a person that is in force for a row.

    `person_id` is the record kept today; it is None, as is `household_id`, when whom the pin named is gone. `refused`
    are those who are not who the row is about.
    """

    pin_id: UUID
    kind: str
    person_id: UUID | None
    household_id: UUID | None
    refused: frozenset[str]

    @property
    def answer(self) -> Decision | None:
        """The decision, if the pin can make it."""
        if self.person_id is not None:
            return Decision("same", person_id=str(self.person_id), reasons=(f"pinned.{self.kind}",))
        if self.household_id is not None:
            return Decision("same", household_id=str(self.household_id), reasons=(f"pinned.{self.kind}",))
        return None


def blind_fingerprints(facts: RowFacts, door: Door) -> tuple[int, int] | None:
    """The two hashes of what a row says of someone; None when it tells too little to mean one person."""
    text = fingerprint(facts, door_key(door))
    return (vault.blind_key("pin", text), vault.blind_key("pin.second", text)) if text else None


def pins_for(rows: Sequence[tuple[RowFacts, Door]]) -> dict[int, Pin]:
    """Pins in force by the index of the row they are about; one query, and two more if there are any."""
    marks = {index: mark for index, row in enumerate(rows) if (mark := blind_fingerprints(*row)) is not None}
    found = DecisionPin.objects.filter(AnyOf("fingerprint", {first for first, _ in marks.values()}), withdrawn_at=None)
    pins = {(one.fingerprint, one.second): one for one in found}
    if not pins:
        return {}
    kept = _kept(who for one in pins.values() for who in (one.person_id, *map(UUID, one.refused)) if who)
    households = {one.household_id for one in pins.values() if one.household_id}
    lived_in = set(
        Person.objects.current().filter(AnyOf("household_id", households)).values_list("household", flat=True)
    )
    return {index: _pin(pins[mark], kept, lived_in) for index, mark in marks.items() if mark in pins}


def read_again(row: ListRow) -> tuple[RowFacts, Door]:
    """What a stored row says, and the door it names, read as when it was compared."""
    facts, source_list = facts_from(row.facts), row.source_list
    placer = Placer(day=timezone.localdate(source_list.received_at), home=source_list.path)
    return facts, placer.read(facts, context=contexts_of(source_list).get(facts.sheet))


def pin_of(row: ListRow) -> Pin | None:
    """The pin in force for a row that still waits, made after it was compared."""
    return pins_for([read_again(row)]).get(0)


def _pin(one: DecisionPin, kept: Mapping[UUID, UUID], lived_in: set[UUID]) -> Pin:
    person = kept.get(one.person_id) if one.person_id else None
    # Whoever was merged since with somebody refused is refused too, but not with whom was chosen beside them.
    refused = {*one.refused, *(str(kept[who]) for who in map(UUID, one.refused) if who in kept)} - {str(person)}
    return Pin(
        pin_id=one.id,
        kind=one.kind,
        person_id=person,
        household_id=one.household_id if one.household_id in lived_in else None,
        refused=frozenset(refused),
    )


def _kept(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The record that stands today for each of these people: their own, or the one theirs was merged into."""
    into: dict[UUID, UUID | None] = {}
    wanted = set(person_ids)
    asked = frozenset(wanted)
    while wanted:
        into.update(Person.objects.filter(AnyOf("id", wanted)).values_list("id", "merged_into_id"))
        wanted = {kept for kept in into.values() if kept is not None} - into.keys()
    kept = {}
    for person_id in asked & into.keys():
        last = person_id
        while (following := into[last]) is not None:
            last = following
        kept[person_id] = last
    return kept


def proven_with(pins: Mapping[int, Pin], proven: Mapping[int, Decision]) -> dict[int, Decision]:
    """Rows decided without a comparison: by their number, unless a person said it is not its holder, and by pins.

    Where a number has come to somebody of whom nobody had heard when the pin was made, a person is asked again.
    """
    decided = dict(proven)
    for index, pin in pins.items():
        by_number = decided.pop(index, None)
        if by_number is None or by_number.person_id in pin.refused:
            if pin.answer is not None:
                decided[index] = pin.answer
        elif pin.person_id is None or str(pin.person_id) == by_number.person_id:
            decided[index] = by_number
        else:
            decided[index] = _contradicted(by_number, pin.person_id)
    return decided


def _contradicted(by_number: Decision, pinned: UUID) -> Decision:
    return Decision(
        "review",
        score=by_number.score,
        reasons=(*by_number.reasons, CONTRADICTED),
        candidates=(*by_number.candidates, Candidate(str(pinned), 0.0, ())),
    )


def mark_pinned(rows: Sequence[ListRow], pins: Mapping[int, Pin]) -> None:
    """Point the rows at what a person decided before; what that person said of others stands first of their reasons."""
    for index, pin in pins.items():
        row = rows[index]
        if pin.answer is None and pin.refused:
            row.reasons = [NOT_THEM, *row.reasons]
        elif pin.answer is not None and row.reasons == list(pin.answer.reasons):
            row.score = None
        elif CONTRADICTED not in row.reasons:
            continue  # the number told the same
        row.pin_id = pin.pin_id
