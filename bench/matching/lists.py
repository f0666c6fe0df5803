"""A list drawn from a ledger and from the world around it, spoiled as senders spoil lists, and who every row really is.

Of the rows 76 % are people of the ledger, 5 % the same people again with other faults, 19 % people it does not have:
half of them whole households from elsewhere, half missing members of its own households.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from bench.matching.addresses import misspelt, write_address
from bench.matching.cells import latin_variant, mask_phone, spoil_name, spoil_number, style_phone
from bench.matching.ledgers import Ledger
from bench.matching.people import Families, Person
from bench.matching.places import Home, outside_home
from bench.matching.rates import SOURCES, Kind, Rates, draw, rates

IN_LEDGER, REPEATED = 0.76, 0.05
Origin = Literal["ledger", "repeat", "outside", "member"]
_WITH_FAMILY = 0.3
"""How often the rest of a household is on the list too."""
_LABELS = (
    ("序号", "编号", "序  号"),
    ("姓名", "人员姓名", "姓 名*"),
    ("性别", "性 别"),
    ("证件号码", "身份证号码", "公民身份号码（或其他证件号）"),
    ("出生日期", "出生年月日"),
    ("联系电话", "手机号码", "联系方式"),
    ("现住址", "家庭住址", "现住地址（详细到门牌号）"),
    ("数据来源",),
)


@dataclass(slots=True)
class Row:
    """One row as the sender wrote it, and the truth about it.

    `ledger_row` is 0 for people the ledger does not have; `also` is the second row of somebody held twice. `noise`
    names what happened: ``id:masked name:homophone``. `thin`: nothing that tells people of one name apart is left.
    """

    cells: tuple[str, ...]
    origin: Origin
    ledger_row: int
    also: int
    noise: tuple[str, ...]
    thin: bool


@dataclass(slots=True)
class Listed:
    """A list: its header and rows."""

    header: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def cells(self) -> Iterator[tuple[str, ...]]:
        """The file's rows."""
        return (row.cells for row in self.rows)

    def truth(self) -> Iterator[tuple[str, ...]]:
        """The rows of the truth under `TRUTH`."""
        for number, row in enumerate(self.rows, start=1):
            known = str(row.ledger_row) if row.ledger_row else ""
            also = str(row.also) if row.also else ""
            yield (str(number), known, also, row.origin, " ".join(row.noise), "1" if row.thin else "")


TRUTH = ("row", "ledger_row", "also", "origin", "noise", "thin")


def listed(ledger: Ledger, rows: int, seed: int, kind: Kind = "normal") -> Listed:
    """A list of exactly so many rows against this ledger. The same ledger and seed give the same list.

    Numbers of people the ledger does not have are the next free ones of the ledger, whichever list asks first.
    """
    random = Random(f"list {kind} {ledger.seed} {seed}")
    writer = _Writer(ledger, random, kind)
    wanted = round(rows * IN_LEDGER), round(rows * REPEATED)
    known = _known(ledger, random, wanted[0])
    made = [writer.row("ledger", number) for number in known]
    made += [writer.row("repeat", number) for number in random.choices(known, k=wanted[1])]
    strangers = rows - len(made)
    made += list(writer.outsiders(strangers // 2))
    made += [writer.member() for _ in range(rows - len(made))]
    random.shuffle(made)
    header = tuple(random.choice(words) for words in _LABELS)
    for number, row in enumerate(made, start=1):
        row.cells = (str(number), *row.cells)
    return Listed(header, made)


def _known(ledger: Ledger, random: Random, wanted: int) -> list[int]:
    """Rows of different people, often with the rest of their household. Nobody's second row is among them."""
    single = len(ledger.people) - len(ledger.twice)
    if wanted > single:
        raise ValueError(f"the ledger has {single} people, the list wants {wanted} of them")
    chosen: dict[int, None] = {}
    while len(chosen) < wanted:
        row = random.randrange(single) + 1
        chosen[row] = None
        if random.random() < _WITH_FAMILY:
            start = ledger.starts[ledger.household_of[row - 1]] + 1
            chosen.update(dict.fromkeys(range(start, start + len(ledger.household(row)))))
    return list(chosen)[:wanted]


class _Writer:
    """Writes people as rows of a list."""

    def __init__(self, ledger: Ledger, random: Random, kind: Kind) -> None:
        self.ledger, self.random = ledger, random
        self.families = Families(random, ledger.families.numbers)
        self._names = list(SOURCES)
        self._shares = [share for share, _ in SOURCES.values()]
        self._rates = {source: rates(source, kind) for source in SOURCES}

    def row(self, origin: Origin, number: int) -> Row:
        """A row of somebody in the ledger."""
        person = self.ledger.people[number - 1]
        return self._write(person, self.ledger.household(number), origin, number)

    def member(self) -> Row:
        """A row of somebody whose family the ledger has, but not them."""
        household = self.ledger.household(self.random.randrange(len(self.ledger.people)) + 1)
        return self._write(self.families.missing_member(list(household)), household, "member", 0)

    def outsiders(self, wanted: int) -> Iterator[Row]:
        """Rows of whole households from elsewhere; half of them behind doors of ours that were empty."""
        random, given = self.random, 0
        while given < wanted:
            home = random.choice(self.ledger.vacant) if random.random() < 0.5 else outside_home(random)
            household = self.families.household(home)[: wanted - given]
            given += len(household)
            yield from (self._write(person, household, "outside", 0) for person in household)

    def _write(self, person: Person, household: Sequence[Person], origin: Origin, number: int) -> Row:
        random = self.random
        source = random.choices(self._names, self._shares)[0]
        rate = self._rates[source]
        name, name_fault = self._name(person, rate)
        document, id_fault = self._number(person, household, rate)
        phone, phone_fault = self._phone(person, household, rate)
        address, address_fault = self._address(person.home, rate)
        sex = "" if random.random() < rate.sex_missing else "男" if person.sex == "1" else "女"
        born = f"{person.birth_date:%Y-%m-%d}" if random.random() < rate.birth_given else ""
        faults = {"name": name_fault, "id": id_fault, "phone": phone_fault, "address": address_fault}
        return Row(
            cells=(name, sex, document, born, phone, address, source),
            origin=origin,
            ledger_row=number,
            also=self.ledger.twice.get(number, 0),
            noise=tuple(f"{cell}:{fault}" for cell, fault in faults.items() if fault),
            thin=_thin(faults, has_phone=bool(person.phone), born=bool(born)),
        )

    def _name(self, person: Person, rate: Rates) -> tuple[str, str]:
        if person.latin:
            written = latin_variant(self.random, person.name)
            return written, "" if written == person.name else "latin"
        what = draw(self.random, rate.name)
        spoiled = spoil_name(self.random, person.name, what) if what else None
        return (person.name, "") if spoiled is None else (spoiled, what)

    def _number(self, person: Person, household: Sequence[Person], rate: Rates) -> tuple[str, str]:
        what = draw(self.random, rate.identity)
        if not person.number:
            return "", "none"
        if what == "relative":
            others = [one.number for one in household if one.number and one.number != person.number]
            return (self.random.choice(others), what) if others else (person.number, "")
        spoiled = spoil_number(self.random, person.number, what) if what else None
        return (person.number, "") if spoiled is None else (spoiled, what)

    def _phone(self, person: Person, household: Sequence[Person], rate: Rates) -> tuple[str, str]:
        random, what = self.random, draw(self.random, rate.phone)
        others = [one.phone for one in household if one.phone and one.phone != person.phone]
        if what == "missing" or (not person.phone and what != "relative"):
            return "", "missing" if person.phone else "none"
        if what == "changed":
            return style_phone(random, self.families.numbers.phone()), what
        if what == "relative" and others:
            return style_phone(random, random.choice(others)), what
        if not person.phone:
            return "", "none"
        if what == "masked":
            return mask_phone(random, person.phone), what
        if what == "two" and others:
            return f"{person.phone}、{random.choice(others)}", what
        return style_phone(random, person.phone), ""

    def _address(self, home: Home, rate: Rates) -> tuple[str, str]:
        random, what = self.random, draw(self.random, rate.address)
        if what == "missing":
            return "", what
        if what == "moved":
            home = random.choice(self.ledger.vacant) if random.random() < 0.6 else outside_home(random)
        elif what == "misspelt":
            home = misspelt(random, home)
        return write_address(random, home), what


def _thin(faults: dict[str, str], *, has_phone: bool, born: bool) -> bool:
    """Whether a row says less than a name with a second thing."""
    number = faults["id"] not in ("missing", "none", "masked", "relative")
    phone = has_phone and faults["phone"] not in ("missing", "changed", "none")
    address = faults["address"] not in ("missing", "moved")
    beside = number or phone or address or born
    return not beside or (faults["name"] in ("missing", "masked") and not number)
