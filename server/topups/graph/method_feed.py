"""Payment methods live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare, exposes
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.topups.actions.method_changes import METHOD_CHANGES
from server.topups.graph.method_types import PaymentMethodType, listed
from server.topups.graph.types import OWN, READ
from server.topups.reads.methods import MethodRow, methods
from server.topups.rules.methods import MethodStatus

_UNSAVED = (MethodStatus.PENDING.value, MethodStatus.FAILED.value)


@exposes(OWN)
@strawberry.type(description="One message of `paymentMethodChanged`.")
class PaymentMethodUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    payment_method: PaymentMethodType | None = strawberry.field(
        description="The payment method as it was right after this change; null in a snapshot or a reset. Another one "
        "that was the default is it no more once this one is."
    )
    payment_methods: list[PaymentMethodType] = strawberry.field(
        description="In a snapshot or a reset all that the account has; else empty."
    )


class PaymentMethodFeed(EventFeed):
    """The changes of the account's payment methods."""

    events = METHOD_CHANGES

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> PaymentMethodUpdate:
        return PaymentMethodUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            payment_method=None,
            payment_methods=listed(read, self.account_id),
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[PaymentMethodUpdate]:
        rows = methods(read, self.account_id, {event.subject_id for event in stored})
        return [_change(read, event, rows.get(event.subject_id)) for event in stored]


def _change(read: Read, event: StoredEvent, row: MethodRow | None) -> PaymentMethodUpdate:
    shown = PaymentMethodType.of(read, _as_of(event, row)) if row is not None else None
    return PaymentMethodUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        payment_method=shown,
        payment_methods=[],
    )


def _as_of(event: StoredEvent, row: MethodRow) -> MethodRow:
    """The method as it was right after the event, which tells the things that change; the card comes with saving."""
    state = orjson.loads(event.data)
    then = row._replace(
        status=state["status"],
        saved_for=state["saved_for"],
        is_default=state["is_default"],
        next_action=state["next_action"],
        failure_code=state["failure_code"],
        updated_at=event.at,
    )
    if then.status not in _UNSAVED:
        return then
    return then._replace(brand=None, last4=None, exp_month=None, exp_year=None, expires_at=None)


@strawberry.type
class PaymentMethodSubscriptions:
    @strawberry.subscription(
        description="Every change of the account's payment methods, in order and once.",
        metadata=declare(READ, feed=PaymentMethodFeed.opened),
    )
    def payment_method_changed(
        self,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[PaymentMethodUpdate]:
        raise AssertionError("the engine opens the feed")
