"""What the payloads of all providers have in common: how they are read without believing them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any, TypeVar

import orjson

from server.campaigns.rules.connections import DeliveryFault
from server.campaigns.rules.events import Device, EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms, device_of, is_machine, is_scanner, is_server_like

T = TypeVar("T")

CAMPAIGN = "postmeter_campaign"
"""The metadata key by which a message names its campaign."""
_CAMPAIGN_LENGTH_MAX = 40
_ADDRESS_LENGTH_MAX = 320  # RFC 3696, erratum 1690
_KEY_LENGTH_MAX = 80
_LINK_LENGTH_MAX = 2_000
_UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
_STAMP = re.compile(r"[0-9]{10}\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")


class NotTaken(Exception):
    """A delivery that is not the provider's, or of which nothing can be read. The fault is for its owner's eyes."""

    def __init__(self, fault: DeliveryFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Batch:
    """The events of a delivery, and how many others it had.

    `server_like` has the keys of the clicks that may be a server's.
    """

    events: Sequence[MessageEvent]
    unknown: int
    server_like: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """One event that was read, and the user agent of an open or click."""

    event: MessageEvent
    agent: str | None = None


def parsed(body: bytes) -> Any:
    """The JSON of a body. Raises NotTaken."""
    try:
        return orjson.loads(body)
    except ValueError:
        raise NotTaken(DeliveryFault.PAYLOAD_MALFORMED) from None


def batch_of(items: Iterable[T], read: Callable[[T], Iterable[Seen]], terms: MachineTerms) -> Batch:
    """What `read` makes of each item. An item of which it makes nothing, or that it cannot read, is unknown: one that
    is odd shall not keep the others out."""
    events: list[MessageEvent] = []
    server_like: set[str] = set()
    unknown = 0
    for item in items:
        try:
            found = list(read(item))
        except _UNREADABLE:
            found = []
        unknown += not found
        for seen in found:
            events.append(seen.event)
            if seen.event.kind is EventKind.CLICKED and is_server_like(seen.agent, terms):
                server_like.add(seen.event.key)
    return Batch(events, unknown, frozenset(server_like))


def interaction(
    kind: EventKind,
    agent: str | None,
    terms: MachineTerms,
    *,
    machine: bool = False,
    suspect: bool = False,
    device: Device | None = None,
) -> dict[str, Any]:
    """The fields of an open or a click that follow from its user agent, and from what the provider says of it.

    The device of a machine is nobody's.
    """
    by_machine = machine or is_machine(agent, terms)
    suspected = suspect or is_scanner(agent, terms)
    known = None if by_machine or suspected else device or device_of(agent)
    return {"kind": kind, "machine": by_machine, "suspect_bot": suspected, "device": known}


def agent_of(text: object) -> str | None:
    """A user agent, where one is told."""
    return text if isinstance(text, str) else None


def campaign_of(metadata: Mapping[str, Any]) -> str:
    """The campaign that a message's metadata names. Raises KeyError or ValueError."""
    campaign_id = metadata[CAMPAIGN]
    if isinstance(campaign_id, list):
        [campaign_id] = campaign_id
    if not (campaign_id.isascii() and campaign_id.isprintable() and len(campaign_id) <= _CAMPAIGN_LENGTH_MAX):
        raise ValueError("no campaign")
    return str(campaign_id)


def address_of(text: str) -> str:
    """The address alone, of "Name <address>" too. Raises ValueError."""
    _, address = parseaddr(text)
    if not address.isprintable() or "@" not in address or len(address) > _ADDRESS_LENGTH_MAX:
        raise ValueError("no address")
    return address


def key_of(text: str) -> str:
    """An event's own id. Raises ValueError."""
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= _KEY_LENGTH_MAX):
        raise ValueError("no id")
    return text


def digest_key(*parts: str) -> str:
    """A key for what has no id of its own. It must not show an address, so it is a digest."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def link_of(text: object) -> str | None:
    """The link of a click, where it can be one."""
    plain = isinstance(text, str) and text.isprintable() and 0 < len(text) <= _LINK_LENGTH_MAX
    return str(text) if plain else None


def country_of(text: object) -> str | None:
    """An ISO 3166-1 code; None for what is none."""
    return text if isinstance(text, str) and _COUNTRY.match(text) else None


def is_stamp(text: str) -> bool:
    """Whether it is a time stamp as providers sign it: whole seconds since 1970."""
    return _STAMP.match(text) is not None


def seconds(value: object) -> datetime:
    """An instant as seconds since 1970. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 24:
        raise TypeError("no instant")
    return datetime.fromtimestamp(float(value), UTC)


def written(value: str) -> datetime:
    """An instant as ISO 8601 writes it, with its offset. Raises ValueError or TypeError."""
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("no offset")
    return instant.astimezone(UTC)
