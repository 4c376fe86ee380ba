"""Typesets one PDF: run as a process of its own, so that its time is limited and the server's threads stay free.

Reads a sheet as JSON from its standard input and writes the PDF to its standard output. Texts of customers are
data of a fixed template and never a part of its source.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

_TEMPLATE = Path(__file__).parents[1] / "templates" / "invoice.typ"

_LONG_WORD = re.compile(r"\S{16}(?=\S)")


def typeset(sheet_json: str) -> bytes:
    """The PDF of a sheet, the same bytes each time: its date is that of the issue."""
    issued_at = datetime.fromtimestamp(json.loads(sheet_json)["issued_seconds"], UTC)
    compiler = compiler_of(sheet_json)
    try:
        made = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=issued_at)
    except typst.TypstError:
        # Only accessible PDFs forbid a character that no font has; better a gap in a name than no document.
        made = compiler.compile(format="pdf", timestamp=issued_at)
    assert isinstance(made, bytes), "a PDF is one file"
    return made


def compiler_of(sheet_json: str) -> typst.Compiler:
    """The template with the sheet as its data."""
    # The fonts come with typst; those of the machine only stand in for scripts that they lack.
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)
    inputs = {"sheet": json.dumps(_breakable(json.loads(sheet_json)))}
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, sys_inputs=inputs)


def _breakable(value: Any) -> Any:
    """The same, with places in over-long words where a line may end: typst does not break them by itself."""
    if isinstance(value, str):
        return _LONG_WORD.sub("\\g<0>\u200b", value)
    if isinstance(value, list):
        return [_breakable(item) for item in value]
    if isinstance(value, dict):
        return {key: _breakable(item) for key, item in value.items()}
    return value


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(sys.stdin.read()))
