"""The reference part of the docs, written from the code: ``python -m lianfang.jobs.reference`` in a checkout.

Every page is made from a registry (actions, refusals, roles, metrics …), so it cannot tell anything else than the code
does. A test makes the pages anew and compares. Needs no database.
"""

from __future__ import annotations

import gettext
import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from lianfang.jobs import catalogue

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parents[1]
FOLDER = ROOT / "docs" / "reference"
DECLARING = (
    "lianfang.kernel",
    "lianfang.core",
    "lianfang.capabilities",
    "lianfang.playbooks",
    "lianfang.web",
    "lianfang.field",
)
"""Packages whose modules declare something when they are imported."""
NOTICE = "<!-- Written by `python -m lianfang.jobs.reference` from the code. Change the code, then run it again. -->"


def load() -> None:
    """Load the settings and every module that declares something."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    for name in DECLARING:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{name}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)


@cache
def chinese() -> gettext.NullTranslations:
    """The Chinese messages as they are written now, whether compiled or not."""
    from django.conf import settings

    texts = [
        path.read_text(encoding="utf-8")
        for folder in settings.LOCALE_PATHS
        for path in sorted(Path(folder).glob("zh_Hans/LC_MESSAGES/*.po"))
    ]
    return gettext.GNUTranslations(io.BytesIO(catalogue.compile_text("\n\n".join(texts))))


def english(text: object) -> str:
    """A message's English, which is its id."""
    from django.utils import translation

    with translation.override("en"):
        return str(text)


def both(text: object) -> tuple[str, str]:
    """English and Chinese of a message; Chinese is empty while nobody has written it."""
    words = english(text)
    translated = chinese().gettext(words)
    return words, translated if translated != words else ""


def cell(text: object) -> str:
    """Text that fits into one cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    rows = [f"| {' | '.join(map(cell, line))} |" for line in lines]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows])


def page(title: str, introduction: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([NOTICE, f"# {title}", introduction, *(part.strip("\n") for part in parts)]) + "\n"


def pages() -> dict[str, Callable[[], str]]:
    """Every page by its file name. Call `load` first."""
    from lianfang.jobs import reference_code, reference_editions, reference_matching, reference_words

    return {**reference_code.PAGES, **reference_words.PAGES, **reference_matching.PAGES, **reference_editions.PAGES}


def write(folder: Path = FOLDER) -> list[str]:
    """Write the pages that have changed into `folder`, remove those once made here; returns the changed names."""
    load()
    made = {name: make() for name, make in pages().items()}
    made["README.md"] = _contents(made)
    changed = []
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.glob("*.md")):
        # Pages that others write (`make bench`) stay.
        if path.name not in made and path.read_text(encoding="utf-8").startswith(NOTICE):
            path.unlink()
            changed.append(path.name)
    for name, text in made.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def _contents(made: dict[str, str]) -> str:
    lines = []
    for name, text in made.items():
        title, introduction = text.split("\n\n")[1:3]
        lines.append(f"- [{title.removeprefix('# ')}]({name}): {introduction.splitlines()[0]}")
    return page(
        "Reference", "Made from the code, checked by a test: what is here is what the program does.", "\n".join(lines)
    )


if __name__ == "__main__":
    for changed_name in write():
        sys.stdout.write(f"docs/reference/{changed_name}\n")
