"""One compound stands in for all others like it: 望湖花苑5幢301 is read as 阳光花园5幢301 was, and lies elsewhere.

Where no buildings are known, the kernel asks of a compound only where its name begins and ends in the text, and what
sort of place it is. So a text with one compound in it is read once for all compounds of the sort.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lianfang.kernel.doors_cell import HINTS
from lianfang.kernel.doors_front import SPOKEN_NUMBER
from lianfang.kernel.doors_numbers import NUMERALS
from lianfang.kernel.doors_places import Gazetteer, Hit
from lianfang.matching.digits import FIRST
from lianfang.matching.places import Places

_PLAIN = re.compile(rf"(?:(?![{NUMERALS}])[一-龥]){{2,}}")


_AS_CLEANED = re.compile(r"[一-龥0-9A-Z#\x01-\x08 -]+")
"""What cleaning leaves as it is, but for spaces."""


class Reading(NamedTuple):
    """A text in which another compound stands in, and the codes of the one that stands there and of the one meant."""

    text: str
    stand_in: str
    code: str


class StandIns:
    """Finds the text to read in place of another; gives up on whatever is not as plain as can be."""

    def __init__(self, places: Places) -> None:
        self._gazetteer = places.gazetteer
        self._names: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}
        self._stood: dict[str, bool] = {}
        if not places.knows_buildings:
            for name, code in _plain_names(places):
                self._names[name] = code
                self._stand_ins.setdefault(self._gazetteer.shape(code), name)

    def reading(self, text: str) -> Reading | None:
        """What to read instead of a text; None when it must be read as it is."""
        if not self._names or not _AS_CLEANED.fullmatch(text) or HINTS.search(text) or SPOKEN_NUMBER.search(text):
            return None
        hits = self._compounds(text)
        code = self._names.get(hits[0]) if len(hits) == 1 else None
        if code is None or text.count(hits[0]) != 1:
            return None
        other = self._stand_ins[self._gazetteer.shape(code)]
        reading = Reading(text.replace(hits[0], other), self._names[other], code)
        return reading if other == hits[0] or self._stands(reading.text, other) else None

    def _stands(self, text: str, name: str) -> bool:
        """Whether the compound that stands in is the only one in its text, so that its name made no other name with
        what is around it."""
        if text not in self._stood:
            self._stood[text] = self._compounds(text) == [name]
        return self._stood[text]

    def _compounds(self, text: str) -> list[str]:
        """Names of compounds in a text, found as the kernel finds them."""
        squeezed = text.translate(FIRST).replace(" ", "")
        return [squeezed[hit.start : hit.end] for hit in self._gazetteer.hits(squeezed) if hit.level == "compound"]

    def forget(self) -> None:
        """Drop what is remembered of texts."""
        self._stood.clear()


def _plain_names(places: Places) -> list[tuple[str, str]]:
    """Names of compounds, without numbers and words that mean something to whoever reads cells, that mean one only."""
    gazetteer: Gazetteer = places.gazetteer
    named = {name for place in places.known if place.level == "compound" for name in (place.name, *place.aliases)}
    plain = sorted(name for name in named if _PLAIN.fullmatch(name) and not HINTS.search(name))
    found = [(name, codes[0]) for name in plain if len(codes := gazetteer.codes_named(name, "compound")) == 1]
    return [(name, code) for name, code in found if gazetteer.hits(name) == [Hit(0, len(name), (code,), "compound")]]
