"""Rows of a list beside the people they may be: who is compared, and how they compare.

Works on tables of a DuckDB connection: `person` and `key` (a ledger, see `store`), `listed` (the rows). What is made is
two Arrow tables, which `weighing` takes.
"""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.matching import keys
from lianfang.matching.comparing import ID, NAME_SQL, SAME_NAME, level_columns
from lianfang.matching.kinds import ID_KIND, kind_columns, stars_of
from lianfang.matching.rarity import COLUMNS, joins

_ROW_COLUMNS: Final = """key, name_kind, id_kind_of, phone_kind, door_kind, shows_birth, shows_four, shows_first,
 shows_second, shows_third, mask_fixed, n_name, n_sound, n_letters, n_place, n_building, p_first, p_second, p_third,
 name_length"""
PERSON_COLUMNS: Final = """key, name, name_py, name_fz, id, id_valid, id_kind, phones, sex, birth, place, building,
 unit, room, home, twin_by_id, twin_by_name"""
"""What of a person is compared."""


def take_rows(con: duckdb.DuckDBPyConnection, features: pa.Table) -> None:
    """Make the table `listed` of the rows' features: what they say (`kinds`) and how common it is (`rarity`)."""
    con.register("given", features)
    _make(con, "listed", listed(f"({keys.with_ends_of_name('given')})"))
    con.unregister("given")


def listed(table: str) -> str:
    """SQL of rows with what they say and how common it is."""
    length = "coalesce(length(coalesce(r.name, r.name_mask)), 0)::INT AS name_length"
    columns = f"r.*, {kind_columns()}, {COLUMNS}, {length}, stars.mask_fixed"
    return f"SELECT {columns} FROM {table} AS r {joins(table)}, ({stars_of(table)}) AS stars"


def find_pairs(con: duckdb.DuckDBPyConnection, *, proven_too: bool = False) -> None:
    """Make the table `pair` of rows and the people of the ledger they may be.

    Whoever holds the valid number of a row under its name is compared with nobody else, unless `proven_too`
    (for learning: all others are known to be somebody else).
    """
    find_proven(con, proven_too=proven_too)
    _make(con, "asked", keys.list_keys("asking"))
    _make(con, "found", "SELECT asked.k, asked.person AS row, key.person FROM asked JOIN key USING (k)")
    most = f"count(*) > {keys.MOST_SHARING} AND count(DISTINCT person) > {keys.MOST_SHARING}"
    con.execute(f"DELETE FROM found WHERE k IN (SELECT k FROM found GROUP BY k HAVING {most})")
    phones = f"JOIN ({keys.phone_keys('asking')}) AS phone ON phone.k = found.k AND phone.person = found.row"
    homes = "JOIN person ON person.key = found.person WHERE person.home IS NOT NULL"
    _make(con, "reached", f"SELECT DISTINCT found.row, person.home FROM found {phones} {homes}")
    relatives = "SELECT reached.row, person.key FROM reached JOIN person USING (home)"
    all_pairs = f"SELECT row, person FROM found UNION SELECT row, person FROM proven UNION {relatives}"
    _make(con, "pair", f"SELECT row::BIGINT AS row, person::BIGINT AS person FROM ({all_pairs})")
    _drop(con, "proven", "asking", "asked", "found", "reached")


def find_proven(con: duckdb.DuckDBPyConnection, *, proven_too: bool = False) -> None:
    """Make the tables `proven`, of rows and the people who hold their valid number under their name, and `asking`, of
    the rows that are compared with others; see `find_pairs`."""
    alike = ", ".join(map(str, SAME_NAME))
    holds = f"JOIN person AS l ON l.id = r.id WHERE r.id_valid AND {NAME_SQL} IN ({alike})"
    _make(con, "proven", f"SELECT r.key AS row, l.key AS person FROM listed AS r {holds}")
    asking = "true" if proven_too else "key NOT IN (SELECT row FROM proven)"
    _make(con, "asking", f"SELECT * FROM listed WHERE {asking}")


def people_of_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `near` of the people in `pair`, each with the telephones of their home."""
    met = "SELECT DISTINCT person AS key FROM pair"
    _make(con, "met", f"SELECT {PERSON_COLUMNS} FROM person JOIN ({met}) USING (key)")
    phones = "SELECT home, flatten(list(phones)) AS home_phones FROM person"
    _make(con, "called", f"{phones} WHERE home IN (SELECT home FROM met) GROUP BY home")
    _make(con, "near", "SELECT met.*, called.home_phones FROM met LEFT JOIN called USING (home)")
    _drop(con, "met", "called")


def compare(con: duckdb.DuckDBPyConnection) -> tuple[pa.Table, pa.Table]:
    """Compare `listed` with `near` along `pair`: the levels of every pair in order of row and person, and the rows."""
    sides = "FROM pair JOIN listed AS r ON r.key = pair.row JOIN near AS l ON l.key = pair.person"
    columns = f"pair.row, pair.person, {level_columns()}, l.twin_by_id, l.twin_by_name"
    levels = con.sql(f"SELECT {columns} {sides} ORDER BY pair.row, pair.person").to_arrow_table()
    return levels, rows(con)


def rows(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """What is weighed of the rows in `listed`, in order of key."""
    return con.sql(f"SELECT {_ROW_COLUMNS} FROM listed ORDER BY key").to_arrow_table()


def coverage(pairs: pa.Table, rows: pa.Table) -> float:
    """The share of the list's rows that are in the ledger, told by the rows with a valid number."""
    valid = rows.filter(pc.equal(rows["id_kind_of"], ID_KIND.index("valid")))["key"]
    found = pc.unique(pairs.filter(pc.equal(pairs["id_level"], ID.index("equal")))["row"])
    hits = pc.sum(pc.is_in(valid, value_set=found)).as_py() or 0
    return coverage_of(hits, len(valid))


def coverage_of(found: int, valid: int) -> float:
    """The share told by `valid` rows with a valid number, of which so many were found."""
    return float((found + 3) / (valid + 5))


def _make(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}")


def _drop(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    for table in tables:
        con.execute(f"DROP TABLE {table}")
