"""Rows of a chunk weighed against the few people of the ledger they may be, with the engine of `lianfang.matching`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from lianfang.core.people.figures import Figures, names_held, sounds_held
from lianfang.kernel.doors import Door
from lianfang.kernel.matching import Candidate, Decision, LedgerPerson
from lianfang.kernel.matching_names import is_latin
from lianfang.kernel.pinyin import pinyin_full
from lianfang.kernel.rowfacts import RowFacts
from lianfang.matching import scoring
from lianfang.matching.deciding import DECISIONS
from lianfang.matching.engine import Matched, score
from lianfang.matching.model import Model, shipped
from lianfang.matching.objects import document_for, people_table, rows_table
from lianfang.matching.single import place_words
from lianfang.matching.store import connect

_MEMORY: Final = "300MB"
_MOST_CANDIDATES: Final = 5
_WORTH_TELLING: Final = 0.001
"""Candidates less probable than this are not shown to whoever reviews, unless they share door or telephone."""
_NEAR: Final = 0.05
_ONE_HOME: Final = 0.95
"""Share of what is known of a row that must speak for one household."""
_COUNTS: Final = {
    "n_name": pa.schema([("name", pa.string()), ("n", pa.int32())]),
    "n_sound": pa.schema([("name_fz", pa.string()), ("n", pa.int32())]),
    "n_letters": pa.schema([("name_py", pa.string()), ("n", pa.int32())]),
    "n_place": pa.schema([("place", pa.string()), ("n", pa.int32())]),
    "n_building": pa.schema([("place", pa.string()), ("building", pa.string()), ("n", pa.int32())]),
    "sign": pa.schema([("spot", pa.int32()), ("sign", pa.string()), ("share", pa.float64())]),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A row and those it may be."""

    index: int
    facts: RowFacts
    door: Door
    people: Sequence[LedgerPerson]


class Scale:
    """The engine with the figures of the ledger; kept for a whole list."""

    def __init__(self, figures: Figures, model: Model | None = None) -> None:
        self.model = model or shipped()
        self._figures = figures
        self._con = connect(memory=_MEMORY, threads=1)
        self._fill("sign", [
            {"spot": spot, "sign": sign, "share": share}
            for spot, shares in enumerate(figures.signs, start=1) for sign, share in shares.items()
        ])  # fmt: skip
        self._fill("n_place", [{"place": code, "n": people} for code, (people, _) in figures.places.items()])

    def close(self) -> None:
        """Give the memory back."""
        self._con.close()

    def decide(self, asked: Sequence[Asked], *, coverage: float) -> dict[int, Decision]:
        """Decide rows by their index. `coverage`: share of the list's rows that are in the ledger."""
        if not asked:
            return {}
        rows = rows_table((one.index, one.facts, one.door) for one in asked)
        self._count(asked, rows)
        keys: dict[tuple[str, int], int] = {}
        people: list[tuple[int, LedgerPerson, int]] = []
        pairs: list[tuple[int, int]] = []
        for one in asked:
            for person in one.people:
                document = document_for(one.facts, person)
                key = keys.setdefault((person.person_id, document), len(keys))
                if key == len(people):
                    people.append((key, person, document))
                pairs.append((one.index, key))
        matched = self._score(rows, people_table(people), pairs, coverage)
        told = _Told(matched, [person for _, person, _ in people])
        return {one.index: told.decision(one.index) for one in asked}

    def _score(self, rows: pa.Table, people: pa.Table, pairs: list[tuple[int, int]], coverage: float) -> Matched:
        scoring.take_rows(self._con, rows)
        row, person = zip(*pairs, strict=True) if pairs else ((), ())
        pair = pa.table({"row": pa.array(row, pa.int64()), "person": pa.array(person, pa.int64())})
        for name, table in (("near", people), ("pair", pair)):
            self._replace(name, table)
        return score(self._con, self._figures.rarity, self.model, coverage=coverage)

    def _count(self, asked: Sequence[Asked], rows: pa.Table) -> None:
        """Fill the tables of counts for these rows."""
        names = {name for name in rows.column("name").to_pylist() if name}
        written = {
            one.facts.name: name for one, name in zip(asked, rows.column("name").to_pylist(), strict=True) if name
        }
        held = names_held({*written, *names})
        by_name = {name: held.get(name, 0) for name in names}
        by_name |= {name: max(held.get(text, 0), by_name[name]) for text, name in written.items()}
        pinyin = {name: pinyin_full(name) for name in names}
        sounds = sounds_held(set(pinyin.values()))
        self._fill("n_name", [{"name": name, "n": count} for name, count in by_name.items()])
        fuzzy: dict[str, int] = {}
        for name, sound in zip(rows.column("name").to_pylist(), rows.column("name_fz").to_pylist(), strict=True):
            if sound:
                fuzzy[sound] = max(fuzzy.get(sound, 0), sounds.get(pinyin.get(name, ""), 0))
        self._fill("n_sound", [{"name_fz": sound, "n": count} for sound, count in fuzzy.items()])
        self._fill("n_letters", [{"name_py": spelt, "n": count} for spelt, count in _letters_held(asked).items()])
        self._fill("n_building", self._buildings(asked))

    def _buildings(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """People of a building: as many as its compound has on average."""
        named = {(words.place, "".join(words.building)) for one in asked if (words := place_words(one.door)).place}
        found = []
        for place, building in named:
            people, buildings = self._figures.places.get(place, (0, 1))
            found.append({"place": place, "building": building, "n": people // buildings})
        return found

    def _fill(self, name: str, lines: list[dict[str, Any]]) -> None:
        self._replace(name, pa.Table.from_pylist(lines, schema=_COUNTS[name]))

    def _replace(self, name: str, table: pa.Table) -> None:
        self._con.register("filling", table)
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM filling")  # noqa: S608  # our own names
        self._con.unregister("filling")


def _letters_held(asked: Sequence[Asked]) -> dict[str, int]:
    """How many people have a name that is spelt like one that a row in Latin letters may mean."""
    latin = [one for one in asked if one.facts.name and is_latin(one.facts.name)]
    spelt = {pinyin_full(person.name) for one in latin for person in one.people}
    return {sound.replace(" ", ""): count for sound, count in sounds_held(spelt).items()} if spelt else {}


class _Told:
    """What was decided, in the words of the ledger."""

    def __init__(self, matched: Matched, people: Sequence[LedgerPerson]) -> None:
        self._matched, self._people = matched, people
        self._place = {int(key): place for place, key in enumerate(matched.keys)}
        self._pairs = dict(matched.candidates())

    def decision(self, key: int) -> Decision:
        """The decision of a row."""
        matched, place = self._matched, self._place[key]
        pairs = self._pairs.get(place, np.zeros(0, np.int64)).tolist()
        kind = DECISIONS[matched.decided.decision[place]]
        best = int(matched.decided.best[place])
        reason = matched.reason_of(place)
        named = best >= 0 and kind != "new"
        home = self._called_home(pairs) or (self._likely_home(pairs) if kind == "review" else None)
        return Decision(
            kind,  # type: ignore[arg-type]  # one of the three
            person_id=self._person(best).person_id if kind == "same" else None,
            household_id=home if kind != "same" else None,
            score=round(float(matched.decided.score[place]), 4),
            reasons=(*(matched.codes(best) if named else ()), *((reason,) if reason else ())),
            candidates=tuple(self._candidate(pair) for pair in self._worth_telling(pairs)),
        )

    def _person(self, pair: int) -> LedgerPerson:
        return self._people[int(self._matched.pairs.person[pair])]

    def _candidate(self, pair: int) -> Candidate:
        parts = tuple((code, round(weight, 2)) for code, weight in self._matched.why(pair))
        probability = round(float(self._matched.decided.probability[pair]), 4)
        return Candidate(self._person(pair).person_id, probability, self._matched.codes(pair), parts)

    def _worth_telling(self, pairs: list[int]) -> list[int]:
        close = self._matched.close
        told = [pair for pair in pairs if self._matched.decided.probability[pair] >= _WORTH_TELLING or close[pair] > 0]
        return told[:_MOST_CANDIDATES]

    def _called_home(self, pairs: list[int]) -> str | None:
        """The one household whose telephone is on the row."""
        called = {self._person(pair).household_id for pair in pairs if self._matched.called[pair]} - {""}
        return called.pop() if len(called) == 1 else None

    def _likely_home(self, pairs: list[int]) -> str | None:
        """The household that nearly all of what is known speaks for."""
        by_home: dict[str, float] = defaultdict(float)
        for pair in pairs:
            by_home[self._person(pair).household_id] += float(self._matched.decided.probability[pair])
        home = max(by_home, key=lambda one: by_home[one], default="")
        total = sum(by_home.values())
        return home if home and total >= _NEAR and by_home[home] >= _ONE_HOME * total else None
