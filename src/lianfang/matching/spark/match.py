"""A list against a ledger on Spark: the answers of `engine.match`, for every row and in the same words."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from lianfang.matching import engine, scoring
from lianfang.matching.engine import Matched
from lianfang.matching.model import Model
from lianfang.matching.places import Places
from lianfang.matching.rarity import Rarity
from lianfang.matching.spark import candidates, counts, parts
from lianfang.matching.spark.ledger import SparkLedger, prepare, raw_ledger

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BUCKET: Final = 10_000
"""Rows that one worker decides at a time."""
ANSWERS: Final = pa.schema(
    [
        ("key", pa.int64()),
        ("decision", pa.string()),
        ("person", pa.int64()),
        ("score", pa.float64()),
        ("reason", pa.string()),
        ("codes", pa.list_(pa.string())),
        ("bits", pa.list_(pa.float64())),
        ("seen", pa.list_(pa.int64())),
    ]
)
"""What is told of a row: `Matched.answers`, `reason_of`, the parts of the best candidate's score (`why`; null without
candidates), and who of the ledger is or may be this row (`seen`)."""


def match_on_spark(
    session: SparkSession,
    ledger: Path | str | Iterable[pa.Table],
    features: pa.Table,
    *,
    places: Places,
    model: Model,
    today: date,
) -> pa.Table:
    """Decide every row of `features`: the columns `ANSWERS`, in ascending order of ``key``. `ledger`: see `raw_ledger`;
    its cells are read against `places`, as those of the list were. Raises `NoSpark`."""
    with tempfile.TemporaryDirectory(prefix="lianfang-ledger-") as folder:
        prepared = prepare(raw_ledger(session, ledger, Path(folder)), places, today=today)
        try:
            return decide(prepared, features, model)
        finally:
            prepared.close()


def decide(
    ledger: SparkLedger, features: pa.Table, model: Model, *, coverage: float | None = None, bucket: int = BUCKET
) -> pa.Table:
    """Decide every row of `features`, so many at a time; see `match_on_spark` and `engine.match`."""
    con = parts.duck()
    counts.take_counts(con, ledger.counts, features, ledger.sign)
    scoring.take_rows(con, features)
    proven = candidates.find_proven(con, ledger.people)
    near = candidates.find_pairs(con, ledger.people, proven)
    try:
        share = candidates.coverage(near, con) if coverage is None else coverage
        buckets = -(-features.num_rows // bucket) or 1
        listed = parts.asked(con, f"SELECT *, (key % {buckets})::INT AS bucket FROM listed")
        answers = _decided(listed, near.pairs, buckets, (ledger.rarity, model, share))
        return answers.toArrow().sort_by("key")
    finally:
        near.close()
        con.close()


def _decided(listed: pa.Table, near: DataFrame, buckets: int, by: tuple[Rarity, Model, float]) -> DataFrame:
    rarity, model, share = by

    def bucket(rows: pa.Table, pairs: pa.Table) -> pa.Table:
        con = parts.duck()
        con.register("given", rows)
        con.execute("CREATE TEMP TABLE listed AS SELECT * FROM given")
        con.register("beside", pairs)
        con.execute("CREATE TEMP TABLE pair AS SELECT row, key AS person FROM beside")
        columns = f"{scoring.PERSON_COLUMNS}, home_phones"
        con.execute(f"CREATE TEMP TABLE near AS SELECT DISTINCT ON (key) {columns} FROM beside")
        return told(engine.score(con, rarity, model, coverage=share))

    session = near.sparkSession
    left = session.createDataFrame(listed).groupBy("bucket")
    right = near.selectExpr("*", f"int(row % {buckets}) AS bucket").groupBy("bucket")
    return left.cogroup(right).applyInArrow(bucket, parts.ddl(ANSWERS))


def told(matched: Matched) -> pa.Table:
    """What was decided, in the columns `ANSWERS`."""
    answers = matched.answers()
    best = answers["best"].to_pylist()
    why = [matched.why(pair) if pair >= 0 else None for pair in best]
    seen: list[list[int]] = [[] for _ in best]
    pairs = matched.seen_pairs()
    for at, person in zip(matched.pairs.at[pairs].tolist(), matched.pairs.person[pairs].tolist(), strict=True):
        seen[at].append(person)
    return pa.table(
        [
            *(answers[column] for column in ("key", "decision", "person", "score")),
            [matched.reason_of(row) for row in range(len(best))],
            [None if parts_ is None else [code for code, _ in parts_] for parts_ in why],
            [None if parts_ is None else [bits for _, bits in parts_] for parts_ in why],
            [np.unique(people).tolist() for people in seen],
        ],
        schema=ANSWERS,
    )
