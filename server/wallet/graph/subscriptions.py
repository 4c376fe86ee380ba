"""The live feed of a balance: the wallet's own sequence, which is contiguous and in the order of commits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.feed import DeliveryMode, FeedEvent, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.wallet import reads
from server.wallet.graph.enums import Unit
from server.wallet.graph.queries import UnitArgument
from server.wallet.graph.types import BALANCE_READ, LEDGER_READ, OWN, Posting
from server.wallet.reads import BalanceRow, balance_after
from server.wallet.rules import amount_of


@exposes(OWN)
@strawberry.type(
    description="One message of `balance`: the figures right after the change with this sequence."
)
class BalanceUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(description="Its number; give the last one as `after` to resume.")
    unit: Unit = strawberry.field(description="What it is counted in.")
    posted: Decimal = strawberry.field(description="The sum of all postings, in whole units.")
    held: Decimal = strawberry.field(description="What open holds set aside, in whole units.")
    available: Decimal = strawberry.field(description="What can be spent, in whole units.")
    at: datetime | None = strawberry.field(description="When the change was; null before the first.")
    posting: Posting | None = strawberry.field(
        description="The change itself; null in a snapshot or a reset.", metadata=declare(LEDGER_READ)
    )

    @classmethod
    def of(cls, kind: FeedEventKind, row: BalanceRow, posting: Posting | None) -> BalanceUpdate:
        return cls(
            kind=kind,
            sequence=BigInt(row.sequence),
            unit=Unit[row.unit],
            posted=amount_of(row.unit, row.posted),
            held=amount_of(row.unit, row.held),
            available=amount_of(row.unit, row.available),
            at=row.at,
            posting=posting,
        )


class BalanceFeed:
    """One wallet of one account. A unit that was never used is at sequence 0 and begins when its wallet opens."""

    def __init__(self, account_id: str, unit: str, after: int | None, mode: FeedMode) -> None:
        self.account_id = account_id
        self.unit = unit
        self.after = after
        self.mode = mode
        self.topic = account_id
        self.key: Hashable = (type(self).__qualname__, account_id, unit, mode)

    def head(self, read: Read) -> int:
        """The wallet's newest sequence, 0 before the first change."""
        row = reads.wallet(read, self.account_id, self.unit)
        return row.sequence if row is not None else 0

    def oldest(self, read: Read) -> int:
        """Postings are never pruned: a wallet is complete from its first, or gone with its account."""
        return 0

    def state(self, read: Read, kind: FeedEventKind) -> FeedEvent:
        """The balance now."""
        row = reads.balance(read, self.account_id, self.unit)
        return FeedEvent(row.sequence, BalanceUpdate.of(kind, row, None))

    def since(self, read: Read, after: int, limit: int) -> Sequence[FeedEvent]:
        """Each change with its balance, in order."""
        wallet = reads.wallet(read, self.account_id, self.unit)
        if wallet is None:
            return []
        return [self._change(row) for row in reads.postings_after(read, wallet.id, after, limit)]

    def latest(self, read: Read, after: int) -> FeedEvent | None:
        """The newest change, if it is newer than `after`."""
        wallet = reads.wallet(read, self.account_id, self.unit)
        if wallet is None or wallet.sequence <= after:
            return None
        (row,) = reads.postings_before(read, wallet.id, None, limit=1)
        return self._change(row)

    def _change(self, row: Any) -> FeedEvent:
        balance = balance_after(self.unit, row)
        posting = Posting.of(self.unit, row)
        return FeedEvent(row.sequence, BalanceUpdate.of(FeedEventKind.CHANGE, balance, posting))


def _feed(info: Info, unit: Unit, after: int | None, mode: FeedMode) -> BalanceFeed:
    return BalanceFeed(account_of(info), unit.name, after, mode)


@strawberry.type
class WalletSubscriptions:
    @strawberry.subscription(
        description="The balance of one unit: what it is now, then every change of it, holds too, in the order of "
        "commits.",
        metadata=declare(BALANCE_READ, feed=_feed),
    )
    async def balance(
        self,
        unit: UnitArgument,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.LATEST,
    ) -> AsyncIterator[BalanceUpdate]:
        raise NotImplementedError("delivered by its feed")
