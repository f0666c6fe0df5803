"""The reference says what the code does: made anew, it is what is committed."""

from __future__ import annotations

import inspect
import tomllib
from pathlib import Path

import pytest

from lianfang.core.access.roles import ALL_PERMISSIONS
from lianfang.core.actions.door import ACTIONS
from lianfang.core.actions.refusals import SENTENCES
from lianfang.core.metrics.registry import METRICS
from lianfang.jobs import reference, reference_code, reference_words

AGAIN = "run: PYTHONPATH=src .venv/bin/python -m lianfang.jobs.reference"


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Everything that declares something is loaded."""
    reference.load()


class TestTheReference:
    def test_is_as_the_code_says(self, tmp_path: Path) -> None:
        reference.write(tmp_path)
        made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
        kept = {path.name: path.read_text(encoding="utf-8") for path in reference.FOLDER.glob("*.md")}
        kept.pop("performance.md", None)  # measured by `make bench`, not read from the code
        kept.pop("door-events.md", None)  # what devices send is told in prose
        stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
        assert stale == [], AGAIN

    def test_writes_nothing_the_second_time(self, tmp_path: Path) -> None:
        assert reference.write(tmp_path)
        assert reference.write(tmp_path) == []

    def test_removes_pages_that_are_no_longer_made(self, tmp_path: Path) -> None:
        (tmp_path / "old.md").write_text(f"{reference.NOTICE}\n\n# Old\n", encoding="utf-8")
        (tmp_path / "measured.md").write_text("# Measured by something else\n", encoding="utf-8")
        assert "old.md" in reference.write(tmp_path)
        assert [(tmp_path / name).exists() for name in ("old.md", "measured.md")] == [False, True]


class TestEveryAction:
    def test_says_what_it_does(self) -> None:
        silent = [code for code, door in ACTIONS.items() if not inspect.unwrap(door).__doc__]
        assert silent == []

    def test_asks_for_a_known_permission(self) -> None:
        asked = {code: reference_code.permissions_of(inspect.unwrap(door)) for code, door in ACTIONS.items()}
        assert [code for code, found in asked.items() if not found] == []
        assert set().union(*asked.values()) <= ALL_PERMISSIONS.keys()

    def test_is_found_also_when_it_hands_its_command_on(self) -> None:
        assert reference_code.permissions_of(inspect.unwrap(ACTIONS["work.hand_back"])) == {"work.do"}
        assert reference_code.permissions_of(inspect.unwrap(ACTIONS["lists.receive"])) == {"lists.import"}


class TestEveryRefusal:
    def test_is_a_sentence(self) -> None:
        broken = [
            code for code, text in SENTENCES.items() if not reference.english(text).rstrip().endswith((".", "?", ")s"))
        ]
        assert broken == []


class TestEveryMetric:
    def test_has_its_definition(self) -> None:
        short = [code for code, one in METRICS.items() if len(reference.english(one.definition)) < 20]
        assert short == []


class TestEverySetting:
    def test_is_explained_in_both_languages(self) -> None:
        texts = tomllib.loads(reference_words.SETTINGS_TEXTS.read_text(encoding="utf-8"))
        assert texts.keys() == reference_words.variables().keys()
        assert [name for name, text in texts.items() if not (text.get("en") and text.get("zh"))] == []
