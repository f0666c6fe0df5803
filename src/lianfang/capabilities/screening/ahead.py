"""The people of a list on their way to the comparison: read from the file, sealed, looked up by number and by door.

What all chunks of a list share is made once for a run. While one chunk is decided and written, the next is read: in a
thread of its own, and for a list of `OWN_PROCESS` people and more in a process of its own, because two threads of
Python wait for each other. The child ends with its parent; if it ends before, the parent reads for itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from multiprocessing import get_context
from uuid import UUID

from django.db import connection
from django.utils import timezone

from lianfang.capabilities.screening.comparing import Known, by_number
from lianfang.capabilities.screening.placing import Placer
from lianfang.capabilities.screening.reading_child import begin, read_chunk
from lianfang.core import vault
from lianfang.core.access.answering import AnswerBook
from lianfang.core.lists.facts import facts_json
from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.rows import read_rows
from lianfang.core.lists.intake.workbook import Raw, Workbook
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.lists.receiving import open_list
from lianfang.core.people.figures import current_figures
from lianfang.core.people.scale import Scale
from lianfang.core.territory.models import Level, Territory
from lianfang.kernel.doors import Door, DoorContext
from lianfang.kernel.rowfacts import RowFacts
from lianfang.kernel.uuid7 import uuid7

CHUNK = 5000
"""Rows decided in one transaction: what a crash repeats, and what shares the reading of net and gazetteer."""
OWN_PROCESS = 15_000
"""People on a list from which on a process of its own reads them: it takes seconds to start and a county's places twice
(measured with `make bench`)."""
NET_KEPT = timedelta(seconds=30)
"""How long a change of the responsibility net may go unnoticed while a list is dispatched."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some people of a list in their order, each with what it says and the door it names.

    `rows` are not written yet. `proven`: those, by place in the chunk, whom their number tells already. `last`: nobody
    comes after them.
    """

    rows: Sequence[ListRow]
    facts: Sequence[RowFacts]
    doors: Sequence[Door]
    proven: Known
    last: bool


class RowReader:
    """Reads the file of one list, chunk by chunk, and keeps what its chunks share."""

    def __init__(self, source_list: SourceList, *, ahead: bool = False) -> None:
        self.list_id = source_list.id
        self._list = source_list
        self._ahead = ahead
        self._pool: Executor | None = None
        self._next: tuple[int, Future[Chunk]] | None = None
        self._stream: Iterator[tuple[RowFacts, list[Raw]]] = iter(())
        self._reached = -1
        self._book: tuple[datetime, AnswerBook] | None = None

    @cached_property
    def workbook(self) -> Workbook:
        """The file. Raises `IntakeRefusal`."""
        return open_list(self._list)

    @cached_property
    def placer(self) -> Placer:
        """What reads doors."""
        return Placer(day=self._day, home=self._list.path)

    @cached_property
    def scale(self) -> Scale:
        """What weighs rows against people."""
        return Scale(current_figures(now=timezone.now()))

    @cached_property
    def compound_codes(self) -> dict[UUID, str]:
        """Codes of all compounds by id."""
        return compound_codes()

    @property
    def _day(self) -> date:
        return timezone.localdate(self._list.received_at)

    @cached_property
    def _contexts(self) -> dict[str, DoorContext]:
        return contexts_of(self._list)

    def take(self, first: int) -> Chunk:
        """The next people of the file from ordinal `first`; those after them are read meanwhile."""
        ahead, self._next = self._next, None
        if ahead is not None and ahead[0] != first:
            wait([ahead[1]])  # read in vain: the same chunk is asked for again
            ahead = None
        if ahead is None and self._ahead and self._is_large:
            self._begin(first + CHUNK)  # the child needs its time to start
        try:
            chunk = ahead[1].result() if ahead is not None else self.read(first)
        except BrokenExecutor:
            self._ahead, self._next, self._pool = False, None, None
            chunk = self.read(first)
        self.placer.load_dwellings(chunk.doors)
        if self._ahead and not chunk.last:
            following = first + len(chunk.rows)
            if self._next is None or self._next[0] != following:
                self._begin(following)
        return chunk

    def _begin(self, first: int) -> None:
        """Have the people from `first` read meanwhile; nobody does when the child has ended."""
        try:
            self._next = first, self._read_elsewhere(first)
        except BrokenExecutor:
            self._ahead, self._next, self._pool = False, None, None

    @property
    def _is_large(self) -> bool:
        return bool(self._list.progress.get("of", 0) >= OWN_PROCESS)

    def _read_elsewhere(self, first: int) -> Future[Chunk]:
        if self._pool is None and self._is_large:
            child = get_context("spawn")  # a fork would share the connection to the database
            told = (str(self.list_id), CHUNK)
            self._pool = ProcessPoolExecutor(1, mp_context=child, initializer=begin, initargs=told)
        if isinstance(self._pool, ProcessPoolExecutor):
            return self._pool.submit(read_chunk, first)
        self._pool = self._pool or ThreadPoolExecutor(max_workers=1, thread_name_prefix="rows")
        return self._pool.submit(self.read, first)

    def book(self, now: datetime) -> AnswerBook:
        """The responsibility net in force at `now`."""
        if self._book is None or abs(now - self._book[0]) > NET_KEPT:
            self._book = now, AnswerBook(at=now)
        return self._book[1]

    def close(self) -> None:
        """Stop reading ahead."""
        if "scale" in self.__dict__:
            self.scale.close()
        if isinstance(self._pool, ThreadPoolExecutor):
            self._pool.submit(connection.close)  # the thread has a connection of its own
        if self._pool is not None:
            self._pool.shutdown()

    def read(self, first: int) -> Chunk:
        """Read one chunk here and now."""
        read = list(islice(self._from(first), CHUNK))
        self._reached += len(read)
        rows = [_row(self._list, first + place, facts, raw) for place, (facts, raw) in enumerate(read)]
        people = [facts for facts, _ in read]
        doors = [self.placer.read(facts, context=self._contexts.get(facts.sheet)) for facts in people]
        proven = by_number(list(zip(people, doors, strict=True)))
        return Chunk(rows, people, doors, proven, last=len(read) < CHUNK)

    def _from(self, first: int) -> Iterator[tuple[RowFacts, list[Raw]]]:
        """The people of the file from ordinal `first`; the file is read again from the start after a crash."""
        if self._reached != first:
            chosen = self._list.mapping["chosen"]
            mappings = {key: Mapping.from_json(value) for key, value in chosen.items()}
            everyone = read_rows(self.workbook, mappings=mappings, today=self._day)
            self._stream, self._reached = islice(everyone, first, None), first
        return self._stream


def _row(source_list: SourceList, ordinal: int, facts: RowFacts, raw: list[Raw]) -> ListRow:
    """A row to be decided: its cells and what was read from them sealed."""
    row = uuid7()
    cells = json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
    return ListRow(
        id=row,
        source_list_id=source_list.id,
        ordinal=ordinal,
        sheet=facts.sheet[:60],
        data_row=facts.data_row,
        sheet_row=facts.sheet_row,
        part=facts.part,
        raw_sealed=vault.seal(cells, place="row.raw", row=row),
        facts_sealed=vault.seal(facts_json(facts), place="row.facts", row=row),
        name=(facts.name or facts.name_masked)[:60],
        problems=[[problem.code, problem.column, problem.severity] for problem in facts.problems],
        path=source_list.path,
    )


_AT_WORK: ContextVar[RowReader | None] = ContextVar("row_reader", default=None)


@contextmanager
def reading_ahead(source_list: SourceList) -> Iterator[None]:
    """Within the block one reader serves all chunks of the list, and reads ahead.

    Not inside a transaction: another connection would not see what it has written.
    """
    reader = RowReader(source_list, ahead=not connection.in_atomic_block)
    token = _AT_WORK.set(reader)
    try:
        yield
    finally:
        _AT_WORK.reset(token)
        reader.close()


def reader_of(source_list: SourceList) -> RowReader:
    """The reader at work on this list, or a new one."""
    reader = _AT_WORK.get()
    return reader if reader is not None and reader.list_id == source_list.id else RowReader(source_list)


def compound_codes() -> dict[UUID, str]:
    """Codes of all compounds by id."""
    return dict(Territory.objects.filter(level=Level.COMPOUND).values_list("id", "code"))


def contexts_of(source_list: SourceList) -> dict[str, DoorContext]:
    """A sheet or a chat group may belong to one community or compound: a door without a name is then read there."""
    known: dict[str, DoorContext] = {}
    names = {table["key"]: table.get("title", "") for table in source_list.mapping.get("tables", ())}
    compounds = list(Territory.objects.filter(level=Level.COMPOUND, path__startswith=source_list.path))
    for key, title in names.items():
        hits = [area for area in compounds if any(name and name in title for name in (area.name, *area.aliases))]
        if len(hits) == 1:
            known[key] = DoorContext(compound_code=hits[0].code)
    return known
