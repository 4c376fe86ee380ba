"""Where the live hub delivers to: the contract between `live.py` and a connection of the gateway."""

from __future__ import annotations

from enum import Enum
from typing import Protocol


class CloseReason(Enum):
    """Why the hub ends a subscription."""

    COMPLETE = "complete"
    """The feed has ended; there is nothing more to come."""
    REVOKED = "revoked"
    """The subscriber may no longer see the feed. Nothing committed after the revocation is delivered."""
    TOO_SLOW = "too_slow"
    """The subscriber wants every event and does not keep up; it reconnects and resumes with `after`."""
    GOING_AWAY = "going_away"
    """The server stops; the subscriber reconnects."""
    ERROR = "error"
    """The feed failed; the message is fit for the subscriber."""


class Sink(Protocol):
    """One subscriber. Every call is synchronous, is made on the event loop, and never blocks or raises."""

    def send(self, payload: bytes, sequence: int) -> None:
        """Deliver one encoded execution result; all subscribers of one execution get the same bytes.

        `sequence` is that of the event: what `after` takes to resume behind it.
        """

    def close(self, reason: CloseReason, message: str) -> None:
        """End the subscription. What is sent afterwards is dropped."""

    @property
    def backlog(self) -> int:
        """Messages accepted and not yet handed to the network; the hub coalesces or closes when it grows."""


class Subscription(Protocol):
    """What `subscribe` returns: the handle by which the gateway leaves."""

    async def cancel(self) -> None:
        """Leave. May be called more than once, and after the hub closed the sink."""
