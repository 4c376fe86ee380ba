"""SendGrid's Event Webhook, signed with ECDSA.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from server.campaigns.adapters.payloads import (
    Batch,
    NotTaken,
    Seen,
    address_of,
    agent_of,
    batch_of,
    campaign_of,
    interaction,
    is_stamp,
    key_of,
    link_of,
    parsed,
    seconds,
)
from server.campaigns.rules.bounces import classify, enhanced_code
from server.campaigns.rules.connections import DeliveryFault, WebhookTerms, is_fresh
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_SIGNATURE_LENGTH_MAX = 200

_KINDS = {
    "processed": EventKind.ACCEPTED,
    "dropped": EventKind.DROPPED,
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
    "spamreport": EventKind.COMPLAINED,
}
_CLASSES = {
    "Invalid Address": BounceClass.HARD,
    "Mailbox Unavailable": BounceClass.SOFT,
    "Technical Failure": BounceClass.SOFT,
    "Content": BounceClass.BLOCK,
    "Reputation": BounceClass.BLOCK,
    "Frequency or Volume Too High": BounceClass.BLOCK,
}


def verify(
    body: bytes, headers: Mapping[str, str], public_keys: Sequence[str], now: datetime, terms: WebhookTerms
) -> None:
    """Raises NotTaken unless one of the keys signed the time stamp and this body, and not too long ago."""
    stamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not is_stamp(stamp) or len(signature) > _SIGNATURE_LENGTH_MAX:
        raise NotTaken(DeliveryFault.SIGNATURE_INVALID)
    signed = stamp.encode() + body
    if not any(_is_signed(signed, signature, key) for key in public_keys):
        raise NotTaken(DeliveryFault.SIGNATURE_INVALID)
    if not is_fresh(seconds(stamp), now, terms.sendgrid_age_max, terms):
        raise NotTaken(DeliveryFault.STALE)


def events(body: bytes, terms: MachineTerms) -> Batch:
    """The events of a verified body. Raises NotTaken."""
    items = parsed(body)
    if not isinstance(items, list):
        raise NotTaken(DeliveryFault.PAYLOAD_MALFORMED)
    return batch_of(items, lambda item: _read(item, terms), terms)


def _is_signed(signed: bytes, signature: str, public_key: str) -> bool:
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(base64.b64decode(signature, validate=True), signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _read(item: Mapping[str, Any], terms: MachineTerms) -> Iterator[Seen]:
    kind = item["event"]
    common: dict[str, Any] = {
        "key": key_of(item["sg_event_id"]),
        "campaign_id": campaign_of(item),
        "recipient": address_of(item["email"]),
        "at": seconds(item["timestamp"]),
    }
    if kind in _KINDS:
        yield Seen(MessageEvent(**common, kind=_KINDS[kind]))
    elif kind == "bounce":
        code = enhanced_code(item.get("status"), item.get("reason"))
        bounce = classify(code, _told(item))
        yield Seen(MessageEvent(**common, kind=EventKind.BOUNCED, bounce=bounce, code=code))
    elif kind == "open":
        agent = agent_of(item.get("useragent"))
        fields = interaction(EventKind.OPENED, agent, terms, machine=item.get("sg_machine_open") is True)
        yield Seen(MessageEvent(**common, **fields), agent)
    elif kind == "click":
        agent = agent_of(item.get("useragent"))
        fields = interaction(EventKind.CLICKED, agent, terms)
        yield Seen(MessageEvent(**common, **fields, link=link_of(item.get("url"))), agent)


def _told(item: Mapping[str, Any]) -> BounceClass | None:
    """What SendGrid itself makes of a bounce; a "blocked" one is not the address's fault."""
    return (
        BounceClass.BLOCK
        if item.get("type") == "blocked"
        else _CLASSES.get(item.get("bounce_classification", ""))
    )
