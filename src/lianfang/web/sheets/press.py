"""Sheets of the pages as PDF: posters of zones and household passes, by the typesetter of every paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from lianfang.web.queries.reports import press

_TEMPLATES = Path(__file__).parent
BORDER = 3
"""White modules around a QR code that is scanned off a wall or a folded card."""


def pdf_answer(template: str, given: dict[str, Any], *, name: str) -> HttpResponse:
    """The sheet `template` (beside this module) filled with `given`, as a file to open or print."""
    made = press().typeset(_TEMPLATES / template, given, form="pdf")
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer
