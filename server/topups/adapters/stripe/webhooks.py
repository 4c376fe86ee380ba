"""What Stripe's webhooks say (https://docs.stripe.com/webhooks): whether it is Stripe, and what it means to us."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from server.topups.adapters.stripe.amounts import AmountUnsupported, from_stripe
from server.topups.adapters.stripe.intents import Intent, instant
from server.topups.adapters.stripe.prints import card_printed
from server.topups.rules.methods import CardAuthenticated, CardGone, CardNews, CardRenewed
from server.topups.rules.outcomes import ChargedBack, Declined, Outcome, Refunded, Reinstated, Succeeded

TOLERANCE = timedelta(seconds=300)
"""How far Stripe's clock and ours, and the way between, may be apart: an older delivery may be a replay."""
HEADER_LENGTH_MAX = 2_000
_EVENT_ID_LENGTH_MAX = 80


class SignatureInvalid(Exception):
    """Whoever sent it does not know the secret, or sent it too long ago."""


class EventMalformed(Exception):
    """It is signed, and is no event."""


@dataclass(frozen=True, slots=True)
class Reported:
    """An event, with what it means: an outcome for the transaction of `intent_id`, news of a saved card, or nothing."""

    event_id: str
    kind: str
    occurred_at: datetime
    object_id: str
    intent_id: str | None = None
    outcome: Outcome | None = field(default=None, repr=False)
    news: CardNews | None = None

    @property
    def content(self) -> bytes:
        """What a repetition must repeat. Not the whole body: that counts deliveries, and grows with Stripe's API."""
        return orjson.dumps([type(self.outcome).__name__, type(self.news).__name__, self])


def check_signature(body: bytes, header: str | None, secret: str, now: datetime) -> None:
    """Raises SignatureInvalid unless one of the header's v1 signatures is of this body, and fresh.

    While a secret is rolled, Stripe signs with the old and the new one.
    """
    if header is None or len(header) > HEADER_LENGTH_MAX:
        raise SignatureInvalid("no signature")
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    given = [value.encode() for name, _, value in pairs if name == "v1"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit() and len(stamps[0]) <= 12):
        raise SignatureInvalid("no instant")
    expected = hmac.new(secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), signature) for signature in given):
        raise SignatureInvalid("not signed with our secret")
    if abs(now - instant(int(stamps[0]))) > TOLERANCE:
        raise SignatureInvalid("too old")


def event_of(body: bytes) -> Reported:
    """The event of a body whose signature was checked. Raises EventMalformed."""
    try:
        fields = orjson.loads(body)
        event = Reported(
            event_id=_id(fields["id"]),
            kind=_id(fields["type"]),
            occurred_at=instant(fields["created"]),
            object_id=_id(fields["data"]["object"].get("id", "")),
        )
        return _read(event, fields["data"]["object"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise EventMalformed(type(error).__name__) from None


def _read(event: Reported, subject: Mapping[str, Any]) -> Reported:
    """Add what the event means, if it is of a kind that means something to us."""
    try:
        if event.kind in _INTENT_EVENTS:
            return _of_intent(event, subject)
        if event.kind in _DISPUTE_EVENTS:
            return _of_dispute(event, subject)
        if event.kind in _SETUP_EVENTS or event.kind in _METHOD_EVENTS:
            return replace(event, news=_news(event.kind, subject))
        if event.kind == "charge.refunded":
            total = from_stripe(subject["amount_refunded"], subject["currency"]).minor
            return replace(event, intent_id=_paid(subject), outcome=Refunded(total, event.occurred_at))
    except AmountUnsupported:
        return event  # of something else that this Stripe account sells
    return event


def _of_intent(event: Reported, subject: Mapping[str, Any]) -> Reported:
    intent = Intent.of(subject)
    result = intent.result()
    # The intent tells when it was made; when it became what it is, the event tells.
    if isinstance(result, Succeeded | Declined):
        return replace(event, intent_id=intent.id, outcome=replace(result, occurred_at=event.occurred_at))
    return event


def _of_dispute(event: Reported, subject: Mapping[str, Any]) -> Reported:
    if subject["status"].startswith("warning_"):
        return event  # an inquiry: no money has gone
    won = event.kind == "charge.dispute.funds_reinstated" or subject["status"] == "won"
    return replace(event, intent_id=_paid(subject), outcome=_won(event) if won else _lost(event, subject))


def _won(event: Reported) -> Reinstated:
    return Reinstated(event.object_id, event.occurred_at)


def _lost(event: Reported, subject: Mapping[str, Any]) -> ChargedBack:
    """What is disputed is gone until the dispute is won; it may be a part, or be told in the bank's own currency."""
    disputed = from_stripe(subject["amount"], subject["currency"])
    currency = disputed.currency.code
    return ChargedBack(event.occurred_at, event.object_id, disputed.minor, currency)


def _paid(subject: Mapping[str, Any]) -> str | None:
    """The intent that a charge or a dispute is of; None of a payment that was made without one."""
    intent_id = subject["payment_intent"]
    return None if intent_id is None else _id(intent_id)


def _news(kind: str, subject: Mapping[str, Any]) -> CardNews | None:
    """Of the cards that have our label; None for those that another system saved."""
    method_id = (subject.get("metadata") or {}).get("method_id")
    if not isinstance(method_id, str):
        return None
    if kind in _SETUP_EVENTS:
        return CardAuthenticated(method_id)
    if kind == "payment_method.detached":
        return CardGone(method_id)
    card = card_printed(subject)
    return CardRenewed(method_id, card.brand, card.last4, card.exp_month, card.exp_year)


def _id(text: object) -> str:
    if not isinstance(text, str) or len(text) > _EVENT_ID_LENGTH_MAX:
        raise TypeError("no id")
    return text


_INTENT_EVENTS = frozenset(
    {"payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled"}
)
_SETUP_EVENTS = frozenset({"setup_intent.succeeded", "setup_intent.setup_failed"})
_METHOD_EVENTS = frozenset(
    {"payment_method.automatically_updated", "payment_method.updated", "payment_method.detached"}
)
_DISPUTE_EVENTS = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    }
)
