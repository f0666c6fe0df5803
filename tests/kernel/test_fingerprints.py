"""A fingerprint is equal when two rows say the same of one person, and absent when they could be two people's."""

from __future__ import annotations

from typing import Any

import pytest

from lianfang.kernel.fingerprints import fingerprint
from lianfang.kernel.rowfacts import RowFacts

DOOR = "999999001001X01|b5|u2|r301"
BUILDING = "999999001001X01|b5"


def row(**facts: Any) -> RowFacts:
    return RowFacts(sheet="", data_row=1, sheet_row=2, **facts)


class TestFingerprint:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"name": "張偉", "phones": ("19900000001",)}, {"name": "张伟", "phones": ("19900000001",)}),
            (
                {"name": "张伟", "phones": ("19900000002", "19900000001")},
                {"name": "张伟", "phones": ("19900000001", "19900000002")},
            ),
            (
                {"name": "吐尔逊·热合曼", "phones": ("19900000001",)},
                {"name": "吐尔逊热合曼", "phones": ("19900000001",)},
            ),
            ({"name": "ZHANG WEI", "identity": "E1"}, {"name": "Zhang Wei", "identity": "e1"}),
            ({"name": "张伟", "address": "a"}, {"name": "张伟", "address": "b", "sex": "1"}),
        ],
    )
    def test_is_equal_for_the_same_facts_written_otherwise(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        assert fingerprint(row(**one), DOOR) == fingerprint(row(**other), DOOR) != ""

    @pytest.mark.parametrize(
        "other",
        [
            {"name": "张违", "phones": ("19900000001",)},
            {"name": "张伟", "phones": ("19900000002",)},
            {"name": "张伟"},
            {"name_masked": "张*", "phones": ("19900000001",), "identity_masked": "999999********0016"},
            {"name": "张伟", "phones": ("19900000001",), "identity": "999999199001010016"},
        ],
    )
    def test_differs_when_anything_does(self, other: dict[str, Any]) -> None:
        assert fingerprint(row(**other), DOOR) != fingerprint(row(name="张伟", phones=("19900000001",)), DOOR)

    def test_differs_with_the_door(self) -> None:
        assert fingerprint(row(name="张伟"), DOOR) != fingerprint(row(name="张伟"), DOOR.replace("r301", "r302"))

    @pytest.mark.parametrize(
        ("facts", "door"),
        [
            ({"name": "张伟"}, ""),
            ({"name": "张伟"}, BUILDING),
            ({"name": "张", "surname_only": True, "phones": ("19900000001",)}, DOOR),
            ({"name_masked": "张*", "phones": ("19900000001",)}, DOOR),
            ({"phones": ("19900000001",)}, DOOR),
            ({"identity": "999999199001010010"}, DOOR),
            ({"identity_masked": "999999********0016"}, DOOR),
        ],
    )
    def test_is_absent_when_it_could_be_two_people(self, facts: dict[str, Any], door: str) -> None:
        assert fingerprint(row(**facts), door) == ""

    def test_is_there_for_a_valid_number_alone(self) -> None:
        assert fingerprint(row(identity="999999199001010016", identity_valid=True), "")
