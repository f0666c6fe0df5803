"""Loading a town from its tables: areas, responsibilities, dwellings, people; an account for everyone who works.

The tables are those of `tests/data/town` (see its columns); a site brings its own in the same shape.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lianfang.core.access.models import Answerer, Grant, Responsibility, User
from lianfang.core.access.roles import Role
from lianfang.core.people.importing import import_dwellings, import_people
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.territory.importing import import_areas
from lianfang.core.territory.models import Level, Territory
from lianfang.core.work.models import SlaProfile
from lianfang.kernel.pinyin import pinyin_full
from lianfang.kernel.uuid7 import uuid7

GRANT_DAYS = 180
SLA_PROFILES = (("2h", 30, 120), ("4h", 60, 240), ("24h", 120, 1440))
"""(code, minutes to accept, minutes to finish): the presets of the field (standards 4.3), editable afterwards."""

ANSWERER = {
    "街道指挥长": Answerer.COMMAND,
    "数据专班": Answerer.DESK,
    "社区卫生服务中心医生": Answerer.DOCTOR,
    "社区书记": Answerer.SECRETARY,
    "社区副书记": Answerer.CADRE,
    "社区民警": Answerer.POLICE,
    "社区医生": Answerer.DOCTOR,
    "网格员": Answerer.GRID_WORKER,
    "副网格员": Answerer.DEPUTY,
    "楼栋长": Answerer.BUILDING_HEAD,
    "村民小组长": Answerer.BUILDING_HEAD,
    "宿管员": Answerer.BUILDING_HEAD,
    "联系领导": Answerer.LEADER,
}
WORKS_AS = {
    Answerer.COMMAND: Role.COMMAND,
    Answerer.DESK: Role.DATA_DESK,
    Answerer.SECRETARY: Role.SECRETARY,
    Answerer.CADRE: Role.SECRETARY,
    Answerer.DOCTOR: Role.DOCTOR,
    Answerer.GRID_WORKER: Role.GRID_WORKER,
    Answerer.DEPUTY: Role.GRID_WORKER,
}


@dataclass(frozen=True, slots=True)
class Town:
    """A loaded town: areas by code, dwellings and people by the ids of their tables."""

    areas: dict[str, Territory]
    dwellings: dict[str, Dwelling]
    people: dict[str, Person]

    @property
    def subdistrict(self) -> Territory:
        """The first subdistrict."""
        return next(area for area in self.areas.values() if area.level == Level.SUBDISTRICT)


def rows_of(path: Path) -> list[dict[str, str]]:
    """A table as dictionaries, UTF-8 with or without byte-order mark."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def load_town(folder: Path, *, now: datetime) -> Town:
    """Load the four tables of `folder`. Raises `FileNotFoundError` if one is missing."""
    with transaction.atomic():
        ensure_sla_profiles()
        areas = import_areas(rows_of(folder / "areas.csv"))
        import_responsible(rows_of(folder / "responsibles.csv"), areas=areas, now=now)
        dwellings = import_dwellings(rows_of(folder / "dwellings.csv"), areas=areas)
        subdistrict = next(area for area in areas.values() if area.level == Level.SUBDISTRICT)
        people = import_people(
            rows_of(folder / "people.csv"),
            dwellings=dwellings,
            now=now,
            path=subdistrict.path,
            compound_codes=codes_of_compounds(areas.values()),
        )
    return Town(areas=areas, dwellings=dwellings, people=people)


def codes_of_compounds(areas: Iterable[Territory]) -> dict[UUID, str]:
    """Codes of the compounds among `areas`, by id."""
    return {area.id: area.code for area in areas if area.level == Level.COMPOUND}


def ensure_sla_profiles() -> None:
    """Create the time-limit presets that do not exist yet."""
    for code, accept, finish in SLA_PROFILES:
        SlaProfile.objects.get_or_create(code=code, defaults={"accept_minutes": accept, "finish_minutes": finish})


def import_responsible(
    rows: Sequence[Mapping[str, str]], *, areas: Mapping[str, Territory], now: datetime
) -> dict[str, User]:
    """Name who answers for which area; everyone in a working role gets an account (without password) and a grant.

    One person is one account, whatever number of areas they answer for; a row without a name is a vacant post. Returns
    accounts by name and telephone.
    """
    accounts: dict[str, User] = {}
    granted: set[tuple[UUID, str, UUID]] = set()
    for row in rows:
        if not row["name"].strip():  # a vacant post: nobody answers, so nobody is named
            continue
        role = ANSWERER[row["role"]]
        area = areas[row["area_code"]]
        ended = _instant(row["until"]) if row["until"] else None
        user = None
        if role in WORKS_AS:
            who = f"{row['name']} {row['phone']}"
            user = accounts.get(who) or _account(row["name"])
            accounts[who] = user
            if ended is None and (user.id, WORKS_AS[role], area.id) not in granted:
                granted.add((user.id, WORKS_AS[role], area.id))
                give(user, WORKS_AS[role], area, now=now, reason=f"{row['role']}{row['note']}")
        made = Responsibility(
            id=uuid7(),
            territory=area,
            path=area.path,
            role=role,
            name=row["name"],
            user=user,
            starts_at=_instant(row["since"]) if row["since"] else now,
            ends_at=ended,
            note=row["note"],
        )
        made.keep_phone(row["phone"])
        made.save()
    return accounts


def give(user: User, role: str, area: Territory, *, now: datetime, reason: str, days: int = GRANT_DAYS) -> Grant:
    """Grant a role while a town is being set up, before anyone can log in to do so."""
    return Grant.objects.create(
        id=uuid7(),
        user=user,
        role=role,
        territory=area,
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=days),
        reason=reason[:200],
    )


def _account(name: str) -> User:
    base = pinyin_full(name).replace(" ", "")[:40] or "user"
    username, number = base, 1
    while User.objects.filter(username=username).exists():
        number += 1
        username = f"{base}{number}"
    return User.objects.create_user(username, None, display_name=name)


def _instant(day: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day).date(), time(), tzinfo=timezone.get_default_timezone())
