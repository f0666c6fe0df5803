"""The page of the reference about the matching engine: sections from the code inside prose written by hand.

Other sections of the page are measured and written by `bench.matching`; they stay as they are.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import ModuleType

from lianfang.jobs.reference import FOLDER, chinese, table
from lianfang.jobs.sections import filled
from lianfang.matching import comparing, keys, model
from lianfang.matching.codes import code_of, contact_code
from lianfang.matching.words import standing_of, word_of

_SHOWN = 0.002
"""Smaller shares are not worth a reader's time."""
Line = tuple[str, ...]


def matching() -> str:
    """The page as it stands, its sections from the code made anew."""
    text = (FOLDER / "matching.md").read_text(encoding="utf-8")
    for name, made in SECTIONS.items():
        text = filled(text, name, made())
    return text


def thresholds() -> str:
    """What decides, with the words that stand beside it in the code."""
    told = _told_beside(model)
    lines = [
        (f"`{name}`", f"{getattr(model, name):g}", told[name])
        for name in ("SAME", "SAME_IN_DOUBT", "REVIEW", "REVIEW_BARE", "MAYBE")
    ]
    lines.append(("`MOST_SHARING`", f"{keys.MOST_SHARING}", _told_beside(keys)["MOST_SHARING"]))
    return table(("Threshold", "Value", "What it is"), lines)


def _told_beside(module: ModuleType) -> dict[str, str]:
    """The text under each constant of a module."""
    body = ast.parse(inspect.getsource(module)).body
    return {
        constant.target.id: " ".join(text.value.value.split()).replace("``", "`")
        for constant, text in pairwise(body)
        if isinstance(constant, ast.AnnAssign)
        and isinstance(constant.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def levels() -> str:
    """Every level of every comparison, as it is stored and as it is said."""
    parts = [
        f"{field}\n\n{table(('Level', 'Stored as', 'Stands', 'English', '中文'), _levels(field))}" for field in LEVELS
    ]
    return "\n\n".join(f"### {part}" for part in parts)


LEVELS = {
    "Name": comparing.NAME,
    "Document number": comparing.ID,
    "Telephone": comparing.PHONE,
    "Door": comparing.DOOR,
    "Birth date": comparing.BIRTH,
    "Sex": comparing.SEX,
}
_PARTS = {"Name": "name", "Document number": "id", "Birth date": "birth", "Sex": "sex"}


def _levels(field: str) -> Iterator[Line]:
    for level in LEVELS[field]:
        if level == "none":
            yield ("`none`", "", "", "not compared: one side does not say it", "")
            continue
        code = _code(field, level)
        yield (f"`{level}`", f"`{code}`", standing_of(code), word_of(code), word_of(code, _chinese))


def _code(field: str, level: str) -> str:
    if field == "Telephone":
        return contact_code(level, "none")
    return contact_code("none", level) if field == "Door" else code_of(_PARTS[field], level)


def _chinese(text: str) -> str:
    return chinese().gettext(text)


def keys_table() -> str:
    """Every kind of key with what both sides must share."""
    seen: dict[str, Line] = {}
    for key in keys.KEYS:
        listed = key.listed if key.listed != key.ledger else "the same"
        shared = f"`{listed}`" if listed != "the same" else listed
        line = (f"`{key.kind}`", f"`{key.ledger}`", shared, f"`{key.listed_if}`")
        seen.setdefault(" ".join(line), line)
    return table(("Key", "Of a person of the ledger", "Of a row", "Asked when the row has"), seen.values())


def numbers() -> str:
    """The shipped numbers, a table for each table of the model."""
    shipped = model.shipped()
    rows = shipped.learned_from.get("rows")
    learned = f", learned from {rows:,} rows whose number proves who they are" if rows else ""
    parts = [f"Version `{shipped.name}`{learned}. Shares below {_SHOWN:.1%} are left out here."]
    parts += [
        f"### `{name}`\n\n{table(('What the row says', 'Shares'), _shares(name, shipped))}" for name in model.SHAPES
    ]
    return "\n\n".join(parts)


def _shares(name: str, shipped: model.Model) -> Iterator[Line]:
    kinds, across = model.SHAPES[name]
    for kind, row in zip(kinds, shipped[name].tolist(), strict=True):
        ranked = sorted(zip(row, across, strict=True), reverse=True)
        told = [f"`{level}` {share:.1%}" for share, level in ranked if share >= max(_SHOWN, 1.01 * min(row))]
        yield (f"`{kind}`", ", ".join(told) or "nothing was seen: all alike")


SECTIONS: dict[str, Callable[[], str]] = {
    "thresholds": thresholds,
    "levels": levels,
    "keys": keys_table,
    "numbers": numbers,
}
PAGES: dict[str, Callable[[], str]] = {"matching.md": matching}
