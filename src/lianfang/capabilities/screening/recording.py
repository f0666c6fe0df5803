"""What a review decision leaves behind: its reasons, a pin for later lists, and pairs to estimate a model from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from lianfang.capabilities.screening.pins import blind_fingerprints, read_again
from lianfang.core.access.models import User
from lianfang.core.lists.models import ConfirmedPair, DecisionPin, ListRow, ReviewDecision
from lianfang.core.people.models import Person
from lianfang.matching.parts import parts_from

SAME, NEW, HOUSEHOLD = "same", "new", "household"


class Judged(NamedTuple):
    """Somebody the row may be, whose file the one who decides may open."""

    person_id: str
    score: float
    parts: list[list[Any]]


def judged_by(actor: User, row: ListRow) -> list[Judged]:
    """The candidates the actor could see: nothing is said about the others."""
    listed = {str(who): Judged(str(who), score, [list(part) for part in parts_from(parts)])
              for who, score, parts in row.candidates}  # fmt: skip
    seen = Person.objects.visible_to(actor).filter(id__in=[UUID(who) for who in listed]).values_list("id", "path")
    return [listed[str(who)] for who, path in seen if actor.authority.may("people.open", path=path)]


def record(decision: ReviewDecision, judged: Iterable[Judged]) -> None:
    """Store a decision just made with everything that follows from it."""
    row = decision.row
    taken = str(decision.person_id) if decision.kind == SAME else ""
    chosen = next((one for one in judged if one.person_id == taken), None)
    refused = [one for one in judged if one.person_id != taken] if decision.kind != HOUSEHOLD else []
    decision.rules_version = row.rules_version
    decision.score = chosen.score if chosen else None if decision.kind == SAME else row.score
    decision.parts = chosen.parts if chosen else []
    decision.refused_parts = [one.parts for one in refused]
    decision.save(force_insert=True)
    _pin(decision, refused)
    pairs = [(True, chosen)] if chosen else []
    pairs += [(False, one) for one in refused]
    ConfirmedPair.objects.bulk_create(
        ConfirmedPair(
            decision=decision,
            rules_version=row.rules_version,
            same=same,
            codes=[code for code, _ in parts_from(one.parts)],
            decided_date=timezone.localdate(decision.decided_at),
        )
        for same, one in pairs
    )


def _pin(decision: ReviewDecision, refused: Iterable[Judged]) -> None:
    row = decision.row
    marks = blind_fingerprints(*read_again(row))
    if marks is None:
        return
    first, second = marks
    earlier = DecisionPin.objects.filter(fingerprint=first, second=second, withdrawn_at=None)
    earlier.update(withdrawn_at=decision.decided_at)
    pin = DecisionPin(
        fingerprint=first,
        second=second,
        kind=decision.kind,
        person_id=decision.person_id if decision.kind != HOUSEHOLD else None,
        household_id=row.household_id if decision.kind == HOUSEHOLD else None,
        refused=[one.person_id for one in refused],
        decision=decision,
        source_list=row.source_list,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )
    # Of two people deciding about the same facts in the same moment the first one's holds.
    DecisionPin.objects.bulk_create([pin], ignore_conflicts=True)


def withdraw(decision: ReviewDecision, *, now: datetime) -> None:
    """Take a decision back: it is in force no more, and nothing is estimated from it."""
    decision.undone_at = now
    decision.save(update_fields=["undone_at"])
    decision.pins.filter(withdrawn_at=None).update(withdrawn_at=now)
    decision.pairs.all().delete()
