"""From an untrusted file, or a pasted text, to a workbook; the file is opened by a child process under limits."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import lianfang
from lianfang.core.lists.intake.child import OUT_OF_MEMORY
from lianfang.core.lists.intake.delimited import sheet_of
from lianfang.core.lists.intake.forms import is_turned
from lianfang.core.lists.intake.refusals import DEFAULT, IntakeRefusal, Limits
from lianfang.core.lists.intake.signatures import kind_of
from lianfang.core.lists.intake.transport import read_workbook
from lianfang.core.lists.intake.workbook import Workbook


def open_source(path: Path, *, filename: str, limits: Limits = DEFAULT) -> Workbook:
    """Read xlsx, xls, ods, csv, tsv or txt (and tables saved as a web page named .xls).

    `filename` is the sender's name of the file: its extension must agree with the content. Raises `IntakeRefusal`;
    never anything else because of what the file contains. Blocks up to ``limits.wall_seconds``.
    """
    kind = kind_of(path, filename=filename, limits=limits)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with tempfile.TemporaryDirectory(prefix="lianfang-intake-") as folder:
        result = Path(folder) / "result"
        _run_child(path, kind=kind, result=result, limits=limits)
        try:
            read = read_workbook(result, kind=kind, sha256=sha256)
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise IntakeRefusal("file.damaged", reason="incomplete") from error
    if read is None:
        raise IntakeRefusal("file.damaged", reason="incomplete")
    if not isinstance(read, Workbook):
        raise IntakeRefusal(read[0], **read[1])
    return _usable(read)


def open_pasted(text: str, *, limits: Limits = DEFAULT) -> Workbook:
    """Read cells pasted from Excel or WPS (tabs between cells), a pasted CSV, or a chat group's sign-up chain."""
    content = text.encode("utf-8", "replace")
    if len(content) > limits.file_bytes:
        raise IntakeRefusal("file.too_large", bytes=len(content), limit=limits.file_bytes)
    sheet, notices = sheet_of(text.lstrip("\ufeff"), kind="pasted", limits=limits)
    return _usable(Workbook(kind="pasted", sheets=[sheet], sha256=hashlib.sha256(content).hexdigest(), notices=notices))


def _usable(workbook: Workbook) -> Workbook:
    if not any(sheet.rows for sheet in workbook.sheets):
        raise IntakeRefusal("file.empty")
    for sheet in workbook.sheets:
        if is_turned(sheet):
            raise IntakeRefusal("file.turned", sheet=sheet.name)
    return workbook


def _run_child(path: Path, *, kind: str, result: Path, limits: Limits) -> None:
    command = [
        sys.executable,
        "-m",
        "lianfang.core.lists.intake.child",
        os.fspath(path.absolute()),
        kind,
        os.fspath(result),
        json.dumps(dataclasses.asdict(limits)),
    ]
    source_root = Path(lianfang.__file__).parents[1]
    # Nothing of the server's environment goes along: the child needs no key, no database, no proxy.
    environment = {"PYTHONPATH": os.fspath(source_root), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=result.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise IntakeRefusal("file.timeout", seconds=limits.wall_seconds) from error
    if done.returncode == 0:
        return
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise IntakeRefusal("file.timeout", seconds=limits.cpu_seconds)
    if done.returncode in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGXFSZ):
        # calamine allocates the whole rectangle of a sheet; Rust aborts when it does not get it.
        raise IntakeRefusal("file.too_costly", limit=limits.memory_bytes)
    raise IntakeRefusal("file.damaged", reason=f"reader stopped ({done.returncode})")
