"""A locked-down building of the demo town, and a controlled one beside it with passes: doors shared, some ticked."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from lianfang.capabilities.zone import actions, door_actions, pass_actions
from lianfang.capabilities.zone.contracts import DoorContract
from lianfang.capabilities.zone.door_actions import TICKS
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Level, Territory
from lianfang.web.queries.zone_rules import known_editions

EDITION = "8th"
LEGAL_BASIS = "《中华人民共和国传染病防治法》第四十三条（演练）"
APPEAL = "云岭县疫情防控指挥部办公室，0590-88000012；也可向云岭县人民政府申请行政复议"
DAYS_AGO = 3
SENT = (("陈下沉", "县直机关下沉干部"), ("罗下沉", "县直机关下沉干部"))
"""Helpers without an account, sent from elsewhere."""
SEEN = 0.6
"""Share of doors that were seen to today by the time the town is looked at (house choice)."""


def lock_down(random: Random, *, now: datetime, grid: Territory, helper: str) -> Zone | None:
    """Two buildings of the grid: one locked down since three days, the next a controlled area with passes.

    `helper` is the account that takes doors. None where the grid has no two buildings with people.
    """
    buildings = _buildings(grid)
    if len(buildings) < 2:
        return None
    began = now - timedelta(days=DAYS_AGO)
    first, second = buildings[:2]
    locked = _order(first, kind="lockdown", at=began, basis="封控区内报告1例阳性感染者（演练）")
    controlled = _order(second, kind="restricted", at=began + timedelta(hours=1), basis="与封控楼栋相邻（演练）")
    desk, worker = (User.objects.get(username=name) for name in ("desk", helper))
    _screen(locked, desk, now=now)
    _share(random, locked, desk, worker, now=now)
    _let_out(controlled, worker, now=now)
    return locked


def _buildings(grid: Territory) -> list[Territory]:
    """Buildings of the grid by how many live there, the most first."""
    living = Person.objects.current().filter(path__startswith=grid.path, dwelling__isnull=False)
    counted = living.order_by().values_list("path").annotate(n=Count("id"))
    buildings = list(
        Territory.objects.filter(level=Level.BUILDING, path__startswith=grid.path).select_related("compound")
    )
    people = {one.id: sum(n for path, n in counted if path.startswith(one.path)) for one in buildings}
    inhabited = [one for one in buildings if people[one.id]]
    return sorted(inhabited, key=lambda one: (-people[one.id], one.path))


def _order(building: Territory, *, kind: str, at: datetime, basis: str) -> Zone:
    desk, command_post = (User.objects.get(username=name) for name in ("desk", "command"))
    place = f"{building.compound.name if building.compound else ''}{building.name}"
    proposed = actions.propose(
        Command(actor=desk, now=at),
        name=place,
        territory_ids=[building.id],
        basis=basis,
        legal_basis=LEGAL_BASIS,
        appeal_to=APPEAL,
        terms=known_editions()[EDITION].as_terms(),
        kind=kind,
        last_case_date=timezone.localdate(at),
        starts_at=at,
        ends_at=at + timedelta(days=15),
    )
    zone_id = UUID(proposed["zone"])
    number = 12 if kind == "lockdown" else 13
    actions.approve(
        Command(actor=command_post, now=at + timedelta(minutes=25)),
        zone_id=zone_id,
        order_no=f"云防指〔{timezone.localdate(at).year}〕演练{number}号",
    )
    return Zone.objects.get(id=zone_id)


def _screen(zone: Zone, desk: User, *, now: datetime) -> None:
    """The first round, done within a day, nobody positive."""
    residents = Person.objects.current().filter(path__startswith=zone.path).count()
    actions.note_screening(
        Command(actor=desk, now=now),
        zone_id=zone.id,
        done_date=timezone.localdate(zone.starts_at),
        due=residents,
        sampled=residents,
        positives=0,
        pending=0,
        source="社区卫生服务中心采样点（演练）",
    )


def _share(random: Random, zone: Zone, desk: User, worker: User, *, now: datetime) -> None:
    """Three helpers share the doors; of the account's doors some were seen to today."""
    named = Command(actor=desk, now=zone.starts_at + timedelta(hours=1))
    door_actions.name_helper(named, zone_id=zone.id, user_id=worker.id, post="网格员")
    for number, (name, post) in enumerate(SENT):
        door_actions.name_helper(
            Command(actor=desk, now=zone.starts_at + timedelta(hours=1)),
            zone_id=zone.id,
            name=name,
            post=post,
            phone=f"1990000{number:04d}",
        )
    door_actions.share_doors(Command(actor=desk, now=zone.starts_at + timedelta(hours=2)), zone_id=zone.id)
    for contract in DoorContract.objects.filter(zone=zone, helper__user=worker).order_by("position"):
        for what in TICKS:
            if random.random() < SEEN:
                door_actions.tick(
                    Command(actor=worker, now=now, occurred_at=now - timedelta(minutes=random.randint(1, 50))),
                    zone_id=zone.id,
                    dwelling_id=contract.dwelling_id,
                    what=what,
                )


def _let_out(zone: Zone, worker: User, *, now: datetime) -> None:
    """Passes for every household; one is out, one is late, one is back."""
    pass_actions.issue_passes(Command(actor=worker, now=zone.starts_at + timedelta(hours=3)), zone_id=zone.id)
    hours = (0.5, 2.6, 3.0)
    for back, given in zip(hours, HouseholdPass.objects.filter(zone=zone).order_by("path", "code"), strict=False):
        out_at = now - timedelta(hours=back)
        pass_actions.pass_out(Command(actor=worker, now=now, occurred_at=out_at), code=given.code)
        if back == hours[-1]:
            came = out_at + timedelta(hours=1, minutes=40)
            pass_actions.pass_in(Command(actor=worker, now=now, occurred_at=came), code=given.code)
