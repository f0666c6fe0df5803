"""Sections of a page that programs write into prose that people write.

A section stands between ``<!-- begin NAME: COMMAND -->`` and ``<!-- end NAME -->``; the command says who writes it.
"""

from __future__ import annotations

import re


def filled(page: str, name: str, body: str) -> str:
    """The page with this text as its section. Raises `KeyError` when the page has no such section, or two of them."""
    section = re.compile(rf"(<!-- begin {re.escape(name)}: [^>]*-->\n).*?(<!-- end {re.escape(name)} -->)", re.DOTALL)
    made, times = section.subn(lambda found: f"{found[1]}\n{body.strip()}\n\n{found[2]}", page)
    if times != 1:
        raise KeyError(name)
    return made
