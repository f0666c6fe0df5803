"""Pages × roles as matrix.toml declares them, and the rows in 望湖社区 that the addresses name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from lianfang.capabilities.cleanup.models import DuplicatePair
from lianfang.capabilities.registry.actions import report_tip
from lianfang.capabilities.reports.actions import freeze
from lianfang.capabilities.self_report.companies import register_company
from lianfang.capabilities.self_report.models import PlateRule
from lianfang.capabilities.self_report.posters import issue_poster
from lianfang.capabilities.self_report.submitting import take_down
from lianfang.capabilities.zone.door_actions import name_helper, share_doors
from lianfang.capabilities.zone.pass_actions import issue_passes
from lianfang.capabilities.zone.passes import HouseholdPass
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import Grant, Responsibility, User
from lianfang.core.actions.door import Command
from lianfang.core.lists.models import ListRow
from lianfang.core.measures import appealing, facts, moving
from lianfang.core.measures.standing import HeldBatch
from lianfang.core.metrics.models import Activation
from lianfang.core.people.merging import merge
from lianfang.core.people.models import Person
from lianfang.core.territory.models import LearnedAlias, Territory
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from lianfang.kernel.uuid7 import uuid7
from lianfang.playbooks.shelf import edition
from tests.flows.test_first_slice import INBOUND, bring
from tests.measures.cases import under_measure
from tests.security.errand_rows import rows_of_errands
from tests.zone.zoning import COMPOUND, order, propose

TABLE = Path(__file__).with_name("matrix.toml")
ROLES = (
    "county",
    "command",
    "desk",
    "secretary",
    "other_secretary",
    "worker",
    "other_worker",
    "health",
    "doctor",
    "runner",
    "inspector",
    "auditor",
    "administrator",
)
ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is declared for one address: a status per role for GET, who `may` POST what `body`, or both."""

    name: str
    sees: dict[str, int]
    may: frozenset[str]
    body: str
    query: str
    open: bool

    @property
    def ways(self) -> tuple[str, ...]:
        """How the address is asked."""
        return ("GET",) * bool(self.sees) + ("POST",) * bool(self.may)


def lines() -> dict[str, Line]:
    """The declared table by name of the address."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    groups: dict[str, str] = table.pop("groups")
    return {name: _line(name, said, groups) for section in table.values() for name, said in section.items()}


def _line(name: str, said: dict[str, Any], groups: dict[str, str]) -> Line:
    sees: dict[str, int] = {}
    for status, words in said.items():
        for role in _roles(words, groups) if status.isdigit() else ():
            assert role not in sees, f"{name}: {role} stands there twice"
            sees[role] = int(status)
    if "rest" in said:
        sees = {role: int(said["rest"]) for role in ROLES} | sees
    may = frozenset(_roles(str(said.get("may", "")), groups))
    assert set(sees) == set(ROLES) or (may and not sees), f"{name}: say what every role gets, or who may"
    body, query = str(said.get("body", "")), str(said.get("query", ""))
    return Line(name=name, sees=sees, may=may, body=body, query=query, open=bool(said.get("open")))


def _roles(words: str, groups: dict[str, str]) -> list[str]:
    return [role for word in words.split() for role in groups.get(word, word).split()]


def patterns() -> Iterator[URLPattern]:
    """Every address of the product."""

    def walk(items: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
        for item in items:
            if isinstance(item, URLResolver):
                yield from walk(item.url_patterns)
            else:
                yield item

    yield from walk(get_resolver().url_patterns)


def fill_the_desk() -> dict[str, Any]:
    """Rows for every argument of an address, all in 望湖社区; those made by someone, by its secretary."""
    desk, secretary = (User.objects.get(username=name) for name in ("desk", "secretary"))
    worker = User.objects.get(username="worker")
    areas = {area.code: area for area in Territory.objects.all()}
    grid = areas["999999001001001"]
    source_list = bring(INBOUND, desk, Town(areas=areas, dwellings={}, people={}))
    person = Person.objects.filter(path__startswith=grid.path).exclude(dwelling=None).order_by("id").first()
    assert person is not None and person.dwelling is not None
    told = report_tip(Command(actor=secretary), text="昨夜回来了", dwelling_id=person.dwelling.id, name=person.name)
    item = WorkItem.objects.get(id=told["item"])
    assigned = Command(actor=secretary)
    actions.assign(assigned, ids=[item.id], user_id=worker.id)
    merged = merge(Command(actor=secretary), kept_id=person.id, merged_id=_double(person).id, reason="同一人")
    now = timezone.now()
    yesterday = timezone.localtime(now) - timedelta(days=1)
    frozen = freeze(
        Command(actor=desk),
        kind="log",
        territory_id=areas["999999001001"].id,
        day=yesterday.date(),
        cutoff_at=yesterday,
    )
    under = _under_measures(person, desk)
    review = ListRow.objects.filter(source_list=source_list).order_by("-decision", "ordinal")
    return {
        "list_id": source_list.id,
        "row_id": review[0].id,
        "item_id": item.id,
        "person_id": person.id,
        "whose": person.id,
        "other_id": Person.objects.filter(path=person.path).exclude(id=person.id).order_by("id")[0].id,
        "household_id": person.household_id,
        "dwelling_id": person.dwelling_id,
        "territory_id": areas["999999001001"].id,
        "area_id": grid.id,
        "command_id": assigned.id,
        "merge_id": merged["merge"],
        "pair_id": _pair(person, grid).id,
        "report_id": frozen["report"],
        "user_id": worker.id,
        "grant_id": Grant.objects.filter(user=worker).order_by("id")[0].id,
        "waiting_id": _waiting(grid).id,
        "responsibility_id": Responsibility.objects.filter(territory=grid).order_by("id")[0].id,
        "alias_id": LearnedAlias.objects.create(territory=grid, name="望胡花园里").id,
        **under,
        **rows_of_errands(person, secretary),
        "edition_code": "9th",
        "edition_digest": edition("9th").digest,
        **_zone(areas, secretary),
        "kind": "log",
        "form": "xlsx",
        **_wall(areas["999999001001"], grid, secretary),
        "code": "work.opened",
        "number": 0,
        "uuid": uuid7(),
        "now": now.isoformat().replace("+00:00", "Z"),
        "today": timezone.localdate(now).isoformat(),
    }


def _wall(community: Territory, grid: Territory, secretary: User) -> dict[str, Any]:
    """The posters of the community, and what came under them."""
    made = {
        kind: issue_poster(Command(actor=secretary), territory_id=community.id, kind=kind, days=7)
        for kind in ("household", "company")
    }
    said = {"address": "1幢", "people": [{"name": "何自报", "number": "", "phone": "19900012345", "relation": "self"}]}
    reported = take_down(Command(actor=secretary), territory_id=grid.id, content=said)
    day = timezone.localdate()
    rule = PlateRule.objects.create(
        territory=community,
        path=community.path,
        prefix="京A",
        whence="丹岚市",
        starts_date=day,
        ends_date=day + timedelta(days=1),
        made_by=secretary,
    )
    company = register_company(
        Command(actor=automaton(Automaton.RESIDENT)),
        poster_code=made["company"]["code"],
        employer="望湖机械厂",
        credit_code="x",
        contact="何厂长",
        phone="19900012345",
        filename="staff.csv",
        size=1,
        file_hash="x",
    )
    return {
        "poster_code": made["household"]["code"],
        "company_code": made["company"]["code"],
        "poster_id": made["household"]["poster"],
        "household_report_id": reported["report"],
        "rule_id": rule.id,
        "company_id": company["company"],
    }


def _zone(areas: dict[str, Territory], secretary: User) -> dict[str, Any]:
    """A compound ordered to be a controlled area, its doors shared, passes given; and the order of an emergency."""
    now, command_post = timezone.now(), User.objects.get(username="command")
    zone = propose(secretary, [areas[COMPOUND]], now=now, kind="restricted")
    order(zone, command_post, now=now)
    helper = name_helper(Command(actor=secretary), zone_id=zone.id, name="李干部")
    share_doors(Command(actor=secretary), zone_id=zone.id)
    issue_passes(Command(actor=secretary), zone_id=zone.id)
    given = HouseholdPass.objects.filter(zone=zone).order_by("path", "id")[0]
    emergency = Activation.objects.create(
        territory=areas["999999001"], mode="emergency", order_no="1", starts_at=now, ordered_by=command_post
    )
    return {
        "ordered_id": zone.id,
        "helper_id": helper["helper"],
        "pass_id": given.id,
        "pass_code": given.code,
        "public_code": zone.public_code,
        "activation_id": emergency.id,
        "what": "people",
    }


def _under_measures(person: Person, desk: User) -> dict[str, Any]:
    """A measure in force with a fact, an appeal and a hand-over on the way, a held batch, a listed zone."""
    now, health = timezone.now(), User.objects.get(username="health")
    measure = under_measure(desk, health, [person], now=now)[0]
    appeal = appealing.appeal(Command(actor=desk), measure_id=measure.id, said="不在场", source="staff")
    other = Territory.objects.get(code="999999001002")
    over = moving.hand_over(
        Command(actor=User.objects.get(username="secretary")),
        measure_id=measure.id,
        territory_id=other.id,
        reason="搬家",
    )
    batch = HeldBatch.objects.create(
        path=person.path, why="outside", people=6, outside=6, proposed_by=desk, proposed_at=now
    )
    zone = facts.list_zone(
        Command(actor=desk),
        name="某街道",
        level="high",
        document_no="1号",
        issuer="县",
        counts_from_date=now.date(),
        listed_date=now.date(),
    )
    return {
        "measure_id": measure.id,
        "fact_id": measure.basis_id,
        "appeal_id": appeal["appeal"],
        "hand_over_id": over["hand_over"],
        "held_id": batch.id,
        "listed_id": zone["zone"],
    }


def _waiting(grid: Territory) -> Grant:
    """A role that an administrator gave and nobody has confirmed."""
    now = timezone.now()
    user = User.objects.create_user("waiting", None, display_name="待确认")
    return Grant.objects.create(
        user=user,
        role="grid_worker",
        territory=grid,
        starts_at=now,
        ends_at=now + timedelta(days=1),
        reason="test",
        granted_by=User.objects.get(username="administrator"),
        waits=True,
    )


def _pair(person: Person, grid: Territory) -> DuplicatePair:
    """The person and somebody of the same grid, suspected to be one."""
    other = Person.objects.current().filter(path__startswith=grid.path).exclude(id=person.id).order_by("-id")[0]
    one, two = sorted((person.id, other.id))
    return DuplicatePair.objects.create(
        person_a_id=one,
        person_b_id=two,
        path=grid.path,
        score=0.9,
        weight=3.2,
        reasons=[["prior", -5.8], ["name.equal", 9.0]],
        model_version="test",
        same_number=False,
        found_at=timezone.now(),
    )


def _double(person: Person) -> Person:
    """Another record of the same person, without a number."""
    fields = {f.attname: getattr(person, f.attname) for f in Person._meta.concrete_fields if f.name != "id"}
    return Person.objects.create(**fields)


def address(pattern: URLPattern, ids: dict[str, Any], query: str = "") -> str:
    """The address with the rows of `ids` in it."""
    wanted = {name: ids[name] for name in pattern.pattern.converters}
    return reverse(str(pattern.name), kwargs=wanted) + query.format(**ids)


def body_of(line: Line, ids: dict[str, Any]) -> dict[str, str]:
    """What is sent by POST: the declared body with a command id of its own, under the names the forms use."""
    sent = dict(parse_qsl(line.body.format(**ids), keep_blank_values=True))
    return {"command_id": str(uuid7()), "command": str(uuid7()), **sent}
