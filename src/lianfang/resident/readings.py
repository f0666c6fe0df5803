"""A temperature as people type it."""

from __future__ import annotations

import re

_WIDE = str.maketrans("０１２３４５６７８９．。，、,·", "0123456789......")
_READING = re.compile(r"(\d{2})(?:\.(\d)\d?|(\d))?")


def tenths(text: str) -> int | None:
    """``36.5``, ``36。5``, ``36,5``, ``365``, ``36.5℃`` as tenths of a degree; None when it is no temperature."""
    bare = text[:20].translate(_WIDE).strip().rstrip("℃度°Cc ").replace(" ", "")
    found = _READING.fullmatch(bare)
    return int(found[1]) * 10 + int(found[2] or found[3] or 0) if found else None
