"""The cast of the town that is in the database already: reading its tables again would cost a second for each test."""

from __future__ import annotations

import pytest

from lianfang.core.access.models import User


def _user(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def desk(db: None) -> User:
    """The subdistrict's data desk."""
    return _user("desk")


@pytest.fixture
def secretary(db: None) -> User:
    """Secretary of 望湖社区."""
    return _user("secretary")


@pytest.fixture
def worker(db: None) -> User:
    """Grid worker of the first grid of 望湖社区."""
    return _user("worker")


@pytest.fixture
def other_worker(db: None) -> User:
    """Grid worker of another community."""
    return _user("other_worker")


@pytest.fixture
def runner(db: None) -> User:
    """Errand runner of 望湖社区."""
    return _user("runner")


@pytest.fixture
def health(db: None) -> User:
    """Public health officer of the subdistrict."""
    return _user("health")
