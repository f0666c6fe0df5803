"""The steps of `bench.resident` that need the town's database."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from lianfang.capabilities.screening import matching
from lianfang.capabilities.self_report import listing, posters, submitting
from lianfang.capabilities.self_report.models import HouseholdReport
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import Grant
from lianfang.core.access.roles import Role
from lianfang.core.actions.door import Command
from lianfang.core.lists.models import SourceList
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import WorkItem

HOUSEHOLDS, PEOPLE = 275, 764
"""Of the half day that the practice reports."""


def poster() -> dict[str, Any]:
    """Hang a poster in the first community of the town."""
    return _hang(0)


def _hang(place: int) -> dict[str, Any]:
    staff = Grant.objects.filter(role=Role.DATA_DESK).select_related("user").order_by("starts_at")[0].user
    community = Territory.objects.filter(level=Level.COMMUNITY).order_by("path")[place]
    return posters.issue_poster(Command(actor=staff), territory_id=community.id, kind="household", days=7)


def take_up() -> dict[str, Any]:
    """Report `HOUSEHOLDS` with `PEOPLE` people in a community where nobody has, and make them lists and work."""
    code, door = _hang(1)["code"], automaton(Automaton.RESIDENT)
    ids = []
    for number in range(HOUSEHOLDS):
        size = 3 if number < PEOPLE - 2 * HOUSEHOLDS else 2
        people = [
            {"name": f"{'赵钱孙李周吴郑王'[number % 8]}{chr(0x4E00 + number * 7 + place)}", "number": "", "phone": ""}
            for place in range(size)
        ]
        people[0]["phone"] = f"19905{number:06d}"
        said = {"address": f"{number % 20 + 1}幢1单元{number % 6 + 1}01", "origin": "丹岚市", "people": people}
        ids.append(submitting.submit(Command(actor=door), poster_code=code, content=said)["report"])
    before, began = WorkItem.objects.count(), time.perf_counter()
    listing.take_up_due(now=timezone.now() + timedelta(hours=1))
    listed = time.perf_counter() - began
    taken = HouseholdReport.objects.filter(id__in=ids, state="listed")
    for one in SourceList.objects.filter(household_reports__in=taken).distinct():
        matching.run(one)
    return {
        "households": taken.count(),
        "people": sum(taken.values_list("people", flat=True)),
        "listed_s": round(listed, 2),
        "work_s": round(time.perf_counter() - began, 2),
        "items": WorkItem.objects.count() - before,
    }


def count_reports(path: str) -> dict[str, Any]:
    """How many of the acknowledged reports are there, and how many are there twice."""
    ids = Path(path).read_text(encoding="ascii").split()
    found = HouseholdReport.objects.filter(report_id__in=ids)
    return {"there": found.values("report_id").distinct().count(), "twice": found.filter(version__gt=1).count()}
