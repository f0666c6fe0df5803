"""Rows that enter by COPY come out as they went in, whatever is written in them."""

from __future__ import annotations

import hmac
from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from lianfang.core import vault
from lianfang.core.bulk import AnyOf, copy_rows, update_rows
from lianfang.core.lists.models import Sender
from lianfang.core.observations.models import Observation
from lianfang.core.territory.models import Level, Territory
from lianfang.kernel.uuid7 import uuid7

NASTY = [
    "",
    "\\N",
    "\\",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "\\.",
    '{"x"}',
    "a,b",
    "'",
    '"',
    "张\u3000三",
    "😀",
    "NULL",
    "\\x00",
]
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=40)


class TestCopy:
    @pytest.mark.parametrize("text", NASTY)
    def test_keeps_a_nasty_text(self, db: None, text: str) -> None:
        row = Sender(id=uuid7(), name=text)
        copy_rows(Sender, [row])
        assert Sender.objects.get(id=row.id).name == text

    @chosen(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
    @given(st.lists(texts, max_size=3), texts)
    def test_keeps_arrays_and_nulls(self, db: None, aliases: list[str], kind: str) -> None:
        row = Territory(
            id=uuid7(),
            level=Level.COUNTY,
            code=str(uuid7()),
            name="某县",
            aliases=aliases,
            path=uuid7().hex[-20:],
            kind=kind[:30],
            valid_from=date(2022, 4, 6),
        )
        copy_rows(Territory, [row])
        back = Territory.objects.get(id=row.id)
        assert (back.aliases, back.kind, back.valid_to, back.valid_from) == (aliases, kind[:30], None, date(2022, 4, 6))

    @chosen(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
    @given(st.dictionaries(texts, st.one_of(st.none(), st.booleans(), st.integers(-9, 9), texts, st.lists(texts))))
    def test_keeps_json_and_instants(self, db: None, facts: dict[str, object]) -> None:
        now = timezone.now()
        row = Observation(id=uuid7(), recorded_at=now, occurred_at=now, kind="test", path="0001", facts=facts)
        row.recorded_by_id, row.dwelling_id = uuid7(), uuid7()
        copy_rows(Observation, [row])
        back = Observation.objects.get(id=row.id)
        assert (back.facts, back.recorded_at) == (facts, now)


class TestUpdateRows:
    def test_changes_the_named_fields_only(self, db: None) -> None:
        rows = [Sender(id=uuid7(), name=f"甲{number}\t乙") for number in range(3)]
        copy_rows(Sender, rows)
        rows[0].name = "a\\b"
        assert update_rows(Sender, rows[:1], fields=["name"]) == 1
        names = Sender.objects.filter(AnyOf("id", [row.id for row in rows])).values_list("name", flat=True)
        assert set(names) == {"a\\b", "甲1\t乙", "甲2\t乙"}


class TestAnyOf:
    def test_finds_texts_as_written(self, db: None) -> None:
        copy_rows(Sender, [Sender(id=uuid7(), name=text) for text in NASTY])
        for text in NASTY:
            found = Sender.objects.filter(AnyOf("name", [text, "nobody"])).values_list("name", flat=True)
            assert list(found) == [text]

    def test_of_nothing_finds_nothing(self, db: None) -> None:
        assert not Territory.objects.filter(AnyOf("id", [])).exists()
        assert not Territory.objects.filter(AnyOf("parent_id", [])).exists()


class TestABlindKey:
    @given(st.sampled_from(["id", "phone"]), texts)
    def test_is_the_head_of_an_hmac_of_kind_and_value(self, kind: str, value: str) -> None:
        expected = hmac.digest(settings.KEYS.index, kind.encode() + b"\x00" + value.encode(), "sha256")[:8]
        assert vault.blind_key(kind, value) == int.from_bytes(expected, "big", signed=True)
