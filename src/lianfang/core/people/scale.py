"""The matching engine over people of the live ledger: a few of them at a time, opened and weighed with the figures of
all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pyarrow as pa

from lianfang.core.people.figures import Figures, names_held, sounds_held
from lianfang.kernel.matching import LedgerPerson
from lianfang.kernel.pinyin import pinyin_full
from lianfang.matching import scoring
from lianfang.matching.engine import Matched, score
from lianfang.matching.model import Model, shipped
from lianfang.matching.objects import people_table
from lianfang.matching.store import connect

Opened = tuple[int, LedgerPerson, int]
"""A key, a person, and which of their documents is compared."""
_MEMORY: Final = "300MB"
_COUNTS: Final = {
    "n_name": pa.schema([("name", pa.string()), ("n", pa.int32())]),
    "n_sound": pa.schema([("name_fz", pa.string()), ("n", pa.int32())]),
    "n_letters": pa.schema([("name_py", pa.string()), ("n", pa.int32())]),
    "n_place": pa.schema([("place", pa.string()), ("n", pa.int32())]),
    "n_building": pa.schema([("place", pa.string()), ("building", pa.string()), ("n", pa.int32())]),
    "sign": pa.schema([("spot", pa.int32()), ("sign", pa.string()), ("share", pa.float64())]),
}


class Scale:
    """The engine with the figures of the ledger; made once for many weighings."""

    def __init__(self, figures: Figures, model: Model | None = None) -> None:
        self.model = model or shipped()
        self._figures = figures
        self._con = connect(memory=_MEMORY, threads=1)
        signs = [
            {"spot": spot, "sign": sign, "share": share}
            for spot, shares in enumerate(figures.signs, start=1)
            for sign, share in shares.items()
        ]
        self._fill("sign", signs)
        self._fill("n_place", [{"place": code, "n": people} for code, (people, _) in figures.places.items()])

    def close(self) -> None:
        """Give the memory back."""
        self._con.close()

    def weigh(
        self, rows: pa.Table, people: Sequence[Opened], pairs: Iterable[tuple[int, int]], *, coverage: float
    ) -> Matched:
        """Weigh rows (`features.SCHEMA`) along `pairs` of their keys and people's. `coverage`: the share of rows like
        these that are in the ledger."""
        self._count(rows, people)
        scoring.take_rows(self._con, rows)
        listed = list(pairs)
        pair = {
            "row": pa.array([row for row, _ in listed], pa.int64()),
            "person": pa.array([person for _, person in listed], pa.int64()),
        }
        self._replace("near", people_table(people))
        self._replace("pair", pa.table(pair))
        return score(self._con, self._figures.rarity, self.model, coverage=coverage)

    def _count(self, rows: pa.Table, people: Sequence[Opened]) -> None:
        """Fill the tables of counts for these rows."""
        names, sounds, letters = (rows.column(name).to_pylist() for name in ("name", "name_fz", "name_py"))
        plain = {name for name in names if name}
        variants: dict[str, set[str]] = {name: {name} for name in plain}
        for _, person, _ in people:
            bare = person.name.replace("·", "").replace(" ", "")
            if bare in variants:
                variants[bare].add(person.name)
        held = names_held({text for texts in variants.values() for text in texts})
        self._fill("n_name", [{"name": name, "n": max(held.get(text, 0) for text in texts)}
                              for name, texts in variants.items()])  # fmt: skip
        # Whoever is spelt like a row in Latin letters has a Chinese name, known only where somebody was found.
        spelt = {pinyin_full(person.name) for _, person, _ in people} if None in sounds else set()
        pinyin = {name: pinyin_full(name) for name in plain}
        heard = sounds_held({*pinyin.values(), *spelt})
        by_sound: dict[str, int] = {}
        for name, sound in zip(names, sounds, strict=True):
            if sound:
                by_sound[sound] = max(by_sound.get(sound, 0), heard.get(pinyin.get(name, ""), 0))
        by_letters = {sound.replace(" ", ""): count for sound, count in heard.items()}
        self._fill("n_sound", [{"name_fz": sound, "n": count} for sound, count in by_sound.items()])
        known = {one for one in letters if one in by_letters}
        self._fill("n_letters", [{"name_py": one, "n": by_letters[one]} for one in known])
        self._fill("n_building", self._buildings(rows))

    def _buildings(self, rows: pa.Table) -> list[dict[str, Any]]:
        """People of a building: as many as its compound has on average."""
        places, buildings = rows.column("place").to_pylist(), rows.column("building").to_pylist()
        found = []
        for place, building in {pair for pair in zip(places, buildings, strict=True) if None not in pair}:
            people, among = self._figures.places.get(place, (0, 1))
            found.append({"place": place, "building": building, "n": people // among})
        return found

    def _fill(self, name: str, lines: list[dict[str, Any]]) -> None:
        self._replace(name, pa.Table.from_pylist(lines, schema=_COUNTS[name]))

    def _replace(self, name: str, table: pa.Table) -> None:
        self._con.register("filling", table)
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM filling")  # noqa: S608  # our own names
        self._con.unregister("filling")
