"""A prepared ledger: one DuckDB file with features, keys and counts, or the same in memory.

The file is for this workplace alone and holds numbers and telephones in the clear: it is made readable by its owner
only, and is thrown away and made anew when the ledger, the code or DuckDB have changed.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, TypeVar

import duckdb
import pyarrow as pa

from lianfang.kernel.doors import Place
from lianfang.matching import keys
from lianfang.matching.model import CODE
from lianfang.matching.places import Places
from lianfang.matching.rarity import Rarity, count

T = TypeVar("T")
MEMORY: Final = "190MB"
"""What DuckDB may use before it writes to disk."""
MORE: Final = "2GB"
"""What it may use where that is not enough: some of its steps cannot go on on disk."""
THREADS: Final = 2
_TWINS: Final = (
    "hash(coalesce(id, '#' || key::VARCHAR)) AS twin_by_id,"
    " hash(coalesce(name || '|' || birth || '|' || phones[1], '#' || key::VARCHAR)) AS twin_by_name"
)
"""One of them is equal for records that are plainly one person: by number, or by name, birth date and telephone."""


@dataclass(slots=True)
class Store:
    """A ledger ready to be compared with."""

    con: duckdb.DuckDBPyConnection
    places: Places
    rarity: Rarity

    def close(self) -> None:
        """Close the file."""
        self.con.close()


@cache
def _spill() -> str:
    """A folder of this process for what does not fit into memory; readable by its owner only, gone with the process."""
    folder = mkdtemp(prefix="lianfang-matching-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def connect(path: Path | None = None, *, memory: str = MEMORY, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    """A connection that stays within its memory; `path` None keeps all in memory."""
    before = os.umask(0o077)  # what DuckDB creates is the owner's alone from the first byte
    try:
        con = duckdb.connect(str(path) if path is not None else ":memory:")
    finally:
        os.umask(before)
    con.execute(f"SET memory_limit = '{memory}'; SET threads = {threads}; SET preserve_insertion_order = false")
    con.execute(f"SET enable_progress_bar = false; SET temp_directory = '{_spill()}'")
    return con


def with_room(con: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """The outcome of `work`, done again with `MORE` memory if it ran out of it; work that may be done twice."""
    try:
        return work()
    except duckdb.OutOfMemoryException:
        con.execute(f"SET memory_limit = '{MORE}'")
        return work()


def build(
    batches: Iterable[pa.Table], places: Places, *, mark: str, path: Path | None = None, memory: str = MEMORY
) -> Store:
    """Prepare a ledger from batches of features (`features.SCHEMA`; a column `ledger_row`, if there, is kept).

    `mark` names the ledger's state; `open_kept` asks for the same.
    """
    con = connect(path, memory=memory)
    for number, batch in enumerate(batches):
        con.register("batch", batch)
        first = "CREATE OR REPLACE TABLE raw_person AS" if number == 0 else "INSERT INTO raw_person"
        con.execute(f"{first} SELECT * FROM batch")
        con.unregister("batch")
    rarity = with_room(con, lambda: _prepare(con))
    con.execute("DROP TABLE raw_person")
    told = {"mark": mark, "code": CODE, "rarity": rarity.as_dict(), "places": _places_told(places)}
    con.execute("CREATE OR REPLACE TABLE meta AS SELECT ?::VARCHAR AS told", [json.dumps(told, ensure_ascii=False)])
    if path is not None:
        con.execute("CHECKPOINT")
    return Store(con, places, rarity)


def _prepare(con: duckdb.DuckDBPyConnection) -> Rarity:
    con.execute(f"CREATE OR REPLACE TABLE person AS {people_of('raw_person')}")
    con.execute(f"CREATE OR REPLACE TABLE key AS {keys.ledger_keys('person')}")
    return count(con)


def people_of(table: str) -> str:
    """SQL of a table of features with what the engine asks of people beyond them."""
    home = "CASE WHEN door IS NOT NULL THEN hash(door) END AS home"
    return f"SELECT *, {home}, {_TWINS} FROM ({keys.with_ends_of_name(table)})"


def open_kept(path: Path, *, mark: str, memory: str = MEMORY) -> Store | None:
    """The ledger prepared before, or None when there is none or it is of another ledger or version."""
    if not path.exists():
        return None
    try:
        con = connect(path, memory=memory, threads=1)  # a list is short: a second thread costs more than it saves
        told = json.loads(con.execute("SELECT told FROM meta").fetchall()[0][0])
    except (duckdb.Error, IndexError, ValueError):
        return None
    if (told.get("mark"), told.get("code")) != (mark, CODE):
        con.close()
        return None
    return Store(con, _places_from(told["places"]), Rarity.from_dict(told["rarity"]))


def _places_told(places: Places) -> dict[str, Any]:
    return {"known": [asdict(place) for place in places.known], "home_names": places.home_names}


def _places_from(told: dict[str, Any]) -> Places:
    known = tuple(Place(**{**one, "aliases": tuple(one.get("aliases", ()))}) for one in told["known"])
    return Places(known, tuple(told["home_names"]))
