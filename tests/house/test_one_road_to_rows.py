"""Rows about people, work and lists are read through `.visible_to(actor)`: pages never go round it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from lianfang.core.people.models import Scoped
from tests.house.reading_code import SOURCE, import_everything, trees

import_everything()

FACES = ("web", "field", "resident")
ROAD = frozenset({"visible_to", "in_scopes"})
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404"})

SCOPED = frozenset(
    model.__name__ for model in apps.get_models() if isinstance(model._default_manager.get_queryset(), Scoped)
)

_AT_A_DOOR = "everyone at a dwelling has its path and needs the same permission; the dwelling was read on the road"
_OF_A_LIST = "rows and origins of a list have its path and need the same permission; the list was read on the road"

EXCUSED: dict[str, str] = {
    "field/homes.py:buildings_after": "only asks whether an area has doors; the areas are those of the actor",
    "field/homes.py:people_at": _AT_A_DOOR,
    "field/homes.py:_people_at": _AT_A_DOOR,
    "field/homes.py:visits_of": _AT_A_DOOR,
    "field/homes.py:open_work_at": "the items themselves are read on the road",
    "field/task_views.py:people_of": "whoever may see the item must know whom it is about",
    "web/pages/list_intake.py:_take": "the list this very action made",
    "web/queries/lists.py:progress_of": _OF_A_LIST,
    "web/queries/lists.py:rows_of": _OF_A_LIST,
    "web/queries/lists.py:undo_plan": _OF_A_LIST,
    "web/queries/self_reports.py:newest": "only asks whether a later version is there; reports are read on the road",
    "web/queries/self_reports.py:_unread": "counts rows a report became; the reports were read on the road",
    "web/queries/zone_doors.py:any_in_force": "only asks whether there is a zone at all; decides whether a tab shows",
    "web/queries/zone_notice.py:open_notice": "hangs at the entrance for everybody who has its code; names nobody",
}
"""file:function → why it may read round the road. Only grows with a reason a reader accepts."""


def bypasses(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(model, line) of every read of a scoped model whose expression never narrows it to what the actor may see."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and _model(node.value):
            if not ROAD & set(_chain(node, parents)):
                yield _model(node.value), node.lineno
        elif isinstance(node, ast.Call) and node.args and _name(node.func) in SHORTCUTS and _model(node.args[0]):
            yield _model(node.args[0]), node.lineno


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _model(node: ast.expr) -> str:
    return _name(node) if _name(node) in SCOPED else ""


def _chain(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    """Names called one after the other on `node`: ``objects``, ``filter``, ``visible_to``…"""
    here: ast.AST | None = node
    while isinstance(here, ast.Attribute | ast.Call):
        if isinstance(here, ast.Attribute):
            yield here.attr
        above = parents.get(here)
        if isinstance(above, ast.Call) and above.func is not here:
            return
        here = above


GOOD = """
Person.objects.visible_to(actor).filter(id=person_id).first()
models.Person.objects.filter(id=1).visible_to(actor)
WorkItem.objects.open().in_scopes(scopes).count()
Territory.objects.get(code="999999")
SourceList.objects.visible_to(actor)[:10]
get_object_or_404(Person.objects.visible_to(actor), id=person_id)
"""

BAD = """
Person.objects.get(id=person_id)
people = Person.objects.filter(path__startswith="")
get_object_or_404(Person, id=person_id)
models.Household.objects.all()
list(WorkItem.objects.visible(actor))
visible_to(Person.objects.all())
WorkSubject.objects.filter(item__in=WorkItem.objects.filter(id__in=ids))
ListRow._default_manager.get(id=row_id)
"""


class TestTheRoad:
    @pytest.mark.parametrize("line", GOOD.strip().splitlines())
    def test_is_taken_by(self, line: str) -> None:
        assert list(bypasses(ast.parse(line))) == []

    @pytest.mark.parametrize("line", BAD.strip().splitlines())
    def test_is_left_by(self, line: str) -> None:
        assert len(list(bypasses(ast.parse(line)))) == 1

    def test_knows_every_ledger_with_areas(self) -> None:
        assert {"Person", "Household", "Dwelling", "ListRow", "SourceList", "WorkItem", "Report"} <= SCOPED
        assert {"Observation", "ControlMeasure"} <= SCOPED

    def test_is_the_only_one_in_pages(self) -> None:
        found = [
            f"{path.relative_to(SOURCE)}:{line} reads {model} without visible_to"
            for path, tree in trees().items()
            if _face(path) in FACES
            for model, line in bypasses(tree)
            if _place(path, tree, line) not in EXCUSED
        ]
        assert found == []

    def test_has_no_excuse_left_that_nobody_needs(self) -> None:
        needed = {
            _place(path, tree, line)
            for path, tree in trees().items()
            for _, line in bypasses(tree)
            if _face(path) in FACES
        }
        assert set(EXCUSED) - needed == set()


def _place(path: Path, tree: ast.Module, line: int) -> str:
    """file:function, the innermost function around a line."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return f"{path.relative_to(SOURCE)}:{max(around, key=lambda node: node.lineno).name if around else ''}"


def _face(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]
