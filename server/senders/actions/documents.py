"""Documents of an application: taken in through links of one use, kept encrypted, shown to reviewers, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from server.kit import crypto
from server.kit.clock import from_micros, to_micros
from server.kit.due import cancel, schedule
from server.kit.ids import is_id
from server.kit.retention import note
from server.kit.work import Read, Work
from server.senders.actions.events import (
    SenderDocumentsDeleted,
    SenderDocumentStored,
    SenderDocumentViewed,
    change,
    locked,
)
from server.senders.actions.links import link, parts_of
from server.senders.model import SenderDocument, SenderDocumentChunk
from server.senders.reads import SenderRow, is_kept
from server.senders.rules import SenderStatus, Terms, check_editable
from server.senders.rules.documents import (
    UPLOADS_PATH,
    VIEWS_PATH,
    ContentType,
    DocumentKind,
    LinkExpired,
    LinkUnknown,
    SenderDocumentNotFound,
    UploadSizeMismatch,
    check_content,
    check_link,
    check_links,
    check_size,
    pieces,
)

DELETE_DOCUMENTS = "senders.delete_documents"
_UPLOAD, _VIEW = "upload", "view"
_DATA_COLUMN = "sender_document_chunks.data"


@dataclass(frozen=True, slots=True)
class Link:
    """Where to send or to fetch a document, from the server's own origin, and until when."""

    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """What an upload link was made for. `requested_by` is the credential that asked for it."""

    document_id: str
    account_id: str
    requested_by: str | None
    content_type: ContentType
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A document in the clear, for a reviewer."""

    document_id: str
    content_type: ContentType
    content: bytes


@dataclass(frozen=True, slots=True)
class Reviewer:
    """For whom a view link was made."""

    account_id: str
    credential_id: str


def request_upload(
    work: Work,
    account_id: str,
    sender_id: str,
    kind: DocumentKind,
    content_type: ContentType,
    size_bytes: int,
) -> Link:
    """A link that takes in one document of exactly this type and size, once, until it expires.

    Raises SenderDocumentSizeInvalid, SenderNotFound, SenderStatusConflict or UploadLimitReached.
    """
    terms = work.terms(Terms)
    check_size(size_bytes, terms)
    row = locked(work, sender_id, account_id)
    check_editable(SenderStatus(row.status))
    _check_links(work, row, terms)
    document_id, expires_at = work.ids.new("doc"), work.now + terms.upload_link_age_max
    work.execute(
        insert(SenderDocument).values(
            id=document_id,
            sender_id=row.id,
            account_id=account_id,
            kind=kind.value,
            content_type=content_type.value,
            size_bytes=size_bytes,
            requested_by=work.actor.credential_id,
            created_at=work.now,
            expires_at=expires_at,
        )
    )
    return Link(f"{UPLOADS_PATH}/{link(work, _UPLOAD, [document_id])}", expires_at)


def expected_upload(read: Read, token: str) -> Expected:
    """What the link is for, before a byte is read. Raises LinkUnknown, LinkUsed or LinkExpired."""
    (document_id,) = parts_of(read, _UPLOAD, token, 1)
    row = read.first(select(SenderDocument.__table__).where(SenderDocument.id == document_id))
    if row is None:
        raise LinkUnknown
    check_link(read.now, row.expires_at, row.taken_at)
    content_type = ContentType(row.content_type)
    return Expected(row.id, row.account_id, row.requested_by, content_type, row.size_bytes)


def take_upload(work: Work, document_id: str) -> None:
    """Use the link up, whatever becomes of the upload. Raises LinkUnknown, LinkUsed or LinkExpired."""
    row = _locked_document(work, document_id)
    check_link(work.now, row.expires_at, row.taken_at)
    work.execute(update(SenderDocument).where(SenderDocument.id == row.id).values(taken_at=work.now))


def store_document(work: Work, document_id: str, content: bytes) -> None:
    """Keep a document that arrived, instead of an earlier one of its kind.

    Raises UploadSizeMismatch, UploadContentInvalid, LinkUnknown, or SenderStatusConflict when the application was
    submitted or ended meanwhile.
    """
    row = _locked_document(work, document_id)
    sender = locked(work, row.sender_id)
    check_editable(SenderStatus(sender.status))
    if len(content) != row.size_bytes:
        raise UploadSizeMismatch(row.size_bytes)
    check_content(ContentType(row.content_type), content)
    _delete(work, sender, _replaced_by(row, sender))
    _insert_chunks(work, row, content)
    stored = {"stored_at": work.now, "for_submission": sender.submissions + 1}
    work.execute(update(SenderDocument).where(SenderDocument.id == row.id).values(stored))
    schedule(work, DELETE_DOCUMENTS, sender.id, work.now + work.terms(Terms).documents_kept_unsubmitted)
    change(work, sender, SenderDocumentStored)


def request_view(work: Work, document_id: str) -> Link:
    """A link under which the actor, a reviewer, may look at a document until it expires.

    Raises SenderDocumentNotFound.
    """
    if _kept_document(work, document_id) is None:
        raise SenderDocumentNotFound
    reviewer, credential = work.actor.account_id, work.actor.credential_id
    assert reviewer is not None and credential is not None, "reviewers sign in"  # noqa: PT018
    expires_at = work.now + work.terms(Terms).view_link_age_max
    parts = [document_id, reviewer, credential, str(to_micros(expires_at))]
    return Link(f"{VIEWS_PATH}/{link(work, _VIEW, parts)}", expires_at)


def reviewer_of(read: Read, token: str) -> Reviewer:
    """For whom a view link was made; their credential must still be good. Raises LinkUnknown."""
    _, account_id, credential_id, _ = parts_of(read, _VIEW, token, 4)
    return Reviewer(account_id, credential_id)


def view_document(work: Work, token: str) -> Shown:
    """Show the document, and record that it was looked at and by whom.

    Raises LinkUnknown, LinkExpired, or SenderDocumentNotFound once it was deleted.
    """
    document_id, viewer_id, credential_id, expires = parts_of(work, _VIEW, token, 4)
    if work.now >= from_micros(int(expires)):
        raise LinkExpired
    row = _kept_document(work, document_id)
    if row is None:
        raise SenderDocumentNotFound
    work.record(SenderDocumentViewed(row.account_id, row.sender_id, document_id, viewer_id, credential_id))
    return Shown(document_id, ContentType(row.content_type), _content(work, document_id))


def delete_documents(work: Work, sender: SenderRow) -> None:
    """Delete what is kept for a locked sender, and say so if there was anything (M073)."""
    cancel(work, DELETE_DOCUMENTS, sender.id)
    if _delete(work, sender, is_kept()):
        work.record(SenderDocumentsDeleted.of(sender))


def delete_due_documents(work: Work, sender_id: str) -> None:
    """The due step that ends the documents' time; while somebody reviews them they are kept."""
    sender = locked(work, sender_id)
    if sender.status != SenderStatus.SUBMITTED.value and _delete(work, sender, is_kept()):
        work.record(SenderDocumentsDeleted.of(sender))


def _check_links(work: Work, row: SenderRow, terms: Terms) -> None:
    since = work.now - terms.upload_links_window
    recent = select(func.count()).where(SenderDocument.created_at > since)
    of_sender = work.scalar(recent.where(SenderDocument.sender_id == row.id))
    of_account = work.scalar(recent.where(SenderDocument.account_id == row.account_id))
    check_links(of_sender, of_account, terms)
    never_stored = SenderDocument.stored_at.is_(None) & (SenderDocument.created_at <= since)
    work.execute(delete(SenderDocument).where(SenderDocument.sender_id == row.id, never_stored))


def _locked_document(work: Work, document_id: str) -> Row[tuple[object, ...]]:
    query = select(SenderDocument.__table__).where(SenderDocument.id == document_id)
    row = work.first(query.with_for_update())
    if row is None:
        raise LinkUnknown
    return row


def _kept_document(read: Read, document_id: str) -> Row[tuple[object, ...]] | None:
    if not is_id(document_id, "doc"):
        return None
    return read.first(select(SenderDocument.__table__).where(SenderDocument.id == document_id, is_kept()))


def _insert_chunks(work: Work, row: Row[tuple[object, ...]], content: bytes) -> None:
    key = work.keys.ensure(row.account_id, ["identity"])["identity"]
    chunks = pieces(content, work.terms(Terms).chunk_bytes)
    for position, piece in enumerate(chunks):
        column = _column(row.id, position)
        sealed = crypto.seal(key, column, piece, work.entropy)
        values = {"document_id": row.id, "position": position, "account_id": row.account_id, "data": sealed}
        work.execute(insert(SenderDocumentChunk).values(values))


def _content(read: Read, document_id: str) -> bytes:
    query = select(SenderDocumentChunk.position, SenderDocumentChunk.data).where(
        SenderDocumentChunk.document_id == document_id
    )
    return b"".join(
        crypto.open_sealed(
            read.keys.key_by_id(crypto.key_id_of(chunk.data)),
            _column(document_id, chunk.position),
            chunk.data,
        )
        for chunk in read.rows(query.order_by(SenderDocumentChunk.position))
    )


def _column(document_id: str, position: int) -> str:
    """What a piece is sealed for: no piece can take the place of another one, or stand in another document."""
    return f"{_DATA_COLUMN}/{document_id}/{position}"


def _replaced_by(row: Row[tuple[object, ...]], sender: SenderRow) -> ColumnElement[bool]:
    """Which documents a new one replaces: that of its kind, and all that a refusal was about (M073)."""
    of_kind: ColumnElement[bool] = SenderDocument.kind == row.kind
    return of_kind | (SenderDocument.for_submission <= sender.submissions)


def _delete(work: Work, sender: SenderRow, which: ColumnElement[bool]) -> bool:
    """Delete the content of those of the sender's documents; whether there was any."""
    mine = (SenderDocument.sender_id == sender.id) & is_kept() & which
    gone = update(SenderDocument).where(mine).values(deleted_at=work.now).returning(SenderDocument.id)
    ids = work.execute(gone).scalars().all()
    work.execute(delete(SenderDocumentChunk).where(SenderDocumentChunk.document_id.in_(ids)))
    note(work, "sender_documents", len(ids))
    return bool(ids)
