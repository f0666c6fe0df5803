"""`lianfang reconcile`: a list against a ledger, both plain files; no database, no settings.

The same readers and the same comparison as the web import. The ledger's compounds and communities are its gazetteer.
"""

from __future__ import annotations

import csv
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.rows import read_table
from lianfang.core.lists.intake.source import open_source
from lianfang.core.lists.intake.tables import Table, find_tables
from lianfang.core.lists.intake.workbook import Raw, Workbook
from lianfang.core.lists.returns import write_table_xlsx
from lianfang.jobs.trouble import Trouble
from lianfang.kernel.cells import defuse
from lianfang.kernel.doors import Gazetteer, Place, door_key, read_row_door
from lianfang.kernel.matching import Decision, LedgerPerson, blocking_keys, decide, ledger_keys
from lianfang.kernel.rowfacts import RowFacts

ADDED = ("sheet", "row", "part", "decision", "ledger_row", "score", "reasons")
"""Columns written behind the list's own."""
MOST_PER_KEY = 200

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Counts:
    """What happened: persons by decision, seconds by stage, peak memory of this process."""

    ledger: int = 0
    rows: int = 0
    decisions: dict[str, int] = field(default_factory=lambda: {"same": 0, "review": 0, "new": 0})
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "ledger": self.ledger,
            "rows": self.rows,
            **self.decisions,
            "seconds": {stage: round(spent, 2) for stage, spent in self.seconds.items()},
            "peak_mib": round(self.peak_mib),
        }


def reconcile(*, ledger: Path, listed: Path, out: Path, today: date, progress: Progress) -> Counts:
    """Compare every person of `listed` with `ledger` and write the answer to `out` (.xlsx or .csv).

    Raises `Trouble` with a fix for a file that cannot be read or written; nothing is then written.
    """
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise Trouble("reconcile.format", f"{out.name}: unknown ending.", "Name the result .xlsx or .csv")
    counts, clock = Counts(), _Clock()
    people = _read(ledger, today, "ledger", progress)
    gazetteer = _gazetteer(facts for _, facts, _ in people)
    known = _Ledger(people, gazetteer)
    counts.ledger = len(people)
    counts.seconds["ledger"] = clock.lap()
    rows = _read(listed, today, "list", progress)
    counts.rows = len(rows)
    counts.seconds["list"] = clock.lap()
    lines = []
    for done, (labels, facts, raw) in enumerate(rows, start=1):
        decision = known.decide(facts, gazetteer)
        counts.decisions[decision.kind] += 1
        lines.append((labels, facts, raw, decision))
        if done % 500 == 0:
            progress("compare", done, len(rows))
    counts.seconds["compare"] = clock.lap()
    _write(out, lines, known)
    counts.seconds["write"] = clock.lap()
    counts.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return counts


class _Clock:
    def __init__(self) -> None:
        self._at = time.monotonic()

    def lap(self) -> float:
        before, self._at = self._at, time.monotonic()
        return self._at - before


Read = tuple[tuple[str, ...], RowFacts, list[Raw]]


def _read(path: Path, today: date, what: str, progress: Progress) -> list[Read]:
    if not path.exists():
        raise Trouble("reconcile.no_file", f"{path}: there is no such file.", "Check the path of the file")
    try:
        workbook = open_source(path, filename=path.name)
    except ValueError as why:
        code = str(getattr(why, "code", "file.damaged"))
        raise Trouble(code, f"{path.name}: {why}", "Mend the file as it says") from why
    rows = []
    for number, read in enumerate(_people(workbook, today), start=1):
        rows.append(read)
        if number % 2000 == 0:
            progress(what, number, 0)
    if not rows:
        raise Trouble("reconcile.nobody", f"{path.name}: no table with people was found.", "Check the header row")
    return rows


def _people(workbook: Workbook, today: date) -> Iterator[Read]:
    for sheet in workbook.sheets:
        counted = 0
        for table in find_tables(sheet):
            if table.kind != "persons":
                continue
            for facts, raw in read_table(table, mapping=_mapping(table), today=today, counted=counted):
                yield table.labels, facts, raw
            counted += len(table.body)


def _mapping(table: Table) -> Mapping:
    return Mapping.of_table(table)


def _gazetteer(people: Iterator[RowFacts]) -> Gazetteer:
    places: dict[str, Place] = {}
    for facts in people:
        community = facts.community
        if community:
            places.setdefault(community, Place(code=community, name=community, level="community"))
        if facts.compound:
            code = f"{community}/{facts.compound}"
            places.setdefault(code, Place(code=code, name=facts.compound, level="compound", parent_code=community))
    return Gazetteer(places.values())


class _Ledger:
    """The ledger in memory, findable by the keys of comparison."""

    def __init__(self, people: Sequence[Read], gazetteer: Gazetteer) -> None:
        self.people: list[LedgerPerson] = []
        self.by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, (_, facts, _) in enumerate(people):
            door = read_row_door(facts, gazetteer=gazetteer)
            person = LedgerPerson(
                person_id=str(number + 1),
                household_id=_household(facts, door_key(door), number),
                name=facts.name,
                identities=((facts.identity_kind, facts.identity),) if facts.identity else (),
                phones=facts.phones,
                sex=facts.sex,
                birth_date=facts.birth_date,
                door_key=door_key(door) if door.precision == "door" else "",
                compound_code=door.compound_code,
                nationality=facts.nationality,
            )
            self.people.append(person)
            for key in ledger_keys(person):
                self.by_key[key].append(number)

    def decide(self, facts: RowFacts, gazetteer: Gazetteer) -> Decision:
        """Compare one row with everyone who shares a telling key."""
        key = door_key(read_row_door(facts, gazetteer=gazetteer))
        near: set[int] = set()
        for one in blocking_keys(facts, key):
            found = self.by_key.get(one, ())
            if len(found) <= MOST_PER_KEY:
                near.update(found)
        return decide(facts, key, [self.people[number] for number in near])


def _household(facts: RowFacts, key: str, number: int) -> str:
    return facts.extra.get("household", "") or (f"door:{key}" if key else f"row:{number}")


def _write(out: Path, lines: Sequence[tuple[tuple[str, ...], RowFacts, list[Raw], Decision]], known: _Ledger) -> None:
    labels = max((line[0] for line in lines), key=len)
    header = [*labels, *ADDED]
    table = [[*_padded(raw, len(labels)), *_added(facts, decision)] for _, facts, raw, decision in lines]
    if out.suffix.lower() == ".xlsx":
        write_table_xlsx(out, title=out.stem, headers=header, rows=table, expected=len(lines))
        return
    with out.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(header)
        writer.writerows([[defuse(str(cell)) if isinstance(cell, str) else cell for cell in row] for row in table])


def _padded(raw: list[Raw], width: int) -> list[Raw]:
    return [*raw[:width], *[None] * (width - len(raw))]


def _added(facts: RowFacts, decision: Decision) -> list[Any]:
    who = int(decision.person_id) if decision.person_id else ""
    return [
        facts.sheet,
        facts.data_row,
        facts.part,
        decision.kind,
        who,
        round(decision.score, 4),
        "；".join(decision.reasons),
    ]
