"""The engine on Spark decides every row as the engine on one machine does, and says so in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.matching.generate import ledger as generated_ledger
from bench.matching.generate import listed
from lianfang.matching import model
from lianfang.matching.engine import Matched, match
from lianfang.matching.features import features
from lianfang.matching.home import with_home_of
from lianfang.matching.people import one_person_per_row
from lianfang.matching.places import Places
from lianfang.matching.spark import session as sessions
from lianfang.matching.store import Store, build

from .conftest import raw_table
from .test_engine import LOOK, NEW, PEOPLE, SAME, person

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lianfang.matching.spark.ledger import SparkLedger

    Spread = tuple[Places, SparkLedger]

TODAY = date(2026, 11, 28)
LEDGER = {"name": 1, "sex": 2, "id_kind": 3, "id": 4, "birth_date": 5, "phone": 6, "community": 8, "compound": 9,
          "building": 10, "unit": 11, "room": 12}  # fmt: skip
LIST = {"name": 1, "sex": 2, "id": 3, "birth_date": 4, "phone": 5, "address": 6}


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One session for all tests; its Java ends with it."""
    with sessions.running() as session:
        java = session.sparkContext._gateway.proc
        yield session
    assert java.poll() is not None


def cells(rows: Iterator[tuple[str, ...]], columns: dict[str, int]) -> pa.Table:
    found = list(rows)
    return pa.table({name: pa.array([row[at] for row in found], pa.string()) for name, at in columns.items()})


GENERATED = generated_ledger(3_000, 5)
CROWD = [person("周杰", "19900101", 900, "19905550000", room=None, id=None) for _ in range(90)]
STORIES = [*SAME.values(), *LOOK.values(), *NEW.values(), {"name": "周杰", "phone": "19905550000"}, {"name": None}]
"""Among them one whose key too many share, and one that has none."""


@pytest.fixture(scope="module")
def raw() -> pa.Table:
    """A ledger of 3,000 invented people, those the stories tell of, and a crowd on one telephone."""
    both = (cells(GENERATED.rows(), LEDGER), raw_table([*PEOPLE, *CROWD]))
    return pa.concat_tables(both, promote_options="default")


@pytest.fixture(scope="module")
def store(raw: pa.Table) -> Store:
    places = Places.learned(raw)
    return build([features(raw, today=TODAY, places=places)], places, mark="generated")


@pytest.fixture(scope="module")
def rows(store: Store) -> pa.Table:
    """800 rows of a normal list, as many of a hard one, and the stories."""
    given = [cells(listed(GENERATED, 800, 5, kind).cells(), LIST) for kind in ("normal", "hard")]
    given.append(raw_table(STORIES))
    everybody = one_person_per_row(pa.concat_tables(given, promote_options="default"))
    return features(everybody, today=TODAY, places=with_home_of(store.places, everybody))


@pytest.fixture(scope="module")
def spread(spark: SparkSession, raw: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spread]:
    """The ledger in several parts, and the places learned from them."""
    from lianfang.matching.spark.ledger import learned_places, prepare, raw_ledger

    batches = [raw.slice(start, 800) for start in range(0, raw.num_rows, 800)]
    frame = raw_ledger(spark, batches, tmp_path_factory.mktemp("ledger"))
    places = learned_places(frame)
    ledger = prepare(frame, places, today=TODAY)
    yield places, ledger
    ledger.close()


def test_answers_are_those_of_one_machine(
    subtests: pytest.Subtests, spread: Spread, rows: pa.Table, store: Store, tmp_path: Path
) -> None:
    """One test, so that tests that run side by side do not start Spark twice."""
    from lianfang.matching.spark.match import decide

    found = decide(spread[1], rows, model.shipped(), bucket=500)
    spark = spread[1].people.sparkSession
    wanted = match(store, rows, model.shipped())
    with subtests.test("places are learned in parts"):
        assert spread[0] == store.places
    with subtests.test("what is common is counted in parts"):
        assert spread[1].rarity == store.rarity
    with subtests.test("every row is decided alike"):
        answers = wanted.answers()
        assert found["key"].to_pylist() == rows["key"].to_pylist()
        for column in ("key", "decision", "person"):
            assert found[column].to_pylist() == answers[column].to_pylist(), column
        assert found["score"].to_pylist() == pytest.approx(answers["score"].to_pylist(), abs=1e-9)
        assert {"same", "review", "new"} == set(found["decision"].to_pylist())
    with subtests.test("the reasons are alike"):
        assert_same_reasons(found, wanted)
    with subtests.test("the same people may be on the list, and all others are missing"):
        may_be = wanted.pairs.person[wanted.seen_pairs()].tolist()
        assert {who for seen in found["seen"].to_pylist() for who in seen} == set(may_be)
    with subtests.test("a ledger of nobody, given as parquet"):
        ledger_of_nobody(spark, rows, tmp_path)
    with subtests.test("rows without a number are refused"):
        rows_without_a_number(spark, tmp_path)


def assert_same_reasons(found: pa.Table, wanted: Matched) -> None:
    assert found["reason"].to_pylist() == [wanted.reason_of(row) for row in range(found.num_rows)]
    told = zip(found["codes"].to_pylist(), found["bits"].to_pylist(), strict=True)
    for (codes, bits), best in zip(told, wanted.decided.best.tolist(), strict=True):
        why = wanted.why(best) if best >= 0 else None
        assert codes == (why and [code for code, _ in why])
        assert bits == (why and pytest.approx([weight for _, weight in why], abs=1e-9))


def ledger_of_nobody(spark: SparkSession, rows: pa.Table, folder: Path) -> None:
    """Every row is new, and a column of the files that is none of ours is passed over."""
    from lianfang.matching.spark.match import match_on_spark

    columns = {"key": pa.array([], pa.int64()), "name": pa.array([], pa.string()), "remark": pa.array([], pa.string())}
    pq.write_table(pa.table(columns), folder / "ledger.parquet")
    given = {"places": Places(()), "model": model.shipped(), "today": TODAY}
    nobody = match_on_spark(spark, folder / "ledger.parquet", rows.slice(0, 5), **given)
    assert nobody["decision"].to_pylist() == ["new"] * 5
    assert nobody["codes"].null_count == 5


def rows_without_a_number(spark: SparkSession, folder: Path) -> None:
    """They cannot be named in an answer."""
    from lianfang.matching.spark.ledger import raw_ledger

    pq.write_table(pa.table({"name": ["张建国"]}), folder / "unnumbered.parquet")
    with pytest.raises(sessions.NoSpark) as refused:
        raw_ledger(spark, folder / "unnumbered.parquet", folder)
    assert refused.value.code == "spark.no_key"


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(sessions.NoSpark, match="openjdk-17-jre-headless") as none:
        sessions.require()
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    with pytest.raises(sessions.NoSpark, match="Java 11") as old:
        sessions.require()
    monkeypatch.setattr(sessions, "find_spec", lambda name: None)
    with pytest.raises(sessions.NoSpark, match="pip install") as missing:
        sessions.require()
    assert [one.value.code for one in (none, old, missing)] == ["spark.no_java", "spark.old_java", "spark.missing"]
