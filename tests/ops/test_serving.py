"""`lianfang serve` through what happens to it: Ctrl-C, kill -9 of itself, kill -9 of its database."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from lianfang.jobs import postgres, serving
from lianfang.jobs.processes import is_alive, working_in

SOURCE = str(Path(serving.__file__).parents[2])
PATIENCE = 90.0


class Workplace:
    """A data folder with a migrated database, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("LIANFANG_", "DJANGO_"))}
        ours = {"LIANFANG_DATA": str(folder), "LIANFANG_PORT": str(self.port), "PYTHONPATH": SOURCE}
        self.env = {**kept, **ours}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._command(*words), env=self.env, capture_output=True, text=True, check=False)

    def serve(self) -> subprocess.Popen[str]:
        """Start serving and come back when pages are answered."""
        server = subprocess.Popen(self._command("serve", "--json"), env=self.env, stdout=subprocess.PIPE, text=True)
        assert server.stdout
        ready = json.loads(server.stdout.readline())
        assert ready == {"event": "ready", "address": f"http://127.0.0.1:{self.port}"}
        return server

    def answers(self) -> bool:
        return serving.answers(f"http://127.0.0.1:{self.port}")

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "lianfang", *words]


def descendants(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found += [int(entry.name), *descendants(int(entry.name))]
    return found


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def migrated(open_folder: Path) -> Workplace:
    place = Workplace(open_folder)
    done = place.run("migrate", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["applied"]
    return place


@pytest.fixture
def workplace(migrated: Workplace) -> Iterator[Workplace]:
    yield migrated
    migrated.run("stop")


class TestServing:
    def test_leaves_nothing_running_after_ctrl_c(self, workplace: Workplace) -> None:
        server = workplace.serve()
        started = descendants(server.pid)
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE) == 0
        assert len(started) >= 5  # worker, ticker, web and its two processes
        assert not any(is_alive(pid) for pid in started)
        assert postgres.status(workplace.folder).state == "stopped"

    def test_recovers_when_it_was_killed(self, workplace: Workplace) -> None:
        server = workplace.serve()
        started = descendants(server.pid)
        server.kill()
        server.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in started))
        again = workplace.serve()
        assert workplace.answers()
        again.terminate()
        assert again.wait(PATIENCE) == 0
        assert working_in(postgres.status(workplace.folder).place.cluster) == []

    def test_refuses_a_second_one_and_goes_on_when_its_database_was_killed(self, workplace: Workplace) -> None:
        server = workplace.serve()
        second = workplace.run("serve", "--json")
        assert second.returncode == 1
        assert json.loads(second.stdout)["error"]["code"] == "serve.already"
        before = postgres.status(workplace.folder).pid
        assert before
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: postgres.status(workplace.folder).pid not in {None, before})
        wait_until(workplace.answers)
        assert workplace.run("stop", "--json").returncode == 0
        assert server.wait(PATIENCE) == 0


class TestADatabaseOfALaterRelease:
    def test_is_refused_by_name(self, workplace: Workplace) -> None:
        with postgres.using(workplace.folder) as server, psycopg.connect(server.url, autocommit=True) as connection:
            name = ("people", "9999_of_next_year")
            connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", name)
            try:
                served = workplace.run("serve", "--json")
                assert json.loads(served.stdout)["error"]["code"] == "database.newer"
                examined = workplace.run("doctor", "--json")
                assert "9999_of_next_year" in examined.stdout
            finally:
                connection.execute("DELETE FROM django_migrations WHERE name = %s", name[1:])


class TestANumberLeftBehind:
    def test_is_no_server_whoever_has_it_now(self, workplace: Workplace) -> None:
        stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        try:
            (workplace.folder / "serve.pid").write_text(str(stranger.pid), encoding="ascii")
            assert serving.server_pid(workplace.folder) is None
            assert workplace.run("stop").returncode == 0
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()


class TestDoctor:
    def test_finds_a_sound_workplace_sound(self, workplace: Workplace) -> None:
        done = workplace.run("doctor", "--json")
        findings = {finding["code"]: finding["ok"] for finding in json.loads(done.stdout)["findings"]}
        assert findings["database.migrated"]
        assert findings["keys.sound"]
        assert findings["port.free"]

    def test_names_a_key_that_others_may_read_and_the_command_that_closes_it(self, workplace: Workplace) -> None:
        key = workplace.folder / "keys" / "seal.key"
        key.chmod(0o644)
        done = workplace.run("doctor", "--json")
        key.chmod(0o600)
        finding = next(found for found in json.loads(done.stdout)["findings"] if not found["ok"])
        assert done.returncode == 1
        assert finding == {
            "code": "keys.open",
            "ok": False,
            "message": f"Others may read {key}.",
            "fix": f"chmod 600 {key}",
        }

    def test_says_which_port_is_taken(self, workplace: Workplace) -> None:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", workplace.port))
            other.listen(1)
            done = workplace.run("doctor", "--json")
        wrong = [found["code"] for found in json.loads(done.stdout)["findings"] if not found["ok"]]
        assert wrong == ["port.taken"]
