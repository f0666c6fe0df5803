"""Which of two records is kept unless somebody chooses: the one more hangs on, of equals the older."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from lianfang.core.bulk import AnyOf
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.merging import MOVED_WITH_A_PERSON
from lianfang.core.people.models import IdentityDocument, Person


def kept_by_default(one: Person, other: Person) -> UUID:
    """The id of the fuller record: first the one with a valid document, then with a door, then with more rows in all
    ledgers, then with more known about it. Of equals that of the older."""
    both = (one.id, other.id)
    documents = IdentityDocument.objects.filter(AnyOf("person_id", both), valid=True)
    with_document = set(documents.values_list("person_id", flat=True))
    rows = _rows_of(both)

    def fullness(person: Person) -> tuple[bool, bool, int, int]:
        known = sum(bool(value) for value in (person.sex, person.birth_date, person.nationality, person.relation))
        return person.id in with_document, person.dwelling_id is not None, rows[person.id], known

    older = min((one, other), key=lambda person: (person.created_at, person.id))
    younger = other if older is one else one
    return younger.id if fullness(younger) > fullness(older) else older.id


def _rows_of(person_ids: Sequence[UUID]) -> Counter[UUID]:
    """How many rows of the ledgers that move with a person each of them has."""
    rows: Counter[UUID] = Counter()
    for model, column in MOVED_WITH_A_PERSON:
        held = model._default_manager.filter(AnyOf(column, person_ids)).order_by().values_list(column)
        rows.update(dict(held.annotate(n=Count("pk"))))
    return rows


def under_measures(person_ids: Sequence[UUID], *, at: datetime) -> bool:
    """Whether a measure on one of these people is in force, or proposed and not over."""
    measures = ControlMeasure.objects.filter(AnyOf("person_id", person_ids), ends_at__gt=at, released_at=None)
    return measures.exists()
