"""The numbers of the model: how often a thing agrees when it is one person, and when it is not.

`m` are shares among pairs that are one person, by what the row says (`kinds`). `at_home` are shares among two people of
one door or telephone: relatives share surname and number, so what speaks for one person between strangers speaks for
little between them. Shares among strangers are not here: they are counted on the ledger (`rarity`).

The numbers that are shipped (`numbers.json`) were learned by `training` from lists whose rows a valid number proves; a
version names them in every decision.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianfang.matching.comparing import BIRTH, DOOR, ID, NAME, PHONE, SEX
from lianfang.matching.kinds import DOOR_KIND, ID_KIND, NAME_KIND, PHONE_KIND

Shares = npt.NDArray[np.float64]

CODE: Final = 2
"""Counts changes of the levels, the keys and the rules; together with the numbers it makes the version."""
SAME: Final = 0.97
"""Probability from which a row is ``same`` without a person having looked, if nothing forbids it."""
SAME_IN_DOUBT: Final = 0.99
"""The same where the names are as brothers' and sisters' may be."""
REVIEW: Final = 0.3
"""Probability of all candidates together from which a person must look; below it the row is ``new``."""
REVIEW_BARE: Final = 0.9
"""The same of one candidate alone, where nothing but the name agrees: whoever looks knows no more than the name."""
MAYBE: Final = 0.01
"""Probability from which nobody may be called missing on account of this row, whatever was decided."""
SHAPES: Final = {
    "name": (NAME_KIND, NAME),
    "name_at_home": (NAME_KIND, NAME),
    "id": (ID_KIND, ID),
    "birth": (("any",), BIRTH),
    "birth_at_home": (("any",), BIRTH),
    "sex": (("any",), SEX),
    "sex_at_home": (("any",), SEX),
    "phone": (PHONE_KIND, PHONE),
    "door": (DOOR_KIND, DOOR),
    "home": (
        tuple(f"{phone}/{door}" for phone in PHONE_KIND for door in DOOR_KIND),
        tuple(f"{phone}/{door}" for phone in PHONE for door in DOOR),
    ),
}
"""Tables of the model: kinds of rows (down) and levels (across). ``home`` is the share of rows of nobody in the ledger
that reach a home of the ledger, spread over its members: by what telephone and address say."""


@dataclass(frozen=True)
class Model:
    """Tables as in `SHAPES`, each an array of shares, and what they were learned from."""

    version: str
    tables: dict[str, Shares]
    learned_from: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, table: str) -> Shares:
        return self.tables[table]

    @property
    def name(self) -> str:
        """What is written beside a decision: code and numbers."""
        return f"{CODE}.{self.version}"

    def save(self, path: Path) -> None:
        """Write the numbers as JSON, shares by name so that a person can read them."""
        tables = {name: _named(self.tables[name], *SHAPES[name]) for name in SHAPES}
        told = {"version": self.version, "learned_from": self.learned_from, "tables": tables}
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read what `save` wrote. Raises `ValueError` when a table or a level is not known."""
        return cls.from_json(path.read_text(encoding="utf-8"))

    @classmethod
    def from_json(cls, text: str) -> Model:
        """See `load`."""
        told = json.loads(text)
        try:
            tables = {name: _array(told["tables"][name], *SHAPES[name]) for name in SHAPES}
            return cls(str(told["version"]), tables, dict(told["learned_from"]))
        except (KeyError, TypeError) as why:
            raise ValueError(f"not the numbers of this model: {why}") from why


@cache
def shipped() -> Model:
    """The model that comes with the product."""
    return Model.from_json(resources.files(__package__).joinpath("numbers.json").read_text(encoding="utf-8"))


_DIGITS: Final = 4


def _named(table: Shares, kinds: tuple[str, ...], levels: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Each row without what is as small as its smallest share, which is told once as ``else``."""
    found = {}
    for kind, row in zip(kinds, table, strict=True):
        rounded = [float(f"{share:.{_DIGITS}g}") for share in row]
        least = min(rounded)
        named = {level: share for level, share in zip(levels, rounded, strict=True) if share > least}
        found[kind] = {**named, "else": least}
    return found


def _array(told: dict[str, dict[str, float]], kinds: tuple[str, ...], levels: tuple[str, ...]) -> Shares:
    table = np.empty((len(kinds), len(levels)))
    for at, kind in enumerate(kinds):
        row = dict(told[kind])
        table[at] = row.pop("else")
        for level, share in row.items():
            table[at, levels.index(level)] = share
    return table
