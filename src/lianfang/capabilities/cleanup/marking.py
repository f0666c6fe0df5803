"""Remembering who was written or changed, in the transaction that does it: the finder's next pass looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from lianfang.capabilities.cleanup.models import ChangedPerson
from lianfang.core.bulk import copy_values
from lianfang.kernel.uuid7 import uuid7


def mark(person_ids: Sequence[UUID]) -> None:
    """These people are to be compared again. Marking somebody twice does no harm."""
    copy_values(ChangedPerson, ("id", "person_id"), ((uuid7(), person_id) for person_id in person_ids))
