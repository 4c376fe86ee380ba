"""Amazon SES's events, as they come in the messages of Amazon SNS.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from server.campaigns.adapters.payloads import (
    CAMPAIGN,
    Batch,
    Seen,
    address_of,
    agent_of,
    batch_of,
    campaign_of,
    digest_key,
    interaction,
    link_of,
    written,
)
from server.campaigns.adapters.sns import Envelope
from server.campaigns.rules.bounces import classify, enhanced_code
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms

CAMPAIGN_HEADER = "x-postmeter-campaign"
"""Where the message names its campaign when it has no tag `postmeter_campaign`."""
_BOUNCES = {
    ("Permanent", "NoEmail"): BounceClass.HARD,
    ("Permanent", "Suppressed"): BounceClass.HARD,
    ("Transient", "General"): BounceClass.SOFT,
    ("Transient", "MailboxFull"): BounceClass.SOFT,
    ("Transient", "MessageTooLarge"): BounceClass.SOFT,
    ("Transient", "ContentRejected"): BounceClass.BLOCK,
    ("Transient", "AttachmentRejected"): BounceClass.BLOCK,
}
_OF_ALL_RECIPIENTS = {
    "Send": EventKind.ACCEPTED,
    "Reject": EventKind.DROPPED,
    "Rendering Failure": EventKind.DROPPED,
}


def events(envelope: Envelope, terms: MachineTerms) -> Batch:
    """The events of a verified notification: one for each recipient that it names."""
    try:
        content = orjson.loads(envelope.message)
    except ValueError:
        return Batch((), 1, frozenset())  # SES says in plain text that the topic was set up
    return batch_of([content], lambda item: _read(item, envelope, terms), terms)


def _read(item: Mapping[str, Any], envelope: Envelope, terms: MachineTerms) -> Iterator[Seen]:
    kind = item.get("eventType") or item["notificationType"]
    mail = item["mail"]
    for address, fields, agent in _of_kind(kind, item, mail, envelope, terms):
        recipient = address_of(address)
        event = MessageEvent(
            key=digest_key(envelope.message_id, recipient.lower()),
            campaign_id=_campaign(mail),
            recipient=recipient,
            **fields,
        )
        yield Seen(event, agent)


def _of_kind(
    kind: str, item: Mapping[str, Any], mail: Mapping[str, Any], envelope: Envelope, terms: MachineTerms
) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """The address, the event's fields and the user agent, for each recipient."""
    if kind in _OF_ALL_RECIPIENTS:
        at = written(mail["timestamp"]) if kind == "Send" else envelope.at
        yield from (
            (each, {"kind": _OF_ALL_RECIPIENTS[kind], "at": at}, None) for each in mail["destination"]
        )
    elif kind == "Delivery":
        delivery = item["delivery"]
        at = written(delivery["timestamp"])
        yield from ((each, {"kind": EventKind.DELIVERED, "at": at}, None) for each in delivery["recipients"])
    elif kind == "Bounce":
        yield from ((address, fields, None) for address, fields in _bounces(item["bounce"]))
    elif kind in ("Complaint", "DeliveryDelay"):
        name, who, what = _REPORTS[kind]
        report = item[name]
        at = written(report["timestamp"])
        yield from ((each["emailAddress"], {"kind": what, "at": at}, None) for each in report[who])
    elif kind in ("Open", "Click"):
        yield _interaction(kind, item[kind.lower()], mail["destination"], terms)
    elif kind == "Subscription" and item["subscription"]["newTopicPreferences"].get("unsubscribeAll") is True:
        at = written(item["subscription"]["timestamp"])
        [recipient] = mail["destination"]
        yield recipient, {"kind": EventKind.UNSUBSCRIBED, "at": at}, None


_REPORTS = {
    "Complaint": ("complaint", "complainedRecipients", EventKind.COMPLAINED),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients", EventKind.DEFERRED),
}


def _bounces(bounce: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    told = _BOUNCES.get((bounce["bounceType"], bounce["bounceSubType"]))
    at = written(bounce["timestamp"])
    for each in bounce["bouncedRecipients"]:
        code = enhanced_code(each.get("status"), each.get("diagnosticCode"))
        fields = {"kind": EventKind.BOUNCED, "at": at, "code": code, "bounce": classify(code, told)}
        yield each["emailAddress"], fields


def _interaction(
    kind: str, report: Mapping[str, Any], destination: Sequence[str], terms: MachineTerms
) -> tuple[str, dict[str, Any], str | None]:
    """Raises ValueError for a message to several: SES does not tell which of them opened it."""
    [recipient] = destination
    agent = agent_of(report.get("userAgent"))
    fields = interaction(EventKind.OPENED if kind == "Open" else EventKind.CLICKED, agent, terms)
    fields |= {"at": written(report["timestamp"]), "link": link_of(report.get("link"))}
    return recipient, fields, agent


def _campaign(mail: Mapping[str, Any]) -> str:
    """Raises KeyError or ValueError."""
    tags = mail.get("tags") or {}
    if CAMPAIGN in tags:
        return campaign_of(tags)
    named = {each["name"].lower(): each["value"] for each in mail.get("headers") or ()}
    return campaign_of({CAMPAIGN: named[CAMPAIGN_HEADER]})
