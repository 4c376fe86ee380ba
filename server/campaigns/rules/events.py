"""What can become of a message, as the engine or provider that sent it reports. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What happened to a message.

    ACCEPTED: the provider took it; this is what is paid for. DROPPED: never submitted, so never paid for. DEFERRED is
    a delay and no bounce. UNSUBSCRIBED and COMPLAINED suppress the address.
    """

    ACCEPTED = "ACCEPTED"
    DROPPED = "DROPPED"
    DELIVERED = "DELIVERED"
    DEFERRED = "DEFERRED"
    BOUNCED = "BOUNCED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    COMPLAINED = "COMPLAINED"


BEHAVIOUR = frozenset({EventKind.OPENED, EventKind.CLICKED})
"""What tells of recipients' behaviour, and nothing else hangs on."""


class BounceClass(StrEnum):
    """Why a message came back (RFC 3463, RFC 5248). Only HARD suppresses the address; BLOCK is the sender's fault."""

    HARD = "HARD"
    SOFT = "SOFT"
    BLOCK = "BLOCK"
    UNDETERMINED = "UNDETERMINED"


class Device(StrEnum):
    """What a message was opened or clicked on, where that is known."""

    DESKTOP = "DESKTOP"
    MOBILE = "MOBILE"
    TABLET = "TABLET"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """One thing that happened to one message.

    `key` is unique among the events of its source, and says that a repetition is one. `recipient` is the plain
    address or number (E.164 with its plus sign); it is hashed before anything is stored. `domain` is the receiving
    domain, where it is not the address's own. `code` is the enhanced status code of a bounce, such as "5.1.1".
    `country` is ISO 3166-1 alpha-2. `machine` marks opens and clicks by mail software (Apple Mail Privacy
    Protection, proxies), `suspect_bot` those that nobody human is likely to have made; neither is dropped.
    `segments` are those of an SMS that its provider counted.
    """

    key: str
    campaign_id: str
    recipient: str
    kind: EventKind
    at: datetime
    bounce: BounceClass | None = None
    code: str | None = None
    link: str | None = None
    domain: str | None = None
    country: str | None = None
    device: Device | None = None
    machine: bool = False
    suspect_bot: bool = False
    segments: int | None = None
