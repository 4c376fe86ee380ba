"""Queries about the addresses that an account must not write to, and the links by which recipients say so."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from server.campaigns.model import Suppression, SuppressionRemoval
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.suppression import UnsubscribeLinkUnknown
from server.kit.work import Read

UNSUBSCRIBE_PATH = "/unsubscribe"
REMOVAL_REASON_COLUMN = "suppression_removals.reason"
_PURPOSE = "unsubscribe_links"
_TOKEN_LENGTH_MAX = 400
_SIGNATURE_BYTES = 32

_suppressions = Suppression.__table__.c


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Who unsubscribes from whose messages, and which of them they answer."""

    account_id: str
    campaign_id: str
    channel: MessageChannel
    address_hash: bytes


def suppressed_of(
    read: Read, account_id: str, channel: MessageChannel, hashes: Collection[bytes]
) -> set[bytes]:
    """Those of the hashes that the account must not write to."""
    query = select(_suppressions.address_hash).where(
        _suppressions.account_id == account_id,
        _suppressions.channel == channel.value,
        _suppressions.address_hash.in_(hashes),
    )
    return set(read.execute(query).scalars())


def suppression_of(
    read: Read, account_id: str, channel: MessageChannel, address_hash: bytes
) -> Row[Any] | None:
    """The suppression of one address; None when it may be written to."""
    return read.first(
        select(Suppression.__table__).where(
            _suppressions.account_id == account_id,
            _suppressions.channel == channel.value,
            _suppressions.address_hash == address_hash,
        )
    )


def suppressions(read: Read, account_id: str, limit: int, before_id: str | None = None) -> Sequence[Row[Any]]:
    """The account's suppressions, newest first, older than `before_id`."""
    return _page(read, Suppression.__table__, account_id, limit, before_id)


def removals(read: Read, account_id: str, limit: int, before_id: str | None = None) -> Sequence[Row[Any]]:
    """What was removed from the account's suppressions, the newest suppression first."""
    return _page(read, SuppressionRemoval.__table__, account_id, limit, before_id)


def unsubscribe_token(read: Read, unsubscribing: Unsubscribing) -> str:
    """What stands in a link for it, signed. It never expires: an opt-out is welcome at any time."""
    return f"{_payload(unsubscribing)}.{_encoded(_signature(read, unsubscribing))}"


def unsubscribing_of(read: Read, token: str) -> Unsubscribing:
    """What a token stands for. Raises UnsubscribeLinkUnknown for what this server did not sign."""
    account_id, campaign_id, channel, hashed, signature = _parts(token)
    try:
        found = Unsubscribing(account_id, campaign_id, MessageChannel(channel), _decoded(hashed))
    except ValueError:
        raise UnsubscribeLinkUnknown from None
    if not hmac.compare_digest(_decoded(signature), _signature(read, found)):
        raise UnsubscribeLinkUnknown
    return found


def _parts(token: str) -> Sequence[str]:
    parts = token[:_TOKEN_LENGTH_MAX].split(".")
    if not token.isascii() or len(parts) != 5:
        raise UnsubscribeLinkUnknown
    return parts


def _payload(unsubscribing: Unsubscribing) -> str:
    of, hashed = unsubscribing, _encoded(unsubscribing.address_hash)
    return f"{of.account_id}.{of.campaign_id}.{of.channel.value}.{hashed}"


def _signature(read: Read, unsubscribing: Unsubscribing) -> bytes:
    return read.keyed_hash(_PURPOSE, _payload(unsubscribing).encode())[:_SIGNATURE_BYTES]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Raises UnsubscribeLinkUnknown."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise UnsubscribeLinkUnknown from None


def _page(read: Read, table: Any, account_id: str, limit: int, before_id: str | None) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.account_id == account_id)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    return read.rows(query.order_by(table.c.id.desc()).limit(limit))
