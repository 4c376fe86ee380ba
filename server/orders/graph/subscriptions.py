"""The live feed of orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare, exposes
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.orders import reads
from server.orders.actions.events import (
    OrderActivated,
    OrderCancelled,
    OrderCompleted,
    OrderPlaced,
    OrderProgressed,
)
from server.orders.graph.access import OWN, READ
from server.orders.graph.enums import OrderChange
from server.orders.graph.types import Order
from server.orders.rules.status import OrderStatus

SNAPSHOT_ORDERS_MAX = 20


@exposes(OWN)
@strawberry.type(description="One message of `orderChanged`.")
class OrderUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(description="Its number; give the last one as `after` to resume.")
    change: OrderChange | None = strawberry.field(description="What happened; null in a snapshot or a reset.")
    order: Order | None = strawberry.field(
        description="The order as it was with this change. In a snapshot the order that was asked for, null when all "
        "orders are watched."
    )
    newest: list[Order] = strawberry.field(
        description="In a snapshot of all orders the 20 newest; else empty."
    )


class OrderFeed(EventFeed):
    """One order of an account, or all of them."""

    events = (OrderPlaced, OrderActivated, OrderProgressed, OrderCompleted, OrderCancelled)

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.order(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> OrderUpdate:
        order, newest = None, []
        if self.subject_id is not None:
            row = reads.order(read, self.account_id, self.subject_id)
            order = Order.of(row) if row is not None else None
        else:
            rows = reads.orders_of_account(read, self.account_id, None, None, SNAPSHOT_ORDERS_MAX)
            newest = [Order.of(row) for row in rows]
        return OrderUpdate(kind=kind, sequence=BigInt(sequence), change=None, order=order, newest=newest)

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[OrderUpdate]:
        rows = reads.orders(read, self.account_id, {event.subject_id for event in stored})
        return [_change(event, rows.get(event.subject_id)) for event in stored]


def _change(event: StoredEvent, row: reads.OrderRow | None) -> OrderUpdate:
    data = orjson.loads(event.data)
    if row is not None:
        row = reads.as_of(row, OrderStatus[data["status"]], data["fulfilled"])
    return OrderUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        change=OrderChange(event.kind),
        order=Order.of(row) if row is not None else None,
        newest=[],
    )


@strawberry.type
class OrderSubscriptions:
    @strawberry.subscription(
        description="An order, or with no id all orders of the account: the present state, then every change in "
        "order. An id that is not the account's ends it with NOT_FOUND.",
        metadata=declare(READ, feed=OrderFeed.opened),
    )
    def order_changed(  # type: ignore[empty-body]
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[OrderUpdate]: ...
