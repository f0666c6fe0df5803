"""The command on editions of the control rules."""

from __future__ import annotations

import typer
from rich.table import Table

from lianfang.jobs import workplace
from lianfang.jobs.cli_frame import AsJson, out, print_json, said_plainly
from lianfang.jobs.trouble import Trouble


def editions(as_json: AsJson = False) -> None:
    """Read the editions of the control rules as the server would: their time, their digest, and files that are refused.

    A site's own editions lie in the folder `editions` of LIANFANG_DATA. Needs no database; exit code 1 if one is wrong.
    """
    with said_plainly(as_json=as_json):
        from lianfang.playbooks.shelf import read_shelf

        shelf = read_shelf(workplace.data_dir() / "editions")
        found = [
            {
                "code": one.code,
                "title": one.title,
                "starts_at": one.starts_at.isoformat(),
                "ends_at": one.ends_at.isoformat() if one.ends_at else None,
                "digest": one.digest,
            }
            for one in shelf.editions.values()
        ]
        if as_json:
            refused = [{"code": why.code, "file": why.file, "key": why.key} for why in shelf.refused]
            print_json({"editions": found, "refused": refused})
            raise typer.Exit(1 if shelf.refused else 0)
        table = Table("Code", "Title", "From", "To", "Digest", box=None)
        for one in found:
            days = ((one[key] or "")[:10] for key in ("starts_at", "ends_at"))
            table.add_row(str(one["code"]), str(one["title"]), *days, str(one["digest"])[:16])
        out.print(table)
        if shelf.refused:
            told = "; ".join(map(str, shelf.refused))
            raise Trouble("editions.refused", f"{told}.", "Correct the file, then run this again.")
