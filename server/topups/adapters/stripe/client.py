"""Stripe's own library, set up so that nothing is hidden: our time limits, one repetition under the same idempotency
key, no telemetry, and its errors as ours.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import stripe
import structlog

from server.topups.adapters.gateway import GatewayTimeout, GatewayUnreachable
from server.topups.adapters.stripe.transport import Transport

API_VERSION = "2026-10-28.endive"
"""The version that our requests name; README tells to make the webhook endpoint with the same one."""
API_URL = "https://api.stripe.com"
NETWORK_RETRIES = 1

_log = structlog.get_logger("postmeter.topups.stripe")


class StripeRefused(Exception):
    """Stripe says no, for certain: nothing was done. `code` is its error code."""

    def __init__(self, code: str | None) -> None:
        super().__init__(code)
        self.code = code


class Api:
    """Stripe's services, called on the event loop."""

    def __init__(self, secret_key: str, api_url: str = API_URL, *, retries: int = NETWORK_RETRIES) -> None:
        stripe.enable_telemetry = False
        # At DEBUG the library logs what it sends, payment tokens included.
        logging.getLogger("stripe").setLevel(logging.WARNING)
        self.transport = Transport()
        client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_url.rstrip("/")},
            max_network_retries=retries,
            http_client=self.transport,
        )
        self.customers = client.v1.customers
        self.intents = client.v1.payment_intents
        self.methods = client.v1.payment_methods
        self.refunds = client.v1.refunds
        self.setups = client.v1.setup_intents

    async def close(self) -> None:
        await self.transport.close_async()


def once(key: str) -> stripe.RequestOptions:
    """Stripe does it at most once for the key, and answers a repetition as it answered the first time."""
    return {"idempotency_key": key}


@contextmanager
def understood() -> Iterator[None]:
    """Around the reading of an answer: raises OutcomeUnknown when it is not what Stripe documents."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        _log.error("stripe_answer_not_understood", error=type(error).__name__)
        raise GatewayUnreachable("an answer that makes no sense") from None


@contextmanager
def answered() -> Iterator[None]:
    """Around each call: raises StripeRefused when Stripe said no, OutcomeUnknown when it did not say.

    A wrong key, a limit reached, an error of Stripe's own and a key in use (409) say nothing about the charge.
    """
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        _log.info("stripe_refused", code=error.code, status=error.http_status, request_id=error.request_id)
        raise StripeRefused(error.code) from None
    except stripe.APIConnectionError as error:
        if isinstance(error.__cause__, httpx.TimeoutException):
            raise GatewayTimeout("no answer in time") from None
        raise GatewayUnreachable("no connection") from None
    except stripe.StripeError as error:
        # The class and the status only: a message may quote what was sent.
        kind = type(error).__name__
        _log.warning("stripe_failed", error=kind, status=error.http_status, request_id=error.request_id)
        raise GatewayUnreachable(kind) from None
