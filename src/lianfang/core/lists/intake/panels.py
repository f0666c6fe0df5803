"""Several people on one row: a form printed twice side by side, or 姓名1 电话1 姓名2 电话2 beside one address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from lianfang.core.lists.intake.columns import Column, ColumnGuess, guess_columns
from lianfang.core.lists.intake.synonyms import PERSON, field_of_label, plain_label

_NUMBER: Final = re.compile(r"(?:\(?[0-9一二三四五六七八九十]{1,2}\)?)$")
_MOST: Final = 8
"""More people than this beside each other is no layout anybody uses."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Columns of one of the people beside each other: `own` are hers, `shared` everybody's."""

    own: range
    shared: tuple[int, ...]

    def guesses(self, columns: Sequence[Column]) -> tuple[ColumnGuess, ...]:
        """Meanings of all columns of the table for this person; the others' are ignored."""
        wanted = {*self.own, *self.shared}
        found = {guess.index: guess for guess in guess_columns([one for one in columns if one.index in wanted])}
        return tuple(
            found.get(one.index, ColumnGuess(one.index, one.shown(), "ignore", 1.0, "other_panel")) for one in columns
        )


def panels_of(columns: Sequence[Column]) -> list[Panel]:
    """The people beside each other, empty if a row is about one. Each panel names a person and has a number or
    address of its own under the same words as the first; columns before and after all panels are everybody's."""
    words = [_NUMBER.sub("", plain_label(column.shown())) for column in columns]
    whole = [plain_label(column.shown()) for column in columns]
    first = next((at for at, word in enumerate(words) if word and field_of_label(word)[0] == "name"), -1)
    starts = [at for at, word in enumerate(words) if first >= 0 and word == words[first]]
    if not 2 <= len(starts) <= _MOST or len({after - before for before, after in pairwise(starts)}) != 1:
        return []
    step = starts[1] - starts[0]
    left = _same(words, starts, range(-1, -step, -1))
    right = _same(words, starts, range(1, step - left))
    own = range(-left, right + 1)
    fields = {field_of_label(words[first + at])[0] for at in own}
    if len(fields & {*PERSON, "address", "room"}) < 2:
        return []
    inside = {start + at for start in starts for at in own}
    between = set(range(starts[0] - left, starts[-1] + right + 1)) - inside
    if any(words[at] for at in between):
        return []
    shared = tuple(at for at in range(len(words)) if at not in inside and at not in between and whole[at])
    return [Panel(range(start - left, start + right + 1), shared) for start in starts]


def _same(words: Sequence[str], starts: Sequence[int], offsets: range) -> int:
    """How many columns, going one way, carry the same words in every panel."""
    count = 0
    for offset in offsets:
        places = [start + offset for start in starts]
        if places[0] < 0 or places[-1] >= len(words) or not words[places[0]]:
            break
        if len({words[place] for place in places}) != 1:
            break
        count += 1
    return count
