"""Parts of a table in a worker: Arrow batches given to DuckDB or to our own Python, and back to Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
import pyarrow.types as types
from pyspark.sql import functions as sql

from lianfang.matching import store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Batches = Iterator[pa.RecordBatch]
BROADCAST: Final = 64 * 1024 * 1024
"""Bytes up to which a table of the list is sent whole to every worker, so that the ledger need not move."""
_DDL: Final = {
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.string(): "string",
    pa.list_(pa.string()): "array<string>",
    pa.list_(pa.int64()): "array<bigint>",
    pa.list_(pa.float64()): "array<double>",
}


def mapped(frame: DataFrame, work: Callable[[pa.Table], pa.Table], columns: pa.Schema) -> DataFrame:
    """Every batch of the frame given to `work`, in the workers."""

    def each(batches: Batches) -> Batches:
        for batch in batches:
            yield from work(pa.Table.from_batches([batch])).to_batches()

    return frame.mapInArrow(each, ddl(columns))


def asked(con: duckdb.DuckDBPyConnection, query: str, **tables: pa.Table) -> pa.Table:
    """The answer to a query over these tables, as Spark can take it."""
    for name, table in tables.items():
        con.register(name, table)
    found = signed(con.sql(query).to_arrow_table())
    for name in tables:
        con.unregister(name)
    return found


def duck() -> duckdb.DuckDBPyConnection:
    """A connection for one part of a table."""
    return store.connect(threads=1)


def signed(table: pa.Table) -> pa.Table:
    """The table without unsigned numbers, which Spark does not know: hashes keep their bits, small ones their value."""
    columns = []
    for column in table.columns:
        if types.is_uint64(column.type):
            column = pa.chunked_array([chunk.view(pa.int64()) for chunk in column.chunks], pa.int64())
        elif types.is_uint8(column.type):
            column = column.cast(pa.int16())
        columns.append(column)
    return pa.table(columns, names=table.column_names)


def ddl(columns: pa.Schema) -> str:
    """The columns as Spark writes them."""
    return ", ".join(f"`{column.name}` {_DDL[column.type]}" for column in columns)


def sent(session: SparkSession, table: pa.Table) -> DataFrame:
    """A table of this process for Spark, whole to every worker while it is small."""
    frame = session.createDataFrame(table)
    return sql.broadcast(frame) if table.nbytes <= BROADCAST else frame


def gathered(tables: Iterable[pa.Table], columns: pa.Schema) -> pa.Table:
    """All of them in one, which has these columns also when there are none."""
    return pa.concat_tables([columns.empty_table(), *tables])
