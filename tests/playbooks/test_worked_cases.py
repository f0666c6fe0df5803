"""The engine agrees with cases ruled on by hand."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lianfang.core.measures.models import FactKind
from lianfang.playbooks.rules import CATEGORY_OF, rule, ruling_from, terms_of
from lianfang.playbooks.schema import CATEGORIES
from lianfang.playbooks.shelf import edition
from tests.playbooks.reading_cases import case, due_of, noon, stages_of

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "worked_cases.toml").read_text(encoding="utf-8"))[
    "case"
]


class TestTheEngine:
    @pytest.mark.parametrize("row", CASES, ids=[row["name"] for row in CASES])
    def test_rules_as_by_hand(self, row: dict[str, Any]) -> None:
        # A running case is not moved by when somebody asks about it.
        for later in (40, 400):
            ruling = rule(case(row), edition(row["edition"]), now=noon(row["placed"] + timedelta(days=later)))
            codes = {reason.code for reason in ruling.reasons}
            assert stages_of(ruling) == row["stages"], row["sum"]
            assert due_of(ruling) == row["tests"], row["sum"]
            assert set(row.get("reasons", ())) <= codes
            assert not set(row.get("absent", ())) & codes
            assert str(ruling.linked_test_date or "") == str(row.get("linked_test", ""))

    @pytest.mark.parametrize("row", CASES, ids=[row["name"] for row in CASES])
    def test_gives_terms_that_can_be_kept_and_read_again(self, row: dict[str, Any]) -> None:
        one = edition(row["edition"])
        ruling = rule(case(row), one, now=noon(row["placed"] + timedelta(days=40)))
        assert ruling_from(json.loads(json.dumps(terms_of(ruling))), one) == ruling

    def test_has_a_category_for_every_kind_of_fact(self) -> None:
        # Two kinds bear on somebody else's clock: living with an isolated person, a new case in the site.
        others = {FactKind.CO_RESIDENCE, FactKind.SITE_CASE}
        assert {kind for kind, _level in CATEGORY_OF} == set(FactKind.values) - others


class TestTheTable:
    def test_is_long_and_explains_every_sum(self) -> None:
        assert len(CASES) >= 60
        assert [row["name"] for row in CASES if len(row["sum"]) < 15] == []

    def test_names_each_case_once(self) -> None:
        assert len({row["name"] for row in CASES}) == len(CASES)

    def test_has_every_edition_and_every_category(self) -> None:
        assert {row["edition"] for row in CASES} == {"8th", "9th", "twenty", "ten", "routine", "drill"}
        ruled = [
            rule(case(row), edition(row["edition"]), now=noon(row["placed"] + timedelta(days=40))) for row in CASES
        ]
        assert {stage.category for ruling in ruled for stage in ruling.stages} == set(CATEGORIES)
