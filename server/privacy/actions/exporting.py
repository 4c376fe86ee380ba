"""Asking for a copy of data, fetching it by a link of one use, and deleting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from server.accounts import reads as account_reads
from server.accounts.actions.events import AccountClosed
from server.accounts.actions.signing_in import require_fresh_session
from server.kit import links
from server.kit.due import cancel, schedule
from server.kit.work import Read, Work
from server.privacy.actions.export_events import (
    DataExportCancelled,
    DataExportDownloaded,
    DataExportExpired,
    DataExportRequested,
    locked,
    write,
)
from server.privacy.actions.requests import (
    Filing,
    begin_request,
    file_request,
    fulfil_request,
    withdraw_request,
)
from server.privacy.model.exports import DataExport, DataExportChunk, DataExportFile
from server.privacy.reads import exporting as reads
from server.privacy.reads import requests as request_reads
from server.privacy.reads.exporting import ExportRow
from server.privacy.reads.owned import Subject, exported
from server.privacy.rules.exporting import (
    PACKAGES_PATH,
    DataExportForbidden,
    DataExportNotFound,
    DataExportRunning,
    ExportScope,
    ExportStatus,
    PackageLinkUnknown,
    PackageTerms,
    check_link,
    check_scope,
    check_status,
)
from server.privacy.rules.request_refusals import PrivacyRequestAccountUnknown
from server.privacy.rules.requests import PrivacyRequestKind, PrivacyRequestSource, PrivacyRequestStatus

BUILD = "privacy.build_export"
DELETE = "privacy.delete_export"
_SECRET = "data_export_links"  # noqa: S105 - its name
_DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class PackageLink:
    """Where a package can be fetched once, from the server's own origin, and until when."""

    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """What a link stands for: a package, and the credential that asked for the link, which must still be good."""

    export_id: str
    link_id: str
    account_id: str
    credential_id: str


def request_export(
    work: Work, scope: ExportScope, kind: PrivacyRequestKind = PrivacyRequestKind.ACCESS
) -> ExportRow:
    """Begin a copy of what is held of the acting person, or of the account; there is one of each at a time.

    It is filed as a request of that kind, with its own due date, which the copy fulfils. Raises StepUpRequired,
    DataExportForbidden, DataExportRunning, PrivacyRequestChannelClosed, PrivacyRequestLimitReached.
    """
    require_fresh_session(work)
    person = _person(work)
    check_scope(scope, person.role)
    subject = Subject(scope, person.account_id, person.id)
    running = reads.building(work, subject)
    if running is not None:
        raise DataExportRunning(running)
    filing = Filing(person.account_id, kind, PrivacyRequestSource.SELF, person.id)
    try:
        request = begin_request(work, file_request(work, filing).id)
    except PrivacyRequestAccountUnknown:  # the company's own people ask their company
        raise DataExportForbidden from None
    return begin_export(work, subject, request.id)


def begin_export(work: Work, subject: Subject, request_id: str | None) -> ExportRow:
    """Begin a copy, for somebody who may have it."""
    numbers = ("part", "tables", "rows", "chunks", "size_bytes", "downloads")
    values: dict[str, Any] = {**dict.fromkeys(ExportRow._fields), **dict.fromkeys(numbers, 0)}
    values |= {
        "id": work.ids.new("exp"),
        "account_id": subject.account_id,
        "person_id": subject.person_id,
        "scope": subject.scope.value,
        "request_id": request_id,
        "status": ExportStatus.BUILDING.value,
        "file": 1,
        "tables_total": len(exported(work, subject.scope)),
        "created_at": work.now,
        "updated_at": work.now,
    }
    row = ExportRow(**values)
    work.execute(insert(DataExport).values(row._asdict()))
    schedule(work, BUILD, row.id, work.now)
    work.record(DataExportRequested.of(row))
    return row


def cancel_export(work: Work, export_id: str) -> ExportRow:
    """Give up a copy, and delete what there is of it. Raises DataExportNotFound, DataExportStatusConflict."""
    row = _own(work, export_id)
    check_status(row.status, ExportStatus.BUILDING, ExportStatus.READY)
    cancelled = _cancel(work, row)
    request = _request_to_end(work, cancelled)
    if request is not None:
        withdraw_request(work, row.account_id, request)
    return cancelled


def fulfil(work: Work, row: ExportRow) -> None:
    """The request that asked for a copy is done, once no other copy that it asked for is being made."""
    request = _request_to_end(work, row)
    if request is not None:
        fulfil_request(work, request)


def give_up(work: Work, export_id: str) -> None:
    """Cancel a copy that is larger than any may be."""
    row = locked(work, export_id)
    if row.status == ExportStatus.BUILDING.value:
        _cancel(work, row)


def cancel_exports(work: Work, event: AccountClosed) -> None:
    """An account that is closed has no copies: nobody could fetch them any more."""
    live = [ExportStatus.BUILDING.value, ExportStatus.READY.value]
    mine = (DataExport.account_id == event.account_id) & DataExport.status.in_(live)
    for export_id in work.execute(select(DataExport.id).where(mine).order_by(DataExport.id)).scalars().all():
        _cancel(work, locked(work, export_id))


def create_link(work: Work, export_id: str) -> PackageLink:
    """A link under which the copy can be fetched once, in place of an earlier one.

    Raises StepUpRequired, DataExportNotFound, DataExportStatusConflict.
    """
    require_fresh_session(work)
    row = _own(work, export_id)
    check_status(row.status, ExportStatus.READY)
    link_id, expires_at = work.ids.new("lnk"), work.now + work.terms(PackageTerms).link_age_max
    write(work, row, link_id=link_id, link_expires_at=expires_at, link_used_at=None)
    credential = work.actor.credential_id
    assert credential is not None, "who has a fresh session has a credential"
    parts = [row.id, link_id, row.account_id, credential]
    return PackageLink(f"{PACKAGES_PATH}/{links.link(work, _SECRET, _DOWNLOAD, parts)}", expires_at)


def followed(read: Read, token: str) -> Followed:
    """What a link stands for. Raises PackageLinkUnknown for what was not made by `create_link`."""
    parts = links.parts_of(read, _SECRET, _DOWNLOAD, token, 4)
    if parts is None:
        raise PackageLinkUnknown
    return Followed(*parts)


def use_link(work: Work, link: Followed) -> ExportRow:
    """Use the link up, whatever becomes of the download, and count it (Q019).

    Raises PackageLinkUnknown, PackageLinkUsed, PackageLinkExpired, DataExportStatusConflict.
    """
    try:
        row = locked(work, link.export_id, link.account_id)
    except DataExportNotFound:
        raise PackageLinkUnknown from None
    if row.link_id != link.link_id or row.link_expires_at is None:
        raise PackageLinkUnknown
    check_link(work.now, row.link_expires_at, row.link_used_at)
    check_status(row.status, ExportStatus.READY)
    used = write(work, row, link_used_at=work.now, downloads=row.downloads + 1)
    work.record(DataExportDownloaded.of(used))
    return used


def delete_export(work: Work, export_id: str) -> None:
    """The due step that deletes a package, some pieces at a time; repeated, it does nothing more."""
    row = locked(work, export_id)
    if row.status == ExportStatus.READY.value:
        if row.expires_at is not None and work.now < row.expires_at:
            return
        row = write(work, row, status=ExportStatus.EXPIRED.value, ended_at=work.now)
        work.record(DataExportExpired.of(row))
    if row.status == ExportStatus.BUILDING.value:
        return
    limit = work.terms(PackageTerms).chunks_deleted_at_once
    some = select(DataExportChunk.position).where(DataExportChunk.export_id == export_id).limit(limit)
    mine = (DataExportChunk.export_id == export_id) & DataExportChunk.position.in_(some)
    if len(work.rows(delete(DataExportChunk).where(mine).returning(DataExportChunk.position))) == limit:
        schedule(work, DELETE, export_id, work.now)
        return
    work.execute(delete(DataExportFile).where(DataExportFile.export_id == export_id))
    write(work, row, size_bytes=0, chunks=0, link_id=None, after=None)


def _cancel(work: Work, row: ExportRow) -> ExportRow:
    cancelled = write(work, row, status=ExportStatus.CANCELLED.value, ended_at=work.now, writer=None)
    cancel(work, BUILD, row.id)
    schedule(work, DELETE, row.id, work.now)
    work.record(DataExportCancelled.of(cancelled))
    return cancelled


def _request_to_end(work: Work, row: ExportRow) -> str | None:
    """The request of a copy, if it is open and this was the last copy that is made for it."""
    if row.request_id is None or reads.made_for(work, row.request_id):
        return None
    request = request_reads.request(work, row.account_id, row.request_id)
    # What an open case holds is ended by who releases it.
    going_on = request is not None and request.status == PrivacyRequestStatus.IN_PROGRESS.value
    return row.request_id if going_on else None


def _own(work: Work, export_id: str) -> ExportRow:
    """The copy, if the acting person may have it. Raises DataExportNotFound."""
    person = _person(work)
    row = locked(work, export_id, person.account_id)
    try:
        check_scope(ExportScope(row.scope), person.role)
    except DataExportForbidden:
        raise DataExportNotFound from None
    if row.person_id != person.id:
        # What an account's copy holds of a person is of who asked for it.
        raise DataExportNotFound
    return row


def _person(work: Work) -> Row[Any]:
    person = account_reads.person_of_session(work, work.actor.credential_id or "")
    if person is None:
        raise DataExportForbidden
    return person
