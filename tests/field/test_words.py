"""The words of the phone: every English message has its Chinese, and the placeholders agree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.utils.translation.template import templatize

import lianfang.capabilities.registry
import lianfang.field
from lianfang.field.zh_messages import MESSAGES, PLURALS

FOLDERS = [Path(str(module.__file__)).parent for module in (lianfang.field, lianfang.capabilities.registry)]
TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""


def said_by_templates() -> set[str]:
    """Message ids in the templates, singular and plural alike."""
    found: set[str] = set()
    for path in FOLDERS[0].rglob("*.html"):
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for match in re.finditer(rf"(?:n?gettext|_)\({TEXT}(?:\s*,\s*{TEXT})?", source):
            found |= {str(ast.literal_eval(text)) for text in match.groups() if text}
    return found


def said_by_code() -> set[str]:
    """Message ids in the Python of the pages and the registry."""
    found: set[str] = set()
    for path in (file for folder in FOLDERS for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "gettext_lazy"}:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


class TestWords:
    def test_are_all_there_in_chinese_and_none_is_left_over(self) -> None:
        known = set(MESSAGES) | {word for pair in PLURALS for word in pair}
        assert said_by_templates() | said_by_code() == known

    def test_keep_the_placeholders(self) -> None:
        wanted = r"%\(\w+\)s"
        wrong = [
            english
            for english, chinese in [*MESSAGES.items(), *((plural, zh) for (_one, plural), zh in PLURALS.items())]
            if sorted(re.findall(wanted, english)) != sorted(re.findall(wanted, chinese))
        ]
        assert wrong == []
