"""A ledger: everyone the county knows, in the order of their doors, with a few people held twice."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bench.matching.numbers import Numbers
from bench.matching.people import Families, Person
from bench.matching.places import Home, homes, places
from bench.matching.tables import homophones

TWICE = 0.002
"""Share of people the ledger holds twice."""
VACANT = 0.15
_PER_SUBDISTRICT = 60_000
HEADER = (
    "序号",
    "姓  名",
    "性别",
    "证件类型",
    "证件号码",
    "出生日期",
    "联系电话",
    "镇街",
    "村（社区）",
    "小区名称",
    "幢/组号",
    "单元号",
    "室/号",
    "与户主关系",
    "户编号",
)


@dataclass(slots=True)
class Ledger:
    """People by row, the first row of every household, empty doors, and who stands on two rows.

    Rows count from 1; `people[row - 1]` stands on row `row`. `families` goes on giving numbers nobody has.
    """

    seed: int
    families: Families
    people: list[Person] = field(default_factory=list)
    household_of: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    vacant: list[Home] = field(default_factory=list)
    twice: dict[int, int] = field(default_factory=dict)
    """The person's own row → the second row, at the ledger's end."""

    def household(self, row: int) -> Sequence[Person]:
        """Everyone of the household of this row."""
        number = self.household_of[row - 1]
        start = self.starts[number]
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.people)
        return self.people[start:end]

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The file's rows under `HEADER`."""
        for row, person in enumerate(self.people, start=1):
            home = person.home
            yield (
                str(row),
                person.name,
                "男" if person.sex == "1" else "女",
                person.kind,
                person.number,
                f"{person.birth_date:%Y-%m-%d}",
                person.phone,
                home.place.subdistrict,
                home.place.community + "社区",
                home.place.name,
                home.building + ("组" if home.village else "幢"),
                home.unit + "单元" if home.unit else "",
                home.room + ("号" if home.village else "室"),
                person.relation,
                f"H{self.household_of[row - 1] + 1:07}",
            )


def ledger(people: int, seed: int) -> Ledger:
    """A ledger of exactly so many rows. The same seed gives the same ledger."""
    random = Random(f"ledger {seed}")
    made = Ledger(seed, Families(random, Numbers(random)))
    copies = round(people * TWICE)
    collecting = gc.isenabled()
    gc.disable()  # millions of small objects that all stay: looking for cycles would double the time
    try:
        _fill(made, people - copies, random)
        _repeat(made, copies, random)
    finally:
        if collecting:
            gc.enable()
    return made


def _fill(made: Ledger, people: int, random: Random) -> None:
    subdistricts = max(2, min(16, people // _PER_SUBDISTRICT))
    for place in places(random, subdistricts=subdistricts):
        for home in homes(random, place):
            if random.random() < VACANT:
                made.vacant.append(home)
                continue
            members = made.families.household(home)[: people - len(made.people)]
            made.starts.append(len(made.people))
            made.people += members
            made.household_of += [len(made.starts) - 1] * len(members)
            if len(made.people) == people:
                return


def _repeat(made: Ledger, copies: int, random: Random) -> None:
    """Write people a second time: from another collection, with other faults, often at another door."""
    for index in sorted(random.sample(range(len(made.people)), copies)):
        one = made.people[index]
        copy = replace(one, relation="户主")
        fate = random.random()
        if fate < 0.3:
            copy.number = copy.kind = ""
        elif fate < 0.5:
            copy.name = misheard(random, one.name)
        if fate > 0.2 and random.random() < 0.4:
            copy.phone = made.families.numbers.phone()
        if random.random() < 0.6:
            copy.home = random.choice(made.vacant)
        made.starts.append(len(made.people))
        made.people.append(copy)
        made.household_of.append(len(made.starts) - 1)
        made.twice[index + 1] = len(made.people)


def misheard(random: Random, name: str) -> str:
    """The name with one character written as another one of the same sound, where there is one."""
    at = random.randrange(len(name))
    others = homophones(name[at])
    return name[:at] + others.draw(random) + name[at + 1 :] if others else name
