"""Whoever changes the log in the database is found out: an edit, a deletion, an insertion, a swap, a cut tail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry, AuditSeal
from lianfang.kernel.uuid7 import uuid7

pytestmark = pytest.mark.django_db

MORNING = datetime(2022, 12, 19, 1, 0, tzinfo=UTC)
ACTOR = UUID(int=7)


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> int:
    """Seals of three entries, so that a small log has several."""
    monkeypatch.setattr(journal, "BATCH", 3)
    return 3


@pytest.fixture
def log(batch: int) -> list[AuditEntry]:
    """Eight entries in three seals, and nothing else."""
    return written(8)


def written(count: int, *, sealed: bool = True) -> list[AuditEntry]:
    AuditEntry.objects.all().delete()
    AuditSeal.objects.all().delete()
    entries = []
    for n in range(count):
        at = MORNING + timedelta(minutes=n)
        note = journal.Note(kind="write", code="work.accept", path="0001", subject_id=uuid7(), facts={"n": n})
        entries += journal.write([note], actor_id=ACTOR, at=at, now=at)
    if sealed:
        journal.seal_pending(now=MORNING + timedelta(hours=1))
    return entries


def faults(export: Path | None = None) -> set[str]:
    return {fault.code for fault in journal.verify(export=export)}


def copy_of(entry: AuditEntry, **changes: object) -> AuditEntry:
    """The row as it stands in the database, with some columns changed; not saved."""
    fresh = AuditEntry.objects.get(id=entry.id)
    for name, value in changes.items():
        setattr(fresh, name, value)
    return fresh


EDITS: dict[str, object] = {
    "recorded_at": MORNING - timedelta(seconds=1),
    "occurred_at": MORNING - timedelta(days=1),
    "kind": "look",
    "code": "work.verify",
    "actor_id": UUID(int=8),
    "command_id": UUID(int=9),
    "path": "0002",
    "subject_kind": "person",
    "subject_id": UUID(int=10),
    "facts": {"n": 99},
    "mac": b"\x00" * 32,
    "seal_number": None,
}

SEAL_EDITS: dict[str, object] = {
    "id": UUID(int=11),
    "number": 900,
    "count": 4,
    "root": b"\x01" * 32,
    "previous": b"\x02" * 32,
    "head": b"\x03" * 32,
    "sealed_at": MORNING,
}


class TestTheLog:
    def test_is_whole_as_it_was_written(self, log: list[AuditEntry]) -> None:
        assert AuditSeal.objects.count() == 3
        assert faults() == set()

    def test_names_every_column_of_an_entry_and_of_a_seal_in_these_tests(self) -> None:
        assert set(EDITS) == {field.attname for field in AuditEntry._meta.concrete_fields} - {"id"}
        assert set(SEAL_EDITS) == {field.attname for field in AuditSeal._meta.concrete_fields}

    @pytest.mark.parametrize("column", EDITS)
    def test_shows_an_edit_of_any_column(self, log: list[AuditEntry], column: str) -> None:
        AuditEntry.objects.filter(id=log[4].id).update(**{column: EDITS[column]})
        assert faults()

    @pytest.mark.parametrize("column", SEAL_EDITS)
    def test_shows_an_edit_of_any_column_of_a_seal(self, log: list[AuditEntry], column: str) -> None:
        AuditSeal.objects.filter(number=2).update(**{column: SEAL_EDITS[column]})
        assert faults()

    def test_shows_an_entry_that_got_another_id(self, log: list[AuditEntry]) -> None:
        AuditEntry.objects.filter(id=log[4].id).update(id=uuid7())
        assert faults() == {"audit.entry_changed", "audit.batch_changed"}

    @pytest.mark.parametrize("place", range(8))
    def test_shows_a_deletion(self, log: list[AuditEntry], place: int) -> None:
        AuditEntry.objects.filter(id=log[place].id).delete()
        assert faults() == {"audit.batch_changed"}

    @pytest.mark.parametrize("seal", [None, 2, 4, 10**9])
    def test_shows_an_entry_slipped_in(self, log: list[AuditEntry], seal: int | None) -> None:
        copy_of(log[0], id=uuid7(), subject_id=uuid7(), seal_number=seal).save(force_insert=True)
        assert faults() & {"audit.entry_changed", "audit.entry_astray"}

    def test_shows_a_copy_of_an_entry(self, log: list[AuditEntry]) -> None:
        copy_of(log[0], recorded_at=MORNING + timedelta(days=40)).save(force_insert=True)
        assert "audit.entry_changed" in faults()

    def test_shows_two_entries_that_changed_their_content(self, log: list[AuditEntry]) -> None:
        one, other = log[0], log[1]
        AuditEntry.objects.filter(id=one.id).update(facts=other.facts, mac=other.mac, subject_id=other.subject_id)
        AuditEntry.objects.filter(id=other.id).update(facts=one.facts, mac=one.mac, subject_id=one.subject_id)
        assert "audit.entry_changed" in faults()

    def test_shows_two_entries_that_changed_their_seal(self, log: list[AuditEntry]) -> None:
        AuditEntry.objects.filter(id=log[0].id).update(seal_number=2)
        AuditEntry.objects.filter(id=log[5].id).update(seal_number=1)
        assert faults() == {"audit.batch_changed"}

    def test_shows_a_seal_taken_out_of_the_middle(self, log: list[AuditEntry]) -> None:
        AuditEntry.objects.filter(seal_number=2).delete()
        AuditSeal.objects.filter(number=2).delete()
        assert {"audit.seal_missing", "audit.chain_broken"} <= faults()

    def test_shows_a_seal_taken_off_the_end_without_its_entries(self, log: list[AuditEntry]) -> None:
        AuditSeal.objects.filter(number=3).delete()
        assert faults() == {"audit.entry_astray"}

    def test_shows_a_whole_seal_copied_to_the_end(self, log: list[AuditEntry]) -> None:
        seal = AuditSeal.objects.get(number=3)
        seal.id, seal.number = uuid7(), 4
        seal.save(force_insert=True)
        assert {"audit.chain_broken", "audit.seal_forged", "audit.batch_changed"} <= faults()


class TestTheExportedHeads:
    @pytest.fixture
    def heads(self, tmp_path: Path, batch: int) -> Path:
        written(8, sealed=False)
        export = tmp_path / "audit" / "heads.txt"
        journal.seal_pending(now=MORNING + timedelta(hours=1), export=export)
        return export

    def cut_tail(self) -> None:
        AuditEntry.objects.filter(seal_number=3).delete()
        AuditSeal.objects.filter(number=3).delete()

    def test_show_a_tail_cut_off_without_a_trace(self, heads: Path) -> None:
        self.cut_tail()
        assert faults() == set()
        assert faults(heads) == {"audit.tail_cut"}

    def test_show_a_tail_that_was_cut_off_and_written_anew(self, heads: Path) -> None:
        self.cut_tail()
        journal.write([journal.Note(kind="write", code="work.accept")], actor_id=ACTOR, at=MORNING, now=MORNING)
        journal.seal_pending(now=MORNING + timedelta(hours=2), export=heads)
        assert faults(heads) == {"audit.tail_cut"}

    def test_show_a_log_that_was_emptied(self, heads: Path) -> None:
        AuditEntry.objects.all().delete()
        AuditSeal.objects.all().delete()
        assert faults(heads) == {"audit.tail_cut"}

    def test_are_completed_after_a_crash_before_they_were_written(self, heads: Path) -> None:
        whole = heads.read_text()
        lines = whole.splitlines(keepends=True)
        for left in (lines[0], lines[0] + lines[1][:20], "", whole[:-1]):
            heads.write_text(left)
            journal.seal_pending(now=MORNING + timedelta(hours=2), export=heads)
            assert heads.read_text() == whole
        assert faults(heads) == set()

    def test_that_were_scribbled_over_are_a_fault_not_a_crash(self, heads: Path) -> None:
        heads.write_bytes(b"\xff\xfe nonsense\n" + heads.read_bytes())
        assert faults(heads) == {"audit.export_damaged"}


class TestFacts:
    @pytest.mark.parametrize("facts", [{"score": 0.5}, {"at": MORNING}, {"text": "a\x00b"}, {"rows": [{1: "x"}]}])
    def test_that_a_column_would_change_are_not_signed(self, facts: dict[str, object]) -> None:
        with pytest.raises(TypeError):
            journal.write([journal.Note(kind="write", code="x.y", facts=facts)], actor_id=None, at=MORNING, now=MORNING)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5), inner, max_size=3
        )
    ),
    max_leaves=6,
)
FACTS = st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8), PLAIN, max_size=4)


def delete(entries: list[AuditEntry], n: int) -> None:
    AuditEntry.objects.filter(id=entries[n].id).delete()


def edit(entries: list[AuditEntry], n: int) -> None:
    AuditEntry.objects.filter(id=entries[n].id).update(facts={"edited": True})


def unseal(entries: list[AuditEntry], n: int) -> None:
    AuditEntry.objects.filter(id=entries[n].id).update(seal_number=None)


def duplicate(entries: list[AuditEntry], n: int) -> None:
    copy_of(entries[n], id=uuid7()).save(force_insert=True)


def reseal(entries: list[AuditEntry], n: int) -> None:
    seal = AuditEntry.objects.get(id=entries[n].id).seal_number
    AuditEntry.objects.filter(id=entries[n].id).update(seal_number=(seal or 0) + 1)


class TestAnyLog:
    @given(facts=st.lists(FACTS, min_size=1, max_size=8), meddle=st.data())
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_whole_until_somebody_meddles_anywhere(
        self, batch: int, facts: list[dict[str, object]], meddle: st.DataObject
    ) -> None:
        AuditEntry.objects.all().delete()
        AuditSeal.objects.all().delete()
        notes = [journal.Note(kind="write", code="a.b", facts=one) for one in facts]
        entries = journal.write(notes, actor_id=ACTOR, at=MORNING, now=MORNING)
        journal.seal_pending(now=MORNING)
        assert faults() == set()
        verbs: list[Callable[[list[AuditEntry], int], None]] = [delete, edit, unseal, duplicate, reseal]
        meddle.draw(st.sampled_from(verbs))(entries, meddle.draw(st.integers(0, len(entries) - 1)))
        assert faults()

    @given(leaves=st.lists(st.binary(max_size=8), max_size=12))
    def test_has_the_tree_hash_of_rfc_6962(self, leaves: list[bytes]) -> None:
        from hashlib import sha256

        def tree(part: list[bytes]) -> bytes:  # the recursive definition, section 2.1
            if not part:
                return sha256(b"").digest()
            if len(part) == 1:
                return sha256(b"\x00" + part[0]).digest()
            split = 1 << ((len(part) - 1).bit_length() - 1)
            return sha256(b"\x01" + tree(part[:split]) + tree(part[split:])).digest()

        assert journal.merkle_root(leaves) == tree(leaves)


class TestPartitions:
    def test_keep_entries_of_a_month_together_and_lose_none(self, log: list[AuditEntry]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT tableoid) FROM audit_auditentry")
            rows, tables = cursor.fetchone()
        assert rows == 8
        assert tables >= 1
