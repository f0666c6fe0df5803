"""`lianfang match duplicates`: who is in one file, or in several together, more than once; no database, no settings.

The files are read as `lianfang reconcile` reads them and taken for one store: places are learned from all of them.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.jobs.peoplefiles import PeopleFile, answer_writer, open_people, require_ending
from lianfang.jobs.reconciling import sentences
from lianfang.jobs.trouble import Trouble
from lianfang.matching.features import features
from lianfang.matching.model import Model, shipped
from lianfang.matching.places import Places
from lianfang.matching.store import Store, build
from lianfang.matching.within import Duplicates, duplicates

ADDED: Final = pa.schema(
    [
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("part", pa.int64()),
        ("group", pa.int64()),
        ("decision", pa.string()),
        ("score", pa.float64()),
        ("reasons", pa.string()),
        ("other_file", pa.string()),
        ("other_sheet", pa.string()),
        ("other_row", pa.int64()),
        ("other_part", pa.int64()),
    ]
)
"""Columns written behind the files' own."""
_DIGITS: Final = 4
Keys = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Counts:
    """What was found: records that were read, groups of one person and the records in them, pairs under review."""

    files: int = 0
    records: int = 0
    groups: int = 0
    in_groups: int = 0
    review: int = 0
    model: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "files": self.files,
            "records": self.records,
            "groups": self.groups,
            "records_in_groups": self.in_groups,
            "review": self.review,
            "model": self.model,
            "seconds": {stage: round(spent, 2) for stage, spent in self.seconds.items()},
            "peak_mib": round(self.peak_mib),
        }


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of the answer: a record (`key`) as it belongs to a numbered set (`number`) by way of a `pair`."""

    key: Keys
    number: Keys
    pair: Keys
    other: Keys


def find_duplicates(
    files: Sequence[Path], out: Path, *, today: date, progress: Progress, model: Model | None = None
) -> Counts:
    """Find everybody who is in these files more than once and write the answer.

    Raises `Trouble` with a fix for a file that cannot be read or written; nothing is then written.
    """
    require_ending(out)
    if out.exists() and any(path.exists() and out.samefile(path) for path in files):
        raise Trouble("duplicates.own_file", f"{out} is one of the files to look through.", "Name another with --out")
    model, begun = model or shipped(), time.monotonic()
    people = [open_people(path, today=today) for path in files]
    counts = Counts(files=len(files), model=model.name)
    sizes, store = _store(people, today, progress)
    try:
        counts.seconds["read"] = time.monotonic() - begun
        progress("compare", 0, 0)
        found = duplicates(store, model)
    finally:
        store.close()
    counts.records = int(sum(sizes))
    counts.in_groups, counts.groups = len(found.members), int(found.group.max(initial=0))
    counts.review = int((~found.sure).sum())
    counts.seconds["compare"] = time.monotonic() - begun - sum(counts.seconds.values())
    _write(out, _names(files), people, sizes, found, progress)
    counts.seconds["write"] = time.monotonic() - begun - sum(counts.seconds.values())
    counts.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return counts


def _store(people: Sequence[PeopleFile], today: date, progress: Progress) -> tuple[list[int], Store]:
    """All records in one store, numbered from 1 in the order of the files, and how many each file has.

    Counties and towns in columns of their own are left out: they tell little of where two records of a town live."""
    places = Places.learned(batch.people for one in people for batch in one.batches(lines=False))
    sizes = [0] * len(people)

    def batches() -> Iterator[pa.Table]:
        for at, one in enumerate(people):
            for raw, eaten in one.batches(lines=False):
                made = features(raw, today=today, places=places, eaten=eaten, first_key=sum(sizes) + 1)
                sizes[at] += raw.num_rows
                progress("read", sum(sizes), 0)
                yield made

    return sizes, build(batches(), places, mark="duplicates")


def _names(files: Sequence[Path]) -> list[str]:
    """What the files are called in the answer: by their names, or by their paths where two have one name."""
    times = Counter(path.name for path in files)
    return [path.name if times[path.name] == 1 else str(path) for path in files]


def _lines(found: Duplicates) -> _Lines:
    """Every member of a group once, by its strongest link; both records of a pair under review; sets in order."""
    pairs = np.arange(len(found.a))
    ends, others, both = np.concatenate((found.a, found.b)), np.concatenate((found.b, found.a)), np.tile(pairs, 2)
    probability = found.matched.decided.probability[both]
    sure = found.sure[both]
    order = np.lexsort((others, -probability, ends))
    order = order[sure[order]]
    order = order[np.unique(ends[order], return_index=True)[1]]
    group = found.group[np.searchsorted(found.members, ends[order])]
    open_ = np.flatnonzero(~sure)
    number = np.cumsum(~found.sure)[both] + found.group.max(initial=0)
    chosen = np.concatenate((order, open_))
    numbers = np.concatenate((group, number[open_]))
    sorted_ = np.lexsort((ends[chosen], numbers))
    chosen = chosen[sorted_]
    return _Lines(ends[chosen], numbers[sorted_], both[chosen], others[chosen])


def _write(
    out: Path,
    names: list[str],
    people: Sequence[PeopleFile],
    sizes: list[int],
    found: Duplicates,
    progress: Progress,
) -> None:
    lines = _lines(found)
    labels = _labels(people)
    involved = np.unique(lines.key)
    own, seats = _own_cells(names, people, sizes, labels, involved)
    at, other = (pa.array(np.searchsorted(involved, keys)) for keys in (lines.key, lines.other))
    pair = pa.array(lines.pair)
    mine, theirs = seats.take(at), seats.take(other)
    matched = found.matched
    decided = [
        pa.array(lines.number),
        pc.if_else(pa.array(found.sure).take(pair), "same", "review"),
        pc.round(pa.array(matched.decided.probability).take(pair), _DIGITS),
        pa.array(sentences(matched), pa.string()).take(pair),
    ]
    columns = [column.take(at) for column in own]
    columns += [*_plain(mine), *decided, *_plain(theirs)]
    progress("write", len(lines.key), len(lines.key))
    with answer_writer(out, [label for label, _ in labels], len(lines.key), added=ADDED) as writer:
        writer.write(columns)


def _labels(people: Sequence[PeopleFile]) -> list[tuple[str, int]]:
    """The labels of all files in the order in which they are met; a label that a file has twice is two."""
    return list(dict.fromkeys(label for one in people for label in _numbered(one.labels)))


def _numbered(labels: Sequence[str]) -> Iterator[tuple[str, int]]:
    times: Counter[str] = Counter()
    for label in labels:
        times[label] += 1
        yield label, times[label]


def _own_cells(
    names: list[str], people: Sequence[PeopleFile], sizes: list[int], labels: list[tuple[str, int]], involved: Keys
) -> tuple[list[pa.Array], pa.Table]:
    """Of the records involved the cells of the files under `labels`, and their file, sheet, row and part."""
    pieces: list[pa.Table] = []
    first = 1
    for name, one, size in zip(names, people, sizes, strict=True):
        here, start = list(_numbered(one.labels)), first
        for own, seats in one.own_rows():
            last = start + seats.num_rows
            some = pa.array(involved[np.searchsorted(involved, start) : np.searchsorted(involved, last)] - start)
            cells = dict(zip(here, own, strict=True))
            empty = pa.nulls(len(some), pa.string())
            told = [cells[label].take(some) if label in cells else empty for label in labels]
            seated = seats.take(some)
            told += [pa.repeat(name, len(some)), *(seated.column(column) for column in ("sheet", "row", "part"))]
            pieces.append(pa.table(told, names=[str(at) for at in range(len(told))]))
            start = last
        first += size
    table = pa.concat_tables(pieces)
    seats = table.select(range(len(labels), table.num_columns)).rename_columns(["file", "sheet", "row", "part"])
    return _plain(table.select(range(len(labels)))), seats


def _plain(table: pa.Table) -> list[pa.Array]:
    return [pa.concat_arrays(column.chunks) if column.num_chunks else pa.nulls(0, column.type) for column in table]
