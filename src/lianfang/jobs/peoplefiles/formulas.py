"""Whole columns of text made safe for spreadsheets, as `lianfang.kernel.cells.defuse` makes one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.cells import defuse, looks_like_formula
from lianfang.matching.cells import Flags

_MAYBE = r"^[\s\pZ\p{Cc}\p{Cf}]*[=+\-@\t\r\n＝＋－＠]"


def formulas_in(column: pa.Array) -> Flags:
    """The texts that a spreadsheet might evaluate."""
    found: Flags = np.asarray(pc.match_substring_regex(column, _MAYBE).fill_null(False)).copy()
    rows = np.flatnonzero(found)
    found[rows] = [looks_like_formula(text) for text in column.take(pa.array(rows)).to_pylist()]
    return found


def defused(column: pa.Array) -> pa.Array:
    """The texts, with an apostrophe in front of whatever a spreadsheet might evaluate."""
    risky = formulas_in(column)
    if not risky.any():
        return column
    mask = pa.array(risky)
    texts = [defuse(text) for text in column.filter(mask).to_pylist()]
    return pc.replace_with_mask(column, mask, pa.array(texts, pa.string()))
