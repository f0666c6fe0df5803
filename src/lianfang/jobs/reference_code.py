"""Pages of the reference about what the program does: actions, refusals, roles, lifecycles, ledgers, commands."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from lianfang.core.access.roles import ALL_PERMISSIONS
from lianfang.jobs.reference import DECLARING, both, english, page, table
from lianfang.kernel.lifecycle import Lifecycle


def _first(text: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


# ---------------------------------------------------------------- actions


def actions() -> str:
    """Every action with what it does, what it asks for and its arguments."""
    from lianfang.core.actions.door import ACTIONS

    parts = []
    for code, door in sorted(ACTIONS.items()):
        body = inspect.unwrap(door)
        asked = ", ".join(f"`{one}`" for one in sorted(permissions_of(body))) or "the one its step needs"
        lines = [
            (f"`{name}`", f"`{_type(given)}`", "" if given.default is given.empty else f"`{given.default!r}`")
            for name, given in inspect.signature(body).parameters.items()
            if name != "command"
        ]
        about = f"{inspect.cleandoc(body.__doc__ or '')}\n\nAsks for: {asked}. In `{body.__module__}`."
        parts.append(f"## {code}\n\n{about}\n\n{table(('Argument', 'Type', 'Default'), lines)}")
    introduction = (
        "Everything that changes the world, by code.\n"
        "Each runs in one transaction, is idempotent by command id and leaves an audit entry; "
        "see [one door](../concepts/one-door.md)."
    )
    return page("Actions", introduction, *parts)


def _type(given: inspect.Parameter) -> str:
    return str(given.annotation)


def permissions_of(body: Callable[..., Any], seen: set[int] | None = None) -> set[str]:
    """Permissions that a body asks for, itself or through the functions to which it hands its command."""
    seen = set() if seen is None else seen
    if id(body) in seen:
        return set()
    seen.add(id(body))
    found: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(body)))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("require", "require_somewhere"):
            found.update(a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str))
        elif node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == "command":
            found |= _handed_on(node, body, seen)
    return found


def _handed_on(call: ast.Call, body: Callable[..., Any], seen: set[int]) -> set[str]:
    target: Any = None
    if isinstance(call.func, ast.Name):
        target = body.__globals__.get(call.func.id)
    elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        target = getattr(body.__globals__.get(call.func.value.id), call.func.attr, None)
    found = {permission for word in call.keywords for permission in _of_step(word)}
    found |= {a.value for a in call.args if isinstance(a, ast.Constant) and a.value in ALL_PERMISSIONS}
    if inspect.isfunction(target) and target.__module__.startswith("lianfang."):
        found |= permissions_of(inspect.unwrap(target), seen)
    return found


def _of_step(word: ast.keyword) -> set[str]:
    """Permissions of the transitions that `verb="…"` names."""
    if word.arg != "verb" or not isinstance(word.value, ast.Constant):
        return set()
    verb = word.value.value
    return {step.permission for cycle in lifecycles() for step in cycle.transitions if step.verb == verb}


# ---------------------------------------------------------------- refusals


def refusals() -> str:
    """Every coded refusal with its sentence in both languages."""
    from lianfang.core.actions.refusals import SENTENCES

    lines = [(f"`{code}`", *both(sentence)) for code, sentence in sorted(SENTENCES.items())]
    coded = sorted({(code, _first(kind.__doc__), kind.__module__) for code, kind in _coded_errors()})
    rest = [(f"`{code}`", about, f"`{module}`") for code, about, module in coded if code not in SENTENCES]
    return page(
        "Refusals",
        "Every anticipated no: a code that never changes and a sentence that says what to do.\n"
        "Words in `%(…)s` are filled in when it happens.",
        table(("Code", "English", "中文"), lines),
        "## Codes of the layers below\n\nPure code raises these; faces turn them into a sentence of their own.",
        table(("Code", "Means", "Where"), rest),
    )


def _coded_errors() -> Iterator[tuple[str, type[ValueError]]]:
    for module in _ours():
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, ValueError) and value.__module__ == module.__name__:
                code = getattr(value, "code", None)
                if isinstance(code, str):
                    yield code, value


def _ours() -> list[ModuleType]:
    return [module for name, module in sorted(sys.modules.items()) if name.startswith(DECLARING)]


# ---------------------------------------------------------------- roles


def permissions() -> str:
    """Permissions by role."""
    from lianfang.core.access.roles import PERMISSIONS, TOTP_ROLES, Role

    roles = list(Role)
    lines = [
        (f"`{code}`", " ".join(both(text)), *("●" if code in PERMISSIONS[role] else "" for role in roles))
        for code, text in ALL_PERMISSIONS.items()
    ]
    names = [(f"`{role.value}`", *both(role.label), "yes" if role.value in TOTP_ROLES else "") for role in roles]
    return page(
        "Roles and permissions",
        "What each role may do.\nWhere it may do so is the area of its grant, and everything below that area; "
        "every grant ends.",
        table(("Role", "English", "中文", "Second factor"), names),
        table(("Permission", "What it allows", *(f"`{role.value}`" for role in roles)), lines),
    )


# ---------------------------------------------------------------- lifecycles


def lifecycles() -> list[Lifecycle]:
    """Every lifecycle that a loaded module declares."""
    found = {id(v): v for m in _ours() for v in vars(m).values() if isinstance(v, Lifecycle)}
    return sorted(found.values(), key=lambda cycle: cycle.name)


def lifecycle_page() -> str:
    """The state machines, drawn from the tables the program runs on."""
    parts = []
    for cycle in lifecycles():
        steps = [
            (f"`{step.verb}`", ", ".join(f"`{s}`" for s in step.sources), f"`{step.target}`", f"`{step.permission}`")
            for step in cycle.transitions
        ]
        parts.append(
            f"## {cycle.name}\n\n```mermaid\n{cycle.as_mermaid()}\n```\n\n"
            + table(("Verb", "From", "To", "Permission"), steps)
        )
    return page("Lifecycles", "The states of each ledger and the verbs between them.", *parts)


# ---------------------------------------------------------------- ledgers


def ledgers() -> str:
    """Every table with the promises its docstring makes and the constraints that keep them."""
    from django.apps import apps
    from django.db.models import CheckConstraint, UniqueConstraint

    parts = []
    for config in apps.get_app_configs():
        if not config.name.startswith("lianfang."):
            continue
        for model in config.get_models():
            kept = [
                f"`{one.name}`"
                for one in model._meta.constraints
                if isinstance(one, CheckConstraint | UniqueConstraint) and one.name
            ]
            text = f"## {model._meta.object_name}\n\n{inspect.cleandoc(model.__doc__ or '')}\n\n"
            text += f"Table `{model._meta.db_table}`."
            parts.append(text + (f" Kept by the database: {', '.join(sorted(kept))}." if kept else ""))
    return page(
        "Ledgers",
        "Every table of the product with its invariants.\n"
        "Invariants without a constraint of the database are kept by the actions and their tests.",
        *parts,
    )


# ---------------------------------------------------------------- commands


def commands() -> str:
    """The help of every command."""
    import typer

    from lianfang.jobs.cli import app

    parts = list(_command_help("lianfang", typer.main.get_command(app)))
    return page(
        "Commands",
        "Every `lianfang` command with its options.\n"
        "Exit codes: 0 done, 1 something is wrong (said with its fix), 2 wrong use of the command.",
        *parts,
    )


def _command_help(path: str, command: Any) -> Iterator[str]:
    text = f"## {path}\n\n{inspect.cleandoc(command.help or '')}"
    lines = [_parameter(one) for one in command.params if one.name != "help"]
    if lines:
        text += "\n\n" + table(("Argument or option", "What it is", "Default"), lines)
    yield text
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        yield from _command_help(f"{path} {name}", inner)


def _parameter(given: Any) -> tuple[str, str, str]:
    is_option = given.param_type_name == "option"
    name = ", ".join((*given.opts, *given.secondary_opts)) if is_option else str(given.name).upper()
    plain = given.default is None or given.default is False or callable(given.default)
    default = "" if plain else f"`{given.default}`"
    return f"`{name}`", (getattr(given, "help", "") or "") + ("" if not given.required else " Required."), default


# ---------------------------------------------------------------- metrics


def metrics() -> str:
    """Every number with its definition (口径)."""
    from lianfang.core.metrics.registry import METRICS

    lines = [
        (
            f"`{code}`",
            "<br>".join(filter(None, both(one.label))),
            "<br>".join(filter(None, both(one.definition))),
            english(one.unit),
            "day" if one.day_based else "instant",
            f"`{one.source.code}`",
            f"`{one.source.permission}`",
        )
        for code, one in METRICS.items()
    ]
    head = ("Code", "Name", "Definition 口径", "Unit", "Counts", "Rows of", "To open its rows")
    return page(
        "Metrics",
        "Every number with its definition.\nEach is a count of rows and opens into them. "
        "Numbers themselves need `metrics.read`. “day” counts from midnight in Asia/Shanghai.",
        table(head, lines),
    )


PAGES: dict[str, Callable[[], str]] = {
    "actions.md": actions,
    "refusals.md": refusals,
    "permissions.md": permissions,
    "lifecycles.md": lifecycle_page,
    "ledgers.md": ledgers,
    "metrics.md": metrics,
    "commands.md": commands,
}
