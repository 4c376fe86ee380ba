"""Short-lived links to documents, signed by this server: who holds one may download without signing in."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from server.kit.ids import is_id
from server.kit.work import Read
from server.orders.rules.terms import Terms

_KEY = "document_links"
_SECONDS_DIGITS_MAX = 12


class Form(Enum):
    """In which form a document is downloaded."""

    HTML = "html"
    PDF = "pdf"


class LinkFault(Enum):
    """Why a link leads nowhere."""

    UNKNOWN = "UNKNOWN"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Link:
    """A document in one form, until an instant in whole seconds since 1970."""

    invoice_id: str
    form: Form
    expires_seconds: int

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.expires_seconds, UTC)


def new_link(read: Read, invoice_id: str, form: Form) -> Link:
    """A link that is good from now on; it ends on a whole second, never later than it may."""
    age_max: timedelta = read.terms(Terms).invoicing.link_age_max
    return Link(invoice_id, form, int((read.now + age_max).timestamp()))


def address_of(read: Read, link: Link) -> str:
    """Path and query of the link."""
    name = f"{link.invoice_id}.{link.form.value}"
    return f"/documents/{name}?expires={link.expires_seconds}&signature={_signature(read, link)}"


def followed(read: Read, name: str, expires: str, signature: str) -> Link | LinkFault:
    """The link behind an address, or why it is none. The signature is looked at before anything else is told."""
    invoice_id, _, suffix = name.partition(".")
    forms = {form.value: form for form in Form}
    digits = expires.isascii() and expires.isdigit() and len(expires) <= _SECONDS_DIGITS_MAX
    if suffix not in forms or not is_id(invoice_id, "bil") or not digits or not signature.isascii():
        return LinkFault.UNKNOWN
    link = Link(invoice_id, forms[suffix], int(expires))
    if not hmac.compare_digest(_signature(read, link), signature):
        return LinkFault.UNKNOWN
    return link if read.now < link.expires_at else LinkFault.EXPIRED


def _signature(read: Read, link: Link) -> str:
    parts = (link.invoice_id, link.form.value, str(link.expires_seconds))
    digest = read.keyed_hash(_KEY, *(part.encode() for part in parts))
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
