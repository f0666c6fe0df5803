"""One part's invented places and the dice, for the labelled addresses of `bench.address_rows`."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "addresses"
SMALL = "零一二三四五六七八九"


@dataclass
class Land:
    """One part's invented places, and the dice."""

    part: str
    dice: Random
    home: list[str] = field(default_factory=list)
    communities: list[str] = field(default_factory=list)
    buildings: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    community: dict[str, str] = field(default_factory=dict)

    def one(self, *choices: str) -> str:
        """One of them."""
        return self.dice.choice(choices)

    def kind(self, *signs: str, known: bool | None = None) -> str:
        """A compound whose name ends in one of `signs`; with or without a table of its buildings."""
        found = [name for name in self.names if name.endswith(signs)]
        return self.dice.choice([n for n in found if known is None or bool(self.buildings[n]) == known])

    def numbered(self, *signs: str) -> str:
        """A compound whose buildings have numbers and no letters, as far as they are known."""
        found = [name for name in self.names if name.endswith(signs)]
        return self.dice.choice([name for name in found if not "".join(self.buildings[name])[:1].isalpha()])

    def village(self) -> str:
        """A village with groups."""
        return self.dice.choice([name for name in self.names if "组" in "".join(self.buildings[name])])

    def written(self, name: str) -> str:
        """A compound's name or one of its aliases."""
        return self.dice.choice([name, name, *self.names[name]])

    def above(self, name: str) -> str:
        """Any of the areas above a compound, in order."""
        areas = [area for area in self.home if self.dice.random() < 0.35]
        if self.dice.random() < 0.3:
            areas.append(self.community[name].replace("社区", self.one("社区", "居委会", "社区居委会")))
        return "".join(areas)


def spoken(number: int) -> str:
    """A number below a hundred as one says it."""
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else SMALL[tens]) + "十" if tens else "") + (SMALL[ones] if ones or not tens else "")


def figures(land: Land, number: int) -> str:
    """A number in one of the ways people write it."""
    return land.one(str(number), str(number), str(number), f"{number:02}", spoken(number))


def room(land: Land, *, tower: bool = False) -> tuple[str, int]:
    """A room number and the storey it is on."""
    storey = land.dice.randint(8, 32) if tower else land.dice.randint(1, 7)
    return f"{storey}{land.dice.randint(1, 4):02}", storey


def room_written(land: Land, number: str, storey: int) -> str:
    """A room in one of the ways people write it."""
    digits = "".join(SMALL[int(digit)] for digit in number)
    end = land.one("", "", "室", "室", "房", "号")
    return land.one(number + end, number + end, number + end, f"{storey}楼{number}{end}", f"{digits}{end}")


def land_of(part: str) -> Land:
    """The places of a part."""
    land = Land(part, Random({"dev": 7, "test": 41}[part]))
    known: dict[str, str] = {}
    with (FOLDER / "places.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            if row["part"] != part:
                continue
            known[row["code"]] = row["name"]
            if row["level"] == "home":
                land.home.append(row["name"])
            elif row["level"] == "community":
                land.communities.append(row["name"])
            else:
                land.names[row["name"]] = list(filter(None, row["aliases"].split(";")))
                land.buildings[row["name"]] = list(filter(None, [row["buildings"]]))
                land.community[row["name"]] = known[row["parent_code"]]
    return land
