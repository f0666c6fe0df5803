"""`lianfang reconcile --engine spark`: the same comparison where no single machine holds the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.jobs.peoplefiles import PeopleFile, open_people
from lianfang.jobs.reconciling import NOTHING_BESIDE, Outcome, Progress, Task, list_against, why
from lianfang.jobs.trouble import Trouble
from lianfang.matching.kinds import kind_columns
from lianfang.matching.model import Model
from lianfang.matching.places import Places
from lianfang.matching.spark.session import NoSpark, running
from lianfang.matching.store import connect
from lianfang.matching.words import chinese

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def decide_on_spark(task: Task, listed: PeopleFile, model: Model, progress: Progress) -> Outcome:
    """Decide everybody on the list. Raises `Trouble` where there is no Spark."""
    from lianfang.matching.spark.ledger import prepare, raw_ledger
    from lianfang.matching.spark.match import decide

    ledger = open_people(task.ledger, today=task.today)
    places = Places.learned(batch.people for batch in ledger.batches(lines=False))
    staging = _Staging(ledger, progress)
    try:
        with TemporaryDirectory(prefix="lianfang-ledger-") as folder, running() as session:
            raw = raw_ledger(session, staging.batches(), Path(folder))
            prepared = prepare(raw, places, today=task.today, eaten=staging.eaten)
            try:
                people = list_against(places, listed, task.today, progress)
                progress("compare", 0, people.num_rows)
                answers = decide(prepared, people, model)
                namesakes = _namesakes(prepared.people, people, answers)
            finally:
                prepared.close()
    except NoSpark as why:
        raise Trouble(why.code, why.message, why.fix) from why
    rows = staging.rows()
    seen = np.zeros(len(rows), bool)
    named = answers["seen"].combine_chunks().flatten().to_numpy()
    seen[named - 1] = True
    seen[namesakes - 1] = True
    return Outcome(_told(answers, people, rows), seen, ledger=len(rows), coverage=None)


class _Staging:
    """The ledger's cells on their way to Spark; remembers which row of the file everybody stands on."""

    def __init__(self, ledger: PeopleFile, progress: Progress) -> None:
        self._ledger, self._progress = ledger, progress
        self._rows: list[npt.NDArray[np.int64]] = []
        self.eaten = False

    def batches(self) -> Iterator[pa.Table]:
        """The batches, once."""
        done = 0
        for people, eaten in self._ledger.batches(lines=False):
            self._rows.append(people["source"].to_numpy() + 1)
            self.eaten |= eaten
            done += people.num_rows
            self._progress("ledger", done, 0)
            yield people

    def rows(self) -> npt.NDArray[np.int64]:
        """The row of the file for every person, in order."""
        return np.concatenate(self._rows)


def _namesakes(ledger: DataFrame, people: pa.Table, answers: pa.Table) -> npt.NDArray[np.int64]:
    """Everyone of the ledger who has the name of a row without number and address; see `Matched.namesakes`."""
    bare = pc.and_(pc.is_null(people["id"]), pc.is_null(people["id_mask"]))
    for empty in (
        pc.is_null(people["place"]),
        pc.is_null(people["room"]),
        pc.invert(people["outside"]),
        pc.not_equal(answers["decision"], "same"),
    ):
        bare = pc.and_(bare, empty)
    sounds = [sound for sound in pc.unique(people["name_fz"].filter(bare)).to_pylist() if sound]
    if not sounds:
        return np.zeros(0, np.int64)
    found = ledger.select("key", "name_fz").filter(ledger.name_fz.isin(sounds)).select("key").toArrow()
    keys: npt.NDArray[np.int64] = found["key"].to_numpy().astype(np.int64)
    return keys


def _told(answers: pa.Table, people: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Table:
    """Columns as `write_answers` takes them."""
    person = answers["person"].to_numpy(zero_copy_only=False)
    known = ~np.isnan(person.astype(float))
    at = np.where(known, np.nan_to_num(person.astype(float), nan=1), 1).astype(np.int64)
    new = np.array(answers["decision"].to_pylist(), object) == "new"
    return pa.table(
        {
            "decision": answers["decision"],
            "ledger_row": pa.array(rows[at - 1], mask=~known),
            "score": np.where(new, 0.0, answers["score"].to_numpy()),
            "reasons": pa.array(_sentences(answers, people)),
        }
    )


def _sentences(answers: pa.Table, people: pa.Table) -> list[str]:
    """The words of `reconciling`, from the codes that came back."""
    con = connect()
    con.register("people", people)
    kinds = con.sql(f"SELECT {kind_columns()} FROM people AS r ORDER BY r.key").to_arrow_table()  # noqa: S608
    con.close()
    silent = zip(*(kinds[column].to_pylist() for column in NOTHING_BESIDE.values()), strict=True)
    say, found = chinese(), []
    told = zip(*(answers[name].to_pylist() for name in ("decision", "codes", "reason")), silent, strict=True)
    for decision, codes, reason, kind in told:
        compared = [code for code in codes or () if code not in ("prior", "rivals")]
        found.append(why(decision, compared, reason, kind, say))
    return found
