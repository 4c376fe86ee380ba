"""What a payment gateway can do for us. Adapters speak HTTP or whatever it takes; never inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.topups.rules import GatewayUnavailable, PaymentTokenInvalid, check_token
from server.topups.rules.methods import SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargeRequest,
    ChargeResult,
    ConfirmRequest,
    NotFound,
    RefundRequest,
    RefundResult,
)


class OutcomeUnknown(Exception):
    """The gateway did not answer, so it may or may not have acted. The reconciler finds out."""


class GatewayTimeout(OutcomeUnknown):
    """It took too long."""


class GatewayUnreachable(OutcomeUnknown):
    """The connection failed or was cut off."""


class PaymentGateway(Protocol):
    """One provider. All calls raise OutcomeUnknown when there is no answer, and may be repeated at will."""

    name: str
    """At most 20 lower-case letters; stored with each top-up."""
    enabled: bool

    def knows(self, token: str) -> bool:
        """Whether the token is one of this provider's."""

    async def charge(self, request: ChargeRequest) -> ChargeResult:
        """Charge once per transaction id; a repetition gets the present state of that one charge."""

    async def confirm(self, request: ConfirmRequest) -> ChargeResult:
        """Send the payer's answer to a challenge, once per confirmation id."""

    async def find(self, transaction_id: str) -> ChargeResult | NotFound:
        """The present state of a charge, for the reconciler."""

    async def save_method(self, request: SaveRequest) -> SaveResult:
        """Keep a token for later charges, once per method id; a repetition gets the present state of that one method.

        After NeedsStepUp the same request comes again, with the payer's code or once they authenticated elsewhere.
        """

    async def forget_method(self, provider_reference: str) -> None:
        """Keep a saved method no longer; a method that is not known is forgotten already."""

    async def forget_customer(self, account_id: str) -> None:
        """Keep nothing about this payer any longer, saved methods included; who is not known is forgotten already."""

    async def refund(self, request: RefundRequest) -> RefundResult:
        """Give a part of a charge back, once per refund id; a repetition gets the present state of that one refund."""


class Gateways:
    """The gateways of this deployment."""

    def __init__(self, gateways: Sequence[PaymentGateway]) -> None:
        self._by_name = {gateway.name: gateway for gateway in gateways}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def named(self, name: str) -> PaymentGateway:
        """Raises OutcomeUnknown when a top-up was sent through a gateway that is no longer set up."""
        try:
            return self._by_name[name]
        except KeyError:
            raise GatewayUnreachable(name) from None

    def of_token(self, token: str, at: str) -> PaymentGateway:
        """The gateway that can charge or save the token, which the input field `at` gave.

        Raises PaymentTokenInvalid or GatewayUnavailable.
        """
        check_token(token, at)
        for gateway in self._by_name.values():
            if gateway.knows(token):
                if not gateway.enabled:
                    raise GatewayUnavailable(gateway.name, at)
                return gateway
        raise PaymentTokenInvalid(at)
