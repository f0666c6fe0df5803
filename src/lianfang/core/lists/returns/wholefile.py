"""Write a file so that it appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import replace
from pathlib import Path


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Gives a path beside the target to write to; it takes the target's place at the end. After an error nothing is
    left behind (the lists name people)."""
    unfinished = target.with_name(target.name + ".part")
    try:
        yield unfinished
        replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
