"""What the golden tests of the paper share: the typesetter and the comparison with the kept file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import lianfang
from lianfang.core.metrics.paper.press import Press

FONT_DIR = Path(lianfang.__file__).parent / "web" / "fonts"
KEPT = Path(__file__).parent / "paper"


@pytest.fixture(scope="session")
def press() -> Press:
    """The typesetter with the product's own fonts."""
    return Press(font_dir=FONT_DIR)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares text with tests/golden/paper/<name>; LIANFANG_WRITE_GOLDEN=1 writes it, to be read before it is kept."""

    def compare(name: str, text: str) -> None:
        kept = KEPT / name
        if os.environ.get("LIANFANG_WRITE_GOLDEN") == "1":
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(text, encoding="utf-8")
        assert text == kept.read_text(encoding="utf-8")

    return compare
