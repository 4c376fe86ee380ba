"""That something moved in one of the staff's queues, live: which queue, and not what in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import strawberry

from server.accounts.rules.accesses import LegalDuty
from server.accounts.rules.staff import StaffRole
from server.kit.events import StoredEvent
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import FeedEventKind, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.operations.actions import StaffQueueMoved
from server.operations.graph.enums import StaffQueueEnum

DESKS = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({StaffRole.ADMIN.value, StaffRole.PRIVACY_OFFICER.value, StaffRole.SUPPORT.value}),
    duty=LegalDuty.OPERATION.value,
)
"""Whoever works at any of the queues: the name of a queue says nothing of anybody."""


@exposes(DESKS)
@strawberry.type(description="One message of `staffQueueChanged`.")
class StaffQueueUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The staff's sequence of this message; give it as `after` to resume behind it."
    )
    queue: StaffQueueEnum | None = strawberry.field(
        description="Which queue moved: ask for it again. Null in a snapshot or a reset."
    )


class StaffQueueFeed(EventFeed):
    """What the company's own people are told of their queues: no id and no state, for what is read of a queue is
    audited (H015)."""

    events = (StaffQueueMoved,)

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> StaffQueueUpdate:
        return StaffQueueUpdate(kind=kind, sequence=BigInt(sequence), queue=None)

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[StaffQueueUpdate]:
        return [
            StaffQueueUpdate(
                kind=FeedEventKind.CHANGE,
                sequence=BigInt(event.sequence),
                queue=StaffQueueEnum[event.subject_id],
            )
            for event in stored
        ]


@strawberry.type
class QueueSubscriptions:
    @strawberry.subscription(
        description="For staff: that something moved in a queue, in order and once. Tickets and incidents have feeds "
        "of their own.",
        metadata=declare(DESKS, feed=StaffQueueFeed.opened),
    )
    def staff_queue_changed(self, after: ResumeAfter = None) -> AsyncIterator[StaffQueueUpdate]:
        raise AssertionError("the engine opens the feed")
