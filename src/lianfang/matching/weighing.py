"""The weight of each comparison, in bits: how much likelier it is between one person's records than otherwise.

Weights add up. The sum of a pair, with the prior, is the logarithm (base 2) of the odds that the row is this person and
nobody of the ledger; several candidates of a row are weighed against each other in `deciding`.

Telephone and address are one comparison, ``contact``, because a household shares both: as two their weight would count
twice for every relative. And whoever lives at the door or on the telephone that was found is compared as relatives are:
what a name, a birth date or a sex is worth among them was learned from relatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lianfang.matching.comparing import BIRTH, DOOR, ID, NAME, PHONE, SEX
from lianfang.matching.kinds import DOOR_KIND, ID_KIND, NAME_KIND
from lianfang.matching.model import Model, Shares
from lianfang.matching.rarity import Rarity

Levels = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

PARTS: Final = ("prior", "name", "id", "contact", "birth", "sex")
"""The parts of a weight, in the order in which they are told."""
AT_HOME, MAYBE_AT_HOME, STRANGERS = 2, 1, 0
_IN_THE_BUILDING: Final = 0.3
"""Of people found under a room number without the entrance (``door?``) so many are of the household that is meant."""
_FIXED_STARS: Final = 0.9
"""Share of one person's pairs whose mask fits but for its length, where a list has as many stars for every name."""
_CHANCE: Final = {"slip": 2e-6, "slip2": 5e-5, "equal": 1e-8}
"""Chances that two strangers' document numbers are so close (measured on ledgers of 100,000)."""
_LATIN: Final = {"latin_slip": 2e-4, "latin_part": 3e-4}
"""Chances that two strangers' names in Latin letters are so close (measured on twelve million pairs of FEBRL 4)."""
_PHONE_SLIP: Final = 1e-5
_NO_PLACE: Final = 1 / 200
"""Chance that two strangers live behind the same building and room number of different compounds."""
_RELATIVES_BORN: Final = 0.006
"""Chance that two relatives share the birth date: twins (6 per thousand of adjacent children and more)."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows beside people: `levels` by comparison, `row` and `person` as given, `at` the place of the row in `rows`."""

    row: npt.NDArray[np.int64]
    person: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    levels: dict[str, Levels]
    rows: dict[str, npt.NDArray[Any]]

    @classmethod
    def of(cls, pairs: pa.Table, rows: pa.Table) -> Pairs:
        """From the tables that `scoring` makes; `rows` in ascending order of `key`."""
        told = {name: rows.column(name).to_numpy() for name in rows.column_names}
        row = pairs.column("row").to_numpy()
        levels = {
            name[: -len("_level")]: pairs.column(name).to_numpy() for name in pairs.column_names if "_level" in name
        }
        return cls(row, pairs.column("person").to_numpy(), np.searchsorted(told["key"], row), levels, told)

    def of_row(self, column: str) -> npt.NDArray[Any]:
        """A column of the rows, for each pair."""
        found: npt.NDArray[Any] = self.rows[column][self.at]
        return found

    def contact_kinds(self) -> tuple[Levels, Levels]:
        """What telephone and address say where both sides have them: a person without a telephone is no contradiction
        to a row with one."""
        silent = (self.levels["phone"] == PHONE.index("none"), self.levels["door"] == DOOR.index("none"))
        kinds = (self.of_row(column).astype(int) for column in ("phone_kind", "door_kind"))
        phone, door = (np.where(none, 0, kind) for none, kind in zip(silent, kinds, strict=True))
        return phone, door

    def closeness(self) -> Levels:
        """`AT_HOME` for people of a door or telephone that was found, `MAYBE_AT_HOME` when a piece of the door is
        missing, otherwise `STRANGERS`."""
        phone, door = self.levels["phone"], self.levels["door"]
        masked_near = _is(phone, PHONE, "masked") & _is(door, DOOR, "door?", "building", "place")
        home = _is(phone, PHONE, "equal", "family") | _is(door, DOOR, "door") | masked_near
        found: Levels = np.where(home, AT_HOME, np.where(_is(door, DOOR, "door?"), MAYBE_AT_HOME, STRANGERS))
        return found

    def unnamed(self) -> Flags:
        """Pairs of rows that say neither a full name nor a document number."""
        names = [NAME_KIND.index(kind) for kind in ("none", "masked", "masked_given", "surname")]
        found: Flags = np.isin(self.of_row("name_kind"), names) & (self.of_row("id_kind_of") == ID_KIND.index("none"))
        return found


def weigh(
    pairs: Pairs, model: Model, rarity: Rarity, coverage: float, *, sharing: Shares | None = None
) -> dict[str, Shares]:
    """Weights by part (`PARTS`). `coverage`: the share of the list's rows that are in the ledger, from 0 to 1.
    `sharing`: by pair how many people live there, where it is known; else those among the pairs of the row."""
    close = pairs.closeness()
    prior = np.log2(coverage / (1 - coverage) / max(rarity.people, 1))
    return {
        "prior": np.full(len(pairs.row), prior),
        "name": _name(pairs, close, model, rarity),
        "id": _id(pairs, close, model, rarity),
        "contact": _contact(pairs, close, model, rarity, _sharing(pairs, close) if sharing is None else sharing),
        "birth": _birth(pairs, close, model, rarity),
        "sex": _sex(pairs, close, model),
    }


def _is(levels: Levels, names: tuple[str, ...], *wanted: str) -> Flags:
    found: Flags = np.isin(levels, [names.index(name) for name in wanted])
    return found


def _name(pairs: Pairs, close: Levels, model: Model, rarity: Rarity) -> Shares:
    level, kind = pairs.levels["name"], pairs.of_row("name_kind")
    strangers = _strangers_named(pairs, rarity)
    # A name that everybody has is no rarer among relatives.
    relatives = np.maximum(model["name_at_home"][kind, level], strangers / 2)
    mixed = _IN_THE_BUILDING * relatives + (1 - _IN_THE_BUILDING) * strangers
    others = np.select([close == AT_HOME, close == MAYBE_AT_HOME], [relatives, mixed], strangers)
    mine = model["name"][kind, level]
    # A sender who writes as many stars for every name hides how long it is: nothing is wrong with another length.
    fixed = (level == NAME.index("masked_loose")) & pairs.of_row("mask_fixed").astype(bool)
    mine = np.where(fixed, _FIXED_STARS, mine)
    return _bits(mine, others, silent=level == NAME.index("none"))


def _strangers_named(pairs: Pairs, rarity: Rarity) -> Shares:
    """The chance that a stranger's name agrees on this level with the name of the row."""
    level, people = pairs.levels["name"], max(rarity.people, 1)
    first, second, third = (pairs.of_row(f"p_{place}").astype(float) for place in ("first", "second", "third"))
    length = pairs.of_row("name_length").astype(int)
    last = np.where(length >= 3, third, 1.0)
    same, sound = pairs.of_row("n_name"), pairs.of_row("n_sound")
    shown = [np.where(pairs.of_row(f"shows_{place}"), share, 1.0)
             for place, share in (("first", first), ("second", second), ("third", third))]  # fmt: skip
    loose = shown[0] * shown[1] * shown[2]
    length_shown = np.maximum(np.array(rarity.lengths)[np.minimum(length, 4)], 0.005)
    masked = loose * np.where(pairs.of_row("mask_fixed").astype(bool), 1.0, length_shown)
    equal = _seen(same, rarity) / people
    chances = {
        "equal": equal,
        "latin": equal,
        "homophone": _seen(sound - same, rarity) / people,
        "pinyin": _seen(pairs.of_row("n_letters"), rarity) / people,
        "shape": first * last + second * last,
        "shape_last": np.where(length >= 3, first * second, 0.0),
        "swapped": first * second * third,
        "missing_char": first * (second + np.where(length >= 3, third, 0.0)),
        "cut": first * second,
        "surname": first,
        "surname_only": first,
        "masked": masked,
        "masked_given": masked,
        "masked_loose": loose,
        **{name: np.full(len(level), share) for name, share in _LATIN.items()},
    }
    found = np.ones(len(level))
    for name, share in chances.items():
        here = level == NAME.index(name)
        found[here] = np.clip(share[here], 1e-8, 1.0)
    return found


def _seen(times: npt.NDArray[Any], rarity: Rarity) -> Shares:
    known = np.maximum(times.astype(int), 1)
    corrected = np.array(rarity.seen)[np.minimum(known, len(rarity.seen) - 1)]
    found: Shares = np.where(known < len(rarity.seen), corrected, known)
    return found


def _id(pairs: Pairs, close: Levels, model: Model, rarity: Rarity) -> Shares:
    level, kind = pairs.levels["id"], pairs.of_row("id_kind_of")
    others = np.ones(len(level))
    for name, share in _CHANCE.items():
        others[level == ID.index(name)] = share
    birth, four = pairs.of_row("shows_birth").astype(bool), pairs.of_row("shows_four").astype(bool)
    born = np.where(close == AT_HOME, max(_RELATIVES_BORN, rarity.birth), rarity.birth)
    masked = np.where(birth, born, 1.0) * np.where(four, rarity.last_four, 1.0)
    masked = np.where(birth | four, masked, 0.3)
    others = np.where(level == ID.index("masked"), masked, others)
    return _bits(model["id"][kind, level], others, silent=level == ID.index("none"))


def _contact(pairs: Pairs, close: Levels, model: Model, rarity: Rarity, sharing: Shares) -> Shares:
    phone, door = pairs.levels["phone"].astype(int), pairs.levels["door"].astype(int)
    phone_kind, door_kind = pairs.contact_kinds()
    mine = model["phone"][phone_kind, phone] * model["door"][door_kind, door]
    people = max(rarity.people, 1)
    reached = model["home"][phone_kind * len(DOOR_KIND) + door_kind, phone * len(DOOR) + door]
    at_home = reached * sharing / people
    strangers = _strangers_near(pairs, people) * np.select(
        [_is(phone, PHONE, "masked"), _is(phone, PHONE, "slip")], [rarity.phone_ends, _PHONE_SLIP], 1.0
    )
    # Whoever is found by a masked telephone in one's own building may also be there by chance.
    others = np.where(close == STRANGERS, strangers, np.maximum(at_home, np.minimum(strangers, 1 / people)))
    silent = (phone == PHONE.index("none")) & (door == DOOR.index("none"))
    return _bits(mine, others, silent=silent)


def _sharing(pairs: Pairs, close: Levels) -> Shares:
    """How many people of the ledger were found at the row's home; for uncertain doors behind all that it may be."""
    rows = len(pairs.rows["key"])
    certain = np.bincount(pairs.at, weights=close == AT_HOME, minlength=rows)
    any_ = np.bincount(pairs.at, weights=close != STRANGERS, minlength=rows)
    found: Shares = np.where(close == AT_HOME, certain[pairs.at], any_[pairs.at])
    return found


def _strangers_near(pairs: Pairs, people: int) -> Shares:
    door = pairs.levels["door"]
    building = np.maximum(pairs.of_row("n_building").astype(float), 1) / people
    place = np.maximum(pairs.of_row("n_place").astype(float), 1) / people
    in_place = _is(door, DOOR, "place", "building_differs", "place_differs")
    no_place = np.full(len(door), _NO_PLACE)
    return np.select(
        [_is(door, DOOR, "building"), in_place, _is(door, DOOR, "room?")], [building, place, no_place], 1.0
    )


def _birth(pairs: Pairs, close: Levels, model: Model, rarity: Rarity) -> Shares:
    """Only where the document numbers do not tell it already."""
    level, number = pairs.levels["birth"], pairs.levels["id"]
    told = ~_is(number, ID, "none", "unlike", "masked", "mask_differs") | (
        _is(number, ID, "masked", "mask_differs") & pairs.of_row("shows_birth").astype(bool)
    )
    told &= ~_of_a_passport(pairs)
    near = min(12 * rarity.birth, 0.1)
    strangers = np.array([1.0, rarity.birth, near, 1 - rarity.birth - near])
    others = np.where(close == AT_HOME, model["birth_at_home"][0, level], strangers[level])
    return _bits(model["birth"][0, level], others, silent=told | (level == BIRTH.index("none")))


def _of_a_passport(pairs: Pairs) -> Flags:
    """Rows with a number that tells neither birth date nor sex."""
    found: Flags = pairs.of_row("id_kind_of") == ID_KIND.index("other")
    return found


def _sex(pairs: Pairs, close: Levels, model: Model) -> Shares:
    level, number = pairs.levels["sex"], pairs.levels["id"]
    told = ~_is(number, ID, "none", "masked", "mask_differs") & ~_of_a_passport(pairs)
    others = np.where(close == AT_HOME, model["sex_at_home"][0, level], 0.5)
    return _bits(model["sex"][0, level], others, silent=told | (level == SEX.index("none")))


def _bits(mine: Shares, others: Shares, *, silent: Flags) -> Shares:
    found: Shares = np.where(silent, 0.0, np.log2(mine / others))
    return found
