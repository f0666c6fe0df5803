"""The sex as senders write it, read into the codes of GB/T 2261.1."""

from __future__ import annotations

from typing import Final

_SEXES: Final = {
    "男": "1", "女": "2", "M": "1", "F": "2", "男性": "1", "女性": "2", "1": "1", "2": "2", "MALE": "1", "FEMALE": "2",
    "01": "1", "02": "2", "1男": "1", "2女": "2", "1-男": "1", "2-女": "2",
}  # fmt: skip


def sex_of(text: str) -> str:
    """GB/T 2261.1 code, empty if unknown."""
    return _SEXES.get(text.upper(), "")
