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
LIANFANG = ".venv/bin/lianfang"


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
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        # Held open, so that not every command starts and stops the server.
        with postgres.using(Path(folder), durable=False):
            yield environment


def free_port() -> str:
    """A port nobody listens on; `doctor` complains about one that is taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(commands: list[list[str]], environment: dict[str, str]) -> list[tuple[int, Any]]:
    """Exit code and last JSON object of each command, run one after another."""
    driver = [sys.executable, "-m", "tests.docs.one_after_another"]
    given = json.dumps(commands)
    done = subprocess.run(driver, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stderr
    answers: list[tuple[int, Any]] = json.loads(done.stdout)
    return answers


def command_of(line: str, environment: dict[str, str]) -> list[str]:
    """A line of the tutorial as program and arguments; what it writes goes into the folder of the test."""
    program, *arguments = shlex.split(line)
    kept = [re.sub(r"^var/", f"{environment['LIANFANG_DATA']}/", argument) for argument in arguments]
    return ["lianfang", *kept] if program == LIANFANG else kept[1:]


def part_of(wanted: Any, found: Any) -> bool:
    """Whether everything that is wanted is found, at any depth."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(part_of(value, found.get(key)) for key, value in wanted.items())
    return bool(wanted == found)


class TestTheTutorial:
    def test_does_what_it_says(self, workplace: dict[str, str]) -> None:
        blocks = BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
        lines = [(bool(fails), wanted, line) for fails, wanted, text in blocks for line in text.strip().splitlines()]
        answers = run([command_of(line, workplace) for _, _, line in lines], workplace)
        wrong = [
            (line, code, answer)
            for (fails, wanted, line), (code, answer) in zip(lines, answers, strict=True)
            if code != int(fails) or not part_of(json.loads(wanted or "{}"), answer)
        ]
        assert wrong == []
        assert len(lines) >= 10
