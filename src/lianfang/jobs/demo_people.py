"""The people of the demo town: households as they are in life, every number invented and none used twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from lianfang.core.people.models import Dwelling
from lianfang.core.people.registering import NewPerson
from lianfang.jobs.demo_names import draw_foreign, draw_given, draw_minority, draw_surname
from lianfang.kernel.identity import check_digit

DIVISION = "999999"
PHONES = 10_000_000
"""Telephones 1990 and seven digits."""
_STRIDE = 4_567_891
"""Coprime to `PHONES`: walking in this stride visits every number once, in an order that looks like none."""

_HOUSEHOLDS = (
    ("alone_old", 6),
    ("couple_old", 10),
    ("alone", 6),
    ("couple", 12),
    ("child", 28),
    ("children", 17),
    ("three_generations", 18),
    ("one_parent", 3),
)
"""How many of a hundred households of owners are of a kind (house choice; together 3.1 people on average)."""
_TENANTS = (("alone", 35), ("couple", 25), ("child", 22), ("sharing", 18))
_CARE_OLD = ("独居老人", "独居老人", "慢病用药", "行动不便")
_CARE_RARE = ("血液透析", "孕产妇", "精神障碍", "残疾", "肿瘤放化疗", "慢病用药")


@dataclass(slots=True)
class Drawn:
    """Someone to be registered, with the special needs they have."""

    new: NewPerson
    needs: tuple[str, ...] = ()


class Numbers:
    """Identity numbers of division 999999 with a right check digit, and telephones; each is given once.

    `taken` numbers of every day and sex are left out, for someone who writes about a town that is there already.
    """

    def __init__(self, random: Random, *, taken: int = 0) -> None:
        self._first = taken
        self._taken: dict[tuple[date, str], int] = {}
        self._phone = random.randrange(PHONES)
        self._permit = random.randrange(10_000)

    def identity(self, born: date, sex: str) -> str:
        """A citizen number; at most 500 people of one sex are born on one day. Raises `OverflowError` beyond."""
        count = self._taken.get((born, sex), self._first)
        if count == 500:
            raise OverflowError(f"more than 500 people born on {born}")
        self._taken[born, sex] = count + 1
        serial = (born.toordinal() * 37 + count * 7) % 500 * 2 + (1 if sex == "1" else 0)
        first17 = f"{DIVISION}{born:%Y%m%d}{serial:03}"
        return first17 + check_digit(first17)

    def phone(self) -> str:
        """A mobile number."""
        self._phone = (self._phone + _STRIDE) % PHONES
        return f"1990{self._phone:07}"

    def passport(self) -> str:
        """A foreign passport in a series that is not issued."""
        self._permit += 1
        return f"ZZ{self._permit:07}"

    def permit(self) -> str:
        """A travel permit of a Hong Kong resident in a band that was never issued."""
        self._permit += 1
        return f"H98{self._permit:06}"


@dataclass(slots=True)
class Families:
    """Draws households. `today` bounds the birth dates."""

    random: Random
    numbers: Numbers
    today: date

    def at(self, dwelling: Dwelling, *, tenant_share: float) -> list[Drawn]:
        """Everyone who lives at a dwelling."""
        if dwelling.kind == "集体宿舍":
            return self._dormitory(dwelling)
        tenants = self.random.random() < tenant_share
        kinds = _TENANTS if tenants else _HOUSEHOLDS
        kind = self.random.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
        residence = "租住" if tenants else "自有"
        if kind == "sharing":
            return self._sharing(dwelling)
        members = self._members(kind, young=tenants)
        people = [replace(one, dwelling=dwelling, group=str(dwelling.id), residence_kind=residence) for one in members]
        return [Drawn(self._since(one), self._needs(one, len(people))) for one in people]

    def _members(self, kind: str, *, young: bool) -> list[NewPerson]:
        random = self.random
        surname = draw_surname(random)
        if random.random() < 0.004:
            return [self._stranger()]
        if kind in ("alone_old", "couple_old"):
            age = random.randint(66, 91)
            head = self.person(surname, random.choice("12") if kind == "alone_old" else "1", age, "户主")
            if kind == "alone_old":
                return [self._less_phone(head, 0.12)]
            wife = self.person(draw_surname(random), "2", max(60, age - random.randint(0, 5)), "配偶")
            return [head, replace(wife, phones=head.phones) if random.random() < 0.5 else wife]
        age = random.randint(22, 38) if young else random.randint(25, 62)
        if kind == "alone":
            return [self.person(surname, random.choice("12"), age, "户主")]
        head = self.person(surname, "1", age, "户主")
        mother = self.person(draw_surname(random), "2", max(21, age - random.randint(-2, 5)), "配偶")
        adults = [head] if kind == "one_parent" else [head, mother]
        if kind == "couple":
            return adults
        children = self._children(surname, adults[-1], 2 if kind == "children" else 1)
        if kind == "three_generations":
            return adults + children + self._grandparents(surname, age)
        return adults + children

    def _children(self, surname: str, parent: NewPerson, count: int) -> list[NewPerson]:
        assert parent.birth_date is not None
        random = self.random
        eldest = self.today.year - parent.birth_date.year - random.randint(21, 33)
        twins = count > 1 and random.random() < 0.06
        made: list[NewPerson] = []
        for index in range(count):
            sex = random.choice("12")
            age = max(0, eldest - (0 if twins else index * random.randint(2, 5)))
            child = self.person(surname, sex, age, "子" if sex == "1" else "女", ring=_ring(made))
            if twins and made:
                child = self._twin(child, made[0])
            made.append(child if age >= 14 else replace(child, phones=parent.phones))
        return made

    def _twin(self, child: NewPerson, other: NewPerson) -> NewPerson:
        born = other.birth_date
        assert born is not None
        numbers = (("resident_id", self.numbers.identity(born, child.sex), True),) if other.identities else ()
        return replace(child, birth_date=born, identities=numbers)

    def _grandparents(self, surname: str, age: int) -> list[NewPerson]:
        random = self.random
        old = age + random.randint(23, 29)
        own = random.random() < 0.7
        father = self.person(surname if own else draw_surname(random), "1", old, "父亲" if own else "岳父")
        mother = self.person(draw_surname(random), "2", old - random.randint(0, 4), "母亲" if own else "岳母")
        couple = [father, replace(mother, phones=father.phones)]
        return couple if random.random() < 0.6 else [random.choice(couple)]

    def _dormitory(self, dwelling: Dwelling) -> list[Drawn]:
        sex = self.random.choice("12")
        people = [
            self.person(draw_surname(self.random), sex, self.random.randint(18, 52), "集体户成员")
            for _ in range(self.random.randint(3, 6))
        ]
        return [
            Drawn(self._since(replace(p, dwelling=dwelling, group=str(dwelling.id), residence_kind="单位宿舍")))
            for p in people
        ]

    def _sharing(self, dwelling: Dwelling) -> list[Drawn]:
        """People who share a rent are each a household of their own."""
        random = self.random
        people = [
            self.person(draw_surname(random), random.choice("12"), random.randint(20, 35), "合租")
            for _ in range(random.randint(2, 4))
        ]
        return [Drawn(self._since(replace(p, dwelling=dwelling, residence_kind="租住"))) for p in people]

    def person(self, surname: str, sex: str, age: int, relation: str, *, ring: str = "") -> NewPerson:
        """Someone about `age` years old with numbers of their own, living nowhere yet."""
        random = self.random
        born = self.today - timedelta(days=age * 365 + age // 4 + random.randrange(365))
        name = surname + draw_given(random, sex=sex, born=born.year, ring=ring)
        if random.random() < 0.006:
            name = draw_minority(random)
        numbered = random.random() > (0.5 if age == 0 else 0.012)
        identities = (("resident_id", self.numbers.identity(born, sex), True),) if numbered else ()
        phones = (self.numbers.phone(),) if age >= 14 and random.random() > 0.03 else ()
        return NewPerson(
            name=name,
            path="",
            sex=sex,
            birth_date=born,
            identities=identities,
            phones=phones,
            relation=relation,
        )

    def _stranger(self) -> NewPerson:
        """Someone with another passport, or a permit."""
        random = self.random
        one = self.person(draw_surname(random), random.choice("12"), random.randint(22, 60), "户主")
        if random.random() < 0.6:
            number = ("passport_foreign", self.numbers.passport(), True)
            name, nationality = draw_foreign(random)
            return replace(one, name=name, identities=(number,), nationality=nationality)
        return replace(one, identities=(("hk_macao_permit", self.numbers.permit(), True),))

    def _less_phone(self, person: NewPerson, share: float) -> NewPerson:
        return replace(person, phones=()) if self.random.random() < share else person

    def _since(self, person: NewPerson) -> NewPerson:
        longest = 900 if person.residence_kind == "租住" else 6000
        born = person.birth_date or date(1950, 1, 1)
        day = self.today - timedelta(days=self.random.randrange(20, longest))
        return replace(person, residence_from=max(day, born))

    def _needs(self, person: NewPerson, household: int) -> tuple[str, ...]:
        assert person.birth_date is not None
        random, age = self.random, self.today.year - person.birth_date.year
        if age >= 66 and household == 1:
            return tuple({_CARE_OLD[0], random.choice(_CARE_OLD)})
        if age >= 60 and random.random() < 0.05:
            return (random.choice(_CARE_OLD[2:]),)
        if age <= 1:
            return ("婴幼儿",)
        return (random.choice(_CARE_RARE),) if random.random() < 0.012 else ()


def _ring(elder: Iterable[NewPerson]) -> str:
    """The first character of an elder child's given name, for half of the families by the child's own birthday."""
    first = next(iter(elder), None)
    if first is None or first.birth_date is None or first.birth_date.day % 2:
        return ""
    return first.name[-2] if len(first.name) == 3 else ""
