"""One-off sheets as PDF by typst, from the product's own fonts; and QR codes as pictures for them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.metrics.paper.coverage import GETA, font_files, unprintable

NO_FONTS = refusal("sheet.no_fonts", _("The fonts for printing are missing on the server. Tell the administrator."))

_TEMPLATES = Path(__file__).parent


def qr_svg(text: str) -> str:
    """A QR code as SVG, with the quiet zone scanners need; level Q survives a torn corner."""
    picture = io.BytesIO()
    segno.make(text, error="q", micro=False).save(picture, kind="svg", scale=4, border=3, xmldecl=False)
    return picture.getvalue().decode()


def pdf(template: str, given: dict[str, Any]) -> bytes:
    """The sheet `template` (beside this module) filled with `given`. Raises `Refusal` without fonts."""
    fonts = Path(settings.FONT_DIR)
    if not font_files(fonts):
        raise Refusal("sheet.no_fonts")
    text = json.dumps(given, ensure_ascii=False)
    for character in unprintable(text, font_dir=fonts):
        if not character.isascii():
            text = text.replace(character, GETA)
    made = typst.compile(
        str(_TEMPLATES / template),
        root=str(_TEMPLATES),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"given": text},
        format="pdf",
    )
    assert isinstance(made, bytes)
    return made


def pdf_answer(template: str, given: dict[str, Any], *, name: str) -> HttpResponse:
    """The sheet as a file to open or print."""
    answer = HttpResponse(pdf(template, given), content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return answer
