"""The tutorial's commands do what the tutorial says, in its order, in an empty workplace of their own."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lianfang.jobs import postgres
from lianfang.jobs.reference import ROOT

TUTORIAL = ROOT / "docs" / "tutorial" / "README.md"
BLOCK = re.compile(r"^```sh run( fails)?(?: (\{[^\n]*\}))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = {".venv/bin/lianfang": ["-m", "lianfang"], ".venv/bin/python": []}


@pytest.fixture(scope="module")
def workplace() -> Iterator[dict[str, str]]:
    """The environment of a fresh data folder with its embedded database."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LIANFANG_", "DJANGO_"))}
    with tempfile.TemporaryDirectory(prefix="lianfang-tutorial-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # under root the database runs as another account
        environment = {
            **inherited,
            "LIANFANG_DATA": folder,
            "LIANFANG_PORT": free_port(),
            "PYTHONPATH": str(ROOT / "src"),
        }
        # Held open, so that not every command starts and stops the server.
        with postgres.using(Path(folder), durable=False):
            yield environment


def free_port() -> str:
    """A port nobody listens on; `doctor` complains about one that is taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(line: str, environment: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Exit code and last JSON object of one command of the tutorial."""
    program, *arguments = shlex.split(line)
    kept = [re.sub(r"^var/", f"{environment['LIANFANG_DATA']}/", argument) for argument in arguments]
    command = [sys.executable, *PROGRAMS[program], *kept, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    lines = done.stdout.strip().splitlines()
    assert lines, done.stderr
    answer: dict[str, Any] = json.loads(lines[-1])
    return done.returncode, answer


def part_of(wanted: Any, found: Any) -> bool:
    """Whether everything that is wanted is found, at any depth."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(part_of(value, found.get(key)) for key, value in wanted.items())
    return bool(wanted == found)


class TestTheTutorial:
    def test_does_what_it_says(self, workplace: dict[str, str]) -> None:
        told, blocks = [], BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
        for fails, wanted, text in blocks:
            for line in text.strip().splitlines():
                code, answer = run(line, workplace)
                right = code == (1 if fails else 0) and part_of(json.loads(wanted or "{}"), answer)
                told.append((line, right))
                assert right, (line, code, answer)
        assert len(told) >= 10
