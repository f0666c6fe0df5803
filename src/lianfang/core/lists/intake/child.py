"""The reading child: ``python -m lianfang.core.lists.intake.child SOURCE KIND RESULT LIMITS``.

Opens one untrusted file under limits of memory, processor time and file size, writes what it read to RESULT (see
`transport`), exits 0. Whatever goes wrong here – a crash of the parser, memory running out – stays here.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from lianfang.core.lists.intake.delimited import decode, sheet_of
from lianfang.core.lists.intake.refusals import IntakeRefusal, Limits
from lianfang.core.lists.intake.transport import write_refusal, write_workbook

OUT_OF_MEMORY = 86
"""Exit code that says memory ran out in an orderly way."""


def _bind(limits: Limits) -> None:
    """Set the limits of this process; a hard limit that is already lower stays."""
    wanted = (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.unpacked_bytes),
        (resource.RLIMIT_CORE, 0),
    )
    for what, amount in wanted:
        hard = resource.getrlimit(what)[1]
        ceiling = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (ceiling, ceiling))


def _read(source: Path, *, kind: str, result: Path, limits: Limits) -> None:
    if kind in ("csv", "tsv", "txt"):
        decoded = decode(source.read_bytes())
        sheet, notices = sheet_of(decoded.text, kind=kind, limits=limits)
        write_workbook(result, sheets=[sheet], encoding=decoded.encoding, notices=decoded.notices + notices)
        return
    if kind in ("html", "xml2003"):
        # Imported here: lxml is not needed for text, and the child is started for every file.
        from lianfang.core.lists.intake.markup import read_html, read_xml2003

        sheets = (read_html if kind == "html" else read_xml2003)(source, limits=limits)
    else:
        from lianfang.core.lists.intake.spreadsheets import read_sheets

        sheets = read_sheets(source, kind=kind, limits=limits)
    write_workbook(result, sheets=sheets)


def main(arguments: list[str]) -> int:
    """Read one file; 0 when a result or a refusal was written."""
    source, kind, result, limits = (
        Path(arguments[0]),
        arguments[1],
        Path(arguments[2]),
        Limits(**json.loads(arguments[3])),
    )
    _bind(limits)
    try:
        _read(source, kind=kind, result=result, limits=limits)
    except IntakeRefusal as refusal:
        write_refusal(result, code=refusal.code, facts=refusal.facts)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
