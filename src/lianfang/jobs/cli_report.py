"""`lianfang report`: the day's paper as a file, drafted now or frozen for good."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, out, print_json, require_folder, said_plainly
from lianfang.jobs.trouble import Trouble

if TYPE_CHECKING:
    from lianfang.core.metrics.paper.shapes import Paper

KINDS = ("bulletin", "table", "log")
ENDINGS = (".pdf", ".xlsx", ".docx", ".txt")


def report(
    kind: Annotated[str, typer.Argument(help="bulletin, table or log.")],
    actor: Annotated[str, typer.Option("--as", help="Log-in name of the account; its area is the report's.")],
    target: Annotated[Path, typer.Option("--out", help="File to write: .pdf, .xlsx, .docx or .txt (chat group).")],
    freeze: Annotated[bool, typer.Option(help="Freeze it for today at this moment; a draft otherwise.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the day's bulletin, table or log of the account's area, as it stands now.

    A frozen report never changes; freezing a second time on one day is refused (corrections are made on its page).
    """
    with said_plainly(as_json=as_json):
        if kind not in KINDS:
            raise Trouble("report.kind", f"“{kind}” is no report.", f"Use one of {', '.join(KINDS)}")
        if target.suffix.lower() not in ENDINGS:
            raise Trouble("report.format", f"{target.name}: unknown ending.", f"Use one of {', '.join(ENDINGS)}")
        require_folder(target)
        with workplace.database():
            workplace.load_django()
            paper = _frozen(kind, actor) if freeze else _draft(kind, actor)
            target.write_bytes(_printed(paper, target.suffix.lower()))
        code, version = paper.masthead.check_code, paper.masthead.version
        if as_json:
            print_json({"file": str(target), "kind": kind, "frozen": freeze, "version": version, "check_code": code})
        else:
            out.print(f"{target}  {'frozen, check code ' + code if freeze else 'draft'}", highlight=False)


def _who(username: str) -> tuple[Any, Any]:
    from lianfang.core.access.models import User
    from lianfang.core.territory.models import Territory

    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Trouble("cli.no_account", f"There is no active account “{username}”.", "Name one with --as")
    scopes = user.authority.scopes("metrics.read")
    area = Territory.objects.filter(path__in=scopes).order_by("path").first()
    if area is None:
        raise Trouble("cli.no_area", "The account may see numbers nowhere.", "Name another account with --as")
    return user, area


def _draft(kind: str, username: str) -> Paper:
    from django.utils import timezone

    from lianfang.capabilities.reports.freezing import draft_of

    _, area = _who(username)
    return draft_of(kind, area=area, cutoff_at=timezone.now())


def _frozen(kind: str, username: str) -> Paper:
    from django.utils import timezone

    from lianfang.capabilities.reports.freezing import freeze, paper_of
    from lianfang.core.actions.door import Command
    from lianfang.core.actions.refusals import Refusal
    from lianfang.core.metrics.models import Report

    user, area = _who(username)
    now = timezone.now()
    try:
        answer = freeze(
            Command(actor=user, now=now), kind=kind, territory_id=area.id, day=timezone.localdate(now), cutoff_at=now
        )
    except Refusal as why:
        raise Trouble(why.code, str(why.sentence), "Open the reports page to see what is frozen") from why
    return paper_of(Report.objects.get(id=answer["report"]))


def _printed(paper: Paper, ending: str) -> bytes:
    from django.conf import settings

    from lianfang.core.metrics.paper import chat, excel, word
    from lianfang.core.metrics.paper.press import Press

    if ending == ".txt":
        return chat.chat_text(paper).encode("utf-8")
    if ending == ".xlsx":
        return excel.workbook(paper)
    if ending == ".docx":
        return word.document(paper)
    return Press(font_dir=settings.FONT_DIR).pdf(paper).pdf
