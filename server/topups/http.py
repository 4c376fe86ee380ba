"""Where gateways report what happened: Stripe's webhook.

Answered is only what is committed, so whatever goes wrong here Stripe sends again; and whatever it sends again changes
nothing a second time.
"""

from __future__ import annotations

import asyncio

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.kit.bodies import BodyTooLarge, read_body
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.topups.actions.card_news import apply_card_news
from server.topups.actions.settlement import apply_report, claim
from server.topups.adapters.stripe.books import transaction_of
from server.topups.adapters.stripe.gateway import NAME
from server.topups.adapters.stripe.webhooks import (
    EventMalformed,
    Reported,
    SignatureInvalid,
    check_signature,
    event_of,
)
from server.topups.rules import ProviderEventAltered
from server.topups.rules.outcomes import ProviderReport

STRIPE_PATH = "/webhooks/stripe"
BODY_BYTES_MAX = 262_144
"""Stripe's events are a few kilobytes."""
BODY_SECONDS_MAX = 10.0
STORE_SECONDS_MAX = 15.0

_log = structlog.get_logger("postmeter.topups.stripe")


class StripeWebhook:
    """The endpoint. Nothing is read from the database before the signature is right."""

    def __init__(self, units: Units, secret: str) -> None:
        self._units = units
        self._secret = secret

    @property
    def route(self) -> Route:
        return Route(STRIPE_PATH, self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """2xx when it is stored, 4xx when it is not Stripe's, 5xx when Stripe shall send it again."""
        try:
            body = await read_body(request.stream(), BODY_BYTES_MAX, BODY_SECONDS_MAX)
            now = self._units.house.clock.now()
            check_signature(body, request.headers.get("stripe-signature"), self._secret, now)
            event = event_of(body)
        except BodyTooLarge:
            return _answer(413, "BODY_TOO_LARGE")
        except (TimeoutError, ClientDisconnect):
            return _answer(408, "TIMEOUT")
        except SignatureInvalid as invalid:
            _log.warning("stripe_signature_invalid", reason=str(invalid))
            return _answer(400, "SIGNATURE_INVALID")
        except EventMalformed as malformed:
            _log.warning("stripe_event_malformed", reason=str(malformed))
            return _answer(400, "EVENT_MALFORMED")
        return await self._take(event)

    async def _take(self, event: Reported) -> Response:
        try:
            # Stripe gives up after some seconds, too; what is committed later is a repetition's to find.
            async with asyncio.timeout(STORE_SECONDS_MAX):
                applied = await self._units.run(
                    Call("topups.stripe_event", SYSTEM), lambda work: _apply(work, event)
                )
        except ProviderEventAltered as altered:
            _log.error("stripe_event_altered", event_id=event.event_id, kind=event.kind)
            return _answer(409, altered.code)
        except Exception:
            _log.exception("stripe_event_not_stored", event_id=event.event_id, kind=event.kind)
            return _answer(503, "NOT_STORED")
        _log.info("stripe_event", event_id=event.event_id, kind=event.kind, applied=applied)
        return JSONResponse({"received": True})


def _apply(work: Work, event: Reported) -> bool:
    if event.news is not None:
        report = ProviderReport(NAME, event.event_id, event.content, None, None)
        return claim(work, report) and apply_card_news(work, NAME, event.news)
    transaction_id = None if event.intent_id is None else transaction_of(work, event.intent_id)
    return apply_report(
        work, ProviderReport(NAME, event.event_id, event.content, transaction_id, event.outcome)
    )


def _answer(status: int, code: str) -> Response:
    return JSONResponse({"received": False, "code": code}, status_code=status)
