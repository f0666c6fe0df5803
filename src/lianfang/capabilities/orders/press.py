"""Orders and notices as one PDF: all of them in one run of the typesetter, each with pages of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lianfang.capabilities.orders.fitting import fits, head_size_of, size_of
from lianfang.capabilities.orders.laying import Sheet
from lianfang.core.metrics.paper.press import Press, Pressed, breakable
from lianfang.core.metrics.paper.qr import qr_svg

_TEMPLATE = Path(__file__).parent / "typst" / "orders.typ"


def pdf(press: Press, sheets: Sequence[Sheet], *, title: str, stamp: int) -> Pressed:
    """One file with every sheet. The same sheets give the same bytes: `stamp` (seconds) is the file's date.

    A sheet that is reckoned to fit one page is numbered so; if one turned the page after all, everything is set again
    with the pages counted, which costs twice the memory.
    """
    counted = any(not fits(sheet) for sheet in sheets)
    made = press.typeset(_TEMPLATE, _content(sheets, title, counted=counted), form="pdf", stamp=stamp)
    if not counted and pages_in(made.pdf) != len(sheets):
        made = press.typeset(_TEMPLATE, _content(sheets, title, counted=True), form="pdf", stamp=stamp)
    return made


def pages_in(content: bytes) -> int:
    """How many pages a PDF of the typesetter has: the count in the root of its page tree."""
    return max(int(number) for number in re.findall(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)", content))


def pages(press: Press, sheets: Sequence[Sheet], *, ppi: float = 110.0) -> Pressed:
    """The same pages as PNG pictures."""
    return press.typeset(_TEMPLATE, _content(sheets, "", counted=True), form="png", ppi=ppi)


def _content(sheets: Sequence[Sheet], title: str, *, counted: bool) -> dict[str, Any]:
    offices = list(dict.fromkeys(sheet.office for sheet in sheets))
    return {
        "title": title,
        "office": "、".join(offices),
        "counted": counted,
        "papers": [_paper(sheet) for sheet in sheets],
    }


def _paper(sheet: Sheet) -> dict[str, Any]:
    return {
        "size": size_of(sheet),
        "head": head_size_of(sheet),
        "office": breakable(sheet.office),
        "number": sheet.number,
        "signed": breakable(sheet.signed),
        "title": sheet.title,
        "salutation": breakable(sheet.salutation),
        "opening": breakable(sheet.opening),
        "rows": [{"label": row.label, "text": breakable(row.text), "strong": row.strong} for row in sheet.rows],
        "parts": [{"title": part.title, "lines": [breakable(line) for line in part.lines]} for part in sheet.parts],
        "closing": sheet.closing,
        "calls": [breakable(call) for call in sheet.calls],
        "approval": breakable(sheet.approval),
        "date": sheet.date,
        "code": sheet.check_code,
        "shown": breakable(sheet.check_shown),
        "note": sheet.check_note,
        "picture": qr_svg(sheet.check_address, border=1),
        "receipt": list(sheet.receipt),
        "drill": sheet.drill,
    }
