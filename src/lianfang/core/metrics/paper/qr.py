"""QR codes as SVG, for paper."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """`text` as a QR code without a frame of its own; a quarter of it may be dirty (level Q)."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True, scale=1)
    return out.getvalue().decode()
