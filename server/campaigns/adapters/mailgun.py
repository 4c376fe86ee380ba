"""Mailgun's webhooks. The signature is of a time stamp and a token, and does not cover the event.

https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks (securing)
https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.campaigns.adapters.payloads import (
    Batch,
    NotTaken,
    Seen,
    address_of,
    agent_of,
    batch_of,
    campaign_of,
    country_of,
    interaction,
    is_stamp,
    key_of,
    link_of,
    parsed,
    seconds,
)
from server.campaigns.rules.bounces import classify, enhanced_code
from server.campaigns.rules.connections import DeliveryFault, WebhookTerms, is_fresh
from server.campaigns.rules.events import BounceClass, Device, EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms

_TOKEN = re.compile(r"[0-9A-Za-z]{16,100}\Z")
_KINDS = {
    "accepted": EventKind.ACCEPTED,
    "rejected": EventKind.DROPPED,
    "delivered": EventKind.DELIVERED,
    "unsubscribed": EventKind.UNSUBSCRIBED,
    "complained": EventKind.COMPLAINED,
}
_REASONS = {"espblock": BounceClass.BLOCK, "old": BounceClass.SOFT}
_DEVICES = {
    "desktop": Device.DESKTOP,
    "mobile": Device.MOBILE,
    "tablet": Device.TABLET,
    "other": Device.OTHER,
}
_MACHINES = frozenset({"apple", "gmail"})


@dataclass(frozen=True, slots=True)
class Signed:
    """An event with the token that its delivery may be taken once by, and when that was signed."""

    token: str
    at: datetime
    event: Any = field(repr=False)


def verify(body: bytes, signing_keys: Sequence[str], now: datetime, terms: WebhookTerms) -> Signed:
    """Raises NotTaken unless one of the keys signed the delivery's token, and not too long ago."""
    payload = parsed(body)
    try:
        signature = payload["signature"]
        stamp, token = str(signature["timestamp"]), signature["token"]
        given = signature["signature"].encode("ascii")
        # Both of fixed shape: a character moved from one to the other would make another token of one signature.
        fits = is_stamp(stamp) and _TOKEN.match(token) is not None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotTaken(DeliveryFault.SIGNATURE_INVALID) from None
    signed = f"{stamp}{token}".encode()
    if not fits or not any(_is_signed(signed, given, key) for key in signing_keys):
        raise NotTaken(DeliveryFault.SIGNATURE_INVALID)
    at = seconds(stamp)
    if not is_fresh(at, now, terms.mailgun_age_max, terms):
        raise NotTaken(DeliveryFault.STALE)
    return Signed(token, at, payload.get("event-data"))


def events(signed: Signed, terms: MachineTerms) -> Batch:
    """The event of a verified delivery. Raises NotTaken."""
    if not isinstance(signed.event, dict):
        raise NotTaken(DeliveryFault.PAYLOAD_MALFORMED)
    return batch_of([signed.event], lambda item: _read(item, terms), terms)


def _is_signed(signed: bytes, given: bytes, key: str) -> bool:
    expected = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest().encode()
    return hmac.compare_digest(expected, given)


def _read(item: Mapping[str, Any], terms: MachineTerms) -> Iterator[Seen]:
    kind = item["event"]
    common: dict[str, Any] = {
        "key": key_of(item["id"]),
        "campaign_id": campaign_of(item["user-variables"]),
        "recipient": address_of(item.get("recipient") or item["message"]["headers"]["to"]),
        "at": seconds(item["timestamp"]),
        "country": country_of(item.get("geolocation", {}).get("country")),
    }
    if kind in _KINDS:
        yield Seen(MessageEvent(**common, kind=_KINDS[kind]))
    elif kind == "failed":
        yield Seen(MessageEvent(**common, **_failure(item)))
    elif kind in ("opened", "clicked"):
        client = item.get("client-info", {})
        bot, agent = client.get("bot"), agent_of(client.get("user-agent"))
        fields = interaction(
            EventKind.OPENED if kind == "opened" else EventKind.CLICKED,
            agent,
            terms,
            machine=bot in _MACHINES,
            suspect=bot == "generic",
            device=_DEVICES.get(client.get("device-type")),
        )
        yield Seen(MessageEvent(**common, **fields, link=link_of(item.get("url"))), agent)


def _failure(item: Mapping[str, Any]) -> dict[str, Any]:
    """A temporary one is tried again, and a suppressed address never was tried."""
    reason = item.get("reason") or ""
    if item["severity"] == "temporary":
        return {"kind": EventKind.DEFERRED}
    if reason.startswith("suppress-"):
        return {"kind": EventKind.DROPPED}
    status = item.get("delivery-status", {})
    code = enhanced_code(status.get("enhanced-code"), status.get("message"), status.get("description"))
    return {"kind": EventKind.BOUNCED, "code": code, "bounce": classify(code, _REASONS.get(reason))}
