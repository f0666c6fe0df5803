"""House rules that no linter knows: budgets of size, words that say nothing, promises instead of code."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = 400
FUNCTION_LINES = 40
ARGUMENTS = 6
EMPTY_MODULE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
EMPTY_NAMES = {"process", "handle", "do", "data", "info", "flag"}
PROMISE = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")  # in halves, so that this line keeps its own rule
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[\w\-, ]+\]\s+#\s*\S)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print every breach as `file:line: what`; exit code 1 when there is one."""
    breaches = [breach for path in sources() for breach in breaches_of(path)]
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


def sources() -> Iterator[Path]:
    """The product's Python files; migrations are written by Django and tests may be long stories."""
    for folder in ("src", "scripts", "bench"):
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def breaches_of(path: Path) -> Iterator[str]:
    """All breaches of one file."""
    name = path.relative_to(ROOT)
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{name}:1: {len(lines)} lines, at most {FILE_LINES}: give a part of it its own file"
    if path.stem in EMPTY_MODULE_NAMES or path.parent.name in EMPTY_MODULE_NAMES:
        yield f"{name}:1: the name says nothing about what is inside"
    for number, line in enumerate(lines, start=1):
        if PROMISE.search(line):
            yield f"{name}:{number}: a promise instead of code"
        if BARE_IGNORE.search(line):
            yield f"{name}:{number}: type: ignore needs a code and a reason (type: ignore[code]  # why)"
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if isinstance(node, Function):
            yield from (f"{name}:{node.lineno}: {breach}" for breach in breaches_of_function(node))


def breaches_of_function(node: Function) -> Iterator[str]:
    """Length of the body without its docstring, number of arguments without self, and the words of the names."""
    length = (node.end_lineno or node.lineno) - node.body[0].lineno + 1 - _docstring_lines(node)
    if length > FUNCTION_LINES:
        yield f"{node.name}() has {length} lines, at most {FUNCTION_LINES}"
    names = [given.arg for given in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    count = len([given for given in names if given not in {"self", "cls"}])
    if count > ARGUMENTS and node.name != "__init__" and not _is_action(node):
        yield f"{node.name}() has {count} arguments, at most {ARGUMENTS}: give them one type"
    for word in sorted({node.name, *names} & EMPTY_NAMES):
        yield f"{node.name}(): the name {word!r} says nothing"


def _is_action(node: Function) -> bool:
    """An action's arguments are the body of a command, a command line's its options: as many as the form has fields."""
    calls = [one.func for one in node.decorator_list if isinstance(one, ast.Call)]
    names = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
    return bool(names & {"action", "command"})


def _docstring_lines(node: Function) -> int:
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


if __name__ == "__main__":
    sys.exit(main())
