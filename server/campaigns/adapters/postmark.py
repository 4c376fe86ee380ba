"""Postmark's webhooks. Postmark signs nothing: it gives the user name and password of the webhook's URL.

https://postmarkapp.com/developer/webhooks/webhooks-overview
https://postmarkapp.com/developer/webhooks/bounce-webhook (and delivery, open-tracking, click, spam-complaint,
subscription-change)
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from server.campaigns.adapters.payloads import (
    Batch,
    NotTaken,
    Seen,
    address_of,
    agent_of,
    batch_of,
    campaign_of,
    country_of,
    digest_key,
    interaction,
    link_of,
    parsed,
    written,
)
from server.campaigns.rules.bounces import classify, enhanced_code
from server.campaigns.rules.connections import DeliveryFault
from server.campaigns.rules.events import BounceClass, Device, EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms
from server.kit.crypto import token_hash

USER = "postmeter"
_HEADER_LENGTH_MAX = 400
_BOUNCES = {
    "HardBounce": BounceClass.HARD,
    "BadEmailAddress": BounceClass.HARD,
    "SoftBounce": BounceClass.SOFT,
    "DnsError": BounceClass.SOFT,
    "Blocked": BounceClass.BLOCK,
    "SpamNotification": BounceClass.BLOCK,
    "VirusNotification": BounceClass.BLOCK,
    "DMARCPolicy": BounceClass.BLOCK,
    "Unknown": BounceClass.UNDETERMINED,
}
_OTHER_TYPES = {
    "Transient": EventKind.DEFERRED,
    "Unsubscribe": EventKind.UNSUBSCRIBED,
    "SpamComplaint": EventKind.COMPLAINED,
    "ManuallyDeactivated": EventKind.DROPPED,
    "SMTPApiError": EventKind.DROPPED,
    "TemplateRenderingFailed": EventKind.DROPPED,
}
_DEVICES = {"Desktop": Device.DESKTOP, "WebMail": Device.DESKTOP, "Mobile": Device.MOBILE}


def verify(headers: Mapping[str, str], digests: Sequence[str]) -> None:
    """Raises NotTaken unless the request has our user name and one of the passwords (RFC 7617).

    The digests are the SHA-256 of passwords of 256 random bits.
    """
    scheme, _, given = headers.get("authorization", "")[:_HEADER_LENGTH_MAX].partition(" ")
    try:
        user, _, password = base64.b64decode(given, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        user = password = ""
    digest = token_hash(password).hex()
    known = any(hmac.compare_digest(digest, each) for each in digests)
    if scheme.lower() != "basic" or user != USER or not known:
        raise NotTaken(DeliveryFault.SIGNATURE_INVALID)


def events(body: bytes, terms: MachineTerms) -> Batch:
    """The event of a verified body, which holds one. Raises NotTaken."""
    item = parsed(body)
    if not isinstance(item, dict):
        raise NotTaken(DeliveryFault.PAYLOAD_MALFORMED)
    return batch_of([item], lambda one: _read(one, terms), terms)


def _read(item: Mapping[str, Any], terms: MachineTerms) -> Iterator[Seen]:
    record = item["RecordType"]
    common: dict[str, Any] = {"campaign_id": campaign_of(item["Metadata"]), "key": _key(item)}
    if record in ("Bounce", "SpamComplaint"):
        common |= {"recipient": address_of(item["Email"]), "at": written(item["BouncedAt"])}
        yield from _bounce(item, common)
        return
    common |= {"recipient": address_of(item["Recipient"])}
    if record == "Delivery":
        common |= {"at": written(item["DeliveredAt"])}
        yield _accepted(item, common)
        yield Seen(MessageEvent(**common, kind=EventKind.DELIVERED))
    elif record in ("Open", "Click"):
        agent = agent_of(item.get("UserAgent"))
        common |= {"at": written(item["ReceivedAt"]), "country": _country(item)}
        fields = interaction(
            EventKind.OPENED if record == "Open" else EventKind.CLICKED,
            agent,
            terms,
            device=_DEVICES.get(item.get("Platform", "")),
        )
        yield Seen(MessageEvent(**common, **fields, link=link_of(item.get("OriginalLink"))), agent)
    elif record == "SubscriptionChange" and item["SuppressSending"] and _is_asked_for(item):
        yield Seen(MessageEvent(**common, at=written(item["ChangedAt"]), kind=EventKind.UNSUBSCRIBED))


def _bounce(item: Mapping[str, Any], common: Mapping[str, Any]) -> Iterator[Seen]:
    """Bounces, and the other things that Postmark reports as such. The rest (auto-replies, tests) means nothing."""
    kind = item["Type"]
    if kind in _BOUNCES:
        code = enhanced_code(item.get("Details"))
        bounce = classify(code, _BOUNCES[kind])
        yield _accepted(item, common)
        yield Seen(MessageEvent(**common, kind=EventKind.BOUNCED, bounce=bounce, code=code))
    elif kind in _OTHER_TYPES:
        yield Seen(MessageEvent(**common, kind=_OTHER_TYPES[kind]))


def _accepted(item: Mapping[str, Any], common: Mapping[str, Any]) -> Seen:
    """Postmark does not report that it accepted a message; one that it delivered or got back, it had accepted.

    The first of them tells it, for the key is the message's and not the event's.
    """
    key = digest_key("accepted", item["MessageID"], common["recipient"])
    return Seen(MessageEvent(**{**common, "key": key}, kind=EventKind.ACCEPTED))


def _key(item: Mapping[str, Any]) -> str:
    """A bounce has an id; another event is what it says, and a repetition says the same."""
    if "ID" in item:
        return digest_key(item["RecordType"], str(item["ID"]))
    return digest_key(orjson.dumps(item, option=orjson.OPT_SORT_KEYS).decode())


def _is_asked_for(item: Mapping[str, Any]) -> bool:
    """Whether the recipient did it; for bounces and complaints other events tell."""
    return item.get("SuppressionReason") == "ManualSuppression" and item.get("Origin") == "Recipient"


def _country(item: Mapping[str, Any]) -> str | None:
    return country_of(item.get("Geo", {}).get("CountryISOCode"))
