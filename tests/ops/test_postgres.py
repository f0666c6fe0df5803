"""The embedded PostgreSQL through its life: born, found, killed, recovered, stopped."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lianfang.jobs import pgcluster, pgplace, postgres
from lianfang.jobs.processes import is_alive, state_of, working_in

_PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture(scope="module")
def made(open_folder: Path) -> Iterator[Path]:
    """One data folder with a cluster in it; making one is the slow part."""
    postgres.ensure_running(open_folder)
    postgres.stop(open_folder)
    yield open_folder
    postgres.stop(open_folder)


@pytest.fixture
def data_dir(made: Path) -> Iterator[Path]:
    yield made
    postgres.stop(made)


def ask(server: postgres.Server, question: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def run(server: postgres.Server, statement: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(statement)


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 20
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} does not end"
        time.sleep(0.02)


class TestServer:
    def test_answers_after_the_first_start_and_is_found_by_the_second(self, data_dir: Path) -> None:
        first = postgres.ensure_running(data_dir)
        second = postgres.ensure_running(data_dir)
        assert first.started
        assert not second.started
        assert first.pid == second.pid
        assert ask(second, "SELECT current_user || ' in ' || current_database()") == "lianfang in lianfang"

    def test_serves_with_a_role_that_is_no_superuser_and_may_not_make_roles(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        rights = ask(
            server, "SELECT rolsuper OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = current_user"
        )
        assert rights is False

    def test_listens_on_no_network_address_and_keeps_durability_on(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        wanted = {"listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "jit": "off"}
        found = {name: ask(server, f"SELECT current_setting('{name}')") for name in wanted}
        assert found == wanted

    def test_refuses_whoever_has_no_password(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        without = server.url.split("&passfile=")[0] + "&passfile=/dev/null"
        for role in ("lianfang", "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(without, user=role, dbname="postgres").close()

    def test_closes_its_folders_and_the_password_file_to_others(self, data_dir: Path) -> None:
        place = postgres.ensure_running(data_dir).place
        modes = [path.stat().st_mode & 0o777 for path in (place.home, place.socket_dir, place.cluster, place.passfile)]
        assert modes == [0o700, 0o700, 0o700, 0o600]

    def test_leaves_nothing_running_when_stopped(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        assert postgres.stop(data_dir)
        assert working_in(server.place.cluster) == []
        assert postgres.status(data_dir).state == "stopped"

    def test_gives_out_a_new_password_when_the_file_is_lost(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        old = server.place.passfile.read_text()
        server.place.passfile.unlink()
        again = postgres.ensure_running(data_dir)
        assert again.place.passfile.read_text() != old
        assert ask(again, "SELECT 1") == 1


class TestServerKilledWithMinusNine:
    def test_has_every_committed_row_after_the_next_start(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        run(server, "CREATE TABLE IF NOT EXISTS kept (n integer)")
        run(server, "INSERT INTO kept SELECT generate_series(1, 852)")
        before = ask(server, "SELECT count(*) FROM kept")
        assert server.pid
        os.kill(server.pid, signal.SIGKILL)
        wait_for_end(server.pid)
        again = postgres.ensure_running(data_dir)
        assert again.started
        assert again.pid != server.pid
        assert ask(again, "SELECT count(*) FROM kept") == before

    def test_is_not_mistaken_for_living_while_a_zombie(self, data_dir: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
        try:
            server = postgres.ensure_running(data_dir)
            assert server.pid
            os.kill(server.pid, signal.SIGKILL)
            wait_for_end(server.pid)
            assert state_of(server.pid) == "Z"
            assert postgres.status(data_dir).state == "stopped"
            again = postgres.ensure_running(data_dir)
            assert again.started
            os.waitpid(server.pid, 0)
            postgres.stop(data_dir)
            assert again.pid
            os.waitpid(again.pid, 0)
        finally:
            libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)

    def test_is_not_mistaken_for_a_stranger_with_its_number(self, data_dir: Path) -> None:
        place = postgres.ensure_running(data_dir).place
        postgres.stop(data_dir)
        lines = [str(os.getpid()), str(place.cluster), "0", "5432", str(place.socket_dir), "", "", "ready"]
        pgcluster.write_owned(place, place.cluster / "postmaster.pid", "\n".join(lines) + "\n")
        assert postgres.status(data_dir).state == "stopped"
        assert postgres.ensure_running(data_dir).started
        assert is_alive(os.getpid())

    def test_leaves_no_orphan_that_keeps_the_next_start_from_working(self, data_dir: Path) -> None:
        server = postgres.ensure_running(data_dir)
        assert server.pid
        orphan = next(pid for pid in working_in(server.place.cluster) if pid != server.pid)
        os.kill(orphan, signal.SIGSTOP)  # it will not notice that its server is gone
        os.kill(server.pid, signal.SIGKILL)
        wait_for_end(server.pid)
        again = postgres.ensure_running(data_dir)
        assert ask(again, "SELECT 1") == 1
        assert not is_alive(orphan)


class TestUsers:
    def test_keep_the_server_running_until_the_last_has_left(self, data_dir: Path) -> None:
        with postgres.using(data_dir):
            with postgres.using(data_dir):
                pass
            assert postgres.status(data_dir).state == "running"
            assert postgres.stop(data_dir, only_if_unused=True) is False
        assert postgres.status(data_dir).state == "stopped"

    def test_may_start_it_at_the_same_time(self, data_dir: Path) -> None:
        program = (
            "import sys; from pathlib import Path; from lianfang.jobs import postgres;"
            "print(postgres.ensure_running(Path(sys.argv[1])).started)"
        )
        source = str(Path(postgres.__file__).parents[2])
        starters = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(data_dir)],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": source},
            )
            for _ in range(3)
        ]
        answers = sorted(starter.communicate(timeout=60)[0].strip() for starter in starters)
        assert answers == ["False", "False", "True"]


class TestPlace:
    def test_is_known_before_anything_exists_and_nothing_is_made(self, tmp_path: Path) -> None:
        settings = postgres.connection_settings(tmp_path / "absent")
        assert settings["NAME"] == "lianfang"
        assert "PASSWORD" not in settings
        assert list(tmp_path.iterdir()) == []

    def test_keeps_the_socket_path_within_what_a_unix_socket_allows(self, tmp_path: Path) -> None:
        deep = tmp_path / ("long-folder-name-" * 6) / "var"
        place = pgplace.place_of(deep)
        assert len(str(place.socket_dir)) + len("/.s.PGSQL.5432.lock") <= pgplace.SOCKET_PATH_LIMIT

    def test_is_moved_where_the_account_of_the_server_can_reach_it(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        stranger = pgplace.Account(name="nobody", uid=65534, gid=65534)
        owner = pgplace.Account(name="me", uid=closed.stat().st_uid, gid=closed.stat().st_gid)
        tmp_path.chmod(0o755)
        assert not pgplace.can_reach(closed, stranger)
        assert pgplace.can_reach(closed, owner)

    def test_refuses_a_socket_folder_that_somebody_put_a_link_in_place_of(self, tmp_path: Path) -> None:
        home = tmp_path / "postgres"
        home.mkdir()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir(mode=0o755)
        place = pgplace.Place(data_dir=tmp_path, home=home, socket_dir=home / "run", account=None)
        place.socket_dir.symlink_to(elsewhere)
        with pytest.raises(postgres.DatabaseTrouble) as trouble:
            pgcluster.prepare_folders(place)
        assert trouble.value.code == "database.not_ours"
        assert elsewhere.stat().st_mode & 0o777 == 0o755
