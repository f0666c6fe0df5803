"""Steps the tests of zones share: a place in 望湖社区 is proposed and ordered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from lianfang.capabilities.zone import actions
from lianfang.capabilities.zone.models import Zone
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.territory.models import Level, Territory
from lianfang.jobs.town import Town
from lianfang.web.queries.zone_rules import known_editions

COMPOUND = "999999001001X01"


def propose(actor: User, places: list[Territory], *, now: datetime, **changes: Any) -> Zone:
    fields: dict[str, Any] = {
        "name": "望湖花苑1幢",
        "territory_ids": [one.id for one in places],
        "basis": "7月1日发现1例阳性感染者",
        "legal_basis": "《中华人民共和国传染病防治法》第四十三条",
        "appeal_to": "云岭县疫情防控办，0590-88000012",
        "terms": known_editions()["8th"].as_terms(),
        "kind": "lockdown",
        "last_case_date": timezone.localdate(now),
        "starts_at": now,
        "ends_at": now + timedelta(days=14),
    }
    answer = actions.propose(Command(actor=actor, now=now), **fields | changes)
    return Zone.objects.get(id=answer["zone"])


def order(zone: Zone, actor: User, *, now: datetime) -> Zone:
    actions.approve(Command(actor=actor, now=now), zone_id=zone.id, order_no="云防指〔2022〕12号")
    zone.refresh_from_db()
    return zone


def building(town: Town) -> Territory:
    found = Territory.objects.filter(level=Level.BUILDING, compound=town.areas[COMPOUND]).order_by("path").first()
    assert found is not None
    return found
