"""The gateway. A charge takes two calls: an intent is made and written down, then confirmed.

Until it is confirmed it moves no money, and once written down it can be asked for by its id: nothing hangs on
Stripe's search, which lags, or on its memory for idempotency keys, which may end after a day.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from server.kit.work import Units
from server.topups.adapters.gateway import OutcomeUnknown
from server.topups.adapters.stripe import books
from server.topups.adapters.stripe.amounts import AmountUnsupported, to_stripe
from server.topups.adapters.stripe.cards import Cards, card_of, method_of_token
from server.topups.adapters.stripe.client import Api, StripeRefused, answered, once, understood
from server.topups.adapters.stripe.intents import UNCONFIRMED, Intent
from server.topups.adapters.stripe.refunds import refund
from server.topups.rules.methods import SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargeRequest,
    ChargeResult,
    ConfirmRequest,
    Declined,
    FailureCode,
    NotFound,
    RefundRequest,
    RefundResult,
)

if TYPE_CHECKING:
    from stripe import PaymentIntent
    from stripe.params import PaymentIntentConfirmParams, PaymentIntentCreateParams

NAME = "stripe"
_TOKEN = re.compile(r"(pm|tok)_(?!sandbox_)[A-Za-z0-9_]+\Z")
_WITH_CHARGE = ["latest_charge"]


class Stripe:
    """Stripe, with the cards of one Stripe account."""

    name = NAME
    enabled = True

    def __init__(self, units: Units, api: Api) -> None:
        self._units = units
        self._api = api
        self._cards = Cards(units, api)

    def knows(self, token: str) -> bool:
        return _TOKEN.match(token) is not None

    async def charge(self, request: ChargeRequest) -> ChargeResult:
        try:
            intent = await self._begun(request)
            if intent.status == UNCONFIRMED:
                intent = await self._confirmed(intent, request)
        except AmountUnsupported:
            return self._declined(FailureCode.AMOUNT_UNSUPPORTED)
        except StripeRefused:
            return self._declined(FailureCode.DECLINED)
        return _result(intent)

    async def confirm(self, request: ConfirmRequest) -> ChargeResult:
        """Stripe takes no codes from us: what the payer did there shows in the intent."""
        found = await self.find(request.transaction_id)
        if isinstance(found, NotFound):
            raise OutcomeUnknown("no such charge")
        return found

    async def find(self, transaction_id: str) -> ChargeResult | NotFound:
        """An intent that was never confirmed is cancelled, so that "not charged" stays true."""
        intent_id = await self._units.read(lambda read: books.intent_of(read, transaction_id))
        if intent_id is None:
            return NotFound()
        intent = await self._retrieved(intent_id)
        if intent.was_tried:
            return _result(intent)
        try:
            with answered():
                await self._api.intents.cancel_async(intent_id, options=once(f"{transaction_id}/cancel"))
        except StripeRefused:
            # Somebody confirmed it this very moment.
            return _result(await self._retrieved(intent_id))
        return NotFound()

    async def save_method(self, request: SaveRequest) -> SaveResult:
        return await self._cards.save(request)

    async def forget_method(self, provider_reference: str) -> None:
        await self._cards.forget(provider_reference)

    async def forget_customer(self, account_id: str) -> None:
        await self._cards.forget_customer(account_id)

    async def refund(self, request: RefundRequest) -> RefundResult:
        transaction_id = request.transaction_id
        intent_id = await self._units.read(lambda read: books.intent_of(read, transaction_id))
        if intent_id is None:
            return self._declined(FailureCode.NOT_CHARGED)
        return await refund(self._api, self._units.house.clock, intent_id, request)

    async def close(self) -> None:
        """Close its connections."""
        await self._api.close()

    async def _begun(self, request: ChargeRequest) -> Intent:
        """The transaction's one intent, made now or before. Raises AmountUnsupported or StripeRefused."""
        transaction_id = request.transaction_id
        known = await self._units.read(lambda read: books.intent_of(read, transaction_id))
        if known is not None:
            return await self._retrieved(known)
        amount, currency = to_stripe(request.money)
        params: PaymentIntentCreateParams = {
            "amount": amount,
            "currency": currency,
            "allowed_payment_method_types": ["card"],
            "metadata": {"transaction_id": transaction_id},
        }
        if request.method is not None:
            params["customer"], params["payment_method"] = card_of(request.method)
        elif request.token is not None:
            key = f"{transaction_id}/token"
            params["payment_method"] = await method_of_token(self._api, request.token, key)
        with answered():
            made = await self._api.intents.create_async(params, once(transaction_id))
        intent = _read(made)
        kept = await self._units.run_unaudited(
            lambda work: books.keep_intent(work, transaction_id, intent.id)
        )
        return intent if kept == intent.id else await self._retrieved(kept)

    async def _confirmed(self, intent: Intent, request: ChargeRequest) -> Intent:
        """The intent as it is after the payer's bank was asked."""
        params: PaymentIntentConfirmParams = {"expand": _WITH_CHARGE}
        if request.method is not None:
            params["off_session"] = True
        else:
            params["use_stripe_sdk"] = True
        try:
            with answered():
                confirmed = await self._api.intents.confirm_async(
                    intent.id, params, once(f"{request.transaction_id}/confirm")
                )
        except StripeRefused:
            # A decline, or it was confirmed before: the intent says which.
            return await self._retrieved(intent.id)
        return _read(confirmed)

    async def _retrieved(self, intent_id: str) -> Intent:
        try:
            with answered():
                found = await self._api.intents.retrieve_async(intent_id, {"expand": _WITH_CHARGE})
        except StripeRefused as refused:
            raise OutcomeUnknown(refused.code) from None
        return _read(found)

    def _declined(self, code: FailureCode) -> Declined:
        """Refused before there was anything at Stripe that has an instant of its own."""
        return Declined(code, self._units.house.clock.now())


def _read(intent: PaymentIntent) -> Intent:
    with understood():
        return Intent.of(intent.to_dict())


def _result(intent: Intent) -> ChargeResult:
    with understood():
        result = intent.result()
    if result is None:
        raise OutcomeUnknown(intent.status)
    return result
