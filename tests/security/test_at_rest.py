"""Whoever steals the database or the folder finds no identity number and no telephone: sealed, or keyed hashes."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from lianfang.capabilities.registry.actions import report_tip
from lianfang.capabilities.screening.deciding import decide_row
from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import Refusal
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry, Receipt
from lianfang.core.lists import storage
from lianfang.core.lists.models import ListRow, SourceList
from lianfang.core.people.actions import correct, register
from lianfang.core.people.models import Dwelling, IdentityDocument, Person, Telephone
from lianfang.core.territory.models import Territory
from lianfang.core.work import actions
from lianfang.core.work.models import WorkItem
from lianfang.jobs.town import Town
from tests.flows.test_first_slice import INBOUND, bring
from tests.security.conftest import elsewhere
from tests.town import LISTS, TOWN

NUMBER = r"(?<![0-9a-zA-Z])(999999(19|20)[0-9]{9}[0-9Xx]|1990[0-9]{7})(?![0-9a-zA-Z])"
"""An identity number or telephone of the invented town, whole."""


def valid_id(body: str) -> str:
    """The seventeen figures with their check character (GB 11643)."""
    total = sum(int(figure) * weight for figure, weight in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3) * 2, strict=False))
    return body + "10X98765432"[total % 11]


def columns() -> Iterator[tuple[str, str, str]]:
    """(table, column, type) of everything in the database that can hold text or bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_schema = 'public' AND data_type IN
            ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY', 'bigint', 'numeric')"""
        )
        yield from cursor.fetchall()


def places_with(pattern: str) -> list[str]:
    """table.column of every place where the pattern stands in the clear."""
    found = []
    with connection.cursor() as cursor:
        for table, column, kind in columns():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {text} ~ %s', [pattern])  # names from the catalogue
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def sentences() -> Iterator[tuple[str, str]]:
    """(table.column, text) of everything readable in the database."""
    with connection.cursor() as cursor:
        for table, column, kind in columns():
            if kind not in ("bytea", "bigint", "numeric"):
                cursor.execute(f'SELECT DISTINCT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
                for (text,) in cursor.fetchall():
                    yield f"{table}.{column}", text


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def day(town_kept: str, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own in which every list has come and a day was worked; a new person's identity number."""
    with django_db_blocker.unblock(), elsewhere(town_kept, "rest"):
        desk = User.objects.get(username="desk")
        town = the_town()
        for path in sorted(set(LISTS.glob("[01]*")) - {INBOUND}):
            bring(path, desk, town, sender=path.stem[:10])
        yield a_day_of_work(desk)


def the_town() -> Town:
    """The town's areas, which is all a list needs of it."""
    return Town(areas={area.code: area for area in Territory.objects.all()}, dwellings={}, people={})


def a_day_of_work(desk: User) -> str:
    """Someone is called, registered, corrected, told about; a doubtful row is decided."""
    number = valid_id("99999919900307001")
    item = WorkItem.objects.filter(assignee__isnull=False, answered_by="grid_worker", state="dispatched").first()
    assert item is not None and item.assignee is not None and item.dwelling_id is not None
    actions.log_call(Command(actor=item.assignee), item_id=item.id, result="reached")
    actions.record(Command(actor=item.assignee), item_id=item.id, outcome="no_control")
    actions.verify(Command(actor=desk), ids=[item.id])
    made = register(
        Command(actor=desk), name="何文斌", dwelling_id=item.dwelling_id, identity=number, phone="19900077777"
    )
    correct(Command(actor=desk), person_id=made["person"], phones="19900077777 19900077778")
    report_tip(Command(actor=desk), text="昨夜回来了", dwelling_id=item.dwelling_id, name="何文彬", phone="19900077779")
    row = ListRow.objects.filter(decision="review").first()
    assert row is not None
    decide_row(Command(actor=desk), row_id=row.id, kind="new")
    return number


@pytest.fixture
def lists() -> list[SourceList]:
    """Every list that came."""
    return list(SourceList.objects.order_by("received_at"))


class TestTheDatabase:
    def test_holds_no_number_in_the_clear(self) -> None:
        assert Person.objects.filter(documents__isnull=False).exists()
        assert places_with(NUMBER) == []

    def test_holds_no_other_document_or_telephone_of_a_list_either(self) -> None:
        known = {text for row in ListRow.objects.all() for text in numbers_of(row.facts)}
        known |= {document.number for document in IdentityDocument.objects.all()}
        known |= {telephone.number for telephone in Telephone.objects.all()}
        assert len(known) > 1000
        found = {
            (place, token)
            for place, text in sentences()
            for token in re.findall(r"[0-9A-Za-z]{7,}", text)
            if token.upper() in known
        }
        assert found == set()

    def test_keeps_every_number_where_its_key_opens_it(self, day: str) -> None:
        assert any(document.number == day for document in IdentityDocument.objects.all())
        with (TOWN / "people.csv").open(encoding="utf-8-sig") as file:
            first = next(csv.DictReader(file))
        person = Person.objects.get(name=first["name"], birth_date=first["birth"])
        assert [document.number for document in person.documents.all()] == [first["id_no"]]

    def test_writes_of_the_day_into_the_log_without_names_or_numbers(self) -> None:
        names = set(Person.objects.values_list("name", flat=True)) | set(
            User.objects.values_list("display_name", flat=True)
        )
        texts = [str(facts) for facts in AuditEntry.objects.values_list("facts", flat=True)]
        texts += [str(answer) for answer in Receipt.objects.values_list("answer", flat=True)]
        assert len(texts) > 50
        said = "\n".join(texts)
        assert [name for name in names if len(name) > 1 and name in said] == []
        assert re.search(r"\d{11}", re.sub(r"[0-9a-f-]{36}", "", said)) is None
        journal.seal_pending(now=timezone.now())
        assert list(journal.verify()) == []


def numbers_of(facts: dict[str, object]) -> Iterator[str]:
    identity = str(facts.get("identity") or "").upper()
    if len(identity) >= 7:
        yield identity
    phones = facts.get("phones")
    for phone in phones if isinstance(phones, list) else ():
        yield str(phone)


class TestTheFolder:
    def test_holds_every_list_and_no_number_in_the_clear(self, lists: list[SourceList]) -> None:
        pattern = re.compile(NUMBER.encode())
        wide = re.compile(NUMBER.replace("(?<![0-9a-zA-Z])", "").replace("(?![0-9a-zA-Z])", "").encode())
        ours = [path for one in lists for path in Path(settings.LIST_FOLDER).glob(f"{one.id}*")]
        assert len(ours) >= len(lists)
        for path in ours:
            content = path.read_bytes()
            assert not pattern.search(content)
            assert not wide.search(content.replace(b"\x00", b""))
            assert path.stat().st_mode & 0o077 == 0

    def test_gives_every_file_back_as_it_came(self, lists: list[SourceList]) -> None:
        for one in lists:
            path = next(LISTS.glob(one.filename))
            assert storage.content(one.id) == path.read_bytes()

    def test_never_writes_over_a_file_under_the_same_id(self, lists: list[SourceList]) -> None:
        before = storage.content(lists[0].id)
        storage.keep(lists[0].id, before)
        with pytest.raises(storage.AlreadyKept) as refused:
            storage.keep(lists[0].id, b"something else")
        assert refused.value.code == "lists.already_kept"
        assert storage.content(lists[0].id) == before


class TestWhatAKilledProcessLeftBehind:
    def test_is_swept_once_nobody_can_need_it(
        self, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("django.conf.settings.CLEAR_FOLDER", tmp_path / "clear")
        monkeypatch.setattr("django.conf.settings.LIST_FOLDER", tmp_path / "lists")
        left = tmp_path / "clear" / "lianfang-list-x" / "original.xlsx"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"x")
        half = tmp_path / "lists" / "a.file.part"
        half.parent.mkdir()
        half.write_bytes(b"x")
        kept = tmp_path / "lists" / "a.file"
        kept.write_bytes(b"x")
        assert storage.sweep(now=now) == 0
        assert storage.sweep(now=now + timedelta(seconds=storage.LEFT_BEHIND_SECONDS + 60)) == 2
        assert not left.exists() and not half.exists() and kept.exists()

    def test_lies_in_a_private_folder_of_ours(self) -> None:
        import tempfile

        assert tempfile.gettempdir() == str(settings.CLEAR_FOLDER) == settings.FILE_UPLOAD_TEMP_DIR
        assert Path(settings.CLEAR_FOLDER).stat().st_mode & 0o077 == 0


class TestTheProcessLog:
    def test_names_nobody(self, caplog: pytest.LogCaptureFixture) -> None:
        desk = User.objects.get(username="desk")
        with caplog.at_level(logging.DEBUG):
            assert bring(INBOUND, desk, the_town()).state == "dispatched"
            with pytest.raises(Refusal):
                register(
                    Command(actor=desk),
                    name="何文斌",
                    dwelling_id=Dwelling.objects.visible_to(desk)[0].id,
                    identity="999999199003070013",
                )
        said = "\n".join(record.getMessage() for record in caplog.records)
        assert re.search(NUMBER, said) is None
        assert "何文斌" not in said
