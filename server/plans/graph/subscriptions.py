"""Plans and seats live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare, exposes
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.plans import reads
from server.plans.actions.events import PLAN_EVENTS
from server.plans.graph.access import OWN, READ
from server.plans.graph.enums import PlanChange
from server.plans.graph.types import AccountPlan, SubscriptionType
from server.plans.reads import SubscriptionRow

_INSTANTS = ("period_start", "period_end", "cancelled_at", "ends_at")


@exposes(OWN)
@strawberry.type(description="One message of `planChanged`.")
class PlanUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(description="Its number; give the last one as `after` to resume.")
    change: PlanChange | None = strawberry.field(description="What happened; null in a snapshot or a reset.")
    subscription: SubscriptionType | None = strawberry.field(
        description="The plan, or the extra seats, as they were with this change; null in a snapshot."
    )
    plan: AccountPlan | None = strawberry.field(
        description="In a snapshot or a reset the plan that the account has now; else null."
    )


class PlanFeed(EventFeed):
    """The changes of an account's plan and extra seats."""

    events = PLAN_EVENTS

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> PlanUpdate:
        plan = AccountPlan.of_account(read, self.account_id)
        return PlanUpdate(kind=kind, sequence=BigInt(sequence), change=None, subscription=None, plan=plan)

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[PlanUpdate]:
        rows = reads.subscriptions(read, self.account_id, {event.subject_id for event in stored})
        return [_change(event, rows.get(event.subject_id)) for event in stored]


def _change(event: StoredEvent, row: SubscriptionRow | None) -> PlanUpdate:
    return PlanUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        change=PlanChange(event.kind),
        subscription=SubscriptionType.of(_as_of(event, row)) if row is not None else None,
        plan=None,
    )


def _as_of(event: StoredEvent, row: SubscriptionRow) -> SubscriptionRow:
    """The subscription as it was right after the event, which tells everything that changes."""
    state = orjson.loads(event.data)
    instants = {name: datetime.fromisoformat(state[name]) for name in _INSTANTS if state[name] is not None}
    return row._replace(**{**state, **instants})


@strawberry.type
class PlanSubscriptions:
    @strawberry.subscription(
        description="The account's plan and extra seats: the present state, then every change in order and once.",
        metadata=declare(READ, feed=PlanFeed.opened),
    )
    def plan_changed(
        self,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[PlanUpdate]:
        raise AssertionError("the engine opens the feed")
