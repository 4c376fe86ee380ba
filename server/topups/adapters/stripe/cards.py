"""Cards that Stripe keeps for us, all of an account under one customer, of whom Stripe is told an opaque id only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from server.kit.work import Units
from server.topups.adapters.gateway import OutcomeUnknown
from server.topups.adapters.stripe import books
from server.topups.adapters.stripe.client import Api, StripeRefused, answered, once, understood
from server.topups.adapters.stripe.intents import failure_of, instant
from server.topups.adapters.stripe.prints import card_printed
from server.topups.rules.methods import SavedMethod, SaveRequest, SaveResult
from server.topups.rules.outcomes import Declined, FailureCode, NeedsStepUp, NextAction

_MISSING = "resource_missing"
_TRIED_BEFORE = frozenset({"requires_action", "succeeded", "processing", "canceled"})


class SavedCard(NamedTuple):
    """Our reference of a card: Stripe charges it only together with its customer."""

    customer_id: str
    method_id: str

    @property
    def reference(self) -> str:
        return f"{self.customer_id}/{self.method_id}"


def card_of(reference: str) -> SavedCard:
    """The inverse of `SavedCard.reference`."""
    customer_id, _, method_id = reference.partition("/")
    return SavedCard(customer_id, method_id)


async def method_of_token(api: Api, token: str, key: str) -> str:
    """The payment method that a token stands for; made of it, once per key, when it is a token of a card only.

    Raises StripeRefused.
    """
    if token.startswith("pm_"):
        return token
    with answered():
        made = await api.methods.create_async({"type": "card", "card": {"token": token}}, once(key))
    return made.id


class Cards:
    """Saves cards and forgets them."""

    def __init__(self, units: Units, api: Api) -> None:
        self._units = units
        self._api = api

    async def save(self, request: SaveRequest) -> SaveResult:
        """Keep the card for charges while its owner is away, authenticated once if the bank wants that."""
        try:
            customer_id = await self._customer(request.account_id)
            setup = await self._setup(request, customer_id)
            with understood():
                return await self._result(request, customer_id, setup)
        except StripeRefused as refused:
            return self._declined(refused.code)

    async def forget(self, reference: str) -> None:
        """Take the card from its customer: nobody can charge it any more."""
        method_id = card_of(reference).method_id
        try:
            with answered():
                await self._api.methods.detach_async(method_id, options=once(f"{method_id}/detach"))
        except StripeRefused:
            return  # it is gone, or no customer's

    async def forget_customer(self, account_id: str) -> None:
        """Delete the account's customer at Stripe; the cards that it still has go with it."""
        customer_id = await self._units.read(lambda read: books.customer_of(read, account_id))
        if customer_id is None:
            return
        try:
            with answered():
                await self._api.customers.delete_async(customer_id)  # needs no key: it is gone only once
        except StripeRefused as refused:
            if refused.code != _MISSING:
                raise OutcomeUnknown("the customer is still there") from None
        await self._units.run_unaudited(lambda work: books.drop_customer(work, account_id))

    async def _customer(self, account_id: str) -> str:
        known = await self._units.read(lambda read: books.customer_of(read, account_id))
        if known is not None:
            return known
        with answered():
            made = await self._api.customers.create_async(
                {"metadata": {"account_id": account_id}}, once(f"{account_id}/customer")
            )
        return await self._units.run_unaudited(lambda work: books.keep_customer(work, account_id, made.id))

    async def _setup(self, request: SaveRequest, customer_id: str) -> Mapping[str, Any]:
        """The method's SetupIntent as it is now, confirmed once."""
        method_id = request.method_id
        with answered():
            made = await self._api.setups.create_async(
                {
                    "customer": customer_id,
                    "usage": "off_session",
                    "allowed_payment_method_types": ["card"],
                    "metadata": {"method_id": method_id},
                },
                once(f"{method_id}/setup"),
            )
            # A repetition gets the first answer again, so ask how it is by now.
            setup = (await self._api.setups.retrieve_async(made.id)).to_dict()
        if setup["status"] in _TRIED_BEFORE or setup.get("last_setup_error"):
            return setup
        payment_method = await method_of_token(self._api, request.token, f"{method_id}/token")
        with answered():
            confirmed = await self._api.setups.confirm_async(
                made.id,
                {"payment_method": payment_method, "use_stripe_sdk": True},
                once(f"{method_id}/confirm"),
            )
        return confirmed.to_dict()

    async def _result(self, request: SaveRequest, customer_id: str, setup: Mapping[str, Any]) -> SaveResult:
        if setup["status"] == "succeeded":
            return await self._labelled(SavedCard(customer_id, setup["payment_method"]), request.method_id)
        if setup["status"] == "requires_action":
            asked_at = instant(setup["created"])
            return NeedsStepUp(NextAction.AUTHENTICATE, asked_at, setup["client_secret"])
        if setup["status"] == "processing":
            raise OutcomeUnknown("the bank still thinks")
        return self._declined((setup.get("last_setup_error") or {}).get("code"))

    async def _labelled(self, saved: SavedCard, method_id: str) -> SavedMethod:
        """Write our id on the card, so that Stripe's events about it name it, and read what is printed on it."""
        with answered():
            method = await self._api.methods.update_async(
                saved.method_id,
                {"metadata": {"method_id": method_id}},
                once(f"{method_id}/label"),
            )
        return SavedMethod(saved.reference, *card_printed(method.to_dict()))

    def _declined(self, code: str | None) -> Declined:
        failure = failure_of(code)
        at = self._units.house.clock.now()
        return Declined(failure if failure is FailureCode.STEP_UP_FAILED else FailureCode.DECLINED, at)
