"""Suppress addresses, by whoever learns of it, and make one mailable again, with a reason on record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.campaigns.actions.validating import address_of
from server.campaigns.model import Suppression, SuppressionRemoval
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.suppression import REMOVAL_REASON_COLUMN, unsubscribing_of
from server.campaigns.rules import MessageChannel, Terms
from server.campaigns.rules.suppression import (
    SuppressionNotFound,
    SuppressionReason,
    SuppressionSource,
    check_addresses,
    check_removal,
)
from server.kit.events import DomainEvent, transient
from server.kit.ids import is_id
from server.kit.work import Work

_ROWS_MAX = 1_000
"""Of one statement: the databases bind no more than some 32,000 values."""


@dataclass(frozen=True, slots=True)
class RecipientUnsubscribed(DomainEvent):
    """A recipient of the campaign, the subject, used its unsubscribe link for the first time."""

    channel: str
    address_hash: bytes = transient()


@dataclass(frozen=True, slots=True)
class Imported:
    """How many addresses an import suppressed; `invalid` are positions in it, from 0."""

    suppressed: int
    known: int
    invalid: Sequence[int]


def suppress(
    work: Work,
    account_id: str,
    channel: MessageChannel,
    hashes: Collection[bytes],
    reason: SuppressionReason,
    source: SuppressionSource = SuppressionSource.EVENT,
    campaign_id: str | None = None,
) -> int:
    """Let the account write to these addresses no more; how many it could write to before. The first reason stays."""
    values = [
        {
            "id": work.ids.new("sup"),
            "account_id": account_id,
            "channel": channel.value,
            "address_hash": hashed,
            "reason": reason.value,
            "source": source.value,
            "campaign_id": campaign_id,
            "created_at": work.now,
        }
        for hashed in sorted(set(hashes))  # in one order, so that two batches never wait for each other
    ]
    return sum(_insert(work, values[start : start + _ROWS_MAX]) for start in range(0, len(values), _ROWS_MAX))


def import_suppressions(
    work: Work, account_id: str, channel: MessageChannel, texts: Sequence[str]
) -> Imported:
    """Suppress addresses that the customer knows of. Raises SuppressionsInvalid."""
    check_addresses(len(texts), work.terms(Terms))
    addresses = [address_of(channel, text) for text in texts]
    hashes = {address_hash(work, account_id, channel, each.text) for each in addresses if each is not None}
    new = suppress(
        work, account_id, channel, hashes, SuppressionReason.MANUAL, source=SuppressionSource.CUSTOMER
    )
    invalid = [position for position, address in enumerate(addresses) if address is None]
    return Imported(new, len(hashes) - new, invalid)


def remove_suppression(work: Work, account_id: str, suppression_id: str, reason: str) -> None:
    """Make an address mailable again, and keep who did it, when and why. Raises RemovalReasonInvalid or
    SuppressionNotFound.
    """
    check_removal(reason, work.terms(Terms))
    mine = (Suppression.id == suppression_id) & (Suppression.account_id == account_id)
    row = work.first(select(Suppression.__table__).where(mine)) if is_id(suppression_id, "sup") else None
    gone = delete(Suppression).where(mine).returning(Suppression.id)
    if row is None or work.first(gone) is None:
        raise SuppressionNotFound
    work.execute(
        insert(SuppressionRemoval).values(
            id=row.id,
            account_id=account_id,
            channel=row.channel,
            address_hash=row.address_hash,
            suppressed_for=row.reason,
            suppressed_at=row.created_at,
            reason=work.seal(account_id, "content", REMOVAL_REASON_COLUMN, reason),
            removed_by=work.actor.credential_id,
            removed_at=work.now,
        )
    )


def unsubscribe(work: Work, token: str) -> None:
    """Suppress who holds the link (RFC 8058). Again, it changes nothing. Raises UnsubscribeLinkUnknown."""
    found = unsubscribing_of(work, token)
    if account_reads.account(work, found.account_id) is None:  # erased: nobody is left who could write
        return
    new = suppress(
        work,
        found.account_id,
        found.channel,
        [found.address_hash],
        SuppressionReason.UNSUBSCRIBED,
        SuppressionSource.UNSUBSCRIBE_LINK,
        found.campaign_id,
    )
    if new:
        work.record(
            RecipientUnsubscribed(
                found.account_id, found.campaign_id, found.channel.value, found.address_hash
            )
        )


def _insert(work: Work, values: Sequence[Mapping[str, object]]) -> int:
    new = upsert(Suppression).values(list(values))
    once = new.on_conflict_do_nothing(index_elements=["account_id", "channel", "address_hash"])
    return len(work.rows(once.returning(Suppression.id)))
