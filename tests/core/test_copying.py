"""Rows brought in by COPY come out as they went in, whatever a stranger wrote into a cell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lianfang.core.bulk import copy_rows, update_rows
from lianfang.core.people.models import Household, Person
from lianfang.core.work.models import WorkEvent
from lianfang.kernel.uuid7 import uuid7

pytestmark = pytest.mark.django_db

NOW = datetime(2022, 12, 19, 1, 0, tzinfo=UTC)
WRITTEN = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
FACTS = st.dictionaries(WRITTEN, WRITTEN | st.integers() | st.booleans() | st.none() | st.lists(WRITTEN, max_size=2))
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def person(name: str) -> Person:
    household = Household.objects.create(id=uuid7(), path="0001")
    return Person(id=uuid7(), name=name, path="0001", household=household, created_at=NOW)


class TestCopying:
    @given(name=WRITTEN)
    @example(name="\\N")
    @example(name="\\.")
    @example(name="a\tb\nc\rd\\e")
    @example(name="\\t\\n")
    @SETTINGS
    def test_keeps_every_text(self, name: str) -> None:
        made = person(name)
        copy_rows(Person, [made])
        kept = Person.objects.get(id=made.id)
        assert (kept.name, kept.pinyin, kept.created_at) == (name, "", NOW)

    @given(facts=FACTS)
    @SETTINGS
    def test_keeps_every_json_value(self, facts: dict[str, Any]) -> None:
        event = WorkEvent(id=uuid7(), recorded_at=NOW, occurred_at=NOW, item_id=uuid7(), path="", facts=facts)
        copy_rows(WorkEvent, [event])
        assert WorkEvent.objects.get(id=event.id).facts == facts

    @given(name=WRITTEN)
    @example(name="\\N")
    @SETTINGS
    def test_updates_to_the_same_text(self, name: str) -> None:
        made = person("何文斌")
        made.save(force_insert=True)
        made.name = name
        assert update_rows(Person, [made], fields=["name"]) == 1
        assert Person.objects.get(id=made.id).name == name

    @pytest.mark.parametrize("name", ["长" * 61, "a\x00b"])
    def test_raises_the_errors_of_django_for_what_does_not_fit(self, name: str) -> None:
        with pytest.raises(DataError), transaction.atomic():
            copy_rows(Person, [person(name)])

    def test_raises_the_errors_of_django_for_what_is_there_already(self) -> None:
        made = person("何文斌")
        copy_rows(Person, [made])
        with pytest.raises(IntegrityError), transaction.atomic():
            copy_rows(Person, [made])
