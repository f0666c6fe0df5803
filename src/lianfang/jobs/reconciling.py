"""`lianfang reconcile`: a list against a ledger, both plain files; no database, no settings.

The same engine as the web import, on whole columns. The ledger's own compounds and communities are the gazetteer; what
the list's addresses put before them (county, town) is learned from the list.
"""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.jobs.peoplefiles import PeopleFile, open_people, require_ending, write_answers, write_chosen
from lianfang.jobs.trouble import Trouble
from lianfang.matching.deciding import DECISIONS
from lianfang.matching.engine import Matched, match
from lianfang.matching.features import features
from lianfang.matching.home import with_home_of
from lianfang.matching.model import Model, shipped
from lianfang.matching.places import Places
from lianfang.matching.store import Store, build, open_kept
from lianfang.matching.words import NOBODY, Say, chinese, sentence_of

ROWS_AT_A_TIME: Final = 100_000
"""People of a list that are decided together; a longer list is decided in pieces, so that memory stays what it is."""
_SAMPLE: Final = 1 << 20
NOTHING_BESIDE: Final = {"id": "id_kind_of", "phone": "phone_kind", "door": "door_kind"}
"""What a row may leave out, and the column of its kind."""
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Counts:
    """What happened: persons by decision, seconds by stage, peak memory of this process.

    `missing`: people of the ledger whom no row names or may name; `coverage`: share of the list that is in the ledger,
    as its rows with a valid number tell.
    """

    ledger: int = 0
    rows: int = 0
    decisions: dict[str, int] = field(default_factory=lambda: {"same": 0, "review": 0, "new": 0})
    missing: int = 0
    coverage: float | None = None
    model: str = ""
    kept: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0

    def tell(self, outcome: Outcome) -> None:
        """Take in what was decided."""
        self.ledger, self.rows, self.coverage = outcome.ledger, outcome.answers.num_rows, outcome.coverage
        for one in outcome.answers.column("decision").value_counts().to_pylist():
            self.decisions[one["values"]] = one["counts"]
        self.missing = outcome.ledger - int(outcome.seen.sum())

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "ledger": self.ledger,
            "rows": self.rows,
            **self.decisions,
            "missing": self.missing,
            "coverage": None if self.coverage is None else round(self.coverage, 4),
            "model": self.model,
            "prepared_ledger_used": self.kept,
            "seconds": {stage: round(spent, 2) for stage, spent in self.seconds.items()},
            "peak_mib": round(self.peak_mib),
        }


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be compared: two files, where the answer goes, where the prepared ledger is kept, and where those of
    the ledger are told who are not on the list; the last two if anywhere. `engine`: ``duckdb`` or ``spark``."""

    ledger: Path
    listed: Path
    out: Path
    today: date
    state: Path | None = None
    missing: Path | None = None
    engine: str = "duckdb"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Answers as `write_answers` takes them; `seen`: who of the ledger, by their order in it, is or may be a row."""

    answers: pa.Table
    seen: npt.NDArray[np.bool_]
    ledger: int
    coverage: float | None


def model_from(path: Path | None) -> Model:
    """The model of a file of numbers, or the one that is shipped. Raises `Trouble` if the file is no such."""
    if path is None:
        return shipped()
    try:
        return Model.load(path)
    except (OSError, ValueError) as why:
        raise Trouble("reconcile.model", f"{path}: {why}", "Write it with lianfang match train") from why


class _Clock:
    def __init__(self) -> None:
        self._at = time.monotonic()

    def lap(self) -> float:
        before, self._at = self._at, time.monotonic()
        return self._at - before


def reconcile(task: Task, *, progress: Progress, model: Model | None = None) -> Counts:
    """Compare every person of the list with the ledger and write the answer.

    Raises `Trouble` with a fix for a file that cannot be read or written; nothing is then written.
    """
    _refuse_to_overwrite(task)
    model = model or shipped()
    counts, clock = Counts(model=model.name), _Clock()
    listed = open_people(task.listed, today=task.today)
    if task.engine == "spark":
        from lianfang.jobs.reconciling_spark import decide_on_spark

        outcome = decide_on_spark(task, listed, model, progress)
        counts.seconds["compare"] = clock.lap()
    else:
        outcome = _decide_here(task, listed, model, counts, clock, progress)
    counts.tell(outcome)
    write_answers(task.out, listed, outcome.answers, progress=progress)
    if task.missing is not None:
        write_chosen(task.missing, open_people(task.ledger, today=task.today), ~outcome.seen, progress=progress)
    counts.seconds["write"] = clock.lap()
    counts.peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return counts


def _refuse_to_overwrite(task: Task) -> None:
    """Nothing that is there is lost by a wrong name: neither file that is read, nor another one taken for a state."""
    for written in filter(None, (task.out, task.missing)):
        require_ending(written)
    read = {task.ledger.resolve(), task.listed.resolve()}
    named = [path.resolve() for path in (task.out, task.missing, task.state) if path is not None]
    if len({*read, *named}) < len(read) + len(named):
        raise Trouble(
            "reconcile.same_file", "A file to be written is one that is read or written already.", "Name another file"
        )
    if task.state is not None and task.state.exists() and not _is_duckdb(task.state):
        raise Trouble(
            "reconcile.state", f"{task.state}: this is no prepared ledger.", "Name another file with --state, or none"
        )


def _is_duckdb(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(12)[8:] == b"DUCK"


def _decide_here(
    task: Task, listed: PeopleFile, model: Model, counts: Counts, clock: _Clock, progress: Progress
) -> Outcome:
    store, counts.kept = prepared_ledger(task, progress)
    try:
        counts.seconds["ledger"] = clock.lap()
        pieces = _pieces(list_against(store.places, listed, task.today, progress))
        counts.seconds["list"] = clock.lap()
        outcome = _decide(store, pieces, model, progress)
        counts.seconds["compare"] = clock.lap()
    finally:
        store.close()
    return outcome


def prepared_ledger(task: Task, progress: Progress) -> tuple[Store, bool]:
    """The ledger ready to be compared with, and whether it was before."""
    if not task.ledger.exists():
        raise Trouble("reconcile.no_file", f"{task.ledger}: there is no such file.", "Check the path of the file")
    mark = _mark(task.ledger)
    if task.state is not None:
        kept = open_kept(task.state, mark=mark)
        if kept is not None:
            return kept, True
    people = open_people(task.ledger, today=task.today)
    places = Places.learned(batch.people for batch in people.batches(lines=False))
    if task.state is None:
        return build(_features_of(people, places, task.today, progress), places, mark=mark), False
    unfinished = task.state.with_name(f"{task.state.name}.new")
    for old in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
        old.unlink(missing_ok=True)
    build(_features_of(people, places, task.today, progress), places, mark=mark, path=unfinished).close()
    unfinished.replace(task.state)
    prepared = open_kept(task.state, mark=mark)
    assert prepared is not None
    return prepared, False


def _mark(path: Path) -> str:
    """What tells one state of a file from another without reading all of it: size, time, beginning and end."""
    status, found = path.stat(), hashlib.sha256()
    with path.open("rb") as source:
        found.update(source.read(_SAMPLE))
        source.seek(max(0, status.st_size - _SAMPLE))
        found.update(source.read(_SAMPLE))
    return f"{status.st_size}:{status.st_mtime_ns}:{found.hexdigest()}"


def _features_of(people: PeopleFile, places: Places, today: date, progress: Progress) -> Iterator[pa.Table]:
    done = 0
    for raw, eaten in people.batches(lines=False):
        made = features(raw, today=today, places=places, eaten=eaten, first_key=done + 1)
        done += raw.num_rows
        progress("ledger", done, 0)
        rows = pc.add(raw.column("source"), 1).cast(pa.int32())
        yield made.append_column("ledger_row", rows)


def list_against(places: Places, listed: PeopleFile, today: date, progress: Progress) -> pa.Table:
    """Everybody on a list, read against the places of the ledger and the names the list puts before them."""
    batches, done = [], 0
    for batch in listed.batches():
        batches.append(batch)
        done += batch.people.num_rows
        progress("list", done, 0)
    raw = pa.concat_tables([batch.people for batch in batches], promote_options="default")
    home, made, start = with_home_of(places, raw), [], 0
    for people, eaten in batches:
        made.append(features(people, today=today, places=home, eaten=eaten, first_key=start + 1))
        start += people.num_rows
    return pa.concat_tables(made)


def _pieces(people: pa.Table) -> list[pa.Table]:
    """The people in pieces, last first: each is taken off and forgotten as soon as the database has it."""
    starts = range(0, people.num_rows, ROWS_AT_A_TIME)
    return [people.slice(start, ROWS_AT_A_TIME) for start in reversed(starts)]


def _decide(store: Store, pieces: list[pa.Table], model: Model, progress: Progress) -> Outcome:
    answers, coverage, rows = [], 0.0, sum(piece.num_rows for piece in pieces)
    seen = np.zeros(store.rarity.people + 1, bool)
    while pieces:
        progress("compare", rows - sum(piece.num_rows for piece in pieces), rows)
        matched = match(store, pieces.pop(), model)
        answers.append(_told(store, matched))
        seen[matched.seen()] = True
        coverage += matched.coverage * len(matched.keys) / rows
    return Outcome(pa.concat_tables(answers), seen[1:], ledger=store.rarity.people, coverage=coverage)


def _told(store: Store, matched: Matched) -> pa.Table:
    """Columns as `write_answers` takes them."""
    answers = matched.answers()
    store.con.register("answered", answers.select(["key", "person"]))
    rows = store.con.sql(
        "SELECT answered.key, person.ledger_row FROM answered LEFT JOIN person ON person.key = answered.person"
        " ORDER BY answered.key"
    ).to_arrow_table()
    store.con.unregister("answered")
    return pa.table(
        {
            "decision": answers.column("decision"),
            "ledger_row": rows.column("ledger_row").cast(pa.int64()),
            "score": pc.if_else(pc.equal(answers["decision"], "new"), 0.0, answers["score"]),
            "reasons": pa.array(sentences(matched)),
        }
    )


def sentences(matched: Matched) -> list[str]:
    """Why, for every row: one sentence is made for all rows that compare alike."""
    say, told = chinese(), {}
    decided, combination = matched.decided, matched.combination()
    best = np.where(decided.best >= 0, decided.best, 0)
    levels = combination[best] if len(combination) else np.zeros(len(best), np.int64)
    silent = [matched.pairs.rows[column].tolist() for column in NOTHING_BESIDE.values()]
    columns = (decided.decision, decided.reason, decided.best >= 0, levels, matched.speaking[best])
    keys = zip(*(column.tolist() for column in columns), *silent, strict=True)
    sentences = []
    for row, key in enumerate(keys):
        if key not in told:
            compared = matched.codes(int(best[row])) if key[2] else ()
            told[key] = why(DECISIONS[key[0]], compared, matched.reason_of(row), key[-3:], say)
        sentences.append(told[key])
    return sentences


def why(decision: str, compared: Sequence[str], reason: str, kinds: Sequence[int], say: Say) -> str:
    """The sentence of one row. `kinds`: what it says of number, telephone and door, as `NOTHING_BESIDE` has them."""
    missing = [name for name, kind in zip(NOTHING_BESIDE, kinds, strict=True) if kind == 0]
    codes = [NOBODY] if decision == "new" else [*compared, *([reason] if reason else [])]
    return sentence_of(codes, missing=missing, say=say)
