"""What is wrong around the product is said in a sentence with its fix: no traceback, no new key over a lost one."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from lianfang.core import vault
from lianfang.jobs.trouble import trouble_of

SECRET = "p4ss-in-the-address"


def lianfang(*words: str, data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("LIANFANG_", "DJANGO_"))}
    env = {**kept, "LIANFANG_DATA": str(data), "COLUMNS": "400", **settings}
    return subprocess.run(
        [sys.executable, "-m", "lianfang", *words], env=env, capture_output=True, text=True, check=False
    )


class TestKeys:
    def test_are_made_together_and_read_again(self, tmp_path: Path) -> None:
        assert vault.load_key_ring(tmp_path / "keys") == vault.load_key_ring(tmp_path / "keys")
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}

    @pytest.mark.parametrize("purpose", ["seal", "index", "audit"])
    def test_that_are_lost_are_not_replaced(self, tmp_path: Path, purpose: str) -> None:
        vault.load_key_ring(tmp_path)
        lost = tmp_path / f"{purpose}.key"
        lost.unlink()
        with pytest.raises(vault.MissingKey, match=lost.name):
            vault.load_key_ring(tmp_path)
        assert not lost.exists()

    def test_of_a_used_workplace_are_not_replaced_when_all_are_lost(self, tmp_path: Path) -> None:
        with pytest.raises(vault.MissingKey):
            vault.load_key_ring(tmp_path / "keys", used=True)

    def test_of_sessions_are_made_anew(self, tmp_path: Path) -> None:
        before = vault.load_key_ring(tmp_path)
        (tmp_path / "session.key").unlink()
        after = vault.load_key_ring(tmp_path, used=True)
        assert (after.seal, after.session != before.session) == (before.seal, True)

    def test_that_are_lost_are_named_by_the_doctor(self, tmp_path: Path) -> None:
        vault.load_key_ring(tmp_path / "keys")
        (tmp_path / "keys" / "seal.key").unlink()
        findings = json.loads(lianfang("doctor", "--json", data=tmp_path).stdout)["findings"]
        found = next(one for one in findings if one["code"] == "keys.missing")
        assert "seal.key" in found["message"]
        assert "backup" in found["fix"]
        assert not (tmp_path / "keys" / "seal.key").exists()


class TestACommand:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            (f"nonsense {SECRET}", "setting.bad"),
            (f"postgresql://u:{SECRET}@127.0.0.1", "setting.bad"),
            (f"postgresql://u:{SECRET}@127.0.0.1:1/x", "database.unreachable"),
        ],
    )
    @pytest.mark.parametrize("command", [("doctor",), ("serve",), ("work", "--as", "nobody"), ("migrate",)])
    def test_says_what_is_wrong_with_the_address_of_the_database(
        self, command: tuple[str, ...], url: str, code: str, tmp_path: Path
    ) -> None:
        done = lianfang(*command, "--json", data=tmp_path, LIANFANG_DATABASE_URL=url, LIANFANG_PORT=free_port())
        said = json.loads(done.stdout)
        assert done.returncode == 1
        assert code in json.dumps(said)
        assert SECRET not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr

    def test_says_which_setting_is_no_setting(self, tmp_path: Path) -> None:
        url = {"LIANFANG_DATABASE_URL": "postgresql://127.0.0.1:1/x"}
        done = lianfang("migrate", data=tmp_path, LIANFANG_HTTPS="maybe", **url)
        assert (done.returncode, "LIANFANG_HTTPS" in done.stderr, "Traceback" in done.stderr) == (1, True, False)

    def test_says_that_a_folder_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="ascii")
        done = lianfang("serve", "--json", data=tmp_path / "file" / "data", LIANFANG_PORT=free_port())
        assert json.loads(done.stdout)["error"]["code"] == "folder.closed"


class TestAFileToWrite:
    @pytest.mark.parametrize(
        "command", [("report", "bulletin", "--as", "x"), ("reconcile", "--ledger", "a.csv", "--list", "b.csv")]
    )
    def test_in_no_folder_is_refused_before_the_work(self, command: tuple[str, ...], tmp_path: Path) -> None:
        done = lianfang(*command, "--out", str(tmp_path / "gone" / "x.xlsx"), "--json", data=tmp_path)
        assert json.loads(done.stdout)["error"]["code"] == "cli.no_folder"


class TestAFault:
    def test_of_the_program_stays_one(self) -> None:
        assert trouble_of(ValueError("x")) is None
        assert trouble_of(FileNotFoundError(2, "x")) is None

    @pytest.mark.parametrize(
        ("said", "fix"),
        [
            ('FATAL:  password authentication failed for user "lianfang"', "set a new password"),
            ('FATAL:  database "lianfang" does not exist', "Create it"),
            ("connection refused", "systemctl start postgresql"),
            ("FATAL:  remaining connection slots are reserved", "max_connections"),
        ],
    )
    def test_of_the_connection_comes_with_its_fix(self, said: str, fix: str) -> None:
        trouble = trouble_of(OperationalError(said))
        assert trouble is not None
        assert fix in trouble.fix


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
