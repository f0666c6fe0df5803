"""QR codes as pictures, for paper: a quarter of each may be dirty (level Q: papers get wet and folded)."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str, *, border: int = 0) -> str:
    """`text` as SVG with `border` modules of white around it; a template that leaves room itself needs none."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=border, xmldecl=False, svgns=True, scale=1)
    return out.getvalue().decode()


def qr_png(text: str, *, border: int = 1, scale: int = 5) -> bytes:
    """The same as PNG, for Word."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="png", border=border, scale=scale)
    return out.getvalue()
