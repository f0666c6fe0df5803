"""The tables in `sources/`: names by frequency, characters that sound or look alike."""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from pypinyin import lazy_pinyin

_FOLDER = Path(__file__).parent / "sources"
_RARE = 20
"""Weight of a character that given names do not use: somebody still types it now and then."""
_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))


class Weighted:
    """Values to be drawn by weight."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.values = list(weights)
        self._sums = list(accumulate(weights.values()))

    def draw(self, random: Random) -> str:
        """One value."""
        return self.values[bisect(self._sums, random.random() * self._sums[-1], 0, len(self.values) - 1)]


def _lines(name: str) -> list[list[str]]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.split("\n") if line]


@cache
def surnames() -> dict[str, int]:
    """Parts per million of every surname."""
    return {surname: int(ppm) for surname, ppm in _lines("surnames.tsv")}


@cache
def given_characters() -> dict[str, int]:
    """Parts per million of the characters of given names, without those that are rather surnames."""
    family = surnames()
    return {sign: int(ppm) for sign, ppm in _lines("given.tsv") if family.get(sign, 0) <= int(ppm) / 2}


def _weighted(signs: Iterable[str]) -> Weighted | None:
    given = given_characters()
    weights = {sign: float(given.get(sign, 0) + _RARE) for sign in signs}
    return Weighted(weights) if weights else None


@cache
def _sounds() -> dict[str, tuple[str, str]]:
    return {sign: (same, other) for sign, same, other in _lines("sounds.tsv")}


@cache
def homophones(sign: str) -> Weighted | None:
    """Characters of the same sound; those of the same tone twice as often as their number says."""
    same, other = _sounds().get(sign, ("", ""))
    return _weighted((same + same + other).replace(sign, ""))


@cache
def _shapes() -> dict[str, str]:
    groups: dict[str, str] = defaultdict(str)
    for (group,) in _lines("shapes.tsv"):
        for sign in group:
            groups[sign] += group.replace(sign, "")
    return groups


@cache
def look_alikes(sign: str) -> Weighted | None:
    """Characters of the same shape group."""
    return _weighted(_shapes().get(sign, ""))


@cache
def _regions() -> tuple[dict[str, str], dict[str, Sequence[str]]]:
    """The syllable of every common character, and the characters of every folded syllable."""
    syllables = {sign: lazy_pinyin(sign)[0] for sign in _sounds()}
    folded: dict[str, list[str]] = defaultdict(list)
    for sign, syllable in syllables.items():
        folded[_fold(syllable)].append(sign)
    return syllables, dict(folded)


def _fold(syllable: str) -> str:
    for start, plain in _FOLDS:
        if syllable.startswith(start):
            syllable = plain + syllable[len(start) :]
            break
    return re.sub(r"(?<=[aei])ng$", "n", syllable)


@cache
def regional(sign: str) -> Weighted | None:
    """Characters that sound alike only where zh and z, n and l, f and h, ang and an… are not told apart."""
    syllables, folded = _regions()
    own = syllables.get(sign)
    if own is None:
        return None
    return _weighted(one for one in folded[_fold(own)] if syllables[one] != own)
