"""A text as a QR code that a page can show without loading anything."""

from __future__ import annotations

import io

import segno

_MODULE_PIXELS = 4


def svg(text: str) -> str:
    """A whole SVG document, with the quiet border that readers need (ISO/IEC 18004)."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=_MODULE_PIXELS, xmldecl=False)
    return out.getvalue().decode().strip()
