"""`lianfang serve`: database, web, worker and ticker of one data folder, started and stopped together."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from lianfang.jobs import postgres, workplace
from lianfang.jobs.processes import is_alive
from lianfang.jobs.supervisor import Supervisor, child
from lianfang.jobs.trouble import Trouble

START_SECONDS = 90.0
# What a killed predecessor's processes get to end: they are told at once, but finish the requests they have begun.
HANDOVER_SECONDS = 20.0


def serve(*, on_ready: Callable[[str], object], prepare: Callable[[], object] | None = None) -> None:
    """Serve until Ctrl-C or SIGTERM, then stop everything that was started here.

    `prepare` runs with the database up and Django loaded; without it the database must have had all migrations.
    `on_ready` is called with the address once pages are answered.
    """
    folder, number = workplace.data_dir(), workplace.port()
    address = f"http://127.0.0.1:{number}"
    with only_server(folder), workplace.database() as server:
        wait_for_port(number)
        workplace.load_django()
        (folder / "static").mkdir(exist_ok=True)  # whitenoise warns when the folder it may serve from is not there
        if prepare is not None:
            prepare()
        require_migrated()
        supervisor = Supervisor([child("worker"), child("ticker"), child("web")], between=_keeper(folder, server))
        with supervisor.running():
            up, deadline = False, time.monotonic() + START_SECONDS

            def settled() -> bool:
                nonlocal up
                up = answers(address)
                return up or time.monotonic() > deadline

            supervisor.look_after(until=settled)
            if not supervisor.asked_to_stop:
                if not up:  # one answer is enough: a second question may come too early for a busy machine
                    raise Trouble("serve.silent", f"{address} does not answer.", "Read the messages above.")
                on_ready(address)
                supervisor.look_after()


@contextlib.contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """One `serve` per data folder. The lock ends with the process, however it ends; the file holds its number."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "serve.pid").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                "serve.already",
                f"Process {server_pid(folder)} already serves {folder}.",
                "Open its address, or stop it first: lianfang stop",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def server_pid(folder: Path) -> int | None:
    """Number of the process that serves `folder`, None when there is none.

    The lock says so, not the number: a number left behind by a crash may be that of a stranger by now.
    """
    try:
        with (folder / "serve.pid").open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = file.read().strip()
                return int(text) if text.isdigit() and is_alive(int(text)) else None
    except FileNotFoundError:
        pass
    return None


def wait_for_port(number: int, *, seconds: float = HANDOVER_SECONDS) -> None:
    """Wait until nobody listens on the port. Raises Trouble `serve.port_taken`."""
    deadline = time.monotonic() + seconds
    while not port_is_free(number):
        if time.monotonic() > deadline:
            raise Trouble(
                "serve.port_taken",
                f"Another program listens on port {number}.",
                f"Choose another port: LIANFANG_PORT={number + 1} lianfang serve",
            )
        time.sleep(0.2)


def port_is_free(number: int) -> bool:
    """True when the port of the loopback address can be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: connections that are being closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
            probe.listen(1)
        except OSError:
            return False
    return True


def answers(address: str) -> bool:
    """True when the address gives any answer of its own below 500; redirects are not followed."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
    try:
        with opener.open(f"{address}/account/login/", timeout=5) as answer:
            return int(answer.status) < 500
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500
    except (OSError, ValueError):
        return False


def require_migrated() -> None:
    """Raise Trouble `database.not_migrated` when the database is older than the program, `database.newer` if newer."""
    from django.db import connections

    waiting, unknown = workplace.unapplied_migrations(), workplace.unknown_migrations()
    connections.close_all()
    if unknown:
        raise newer(unknown)
    if waiting:
        raise Trouble(
            "database.not_migrated",
            f"The database has not had {len(waiting)} migrations, the first is {waiting[0]}.",
            "Make a backup, then run: lianfang migrate",
        )


def newer(unknown: list[str]) -> Trouble:
    """A later release has been at work on this database."""
    return Trouble(
        "database.newer",
        f"The database was made by a later release: it has had {unknown[-1]}.",
        "Install that release (git pull && scripts/bootstrap.sh --no-dev), or restore the backup made before it",
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def _keeper(folder: Path, server: postgres.Server | None) -> Callable[[], object]:
    """Looks after the embedded database: killed under us, it is started again."""
    if server is None:
        return lambda: None
    return lambda: postgres.status(folder).state == "running" or postgres.ensure_running(folder)
