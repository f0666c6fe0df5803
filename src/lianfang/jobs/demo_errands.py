"""Errands and care calls of the demo town's day: asked for, given to a runner, handed over, and some of them late."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from lianfang.capabilities.errands import actions
from lianfang.capabilities.errands.care.making import generate, make_calls
from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import CareNeed, Person
from lianfang.core.territory.models import Territory
from lianfang.core.work.actions import complete, log_call
from lianfang.core.work.models import Matter, WorkItem
from lianfang.core.work.outcomes import CallResult, CareOutcome

PEOPLE = 34
"""Residents of the runner's community who ask for something."""
WISHES = (
    ("meals", "午饭两份，不放辣"),
    ("meals", "午饭一份，软一点"),
    ("shopping", "青菜两把、鸡蛋一板、挂面两包"),
    ("shopping", "婴儿纸尿裤一包（L号）"),
    ("shopping", "大米5公斤一袋、食用油一桶"),
    ("medicine", "按门上袋子里的处方配药"),
    ("medicine", "退热贴一盒"),
    ("rubbish", ""),
    ("rubbish", "垃圾两袋，已扎口"),
    ("pets", "带狗下楼走二十分钟，牵引绳挂在门把手上"),
    ("transport", "去社区采样点，需要陪同"),
    ("other", "快递柜取件一个"),
)
NOTES = ("", "", "", "按两下铃再走", "老人耳背，多等一会儿", "放在门口凳子上")
NEEDED_SINCE_DAYS = 10


def run_errands(random: Random, *, now: datetime, community: Territory) -> int:
    """A day of errands in the community of the demo's runner, by its secretary; returns how many were asked for."""
    secretary, runner = (User.objects.get(username=name) for name in ("secretary1", "runner"))
    people = _who_asks(random, community)
    asked = [_ask(random, person, secretary, now - timedelta(minutes=random.randint(10, 300))) for person in people]
    early = asked[: len(asked) // 2]
    given = Command(actor=secretary, now=now - timedelta(minutes=100))
    batches = actions.arrange(given, errand_ids=early, runner_id=runner.id)["batches"]
    for batch_id in batches[: max(1, len(batches) // 2)]:
        actions.start(Command(actor=runner, now=now - timedelta(minutes=80)), batch_id=batch_id)
    _carry_out(random, runner, now=now)
    return len(asked)


def _who_asks(random: Random, community: Territory) -> list[Person]:
    """People under measures first: they cannot go themselves; then heads of other households near them."""
    at_home = ControlMeasure.objects.under(community.path).order_by("dwelling__door_key", "id")
    shut_in = list(Person.objects.filter(id__in=at_home.values("person_id")).exclude(dwelling=None).order_by("id"))
    heads = Person.objects.current().under(community.path).filter(dwelling__isnull=False, relation="户主")
    compounds = {person.compound_id for person in shut_in[:6]}
    near = list(heads.filter(compound_id__in=compounds).order_by("dwelling__door_key", "id")[:400])
    others = list(heads.order_by("dwelling__door_key", "id")[:400]) if len(near) < PEOPLE else near
    found = {
        person.id: person for person in [*shut_in[: PEOPLE // 2], *random.sample(others, min(len(others), PEOPLE))]
    }
    return list(found.values())[:PEOPLE]


def _ask(random: Random, person: Person, secretary: User, at: datetime) -> UUID:
    kind, wanted = random.choice(WISHES)
    answer = actions.ask(
        Command(actor=secretary, now=at),
        person_id=person.id,
        kind=kind,
        wanted=wanted,
        note=random.choice(NOTES),
        wheelchair=kind == "transport" and random.random() < 0.5,
        source=random.choice(("phone", "worker")),
    )
    return UUID(answer["errand"])


def _carry_out(random: Random, runner: User, *, now: datetime) -> None:
    """The runner is half-way: most of what is on the way is handed over, one was not to be had."""
    under_way = Errand.objects.visible_to(runner).filter(state="under_way").order_by("batch_id", "position")
    doors = list(under_way)
    for number, errand in enumerate(doors[: -(-len(doors) * 3 // 5)]):
        command = Command(actor=runner, now=now - timedelta(minutes=60 - 3 * min(number, 15)))
        if number == 1:
            actions.send_back(command, errand_id=errand.id, reason="店里没有")
        elif errand.kind == "transport":
            actions.deliver(command, errand_id=errand.id)
        elif random.random() < 0.7:
            picture = b64encode(_door_with_a_bag(random)).decode()
            actions.deliver(command, errand_id=errand.id, left_where="门口地面", picture=picture)
        else:
            actions.deliver(command, errand_id=errand.id, left_where="门把手", no_picture="居民当场拿进去了")


def _door_with_a_bag(random: Random) -> bytes:
    """A drawing in the place of a photograph: a door, the floor before it, a bag."""
    width, height = 240, 320
    door, wall, floor, bag = (120, 78, 48), (226, 224, 214), (160, 158, 150), (random.randint(180, 240), 120, 60)
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            on_bag = 90 < x < 150 and 230 < y < 290
            colour = bag if on_bag else floor if y > 260 else door if 50 < x < 190 and y > 40 else wall
            rows += bytes(colour)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def call_the_cared_for(*, now: datetime, grids: Sequence[Territory]) -> int:
    """Care calls of yesterday in the grids of the demo's workers, most of them made; those of today are made anew.

    Everyone else's needs begin today, so the clock spreads their first calls over the days to come.
    """
    yesterday = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for grid in grids:
        known = CareNeed.objects.filter(person__path__startswith=grid.path)
        known.update(starts_date=timezone.localdate(now) - timedelta(days=NEEDED_SINCE_DAYS))
    generate(Command(actor=automaton(Automaton.CLOCK), now=yesterday))
    calls = WorkItem.objects.filter(matter=Matter.CALL, assignee__isnull=False).select_related("assignee")
    made = list(calls.order_by("path", "id"))
    for number, item in enumerate(made):
        assert item.assignee is not None
        at = yesterday + timedelta(minutes=20 + 7 * number)
        if number % 4 == 3:  # nobody answered, and nobody called again
            log_call(Command(actor=item.assignee, now=at), item_id=item.id, result=CallResult.UNANSWERED)
            continue
        log_call(Command(actor=item.assignee, now=at), item_id=item.id, result=CallResult.REACHED)
        complete(Command(actor=item.assignee, now=at), ids=[item.id], outcome=CareOutcome.HARMLESS)
    return len(made) + make_calls(now)
