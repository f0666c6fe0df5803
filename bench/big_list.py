"""A list of 100,000 people as an office sends it: most are in the ledger, some are new, with the usual gaps."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from random import Random

import xlsxwriter
from django.db import connection

from lianfang.core.people.keys import ledger_people
from lianfang.core.people.models import Person
from lianfang.jobs.demo_names import draw_surname
from lianfang.jobs.demo_people import Families, Numbers

KNOWN = 0.85
"""Share of rows about people in the ledger."""
HEAD = "序号 姓名 性别 身份证号码 联系电话 现住址 人员类别 来源地 抵达日期".split()
_BATCH = 5000


def write(rows: int, *, seed: int = 1, today: date) -> bytes:
    """The file (xlsx) with `rows` rows."""
    random, out = Random(seed), io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, 0, HEAD)
        for number, person in enumerate(_people(random, rows, today), start=1):
            page.write_row(number, 0, [number, *person, "一般人员", "深浦市", f"{today:%Y-%m-%d}"])
    return out.getvalue()


def _people(random: Random, rows: int, today: date) -> Iterator[tuple[str, str, str, str, str]]:
    """(name, sex, number, telephone, address) of known and new people, mixed."""
    known = _known(random, int(rows * KNOWN))
    families = Families(random, Numbers(random, taken=250), today)
    given = 0
    for index in range(rows):
        left = rows - index
        if random.randrange(left) < int(rows * KNOWN) - given:
            given += 1
            yield next(known)
        else:
            new = families.person(draw_surname(random), random.choice("12"), random.randint(18, 60), "")
            number = new.identities[0][1] if new.identities else ""
            yield new.name, _sex(new.sex), number, new.phones[0] if new.phones else "", "云岭县云澜街道"


def _known(random: Random, rows: int) -> Iterator[tuple[str, str, str, str, str]]:
    """People of the ledger, evenly from all of it; again from the start when there are fewer than `rows`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM people_person WHERE merged_into_id IS NULL ORDER BY id")
        everyone = [row[0] for row in cursor.fetchall()]
    chosen = random.sample(everyone, rows) if rows <= len(everyone) else random.choices(everyone, k=rows)
    for start in range(0, rows, _BATCH):
        batch = chosen[start : start + _BATCH]
        people = ledger_people(batch)
        labels = dict(Person.objects.filter(id__in=batch).values_list("id", "dwelling__label"))
        for person_id in batch:
            person = people[str(person_id)]
            chance = random.random()
            number = person.identities[0][1] if person.identities and chance > 0.05 else ""
            phone = person.phones[0] if person.phones and chance < 0.9 else ""
            address = f"云岭县{labels[person_id] or ''}" if random.random() < 0.7 else ""
            yield person.name, _sex(person.sex), number, phone, address


def _sex(code: str) -> str:
    return {"1": "男", "2": "女"}.get(code, "")
