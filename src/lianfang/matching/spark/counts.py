"""How common things are in a ledger in parts: `rarity`, counted by part and added up."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
from pyspark.sql import functions as sql

from lianfang.matching import rarity
from lianfang.matching.rarity import Rarity
from lianfang.matching.spark import parts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_BY: Final = {
    "n_name": ("name", "''"),
    "n_sound": ("name_fz", "''"),
    "n_letters": ("name_py", "''"),
    "n_place": ("place", "''"),
    "n_building": ("place", "building"),
}
"""The columns of the tables of counts (`rarity.TABLES`)."""
COUNTS: Final = pa.schema([("what", pa.string()), ("a", pa.string()), ("b", pa.string()), ("n", pa.int64())])
_PEOPLE: Final = "people"
_ROW: Final = "SELECT '{0}' AS what, ({1})::VARCHAR AS a, ({2})::VARCHAR AS b, ({3})::BIGINT AS n FROM ({4})"


def counted(people: DataFrame) -> DataFrame:
    """Every table of counts under another in the columns `COUNTS`."""
    found = parts.mapped(people, _count_part, COUNTS)
    return found.groupBy("what", "a", "b").agg(sql.sum("n").alias("n"))


def _count_part(people: pa.Table) -> pa.Table:
    selects = [_ROW.format(what, a, b, "n", rarity.TABLES[what]) for what, (a, b) in _BY.items()]
    selects += [_ROW.format(what, "value", "''", "n", rarity.values_of(what)) for what in rarity.AGREEING]
    selects.append(f"SELECT '{_PEOPLE}' AS what, '' AS a, '' AS b, count(*) AS n FROM person")
    con = parts.duck()
    con.register("person", people)
    _tables_of_names(con)
    return parts.asked(con, " UNION ALL ".join(selects))


def _tables_of_names(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"CREATE TEMP TABLE n_name AS {rarity.TABLES['n_name']}")


def figures(counts: DataFrame) -> tuple[Rarity, pa.Table]:
    """The figures of the whole ledger, and the table ``sign``."""
    found = parts.mapped(counts, _figures_of_part, COUNTS).toArrow()
    told: dict[str, dict[str, int]] = defaultdict(dict)
    signs: dict[tuple[int, str], int] = defaultdict(int)
    for what, a, b, n in zip(*(found[column].to_pylist() for column in COUNTS.names), strict=True):
        if what == "sign":
            signs[int(b), a] += n
        else:
            told[what][a] = told[what].get(a, 0) + n
    agree = {
        name: told[name]["squares"] / float(told[name]["all"]) ** 2 if told[name].get("all") else None
        for name in rarity.AGREEING
    }
    times, named = ({int(a): n for a, n in told[what].items()} for what in ("times", "named"))
    made = {"spot": [spot for spot, _ in signs], "sign": [sign for _, sign in signs], "n": list(signs.values())}
    sign = pa.table(made, schema=pa.schema([("spot", pa.int32()), ("sign", pa.string()), ("n", pa.int64())]))
    return rarity.figures(told[_PEOPLE].get("", 0), agree, times, named), sign


def _figures_of_part(counts: pa.Table) -> pa.Table:
    """What a part says of the whole. No name is in two parts."""
    con = parts.duck()
    con.register("counts", counts)
    con.execute("CREATE TEMP TABLE n_name AS SELECT a AS name, n FROM counts WHERE what = 'n_name'")
    selects = [
        _ROW.format("times", "n", "''", "times", rarity.TIMES.replace("count(*)", "count(*) AS times")),
        _ROW.format("named", "length", "''", "people", f"SELECT * FROM ({rarity.LENGTHS}) AS t(length, people)"),
        _ROW.format("sign", "sign", "spot", "n", rarity.SIGN_COUNTS),
        f"SELECT what, a, b, n FROM counts WHERE what = '{_PEOPLE}'",
    ]
    for what in rarity.AGREEING:
        values = f"FROM counts WHERE what = '{what}'"
        selects.append(
            _ROW.format(what, "'squares'", "''", "coalesce(squares, 0)", f"SELECT sum(n * n) squares {values}")
        )
        selects.append(_ROW.format(what, "'all'", "''", "coalesce(whole, 0)", f"SELECT sum(n) whole {values}"))
    return parts.asked(con, " UNION ALL ".join(selects))


def take_counts(con: duckdb.DuckDBPyConnection, counts: DataFrame, features: pa.Table, sign: pa.Table) -> None:
    """Make the tables of counts in `con`, of what rows of a list with these features say."""
    selects = []
    for what, (a, b) in _BY.items():
        told = " AND ".join(f"{column} IS NOT NULL" for column in (a, b))
        selects.append(f"SELECT DISTINCT '{what}' AS what, {a} AS a, {b} AS b FROM given WHERE {told}")
    wanted = parts.asked(con, " UNION ALL ".join(selects), given=features)
    session: SparkSession = counts.sparkSession
    con.register("found", counts.join(parts.sent(session, wanted), ["what", "a", "b"]).toArrow())
    for what, (a, b) in _BY.items():
        columns = f"a AS {a}" if b == "''" else f"a AS {a}, b AS {b}"
        con.execute(f"CREATE OR REPLACE TABLE {what} AS SELECT {columns}, n::INT AS n FROM found WHERE what = '{what}'")
    con.unregister("found")
    con.register("signs", sign)
    con.execute(f"CREATE OR REPLACE TABLE sign AS {rarity.SIGN_SHARES.format('signs')}")
    con.unregister("signs")
