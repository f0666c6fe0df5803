"""Invented people: households as they are in life, every number given once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from bench.matching.naming import draw_latin, draw_minority, draw_name, draw_surname
from bench.matching.numbers import Numbers
from bench.matching.places import Home

TODAY = date(2022, 4, 6)
"""The day of all ledgers and lists."""
_NOW = TODAY.toordinal()
_KINDS = (
    ("alone_old", 6),
    ("couple_old", 10),
    ("alone", 13),
    ("couple", 14),
    ("child", 26),
    ("children", 15),
    ("three_generations", 13),
    ("one_parent", 3),
)
TWINS = 0.06
"""Share of adjacent children that are twins."""


@dataclass(slots=True)
class Person:
    """Someone. `born` is a date's ordinal; `kind` the document of `number`; both texts may be empty."""

    name: str
    sex: str
    born: int
    kind: str
    number: str
    phone: str
    relation: str
    home: Home
    latin: bool = False

    @property
    def birth_date(self) -> date:
        """The day of birth."""
        return date.fromordinal(self.born)


@dataclass(slots=True)
class Families:
    """Draws households and members of households."""

    random: Random
    numbers: Numbers

    def household(self, home: Home) -> list[Person]:
        """Everyone of one household, the householder first."""
        random = self.random
        if home.place.kind == "集体宿舍":
            sex = random.choice("12")
            return [
                self.person(draw_surname(random), sex, self._aged(random.randint(18, 52)), "集体户成员", home)
                for _ in range(random.randint(2, 6))
            ]
        if random.random() < 0.004:
            return [self._stranger(home)]
        kind = random.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
        people = self._members(kind, home)
        if random.random() < 0.012:
            for one in people:
                one.name = draw_minority(random)
        return people

    def _members(self, kind: str, home: Home) -> list[Person]:
        random = self.random
        surname = draw_surname(random)
        if kind in ("alone_old", "couple_old"):
            age = random.randint(62, 94)
            head = self.person(
                surname, random.choice("12") if kind == "alone_old" else "1", self._aged(age), "户主", home
            )
            if kind == "alone_old":
                return [head]
            wife = self.person(
                draw_surname(random), "2", self._aged(max(58, age - random.randint(-1, 6))), "配偶", home
            )
            return [head, self._sharing(wife, head, 0.4)]
        age = random.randint(20, 61)
        if kind == "alone":
            return [self.person(surname, random.choice("12"), self._aged(age), "户主", home)]
        head = self.person(surname, "1", self._aged(age), "户主", home)
        wife = self._wife(age, home)
        adults = [wife if random.random() < 0.7 else head] if kind == "one_parent" else [head, wife]
        if kind == "couple":
            return adults
        count = random.choice((2, 2, 2, 3)) if kind == "children" else 1
        children = self._children(surname, adults[-1], count)
        return adults + children + (self._elders(surname, age, head) if kind == "three_generations" else [])

    def _wife(self, age: int, home: Home) -> Person:
        """The wife of a man of this age."""
        born = self._aged(max(20, age - self.random.randint(-3, 6)))
        return self.person(draw_surname(self.random), "2", born, "配偶", home)

    def _children(self, surname: str, parent: Person, count: int) -> list[Person]:
        random = self.random
        eldest = (_NOW - parent.born) // 365 - random.randint(21, 33)
        made: list[Person] = []
        for _ in range(count):
            sex = random.choice("12")
            last = made[-1] if made else None
            ring = last.name[-2] if last and len(last.name) > 2 and random.random() < 0.5 else ""
            if last and random.random() < TWINS:
                child = self.person(surname, sex, last.born, _child(sex), parent.home, ring=ring)
            else:
                eldest = max(0, eldest - random.randint(2, 6)) if last else max(0, eldest)
                child = self.person(surname, sex, self._aged(eldest), _child(sex), parent.home, ring=ring)
            made.append(child if child.born < _NOW - 14 * 366 else replace(child, phone=parent.phone))
        return made

    def _elders(self, surname: str, age: int, head: Person) -> list[Person]:
        random = self.random
        old = age + random.randint(22, 30)
        own = random.random() < 0.7
        family = surname if own else draw_surname(random)
        father = self.person(family, "1", self._aged(min(old, 98)), "父亲" if own else "岳父", head.home)
        born = self._aged(min(old - random.randint(0, 5), 98))
        mother = self.person(draw_surname(random), "2", born, "母亲" if own else "岳母", head.home)
        couple = [self._sharing(father, head, 0.35), self._sharing(mother, father, 0.6)]
        return couple if random.random() < 0.6 else [random.choice(couple)]

    def _sharing(self, person: Person, other: Person, share: float) -> Person:
        return replace(person, phone=other.phone) if self.random.random() < share else person

    def _aged(self, age: int) -> int:
        """A birthday of someone `age` years old."""
        return _NOW - age * 365 - age // 4 - self.random.randrange(1, 366)

    def person(self, surname: str, sex: str, born: int, relation: str, home: Home, *, ring: str = "") -> Person:
        """Someone born on the day with this ordinal, with numbers of their own."""
        random = self.random
        young = born > _NOW - 366
        numbered = random.random() > (0.5 if young else 0.012)
        phone = self.numbers.phone() if born < _NOW - 14 * 366 and random.random() > 0.03 else ""
        return Person(
            name=draw_name(random, surname, sex=sex, year=date.fromordinal(born).year, ring=ring),
            sex=sex,
            born=born,
            kind="身份证" if numbered else "",
            number=self.numbers.identity(born, sex) if numbered else "",
            phone=phone,
            relation=relation,
            home=home,
        )

    def _stranger(self, home: Home) -> Person:
        """Someone with a passport of another country, or a permit."""
        random = self.random
        sex = random.choice("12")
        one = self.person(draw_surname(random), sex, self._aged(random.randint(19, 70)), "户主", home)
        kind = random.choice(("护照", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证"))
        if kind == "护照":
            return replace(one, name=draw_latin(random), latin=True, kind=kind, number=self.numbers.passport())
        hk = kind.startswith("港澳")
        return replace(one, kind=kind, number=self.numbers.hk_permit() if hk else self.numbers.taiwan_permit())

    def missing_member(self, household: list[Person]) -> Person:
        """Someone of this household whom the ledger does not have: a child, an elder, a spouse or a lodger."""
        random = self.random
        head = household[0]
        age = (_NOW - head.born) // 365
        sex = random.choice("12")
        kind = random.random()
        if kind < 0.45 and age > 22 and not head.latin:
            one = self._children(head.name[0], head, 1)[0]
        elif kind < 0.7:
            one = self.person(
                draw_surname(random), "2", self._aged(max(19, age - random.randint(-3, 6))), "配偶", head.home
            )
        elif kind < 0.85 and not head.latin:
            born = self._aged(min(age + 25, 97))
            one = self.person(head.name[0], sex, born, "父亲" if sex == "1" else "母亲", head.home)
        else:
            one = self.person(draw_surname(random), sex, self._aged(random.randint(18, 50)), "租客", head.home)
        return self._sharing(one, random.choice(household), 0.3)


def _child(sex: str) -> str:
    return "子" if sex == "1" else "女"
