"""The staff's queues: whatever changes what waits in them is told to those who work at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from server.campaigns.actions.complaints_events import CHANGES as COMPLAINT_CHANGES
from server.campaigns.actions.complaints_events import ComplaintReported
from server.kit.events import DomainEvent, Reactions
from server.kit.work import Work
from server.operations.actions import StaffQueue, tell_of_queue
from server.privacy.actions.request_changes import CHANGES as REQUEST_CHANGES
from server.privacy.actions.request_changes import PrivacyRequestOverdue
from server.senders.actions.events import (
    SenderAccepted,
    SenderDeactivated,
    SenderRefused,
    SenderSubmitted,
    SenderWithdrawn,
)

_MOVED_BY: Mapping[StaffQueue, Sequence[type[DomainEvent]]] = {
    StaffQueue.PRIVACY_REQUESTS: (*REQUEST_CHANGES, PrivacyRequestOverdue),
    StaffQueue.COMPLAINTS: (ComplaintReported, *COMPLAINT_CHANGES),
    StaffQueue.SENDER_REVIEWS: (
        SenderSubmitted,
        SenderAccepted,
        SenderRefused,
        SenderWithdrawn,
        SenderDeactivated,
    ),
}


def register(registered: Reactions) -> None:
    """Behind all others: the staff's sequence is locked last."""
    for queue, events in _MOVED_BY.items():
        for event in events:
            registered.on(event, _tell(queue))


def _tell(queue: StaffQueue) -> Callable[[Work, DomainEvent], None]:
    return lambda work, _event: tell_of_queue(work, queue)
