"""A database for the tests that need one: LIANFANG_DATABASE_URL when set, else the embedded server of var/test-db.

The server is started by the first test that wants it and stopped by the last process that used it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from lianfang.jobs import postgres
from lianfang.jobs.processes import is_alive
from tests import settings as chosen

pytest_plugins = ["tests.town"]


@pytest.fixture(scope="session")
def database_server() -> Iterator[postgres.Server | None]:
    """The embedded server, None when the tests run against a given one."""
    if not chosen.EMBEDDED:
        yield None
        return
    with postgres.using(chosen.DATA_DIR, may_create_databases=True, durable=False) as server:
        _drop_databases_of_dead_runs(server)
        yield server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    database_server: postgres.Server | None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """pytest-django's own hook, taken to have the server running before the test database is made."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The town is in the database before the first test that uses one."""
    from tests.town import fill_database

    with django_db_blocker.unblock():
        fill_database()


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """How often one address may ask is counted in memory: no test pays for what another one asked."""
    from lianfang.resident.limiting import Limit

    Limit.forget_all()


def _drop_databases_of_dead_runs(server: postgres.Server) -> None:
    """A killed test run leaves its databases behind; their name holds the number of the process that began it."""
    with psycopg.connect(server.url, dbname="postgres", autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_lianfang\\_%'"
        ).fetchall()
        for (name,) in names:
            run = re.match(r"test_lianfang_(\d+)", name)
            if run and not is_alive(int(run[1])):
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
