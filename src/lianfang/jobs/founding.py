"""What a new workplace needs before anyone can log in: its territory and people, its first administrator and commander.

`lianfang found town FOLDER`, then `lianfang found administrator NAME` and `lianfang found commander NAME`. All refuse
when the workplace already has what they would make; everything later goes through the pages.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, out, print_json, said_plainly
from lianfang.jobs.trouble import Trouble

if TYPE_CHECKING:
    from lianfang.core.access.models import User
    from lianfang.core.territory.models import Territory

TABLES = ("areas.csv", "responsibles.csv", "dwellings.csv", "people.csv")
FOUNDER_DAYS = 30
"""How long the first administrator's role lasts: time enough to give the lasting ones (house choice)."""

founding = typer.Typer(help="Set up a new workplace.", no_args_is_help=True)


@founding.command()
def town(
    folder: Annotated[Path, typer.Argument(help="Folder with areas.csv, responsibles.csv, dwellings.csv, people.csv.")],
    as_json: AsJson = False,
) -> None:
    """Bring a territory, its people and who answers for it into an empty workplace; all or nothing.

    Everyone in a working role gets an account without a password and a role for 180 days.
    """
    with said_plainly(as_json=as_json), workplace.database():
        workplace.load_django()
        counts = _town(folder)
        if as_json:
            print_json(counts)
        else:
            out.print(", ".join(f"{count} {name}" for name, count in counts.items()))


@founding.command()
def administrator(
    username: Annotated[str, typer.Argument(help="Log-in name.")],
    name: Annotated[str, typer.Option(help="The person's name. Accounts are personal.")],
    as_json: AsJson = False,
) -> None:
    """Make the first administrator and print a password for one log-in. Refused when there is one already.

    An administrator makes accounts and gives roles, but sees no people. The role ends after 30 days: by then the two
    administrators of the site have given each other lasting roles.
    """
    with said_plainly(as_json=as_json), workplace.database():
        workplace.load_django()
        password = _one_time_password()
        _administrator(username, name, password)
        _pass_on(username, password, as_json=as_json)


@founding.command()
def commander(
    username: Annotated[str, typer.Argument(help="Log-in name: an account of command that exists, or a new one.")],
    name: Annotated[str, typer.Option(help="The person's name, for a new account. Accounts are personal.")] = "",
    as_json: AsJson = False,
) -> None:
    """Print a password for one log-in of the first commander, who confirms the roles that administrators give.

    An account that has a role of command in force (from `found town`) keeps it; a new one gets the role of county
    command for 30 days. Refused when someone of command can log in already.
    """
    with said_plainly(as_json=as_json), workplace.database():
        workplace.load_django()
        password = _one_time_password()
        _commander(username, name, password)
        _pass_on(username, password, as_json=as_json)


def _one_time_password() -> str:
    return secrets.token_urlsafe(12) + "-1a"


def _pass_on(username: str, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"username": username, "password": password})
    else:
        out.print(f"{username}: {password}\nIt must be changed at the first log-in.", highlight=False, soft_wrap=True)


def _town(folder: Path) -> dict[str, int]:
    from lianfang.core.access.models import Responsibility
    from lianfang.core.people.models import Dwelling, Person
    from lianfang.core.territory.models import Territory

    if Person.objects.exists() or Territory.objects.exists():
        raise Trouble("town.not_empty", "There are areas or people already.", "Change them on the pages")
    _load(folder)
    made = {"areas": Territory, "responsibilities": Responsibility, "dwellings": Dwelling, "people": Person}
    return {name: model._default_manager.count() for name, model in made.items()}


def _load(folder: Path) -> None:
    """Load the tables, all or nothing. Raises Trouble `town.no_table` or `town.bad_table`."""
    from django.utils import timezone

    from lianfang.core.audit.partitions import ensure_partitions
    from lianfang.jobs.town import load_town

    absent = [table for table in TABLES if not (folder / table).is_file()]
    if absent:
        raise Trouble(
            "town.no_table",
            f"{folder} has no {', '.join(absent)}.",
            "See docs/howto/bring-in-a-territory-and-people.md",
        )
    now = timezone.now()
    ensure_partitions(now=now)
    try:
        load_town(folder, now=now)
    except KeyError as fault:
        raise Trouble(
            "town.bad_table", f"A column or code is missing: {fault}.", "Mend the tables and repeat"
        ) from fault
    except ValueError as fault:
        raise Trouble("town.bad_table", f"The tables do not fit together: {fault}", "Mend them and repeat") from fault


def _administrator(username: str, name: str, password: str) -> None:
    from django.db import transaction
    from django.utils import timezone

    from lianfang.core.access.models import Grant, User
    from lianfang.core.access.roles import Role
    from lianfang.core.audit.partitions import ensure_partitions
    from lianfang.jobs.town import give

    now, top = timezone.now(), _top()
    if Grant.objects.in_force(now).filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
        raise Trouble("administrator.exists", "There is an administrator already.", "Ask them for an account")
    if User.objects.filter(username=username).exists():
        raise Trouble("administrator.name_taken", f"“{username}” is in use.", "Choose another log-in name")
    with transaction.atomic():
        ensure_partitions(now=now)
        user = User.objects.create_user(username, password, display_name=name[:60], must_change_password=True)
        give(user, Role.ADMINISTRATOR, top, now=now, reason="first administrator", days=FOUNDER_DAYS)
        _note_founding(user, Role.ADMINISTRATOR, path=top.path, now=now)


def _commander(username: str, name: str, password: str) -> None:
    from django.db import transaction
    from django.utils import timezone

    from lianfang.core.access.models import Grant, User
    from lianfang.core.access.roles import PERMISSIONS, Role
    from lianfang.core.audit.partitions import ensure_partitions
    from lianfang.jobs.town import give

    now, top = timezone.now(), _top()
    confirming = [role.value for role in Role if "access.confirm" in PERMISSIONS[role]]
    held = Grant.objects.filter(role__in=confirming, starts_at__lte=now, ends_at__gt=now)
    of_command = held.filter(waits=False, user__is_active=True).select_related("user")
    if any(grant.user.has_usable_password() for grant in of_command):
        raise Trouble(
            "commander.exists",
            "Someone of command can log in already.",
            "They confirm roles on the page “Roles to confirm”",
        )
    user = User.objects.filter(username=username).first()
    own = held.filter(user=user) if user else held.none()
    if user and not own.exists():
        raise Trouble(
            "commander.name_taken", f"“{username}” has no role of command.", "Choose another log-in name for a new one"
        )
    if not user and not name:
        raise Trouble("commander.no_name", f"“{username}” is a new account.", "Say whose it is: --name NAME")
    with transaction.atomic():
        ensure_partitions(now=now)
        if user is None:
            user = User(username=username, display_name=name[:60])
        user.set_password(password)
        user.must_change_password, user.is_active = True, True
        user.save()
        if not own.update(waits=False):
            give(user, Role.COUNTY, top, now=now, reason="first commander", days=FOUNDER_DAYS)
        _note_founding(user, Role.COUNTY, path=top.path, now=now)


def _top() -> Territory:
    from lianfang.core.territory.models import Territory

    top = Territory.objects.filter(parent=None).order_by("path").first()
    if top is None:
        raise Trouble("found.no_area", "There is no area yet.", "First: lianfang found town FOLDER")
    return top


def _note_founding(user: User, role: str, *, path: str, now: datetime) -> None:
    from lianfang.core.audit import journal
    from lianfang.core.audit.models import AuditEntry

    note = journal.Note(
        kind=AuditEntry.Kind.WRITE,
        code="access.found",
        path=path,
        subject_kind="user",
        subject_id=user.id,
        facts={"role": str(role)},
    )
    journal.write([note], actor_id=None, at=now, now=now)
