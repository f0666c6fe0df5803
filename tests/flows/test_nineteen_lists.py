"""All nineteen lists of the town, one after the other, from file to result in the sender's own layout."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from uuid import UUID

from lianfang.capabilities.screening.results import DONE, groups_of, results_of
from lianfang.capabilities.screening.returning import private_folder, return_errors, return_file
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists import storage
from lianfang.core.lists.intake.source import open_source
from lianfang.core.lists.intake.workbook import Workbook, raw_cells
from lianfang.core.lists.models import ListRow, ListState, SourceList
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from tests.flows.bringing import bring, get_done, work_of
from tests.town import LISTS

Seat = tuple[str, str, int, int]


def truth() -> dict[Seat, dict[str, str]]:
    """What is true of each person on each row, by file, sheet, data row and part."""
    with (LISTS / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (row["file"], row["sheet"] if row["file"].endswith(("xlsx", "xls", "ods")) else "", int(row["data_row"]),
         int(row["part"])): row
        for row in rows
    }  # fmt: skip


def rows_by_seat(brought: dict[str, SourceList]) -> dict[Seat, ListRow]:
    names = {one.id: name for name, one in brought.items()}
    rows = ListRow.objects.defer("raw_sealed", "facts_sealed")
    return {(names[row.source_list_id], row.sheet, row.data_row, row.part): row for row in rows}


def wrongly_same(rows: dict[Seat, ListRow], told: dict[Seat, dict[str, str]], town: Town) -> list[Seat]:
    """Rows taken for somebody they are not: another person of the ledger, or two people taken for one newcomer."""
    ledger = {person.id: town_id for town_id, person in town.people.items()}
    newcomers: dict[object, set[str]] = defaultdict(set)
    wrong = []
    for seat, row in rows.items():
        if row.person_id is None or row.decision not in ("same", "new"):
            continue
        right = {told[seat]["person_id"], told[seat]["also_person_id"]} - {""}
        if row.person_id in ledger:
            wrong += [seat] if ledger[row.person_id] not in right else []
        else:
            newcomers[row.person_id].add(told[seat]["entity"])
    return wrong + [("newcomer", str(who), 0, 0) for who, entities in newcomers.items() if len(entities) > 1]


def is_shown(row: ListRow, person_id: UUID) -> bool:
    """Whether whoever decides a doubtful row sees this person beside it."""
    return str(person_id) in [who for who, _, _ in row.candidates]


def told_by(workbook: Workbook) -> dict[tuple[int, int], list[object]]:
    """Cells by number of sheet and physical row, whole numbers as whole numbers."""
    return {
        (at, number): [_plain(cell) for cell in raw_cells(row)]
        for at, sheet in enumerate(workbook.sheets)
        for number, row in zip(sheet.numbers, sheet.rows, strict=True)
    }


def _plain(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def finish_some(one: SourceList, desk: User, command_post: User) -> None:
    """Get some work of a list done; where nobody can be told to go, pass it on to another area."""
    placed = work_of(one, most=6)
    get_done(placed, desk, command_post)
    if not placed:
        nowhere = WorkItem.objects.filter(origins__source_list=one, state="unplaced").values_list("id", flat=True)
        actions.forward(Command(actor=desk), ids=list(nowhere[:3]), target="丹岚市北岭区", reason="不在本辖区居住")


def check_returned(one: SourceList, desk: User) -> int:
    """Return a list, open the file again, and compare it cell by cell; the number of rows with a result."""
    with storage.unsealed(one.id, filename=one.filename) as source:
        before = open_source(source, filename=one.filename)
    with private_folder() as folder:
        answer = return_file(Command(actor=desk), list_id=one.id, folder=str(folder))
        path = folder / answer["file"]
        assert path.stat().st_mode & 0o077 == 0
        after = open_source(path, filename=path.name)
    assert not folder.exists()
    assert Path(answer["name"]).suffix == Path(one.filename).suffix
    assert [sheet.name for sheet in after.sheets] == [sheet.name for sheet in before.sheets]
    old, new = told_by(before), told_by(after)
    numbers = {sheet.name: at for at, sheet in enumerate(before.sheets)}
    groups = groups_of(results_of(one))
    written = {(numbers[group[0].sheet], group[0].sheet_row): group for group in groups.values()}
    assert answer["counts"]["rows"] == len(groups) == one.counts["rows"] == sum(
        answer["counts"][name] for name in ("done", "open", "review", "refused")
    )  # fmt: skip
    for seat, cells in old.items():
        kept = new[seat][: len(cells)]
        changed = [at for at, (was, now) in enumerate(zip(cells, kept, strict=True)) if was != now and was is not None]
        assert not changed, (one.title, seat, cells, kept)
    for seat, group in written.items():
        line = "".join(str(cell) for cell in new[seat][max(len(old[seat]) - 3, 0) :] if cell)
        for person in group:
            assert person.text in line, (one.title, seat, line)
    return sum(1 for group in groups.values() if any(person.standing == DONE for person in group))


class TestNineteenLists:
    def test_become_work_and_go_back_in_their_own_layout(self, town: Town, desk: User, command_post: User) -> None:
        brought = {path.name: bring(path, desk, town) for path in sorted(LISTS.glob("[0-9]*"))}
        states = Counter(one.state for one in brought.values())
        assert states == {ListState.DISPATCHED: 17, ListState.ZERO: 1, ListState.REFUSED: 1}
        assert next(one for name, one in brought.items() if name.startswith("18")).refusal_code == "file.damaged"

        told, rows = truth(), rows_by_seat(brought)
        assert set(told) == set(rows)  # nobody lost, nobody invented
        assert wrongly_same(rows, told, town) == []
        damaged = {
            seat for seat, row in told.items() if {"id_float_lost", "id_sci_text"} & set(row["noise"].split(";"))
        }
        by_name = {seat for seat in damaged if "identity.digits_lost" in {p[0] for p in rows[seat].problems}}
        assert damaged and by_name == damaged
        assert not any(rows[seat].facts.get("identity") for seat in damaged)
        sure = [(rows[seat], row["person_id"]) for seat, row in told.items() if row["decidable"] == "sure"]
        same = [row for row, _ in sure if row.decision == "same"]
        shown = [row for row, who in sure if row.decision == "review" and is_shown(row, town.people[who].id)]
        assert len(same) > 0.94 * len(sure)
        assert len(same) + len(shown) >= 0.999 * len(sure)  # nobody whom the ledger has goes unseen
        assert sum(row.decision == "review" for row in rows.values()) < 0.08 * len(rows)

        for one in brought.values():
            finish_some(one, desk, command_post)
        with_result = {
            one.title[:2]: check_returned(one, desk) for one in brought.values() if one.state == "dispatched"
        }
        assert all(with_result.values()), with_result
        self.check_rows_to_mend(next(one for name, one in brought.items() if name.startswith("05")), desk, damaged)

    @staticmethod
    def check_rows_to_mend(one: SourceList, desk: User, damaged: set[Seat]) -> None:
        with private_folder() as folder:
            answer = return_errors(Command(actor=desk), list_id=one.id, folder=str(folder))
            book = open_source(folder / answer["file"], filename="errors.xlsx")
        header = [cell for row in book.sheets[0].rows for cell in row if cell in ("问题", "怎么改")]
        assert header == ["问题", "怎么改"]
        assert answer["counts"]["rows"] >= sum(seat[0] == one.filename for seat in damaged) == 48
