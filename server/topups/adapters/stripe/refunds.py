"""Money back to the payer, once per refund id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.kit.clock import Clock
from server.topups.adapters.stripe.amounts import AmountUnsupported, from_stripe, to_stripe
from server.topups.adapters.stripe.client import Api, StripeRefused, answered, once, understood
from server.topups.adapters.stripe.intents import instant
from server.topups.rules.outcomes import (
    Declined,
    FailureCode,
    Processing,
    RefundRequest,
    RefundResult,
    Succeeded,
)

REFUNDS_LISTED_MAX = 100


async def refund(api: Api, clock: Clock, intent_id: str, request: RefundRequest) -> RefundResult:
    """Give a part of an intent's money back.

    Looks for the refund first: Stripe may forget an idempotency key after a day, and a second refund with it would be
    a second payment.
    """
    try:
        found = await _found(api, intent_id, request.refund_id)
        answer = found if found is not None else await _made(api, intent_id, request)
    except StripeRefused:
        return Declined(FailureCode.DECLINED, clock.now())
    except AmountUnsupported:
        return Declined(FailureCode.AMOUNT_UNSUPPORTED, clock.now())
    with understood():
        return _result(answer)


async def _found(api: Api, intent_id: str, refund_id: str) -> Mapping[str, Any] | None:
    with answered():
        listed = await api.refunds.list_async({"payment_intent": intent_id, "limit": REFUNDS_LISTED_MAX})
    refunds = [refund.to_dict() for refund in listed.data]
    return next((each for each in refunds if (each["metadata"] or {}).get("refund_id") == refund_id), None)


async def _made(api: Api, intent_id: str, request: RefundRequest) -> Mapping[str, Any]:
    amount, _ = to_stripe(request.money)
    with answered():
        made = await api.refunds.create_async(
            {
                "payment_intent": intent_id,
                "amount": amount,
                "metadata": {"refund_id": request.refund_id, "transaction_id": request.transaction_id},
            },
            once(request.refund_id),
        )
    return made.to_dict()


def _result(refund: Mapping[str, Any]) -> RefundResult:
    at = instant(refund["created"])
    if refund["status"] == "succeeded":
        return Succeeded(from_stripe(refund["amount"], refund["currency"]).minor, refund["id"], at)
    if refund["status"] in ("failed", "canceled"):
        return Declined(FailureCode.DECLINED, at)
    return Processing(refund["id"], at)
