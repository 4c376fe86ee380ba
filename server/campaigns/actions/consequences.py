"""What follows from events beside the counting: credits are captured, addresses suppressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.campaigns.rules.events import MessageEvent
from server.kit.crypto import keyed_hash
from server.kit.work import Read, Work

RECIPIENT_BYTES = 16


def recipient_hashes(read: Read, campaigns: Mapping[str, Any]) -> Callable[[MessageEvent], bytes]:
    """How the recipient of an event is hashed, for the statistics of these campaigns."""
    secret = read.keys.server_secret("recipients")

    def hashed(event: MessageEvent) -> bytes:
        account_id = campaigns[event.campaign_id].account_id
        return keyed_hash(secret, account_id.encode(), event.recipient.lower().encode())[:RECIPIENT_BYTES]

    return hashed


def follow_up(work: Work, campaign_id: str, events: Sequence[MessageEvent], *, billable: bool) -> None:
    """Capture the credits of accepted messages, and suppress who must not be written to again."""
