"""What happens to copies of data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import select, update

from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work
from server.privacy.model.exports import DataExport
from server.privacy.reads.exporting import ExportRow
from server.privacy.rules.exporting import DataExportNotFound


@dataclass(frozen=True, slots=True)
class DataExportChange(DomainEvent):
    """What every change of a copy tells: where it is from then on. The subject is the copy."""

    person_id: str
    status: str
    tables: int
    rows: int

    @classmethod
    def of(cls, row: ExportRow) -> Self:
        return cls(row.account_id, row.id, row.person_id, row.status, row.tables, row.rows)


class DataExportRequested(DataExportChange):
    """Somebody asked for it; it is being made."""


class DataExportProgressed(DataExportChange):
    """Another table is in it."""


class DataExportReady(DataExportChange):
    """It can be fetched."""


class DataExportDownloaded(DataExportChange):
    """Somebody fetched it, or began to (Q019)."""


class DataExportCancelled(DataExportChange):
    """It is deleted before its time: somebody did not want it any more, or the account was closed."""


class DataExportExpired(DataExportChange):
    """Its time is over, and it is deleted."""


CHANGES: tuple[type[DataExportChange], ...] = (
    DataExportRequested,
    DataExportProgressed,
    DataExportReady,
    DataExportDownloaded,
    DataExportCancelled,
    DataExportExpired,
)


def locked(work: Work, export_id: str, account_id: str | None = None) -> ExportRow:
    """The copy, of that account if one is given, locked for the rest of the transaction. Raises DataExportNotFound."""
    query = select(DataExport.__table__).where(DataExport.id == export_id)
    row = work.first(query.with_for_update()) if is_id(export_id, "exp") else None
    if row is None or account_id not in (None, row.account_id):
        raise DataExportNotFound
    return ExportRow(**row._mapping)


def write(work: Work, row: ExportRow, **changes: Any) -> ExportRow:
    """Change a locked copy."""
    values = {**changes, "updated_at": work.now}
    work.execute(update(DataExport).where(DataExport.id == row.id).values(values))
    return row._replace(**values)
