"""`lianfang reconcile` on plain files: the answer, the kept ledger, who is missing, and what is said of bad files."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from bench.matching.generate import write_all
from bench.matching.score import read_answers, read_truth, score
from lianfang.jobs.reconciling import Counts, Task, model_from, reconcile
from lianfang.jobs.trouble import Trouble
from lianfang.matching.model import shipped

from .conftest import LISTS, TOWN

DAY = date(2026, 11, 28)
SPRING = date(2022, 4, 6)
ADDED = ["sheet", "row", "part", "decision", "ledger_row", "score", "reasons"]


def run(ledger: Path, listed: Path, out: Path, today: date = DAY, **more: Path | str | None) -> Counts:
    return reconcile(Task(ledger, listed, out, today, **more), progress=lambda *_: None)  # type: ignore[arg-type]


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of 4,000 and lists of 1,200 rows, with the truth."""
    folder = tmp_path_factory.mktemp("town")
    write_all(folder, people=4000, rows=1200, seed=6)
    return folder


@pytest.mark.parametrize(("name", "found", "looked_at"), [("list", 0.99, 0.02), ("hard", 0.92, 0.10)])
def test_finds_the_right_people(town: Path, tmp_path: Path, name: str, found: float, looked_at: float) -> None:
    out = tmp_path / "out.csv"
    counts = run(town / "ledger.csv", town / f"{name}.csv", out, missing=tmp_path / "missing.csv")
    truth = read_truth(town / f"{name}_truth.csv")
    scores = score(truth, read_answers(out))
    assert scores.wrong_same == 0
    assert scores.recall_with_review > found
    assert scores.review < looked_at
    assert sum(counts.decisions.values()) == counts.rows == 1200
    listed = {row for one in truth.values() for row in one.right}
    missing = {int(line["row"]) for line in lines(tmp_path / "missing.csv")}
    assert len(missing) == counts.missing
    if name == "list":
        assert len(listed & missing) <= 0.01 * len(listed)
    named = {int(line["ledger_row"]) for line in lines(out) if line["decision"] in ("same", "review")}
    assert not named & missing


def test_the_answer_keeps_the_lists_own_columns(town: Path, tmp_path: Path) -> None:
    run(town / "ledger.csv", town / "list.csv", tmp_path / "out.csv")
    own, answers = lines(town / "list.csv"), lines(tmp_path / "out.csv")
    assert list(answers[0])[-7:] == ADDED
    # What a spreadsheet would evaluate comes back with a quotation mark before it.
    for answer, line in zip(answers, own, strict=True):
        kept = zip(list(answer.values())[:-7], line.values(), strict=True)
        assert all(cell in (written, f"'{written}") or f"'{cell}" == written for cell, written in kept)
    for line in answers:
        assert bool(line["ledger_row"]) == (line["decision"] != "new")
        assert 0 <= float(line["score"]) <= 1
        assert (line["decision"] == "new") == ("台账中没有相符的人" in line["reasons"])
        assert line["decision"] != "same" or "一致" in line["reasons"] or "符" in line["reasons"]


def test_a_kept_ledger_is_used_until_the_ledger_changes(town: Path, tmp_path: Path) -> None:
    ledger, state = tmp_path / "ledger.csv", tmp_path / "kept.duckdb"
    ledger.write_bytes((town / "ledger.csv").read_bytes())
    first = run(ledger, town / "list.csv", tmp_path / "one.csv", state=state)
    again = run(ledger, town / "list.csv", tmp_path / "two.csv", state=state)
    assert (first.kept, again.kept) == (False, True)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    with ledger.open("a", encoding="utf-8", newline="") as more:
        more.write(ledger.read_text(encoding="utf-8-sig").splitlines()[1] + "\r\n")
    assert not run(ledger, town / "list.csv", tmp_path / "three.csv", state=state).kept
    assert run(ledger, town / "list.csv", tmp_path / "four.csv", state=state).ledger == first.ledger + 1
    assert state.stat().st_mode & 0o077 == 0


def test_a_family_in_one_cell_is_as_many_answers(tmp_path: Path) -> None:
    path = next(LISTS.glob("06_*.xlsx"))
    counts = run(TOWN / "people.csv", path, tmp_path / "out.csv", SPRING)
    answers = lines(tmp_path / "out.csv")
    assert counts.rows == len(answers) == 123
    assert len({(line["sheet"], line["row"]) for line in answers}) == 98
    assert {line["part"] for line in answers if line["row"] == answers[0]["row"]} >= {"1"}
    assert max(int(line["part"]) for line in answers) > 1


def test_telephones_and_surnames_alone_are_for_a_person_to_decide(tmp_path: Path) -> None:
    path = next(LISTS.glob("04_*.xlsx"))
    counts = run(TOWN / "people.csv", path, tmp_path / "out.csv", SPRING)
    assert counts.decisions["same"] == 0
    assert counts.decisions["review"] > 100


def test_what_cannot_be_done_is_said(town: Path, tmp_path: Path) -> None:
    for task, code in (
        ((town / "gone.csv", town / "list.csv", tmp_path / "out.csv"), "reconcile.no_file"),
        ((town / "ledger.csv", town / "gone.csv", tmp_path / "out.csv"), "reconcile.no_file"),
        ((town / "ledger.csv", town / "list.csv", tmp_path / "out.pdf"), "reconcile.format"),
    ):
        with pytest.raises(Trouble) as refused:
            run(*task)
        assert refused.value.code == code
    assert not (tmp_path / "out.csv").exists()
    precious = tmp_path / "precious.xlsx"
    precious.write_bytes(b"somebody's work")
    for out, state, code in (
        (town / "list.csv", None, "reconcile.same_file"),
        (tmp_path / "out.csv", town / "ledger.csv", "reconcile.same_file"),
        (tmp_path / "out.csv", precious, "reconcile.state"),
    ):
        with pytest.raises(Trouble) as refused:
            run(town / "ledger.csv", town / "list.csv", out, state=state)
        assert refused.value.code == code
    assert precious.read_bytes() == b"somebody's work"
    (tmp_path / "numbers.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Trouble) as refused:
        model_from(tmp_path / "numbers.json")
    assert refused.value.code == "reconcile.model"
    assert model_from(None).name == shipped().name
