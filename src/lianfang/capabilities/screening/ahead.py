"""The rows of a list on their way to the comparison: unsealed, read, looked up by number and by door.

What all chunks of a list share is made once for a run. While the database writes one chunk, the next is read in a
thread of its own: the two are of about the same length, and a large list is done in little more than half the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from lianfang.capabilities.screening.comparing import by_number
from lianfang.capabilities.screening.placing import Placer
from lianfang.core.access.answering import AnswerBook
from lianfang.core.lists.facts import facts_from
from lianfang.core.lists.models import ListRow, RowDecision, SourceList
from lianfang.core.territory.models import Level, Territory
from lianfang.kernel.doors import Door, DoorContext
from lianfang.kernel.matching import Decision
from lianfang.kernel.rowfacts import RowFacts

CHUNK = 5000
"""Rows decided in one transaction: what a crash repeats, and what shares the reading of net and gazetteer."""
NET_KEPT = timedelta(seconds=30)
"""How long a change of the responsibility net may go unnoticed while a list is dispatched."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a list in their order, each with what it says and the door it names.

    `proven`: those, by place in the chunk, whom their number tells already.
    """

    rows: Sequence[ListRow]
    facts: Sequence[RowFacts]
    doors: Sequence[Door]
    proven: Mapping[int, Decision]


class RowReader:
    """Reads the rows of one list, chunk by chunk, and keeps what its chunks share."""

    def __init__(self, source_list: SourceList, *, ahead: bool = False) -> None:
        self.list_id = source_list.id
        self.placer = Placer(day=timezone.localdate(source_list.received_at), home=source_list.path)
        self.compound_codes = compound_codes()
        self._contexts = _contexts(source_list)
        self._book: tuple[datetime, AnswerBook] | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rows") if ahead else None
        self._next: tuple[int, Future[Chunk]] | None = None

    def take(self, first: int) -> Chunk:
        """The next undecided rows from ordinal `first`; those after them are read meanwhile."""
        ahead, self._next = self._next, None
        chunk = ahead[1].result() if ahead is not None and ahead[0] == first else self._read(first)
        if self._pool is not None and len(chunk.rows) == CHUNK:
            following = chunk.rows[-1].ordinal + 1
            self._next = following, self._pool.submit(self._read, following)
        return chunk

    def book(self, now: datetime) -> AnswerBook:
        """The responsibility net in force at `now`."""
        if self._book is None or abs(now - self._book[0]) > NET_KEPT:
            self._book = now, AnswerBook(at=now)
        return self._book[1]

    def close(self) -> None:
        """Stop reading ahead."""
        if self._pool is not None:
            self._pool.submit(connection.close)  # the thread has a connection of its own
            self._pool.shutdown()

    def _read(self, first: int) -> Chunk:
        # Nobody else writes undecided rows: whoever decides or removes them holds the list.
        pending = ListRow.objects.filter(source_list_id=self.list_id, ordinal__gte=first, decision=RowDecision.PENDING)
        rows = list(pending.only(*_READ).order_by("ordinal")[:CHUNK])
        facts = [facts_from(row.facts) for row in rows]
        doors = [
            self.placer.read(one, context=self._contexts.get(row.sheet)) for one, row in zip(facts, rows, strict=True)
        ]
        self.placer.load_dwellings(doors)
        return Chunk(rows, facts, doors, by_number(list(zip(facts, doors, strict=True))))


_READ = ("source_list", "ordinal", "sheet", "path", "facts_sealed")
"""What deciding needs of a row; the rest is empty until it is decided."""

_AT_WORK: ContextVar[RowReader | None] = ContextVar("row_reader", default=None)


@contextmanager
def reading_ahead(source_list: SourceList) -> Iterator[None]:
    """Within the block one reader serves all chunks of the list, and reads ahead.

    Not inside a transaction: another connection would not see its rows.
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


def _contexts(source_list: SourceList) -> dict[str, DoorContext]:
    """A sheet or a chat group may belong to one community or compound: a door without a name is then read there."""
    known: dict[str, DoorContext] = {}
    names = {table["key"]: table.get("title", "") for table in source_list.mapping.get("tables", ())}
    compounds = list(Territory.objects.filter(level=Level.COMPOUND, path__startswith=source_list.path))
    for key, title in names.items():
        hits = [area for area in compounds if any(name and name in title for name in (area.name, *area.aliases))]
        if len(hits) == 1:
            known[key] = DoorContext(compound_code=hits[0].code)
    return known
