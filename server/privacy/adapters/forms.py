"""A table's rows as a file in each form: what is added comes out in pieces."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from server.kit.sheets import OldWorkbook, Workbook, csv_lines
from server.privacy.reads.exporting import Part, Rows, cells, json_of
from server.privacy.reads.manifest import schema_of
from server.privacy.rules.exporting import Form, readable

_PIECE_BYTES = 64 * 1024
_SHEET_ROWS_MAX = 1_048_576
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


class Writer(Protocol):
    """Writes one file. Every row is added before the end; `close` also tidies up what was given up."""

    def add(self, rows: Rows) -> bytes: ...

    def end(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


def writer_of(part: Part) -> Writer:
    """The writer of a part of a package."""
    assert part.exported is not None
    if part.form is Form.SCHEMA:
        return _Text(json_of(schema_of(part.exported)))
    if part.form is Form.JSON:
        return _Json(part.exported.columns)
    header = [readable(name) for name in part.exported.columns]
    return _Csv(header) if part.form is Form.CSV else _Sheets(part.form, header)


class _Text:
    """A file that is known as a whole."""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def add(self, rows: Rows) -> bytes:
        return b""

    def end(self) -> Iterator[bytes]:
        yield self._text

    def close(self) -> None:
        pass


class _Json(_Text):
    """An array with an object a row, a line each."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(b"\n]\n")
        self._columns = columns
        self._before = b"[\n"

    def add(self, rows: Rows) -> bytes:
        lines = [json_of(dict(zip(self._columns, row, strict=True))) for row in rows]
        before, self._before = (self._before, b",\n") if lines else (b"", self._before)
        return before + b",\n".join(lines)

    def end(self) -> Iterator[bytes]:
        yield self._text if self._before == b",\n" else b"[]\n"


class _Csv(_Text):
    """A header and a line a row (RFC 4180)."""

    def __init__(self, header: Sequence[str]) -> None:
        super().__init__(b"")
        self._header: list[Sequence[Any]] = [header]

    def add(self, rows: Rows) -> bytes:
        header, self._header = self._header, []
        return csv_lines([*header, *map(cells, rows)])


class _Sheets:
    """A workbook, whose directory of parts comes last: it is made in a folder of its own, in memory where there is
    one, of a bounded number of rows.
    """

    def __init__(self, form: Form, header: Sequence[str]) -> None:
        memory = _MEMORY if _MEMORY.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="export", dir=memory)
        self._path = Path(self._folder.name, f"export.{form.value}")
        self._book: Workbook | OldWorkbook
        if form is Form.XLSX:
            self._book = Workbook(self._path, header, _SHEET_ROWS_MAX)
        else:
            self._book = OldWorkbook(self._path, header)

    def add(self, rows: Rows) -> bytes:
        self._book.add([cells(row) for row in rows])
        return b""

    def end(self) -> Iterator[bytes]:
        self._book.close()
        with self._path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                yield piece

    def close(self) -> None:
        self._folder.cleanup()
