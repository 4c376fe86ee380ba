"""Suppressions in the API. Addresses come in and never go out: the server keeps keyed hashes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from server.accounts.reads import open_or_none
from server.campaigns.actions.suppression import Imported, import_suppressions, remove_suppression
from server.campaigns.graph.enums import ChannelEnum, SuppressionReasonEnum, SuppressionSourceEnum
from server.campaigns.graph.problems import RemovalReasonInvalid, SuppressionNotFound, SuppressionsInvalid
from server.campaigns.graph.types import OWN, WRITE
from server.campaigns.reads.suppression import REMOVAL_REASON_COLUMN
from server.campaigns.rules import MessageChannel
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Read, Work

_ASKED = strawberry.argument(description="What is asked for.")


@exposes(OWN)
@strawberry.type(description="That an address gets nothing more from the account.")
class Suppression:
    id: strawberry.ID = strawberry.field(description="The suppression's id, `sup_…`.")
    channel: ChannelEnum = strawberry.field(description="Of which channel the address is.")
    reason: SuppressionReasonEnum = strawberry.field(description="Why.")
    source: SuppressionSourceEnum = strawberry.field(description="From where that is known.")
    campaign_id: strawberry.ID | None = strawberry.field(
        description="The campaign that the address answered, where it is known. It may be gone."
    )
    created_at: datetime = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, row: Any) -> Suppression:
        return cls(
            id=strawberry.ID(row.id),
            channel=ChannelEnum[row.channel],
            reason=SuppressionReasonEnum[row.reason],
            source=SuppressionSourceEnum[row.source],
            campaign_id=None if row.campaign_id is None else strawberry.ID(row.campaign_id),
            created_at=row.created_at,
        )


@exposes(OWN)
@strawberry.type(description="That an address may be written to again.")
class SuppressionRemoval:
    suppression_id: strawberry.ID = strawberry.field(description="The suppression that was removed.")
    channel: ChannelEnum = strawberry.field(description="Of which channel the address is.")
    suppressed_for: SuppressionReasonEnum = strawberry.field(description="Why it had been suppressed.")
    suppressed_at: datetime = strawberry.field(description="Since when it had been.")
    reason: str | None = strawberry.field(description="Why that was removed; null once it was erased.")
    removed_by: strawberry.ID | None = strawberry.field(description="The session or API key that did it.")
    removed_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, read: Read, row: Any) -> SuppressionRemoval:
        return cls(
            suppression_id=strawberry.ID(row.id),
            channel=ChannelEnum[row.channel],
            suppressed_for=SuppressionReasonEnum[row.suppressed_for],
            suppressed_at=row.suppressed_at,
            reason=open_or_none(read, REMOVAL_REASON_COLUMN, row.reason),
            removed_by=None if row.removed_by is None else strawberry.ID(row.removed_by),
            removed_at=row.removed_at,
        )


@strawberry.input(description="Addresses that must get nothing more.")
class ImportSuppressionsInput:
    channel: ChannelEnum = strawberry.field(description="Of which channel they are.")
    addresses: list[str] = strawberry.field(
        description="E-mail addresses, or phone numbers with their plus sign; at most 1,000."
    )


@strawberry.input(description="Which address may be written to again.")
class RemoveSuppressionInput:
    suppression_id: strawberry.ID = strawberry.field(description="Its suppression.")
    reason: str = strawberry.field(
        description="Why, for the record: one line of up to 300 characters. Name nobody in it."
    )


@exposes(OUTCOME)
@strawberry.type(description="The addresses get nothing more.")
class SuppressionsImported:
    suppressed: int = strawberry.field(description="How many addresses could be written to before.")
    known: int = strawberry.field(description="How many were suppressed already.")
    invalid: list[int] = strawberry.field(
        description="The positions of those that are no addresses, from 0; they were left out."
    )


@exposes(OUTCOME)
@strawberry.type(description="The address may be written to again.")
class SuppressionRemoved:
    suppression_id: strawberry.ID = strawberry.field(description="The suppression that was removed.")


ImportSuppressionsResult = Annotated[
    SuppressionsImported | SuppressionsInvalid,
    strawberry.union("ImportSuppressionsResult", description="What became of `importSuppressions`."),
]
RemoveSuppressionResult = Annotated[
    SuppressionRemoved | SuppressionNotFound | RemovalReasonInvalid,
    strawberry.union("RemoveSuppressionResult", description="What became of `removeSuppression`."),
]


@strawberry.type
class SuppressionMutations:
    @strawberry.mutation(
        description="Suppress addresses that the customer knows of. Only keyed hashes of them are kept.",
        metadata=declare(WRITE),
    )
    async def import_suppressions(
        self, info: Info, input: Annotated[ImportSuppressionsInput, _ASKED]
    ) -> ImportSuppressionsResult:
        account_id, channel = account_of(info), MessageChannel[input.channel.name]

        def take_in(work: Work) -> Imported:
            return import_suppressions(work, account_id, channel, input.addresses)

        def present(_work: Work, imported: Imported) -> SuppressionsImported:
            return SuppressionsImported(
                suppressed=imported.suppressed, known=imported.known, invalid=list(imported.invalid)
            )

        return await run(info, take_in, present)

    @strawberry.mutation(
        description="Let an address be written to again, such as when its holder asked for it. Who did it and why "
        "stays on record.",
        metadata=declare(WRITE),
    )
    async def remove_suppression(
        self, info: Info, input: Annotated[RemoveSuppressionInput, _ASKED]
    ) -> RemoveSuppressionResult:
        account_id = account_of(info)

        def remove(work: Work) -> None:
            remove_suppression(work, account_id, input.suppression_id, input.reason)

        def present(_work: Work, _none: None) -> SuppressionRemoved:
            return SuppressionRemoved(suppression_id=input.suppression_id)

        return await run(info, remove, present)
