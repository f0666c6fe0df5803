"""So that one county fits one database and many counties can share an engine: what migrations and SQL may not do."""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from lianfang.core.audit.partitions import TABLES
from lianfang.kernel.uuid7 import uuid7
from tests.house.reading_code import SOURCE

FORBIDDEN: dict[str, str] = {
    r"\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER\b": "triggers: audit and timestamps are written in Python",
    r"\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b": "functions in the database",
    r"\bMERGE\s+INTO\b": "MERGE",
    r"\bPREPARE\s+TRANSACTION\b": "two-phase commit of our own",
    r"\bpg_(try_)?advisory_\w*lock": "advisory locks: lock rows",
    r"\bINHERITS\s*\(": "table inheritance",
    r"\bDETACH\s+PARTITION\b.*\bCONCURRENTLY\b": "DETACH … CONCURRENTLY",
    r"\b(nextval|currval|lastval|setval)\s*\(": "sequences: ids are UUIDv7 made in Python",
    r"\b(BIG|SMALL)?SERIAL\b|\bGENERATED\s+(ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY\b": "sequence ids",
    r"\b(FROM|JOIN|INTO|UPDATE|TABLE)\s+\"?(public|lianfang)\"?\.": "schema names",
    r"\bSET\s+(SESSION\s+)?search_path\b": "a search path beyond the transaction (SET LOCAL)",
    r"(?s)\bCREATE\s+TABLE\b.*;.*\bCREATE\s+(UNIQUE\s+)?INDEX\b": "CREATE TABLE and CREATE INDEX in one string",
    r"\bCREATE\s+EXTENSION\b": "extensions: the embedded server has none",
}

BEFORE_THERE_IS_A_COUNTY = ("jobs",)
"""Folders that administer the server itself: they create databases and roles, and hold no ledger."""

STRANGERS: dict[str, str] = {
    "procrastinate": "the job queue; under several counties it lives apart and a relay feeds it (scale rule 7)",
    "django": "sessions, content types and the list of migrations: nothing refers to their ids",
    "auth": "Django's groups and permissions, unused",
    "axes": "failed log-ins: kept for minutes",
    "account": "e-mail addresses of the log-in package, unused",
    "mfa": "second factors: belong to one account",
}
"""Tables of packages by their first word, with the reason why the rules on ids and triggers do not bind them."""


def breaches(tree: ast.AST) -> list[str]:
    """What a piece of code does that the rules forbid; what it only says in its documentation does not count."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            found += _wrong_in(node.value, node.lineno)
        elif isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values]
            found += _wrong_in("".join(parts), node.lineno)
    return sorted(set(found))


def _wrong_in(text: str, line: int) -> list[str]:
    return [f"line {line}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]


BAD = """
run("CREATE TRIGGER stamp BEFORE UPDATE ON people_person EXECUTE FUNCTION f()")
run("SELECT pg_advisory_xact_lock(1)")
run(f"SELECT * FROM public.{table}")
run("CREATE TABLE a (id uuid); CREATE INDEX b ON a (id)")
run("CREATE TABLE a (id bigserial PRIMARY KEY)")
run("ALTER TABLE a DETACH PARTITION b CONCURRENTLY")
run("PREPARE TRANSACTION 'x'")
run("CREATE TABLE b () INHERITS (a)")
run("SELECT nextval('a_seq')")
"""

GOOD = """
run("CREATE TABLE a PARTITION OF b DEFAULT")
run("CREATE INDEX CONCURRENTLY a ON b (c)")
run("SELECT id FROM people_person FOR UPDATE")
run("SET LOCAL search_path TO county")
"""


class TestTheRules:
    @pytest.mark.parametrize("line", BAD.strip().splitlines())
    def test_find(self, line: str) -> None:
        assert breaches(ast.parse(line))

    @pytest.mark.parametrize("line", GOOD.strip().splitlines())
    def test_let_pass(self, line: str) -> None:
        assert breaches(ast.parse(line)) == []

    def test_are_kept_by_every_file(self) -> None:
        found = [
            f"{path.relative_to(SOURCE)} {breach}"
            for path in sorted(SOURCE.rglob("*.py"))
            if path.relative_to(SOURCE).parts[0] not in BEFORE_THERE_IS_A_COUNTY
            for breach in breaches(ast.parse(path.read_text(encoding="utf-8")))
        ]
        assert found == []

    def test_are_kept_by_every_migration(self) -> None:
        loader = MigrationLoader(None)
        ours = [one for one in loader.disk_migrations.values() if type(one).__module__.startswith("lianfang.")]
        assert len(ours) >= 9
        operations = [(one, operation) for one in ours for operation in one.operations]
        runs = [(one, operation) for one, operation in operations if isinstance(operation, RunSQL)]
        assert [str(one) for one, operation in runs if isinstance(operation.sql, str)] == []  # lists of statements
        assert [str(one) for one in ours if not one.atomic] == []


OURS = [model for model in apps.get_models() if model.__module__.startswith("lianfang.")]
NATURAL_KEYS = {"SlaProfile": "code", "PersonKey": "pk", "PairCandidate": "pk", "Receipt": "id"}
"""Models whose key is not made by us: a code, the pair of key and person or of two people, the id the device chose."""


class TestEveryModelOfOurs:
    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_has_an_id_made_in_python(self, model: type[models.Model]) -> None:
        key = model._meta.pk
        assert key is not None
        if model.__name__ in NATURAL_KEYS:
            assert key.name == NATURAL_KEYS[model.__name__]
            return
        assert isinstance(key, models.UUIDField)
        assert key.default is uuid7

    @pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
    def test_has_no_column_counted_by_the_database(self, model: type[models.Model]) -> None:
        assert not [field.name for field in model._meta.concrete_fields if isinstance(field, models.AutoField)]
        assert not [field.name for field in model._meta.concrete_fields if field.db_default is not models.NOT_PROVIDED]


def asked(question: str) -> list[str]:
    """First column of the answer, packages' tables left out."""
    with connection.cursor() as cursor:
        cursor.execute(question)
        names = [str(row[0]) for row in cursor.fetchall()]
    return sorted(name for name in names if name.split("_")[0] not in STRANGERS)


@pytest.mark.django_db
class TestTheDatabase:
    def test_has_a_primary_key_on_every_table(self) -> None:
        without = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT EXISTS
            (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)"""
        assert asked(without) == []

    def test_has_no_trigger_but_those_of_foreign_keys(self) -> None:
        assert (
            asked("SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal")
            == []
        )

    def test_has_no_sequence(self) -> None:
        assert asked("SELECT relname FROM pg_class WHERE relkind = 'S'") == []

    def test_lets_tables_inherit_only_as_partitions_of_the_three_that_grow_by_the_day(self) -> None:
        parents = "SELECT DISTINCT p.relname FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent WHERE p.relkind "
        assert asked(parents + "= 'p'") == sorted(TABLES)
        assert asked(parents + "= 'r'") == []

    def test_has_partitions_by_month_and_one_for_the_rest(self) -> None:
        for table in TABLES:
            parts = asked(f"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{table}'::regclass")
            assert f"{table}_rest" in parts
            assert len(parts) >= 4

    def test_names_no_stranger_that_is_not_there(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            words = {str(row[0]).split("_")[0] for row in cursor.fetchall()}
        assert set(STRANGERS) - words == set()

    def test_refers_only_to_tables_of_the_same_county(self) -> None:
        across = """SELECT conname FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid
            JOIN pg_class b ON b.oid = k.confrelid WHERE k.contype = 'f' AND a.relnamespace <> b.relnamespace"""
        assert asked(across) == []
