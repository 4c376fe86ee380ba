"""Senders by id, as a list of the account, and the staff's queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.senders import reads
from server.senders.graph.types import READ, REVIEW, SenderReview, SenderType


@strawberry.type
class SenderQueries:
    @strawberry.field(
        description="One sender of the signed-in account; null when there is no such one.",
        metadata=declare(READ),
    )
    def sender(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The sender's id, `snd_…`.")],
    ) -> SenderType | None:
        return _load(info, id)

    @strawberry.field(
        description="What waits for a decision, the longest waiting first. For the staff.",
        metadata=declare(REVIEW),
    )
    def sender_reviews(self, info: Info, first: First = 20, after: After = None) -> Connection[SenderReview]:
        read = info.context.read
        rows = reads.to_review(read, rows_wanted(first), key_after(after))
        reviews = SenderReview.many(read, rows)
        return page(reviews, first, after, lambda review: review, lambda review: review.submission_id)


@strawberry.field(description="The account's sender IDs for SMS, newest first.", metadata=declare(READ))
def senders(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[SenderType]:
    read = info.context.read
    rows = reads.senders_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(SenderType.many(read, rows), first, after, lambda row: row, lambda row: row.id)


def _node(info: Info, id: str) -> SenderType | None:
    return None if READ.denial(info.context.viewer) else _load(info, id)


def _load(info: Info, id: str) -> SenderType | None:
    row = reads.sender(info.context.read, account_of(info), id)
    return None if row is None else SenderType.of(info.context.read, row)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, senders)]
NODES: Mapping[str, NodeLoader] = {"snd": _node}
