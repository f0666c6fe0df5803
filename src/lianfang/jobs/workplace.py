"""The workplace that a command runs in: its data folder, its settings, its database."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from lianfang.jobs import catalogue, postgres
from lianfang.jobs.trouble import Trouble

PACKAGE = Path(__file__).resolve().parents[1]
# The checkout that the package runs from; an installed wheel has none.
CHECKOUT = PACKAGE.parents[1] if (PACKAGE.parents[1] / "pyproject.toml").exists() else None


def data_dir() -> Path:
    """The folder of everything that is kept (LIANFANG_DATA, default ./var); the same answer as settings.DATA_DIR."""
    return Path(os.environ.get("LIANFANG_DATA") or "var").resolve()


def port() -> int:
    """The port to serve on (LIANFANG_PORT, default 8000)."""
    text = os.environ.get("LIANFANG_PORT", "").strip() or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble(
            "setting.port", f"LIANFANG_PORT={text!r} is no port.", "Use a number from 1 to 65535, such as 8000."
        )
    return int(text)


def is_embedded() -> bool:
    """True when the product keeps its own PostgreSQL, False when LIANFANG_DATABASE_URL names one."""
    return not os.environ.get("LIANFANG_DATABASE_URL", "").strip()


@contextlib.contextmanager
def database() -> Iterator[postgres.Server | None]:
    """A database that answers for the length of the block; None stands for one that is not ours to start."""
    if not is_embedded():
        yield None
        return
    with postgres.using(data_dir()) as server:
        yield server


def load_django() -> None:
    """Load the settings and the applications, with messages compiled from what is written."""
    with contextlib.suppress(PermissionError):  # an installed package is read-only and brings compiled messages
        catalogue.compile_all(PACKAGE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.settings")
    import django

    django.setup()


def unknown_migrations() -> list[str]:
    """Names of migrations that the database has had and this release does not know: a newer release was here."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    known = loader.disk_migrations.keys() | {old for one in loader.replacements.values() for old in one.replaces}
    ours = loader.applied_migrations.keys() - known
    return sorted(f"{app}.{name}" for app, name in ours if app in loader.migrated_apps)


def unapplied_migrations() -> list[str]:
    """Names of migrations that the database has not had yet. Needs load_django() and a database."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
