"""Text that spreadsheet programs would take for a formula when they open a text file."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that start a formula, a command or a new cell (OWASP, CSV Injection)."""


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet program could compute the text instead of showing it."""
    return text.startswith(DANGEROUS)


def defused(text: str) -> str:
    """The text with an apostrophe in front if it is dangerous: spreadsheet programs then show it as it is."""
    return "'" + text if is_dangerous(text) else text
