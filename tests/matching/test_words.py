"""Reasons as people speak, for pages and for the command line alike."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lianfang.jobs.catalogue import compile_all
from lianfang.matching import words
from lianfang.matching.parts import are_weighed, chance_of, codes_of, parts_from, total_of
from lianfang.matching.words import field_standing, sentence_of, standing_of, word_of

PACKAGE = Path(words.__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def catalogue() -> None:
    """The catalogue as it is in a wheel: compiled."""
    compile_all(PACKAGE)


class TestReasons:
    def test_are_said_as_staff_say_them(self) -> None:
        said = sentence_of(["name.homophone", "contact.phone+door"], missing=["id"], say=words.chinese())
        assert said == "姓名同音不同字；手机号一致、门牌一致；无证件号"

    def test_are_read_in_chinese_without_any_settings(self) -> None:
        program = (
            "import sys; from lianfang.matching.words import chinese, word_of;"
            "print(word_of('name.homophone', chinese())); assert 'django' not in sys.modules"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={
            "PYTHONPATH": str(PACKAGE.parent), "PYTHONIOENCODING": "utf-8",
        })  # fmt: skip
        assert done.stdout.strip() == "姓名同音不同字"

    def test_all_have_their_chinese(self) -> None:
        say = words.chinese()
        every = [*words.WORDS.values(), *words.CONTACT.values()]
        assert [word.text for word in every if say(word.text) == word.text] == []

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("id.mask.4", "the shown digits of the document number fit"),
            ("contact.family+door_differs", "telephone of the same family, doors differ"),
            ("contact.phone+door.village", "same telephone, same door"),
            ("phone.slip", "telephones differ by a slip of the pen"),
            ("never.heard.of", "never.heard.of"),
        ],
    )
    def test_need_no_line_for_every_detail(self, code: str, said: str) -> None:
        assert word_of(code) == said

    def test_leave_out_what_tells_next_to_nothing(self) -> None:
        assert sentence_of(["name.equal", "sex.equal"]) == "same name"

    def test_say_the_same_thing_once(self) -> None:
        assert sentence_of(["name.shape", "name.shape?"]) == "one character of the name differs"


class TestStandings:
    @pytest.mark.parametrize(
        ("codes", "field", "standing"),
        [
            (["name.equal", "contact.family+door_differs"], "door", "clashes"),
            (["name.equal", "contact.family+door_differs"], "phone", "nearly"),
            (["contact.differs"], "door", "clashes"),
            (["contact.phone"], "door", ""),
            (["phone.equal", "door.like"], "door", "nearly"),
            (["id.name_differs", "id.equal"], "id", "agrees"),
            (["rare"], "name", ""),
        ],
    )
    def test_are_told_field_by_field(self, codes: list[str], field: str, standing: str) -> None:
        assert field_standing(codes, field) == standing

    def test_of_joined_comparisons_are_the_worst(self) -> None:
        assert standing_of("contact.phone+door_differs") == "clashes"


class TestParts:
    def test_are_read_in_the_old_shape_and_in_the_new(self) -> None:
        old, new = parts_from(["name.equal", "phone.equal"]), parts_from([["prior", -10.0], ["name.equal", 8]])
        assert codes_of(old) == ["name.equal", "phone.equal"] and not are_weighed(old)
        assert codes_of(new) == ["name.equal"] and are_weighed(new)

    def test_add_up_to_the_chance(self) -> None:
        assert total_of(parts_from([["prior", -10.0], ["name.equal", 13.0]])) == 3.0
        assert chance_of(3.0) == pytest.approx(8 / 9)
        assert chance_of(0.0) == 0.5 and 0 <= chance_of(-5000) < chance_of(5000) <= 1

    def test_call_a_name_that_speaks_against_a_common_one(self) -> None:
        assert codes_of([("rare", 2.0), ("rare", -2.0)]) == ["rare", "rare.common"]
