"""Rows of a list beside the people they may be, brought together by Spark: what `scoring.find_pairs` and
`scoring.people_of_pairs` do on one machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import Window
from pyspark.sql import functions as sql

from lianfang.matching import keys, scoring
from lianfang.matching.spark import parts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_KEYS: Final = pa.schema([("k", pa.int64()), ("person", pa.int64()), ("home", pa.int64())])
_COMPARED: Final = tuple(column.strip() for column in scoring.PERSON_COLUMNS.split(","))


@dataclass(frozen=True, slots=True)
class Near:
    """Every pair with its ``row`` and what of its person is compared (`scoring.PERSON_COLUMNS` and ``home_phones``)."""

    pairs: DataFrame
    kept: tuple[DataFrame, ...]

    def close(self) -> None:
        """Let go of what the workers keep."""
        for frame in (self.pairs, *self.kept):
            frame.unpersist()


def find_proven(con: duckdb.DuckDBPyConnection, people: DataFrame) -> pa.Table:
    """Make the tables `proven` and `asking` from `listed` (see `scoring.find_proven`); the columns row, person, home
    of the proven."""
    numbers = parts.asked(con, "SELECT DISTINCT id FROM listed WHERE id_valid")
    holders = people.join(parts.sent(people.sparkSession, numbers), "id")
    con.register("person", holders.select("key", "id", "name", "name_fz", "name_py", "home").toArrow())
    scoring.find_proven(con)
    found = parts.asked(con, "SELECT row, person, home FROM proven JOIN person ON person.key = proven.person")
    con.unregister("person")
    return found


def find_pairs(con: duckdb.DuckDBPyConnection, people: DataFrame, proven: pa.Table) -> Near:
    """The pairs of the rows in `asking`, and the `proven`."""
    session = people.sparkSession
    held = parts.sent(session, proven)
    found = _found(con, people).unionByName(held.withColumn("phone", sql.lit(False))).persist(StorageLevel.DISK_ONLY)
    known = found.where("home IS NOT NULL").select("home").distinct()
    homes = (
        people.where("home IS NOT NULL")
        .select("key", "home", "phones")
        .join(known, "home", "leftsemi")
        .groupBy("home")
        .agg(sql.collect_list("key").alias("members"), sql.flatten(sql.collect_list("phones")).alias("home_phones"))
        .persist(StorageLevel.DISK_ONLY)
    )
    reached = found.where("phone AND home IS NOT NULL").select("row", "home").distinct()
    relatives = reached.join(homes, "home").select("row", sql.explode("members").alias("person"))
    met = found.select("row", "person").unionByName(relatives).distinct()
    compared = met.withColumnRenamed("person", "key").join(people.select(*_COMPARED), "key")
    called = homes.select("home", "home_phones")
    pairs = compared.join(called, "home", "left").persist(StorageLevel.DISK_ONLY)
    return Near(pairs, (found, homes))


def _found(con: duckdb.DuckDBPyConnection, people: DataFrame) -> DataFrame:
    """Rows and people that share a key that not too many share."""
    every = f"SELECT *, false AS phone FROM ({keys.list_keys('asking')})"
    phones = f"SELECT *, true AS phone FROM ({keys.phone_keys('asking')})"
    asking = parts.asked(
        con,
        f"SELECT k::BIGINT AS k, person::BIGINT AS row, bool_or(phone) AS phone"
        f" FROM ({every} UNION ALL {phones}) GROUP BY ALL",
    )
    wanted = pa.table({"k": asking["k"].unique()})
    shared = Window.partitionBy("k")
    found = (
        parts.mapped(people, _keys_of_part, _KEYS)
        .join(parts.sent(people.sparkSession, wanted), "k", "leftsemi")
        .withColumn("sharing", sql.count("*").over(shared))
        .where(sql.col("sharing") <= keys.MOST_SHARING)
    )
    return found.join(parts.sent(people.sparkSession, asking), "k").select("row", "person", "home", "phone")


def _keys_of_part(people: pa.Table) -> pa.Table:
    once = f"SELECT DISTINCT k, person FROM ({keys.ledger_keys('person')})"
    query = f"SELECT k::BIGINT AS k, key AS person, home FROM ({once}) AS one JOIN person ON person.key = one.person"
    return parts.asked(parts.duck(), query, person=people)


def coverage(near: Near, con: duckdb.DuckDBPyConnection) -> float:
    """The share of the rows in `listed` that are in the ledger; see `scoring.coverage`."""
    valid = parts.asked(con, "SELECT key AS row, id FROM listed WHERE id_valid")
    found = near.pairs.join(parts.sent(near.pairs.sparkSession, valid), ["row", "id"]).select("row").distinct().count()
    return scoring.coverage_of(found, valid.num_rows)
