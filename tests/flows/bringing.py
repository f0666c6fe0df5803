"""Bringing lists in, and getting their work done, in a few words: for stories about what comes after."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from lianfang.capabilities.screening import matching
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.lists import receiving, storage
from lianfang.core.lists.models import ListState, SourceList
from lianfang.core.people.models import Person
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem
from lianfang.core.work.outcomes import Outcome
from lianfang.jobs.town import Town
from lianfang.kernel.identity import check_digit
from lianfang.kernel.uuid7 import uuid7
from tests.town import LISTS

Written = dict[str, str]
"""A row by the names of its columns."""


def town_list(prefix: str) -> Path:
    """A list of the town by the first characters of its name."""
    return next(path for path in sorted(LISTS.iterdir()) if path.name.startswith(prefix))


def bring(path: Path, desk: User, town: Town, *, sender: str = "市防控办", name: str = "") -> SourceList:
    """Bring a file in, confirm the proposed columns and run it to the end."""
    content = path.read_bytes()
    list_id = uuid7()
    storage.keep(list_id, content)
    receiving.receive(
        Command(actor=desk),
        list_id=list_id,
        sender=sender,
        title=name or path.stem,
        purpose="arrival",
        issuer="县疫情防控办",
        legal_basis="传染病防治法第三十九条",
        deadline_at=timezone.now() + timedelta(hours=24),
        filename=name or path.name,
        size=len(content),
        file_hash=receiving.file_hash(content),
        territory_id=town.subdistrict.id,
    )
    brought = receiving.inspect(SourceList.objects.get(id=list_id))
    if brought.state == ListState.RECEIVED:
        tables = [table for table in brought.mapping["tables"] if table["kind"] == "persons"]
        fields = {table["key"]: table["fields"] for table in tables}
        receiving.confirm(Command(actor=desk), list_id=list_id, fields=fields)
        brought.refresh_from_db()
        matching.run(brought)
    return brought


SAID = [outcome.value for outcome in Outcome if outcome != Outcome.UNREACHABLE]
"""Results that need no calls first."""


def get_done(
    items: Iterable[WorkItem], doer: User, verifier: User, *, outcomes: Sequence[str] = SAID, note: str = "电话核实"
) -> list[WorkItem]:
    """Record a result on each of these dispatched items, in turn one of `outcomes`, and have them verified."""
    finished = []
    for number, item in enumerate(items):
        outcome = outcomes[number % len(outcomes)]
        where = "丹岚市北岭区" if outcome in (Outcome.LEFT, Outcome.ELSEWHERE) else ""
        actions.record(Command(actor=doer), item_id=item.id, outcome=outcome, note=note, whereabouts=where)
        finished.append(item)
    actions.verify(Command(actor=verifier), ids=[item.id for item in finished])
    return finished


def work_of(brought: SourceList, *, most: int) -> list[WorkItem]:
    """Dispatched items of a list."""
    items = WorkItem.objects.filter(origins__source_list=brought, state="dispatched")
    return list(items.order_by("id").distinct()[:most])


def doubtful_row(someone: Person) -> Written:
    """Everything is theirs but the number, which is another valid one: two people, or a number given wrongly?"""
    first17 = "99999919000101" + "001"
    return {
        "姓名": someone.name,
        "身份证号": first17 + check_digit(first17),
        "联系电话": someone.telephones.all()[0].number,
        "现住址": address_of(someone),
    }


def relative_row(someone: Person) -> Written:
    """A character of the name is another one at their telephone and door: a slip of the pen, or somebody of the
    family whom the ledger does not have."""
    first, _, last = someone.name
    return {
        "姓名": f"{first}小{last}",
        "联系电话": someone.telephones.all()[0].number,
        "现住址": address_of(someone),
    }


def address_of(someone: Person) -> str:
    """Where somebody lives, as a list writes it."""
    assert someone.dwelling is not None
    return f"云澜街道{someone.dwelling.label}"


def bring_doubtful(folder: Path, desk: User, town: Town) -> SourceList:
    """Bring in a list of six doubtful rows, each about somebody of a family that the ledger knows."""
    relatives = Counter(Person.objects.values_list("household_id", flat=True))
    known = Person.objects.exclude(dwelling=None).exclude(documents=None).exclude(telephones=None)
    homes = {one.household_id: one for one in known.select_related("dwelling").order_by("id")
             if len(one.name) == 3 and "小" not in one.name and relatives[one.household_id] > 2}  # fmt: skip
    people = list(homes.values())[:6]
    path = folder / "doubtful.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, ("姓名", "身份证号", "联系电话", "现住址"), restval="")
        writer.writeheader()
        writer.writerows([*map(relative_row, people[:3]), *map(doubtful_row, people[3:])])
    return bring(path, desk, town, name="待核名单.csv")
