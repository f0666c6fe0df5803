"""`python -m bench.addresses`: how many labelled addresses are read right, and what reading one costs.

A door is right when compound, building, unit, room, group, house number and shop all are, and it is certain; of an
outside address, when it is called outside and the pieces are right. A door is false when one is claimed where none is
written; it is wrong when a door is claimed but another one is written.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from bench.meter import own_cpu
from lianfang.kernel.doors import Door, Place, read_door
from lianfang.kernel.doors_tail import read_tail
from lianfang.matching.cells import Cells
from lianfang.matching.doors import PlaceColumns, read_doors
from lianfang.matching.places import Places

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "addresses"
PARTS = ("dev", "test")
LEAST_RIGHT = 0.90
MOST_FALSE = 0.002
LIMIT_US = 60
_AT_ONCE = 100_000
"""Rows given to the reader of columns, the labelled ones over and over with other numbers."""


@dataclass(frozen=True)
class Scored:
    """One labelled row, and what was read."""

    row: dict[str, str]
    door: Door
    compound: str
    """Name of the compound read."""

    @property
    def has_door(self) -> bool:
        """Whether a door is written."""
        return bool(self.row["room"] or self.row["number"] or self.row["shop"])

    @property
    def claimed(self) -> bool:
        """Whether a door was read."""
        door = self.door
        return door.precision == "door" or (door.outside and bool(door.room or door.number))

    @property
    def right(self) -> bool:
        """Whether what was read is what is written."""
        row, door = self.row, self.door
        if (row["outside"] == "yes") != door.outside or (not door.outside and row["compound"] != self.compound):
            return False
        if (row["building"], row["unit"], row["group"]) != (door.building, door.unit, door.group):
            return False
        if door.kind == "shop" or row["shop"]:
            return door.kind == "shop" and row["shop"] == (door.number or door.room)
        # A yard's numbers are rooms of the house and houses of the yard: one piece, whatever it is called.
        written, read = (row["number"], row["room"]), (door.number, door.room)
        return written == read or (not all(written) and "".join(written) == "".join(read))

    @property
    def standing(self) -> str:
        """``right``, ``wrong`` (another door), ``missed`` (no door), ``false`` (a door where none is), ``none``."""
        if self.has_door:
            return ("right" if self.right else "wrong") if self.claimed else "missed"
        return "false" if self.claimed else "none"


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@cache
def places_of(part: str) -> Places:
    """The places of a part of the set."""
    rows = [row for row in read_rows(FOLDER / "places.csv") if row["part"] == part]
    known = [place for row in rows if row["code"] for place in _places(row)]
    return Places(tuple(known), tuple(row["name"] for row in rows if row["level"] == "home"))


def _places(row: dict[str, str]) -> Iterator[Place]:
    aliases = tuple(filter(None, row["aliases"].split(";")))
    yield Place(row["code"], row["name"], row["level"], row["parent_code"], aliases)
    if not row["buildings"]:
        return
    first, last = row["buildings"].split("-")
    word = first.lstrip("0123456789ABCDEFGHIJ") or first
    level = "village_group" if word == "组" else "building"
    low, high = first.removesuffix(word), last.removesuffix(word)
    numbers = map(str, range(int(low), int(high) + 1)) if low.isdigit() else map(chr, range(ord(low), ord(high) + 1))
    for number in numbers:
        yield Place(f"{row['code']}-{number}", f"{number}{word}", level, row["code"])


def score(part: str) -> list[Scored]:
    """Every row of a part, read."""
    gazetteer = places_of(part).gazetteer
    found = []
    for row in read_rows(FOLDER / "labelled.csv"):
        if row["part"] == part:
            door = read_door(row["address"], gazetteer=gazetteer)
            place = gazetteer.place(door.compound_code)
            found.append(Scored(row, door, place.name if place else ""))
    return found


@dataclass(frozen=True)
class Shares:
    """What a set of rows comes to."""

    rows: int
    doors: int
    right: float
    wrong: float
    false: float


def shares_of(scored: list[Scored]) -> Shares:
    """Right and wrong among rows with a door, false ones among those without."""
    standings = [one.standing for one in scored]
    doors = sum(one.has_door for one in scored)
    others = max(len(scored) - doors, 1)
    count = standings.count
    whole = max(doors, 1)
    return Shares(len(scored), doors, count("right") / whole, count("wrong") / whole, count("false") / others)


def microseconds(part: str) -> tuple[float, float]:
    """What a row costs: read alone by the kernel with nothing remembered, and by the reader of columns."""
    texts = [one.row["address"] for one in score(part)]
    places = places_of(part)
    read_tail.cache_clear()
    start = own_cpu()
    for text in texts:
        read_door(text, gazetteer=places.gazetteer)
    alone = (own_cpu() - start) / len(texts) * 1e6
    many = [_other_numbers(texts[at % len(texts)], at // len(texts)) for at in range(_AT_ONCE)]
    empty = Cells(pa.array([""] * len(many), pa.string()))
    columns = PlaceColumns(Cells(pa.array(many, pa.string())), *[empty] * (len(PlaceColumns._fields) - 1))
    fresh = Places(places.known, places.home_names)
    start = own_cpu()
    read_doors(columns, fresh)
    return alone, (own_cpu() - start) / len(many) * 1e6


def _other_numbers(text: str, shift: int) -> str:
    return re.sub(r"\d{1,3}", lambda found: str(int(found[0]) + shift % 7), text) if shift else text


def main() -> None:
    """Score both parts, and print; with `--show` also the rows of `dev` that are not right."""
    parser = argparse.ArgumentParser(prog="python -m bench.addresses", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the rows of dev that are not read right")
    parser.add_argument("--part", choices=PARTS, help="one part only")
    arguments = parser.parse_args()
    for part in [arguments.part] if arguments.part else PARTS:
        scored = score(part)
        _print(part, scored, *microseconds(part))
        if arguments.show and part == "dev":
            for one in scored:
                if one.standing not in ("right", "none"):
                    label = {key: cell for key, cell in one.row.items() if cell and key not in ("part", "address")}
                    print(f"{one.standing:7}{one.row['address']}  {label}\n       {_said(one.door)}")


def _print(part: str, scored: list[Scored], alone: float, together: float) -> None:
    all_of = shares_of(scored)
    print(f"{part}: {all_of.rows} rows, {all_of.doors} with a door")
    print(f"  right {all_of.right:7.2%} (least {LEAST_RIGHT:.0%})   wrong {all_of.wrong:.2%}")
    print(f"  false {all_of.false:7.2%} (most {MOST_FALSE:.1%})")
    print(f"  read alone {alone:.1f} µs/row, by columns {together:.1f} µs/row (limit {LIMIT_US})")
    for style in dict.fromkeys(one.row["style"] for one in scored):
        found = shares_of([one for one in scored if one.row["style"] == style])
        right = f"right {found.right:7.2%}  wrong {found.wrong:6.2%}" if found.doors else " " * 29
        print(f"    {style:12} {found.rows:4} rows  {right}  false {found.false:6.2%}")


def _said(door: Door) -> str:
    names = ("compound_code", "building", "unit", "room", "group", "number", "kind", "precision", "place_text")
    return " ".join(f"{name}={value}" for name in names if (value := getattr(door, name)))


if __name__ == "__main__":
    main()
