"""A database apart: a copy of the toy town that threads and killed processes may change for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from tests.town import fill_database


@pytest.fixture(scope="session")
def town_kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the full town; the test database itself is never changed for good by the tests of this folder."""
    with django_db_blocker.unblock():
        fill_database()
        source = str(connection.settings_dict["NAME"])
        copy = f"{source}_kept"
        copy_database(source, copy)
        yield copy
        drop_database(copy)


@pytest.fixture
def apart(town_kept: str, db: None) -> Iterator[str]:
    """Every connection of this test leads to a fresh copy of the town; nothing is rolled back. The copy's name."""
    with elsewhere(town_kept, "apart") as copy:
        yield copy


@contextmanager
def elsewhere(kept: str, name: str) -> Iterator[str]:
    """Connections lead to a fresh copy of the database `kept`. The one in use is put aside, transaction and all."""
    chosen = connections.settings["default"]
    source = str(chosen["NAME"])
    copy = f"{source}_{name}"
    aside = connections["default"]
    del connections["default"]
    try:
        copy_database(kept, copy)
        chosen["NAME"] = copy
        connection.close()
        yield copy
    finally:
        connection.close()
        drop_database(copy)
        chosen["NAME"] = source
        connections["default"] = aside


def copy_database(source: str, target: str) -> None:
    """Make `target` anew as a copy of `source`, to which nobody may be connected."""
    connection.close()
    with _maintenance() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def drop_database(name: str) -> None:
    """Remove a copy, whoever is connected to it."""
    with _maintenance() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _maintenance() -> psycopg.Connection[Any]:
    arguments = {**connection.get_connection_params(), "dbname": "postgres"}
    for name in ("context", "cursor_factory", "prepare_threshold"):
        arguments.pop(name, None)
    return psycopg.connect(**arguments, autocommit=True)


def address_of(name: str) -> str:
    """What LIANFANG_DATABASE_URL must say for a process of its own to use the database `name`."""
    given = {
        key: value
        for key, value in connection.get_connection_params().items()
        if isinstance(value, str | int) and key != "prepare_threshold"
    }
    return psycopg.conninfo.make_conninfo("", **{**given, "dbname": name})
