"""Which sentences the product says, read from its sources, and whether each has its Chinese.

Message ids are English; `locale/zh_Hans/LC_MESSAGES/django.po` holds the Chinese. xgettext is not needed: Python is
read by its syntax tree, templates by Django's own translation of templates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
PO = PACKAGE / "web" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PLURALS = {"ngettext", "ngettext_lazy"}
CONTEXTS = {"pgettext", "pgettext_lazy"}
TABLES = ("core/lists/intake/refusals.py", "core/lists/returns/refusals.py")
"""Files of pure packages whose table ``MESSAGES`` holds sentences that are translated where they are shown."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sdif]|%[sd]|\{(\w*)\}")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One sentence: context (usually empty), English id, English plural (usually empty), where it stands."""

    context: str
    id: str
    plural: str
    where: str


def messages() -> Iterator[Message]:
    """Every sentence of the package, in no order, repeated as often as it stands there."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _in_python(path.read_text(encoding="utf-8"), str(path.relative_to(PACKAGE)))
    for path in sorted([*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        yield from in_template(path.read_text(encoding="utf-8"), str(path.relative_to(PACKAGE)))


def _in_python(source: str, where: str) -> Iterator[Message]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                yield from _of_call(node, name, f"{where}:{node.lineno}")
        if where in TABLES and isinstance(node, ast.AnnAssign | ast.Assign):
            yield from _of_table(node, where)


def _of_call(node: ast.Call, name: str, where: str) -> Iterator[Message]:
    texts = [text for one in node.args if (text := _constant(one)) is not None]
    if name in CONTEXTS and len(texts) >= 2:
        yield Message(texts[0], texts[1], "", where)
    elif name in PLURALS and len(texts) >= 2:
        yield Message("", texts[0], texts[1], where)
    elif name not in CONTEXTS | PLURALS and texts:
        yield Message("", texts[0], "", where)


def _constant(node: ast.expr) -> str | None:
    """The text of a literal, also of one written in several pieces."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _of_table(node: ast.AnnAssign | ast.Assign, where: str) -> Iterator[Message]:
    targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
    named = any(isinstance(target, ast.Name) and target.id == "MESSAGES" for target in targets)
    if named and isinstance(node.value, ast.Dict):
        for value in node.value.values:
            if (text := _constant(value)) is not None:
                yield Message("", text, "", f"{where}:{value.lineno}")


def in_template(source: str, where: str) -> Iterator[Message]:
    """The sentences of one template."""
    from django.utils.translation.template import templatize

    for line in templatize(source, origin=where).splitlines():
        for match in re.finditer(r"\b(_|gettext|ngettext|pgettext|npgettext)\(", line):
            try:
                call = ast.parse(_balanced(line[match.start() :]), mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call):
                yield from _of_call(call, match[1], where)


def _balanced(text: str) -> str:
    """`text` up to the bracket that closes its first one, brackets inside quotes not counted."""
    depth, quote, i = 0, "", 0
    while i < len(text):
        character = text[i]
        if quote:
            if character == "\\":
                i += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                return text[: i + 1]
        i += 1
    return text


def placeholders(text: str) -> list[str]:
    """Names to be filled in, sorted."""
    return sorted(match[0] for match in _PLACEHOLDER.finditer(text))
