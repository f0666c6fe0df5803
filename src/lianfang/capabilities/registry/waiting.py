"""Tips that named nobody: the household they opened waits for names."""

from __future__ import annotations

from uuid import UUID

from lianfang.core.people.models import Dwelling
from lianfang.core.work.models import WorkItem


def household_waiting_for_names(dwelling: Dwelling) -> UUID | None:
    """The household without people that open work at this door is about, if there is one; the oldest first.

    Whoever is named at the door next is whom the tip meant.
    """
    unnamed = (
        WorkItem.objects.checks().open().filter(household__dwelling=dwelling, household__people=None, subjects=None)
    )
    return unnamed.order_by("created_at").values_list("household_id", flat=True).first()
