"""The operation at a glance, as a query and live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar

import strawberry

from server.kit.clock import to_micros
from server.kit.due import DueState, Timers
from server.kit.due.overview import urgent
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.feed import FeedEvent, FeedEventKind, FeedMode
from server.kit.graph.scalars import BigInt, MoneyType
from server.kit.money import Currency, Money
from server.kit.work import COMMITTED, Read
from server.operations.graph.types import OPERATORS
from server.operations.reads import Sockets, Today, begin_of_day
from server.wallet.graph import Unit
from server.wallet.reads.turnover import Flow
from server.wallet.rules import amount_of


@exposes(OPERATORS)
@strawberry.type(description="What was spent of one unit.")
class UnitSpent:
    unit: Unit = strawberry.field(description="The unit.")
    quantity: Decimal = strawberry.field(description="How much, in whole units.")


@exposes(OPERATORS)
@strawberry.type(description="Sums over all accounts since midnight UTC, by the time of the posting.")
class OperationsToday:
    since: datetime = strawberry.field(description="The midnight from which it counts.")
    money_in: list[MoneyType] = strawberry.field(
        description="By currency: payments that were captured, less what went back of payments by refunds, disputes "
        "and their outcomes. Below zero where more went back."
    )
    spend: list[UnitSpent] = strawberry.field(
        description="By unit: what was debited for orders, plans, taxes, fees, usage and captured holds. What came "
        "back of it is not taken off."
    )


@exposes(OPERATORS)
@strawberry.type(description="How much due work wants attention. Each is counted once.")
class UrgentDueWork:
    due: int = strawberry.field(description="Due, and soon done.")
    late: int = strawberry.field(description="Due for more than five minutes.")
    failing: int = strawberry.field(description="Failed, and tried again.")
    paused: int = strawberry.field(description="Would be due, and is held up by force majeure.")


@exposes(OPERATORS)
@strawberry.type(description="The operation at a glance: sums and counts, nothing of any single account.")
class Operations:
    at: datetime = strawberry.field(description="When this was read.")
    today: OperationsToday = strawberry.field(description="The day's money.")
    sockets_here: int = strawberry.field(
        description="Sockets and event streams that are open at the process that answers; where several run, each "
        "knows its own only."
    )
    due_work: UrgentDueWork = strawberry.field(description="Due work that wants attention.")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from."""

    today: Today
    sockets: Sockets
    timers: Timers

    @classmethod
    def of(cls, info: Info) -> Sources:
        services = info.context.services
        return cls(services.get(Today), services.get(Sockets), services.get(Timers))

    def look(self, read: Read) -> Operations:
        found = sorted(self.today.turnover(read).items(), key=lambda each: each[0][1])
        due = urgent(read, self.timers.contractual)
        return Operations(
            at=read.now,
            today=OperationsToday(
                since=begin_of_day(read.now),
                money_in=[
                    MoneyType.of(Money(total, Currency[unit]))
                    for (flow, unit), total in found
                    if flow is Flow.IN
                ],
                spend=[
                    UnitSpent(unit=Unit[unit], quantity=amount_of(unit, total))
                    for (flow, unit), total in found
                    if flow is Flow.SPENT
                ],
            ),
            sockets_here=self.sockets.count(),
            due_work=UrgentDueWork(
                due=due.get(DueState.DUE, 0),
                late=due.get(DueState.LATE, 0),
                failing=due.get(DueState.FAILING, 0),
                paused=due.get(DueState.PAUSED, 0),
            ),
        )


@exposes(OPERATORS)
@strawberry.type(description="One message of `operationsChanged`.")
class OperationsUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="When the figures were read, in microseconds since 1970: later is newer."
    )
    operations: Operations = strawberry.field(description="The figures.")


class OperationsFeed:
    """The newest figures, after commits. There is no history: whoever resumes gets the present."""

    updates_per_second_max: ClassVar[float] = 1.0
    mode = FeedMode.LATEST
    topic = COMMITTED

    def __init__(self, account_id: str, after: int | None, sources: Sources) -> None:
        self.account_id = account_id
        self.after = after
        self.key: Hashable = type(self).__qualname__
        self._sources = sources

    def head(self, read: Read) -> int:
        return to_micros(read.now)

    def oldest(self, read: Read) -> int:
        return 0

    def state(self, read: Read, kind: FeedEventKind) -> FeedEvent:
        sequence = self.head(read)
        update = OperationsUpdate(kind=kind, sequence=BigInt(sequence), operations=self._sources.look(read))
        return FeedEvent(sequence, update)

    def since(self, read: Read, after: int, limit: int) -> Sequence[FeedEvent]:
        return [newest] if (newest := self.latest(read, after)) else []

    def latest(self, read: Read, after: int) -> FeedEvent | None:
        return self.state(read, FeedEventKind.CHANGE) if after < self.head(read) else None


def _feed(info: Info, after: int | None = None) -> OperationsFeed:
    return OperationsFeed(account_of(info), after, Sources.of(info))


@strawberry.type
class OverviewQueries:
    @strawberry.field(metadata=declare(OPERATORS), description="For staff: the operation at a glance.")
    def operations(self, info: Info) -> Operations:
        return Sources.of(info).look(info.context.read)


@strawberry.type
class OverviewSubscriptions:
    @strawberry.subscription(
        description="For staff: the operation at a glance, anew after commits, at most once a second; and every 15 "
        "seconds where nothing is committed.",
        metadata=declare(OPERATORS, feed=_feed),
    )
    def operations_changed(
        self,
        after: Annotated[
            BigInt | None,
            strawberry.argument(
                description="The last sequence that was seen; the present comes first either way."
            ),
        ] = None,
    ) -> AsyncIterator[OperationsUpdate]:
        raise AssertionError("the engine opens the feed")
