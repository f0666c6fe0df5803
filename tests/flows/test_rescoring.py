"""A doubtful row waits, and the ledger goes on changing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from lianfang.capabilities.screening import deciding, rescoring
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists.models import ListRow
from lianfang.core.people import actions
from lianfang.jobs.town import Town
from tests.flows.bringing import bring, town_list


@pytest.fixture
def waiting(town: Town, desk: User) -> list[ListRow]:
    """Rows of the list of telephones: nobody can be told by a surname."""
    brought = bring(town_list("04"), desk, town)
    return list(ListRow.objects.waiting().filter(source_list=brought).order_by("ordinal"))


def again(row: ListRow) -> ListRow:
    return ListRow.objects.get(id=row.id)


class TestAWaitingRow:
    def test_is_left_alone_within_the_hour(self, waiting: list[ListRow]) -> None:
        assert rescoring.refresh(now=timezone.now() + timedelta(minutes=30)) == 0

    def test_is_weighed_as_before_when_nothing_has_changed(self, waiting: list[ListRow]) -> None:
        later = timezone.now() + timedelta(hours=2)
        weighed = 0
        while done := rescoring.refresh(now=later):
            weighed += done
        assert weighed == len(waiting)
        for row in waiting[:40]:
            assert [who for who, *_ in again(row).candidates] == [who for who, *_ in row.candidates]
            assert again(row).decision == "review" and again(row).decided_at == later

    def test_is_compared_with_whoever_came_since(self, waiting: list[ListRow], desk: User) -> None:
        row = next(one for one in waiting if one.household_id and one.facts.get("phones"))
        household = row.household_id
        home = next(one for one in row.source_list.rows.all() if one.household_id == household).household
        assert home is not None
        name = (row.facts.get("name") or row.facts["name_masked"])[0] + "小宝"
        came = actions.register(
            Command(actor=desk),
            name=name,
            dwelling_id=home.dwelling_id,
            household_id=household,
            phone=row.facts["phones"][0],
        )["person"]
        rescoring.refresh(now=timezone.now() + timedelta(hours=2))
        assert came in [who for who, *_ in again(row).candidates]

    def test_is_not_touched_once_a_person_has_decided(self, waiting: list[ListRow], desk: User) -> None:
        row = next(one for one in waiting if one.household_id)
        deciding.decide_row(Command(actor=desk), row_id=row.id, kind="household", person_id=None)
        before = again(row)
        rescoring.refresh(now=timezone.now() + timedelta(hours=2))
        assert (again(row).decided_at, again(row).candidates) == (before.decided_at, before.candidates)
