"""Making and configuring a database cluster: one role that is no superuser, one database, no network, no trust.

Everything is done on files or with the server in single-user mode, so there is no moment at which anybody could log
in without the password, and the superuser has no password at all. A cluster appears under its name only when it is
complete.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from lianfang.jobs.pgbinaries import Binaries
from lianfang.jobs.pgplace import DATABASE, PORT, ROLE, DatabaseTrouble, Place

LOG_LIMIT = 10 * 1024 * 1024  # bytes; the log is set aside once at a start above this

# Sized for two cores and the machine's memory. Durability stays on. Statements, parameters and row details never reach
# the log: they can hold names and numbers of people. Page images in the log are not compressed: importing a list into a
# large ledger touches index pages everywhere, and compressing them was two fifths of the server's work.
_SETTINGS = """\
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {buffers}MB
effective_cache_size = {cache}MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = off
random_page_cost = 1.1
max_worker_processes = 4
max_parallel_workers_per_gather = 1
jit = off
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
autovacuum_vacuum_scale_factor = 0.05
autovacuum_analyze_scale_factor = 0.02
idle_in_transaction_session_timeout = 10min
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_checkpoints = off
log_statement = none
log_min_error_statement = panic
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
_ACCESS = "# Only through the unix socket, only with the password.\nlocal all all scram-sha-256\n"


def run_as_server(place: Place, command: list[str | Path], *, typed: str = "", seconds: float = 120) -> str:
    """Run a server program as the server's account and return what it printed.

    Raises DatabaseTrouble `database.program_failed` with the last lines when it fails or takes longer than `seconds`.
    """
    account = place.account
    # HOME and nothing of PG*: a stray variable of the person's shell must not redirect the server.
    env = {"PATH": "/usr/bin:/bin", "HOME": str(place.home), "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
            cwd=place.home,
            env=env,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except (OSError, subprocess.SubprocessError) as failure:
        raise _program_failed(place, command, str(failure)) from failure
    if done.returncode != 0:
        raise _program_failed(place, command, done.stdout)
    return done.stdout


def prepare_folders(place: Place) -> None:
    """Create the folders with the right owners and modes; safe to repeat."""
    place.data_dir.mkdir(parents=True, exist_ok=True)
    if place.account and not place.moved:
        # Entering, not listing: the server's account has to pass through.
        place.data_dir.chmod(place.data_dir.stat().st_mode | 0o011)
    if place.moved:
        place.home.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    for folder in (place.home, place.socket_dir):
        _own_folder(place, folder)
    _rotate_log(place)


def make_cluster(place: Place, binaries: Binaries, *, may_create_databases: bool) -> None:
    """initdb, the role, the database.

    The cluster gets its name last, so a half-made one is never mistaken for a whole one.
    """
    unfinished = place.home / "cluster.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    options = [
        "--auth=reject",
        "--username=postgres",
        "--locale=C",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
    ]
    # The superuser gets no password: with scram only, nobody can log in as it, and repairs go through single-user mode.
    run_as_server(place, [binaries.folder / "initdb", "-D", unfinished, *options])
    right = "CREATEDB" if may_create_databases else "NOCREATEDB"
    password = _new_password(place)
    single_user(
        place,
        binaries,
        unfinished,
        f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEROLE {right} PASSWORD '{password}'",
        f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
        "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC" if not may_create_databases else "SELECT 1",
    )
    unfinished.rename(place.cluster)


def reset_password(place: Place, binaries: Binaries) -> None:
    """Give the role a new password and write it to the password file. The server must be stopped."""
    single_user(place, binaries, place.cluster, f"ALTER ROLE {ROLE} PASSWORD '{_new_password(place)}'")


def set_aside(place: Place) -> Path:
    """Rename a cluster that no longer belongs to its data folder; nothing is deleted. Returns the new name."""
    aside = place.home / f"cluster-set-aside-{time.time_ns()}"
    place.cluster.rename(aside)
    return aside


def configure(place: Place, *, durable: bool) -> None:
    """Write our settings into the cluster.

    They are written at every start, so a moved folder or a new release just works.
    """
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    settings = _SETTINGS.format(
        port=PORT,
        socket_dir=str(place.socket_dir).replace("'", "''"),
        durable="on" if durable else "off",
        buffers=buffers_for(memory),
        cache=max(512, memory // 2),
    )
    write_owned(place, place.cluster / "lianfang.conf", settings)
    write_owned(place, place.cluster / "pg_hba.conf", _ACCESS)
    main = place.cluster / "postgresql.conf"
    line = "include = 'lianfang.conf'"
    text = main.read_text(encoding="utf-8")
    if line not in text.splitlines():
        write_owned(place, main, f"{text.rstrip()}\n{line}\n")


def buffers_for(memory: int) -> int:
    """Memory the server keeps pages in, MiB, on a machine with `memory` MiB: a twelfth, from 128 to 2,048."""
    return min(2048, max(128, memory // 12))


def single_user(place: Place, binaries: Binaries, cluster: Path, *statements: str) -> None:
    """Run statements without a running server; the first failing one raises DatabaseTrouble."""
    command: list[str | Path] = [
        binaries.folder / "postgres",
        "--single",
        "-D",
        cluster,
        "-c",
        "exit_on_error=on",
        "postgres",
    ]
    run_as_server(place, command, typed="".join(f"{statement}\n" for statement in statements))


def write_owned(place: Place, path: Path, text: str) -> None:
    """Replace a file of the server in one step, readable by the server's account only."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600)
    if place.account:
        os.chown(fresh, place.account.uid, place.account.gid)
    fresh.replace(path)


def _new_password(place: Place) -> str:
    """A new random password, stored in the password file (0600 from its first byte); returns it."""
    password = secrets.token_urlsafe(32)
    fresh = place.passfile.with_name(f"{place.passfile.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"*:*:*:{ROLE}:{password}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place.passfile)
    return password


def _own_folder(place: Place, folder: Path) -> None:
    """A 0700 folder of the server's account. A folder of somebody else is refused, so is a symbolic link."""
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if place.account and facts.st_uid == 0:
        os.chown(folder, place.account.uid, place.account.gid, follow_symlinks=False)
        facts = folder.lstat()
    wanted = place.account.uid if place.account else os.geteuid()
    if facts.st_uid != wanted or folder.is_symlink():
        raise DatabaseTrouble(
            "database.not_ours",
            f"{folder} belongs to another account (number {facts.st_uid}), the server would run as number {wanted}.",
            f"Run as that account, or give it away: sudo chown -R $(id -u):$(id -g) {place.data_dir}",
        )
    folder.chmod(0o700)


def _rotate_log(place: Place) -> None:
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".log.1"))


def _program_failed(place: Place, command: list[str | Path], said: str) -> DatabaseTrouble:
    tail = " / ".join(line for line in said.strip().splitlines()[-4:])
    return DatabaseTrouble(
        "database.program_failed",
        f"{Path(command[0]).name} failed: {tail}",
        f"Read {place.log}; check free disk space and that {place.home} is on a local file system.",
    )
