"""What must be forgotten is written down: every column of every table with personal data has its rule."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from lianfang.jobs.reference_words import RETENTION


@pytest.fixture(scope="module")
def rules() -> dict[str, Any]:
    return tomllib.loads(RETENTION.read_text(encoding="utf-8"))


def ours() -> dict[str, type[models.Model]]:
    """Our tables by label."""
    return {m._meta.label: m for m in apps.get_models() if m.__module__.startswith("lianfang.")}


class TestTheRetentionTable:
    def test_names_every_table_once(self, rules: dict[str, Any]) -> None:
        assert sorted([*rules["model"], *rules["without"]]) == sorted(ours())

    def test_names_every_column_of_a_table_with_personal_data(self, rules: dict[str, Any]) -> None:
        held = {label: {f.column for f in model._meta.concrete_fields} for label, model in ours().items()}
        wrong = {
            label: sorted(held.get(label, set()) ^ set(listed))
            for label, listed in rules["model"].items()
            if held.get(label) != set(listed)
        }
        assert wrong == {}

    def test_knows_every_category(self, rules: dict[str, Any]) -> None:
        used = {category for listed in rules["model"].values() for category in listed.values()}
        assert used <= rules["category"].keys()
        assert all(one["what"] and one["retention"] and one["shred"] for one in rules["category"].values())

    def test_calls_no_text_or_sealed_value_mere_bookkeeping_without_a_reason(self, rules: dict[str, Any]) -> None:
        hidden = [
            f"{label}.{column}"
            for label, listed in rules["model"].items()
            for column, category in listed.items()
            if category in ("control", "reference") and column.endswith(("_sealed", "name", "note", "phone"))
        ]
        assert hidden == []

    def test_does_not_claim_that_anything_is_removed_by_itself(self, rules: dict[str, Any]) -> None:
        assert "Nothing is removed by itself" in RETENTION.read_text(encoding="utf-8")
        texts = [one["shred"] for one in [*rules["category"].values(), *rules["place"]]]
        assert [text for text in texts if "automatic" in text] == []
