"""Folders that the server's account can enter, also when the tests run as root."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder. pytest closes its own to other accounts, and under root PostgreSQL runs as another one."""
    folder = tmp_path_factory.mktemp("embedded")
    for above in (folder, *folder.parents):
        if above == Path("/tmp"):
            break
        above.chmod(0o755)
    return folder
