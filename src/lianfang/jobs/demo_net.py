"""Who answers for the demo town: named people per grid and community, their accounts, and the demo log-ins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from lianfang.core.access.models import Answerer, Grant, Responsibility, User
from lianfang.core.access.roles import Role
from lianfang.core.bulk import copy_rows
from lianfang.core.territory.models import Territory
from lianfang.jobs.demo_logins import LOGINS, PASSWORD
from lianfang.jobs.demo_names import draw_given, draw_surname
from lianfang.jobs.demo_people import Numbers
from lianfang.jobs.town import GRANT_DAYS, WORKS_AS
from lianfang.kernel.pinyin import pinyin_full
from lianfang.kernel.uuid7 import uuid7

SERVED_DAYS = 400
"""How long the net has been in force; grants begin two days ago, so that yesterday's work had its permissions."""
GRANTED_DAYS_AGO = 2


class Net:
    """Collects responsibilities, accounts and grants; `save` writes them."""

    def __init__(self, random: Random, numbers: Numbers, *, now: datetime) -> None:
        self._random, self._numbers, self._now = random, numbers, now
        self._users: list[User] = []
        self._grants: list[Grant] = []
        self._responsible: list[Responsibility] = []
        self._usernames: dict[str, int] = {}
        self._held: set[tuple[User, str, Territory]] = set()

    def staff_subdistrict(self, area: Territory) -> None:
        """Command and data desk of a subdistrict."""
        self._name(area, Answerer.COMMAND, self._someone())
        self._name(area, Answerer.DESK, self._someone())

    def staff_community(self, community: Territory, grids: list[Territory]) -> None:
        """Secretary, cadre, police and doctor of a community; worker, deputy, cadre, police and doctor per grid.

        A deputy, a cadre and a police officer serve several grids, as in life.
        """
        self._name(community, Answerer.SECRETARY, self._someone())
        shared = {role: self._someone() for role in (Answerer.CADRE, Answerer.POLICE, Answerer.DOCTOR)}
        for role, person in shared.items():
            self._name(community, role, person)
        deputy = self._someone()
        for index, grid in enumerate(grids):
            if index % 3 == 0:
                deputy = self._someone()
            self._name(grid, Answerer.GRID_WORKER, self._someone())
            self._name(grid, Answerer.DEPUTY, deputy)
            for role, person in shared.items():
                self._name(grid, role, person)

    def _someone(self) -> tuple[User, str]:
        sex = self._random.choice("12")
        born = self._random.randint(1966, 1998)
        name = draw_surname(self._random) + draw_given(self._random, sex=sex, born=born)
        return User(id=uuid7(), username="", display_name=name), self._numbers.phone()

    def _name(self, area: Territory, role: Answerer, person: tuple[User, str]) -> None:
        user, phone = person
        works = WORKS_AS.get(role)
        if works is not None:
            if not user.username:
                self._open_account(user)
            if (user, works, area) not in self._held:
                self._held.add((user, works, area))
                self._grants.append(self._grant(user, works, area))
        made = Responsibility(
            id=uuid7(),
            territory=area,
            path=area.path,
            role=role,
            name=user.display_name,
            user=user if works is not None else None,
            starts_at=self._now - timedelta(days=SERVED_DAYS),
        )
        made.keep_phone(phone)
        self._responsible.append(made)

    def _open_account(self, user: User) -> None:
        base = pinyin_full(user.display_name).replace(" ", "")[:40] or "user"
        self._usernames[base] = number = self._usernames.get(base, 0) + 1
        user.username = base if number == 1 else f"{base}.{number}"
        user.password = make_password(None)
        self._users.append(user)

    def _grant(self, user: User, role: str, area: Territory) -> Grant:
        return Grant(
            id=uuid7(),
            user=user,
            role=role,
            territory=area,
            starts_at=self._now - timedelta(days=GRANTED_DAYS_AGO),
            ends_at=self._now + timedelta(days=GRANT_DAYS),
            reason="演练",
        )

    def open_logins(self, areas: Mapping[str, Territory]) -> None:
        """Give the demo log-ins their accounts: people of the net get a password, the others an account of their own.

        `areas` maps the names in `demo_logins.LOGINS` to areas.
        """
        password = make_password(PASSWORD)
        roles = {
            "secretary": Answerer.SECRETARY,
            "grid_worker": Answerer.GRID_WORKER,
            "doctor": Answerer.DOCTOR,
        }
        for login in LOGINS:
            area, answers = areas[login["where"]], roles.get(login["role"])
            if answers is None:
                user = User(id=uuid7(), display_name=login["name"])
                self._users.append(user)
                self._grants.append(self._grant(user, Role(login["role"]), area))
                self._join_net(user, login["role"], area)
            else:
                held = next(r for r in self._responsible if r.territory == area and r.role == answers)
                assert held.user is not None
                user, held.name = held.user, login["name"]
                user.display_name = login["name"]
            user.username, user.password = login["username"], password

    def _join_net(self, user: User, role: str, area: Territory) -> None:
        """The log-ins of command and desk also answer for their subdistrict."""
        answers = {"command": Answerer.COMMAND, "data_desk": Answerer.DESK}.get(role)
        for held in self._responsible:
            if answers is not None and held.territory == area and held.role == answers:
                held.name, held.user = user.display_name, user

    def save(self) -> None:
        """Write everything collected so far."""
        copy_rows(User, self._users)
        copy_rows(Grant, self._grants)
        copy_rows(Responsibility, self._responsible)
        self._users, self._grants, self._responsible = [], [], []
