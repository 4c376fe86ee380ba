"""Rows as a CSV, XLSX or XLS file. No cell becomes a formula, a link or another kind of value.

CSV and XLSX take constant memory. XLS does not: whoever writes one bounds its rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
import xlwt  # type: ignore[import-untyped]

Cell = str | int | Decimal | datetime | None
XLS_ROWS_MAX = 65_536
"""Of a sheet."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CELL_LENGTH_MAX = 32_767
"""Characters of an XLSX cell."""
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def defused(text: str) -> str:
    """The text as a cell of a CSV file that no program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


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


class OldWorkbook:
    """An XLS file (BIFF8), for programs that read nothing newer. It is held in memory: at most XLS_ROWS_MAX rows."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._path = path
        self._book = xlwt.Workbook(encoding="utf-8")
        self._sheet = self._book.add_sheet("Sheet1")
        self._row = 0
        self.add([header])

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Write rows."""
        for row in rows:
            for column, cell in enumerate(row):
                if cell is not None:
                    number = isinstance(cell, int | Decimal)
                    self._sheet.write(self._row, column, cell if number else _text(cell)[:_CELL_LENGTH_MAX])
            self._row += 1

    def close(self) -> None:
        """Write the file."""
        self._book.save(str(self._path))


def _csv_cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    return f"{cell:f}" if isinstance(cell, Decimal) else defused(_text(cell))


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(cell)
