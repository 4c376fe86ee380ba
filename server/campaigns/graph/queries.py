"""Campaigns by id and as a list of the account, what they cost, and whom the account must not write to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.campaigns import reads
from server.campaigns.graph.enums import ChannelEnum
from server.campaigns.graph.suppression import Suppression, SuppressionRemoval
from server.campaigns.graph.types import READ, CampaignQuote, CampaignType
from server.campaigns.reads import suppression as suppression_reads
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.quotes import quote_of
from server.campaigns.rules import MessageChannel
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader

CampaignId = Annotated[strawberry.ID, strawberry.argument(description="The campaign's id, `cmp_…`.")]


@strawberry.type
class CampaignQueries:
    @strawberry.field(
        description="One campaign of the signed-in account; null when there is no such one.",
        metadata=declare(READ),
    )
    def campaign(self, info: Info, id: CampaignId) -> CampaignType | None:
        return _load(info, id)

    @strawberry.field(
        description="What a campaign costs at most; null when there is no such one.", metadata=declare(READ)
    )
    def quote_campaign(self, info: Info, id: CampaignId) -> CampaignQuote | None:
        read = info.context.read
        row = reads.campaign(read, account_of(info), id)
        return None if row is None else CampaignQuote.of(read, row, quote_of(read, row))

    @strawberry.field(
        description="Why an address gets nothing more from the account; null when it may be written to.",
        metadata=declare(READ),
    )
    def suppression(
        self,
        info: Info,
        channel: Annotated[ChannelEnum, strawberry.argument(description="Of which channel it is.")],
        address: Annotated[str, strawberry.argument(description="The e-mail address or phone number.")],
    ) -> Suppression | None:
        read, account_id, of_channel = info.context.read, account_of(info), MessageChannel[channel.name]
        hashed = address_hash(read, account_id, of_channel, address)
        row = suppression_reads.suppression_of(read, account_id, of_channel, hashed)
        return None if row is None else Suppression.of(row)


@strawberry.field(description="The account's campaigns, newest first.", metadata=declare(READ))
def campaigns(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[CampaignType]:
    read = info.context.read
    rows = reads.campaigns_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: CampaignType.of(read, row), lambda row: row.id)


@strawberry.field(
    description="The addresses that get nothing more from the account, newest first. They are known by keyed hashes "
    "only: ask `suppression` about an address.",
    metadata=declare(READ),
)
def suppressions(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[Suppression]:
    rows = suppression_reads.suppressions(info.context.read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, Suppression.of, lambda row: row.id)


@strawberry.field(
    description="Who made suppressed addresses mailable again, and why; the newest suppression first.",
    metadata=declare(READ),
)
def suppression_removals(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[SuppressionRemoval]:
    read = info.context.read
    rows = suppression_reads.removals(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: SuppressionRemoval.of(read, row), lambda row: row.id)


def _node(info: Info, id: str) -> CampaignType | None:
    return None if READ.denial(info.context.viewer) else _load(info, id)


def _load(info: Info, id: str) -> CampaignType | None:
    row = reads.campaign(info.context.read, account_of(info), id)
    return None if row is None else CampaignType.of(info.context.read, row)


EXTENSIONS: list[tuple[type, StrawberryField]] = [
    (Account, campaigns),
    (Account, suppressions),
    (Account, suppression_removals),
]
NODES: Mapping[str, NodeLoader] = {"cmp": _node}
