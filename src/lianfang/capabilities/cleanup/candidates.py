"""Which pairs of people are worth comparing: those who share a rare key of the blind index. Asked of the database in
sets, whether for a few thousand people who changed or for the whole ledger."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from lianfang.core.bulk import ids_text

MOST_PER_KEY = 12
"""A key more people share than this tells nothing about a pair (a birth date, a common name, a hostel's telephone)."""

Pair = tuple[UUID, UUID]

# A key is followed to at most one person more than are allowed: however common it is, it costs the same.
_OF_CHANGED = """
WITH mine AS (SELECT DISTINCT key FROM people_personkey WHERE person_id = ANY(%(ids)s::uuid[])),
rare AS (
    SELECT held.people FROM mine CROSS JOIN LATERAL (
        SELECT array_agg(person_id) AS people
        FROM (SELECT person_id FROM people_personkey WHERE key = mine.key LIMIT %(most)s + 1) AS holders
    ) AS held
    WHERE cardinality(held.people) BETWEEN 2 AND %(most)s
)
SELECT a, b FROM rare, unnest(rare.people) AS a, unnest(rare.people) AS b
WHERE a < b AND (a = ANY(%(ids)s::uuid[]) OR b = ANY(%(ids)s::uuid[]))
UNION
SELECT person_a_id, person_b_id FROM cleanup_duplicatepair
WHERE person_a_id = ANY(%(ids)s::uuid[]) OR person_b_id = ANY(%(ids)s::uuid[])
ORDER BY 1, 2
"""
_OF_EVERYONE = """
INSERT INTO cleanup_paircandidate (person_a_id, person_b_id)
SELECT a, b FROM (
    SELECT array_agg(person_id) AS people FROM people_personkey
    GROUP BY key HAVING count(*) BETWEEN 2 AND %(most)s
) AS rare, unnest(rare.people) AS a, unnest(rare.people) AS b
WHERE a < b
UNION
SELECT person_a_id, person_b_id FROM cleanup_duplicatepair
"""
_SORT_MEMORY = "256MB"
"""Memory for making the pairs of a whole ledger distinct; beyond it the database sorts on disk."""


def pairs_of_changed(person_ids: Sequence[UUID]) -> list[Pair]:
    """Pairs in which one of these people is: those who share a rare key, and those that are in the ledger of pairs."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_CHANGED, {"ids": ids_text(person_ids), "most": MOST_PER_KEY})
        return [(one, other) for one, other in cursor.fetchall()]


def let_nobody_else_begin() -> None:
    """Wait until no other process fills `PairCandidate`, and keep others waiting to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE cleanup_paircandidate IN SHARE ROW EXCLUSIVE MODE")


def fill_with_everyone() -> int:
    """Write the pairs of the whole ledger into `PairCandidate`; returns how many. Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cleanup_paircandidate")
        cursor.execute(f"SET LOCAL work_mem = '{_SORT_MEMORY}'")
        cursor.execute(_OF_EVERYONE, {"most": MOST_PER_KEY})
        count = cursor.rowcount
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
    return int(count)


def next_pairs(behind: Pair | None, *, most: int) -> list[Pair]:
    """The next pairs of the pass under way, in their order."""
    where = "WHERE (person_a_id, person_b_id) > (%s, %s)" if behind else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person_a_id, person_b_id FROM cleanup_paircandidate {where} "  # noqa: S608 - our own text
            "ORDER BY person_a_id, person_b_id LIMIT %s",
            [*(behind or ()), most],
        )
        return [(one, other) for one, other in cursor.fetchall()]
