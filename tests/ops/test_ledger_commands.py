"""The commands on the ledgers speak one language, English, whatever the pages speak."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lianfang.core.access.models import User
from lianfang.core.lists.models import ConfirmedPair
from lianfang.jobs.cli import app
from tests.town import LISTS

pytestmark = pytest.mark.django_db(transaction=False)
DAMAGED = next(LISTS.glob("18_*.xlsx"))


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find a database that is not theirs to start: that of the tests."""
    monkeypatch.setenv("LIANFANG_DATABASE_URL", "the one of the tests")


def bring(*more: str, basis: str = "1989") -> Result:
    words = ["lists", "import", str(DAMAGED), "--as", "desk", "--sender", "CDC", "--purpose", "other"]
    return CliRunner().invoke(app, [*words, "--issuer", "CDC", "--basis", basis, *more])


class TestLookingForDuplicates:
    def test_says_in_numbers_what_was_found(self, by_hand: None, desk: User) -> None:
        first = json.loads(CliRunner().invoke(app, ["people", "duplicates", "--json"]).stdout)
        assert (first["suspected"], first["new"], first["open"]) == (14, 14, 14) and first["compared"] > 14
        again = json.loads(CliRunner().invoke(app, ["people", "duplicates", "--all", "--json"]).stdout)
        assert (again["compared"], again["new"], again["open"]) == (first["compared"], 0, 14)

    def test_says_it_in_english(self, by_hand: None, desk: User) -> None:
        answer = CliRunner().invoke(app, ["people", "duplicates"])
        assert answer.exit_code == 0 and "14 pairs wait to be decided." in " ".join(answer.stdout.split())


class TestBringingAListIn:
    @pytest.mark.parametrize(("basis", "code"), [("1989", "file.damaged"), (" ", "lists.no_papers")])
    def test_is_refused_in_english_with_the_code(self, by_hand: None, desk: User, basis: str, code: str) -> None:
        answer = bring(basis=basis)
        assert answer.exit_code == 1
        assert f"({code})" in answer.stderr
        assert not re.search(r"[\u3000-\u9fff]", answer.stderr), answer.stderr

    def test_is_refused_for_machines_in_the_same_words(self, by_hand: None, desk: User) -> None:
        error = json.loads(bring("--json").stdout)["error"]
        assert error["code"] == "file.damaged"
        assert error["message"].isascii()


class TestWhatReviewersConfirmed:
    def test_is_written_as_counts(self, by_hand: None, desk: User, tmp_path: Path) -> None:
        ConfirmedPair.objects.create(
            same=True, rules_version="m1", codes=["prior", "name.equal"], decided_date=date(2026, 11, 1)
        )
        ConfirmedPair.objects.create(
            same=False, rules_version="m1", codes=["prior", "name.shape"], decided_date=date(2026, 11, 9)
        )
        target = tmp_path / "confirmed.json"
        answer = CliRunner().invoke(app, ["match", "confirmed", "--out", str(target)])
        assert answer.exit_code == 0 and "1 pairs confirmed as the same, 1 as different" in answer.stdout
        written = json.loads(target.read_text(encoding="utf-8"))
        assert written["form"] == "lianfang.confirmed/1"
        assert written["versions"]["m1"]["same"] == {
            "pairs": 1,
            "codes": {"name.equal": 1},
            "together": {"name.equal": 1},
        }
        later = ["match", "confirmed", "--out", str(target), "--since", "2026-11-05", "--json"]
        said = json.loads(CliRunner().invoke(app, later).stdout)
        assert (said["same"], said["different"]) == (0, 1)
