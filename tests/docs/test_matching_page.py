"""The page about matching: sections from the code and measured ones, inside prose that stays."""

from __future__ import annotations

import pytest

from lianfang.jobs import reference_matching
from lianfang.jobs.reference import FOLDER
from lianfang.jobs.sections import filled
from lianfang.matching import model
from lianfang.matching.keys import KEYS

MEASURED = (
    "calibration",
    "accuracy on development seeds",
    "accuracy on held-out seeds",
    "speed",
    "peers",
)
TEXT = "# Page\n\n<!-- begin one: make one -->\nold\n<!-- end one -->\n\nProse.\n"


class TestASection:
    def test_is_replaced_and_all_else_stays(self) -> None:
        made = filled(TEXT, "one", r"new \1")
        assert made == TEXT.replace("old\n", "\nnew \\1\n\n")
        assert filled(made, "one", r"new \1") == made

    @pytest.mark.parametrize("page", ["# Page\n", TEXT + TEXT])
    def test_must_be_there_once(self, page: str) -> None:
        with pytest.raises(KeyError, match="one"):
            filled(page, "one", "new")


class TestThePageAboutMatching:
    def test_has_every_section_once(self) -> None:
        text = (FOLDER / "matching.md").read_text(encoding="utf-8")
        for name in (*reference_matching.SECTIONS, *MEASURED):
            assert filled(text, name, "x") != text

    def test_tells_the_thresholds_as_they_are(self) -> None:
        told = reference_matching.thresholds()
        assert f"| `SAME` | {model.SAME:g} | Probability from which" in told
        assert f"| `MAYBE` | {model.MAYBE:g} |" in told

    def test_says_every_level_in_both_languages(self) -> None:
        told = reference_matching.levels()
        assert "| `homophone` | `name.homophone` | nearly | names sound alike" in told
        assert "姓名同音不同字" in told
        for levels in reference_matching.LEVELS.values():
            assert all(f"| `{level}` |" in told for level in levels)

    def test_names_every_key(self) -> None:
        told = reference_matching.keys_table()
        assert all(f"| `{key.kind}` |" in told for key in KEYS)

    def test_shows_the_shipped_numbers(self) -> None:
        told = reference_matching.numbers()
        assert model.shipped().name in told
        assert all(f"### `{name}`" in told for name in model.SHAPES)
