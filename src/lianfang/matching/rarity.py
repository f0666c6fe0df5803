"""How common things are in a ledger: what an agreement between two strangers is worth.

Counted, not sampled: a list and its ledger overlap, so that pairs drawn from both are not pairs of strangers. Names
seen once to four times are corrected as Good and Turing did (I. J. Good, Biometrika 40, 1953): most names that one
person of a ledger has, nobody outside it has.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import duckdb

_OFTEN: Final = 5
"""From so many on a count is taken as it is."""
SIGN_COUNTS: Final = (
    "SELECT spot, substr(name, spot, 1) AS sign, sum(n) AS n FROM n_name, (VALUES (1), (2), (3)) AS spots(spot)"
    " WHERE length(name) BETWEEN 2 AND 4 AND unicode(name) > 12000 AND length(name) >= spot GROUP BY ALL"
)
"""Characters by their place in names of two to four of them. Counts of parts of a ledger add up."""
SIGN_SHARES: Final = "SELECT spot, sign, n / sum(n) FILTER (spot = 1) OVER () AS share FROM {}"
"""Their shares among all such names, each of which has a first character."""
TABLES: Final = {
    "n_name": "SELECT name, count(*)::INT AS n FROM person WHERE name IS NOT NULL GROUP BY name",
    "n_sound": "SELECT name_fz, count(*)::INT AS n FROM person WHERE name_fz IS NOT NULL GROUP BY name_fz",
    "n_letters": "SELECT name_py, count(*)::INT AS n FROM person WHERE name_py IS NOT NULL GROUP BY name_py",
    "n_place": "SELECT place, count(*)::INT AS n FROM person WHERE place IS NOT NULL GROUP BY place",
    "n_building": "SELECT place, building, count(*)::INT AS n FROM person"
    " WHERE place IS NOT NULL AND building IS NOT NULL GROUP BY place, building",
    "sign": SIGN_SHARES.format(f"({SIGN_COUNTS})"),
}
"""Tables of counts, made from `person` in this order."""
AGREEING: Final = {
    "birth": ("birth", "birth IS NOT NULL"),
    "last_four": ("right(id, 4)", "length(id) > 4"),
    "phone_ends": ("left(phones[1], 3) || right(phones[1], 4)", "len(phones) > 0"),
}
"""Values of `person`, and who has them, of which `Rarity` tells how often two people agree."""
TIMES: Final = "SELECT n, count(*) FROM n_name GROUP BY n"
"""How many names are seen so many times."""
LENGTHS: Final = "SELECT least(length(name), 4), sum(n) FROM n_name GROUP BY 1"
"""How many people have a name of so many characters."""
COLUMNS: Final = """coalesce(n_name.n, 0) AS n_name, coalesce(n_sound.n, 0) AS n_sound,
 coalesce(n_letters.n, 0) AS n_letters, coalesce(n_place.n, 0) AS n_place, coalesce(n_building.n, 0) AS n_building,
 coalesce(first.share, 1e-5) AS p_first, coalesce(second.share, 1e-5) AS p_second,
 coalesce(third.share, 1e-5) AS p_third"""
"""What the counts say of a row `r` beside which they stand; see `joins`."""
_SHOWN: Final = "coalesce(r.name, r.name_mask)"


def joins(table: str) -> str:
    """SQL that brings the counts beside the rows `r` of a table.

    Of each table of counts only what the rows have is taken: a county has a million names, a list some thousands, and
    the hash tables of all counts at once would not fit the memory there is.
    """
    kept = " ".join(
        f"LEFT JOIN (SELECT * FROM {counts} SEMI JOIN (SELECT {one} FROM {table}) AS own USING ({one})) AS {counts}"
        f" ON {counts}.{one} = r.{one}"
        for counts, one in (("n_name", "name"), ("n_sound", "name_fz"), ("n_letters", "name_py"))
    )
    return f"""{kept} LEFT JOIN n_place ON n_place.place = r.place
 LEFT JOIN n_building ON n_building.place = r.place AND n_building.building = r.building
 LEFT JOIN sign AS first ON first.spot = 1 AND first.sign = substr({_SHOWN}, 1, 1)
 LEFT JOIN sign AS second ON second.spot = 2 AND second.sign = substr({_SHOWN}, 2, 1)
 LEFT JOIN sign AS third ON third.spot = 3 AND third.sign = substr({_SHOWN}, 3, 1)"""


@dataclass(frozen=True, slots=True)
class Rarity:
    """Figures of a whole ledger; shares are chances that two of its people agree."""

    people: int
    birth: float
    last_four: float
    phone_ends: float
    seen: tuple[float, ...]
    """What a name seen 0, 1, 2, 3, 4 times counts for."""
    lengths: tuple[float, ...]
    """Shares of names of 0, 1, 2, 3, 4 and more characters."""

    def as_dict(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Rarity:
        """See `as_dict`."""
        return cls(**{**told, "seen": tuple(told["seen"]), "lengths": tuple(told["lengths"])})


def count(con: duckdb.DuckDBPyConnection) -> Rarity:
    """Make the tables of counts from the table `person`, and the figures of the whole."""
    for name, sql in TABLES.items():
        con.execute(f"CREATE OR REPLACE TABLE {name} AS {sql}")
    times = dict(con.execute(TIMES).fetchall())
    named = dict(con.execute(LENGTHS).fetchall())
    agree = {name: _one(con, f"SELECT sum(n * n) / sum(n) ^ 2 FROM ({values_of(name)})") for name in AGREEING}
    return figures(_one(con, "SELECT count(*) FROM person"), agree, times, named)


def values_of(name: str) -> str:
    """SQL of how many people have each value of `AGREEING`."""
    value, condition = AGREEING[name]
    return f"SELECT {value} AS value, count(*)::DOUBLE AS n FROM person WHERE {condition} GROUP BY value"


def figures(people: int, agree: dict[str, float | None], times: dict[int, int], named: dict[int, int]) -> Rarity:
    """The figures from what was counted: `agree` by the names of `AGREEING`, `times` and `named` as `TIMES` and
    `LENGTHS` give them."""
    total = sum(named.values()) or 1
    return Rarity(
        people=people,
        **{name: float(agree[name] or 1e-4) for name in AGREEING},
        seen=good_turing(times),
        lengths=tuple(float(named.get(length, 0)) / total for length in range(5)),
    )


def good_turing(times: dict[int, int]) -> tuple[float, ...]:
    """What a name seen so many times counts for, from how many names are seen so many times.

    Never above the count itself nor below a twentieth of it: small ledgers have few names to count by.
    """
    found = [0.5]
    for seen in range(1, _OFTEN):
        corrected = (seen + 1) * times.get(seen + 1, 0) / times[seen] if times.get(seen) else float(seen)
        found.append(min(float(seen), max(corrected, seen / 20)))
    return tuple(found)


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    return con.execute(sql).fetchall()[0][0]
