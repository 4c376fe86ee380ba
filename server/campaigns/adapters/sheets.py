"""Rows as a CSV or XLSX file, in constant memory. No cell becomes a formula, a link or another kind of value."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from server.campaigns.reads.exports import Cell
from server.campaigns.rules.exports import defused

_CELL_LENGTH_MAX = 32_767
"""Characters of an XLSX cell."""
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def csv_lines(rows: Sequence[Sequence[Cell]]) -> bytes:
    """The rows as RFC 4180 has them, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return text.getvalue().encode()


class Workbook:
    """An XLSX file on disk that takes rows one after the other."""

    def __init__(self, path: Path, header: Sequence[str], rows_max: int) -> None:
        self._book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)})
        self._header = header
        self._rows_max = rows_max
        self._begin_sheet()

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows; a full sheet is followed by another one."""
        for row in rows:
            if self._row == self._rows_max:
                self._begin_sheet()
            self._write(row)

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._row = 0
        self._write(self._header)

    def _write(self, row: Sequence[Cell]) -> None:
        for column, cell in enumerate(row):
            if isinstance(cell, int | Decimal):
                self._sheet.write_number(self._row, column, cell)
            elif cell is not None:
                self._sheet.write_string(self._row, column, _text(cell)[:_CELL_LENGTH_MAX])
        self._row += 1


def _csv_cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    return f"{cell:f}" if isinstance(cell, Decimal) else defused(_text(cell))


def _text(cell: str | int | Decimal | datetime) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(cell)
