"""What does not fit comes out of COPY as the errors Django knows, so that the door can turn it into a refusal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, transaction

from lianfang.core.bulk import copy_rows
from lianfang.core.people.models import Household, Person
from lianfang.kernel.uuid7 import uuid7

pytestmark = pytest.mark.django_db


def person(name: str) -> Person:
    household = Household.objects.create(id=uuid7(), path="0001")
    now = datetime(2022, 12, 19, 1, 0, tzinfo=UTC)
    return Person(id=uuid7(), name=name, path="0001", household=household, created_at=now)


class TestCopying:
    @pytest.mark.parametrize("name", ["长" * 61, "a\x00b"])
    def test_raises_the_errors_of_django_for_what_does_not_fit(self, name: str) -> None:
        with pytest.raises(DataError), transaction.atomic():
            copy_rows(Person, [person(name)])

    def test_raises_the_errors_of_django_for_what_is_there_already(self) -> None:
        made = person("何文斌")
        copy_rows(Person, [made])
        with pytest.raises(IntegrityError), transaction.atomic():
            copy_rows(Person, [made])
