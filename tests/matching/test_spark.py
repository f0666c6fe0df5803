"""The engine on Spark decides every row as the engine on one machine does, and says so in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
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
        yield session


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
def wanted(store: Store, rows: pa.Table) -> Matched:
    """The answers of the engine on one machine."""
    return match(store, rows, model.shipped())


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


@pytest.fixture(scope="module")
def found(spread: Spread, rows: pa.Table) -> pa.Table:
    """The answers of the engine on Spark, decided in several buckets."""
    from lianfang.matching.spark.match import decide

    return decide(spread[1], rows, model.shipped(), bucket=500)


def test_places_are_learned_in_parts(spread: Spread, store: Store) -> None:
    assert spread[0] == store.places


def test_what_is_common_is_counted_in_parts(spread: Spread, store: Store) -> None:
    assert spread[1].rarity == store.rarity


def test_every_row_is_decided_alike(found: pa.Table, wanted: Matched, rows: pa.Table) -> None:
    answers = wanted.answers()
    assert found["key"].to_pylist() == rows["key"].to_pylist()
    for column in ("key", "decision", "person"):
        assert found[column].to_pylist() == answers[column].to_pylist(), column
    assert found["score"].to_pylist() == pytest.approx(answers["score"].to_pylist(), abs=1e-9)
    assert {"same", "review", "new"} == set(found["decision"].to_pylist())


def test_the_reasons_are_alike(found: pa.Table, wanted: Matched) -> None:
    assert found["reason"].to_pylist() == [wanted.reason_of(row) for row in range(found.num_rows)]
    told = zip(found["codes"].to_pylist(), found["bits"].to_pylist(), strict=True)
    for (codes, bits), best in zip(told, wanted.decided.best.tolist(), strict=True):
        why = wanted.why(best) if best >= 0 else None
        assert codes == (why and [code for code, _ in why])
        assert bits == (why and pytest.approx([weight for _, weight in why], abs=1e-9))


def test_the_same_people_may_be_on_the_list(found: pa.Table, wanted: Matched) -> None:
    """Who is missing is whoever is not among them."""
    assert {person for seen in found["seen"].to_pylist() for person in seen} == set(wanted.seen().tolist())


def test_a_list_without_rows_or_a_ledger_without_people(spark: SparkSession, raw: pa.Table, rows: pa.Table) -> None:
    from lianfang.matching.spark.match import match_on_spark

    given = {"places": Places(()), "model": model.shipped(), "today": TODAY}
    nobody = match_on_spark(spark, [raw.slice(0, 0)], rows.slice(0, 5), **given)
    assert nobody["decision"].to_pylist() == ["new"] * 5
    assert nobody["codes"].null_count == 5


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
