"""Pages of the reference about words and figures: settings, limits, columns of lists, results, glossary, retention."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from lianfang.jobs.reference import PACKAGE, ROOT, both, page, table

SETTINGS_TEXTS = ROOT / "docs" / "settings.toml"
GLOSSARY = ROOT / "docs" / "glossary.toml"
RETENTION = PACKAGE / "core" / "vault" / "retention.toml"
INTERNAL = frozenset({"LIANFANG_PARENT"})
"""Set by our own programs for each other; nobody sets them by hand."""


def variables() -> dict[str, str]:
    """Environment variables that the program reads, with the default written beside them."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "LIANFANG_" not in text:
            continue
        for name, default in _reads(ast.parse(text)):
            found[name] = found.get(name, "") or default
    return {name: default for name, default in sorted(found.items()) if name not in INTERNAL}


def _reads(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            first, rest = node.args[0], node.args[1:]
            if isinstance(first, ast.Constant) and _is_variable(first.value):
                yield str(first.value), _literal(rest[0]) if rest else ""
        elif (
            isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and _is_variable(node.slice.value)
        ):
            yield str(node.slice.value), ""


def _is_variable(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"LIANFANG_[A-Z_]*[A-Z]", value) is not None


def _literal(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) and node.value not in (None, "", True, False) else ""


def settings() -> str:
    """The environment variables with their explanations."""
    texts: dict[str, dict[str, str]] = tomllib.loads(SETTINGS_TEXTS.read_text(encoding="utf-8"))
    lines = [
        (
            f"`{name}`",
            f"`{default}`" if default else "",
            *(texts.get(name, {}).get(tongue, "") for tongue in ("en", "zh")),
        )
        for name, default in variables().items()
    ]
    return page(
        "Settings",
        "Everything a site may change is an environment variable.\nSwitches take 1 or 0. "
        "With systemd they stand in `/etc/lianfang.env`, one per line.",
        table(("Variable", "Default", "What it does", "说明"), lines),
    )


def limits() -> str:
    """Figures the product was built with."""
    return page(
        "Fixed figures",
        "Limits and waiting times that are written in the code, with the module that holds each.\n"
        "Those called a house choice come from nobody's order; change them there if an order says otherwise.",
        table(("Figure", "Value", "Where"), _figures()),
    )


def _figures() -> Iterator[tuple[str, str, str]]:
    from django.conf import settings as chosen

    from lianfang.core.actions.granting import LONGEST_GRANT_DAYS
    from lianfang.core.audit.journal import BATCH
    from lianfang.core.lists.intake.refusals import DEFAULT
    from lianfang.core.lists.returns.biff import LONGEST_TEXT
    from lianfang.core.work import actions, opening, rules, steps
    from lianfang.jobs.town import SLA_PROFILES

    web, intake = "`lianfang.web.security.settings_fragment`", "`lianfang.core.lists.intake.refusals`"
    doing, work = "`lianfang.core.work.actions`", "`lianfang.core.work.rules`"
    yield "Failed log-ins before a name is locked for one address", str(chosen.AXES_FAILURE_LIMIT), web
    yield "Length of the lock", f"{int(chosen.AXES_COOLOFF_TIME.total_seconds() // 60)} min", web
    yield "Session ends after idling", f"{chosen.SESSION_IDLE_SECONDS // 60} min", web
    yield "Session ends at the latest after", f"{chosen.SESSION_ABSOLUTE_SECONDS // 3600} h", web
    yield "Longest grant of a role", f"{LONGEST_GRANT_DAYS} days", "`lianfang.core.actions.granting`"
    yield "Largest file of a list", f"{DEFAULT.file_bytes // 1024**2} MB", intake
    yield "Most rows of a list", f"{DEFAULT.rows:,}", intake
    yield "Characters of a text written into an .xls", f"{LONGEST_TEXT:,}", "`lianfang.core.lists.returns.biff`"
    yield "Memory of the process that reads a file", f"{DEFAULT.memory_bytes // 1024**3} GB", intake
    yield "Processor time of that process", f"{DEFAULT.cpu_seconds} s", intake
    yield "A result this fresh answers a new list", f"{opening.REUSE_HOURS} h", "`lianfang.core.work.opening`"
    yield "Calls before “could not be reached” may be written", str(actions.TRIES_BEFORE_UNREACHABLE), doing
    for result, minutes in rules.RETRY_MINUTES.items():
        yield f"First pause after `{result}`, doubling to 4 h", f"{minutes} min", work
    yield "Hours in which calls are proposed", f"{rules.FIRST_CALL_HOUR}:00–{rules.LAST_CALL_HOUR}:00", work
    for level, minutes in rules.ESCALATION_MINUTES:
        yield f"Late work reaches `{level}` after", f"{minutes} min", work
    for code, accept, finish in SLA_PROFILES:
        yield f"Preset `{code}`: accept / finish (editable)", f"{accept} min / {finish} min", "`lianfang.jobs.town`"
    yield "Most items in one bulk step", f"{steps.MOST_AT_ONCE:,}", "`lianfang.core.work.steps`"
    yield "Audit entries under one seal", f"{BATCH:,}", "`lianfang.core.audit.journal`"


def list_fields() -> str:
    """Fields a column of a list can mean, and the words senders write above them."""
    from lianfang.core.lists.intake.synonyms import EXACT, FIELDS, PARTS, SEVERAL

    words: dict[str, list[str]] = {field: [] for field in sorted(FIELDS)}
    for word, field in EXACT.items():
        words[field].append(word)
    lines = [
        (f"`{field}`", "yes" if field in SEVERAL else "", "、".join(sorted(known)) or "–")
        for field, known in words.items()
    ]
    return page(
        "Columns of lists",
        "What a column of a list can mean, and the words senders write above it.\n"
        "Labels are compared without spaces, asterisks and bracketed remarks, in lower case. "
        f"{len(EXACT)} whole labels and {len(PARTS)} patterns for pieces of labels are known. "
        "A person confirms the columns before a list is read; the answer is remembered for the sender. "
        "To add a word see [how-to](../howto/add-a-column-synonym.md).",
        table(("Field", "Several columns", "Known labels"), lines),
    )


def outcomes() -> str:
    """The fixed results of a check and of a call, with the codes of upper tables."""
    from lianfang.capabilities.screening.outcome_words import OUTCOME_CODES, OUTCOME_TEXTS
    from lianfang.core.work.outcomes import CallResult, Outcome

    checks = [
        (f"`{one.value}`", *both(one.label), OUTCOME_TEXTS[one.value], f"`{OUTCOME_CODES[OUTCOME_TEXTS[one.value]]}`")
        for one in Outcome
    ]
    calls = [(f"`{one.value}`", *both(one.label)) for one in CallResult]
    return page(
        "Results",
        "The fixed set of results of a check, and how a call can end.\n"
        "The text and the code are what goes into a sender's own file or an upper table.",
        "## A check",
        table(("Code", "English", "中文", "Text in returned files", "Upper code"), checks),
        "## A call",
        table(("Code", "English", "中文"), calls),
    )


def glossary_page() -> str:
    """The law of words."""
    words: dict[str, dict[str, dict[str, str]]] = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))
    parts = []
    for kind, terms in words.items():
        lines = [(one["zh"], one["en"], f"`{code}`", one.get("note", "")) for code, one in terms.items()]
        parts.append(f"## {kind}\n\n{table(('中文', 'English', 'Code name', 'Note'), lines)}")
    return page("Glossary", "One Chinese term, one code word.\nThe law is `docs/glossary.toml`.", *parts)


def retention_page() -> str:
    """Every place with personal data: category, how long, how it is removed."""
    rules: dict[str, Any] = tomllib.loads(RETENTION.read_text(encoding="utf-8"))
    categories = [(f"`{code}`", one["what"], one["retention"], one["shred"]) for code, one in rules["category"].items()]
    columns = [
        (f"`{model}`", f"`{column}`", f"`{category}`")
        for model, listed in rules["model"].items()
        for column, category in listed.items()
        if category not in ("reference", "control")
    ]
    places = [(one["where"], one["what"], one["retention"], one["shred"]) for one in rules["place"]]
    return page(
        "Retention",
        "Every place with personal data, how long it is meant to be kept, and how it is removed.\n"
        "**Nothing is removed by itself.** The rules are what a site has to decide on and carry out; "
        "see [privacy](../concepts/privacy.md).",
        "## Categories",
        table(("Category", "What it is", "Retention", "How to remove it"), categories),
        "## Columns",
        "References between rows and bookkeeping columns are listed in the file, not here.",
        table(("Model", "Column", "Category"), columns),
        "## Other places",
        table(("Place", "What is there", "Retention", "How to remove it"), places),
    )


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "limits.md": limits,
    "list-fields.md": list_fields,
    "outcomes.md": outcomes,
    "glossary.md": glossary_page,
    "retention.md": retention_page,
}
