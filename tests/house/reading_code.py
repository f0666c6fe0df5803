"""What the tests of the house read out of the source: modules, calls and the texts they are given."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import lianfang

SOURCE = Path(lianfang.__file__).parent
_NOT_TO_IMPORT = frozenset({"lianfang.__main__", "lianfang.wsgi", "lianfang.jobs.webprocess"})
"""Programs: importing them would start something."""


@cache
def import_everything() -> tuple[str, ...]:
    """Import every module of the product, so that every registry is full; returns their names."""
    names = [
        found.name
        for found in pkgutil.walk_packages([str(SOURCE)], prefix="lianfang.")
        if found.name not in _NOT_TO_IMPORT and ".migrations" not in found.name
    ]
    for name in names:
        importlib.import_module(name)
    return tuple(names)


@cache
def trees() -> dict[Path, ast.Module]:
    """The syntax tree of every source file, migrations aside."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last name of what is called: ``command.require(…)`` is `require`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                yield called.attr, node
            elif isinstance(called, ast.Name):
                yield called.id, node


def text_of(node: ast.expr | None) -> str | None:
    """The text of a literal, None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def first_texts(*names: str) -> Iterator[tuple[str, str]]:
    """(text, where) of every literal that is the first argument of a call of one of `names`."""
    for path, tree in trees().items():
        for name, call in calls(tree):
            if name in names and call.args:
                for text in _choices(call.args[0]):
                    yield text, f"{path.relative_to(SOURCE)}:{call.lineno}"


def keyword_texts(keyword: str) -> Iterator[tuple[str, str]]:
    """(text, where) of every literal given as `keyword`, to a call or as an attribute of a class."""
    for path, tree in trees().items():
        for _, call in calls(tree):
            for given in call.keywords:
                if given.arg == keyword:
                    for text in _choices(given.value):
                        yield text, f"{path.relative_to(SOURCE)}:{call.lineno}"
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    if isinstance(line, ast.Assign) and any(
                        isinstance(target, ast.Name) and target.id == keyword for target in line.targets
                    ):
                        for text in _choices(line.value):
                            yield text, f"{path.relative_to(SOURCE)}:{line.lineno}"


def _choices(node: ast.expr) -> Iterator[str]:
    """The literal, or both literals of ``a if x else b``."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif (text := text_of(node)) is not None:
        yield text
