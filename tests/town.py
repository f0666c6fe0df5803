"""The cast: one small invented subdistrict for tests, tutorial and screenshots.

`town` is loaded once per test process; every test works on it inside a transaction that is rolled back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from lianfang.core.access.models import Answerer, Responsibility, User
from lianfang.core.access.roles import Role
from lianfang.core.audit.partitions import ensure_partitions
from lianfang.core.people.models import Dwelling, Person
from lianfang.core.territory.models import Territory
from lianfang.jobs.town import Town, give, load_town, rows_of
from lianfang.kernel.doors import dwelling_key

DATA = Path(__file__).parent / "data"
TOWN = DATA / "town"
LISTS = DATA / "lists"

CAST = (
    ("county", "县防控办", Role.COUNTY, "999999"),
    ("command", "街道值班长", Role.COMMAND, "999999001"),
    ("desk", "数据专班", Role.DATA_DESK, "999999001"),
    ("secretary", "望湖书记", Role.SECRETARY, "999999001001"),
    ("other_secretary", "临江书记", Role.SECRETARY, "999999001002"),
    ("health", "街道疾控专员", Role.HEALTH, "999999001"),
    ("doctor", "望湖社区医生", Role.DOCTOR, "999999001001"),
    ("runner", "望湖代办员", Role.RUNNER, "999999001001"),
    ("inspector", "督查员", Role.INSPECTOR, "999999001"),
    ("auditor", "审计员", Role.AUDITOR, "999999"),
    ("administrator", "系统管理员", Role.ADMINISTRATOR, "999999"),
)
PASSWORD = "drill-town-2022"


def build_cast(town: Town, *, now: datetime) -> None:
    """Accounts of every role, and passwords for the grid workers of the first grid and its neighbour community."""
    for username, name, role, code in CAST:
        user = User.objects.create_user(username, PASSWORD, display_name=name)
        give(user, role, town.areas[code], now=now, reason="toy town")
    for username, code in (("worker", "999999001001001"), ("other_worker", "999999001002001")):
        answers = Responsibility.objects.get(territory=town.areas[code], role=Answerer.GRID_WORKER, ends_at=None)
        assert answers.user is not None
        answers.user.username = username
        answers.user.set_password(PASSWORD)
        answers.user.save()


def fill_database() -> None:
    """Load the town and its cast into an empty database."""
    now = timezone.now()
    ensure_partitions(now=now)
    if not Territory.objects.exists():
        build_cast(load_town(TOWN, now=now - timedelta(days=1)), now=now)


@pytest.fixture
def town(db: None) -> Town:
    """Areas by code, dwellings and people by the ids of their tables."""
    dwellings = {dwelling.door_key: dwelling for dwelling in Dwelling.objects.all()}
    areas = {area.code: area for area in Territory.objects.select_related("parent")}
    by_row = _dwellings_by_row(dwellings)
    return Town(areas=areas, dwellings=by_row, people=_people_by_row(by_row))


def _dwellings_by_row(known: dict[str, Dwelling]) -> dict[str, Dwelling]:
    found = {}
    for row in rows_of(TOWN / "dwellings.csv"):
        key = dwelling_key(
            compound_code=row["compound_code"],
            building=row["building"],
            unit=row["unit"],
            room=row["room"],
            kind=row["kind"],
        )
        found[row["dwelling_id"]] = known.get(key) or known[f"{row['community_code']}|d{row['dwelling_id']}"]
    return found


def _people_by_row(dwellings: dict[str, Dwelling]) -> dict[str, Person]:
    by_home = {
        (person.dwelling_id, person.name, str(person.birth_date or "")): person for person in Person.objects.all()
    }
    return {
        row["person_id"]: by_home[dwellings[row["dwelling_id"]].id, row["name"], row["birth"]]
        for row in rows_of(TOWN / "people.csv")
        if row["dwelling_id"] in dwellings and (dwellings[row["dwelling_id"]].id, row["name"], row["birth"]) in by_home
    }


def _user(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def county(town: Town) -> User:
    """County command."""
    return _user("county")


@pytest.fixture
def command_post(town: Town) -> User:
    """Subdistrict command."""
    return _user("command")


@pytest.fixture
def desk(town: Town) -> User:
    """The subdistrict's data desk."""
    return _user("desk")


@pytest.fixture
def secretary(town: Town) -> User:
    """Secretary of 望湖社区 (999999001001)."""
    return _user("secretary")


@pytest.fixture
def other_secretary(town: Town) -> User:
    """Secretary of another community (999999001002)."""
    return _user("other_secretary")


@pytest.fixture
def worker(town: Town) -> User:
    """Grid worker of grid 999999001001001 in 望湖社区."""
    return _user("worker")


@pytest.fixture
def other_worker(town: Town) -> User:
    """Grid worker of grid 999999001002001, another community."""
    return _user("other_worker")


@pytest.fixture
def health(town: Town) -> User:
    """Public health officer of the subdistrict."""
    return _user("health")


@pytest.fixture
def doctor(town: Town) -> User:
    """Doctor of 望湖社区 (999999001001)."""
    return _user("doctor")


@pytest.fixture
def runner(town: Town) -> User:
    """Errand runner of 望湖社区 (999999001001); reads no people."""
    return _user("runner")


@pytest.fixture
def inspector(town: Town) -> User:
    """Inspector of the subdistrict."""
    return _user("inspector")


@pytest.fixture
def auditor(town: Town) -> User:
    """Auditor of the county."""
    return _user("auditor")


@pytest.fixture
def administrator(town: Town) -> User:
    """System administrator; reads no people."""
    return _user("administrator")


@pytest.fixture
def now() -> datetime:
    """The moment of the test, aware."""
    return timezone.now()
