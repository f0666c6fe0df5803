"""Folders that the server's account can enter, also when the tests run as root."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A temporary folder of our own.

    pytest closes its folders to other accounts, again whenever another pytest starts; under root PostgreSQL is another.
    """
    with tempfile.TemporaryDirectory(prefix="lianfang-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
