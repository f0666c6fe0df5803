"""What a person decided about someone on a list is not asked again, on whatever list it comes; taken back, it is."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lianfang.capabilities.screening import deciding
from lianfang.capabilities.screening.confirmed import confirmed_counts
from lianfang.capabilities.screening.recording import HOUSEHOLD, NEW, SAME
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists.models import ConfirmedPair, DecisionPin, ListRow, ReviewDecision, SourceList
from lianfang.core.people import actions
from lianfang.core.people.merging import merge, split
from lianfang.core.people.models import Person
from lianfang.core.work.models import WorkOrigin
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from tests.flows.bringing import Written, address_of, bring, doubtful_row, relative_row


@pytest.fixture
def resident(town: Town) -> Person:
    """Someone with a number, a telephone nobody else has, and a door."""
    known = (one for one in town.people.values() if one.dwelling_id and one.documents.exists())
    return next(one for one in known if one.telephones.exists() and len(one.name) == 3)


@pytest.fixture
def bring_rows(desk: User, town: Town, tmp_path: Path) -> Any:
    """Bring rows in as a list of a sender of its own, with the columns in any order; its rows in their order."""

    def bring_them(
        rows: Sequence[Written], *, columns: Sequence[str] = ("姓名", "身份证号", "联系电话", "现住址")
    ) -> list[ListRow]:
        path = tmp_path / f"{uuid7()}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.DictWriter(target, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        one = bring(path, desk, town, sender=path.stem[-8:])
        return list(ListRow.objects.filter(source_list=one).order_by("ordinal"))

    return bring_them


def decide(desk: User, row: ListRow, kind: str, person: Person | None = None) -> None:
    deciding.decide_row(Command(actor=desk), row_id=row.id, kind=kind, person_id=person.id if person else None)
    row.refresh_from_db()


OTHER_ORDER = ("备注", "现住址", "联系电话", "姓名", "身份证号")


class TestADecisionHolds:
    def test_on_a_later_list_that_says_the_same_in_another_layout(
        self, bring_rows: Any, desk: User, resident: Person
    ) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        assert (row.decision, row.reasons[-1]) == ("review", "id.contradicts")
        decide(desk, row, SAME, resident)
        (again,) = bring_rows([{**doubtful_row(resident), "备注": "第二批"}], columns=OTHER_ORDER)
        assert (again.decision, again.person_id, again.reasons) == ("same", resident.id, ["pinned.same"])
        pin = DecisionPin.objects.get()
        assert again.pin_id == pin.id and pin.source_list_id == row.source_list_id and pin.decided_by == desk
        assert WorkOrigin.objects.filter(row=again, person=resident).exists()

    def test_only_for_the_same_facts(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        decide(desk, row, SAME, resident)
        (other,) = bring_rows([{**doubtful_row(resident), "联系电话": "19900099999"}])
        assert other.pin_id is None and other.decision == "review"

    def test_for_the_record_kept_after_a_merge(self, bring_rows: Any, desk: User, resident: Person, town: Town) -> None:
        told = doubtful_row(resident)
        (row,) = bring_rows([told])
        decide(desk, row, SAME, resident)
        kept = next(one for one in town.people.values() if one.id != resident.id and not one.documents.exists())
        merge(Command(actor=desk), kept_id=kept.id, merged_id=resident.id, reason="同一人")
        (again,) = bring_rows([told], columns=OTHER_ORDER)
        assert (again.decision, again.person_id) == ("same", kept.id)

    def test_for_the_record_given_back_when_a_merge_is(
        self, bring_rows: Any, desk: User, resident: Person, town: Town
    ) -> None:
        told = doubtful_row(resident)
        (row,) = bring_rows([told])
        decide(desk, row, SAME, resident)
        kept = next(one for one in town.people.values() if one.id != resident.id and not one.documents.exists())
        done = merge(Command(actor=desk), kept_id=kept.id, merged_id=resident.id, reason="同一人")
        split(Command(actor=desk), merge_id=UUID(done["merge"]))
        (again,) = bring_rows([told], columns=OTHER_ORDER)
        assert (again.decision, again.person_id) == ("same", resident.id)

    def test_against_the_record_into_which_one_it_refused_was_merged(
        self, bring_rows: Any, desk: User, resident: Person, town: Town
    ) -> None:
        told = doubtful_row(resident)
        (row,) = bring_rows([told])
        decide(desk, row, NEW)
        deciding.undo_list(Command(actor=desk), list_id=row.source_list_id)
        kept = next(one for one in town.people.values() if one.id != resident.id and not one.documents.exists())
        merge(Command(actor=desk), kept_id=kept.id, merged_id=resident.id, reason="同一人")
        (again,) = bring_rows([told], columns=OTHER_ORDER)
        assert (again.decision, again.reasons[-1]) == ("new", "pinned.not_them")
        assert str(kept.id) not in [who for who, _, _ in again.candidates]

    def test_for_a_new_person_too(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([relative_row(resident)])
        decide(desk, row, NEW)
        (again,) = bring_rows([relative_row(resident)], columns=OTHER_ORDER)
        assert (again.decision, again.person_id, again.reasons) == ("same", row.person_id, ["pinned.new"])

    def test_for_a_household(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([relative_row(resident)])
        assert (row.decision, row.household_id) == ("review", resident.household_id)
        decide(desk, row, HOUSEHOLD)
        (again,) = bring_rows([relative_row(resident)], columns=OTHER_ORDER)
        assert (again.decision, again.person_id, again.household_id) == ("same", None, resident.household_id)
        assert again.reasons == ["pinned.household"]
        assert not ConfirmedPair.objects.exists()

    def test_against_those_it_refused_when_its_list_was_undone(
        self, bring_rows: Any, desk: User, resident: Person
    ) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        decide(desk, row, NEW)
        made = row.person_id
        deciding.undo_list(Command(actor=desk), list_id=row.source_list_id)
        assert not Person.objects.filter(id=made).exists()
        (again,) = bring_rows([doubtful_row(resident)], columns=OTHER_ORDER)
        assert (again.decision, again.reasons[-1]) == ("new", "pinned.not_them")
        assert again.person_id not in (resident.id, made)
        assert str(resident.id) not in [who for who, _, _ in again.candidates]

    def test_against_the_holder_of_a_number(self, bring_rows: Any, desk: User, resident: Person) -> None:
        """The number alone would have decided."""
        own = {**doubtful_row(resident), "身份证号": resident.documents.all()[0].number, "姓名": "欧阳大山"}
        (row,) = bring_rows([own])
        assert row.reasons[-1] == "id.name_differs"
        decide(desk, row, NEW)
        made = Person.objects.get(id=row.person_id)
        (again,) = bring_rows([own], columns=OTHER_ORDER)
        assert (again.decision, again.person_id) == ("same", made.id)

    def test_until_the_number_has_come_to_somebody_else(
        self, bring_rows: Any, desk: User, resident: Person, town: Town
    ) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        decide(desk, row, SAME, resident)
        number = doubtful_row(resident)["身份证号"]
        others = [one for one in town.people.values() if one.household_id != resident.household_id]
        neighbour = next(one for one in others if one.dwelling_id)
        holder = actions.register(
            Command(actor=desk), name=resident.name, dwelling_id=neighbour.dwelling_id, identity=number
        )["person"]
        (again,) = bring_rows([doubtful_row(resident)], columns=OTHER_ORDER)
        assert (again.decision, again.reasons[-1]) == ("review", "pinned.contradicted")
        assert {who for who, _, _ in again.candidates} == {holder, str(resident.id)}
        deciding.decide_row(Command(actor=desk), row_id=again.id, kind=SAME, person_id=UUID(holder))
        (third,) = bring_rows([doubtful_row(resident)], columns=("联系电话", "现住址", "姓名", "身份证号"))
        assert (third.decision, str(third.person_id)) == ("same", holder)

    def test_not_when_the_row_could_be_two_people(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([{"姓名": resident.name}])
        assert row.decision == "review"
        decide(desk, row, SAME, resident)
        assert not DecisionPin.objects.exists()

    def test_as_the_last_one_when_two_were_made(self, bring_rows: Any, desk: User, resident: Person) -> None:
        first, second = bring_rows([doubtful_row(resident), {**doubtful_row(resident), "现住址": address_of(resident)}])
        assert first.decision == second.decision == "review"
        decide(desk, first, SAME, resident)
        decide(desk, second, NEW)
        (again,) = bring_rows([doubtful_row(resident)], columns=OTHER_ORDER)
        assert again.person_id == second.person_id
        assert DecisionPin.objects.filter(withdrawn_at=None).count() == 1


class TestADecisionTakenBack:
    def test_is_asked_again(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        decide(desk, row, SAME, resident)
        deciding.undo_decision(Command(actor=desk))
        (again,) = bring_rows([doubtful_row(resident)], columns=OTHER_ORDER)
        assert (again.decision, again.pin_id) == ("review", None)
        assert not ConfirmedPair.objects.exists()

    def test_leaves_what_it_answered_meanwhile(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        decide(desk, row, SAME, resident)
        (again,) = bring_rows([doubtful_row(resident)], columns=OTHER_ORDER)
        deciding.undo_decision(Command(actor=desk), row_id=row.id)
        again.refresh_from_db()
        assert again.decision == "same" and again.pin is not None and again.pin.withdrawn_at is not None


class TestADecisionIsKept:
    def test_out_of_reach_of_a_new_version_of_the_model(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        assert row in ListRow.objects.waiting()
        decide(desk, row, SAME, resident)
        assert row not in ListRow.objects.waiting()
        deciding.undo_decision(Command(actor=desk))
        assert row in ListRow.objects.waiting()

    def test_with_model_score_and_parts(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        best, *others = row.candidates
        decide(desk, row, SAME, resident)
        kept = ReviewDecision.objects.get()
        assert best[0] == str(resident.id)
        assert (kept.rules_version, kept.score, kept.parts) == (row.rules_version, best[1], best[2])
        assert kept.parts[0][0] == "prior" and "contact.phone+door" in [code for code, _ in kept.parts]
        assert sorted(map(len, kept.refused_parts)) == sorted(len(parts) for _, _, parts in others)

    def test_as_counts_after_its_rows_are_gone(self, bring_rows: Any, desk: User, resident: Person) -> None:
        (row,) = bring_rows([doubtful_row(resident)])
        decide(desk, row, SAME, resident)
        before = confirmed_counts()
        same = before["versions"][row.rules_version]["same"]
        assert same["pairs"] == 1 and same["codes"]["id.differs"] == 1 and "prior" not in same["codes"]
        assert sum(same["together"].values()) == 1
        ListRow.objects.filter(source_list=row.source_list_id).delete()
        SourceList.objects.filter(id=row.source_list_id).update(title="")
        assert not ReviewDecision.objects.exists()
        assert confirmed_counts() == before

    def test_of_candidates_the_one_who_decides_could_see(self, bring_rows: Any, desk: User, resident: Person) -> None:
        """Somebody outside the area was not looked at, so nothing was said about them."""
        (row,) = bring_rows([doubtful_row(resident)])
        Person.objects.filter(id=resident.id).update(path="0002")
        decide(desk, row, NEW)
        assert str(resident.id) not in DecisionPin.objects.get().refused
        assert len(ReviewDecision.objects.get().refused_parts) == len(row.candidates) - 1
