"""Copies of data: which there are, and the next rows of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, and_, select

from server.accounts import reads as account_reads
from server.kit import crypto
from server.kit.ids import is_id
from server.kit.sheets import Cell
from server.kit.work import Read
from server.kit.zipping import Entry
from server.privacy.model.exports import DataExport, DataExportChunk, DataExportFile
from server.privacy.reads.keys import keys_of, next_rows, written
from server.privacy.reads.owned import Exported, Subject, exported, owned, sealed_columns
from server.privacy.rules.exporting import ExportScope, ExportStatus, Form, PackageTerms

CHUNK_COLUMN = "data_export_chunks.data"
Rows = Sequence[Sequence[Any]]


class ExportRow(NamedTuple):
    """A row of `data_exports`."""

    id: str
    account_id: str
    person_id: str
    scope: str
    request_id: str | None
    status: str
    part: int
    file: int
    after: str | None
    writer: str | None
    tables: int
    tables_total: int
    rows: int
    chunks: int
    size_bytes: int
    created_at: datetime
    updated_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    link_id: str | None
    link_expires_at: datetime | None
    link_used_at: datetime | None
    downloads: int

    @property
    def subject(self) -> Subject:
        return Subject(ExportScope(self.scope), self.account_id, self.person_id)


@dataclass(frozen=True, slots=True)
class Part:
    """What is written next: a table in a form; `number` is which file of it, behind the row with the key `after`.

    `position` counts the tables and forms. `exported` is None when only the manifest is left.
    """

    row: ExportRow
    position: int
    number: int
    after: str | None
    exported: Exported | None
    form: Form

    @property
    def name(self) -> str:
        """The name of the file in the package."""
        assert self.exported is not None
        table = self.exported.table.name
        if self.form is Form.SCHEMA:
            return f"json/{table}.schema.json"
        return f"{self.form.value}/{table}{f'-{self.number}' if self.number > 1 else ''}.{self.form.value}"


class Page(NamedTuple):
    """Some rows, and behind which key the next ones are; None when these are the last."""

    rows: Rows
    after: str | None


def export(read: Read, account_id: str, export_id: str) -> ExportRow | None:
    """A copy of the account's; the id is as the caller gave it."""
    row = any_export(read, export_id)
    return row if row is not None and row.account_id == account_id else None


def any_export(read: Read, export_id: str) -> ExportRow | None:
    """A copy of anybody's."""
    if not is_id(export_id, "exp"):
        return None
    row = read.first(select(DataExport.__table__).where(DataExport.id == export_id))
    return None if row is None else ExportRow(**row._mapping)


def exports_of(
    read: Read, account_id: str, person_id: str, limit: int, after: str | None = None
) -> Sequence[ExportRow]:
    """The copies that the person asked for, newest first. Nobody else may have them: each holds what is theirs."""
    mine = (DataExport.account_id == account_id) & (DataExport.person_id == person_id)
    query = select(DataExport.__table__).where(mine)
    if after is not None:
        query = query.where(DataExport.id < after)
    return [ExportRow(**row._mapping) for row in read.rows(query.order_by(DataExport.id.desc()).limit(limit))]


def building(read: Read, subject: Subject) -> str | None:
    """The copy of the same that is being made."""
    same = and_(
        DataExport.account_id == subject.account_id,
        DataExport.person_id == subject.person_id,
        DataExport.scope == subject.scope.value,
    )
    return read.scalar(  # type: ignore[no-any-return]
        select(DataExport.id).where(same, DataExport.status == ExportStatus.BUILDING.value)
    )


def made_for(read: Read, request_id: str) -> bool:
    """Whether a copy is being made that the request asked for."""
    mine = (DataExport.request_id == request_id) & (DataExport.status == ExportStatus.BUILDING.value)
    return read.first(select(DataExport.id).where(mine).limit(1)) is not None


def next_part(read: Read, export_id: str) -> Part | None:
    """What is to be written next, of tables that have rows; None when the package is not being built any more."""
    row = any_export(read, export_id)
    if row is None or row.status != ExportStatus.BUILDING.value:
        return None
    tables, forms = exported(read, row.subject.scope), read.terms(PackageTerms).forms
    position, number, after = row.part, row.file, row.after
    while position < len(tables) * len(forms):
        table, form = tables[position // len(forms)], forms[position % len(forms)]
        if number > 1 or position % len(forms) or _has_rows(read, table, row.subject):
            return Part(row, position, number, after, table, form)
        position, number, after = position + len(forms), 1, None
    return Part(row, position, 1, None, None, Form.JSON)


def rows_after(read: Read, part: Part, after: str | None, limit: int) -> Page:
    """The next rows of a table, opened; in the order of its key, so that what comes meanwhile shifts nothing."""
    assert part.exported is not None
    table, keys = part.exported.table, keys_of(part.exported.model)
    columns = [table.c[name] for name in part.exported.columns]
    query = select(*columns, *[key.label(f"key_{place}") for place, key in enumerate(keys)])
    mine = query.where(owned(table, part.row.subject))
    # One more than is shown: whether another file is needed is known before this one ends.
    found = next_rows(read, mine, keys, after, limit + 1)
    sealed = sealed_columns(table)
    opened = [place for place, column in enumerate(columns) if column.name in sealed]
    rows = []
    for each in found[:limit]:
        values = list(each[: len(columns)])
        for place in opened:
            values[place] = account_reads.open_or_none(read, str(columns[place]), values[place])
        rows.append([value.hex() if isinstance(value, bytes) else value for value in values])
    return Page(rows, written(found[limit - 1][len(columns) :]) if len(found) > limit else None)


def cells(row: Sequence[Any]) -> Sequence[Cell]:
    """A row for sheets."""
    return [str(value).lower() if isinstance(value, bool) else value for value in row]


def entries(read: Read, export_id: str) -> Sequence[Entry]:
    """The finished files, in order."""
    return [
        Entry(row.name, row.crc, row.packed_bytes, row.plain_bytes, row.begins_at)
        for row in files(read, export_id)
    ]


def files(read: Read, export_id: str) -> Sequence[Row[Any]]:
    """The finished files, in order, as they are stored."""
    mine = select(DataExportFile.__table__).where(DataExportFile.export_id == export_id)
    return read.rows(mine.order_by(DataExportFile.number))


def chunk(read: Read, export_id: str, position: int) -> bytes | None:
    """A piece of a package; None once it is deleted."""
    sealed = read.scalar(
        select(DataExportChunk.data).where(
            DataExportChunk.export_id == export_id, DataExportChunk.position == position
        )
    )
    if sealed is None:
        return None
    key = read.keys.key_by_id(crypto.key_id_of(sealed))
    return crypto.open_sealed(key, chunk_column(export_id, position), sealed)


def chunk_column(export_id: str, position: int) -> str:
    """What a piece is sealed for: none can take the place of another one, or stand in another package."""
    return f"{CHUNK_COLUMN}/{export_id}/{position}"


def json_of(value: Any) -> bytes:
    """As all JSON of a package is written."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def _has_rows(read: Read, table: Exported, subject: Subject) -> bool:
    key = keys_of(table.model)[0]
    return read.first(select(key).where(owned(table.table, subject)).limit(1)) is not None
