"""What the numbers of the model are learned from, and that they are used."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bench.matching.generate import write_all
from lianfang.jobs.training import Lesson, train
from lianfang.jobs.trouble import Trouble
from lianfang.matching.comparing import NAME
from lianfang.matching.confirmed import add_confirmed
from lianfang.matching.kinds import ID_KIND, NAME_KIND
from lianfang.matching.model import SHAPES, Model, shipped
from lianfang.matching.training import Counts, learn

DAY = date(2026, 11, 28)
FULL, MASKED = NAME_KIND.index("full"), NAME_KIND.index("masked")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lesson")
    write_all(folder, people=3000, rows=1500, seed=5)
    return folder


def quiet(*_: object) -> None:
    pass


def test_shares_of_the_shipped_numbers_are_shares() -> None:
    for table in SHAPES:
        assert (shipped()[table] > 0).all()
        assert (shipped()[table] < 1).all() or table == "id"
    assert (shipped()["name"].sum(axis=1) < 1.01).all()


def test_numbers_are_written_and_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    shipped().save(path)
    again = Model.load(path)
    assert again.name == shipped().name
    for table in SHAPES:
        assert np.allclose(again[table], shipped()[table], rtol=1e-3)
    path.write_text(json.dumps({"version": "x", "tables": {}, "learned_from": {}}), encoding="utf-8")
    with pytest.raises(ValueError, match="not the numbers of this model"):
        Model.load(path)


def test_learned_from_rows_that_a_number_proves(files: Path) -> None:
    lesson = Lesson(files / "ledger.csv", [files / "list.csv"])
    model, told = train([lesson], confirmed=None, version="t", today=DAY, progress=quiet)
    assert 700 < told["proven"] < 1100
    name, home = model["name"][FULL], model["name_at_home"][FULL]
    assert name[NAME.index("equal")] > 0.85 > 0.05 > home[NAME.index("equal")]
    assert name[NAME.index("homophone")] > 10 * home[NAME.index("homophone")]
    assert home[NAME.index("surname")] > 0.1 > name[NAME.index("surname")]


def test_too_few_rows_teach_nothing(files: Path, tmp_path: Path) -> None:
    lines = (files / "list.csv").read_text(encoding="utf-8-sig").splitlines()[:200]
    (tmp_path / "few.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    with pytest.raises(Trouble) as refused:
        lesson = Lesson(files / "ledger.csv", [tmp_path / "few.csv"])
        train([lesson], confirmed=None, version="t", today=DAY, progress=quiet)
    assert refused.value.code == "train.too_few"


def told(same: dict[str, int], different: dict[str, int]) -> dict[str, object]:
    return {"versions": {"1.x": {"same": {"together": same}, "different": {"together": different}}}}


def test_what_people_confirmed_moves_the_numbers() -> None:
    before, counts = learn(Counts(), version="a", learned_from={}), Counts()
    said = told({"name.masked id.slip2 contact.phone+door": 400}, {"name.shape contact.family+door": 30})
    assert add_confirmed(counts, said) == (400, 30)
    after = learn(counts, version="b", learned_from={})
    damaged = ID_KIND.index("damaged")
    slip2 = SHAPES["id"][1].index("slip2")
    assert after["id"][damaged, slip2] > 5 * before["id"][damaged, slip2]
    assert after["name"][MASKED, NAME.index("masked")] > before["name"][MASKED, NAME.index("masked")]
    assert after["name_at_home"][FULL, NAME.index("shape")] > 0.5


def test_strangers_and_unknown_codes_teach_nothing_of_relatives() -> None:
    counts = Counts()
    add_confirmed(counts, told({}, {"name.shape contact.compound": 30, "name.of_yesterday": 5}))
    assert counts.tables["name_at_home"].sum() == 0
