"""`lianfang doctor`: looks at everything the product stands on and says what is wrong and the exact fix.

Each check returns findings. It changes nothing in the data folder, except that an embedded database is started for the
length of the check and stopped again when nobody else uses it.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from lianfang.core import vault
from lianfang.jobs import assets, serving, workplace
from lianfang.jobs.pgbinaries import SUPPORTED
from lianfang.jobs.trouble import KEYS_BACK, Trouble, trouble_of

FREE_BYTES = 2 * 1024**3  # a day's lists, their attachments and the database's log, with room to spare
FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf")
KEY_BYTES = 32
SKEW_SECONDS = 60.0  # deadlines are minutes: more would be seen by people
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at. `fix` is a command or a sentence, empty when `ok`."""

    code: str
    ok: bool
    message: str
    fix: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def examine() -> Iterator[Finding]:
    """All findings, in the order in which one would mend them."""
    checks: list[Callable[[], Iterator[Finding]]] = [python, clock, browser_files, fonts, folder, disk, keys, port]
    said: set[str] = set()
    for check in [*checks, database]:
        try:
            for finding in check():
                said.add(finding.code)
                yield finding
        except Exception as fault:
            trouble = trouble_of(fault)
            if trouble is None:
                raise
            if trouble.code not in said:
                yield _finding(trouble)


def python() -> Iterator[Finding]:
    # An older Python could not even read this file; the line is there for whoever is sent the output.
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(code="python.version", ok=True, message=f"Python {version}")


def clock() -> Iterator[Finding]:
    try:
        zone = zoneinfo.ZoneInfo(ZONE)
    except zoneinfo.ZoneInfoNotFoundError:
        yield Finding(
            code="clock.zone", ok=False, message=f"The zone {ZONE} is unknown here.", fix="apt-get install tzdata"
        )
        return
    now = datetime.now(UTC)
    # A release is never older than its own files: a clock before them is wrong.
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < made:
        yield Finding(
            code="clock.behind",
            ok=False,
            message=f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is before this program was installed.",
            fix="timedatectl set-ntp true",
        )
    else:
        yield Finding(code="clock.zone", ok=True, message=f"{now.astimezone(zone):%Y-%m-%d %H:%M} in {ZONE}")


def browser_files() -> Iterator[Finding]:
    base = workplace.PACKAGE / "web" / "static" / "vendor"
    absent = not (base / "bootstrap" / "bootstrap.min.css").exists()
    if not absent and workplace.CHECKOUT:
        absent = not assets.installed(workplace.CHECKOUT)
    if absent:
        yield Finding(
            code="assets.missing",
            ok=False,
            message="Browser files are missing or of another release: pages would have no style.",
            fix="uv sync --reinstall-package lianfang",
        )
    else:
        yield Finding(code="assets.installed", ok=True, message="Browser files are in place")


def fonts() -> Iterator[Finding]:
    absent = [name for name in FONTS if not (workplace.PACKAGE / "web" / "fonts" / name).exists()]
    if absent:
        yield Finding(
            code="fonts.missing",
            ok=False,
            message=f"Fonts for PDF are missing: {', '.join(absent)}.",
            fix="uv sync --reinstall-package lianfang",
        )
    else:
        yield Finding(code="fonts.installed", ok=True, message="Fonts for PDF are in place")


def folder() -> Iterator[Finding]:
    place = workplace.data_dir()
    above = next(path for path in (place, *place.parents) if path.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        yield Finding(
            code="folder.closed",
            ok=False,
            message=f"{above} cannot be written to.",
            fix=f"sudo chown -R $(id -u):$(id -g) {above}, or name another folder with LIANFANG_DATA",
        )
    elif place.exists() and place.stat().st_mode & stat.S_IWOTH:
        yield Finding(code="folder.open", ok=False, message=f"Anybody may write to {place}.", fix=f"chmod o-rw {place}")
    else:
        yield Finding(code="folder.writable", ok=True, message=f"Data folder {place}")


def disk() -> Iterator[Finding]:
    place = workplace.data_dir()
    above = next(path for path in (place, *place.parents) if path.exists())
    free = shutil.disk_usage(above).free
    if free < FREE_BYTES:
        yield Finding(
            code="disk.full",
            ok=False,
            message=f"Only {free // 1024**2} MB are free on the disk of {place}.",
            fix=f"Free at least {FREE_BYTES // 1024**3} GB, or name a folder on another disk with LIANFANG_DATA",
        )
    else:
        yield Finding(code="disk.space", ok=True, message=f"{free // 1024**3} GB free")


def keys() -> Iterator[Finding]:
    place = workplace.data_dir() / "keys"
    used = (workplace.data_dir() / "audit" / "heads.txt").exists()
    lost = vault.missing(place, used=used)
    if lost:
        yield Finding(code="keys.missing", ok=False, message=f"{place} has no {', '.join(lost)}.", fix=KEYS_BACK)
        return
    found = sorted(place.glob("*.key")) if place.exists() else []
    if not found:
        yield Finding(code="keys.none", ok=True, message="No keys yet: they are made at the first start")
        return
    sound = True
    for path in found:
        if path.stat().st_mode & 0o077:
            sound = False
            yield Finding(code="keys.open", ok=False, message=f"Others may read {path}.", fix=f"chmod 600 {path}")
        if path.stat().st_size != KEY_BYTES:
            sound = False
            yield Finding(
                code="keys.damaged",
                ok=False,
                message=f"{path} is damaged: {path.stat().st_size} bytes instead of {KEY_BYTES}.",
                fix=f"Put {path.name} back from the backup; a new one would leave sealed fields closed for ever",
            )
    if sound:
        yield Finding(code="keys.sound", ok=True, message=f"{len(found)} keys, readable by their owner only")


def port() -> Iterator[Finding]:
    try:
        number = workplace.port()
    except Trouble as trouble:
        yield _finding(trouble)
        return
    running = serving.server_pid(workplace.data_dir())
    if running:
        yield Finding(code="port.served", ok=True, message=f"Port {number}: served by process {running}")
    elif serving.port_is_free(number):
        yield Finding(code="port.free", ok=True, message=f"Port {number} is free")
    else:
        yield Finding(
            code="port.taken",
            ok=False,
            message=f"Another program listens on port {number}.",
            fix=f"LIANFANG_PORT={number + 1} lianfang serve",
        )


def database() -> Iterator[Finding]:
    if workplace.is_embedded() and not (workplace.data_dir() / "database.pass").exists():
        yield Finding(code="database.none", ok=True, message="No database yet: it is made at the first start")
        return
    with workplace.database():
        workplace.load_django()
        yield from _reached()


def _reached() -> Iterator[Finding]:
    from django.db import connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, clock_timestamp(), getdatabaseencoding()"
            )
            number, at, encoding = cursor.fetchone()
        skew = abs((datetime.now(UTC) - at).total_seconds())
        waiting, unknown = workplace.unapplied_migrations(), workplace.unknown_migrations()
        yield from _server(number, skew, encoding)
        if unknown:
            yield _finding(serving.newer(unknown))
            return
        yield Finding(
            code="database.migrated" if not waiting else "database.not_migrated",
            ok=not waiting,
            message="All migrations are applied" if not waiting else f"{len(waiting)} migrations are not applied.",
            fix="" if not waiting else "lianfang migrate",
        )
        if not waiting:
            yield from _opens()
    finally:
        connection.close()


def _opens() -> Iterator[Finding]:
    """The newest sealed telephone opens with the keys of this folder."""
    from lianfang.core.people.models import Telephone

    newest = Telephone.objects.order_by("-id").first()
    if newest is None:
        return
    try:
        _ = newest.number
    except vault.UnreadableSeal:
        place = workplace.data_dir() / "keys"
        said = f"The keys in {place} are not those that this database was sealed with."
        yield Finding(code="keys.other", ok=False, message=said, fix=KEYS_BACK)
    else:
        yield Finding(code="keys.fit", ok=True, message="The keys open what the database holds")


def _server(number: int, skew: float, encoding: str) -> Iterator[Finding]:
    major = number // 10_000
    yield Finding(
        code="database.version",
        ok=major in SUPPORTED,
        message=f"PostgreSQL {major}.{number % 10_000}",
        fix="" if major in SUPPORTED else f"Use PostgreSQL {SUPPORTED[0]} to {SUPPORTED[-1]}",
    )
    if skew > SKEW_SECONDS:
        said = f"The clock of the database and of this machine differ by {skew:.0f} s."
        yield Finding(code="clock.skew", ok=False, message=said, fix="timedatectl set-ntp true, on both machines")
    if encoding != "UTF8":
        said, fix = (
            f"The database is in {encoding}.",
            "createdb --encoding UTF8 --template template0, then restore into it",
        )
        yield Finding(code="database.encoding", ok=False, message=said, fix=fix)


def _finding(trouble: Trouble) -> Finding:
    return Finding(code=trouble.code, ok=False, message=trouble.message, fix=trouble.fix)
