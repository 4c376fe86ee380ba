"""What the hub is told by the composition root: its limits, and who may still read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from server.kit.viewer import Viewer
from server.kit.work import Read


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """Bounds of everything that the hub counts, keeps or waits for."""

    subscriptions_max: int = 20_000
    subscriptions_per_account_max: int = 2_000
    subscribers_per_channel_max: int = 5_000
    channels_max: int = 10_000
    events_per_read_max: int = 100
    every_backlog_messages_max: int = 1_000
    """An EVERY subscriber with more messages waiting is closed, and resumes with `after`."""
    latest_backlog_messages_max: int = 32
    """A LATEST subscriber with more messages waiting is passed over until it has caught up. The subscriptions of
    one WebSocket share its backlog, so it is not as low as one subscription would need."""
    latest_per_second_max: int = 20
    fallback_read_seconds: float = 15.0
    """After this long without a wake-up a channel reads anyway: what a lost wake-up costs at most."""
    lag_check_seconds: float = 0.05
    replay_stall_seconds_max: float = 30.0
    sends_per_slice: int = 250
    """So many messages are handed out before other tasks get a turn."""
    retry_seconds_min: float = 0.1
    retry_seconds_max: float = 5.0
    close_seconds_max: float = 5.0


class Authority(Protocol):
    """Who may still read. All of it is read in the snapshot that also gives the events."""

    def authority_topic(self, account_id: str) -> str:
        """What a revocation in the account wakes, so that an idle subscriber is closed at once."""

    def epoch(self, read: Read, account_id: str) -> int:
        """A number that the transaction of every revocation in the account changes."""

    def still_valid(self, read: Read, viewers: Collection[Viewer]) -> set[str]:
        """The ids of those viewers' credentials that are still good."""
