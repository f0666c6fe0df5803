"""Which of two records is kept unless somebody chooses: the one more hangs on, of equals the older."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lianfang.core.bulk import AnyOf
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.merging import MOVED_WITH_A_PERSON
from lianfang.core.people.models import IdentityDocument, Person, Residence


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for keeping a record; compared from the first field on."""

    has_valid_document: bool
    has_door: bool
    rows: int
    known: int
    """Of sex, birth date, nationality and relation, how many are known."""


def kept_by_default(one: Person, other: Person) -> UUID:
    """The id of the fuller record; of equals that of the older."""
    mine, theirs = (_weigh(person) for person in (one, other))
    if mine == theirs:
        return min((one, other), key=lambda person: (person.created_at, person.id)).id
    return one.id if _order(mine) > _order(theirs) else other.id


def _order(weighed: Weighed) -> tuple[bool, bool, int, int]:
    return weighed.has_valid_document, weighed.has_door, weighed.rows, weighed.known


def _weigh(person: Person) -> Weighed:
    rows = sum(model._default_manager.filter(**{column: person.id}).count() for model, column in MOVED_WITH_A_PERSON)
    return Weighed(
        has_valid_document=IdentityDocument.objects.filter(person=person, valid=True).exists(),
        has_door=person.dwelling_id is not None,
        rows=rows + Residence.objects.filter(person=person).count(),
        known=sum(bool(value) for value in (person.sex, person.birth_date, person.nationality, person.relation)),
    )


def under_measures(person_ids: Sequence[UUID], *, at: datetime) -> bool:
    """Whether a measure on one of these people is in force, or proposed and not over."""
    measures = ControlMeasure.objects.filter(AnyOf("person_id", person_ids), ends_at__gt=at, released_at=None)
    return measures.exists()
