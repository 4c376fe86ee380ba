"""Which documents an application needs, what may be uploaded, and through which links. No I/O."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.kit.problems import Refusal
from server.senders.rules import Terms

UPLOADS_PATH = "/uploads"
VIEWS_PATH = "/sender-documents"


class DocumentKind(StrEnum):
    """The documents of an application, all of which it needs (M072)."""

    COMPANY_REGISTRATION = "COMPANY_REGISTRATION"
    IDENTITY = "IDENTITY"


class ContentType(StrEnum):
    """What a document may be, by its media type."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


_BEGINNINGS = {
    ContentType.PDF: b"%PDF-",
    ContentType.JPEG: b"\xff\xd8\xff",
    ContentType.PNG: b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR",
}


@dataclass(eq=False)
class SenderDocumentSizeInvalid(Refusal):
    """A document has at least one byte, and not too many."""

    code = "SENDER_DOCUMENT_SIZE_INVALID"
    blames = "sizeBytes"
    limit_bytes: int


@dataclass(eq=False)
class UploadLimitReached(Refusal):
    """So many uploads were asked for already; wait for a while."""

    code = "UPLOAD_LIMIT_REACHED"
    limit: int


@dataclass(eq=False)
class SenderDocumentsMissing(Refusal):
    """An application needs the company's registration and an identity document; upload what is missing."""

    code = "SENDER_DOCUMENTS_MISSING"
    company_registration: bool
    identity: bool


@dataclass(eq=False)
class SenderDocumentNotFound(Refusal):
    """There is no such document, or it was deleted."""

    code = "SENDER_DOCUMENT_NOT_FOUND"
    blames = "documentId"


@dataclass(eq=False)
class LinkUnknown(Refusal):
    """There is nothing at this link."""

    code = "LINK_UNKNOWN"


@dataclass(eq=False)
class LinkExpired(Refusal):
    """The link has expired; ask for another one."""

    code = "LINK_EXPIRED"


@dataclass(eq=False)
class LinkUsed(Refusal):
    """The link was used; ask for another one."""

    code = "LINK_USED"


@dataclass(eq=False)
class UploadTypeMismatch(Refusal):
    """The Content-Type is not the one that was announced."""

    code = "UPLOAD_TYPE_MISMATCH"


@dataclass(eq=False)
class UploadLengthMissing(Refusal):
    """An upload says its Content-Length, and is sent as it is, without a content coding."""

    code = "UPLOAD_LENGTH_MISSING"


@dataclass(eq=False)
class UploadSizeMismatch(Refusal):
    """The upload has not as many bytes as were announced."""

    code = "UPLOAD_SIZE_MISMATCH"
    announced_bytes: int


@dataclass(eq=False)
class UploadTooSlow(Refusal):
    """The upload did not arrive in time."""

    code = "UPLOAD_TOO_SLOW"


@dataclass(eq=False)
class UploadContentInvalid(Refusal):
    """The content is not what its type says."""

    code = "UPLOAD_CONTENT_INVALID"


def check_size(size_bytes: int, terms: Terms) -> None:
    """Raises SenderDocumentSizeInvalid."""
    if not 1 <= size_bytes <= terms.document_bytes_max:
        raise SenderDocumentSizeInvalid(terms.document_bytes_max)


def check_links(of_sender: int, of_account: int, terms: Terms) -> None:
    """Whether one more may be made after so many in the last window. Raises UploadLimitReached."""
    if of_sender >= terms.upload_links_per_sender_max:
        raise UploadLimitReached(terms.upload_links_per_sender_max)
    if of_account >= terms.upload_links_per_account_max:
        raise UploadLimitReached(terms.upload_links_per_account_max)


def check_link(now: datetime, expires_at: datetime, taken_at: datetime | None) -> None:
    """Whether an upload may begin. Raises LinkUsed or LinkExpired; at its last instant a link has expired."""
    if taken_at is not None:
        raise LinkUsed
    if now >= expires_at:
        raise LinkExpired


def check_content(content_type: ContentType, content: bytes) -> None:
    """Whether it begins as its type does, whatever the request said. Raises UploadContentInvalid."""
    if not content.startswith(_BEGINNINGS[content_type]):
        raise UploadContentInvalid


def check_complete(present: Collection[DocumentKind]) -> None:
    """Raises SenderDocumentsMissing, which says which of the two are (M072)."""
    missing = set(DocumentKind) - set(present)
    if missing:
        raise SenderDocumentsMissing(
            company_registration=DocumentKind.COMPANY_REGISTRATION in missing,
            identity=DocumentKind.IDENTITY in missing,
        )


def pieces(content: bytes, chunk_bytes: int) -> list[bytes]:
    """The content in pieces of that size, the last one shorter."""
    return [content[start : start + chunk_bytes] for start in range(0, len(content), chunk_bytes)]
