"""A ledger spread over the workers of a cluster: what `store` is on one machine."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel

from lianfang.matching import features as cells
from lianfang.matching import store
from lianfang.matching.learning import LearnedNames
from lianfang.matching.places import Places
from lianfang.matching.rarity import Rarity
from lianfang.matching.spark import counts, parts
from lianfang.matching.spark.session import NoSpark, is_local

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_RAW: Final = pa.schema([(name, pa.int64() if name == "key" else pa.string()) for name in cells.RAW])
_LEARNED: Final = pa.schema([("part", pa.binary())])
PERSON: Final = pa.schema(
    [
        *cells.SCHEMA,
        ("left_sign", pa.string()),
        ("right_sign", pa.string()),
        ("home", pa.int64()),
        ("twin_by_id", pa.int64()),
        ("twin_by_name", pa.int64()),
    ]
)
"""Columns of a person: those of `store`, hashes as signed numbers."""


@dataclass(frozen=True, slots=True)
class SparkLedger:
    """A ledger ready to be compared with."""

    people: DataFrame
    counts: DataFrame
    sign: pa.Table
    rarity: Rarity

    def close(self) -> None:
        """Let go of what the workers keep."""
        self.people.unpersist()
        self.counts.unpersist()


def staged(batches: Iterable[pa.Table], folder: Path) -> Path:
    """Batches of raw cells as a folder that `raw_ledger` reads; rows without a column ``key`` are numbered from 1."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    first = 1
    for number, batch in enumerate(batches):
        numbers = pa.array(np.arange(first, first + batch.num_rows))
        told = batch if "key" in batch.column_names else batch.append_column("key", numbers)
        columns = [
            told[column.name].cast(column.type)
            if column.name in told.column_names
            else pa.nulls(len(told), column.type)
            for column in _RAW
        ]
        pq.write_table(pa.table(columns, schema=_RAW), folder / f"{number:06}.parquet")
        first += batch.num_rows
    return folder


def raw_ledger(session: SparkSession, ledger: Path | str | Iterable[pa.Table], folder: Path) -> DataFrame:
    """The raw cells of a ledger: a folder or file of parquet in the columns `features.RAW`, at a path or address that
    all workers can read, or batches of such tables, which are put into `folder`."""
    if not isinstance(ledger, Path | str):
        if not is_local(session):
            raise NoSpark(
                "spark.needs_parquet",
                "The workers of a cluster cannot read files of this machine.",
                "Put the ledger as parquet where all of them can read it, and give its address.",
            )
        return session.read.schema(parts.ddl(_RAW)).parquet(str(staged(ledger, folder)))
    frame = session.read.parquet(str(ledger))
    if "key" not in frame.columns:
        raise NoSpark("spark.no_key", "The parquet files of the ledger have no column key.", "Number their rows.")
    return frame.select(*(name for name in cells.RAW if name in frame.columns))


def learned_places(raw: DataFrame) -> Places:
    """What the ledger tells of its own places; see `Places.learned`."""

    def learn(batches: parts.Batches) -> Iterator[pa.RecordBatch]:
        names = LearnedNames()
        for batch in batches:
            names.take_in(pa.Table.from_batches([batch]))
        yield pa.RecordBatch.from_arrays([pa.array([pickle.dumps(names)], pa.binary())], schema=_LEARNED)

    names = LearnedNames()
    for part in raw.mapInArrow(learn, "part binary").toArrow()["part"].to_pylist():
        names.add(pickle.loads(part))  # noqa: S301 - our own workers made it a moment ago
    return Places.of_names(names)


def prepare(raw: DataFrame, places: Places, *, today: date, eaten: bool = False) -> SparkLedger:
    """Read the cells of a ledger and count it. `today` and `eaten`: see `features`."""
    shared = raw.sparkSession.sparkContext.broadcast(places)

    def read(table: pa.Table) -> pa.Table:
        found = cells.features(table, today=today, places=shared.value, eaten=eaten)
        return parts.asked(parts.duck(), store.people_of("found"), found=found).select(PERSON.names)

    people = parts.mapped(raw, read, PERSON).persist(StorageLevel.DISK_ONLY)
    people.count()  # kept before it is counted: a worker that reads cells need not wait for one that counts
    counted = counts.counted(people).persist(StorageLevel.DISK_ONLY)
    rarity, sign = counts.figures(counted)
    return SparkLedger(people, counted, sign, rarity)
