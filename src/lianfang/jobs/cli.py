"""The `lianfang` command. Exit codes: 0 done, 1 something is wrong (said with its fix), 2 wrong use of the command."""

from __future__ import annotations

import importlib
import os
import signal
import time
from typing import Annotated, Any

import typer
from rich.table import Table

from lianfang.jobs import (
    cli_editions,
    cli_files,
    cli_ledger,
    cli_match,
    cli_people,
    cli_report,
    founding,
    postgres,
    serving,
    workplace,
)
from lianfang.jobs import doctor as examination
from lianfang.jobs.cli_frame import AsJson, bar_of, out, print_json, said_plainly
from lianfang.jobs.demo_logins import LOGINS
from lianfang.jobs.processes import die_with_parent, is_alive
from lianfang.jobs.trouble import Trouble

STOP_SECONDS = 60.0

app = typer.Typer(
    help="Lianfang: lists become work at the right door, and the day's table writes itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals can hold names and numbers of people
)


@app.command()
def serve(as_json: AsJson = False) -> None:
    """Serve the pages, the job queue and the clock until Ctrl-C.

    The address is 127.0.0.1 and LIANFANG_PORT (8000); put a reverse proxy with TLS in front of it for others. The
    embedded PostgreSQL is started and stopped with it, unless LIANFANG_DATABASE_URL names another one.
    """
    with said_plainly(as_json=as_json):

        def ready(address: str) -> None:
            if as_json:
                print_json({"event": "ready", "address": address})
            else:
                out.print(f"Serving on [bold]{address}[/]  (Ctrl-C stops it)", highlight=False)

        serving.serve(on_ready=ready)


@app.command()
def demo(
    scale: Annotated[
        float, typer.Option(min=0.01, max=100, help="Size of the town, 1 as the real one; only when it is empty.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Build the demo town when the database is empty, serve it, and print who can log in.

    All people in it are invented. A second factor is off in the demo, so a database that holds a workplace is refused.
    """
    if parent := os.environ.get("LIANFANG_PARENT"):
        die_with_parent(int(parent))
    os.environ["LIANFANG_DEMO"] = "1"

    def prepare() -> None:
        _migrate(quiet=True)
        _build_town(scale, quiet=as_json)

    def ready(address: str) -> None:
        logins = [_login_row(login) for login in LOGINS]
        if as_json:
            print_json({"event": "ready", "address": address, "logins": logins})
            return
        table = Table("Role", "User", "Password", title="Demo log-ins", title_justify="left")
        for login in logins:
            table.add_row(login["role"], login["username"], login["password"])
        out.print(table)
        out.print(f"Open [bold]{address}[/]  (Ctrl-C stops it)", highlight=False)

    with said_plainly(as_json=as_json):
        serving.serve(prepare=prepare, on_ready=ready)


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to this release. Make a backup first; safe to repeat."""
    with said_plainly(as_json=as_json), workplace.database():
        workplace.load_django()
        applied = _migrate(quiet=as_json)
        if as_json:
            print_json({"applied": applied})
        else:
            out.print(f"{len(applied)} migrations applied" if applied else "The database is up to date")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Look at everything the product stands on; say what is wrong and the exact fix. Exit code 1 when something is."""
    findings = []
    for finding in examination.examine():
        findings.append(finding)
        if not as_json:
            mark = "[green]ok   [/]" if finding.ok else "[bold red]wrong[/]"
            out.print(f"{mark} {finding.message}  [dim]{finding.code}[/]", highlight=False)
            if finding.fix:
                out.print(f"      [bold]{finding.fix}[/]", highlight=False)
    wrong = [finding for finding in findings if not finding.ok]
    if as_json:
        print_json({"ok": not wrong, "findings": [finding.as_dict() for finding in findings]})
    raise typer.Exit(1 if wrong else 0)


@app.command()
def stop(as_json: AsJson = False) -> None:
    """Stop what serves this data folder, also what a crash left behind."""
    with said_plainly(as_json=as_json):
        folder = workplace.data_dir()
        pid = serving.server_pid(folder)
        if pid:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while is_alive(pid):
                if time.monotonic() > deadline:
                    raise Trouble("stop.slow", f"Process {pid} does not end.", f"End it by force: kill -9 {pid}")
                time.sleep(0.1)
        stopped = not workplace.is_embedded() or postgres.stop(folder, only_if_unused=True)
        if as_json:
            print_json({"server": pid, "database_stopped": stopped})
        elif not stopped:
            out.print("The database stays: another lianfang command uses it")
        else:
            out.print(f"Stopped process {pid}" if pid else "Nothing was running")


def _build_town(scale: float, *, quiet: bool) -> None:
    town = importlib.import_module("lianfang.jobs.demo")
    with bar_of(quiet=quiet) as bar:
        stages = {"people": "Building the demo town", "day": "Playing its day"}
        tasks = {stage: bar.add_task(said, total=None) for stage, said in stages.items()}
        town.build(scale=scale, progress=lambda stage, done, of: bar.update(tasks[stage], completed=done, total=of))
    if not town.is_here():
        raise Trouble(
            "demo.workplace",
            "This database holds a workplace, not the demo town.",
            "Serve it with: lianfang serve. For the demo name another folder: LIANFANG_DATA=./demo lianfang demo",
        )


def _migrate(*, quiet: bool) -> list[str]:
    from django.core.management import call_command

    applied = workplace.unapplied_migrations()
    if applied:
        call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
    return applied


def _login_row(login: Any) -> dict[str, str]:
    return {name: str(login[name]) for name in ("role", "username", "password")}


app.add_typer(founding.founding, name="found")
app.add_typer(cli_ledger.lists, name="lists")
app.add_typer(cli_ledger.audit, name="audit")
app.add_typer(cli_people.people, name="people")
app.command()(cli_ledger.work)
app.add_typer(cli_files.files)
app.command()(cli_report.report)
app.command()(cli_editions.editions)
app.add_typer(cli_match.match, name="match")


def main() -> None:
    """Entry point of the command."""
    app()
