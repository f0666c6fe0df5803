"""Names in Latin letters, as they compare: SQL over two names at a time."""

from __future__ import annotations

import duckdb
import pytest

from lianfang.matching.comparing import NAME, NAME_SQL

COLUMNS = "?::VARCHAR AS name, lower(replace(name, ' ', '')) AS name_py, NULL::VARCHAR AS name_fz, NULL AS name_mask"
CASES = [
    ("SMITH JOHN", "JOHN SMITH", "latin"),
    ("TRANTHILAN", "TRAN THI LAN", "latin"),
    ("SMITH JOHN", "JOHN SMIHT", "latin"),
    ("SMITH JOHN", "SMUTH JOHN", "latin_slip"),
    ("SMITH JOHN", "JOHN SMYTH", "latin_slip"),
    ("NGUYEN VAN ANH", "NGUYEN VAN AN", "latin_slip"),
    ("SMITH JOHN", "SMITH JOHN ALAN", "latin_part"),
    ("JONATHAN ALEXANDER SMITH", "SMITH", "latin_part"),
    ("SMITH JOHN", "SMITH MARY", "latin_differs"),
    ("LI", "LU", "latin_differs"),
    ("KIM", "PARK", "latin_differs"),
]


@pytest.mark.parametrize(("one", "other", "level"), CASES)
def test_level_either_way_round(one: str, other: str, level: str) -> None:
    sides = f"(SELECT {COLUMNS}) AS l, (SELECT {COLUMNS}, false AS surname_only) AS r"
    for pair in ((one, other), (other, one)):
        found = duckdb.execute(f"SELECT {NAME_SQL} FROM {sides}", list(pair)).fetchall()
        assert NAME[found[0][0]] == level
