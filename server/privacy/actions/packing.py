"""Writing a package: each piece is sealed and stored at once, and each finished file is where a crash goes on from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from server.kit import crypto
from server.kit.due import cancel, schedule
from server.kit.work import Work
from server.kit.zipping import Entry
from server.privacy.actions.export_events import (
    DataExportProgressed,
    DataExportReady,
    locked,
    write,
)
from server.privacy.actions.exporting import BUILD, DELETE, fulfil
from server.privacy.model.exports import DataExportChunk, DataExportFile
from server.privacy.reads import exporting as reads
from server.privacy.reads.exporting import ExportRow, Part
from server.privacy.rules.exporting import ExportStatus, PackageTerms

MANIFEST = "manifest.json"
_CLASS = "content"


class PackageLost(Exception):
    """The package was cancelled, or somebody else goes on with it: who wrote a file stops."""


class PackageTooLarge(Exception):
    """The package is larger than any may be."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A file with its last piece; behind which key its table goes on, None when it is done in that form."""

    entry: Entry
    rows: int
    after: str | None


def begin_file(work: Work, part: Part) -> str:
    """Take the next file; returns who writes it. What a crash left behind the last finished file is deleted.

    Raises PackageLost when the package is not where it was.
    """
    row = _live(work, part.row.id)
    if (row.part, row.file, row.chunks) != (part.row.part, part.row.file, part.row.chunks):
        raise PackageLost
    mine = (DataExportChunk.export_id == row.id) & (DataExportChunk.position >= row.chunks)
    work.execute(delete(DataExportChunk).where(mine))
    writer = work.ids.new("wrt")
    write(work, row, writer=writer)
    return writer


def store_chunk(work: Work, part: Part, writer: str, position: int, data: bytes) -> None:
    """Store a piece of the file that is being written. Raises PackageLost."""
    row = _live(work, part.row.id)
    if row.writer != writer:
        raise PackageLost
    _insert(work, row, position, data)


def end_file(
    work: Work, part: Part, writer: str, position: int, data: bytes, finished: Finished
) -> ExportRow:
    """Store the last piece of a file, and where to go on. Raises PackageLost, PackageTooLarge."""
    row = _live(work, part.row.id)
    if row.writer != writer:
        raise PackageLost
    entry, table = finished.entry, part.exported
    assert table is not None, "the manifest ends the package"
    _insert(work, row, position, data)
    _list(work, row, entry, table.table.name, finished.rows)
    forms = work.terms(PackageTerms).forms
    next_file = 1 if finished.after is None else part.number + 1
    at = part.position + (1 if finished.after is None else 0)
    counted = finished.rows if part.form is forms[1] else 0
    changed = write(
        work,
        row,
        writer=None,
        part=at,
        file=next_file,
        after=finished.after,
        tables=at // len(forms),
        rows=row.rows + counted,
        chunks=position + 1,
        size_bytes=entry.ends_at,
    )
    if changed.size_bytes > work.terms(PackageTerms).package_bytes_max:
        raise PackageTooLarge
    if changed.tables > row.tables:
        work.record(DataExportProgressed.of(changed))
    return changed


def end_package(work: Work, part: Part, writer: str, position: int, data: bytes, entry: Entry) -> ExportRow:
    """Store the manifest and the directory, and say that the copy can be fetched. Raises PackageLost."""
    row = _live(work, part.row.id)
    if row.writer != writer:
        raise PackageLost
    _insert(work, row, position, data)
    _list(work, row, entry, "", 0)
    expires_at = work.now + work.terms(PackageTerms).kept
    ready = write(
        work,
        row,
        status=ExportStatus.READY.value,
        writer=None,
        after=None,
        tables=row.tables_total,
        chunks=position + 1,
        size_bytes=row.size_bytes + len(data),
        ready_at=work.now,
        expires_at=expires_at,
    )
    cancel(work, BUILD, row.id)
    schedule(work, DELETE, row.id, expires_at)
    work.record(DataExportReady.of(ready))
    fulfil(work, ready)
    return ready


def _live(work: Work, export_id: str) -> ExportRow:
    row = locked(work, export_id)
    if row.status != ExportStatus.BUILDING.value:
        raise PackageLost
    return row


def _insert(work: Work, row: ExportRow, position: int, data: bytes) -> None:
    key = work.keys.ensure(row.account_id, [_CLASS])[_CLASS]
    sealed = crypto.seal(key, reads.chunk_column(row.id, position), data, work.entropy)
    values = {"export_id": row.id, "position": position, "account_id": row.account_id, "data": sealed}
    work.execute(insert(DataExportChunk).values(values))


def _list(work: Work, row: ExportRow, entry: Entry, table: str, rows: int) -> None:
    mine = select(func.count()).where(DataExportFile.export_id == row.id)
    number = int(work.scalar(mine) or 0)
    values: dict[str, Any] = {"export_id": row.id, "number": number, "account_id": row.account_id}
    work.execute(
        insert(DataExportFile).values(
            **values,
            name=entry.name,
            table=table,
            rows=rows,
            crc=entry.crc,
            packed_bytes=entry.packed_bytes,
            plain_bytes=entry.plain_bytes,
            begins_at=entry.begins_at,
        )
    )
