"""Commands on the ledgers: bring a list in, see open work, check the log, compare two files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, bar_of, out, print_json, said_plainly
from lianfang.jobs.trouble import Trouble

if TYPE_CHECKING:
    from lianfang.core.access.models import User
    from lianfang.core.lists.models import SourceList

lists = typer.Typer(help="Lists that come down.", no_args_is_help=True)
audit = typer.Typer(help="The log nobody can quietly change.", no_args_is_help=True)
Actor = Annotated[str, typer.Option("--as", help="Log-in name of the account that acts; its permissions apply.")]


@contextmanager
def _workplace() -> Iterator[None]:
    """The database and Django, speaking English as the command line does: refusals and states come from there."""
    with workplace.database():
        workplace.load_django()
        from django.utils import translation

        with translation.override("en"):
            yield


def _actor(username: str) -> User:
    from lianfang.core.access.models import User

    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Trouble("cli.no_account", f"There is no active account “{username}”.", "Name one with --as")
    return user


@lists.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="xlsx, xls, ods, csv, tsv or txt.")],
    actor: Actor,
    sender: Annotated[str, typer.Option(help="The office that sent it; its columns are remembered.")],
    purpose: Annotated[str, typer.Option(help="arrival, exposure, code, untested, venue, inbound, …")],
    issuer: Annotated[str, typer.Option(help="Who issued it.")],
    basis: Annotated[str, typer.Option(help="Legal basis.")],
    hours: Annotated[float, typer.Option(help="Deadline, hours from now.")] = 24,
    document_no: Annotated[str, typer.Option(help="Number of the covering document.")] = "",
    area: Annotated[str, typer.Option(help="Code of the area it is for; the account's own if empty.")] = "",
    as_json: AsJson = False,
) -> None:
    """Bring a list in: read it by the columns recognised (or remembered for the sender), compare, dispatch the work.

    Doubtful rows wait in the review queue; bad rows come back in the error file of the list's page.
    """
    papers = {
        "sender": sender,
        "title": file.stem,
        "purpose": purpose,
        "issuer": issuer,
        "legal_basis": basis,
        "document_no": document_no,
    }
    with said_plainly(as_json=as_json), _workplace():
        source_list = _bring(file, _actor(actor), papers=papers, hours=hours, area=area, quiet=as_json)
        if as_json:
            print_json({"list": str(source_list.id), "state": source_list.state, **source_list.counts})
            return
        table = Table("", "Persons", title=f"{source_list.title}: {source_list.get_state_display()}")
        for name in ("rows", "persons", "same", "new", "review", "refused", "repeats", "outside", "unplaced", "items"):
            table.add_row(name, str(source_list.counts.get(name, 0)))
        out.print(table)


def _bring(file: Path, user: User, *, papers: dict[str, Any], hours: float, area: str, quiet: bool) -> SourceList:
    from django.utils import timezone

    from lianfang.core.actions.door import Command
    from lianfang.core.actions.refusals import Refusal
    from lianfang.core.lists import receiving, storage
    from lianfang.core.lists.models import ListState, SourceList
    from lianfang.kernel.uuid7 import uuid7

    if not file.is_file():
        raise Trouble("cli.no_file", f"{file}: there is no such file.", "Check the path of the file")
    content, list_id = file.read_bytes(), uuid7()
    storage.keep(list_id, content)
    try:
        receiving.receive(
            Command(actor=user),
            list_id=list_id,
            deadline_at=timezone.now() + timedelta(hours=hours),
            filename=file.name,
            size=len(content),
            file_hash=receiving.file_hash(content),
            territory_id=_area(user, area),
            **papers,
        )
        source_list = receiving.inspect(SourceList.objects.get(id=list_id))
        if source_list.state == ListState.REFUSED:
            raise Refusal(source_list.refusal_code)
        if source_list.state == ListState.RECEIVED:
            _confirm_and_run(user, source_list, quiet=quiet)
    except Refusal as why:
        if not SourceList.objects.filter(id=list_id).exists():
            storage.shred(list_id)  # nothing points at the sealed copy
        raise Trouble(why.code, why.sentence, "Mend it and bring the list in again") from why
    source_list.refresh_from_db()
    return source_list


def _confirm_and_run(user: User, source_list: SourceList, *, quiet: bool) -> None:
    from lianfang.capabilities.screening import matching
    from lianfang.core.actions.door import Command
    from lianfang.core.lists import receiving

    tables = [t for t in source_list.mapping["tables"] if t["kind"] == "persons" and not t["problem"]]
    receiving.confirm(Command(actor=user), list_id=source_list.id, fields={t["key"]: t["fields"] for t in tables})
    source_list.refresh_from_db()
    with bar_of(quiet=quiet) as bar:
        task = bar.add_task("Comparing", total=None)
        matching.run(source_list, on_progress=lambda done, of: bar.update(task, completed=done, total=of))


def _area(user: User, code: str) -> Any:
    from lianfang.core.territory.models import Territory

    scopes = user.authority.scopes("lists.import")
    found = Territory.objects.filter(code=code) if code else Territory.objects.filter(path__in=scopes[:1])
    area = found.first()
    if area is None:
        raise Trouble("cli.no_area", "The account may bring lists in nowhere.", "Name another account with --as")
    return area.id


def work(
    actor: Actor,
    late: Annotated[bool, typer.Option(help="Only what is overdue.")] = False,
    as_json: AsJson = False,
) -> None:
    """Open work by community and state, as the account sees it."""
    with said_plainly(as_json=as_json), _workplace():
        rows = _open_work(_actor(actor), late=late)
        if as_json:
            print_json({"rows": rows})
            return
        table = Table("Area", "State", "Items", "Late")
        for row in rows:
            table.add_row(row["area"], row["state"], str(row["items"]), str(row["late"]))
        out.print(table)


def _open_work(user: User, *, late: bool) -> list[dict[str, Any]]:
    from django.db.models import Count, Q
    from django.db.models.functions import Left

    from lianfang.core.territory.models import Level, Territory
    from lianfang.core.work.models import WorkItem

    items = WorkItem.objects.visible_to(user).open()
    items = items.late() if late else items
    names = dict(Territory.objects.filter(level__in=[Level.COMMUNITY, Level.SUBDISTRICT]).values_list("path", "name"))
    grouped = (
        items.annotate(area=Left("path", 12))
        .values("area", "state")
        .annotate(items=Count("id"), late=Count("id", filter=Q(late_since__isnull=False)))
        .order_by("area", "state")
    )
    return [{**row, "area": names.get(row["area"], row["area"])} for row in grouped]


@audit.command("verify")
def verify_log(as_json: AsJson = False) -> None:
    """Check every entry, seal and exported head of the log. Exit code 1 when anything was changed or removed."""
    with said_plainly(as_json=as_json), _workplace():
        from lianfang.core.audit import journal
        from lianfang.core.audit.models import AuditEntry
        from lianfang.jobs.ticker import heads_file

        faults = [{"code": fault.code, "where": fault.where} for fault in journal.verify(export=heads_file())]
        count = AuditEntry.objects.count()
        if as_json:
            print_json({"ok": not faults, "entries": count, "faults": faults})
        else:
            for fault in faults:
                out.print(f"[bold red]{fault['code']}[/] {fault['where']}", highlight=False)
            out.print(f"{count} entries, {len(faults)} faults")
    raise typer.Exit(1 if faults else 0)
