"""The demo town: 云澜街道 of 云岭县, invented from its streets to its day of work, with the figures of the articles.

At scale 1 it has 8 communities, 64 gates, 167 compounds, 60 grids, about 7,500 dwellings and 20,000 people; a larger
scale has more communities in more subdistricts, at scale 50 a county of a million. The same seed and day give the same
town. Everything is written in one transaction: a build that is interrupted leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.utils import timezone

from lianfang.capabilities.cleanup import finder
from lianfang.core.access.models import User
from lianfang.core.audit.partitions import ensure_partitions
from lianfang.core.bulk import copy_rows
from lianfang.core.people.models import (
    CareNeed,
    Dwelling,
    Household,
    IdentityDocument,
    Person,
    PersonKey,
    Residence,
    Telephone,
)
from lianfang.core.people.registering import register_people
from lianfang.core.territory.gazetteer import forget
from lianfang.core.territory.models import Level, Territory
from lianfang.jobs import demo_logins
from lianfang.jobs.demo_bare import bare_tables
from lianfang.jobs.demo_day import FINISHED, LAST, Day
from lianfang.jobs.demo_errands import call_the_cared_for, run_errands
from lianfang.jobs.demo_lists import TOWN, Offices, Resident, resident_at
from lianfang.jobs.demo_measures import declare_drill, impose, sign_editions
from lianfang.jobs.demo_names import SUBDISTRICTS
from lianfang.jobs.demo_net import Net
from lianfang.jobs.demo_people import Families, Numbers
from lianfang.jobs.demo_places import Laid, Plan, Surveyor
from lianfang.jobs.demo_twice import TWICE, register_again
from lianfang.jobs.demo_zone import lock_down
from lianfang.jobs.town import ensure_sla_profiles
from lianfang.kernel.uuid7 import uuid7

SEED = 20220406
COUNTY_CODE, COUNTY = "999999", "云岭县"
COMMUNITIES, COMPOUNDS, GRIDS, GATES = 8, 167, 60, 64
"""Figures of the seed articles for one subdistrict (S0: 64 gates, S2: 167 compounds)."""
SCALE_PER_SUBDISTRICT = 5
"""A larger scale gets another subdistrict for every 100,000 people."""
TENANT_SHARE, FEW_TENANTS = 0.7, 0.12
"""Share of rented dwellings where most residents come from elsewhere (S2), and elsewhere (house choice)."""
EARLIER, EARLIER_SIZE = 6, 0.45
"""Days of the drill before today, and how large their lists are beside today's (house choice)."""
MOST_KNOWN = 15_000
"""Residents of the first communities about whom lists are written; bounds the memory of a large build."""
FILLED = (Territory, Dwelling, Household, Person, IdentityDocument, Telephone, PersonKey, Residence, CareNeed)
"""Tables that are filled bare and indexed afterwards, in a third of the time."""

Progress = Callable[[str, int, int], object]
"""Called with a stage (``people``, ``day``), how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Login:
    """A demo log-in as the command line prints it."""

    username: str
    password: str
    role: str
    name: str
    where: str


LOGINS = tuple(Login(**login) for login in demo_logins.LOGINS)


def build(scale: float = 1, *, seed: int = SEED, now: datetime | None = None, progress: Progress | None = None) -> bool:
    """Build the demo town and its day in an empty database; returns whether it did (False: there is a town already).

    `scale` multiplies communities, compounds, dwellings and people. `now` is aware; the day's work ends before it.
    """
    if Territory.objects.exists():
        return False
    moment = now or timezone.now()
    random = Random(seed)  # noqa: S311 - an invented town is no secret
    with transaction.atomic():
        ensure_partitions(now=moment)
        ensure_sla_profiles()
        _Town(random, moment, progress or _silent).build(scale)
    forget()
    _mark_visible()
    return True


def is_here() -> bool:
    """Whether the town of the database is the demo's: its county, and an account for every demo log-in."""
    tops = set(Territory.objects.filter(parent=None).values_list("code", "name"))
    names = {login.username for login in LOGINS}
    return tops == {(COUNTY_CODE, COUNTY)} and User.objects.filter(username__in=names).count() == len(names)


def _silent(*_told: object) -> None:
    """Nobody asked to be told."""


class _Town:
    def __init__(self, random: Random, now: datetime, progress: Progress) -> None:
        self.random, self.now, self.progress = random, now, progress
        self.surveyor = Surveyor(random)
        self.numbers = Numbers(random)
        self.families = Families(random, self.numbers, timezone.localdate(now))
        self.net = Net(random, self.numbers, now=now)
        self.residents: list[Resident] = []

    def build(self, scale: float) -> None:
        county = self.surveyor.area(Level.COUNTY, COUNTY_CODE, COUNTY, None)
        copy_rows(Territory, [county])
        plans = list(_plans(scale))
        by_name = {county.name: county}
        with bare_tables(FILLED):
            self._people_the_land(county, plans, scale, by_name)
        _gather_statistics()
        self._live(county, by_name[TOWN], size=min(scale, 1))
        self._look_after(by_name)
        self._hold_twice(scale)

    def _look_after(self, by_name: dict[str, Territory]) -> None:
        """Errands in the community of the runner who can log in, care calls in the grids of the workers who can, and a
        locked-down building in the grid of the first of them."""
        where = {login.username: by_name[login.where] for login in LOGINS if login.where in by_name}
        run_errands(Random(SEED), now=self.now, community=where["runner"])  # noqa: S311 - as above
        call_the_cared_for(now=self.now, grids=(where["grid1"], where["grid2"]))
        lock_down(Random(SEED), now=self.now, grid=where["grid1"], helper="grid1")  # noqa: S311 - as above

    def _people_the_land(
        self, county: Territory, plans: list[Plan], scale: float, by_name: dict[str, Territory]
    ) -> None:
        for done, (subdistrict, number, plan) in enumerate(self._communities(county, plans, scale)):
            laid = self.surveyor.lay_out(subdistrict, number, plan)
            self._settle(laid)
            by_name.setdefault(subdistrict.name, subdistrict)
            by_name.setdefault(laid.community.name, laid.community)
            by_name.setdefault(laid.community.name + laid.grids[0].name, laid.grids[0])
            self.net.staff_community(laid.community, laid.grids)
            if done == 1:  # the log-ins stand in the first two communities
                self.net.open_logins(by_name)
            self.net.save() if done else None
            self.progress("people", done + 1, len(plans))

    def _live(self, county: Territory, subdistrict: Territory, *, size: float) -> None:
        """A drill is declared, the days are played, measures are in force."""
        desk = User.objects.get(username="desk")
        day = Day(self.random, now=self.now, subdistrict=subdistrict, desk=desk)
        declare_drill(county, starts_at=day.shift.at(0) - timedelta(days=EARLIER))
        papers = Offices(self.random, self.families, self.residents, size=size).of_the_day()
        steps = EARLIER + len(papers)
        for back in range(EARLIER, 0, -1):
            evening = datetime.combine(day.shift.at(0).date(), LAST, tzinfo=day.shift.at(0).tzinfo)
            before = Day(
                self.random,
                now=evening - timedelta(days=back) + timedelta(minutes=10),
                subdistrict=subdistrict,
                desk=desk,
                pace=FINISHED,
            )
            few = Offices(self.random, self.families, self.residents, size=size * EARLIER_SIZE)
            before.play(few.of_a_day_before(back), progress=_silent)
            self.progress("day", EARLIER - back + 1, steps)
        day.play(papers, progress=lambda done, _of: self.progress("day", EARLIER + done, steps))
        sign_editions(now=self.now)
        impose(self.random, now=self.now, subdistrict=subdistrict, desk=desk)

    def _hold_twice(self, scale: float) -> None:
        """Some people are registered by a second office, and the finder is sent to look; through a larger ledger it
        goes in the background."""
        count = max(4, round(TWICE * min(scale, 1)))
        register_again(self.residents, random=self.random, numbers=self.numbers, count=count, now=self.now)
        if scale <= 1:
            finder.find(now=self.now)

    def _communities(self, county: Territory, plans: list[Plan], scale: float) -> Iterator[tuple[Territory, int, Plan]]:
        """Every community's subdistrict, number in it and plan; subdistricts are made on the way."""
        count = max(1, round(scale / SCALE_PER_SUBDISTRICT))
        each = -(-len(plans) // count)
        for first in range(0, len(plans), each):
            index = first // each
            code = f"{county.code}{index + 1:03}"
            subdistrict = self.surveyor.area(Level.SUBDISTRICT, code, _subdistrict_name(index), county)
            subdistrict.aliases = [f"{code}000"]
            copy_rows(Territory, [subdistrict])
            self.net.staff_subdistrict(subdistrict)
            for number, plan in enumerate(plans[first : first + each], start=1):
                yield subdistrict, number, plan

    def _settle(self, laid: Laid) -> None:
        """Save a community and everyone in it."""
        copy_rows(Territory, [laid.community, *laid.areas])
        copy_rows(Dwelling, laid.dwellings)
        drawn = []
        for dwelling in laid.dwellings:
            if dwelling.status == "有人":
                assert dwelling.compound is not None
                share = TENANT_SHARE if dwelling.compound.code in laid.tenanted else FEW_TENANTS
                drawn += self.families.at(dwelling, tenant_share=share)
        if len(self.residents) < MOST_KNOWN:
            self.residents += [resident_at(one.new, laid.community.name) for one in drawn]
        codes = {compound.id: compound.code for compound in laid.compounds}
        people = register_people([one.new for one in drawn], now=self.now, compound_codes=codes)
        today = timezone.localdate(self.now)
        copy_rows(
            CareNeed,
            (
                CareNeed(id=uuid7(), person=person, kind=kind, starts_date=today)
                for one, person in zip(drawn, people, strict=True)
                for kind in one.needs
            ),
        )


def _plans(scale: float) -> Iterator[Plan]:
    """What each community gets, so that the sums are the articles' figures times `scale`."""
    count = max(2, round(COMMUNITIES * scale))
    shares = [_shared(max(count, round(figure * scale)), count) for figure in (COMPOUNDS, GRIDS, GATES)]
    for compounds, grids, gates in zip(*shares, strict=True):
        yield Plan(compounds, grids, gates)


def _shared(total: int, among: int) -> list[int]:
    """`total` in `among` nearly equal parts, larger ones first."""
    each, rest = divmod(total, among)
    return [each + (index < rest) for index in range(among)]


def _subdistrict_name(index: int) -> str:
    return SUBDISTRICTS[index] if index < len(SUBDISTRICTS) else f"第{index + 1}街道"


def _mark_visible() -> None:
    """Tell the database that every row is there for everyone: it answers counts from the index alone then."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) " + ", ".join(model._meta.db_table for model in FILLED))


def _gather_statistics() -> None:
    """The planner has seen nothing of this transaction yet; the day's work would be planned blindly."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
