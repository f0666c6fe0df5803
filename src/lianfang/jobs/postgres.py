"""The embedded PostgreSQL: start it, find it running, repair what a crash left, stop it.

    with using(data_dir):            # started when needed; stopped again when the last user leaves
        ...

A server is used by whoever holds a shared lock on `database.users`. The kernel drops that lock however a process
ends, so a killed user can never keep a server running for ever: the next one to leave stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lianfang.jobs import pgbinaries, pgcluster
from lianfang.jobs.pgplace import DATABASE, PORT, ROLE, DatabaseTrouble, Place, connection_settings, place_of
from lianfang.jobs.processes import is_alive, working_in, works_in

__all__ = ["DatabaseTrouble", "Server", "State", "connection_settings", "ensure_running", "status", "stop", "using"]

State = Literal["absent", "stopped", "starting", "running"]
START_SECONDS = 90.0  # crash recovery replays the log first
STOP_SECONDS = 60.0
ORPHAN_SECONDS = 5.0  # what PostgreSQL's own processes get to notice that their server is gone


@dataclass(frozen=True, kw_only=True)
class Server:
    """An embedded server as found. `started` is True when this very call started it; `pid` is None unless running."""

    place: Place
    state: State
    pid: int | None = None
    version: str | None = None
    started: bool = False

    @property
    def url(self) -> str:
        """Address for psql and other tools; the password comes from the password file."""
        return (
            f"postgresql://{ROLE}@/{DATABASE}?host={self.place.socket_dir}&port={PORT}&passfile={self.place.passfile}"
        )


def ensure_running(data_dir: Path, *, may_create_databases: bool = False, durable: bool = True) -> Server:
    """Make sure the server of `data_dir` answers, creating it when there is none.

    Safe to call at the same time from many processes.

    `may_create_databases` and `durable=False` are for test suites. Raises DatabaseTrouble.
    """
    place = place_of(data_dir)
    with _exclusive(place):
        found = _look(place)
        if found.state == "running" and place.passfile.exists():
            return found
        if found.state == "starting":
            return _wait_until_ready(place)
        if found.state == "running":
            _stop(place)
        pgcluster.prepare_folders(place)
        binaries = pgbinaries.for_account(pgbinaries.choose(place.cluster), place.account, place.home)
        _clear_remains(place)
        _complete(place, binaries, may_create_databases=may_create_databases)
        pgcluster.configure(place, durable=durable)
        command: list[str | Path] = [binaries.folder / "pg_ctl", "start", "-D", place.cluster, "-l", place.log]
        pgcluster.run_as_server(
            place, [*command, "-w", "-t", str(int(START_SECONDS)), "-s"], seconds=START_SECONDS + 10
        )
        ready = _wait_until_ready(place)
        return Server(place=place, state="running", pid=ready.pid, version=ready.version, started=True)


def status(data_dir: Path) -> Server:
    """How the server of `data_dir` is at this moment. Changes nothing."""
    return _look(place_of(data_dir))


def stop(data_dir: Path, *, only_if_unused: bool = False) -> bool:
    """Stop the server and wait until nothing of it runs. False when it is left running because somebody uses it."""
    place = place_of(data_dir)
    if not place.data_dir.exists():
        return True
    with _exclusive(place), _lock_file(place, "database.users") as users:
        if only_if_unused:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        _stop(place)
        return True


@contextlib.contextmanager
def using(data_dir: Path, *, may_create_databases: bool = False, durable: bool = True) -> Iterator[Server]:
    """A running server for the length of the block; whoever leaves last stops it."""
    place = place_of(data_dir)
    place.data_dir.mkdir(parents=True, exist_ok=True)
    with _lock_file(place, "database.users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = ensure_running(data_dir, may_create_databases=may_create_databases, durable=durable)
        try:
            yield server
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            stop(data_dir, only_if_unused=True)


@contextlib.contextmanager
def _lock_file(place: Place, name: str) -> Iterator[int]:
    number = os.open(place.data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield number
    finally:
        os.close(number)


@contextlib.contextmanager
def _exclusive(place: Place) -> Iterator[None]:
    """One start or stop at a time per data folder."""
    place.data_dir.mkdir(parents=True, exist_ok=True)
    with _lock_file(place, "database.lock") as number:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield


def _pid_file(place: Place) -> list[str]:
    """Lines of postmaster.pid: 1 process number, 6 socket folder, 8 state (PostgreSQL, src/include/utils/pidfile.h)."""
    try:
        return (place.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as refused:
        raise DatabaseTrouble(
            "database.not_ours",
            f"{place.home} belongs to another account.",
            f"Run as that account, or give it away: sudo chown -R $(id -u):$(id -g) {place.data_dir}",
        ) from refused


def _postmaster(place: Place) -> tuple[int, bool] | None:
    """Process number and readiness of the server, None when there is none that lives."""
    lines = _pid_file(place)
    if not lines or not lines[0].lstrip("-").isdigit():
        return None
    pid = abs(int(lines[0]))
    if not works_in(pid, place.cluster):
        return None
    return pid, len(lines) >= 8 and lines[7].strip() in {"ready", "standby"}


def _look(place: Place) -> Server:
    version_file = place.cluster / "PG_VERSION"
    try:
        version = version_file.read_text(encoding="ascii").strip() if version_file.exists() else None
    except PermissionError:
        version = None
    found = _postmaster(place)
    if found is None:
        return Server(place=place, state="stopped" if place.cluster.exists() else "absent", version=version)
    return Server(place=place, state="running" if found[1] else "starting", pid=found[0], version=version)


def _complete(place: Place, binaries: pgbinaries.Binaries, *, may_create_databases: bool) -> None:
    """A cluster and a password that fit together, whatever was there before."""
    if place.cluster.exists() and not place.passfile.exists() and place.moved:
        # The data folder was emptied: its database outside of it goes with it, but is kept under another name.
        pgcluster.set_aside(place)
    if not place.cluster.exists():
        pgcluster.make_cluster(place, binaries, may_create_databases=may_create_databases)
    elif not place.passfile.exists():
        pgcluster.reset_password(place, binaries)


def _clear_remains(place: Place) -> None:
    """After a crash: let the dead server's processes go, then remove its process file.

    PostgreSQL would itself take a zombie, or a stranger with the same number, for a living server and refuse to start.
    """
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (orphans := working_in(place.cluster)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in orphans:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while working_in(place.cluster):
        time.sleep(0.05)
    (place.cluster / "postmaster.pid").unlink(missing_ok=True)
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (place.socket_dir / name).unlink(missing_ok=True)


def _wait_until_ready(place: Place) -> Server:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = _look(place)
        if found.state == "running":
            return found
        if found.state == "stopped":
            break
        time.sleep(0.05)
    raise DatabaseTrouble(
        "database.not_ready", "The database did not become ready.", f"Read the end of {place.log}; then start again."
    )


def _stop(place: Place) -> None:
    """Fast stop: running transactions are rolled back, everything acknowledged is on disk.

    Immediate stop when that takes too long.
    """
    found = _postmaster(place)
    for sig in (signal.SIGINT, signal.SIGQUIT):
        if found is None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(found[0], sig)
        deadline = time.monotonic() + STOP_SECONDS
        while is_alive(found[0]) and time.monotonic() < deadline:
            time.sleep(0.02)
        found = _postmaster(place)
    _clear_remains(place)
