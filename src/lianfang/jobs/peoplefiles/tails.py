"""The last rows of a table, kept back until it is known that they are the last: they may be a signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lianfang.jobs.peoplefiles.bodies import Body
from lianfang.jobs.peoplefiles.kinds import People, Row, rows_of

_LOOKED_AT = 200


class HeldBack:
    """Passes bodies of one table on as soon as enough rows of people have come after them."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._held: list[Body] = []

    def after(self, body: Body) -> Iterator[Body]:
        """Take one more body; give out those that cannot hold the end of the table."""
        self._held.append(body)
        while sum(one.rows for one in self._held[1:]) > _LOOKED_AT:
            yield self._held.pop(0)

    def rest(self) -> Iterator[Body]:
        """What was kept back, without the rows at its end that are nobody."""
        last: list[Row] = []
        for body in reversed(self._held):
            last = rows_of(body.own, np.arange(max(0, body.rows - _LOOKED_AT), body.rows)) + last
        weak = self._people.weak_tail(last)
        for at, body in enumerate(self._held):
            behind = sum(one.rows for one in self._held[at + 1 :])
            left = body.rows - min(body.rows, max(0, weak - behind))
            if left == body.rows:
                yield body
            elif left:
                yield replace(body, own=[column.slice(0, left) for column in body.own], rows=left)
