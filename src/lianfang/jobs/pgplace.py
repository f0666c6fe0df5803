"""Where the embedded PostgreSQL of a data folder lives, and as whom it runs. Starts nothing; imports no Django.

Layout, for a data folder `D`:

    D/database.pass          password file of the role `lianfang` (libpq format, 0600, owned by who runs the product)
    D/postgres/cluster       the database cluster (PGDATA)
    D/postgres/run           the folder of the unix socket, 0700
    D/postgres/server.log    what the server says

PostgreSQL refuses to run as root. Under root it runs as the owner of an existing cluster, else as the first existing
account of `ACCOUNTS`. When that account cannot reach `D` (root's own home is closed to everybody else), `postgres/`
moves to `/var/lib/lianfang/<hash of D>/`; everything else stays in `D`.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianfang.jobs.trouble import Trouble

ROLE = "lianfang"
DATABASE = "lianfang"
PORT = 5432  # only names the socket file: the server does not listen on the network
ACCOUNTS = ("lianfang", "postgres", "nobody")
ELSEWHERE = Path("/var/lib/lianfang")
# sun_path holds 108 bytes with the closing NUL (unix(7)); the server appends /.s.PGSQL.5432 and, for its lock file,
# .lock.
SOCKET_PATH_LIMIT = 107
_SOCKET_NAME = f"/.s.PGSQL.{PORT}.lock"


class DatabaseTrouble(Trouble):
    """The embedded database cannot be used."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An operating-system account that the server is started as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """The paths of one embedded server. `account` is None when it runs as whoever runs the product."""

    data_dir: Path
    home: Path
    socket_dir: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def passfile(self) -> Path:
        return self.data_dir / "database.pass"

    @property
    def moved(self) -> bool:
        """True when the server's files could not stay in the data folder."""
        return self.home.parent != self.data_dir


def place_of(data_dir: Path) -> Place:
    """Decide where the server of `data_dir` lives.

    Reads the file system, changes nothing, gives the same answer every time.
    """
    folder = Path(os.path.abspath(data_dir))
    home = folder / "postgres"
    account = None
    if os.geteuid() == 0:
        account = _account(home)
        elsewhere = ELSEWHERE / _key(folder)
        if (elsewhere / "cluster").exists() or not (home.exists() or can_reach(folder.parent, account)):
            home, account = elsewhere, _account(elsewhere)
    return Place(data_dir=folder, home=home, socket_dir=_socket_dir(home, account), account=account)


def connection_settings(data_dir: Path) -> dict[str, Any]:
    """Django's settings of one database: the embedded server of `data_dir`. Starts nothing, needs nothing to exist yet.

    The password is not in it: libpq reads it from the 0600 password file when it connects.
    """
    place = place_of(data_dir)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(place.socket_dir),
        "PORT": str(PORT),
        "OPTIONS": {"passfile": str(place.passfile), "connect_timeout": 10},
    }


def can_reach(folder: Path, account: Account) -> bool:
    """True when `account` may enter `folder` and all folders above it; those that do not exist yet do not count."""
    for step in (folder, *folder.parents):
        try:
            facts = step.stat()
        except FileNotFoundError:
            continue
        if facts.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif facts.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not facts.st_mode & needed:
            return False
    return True


def _key(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def _account(home: Path) -> Account:
    """The owner of an existing cluster, else the first account of ACCOUNTS that this machine has."""
    candidates: list[pwd.struct_passwd] = []
    try:
        owner = (home / "cluster").stat().st_uid
        candidates.append(pwd.getpwuid(owner))
    except FileNotFoundError:
        owner = 0
    except KeyError:
        return Account(name=str(owner), uid=owner, gid=(home / "cluster").stat().st_gid)
    for name in ACCOUNTS:
        try:
            candidates.append(pwd.getpwnam(name))
        except KeyError:
            continue
    for entry in candidates:
        if entry.pw_uid != 0:
            return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise DatabaseTrouble(
        "database.no_account",
        "PostgreSQL may not run as root and this machine has none of the accounts lianfang, postgres, nobody.",
        "Create one: useradd --system --no-create-home lianfang",
    )


def _socket_dir(home: Path, account: Account | None) -> Path:
    """`run` beside the cluster, or a folder in /tmp when that path is too long for a unix socket."""
    folder = home / "run"
    if len(os.fsencode(folder)) + len(_SOCKET_NAME) <= SOCKET_PATH_LIMIT:
        return folder
    owner = account.uid if account else os.geteuid()
    # A folder of somebody else under this name is refused when the server is started.
    return Path(f"/tmp/lianfang-{owner}-{_key(home)}")  # noqa: S108
