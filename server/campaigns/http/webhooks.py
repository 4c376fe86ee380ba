"""Where providers report what became of messages: `/webhooks/<provider>/<connection>`.

Answered with 200 is only what is committed, so whatever goes wrong here comes again; and whatever comes again changes
nothing a second time. Nothing of a body is ever logged, and the caller is not told what was wrong with it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.campaigns.actions.deliveries import (
    ConnectionGone,
    Delivered,
    DeliveryReplayed,
    confirm_connection,
    end_subscription,
    note_failure,
    take_delivery,
)
from server.campaigns.adapters.fetching import Fetcher
from server.campaigns.adapters.payloads import NotTaken
from server.campaigns.adapters.receivers import Confirmed, Received, Receivers, Request
from server.campaigns.reads.connections import connection, credentials_of
from server.campaigns.rules.connections import DeliveryFault, EventProvider, WebhookTerms
from server.campaigns.rules.machines import MachineTerms
from server.kit.bodies import BodyTooLarge, read_body
from server.kit.problems import PublicError
from server.kit.work import Read, Units, Work

PATH = "/webhooks/{provider}/{connection_id}"
_ORDINARY = {
    DeliveryFault.SIGNATURE_INVALID: 403,
    DeliveryFault.STALE: 403,
    DeliveryFault.WRONG_TOPIC: 403,
    DeliveryFault.REPLAYED: 403,
    DeliveryFault.PAYLOAD_MALFORMED: 400,
    DeliveryFault.PAYLOAD_TOO_LARGE: 413,
    DeliveryFault.CERTIFICATE_UNAVAILABLE: 503,
    DeliveryFault.CONFIRMATION_FAILED: 503,
}
# Mailgun stops trying again at 406 only. Postmark stops at 403, but a wrong password can be mended in the meantime.
_OWN = {
    (EventProvider.MAILGUN, DeliveryFault.STALE): 406,
    (EventProvider.MAILGUN, DeliveryFault.REPLAYED): 406,
    (EventProvider.MAILGUN, DeliveryFault.PAYLOAD_MALFORMED): 406,
    (EventProvider.POSTMARK, DeliveryFault.SIGNATURE_INVALID): 401,
    (EventProvider.POSTMARK, DeliveryFault.PAYLOAD_MALFORMED): 403,
}

_log = structlog.get_logger("postmeter.campaigns.webhooks")


class Busy(Exception):
    """As many deliveries are being taken as may be at a time."""


class EventWebhooks:
    """The endpoint of all providers. A delivery is verified before anything of it is read."""

    def __init__(self, units: Units, fetcher: Fetcher) -> None:
        self._units = units
        self._terms = units.house.terms.get(WebhookTerms)
        self._receivers = Receivers(fetcher, self._terms, units.house.terms.get(MachineTerms))
        self._running: Counter[str] = Counter()

    @property
    def route(self) -> Route:
        return Route(PATH, self.receive, methods=["POST"])

    async def receive(self, request: HttpRequest) -> Response:
        """200 when it is stored or known already, 4xx when it is not the provider's, 503 when it shall come again."""
        provider = _provider(request.path_params["provider"])
        connection_id = request.path_params["connection_id"]
        if provider is None:
            return Response(status_code=404)
        try:
            with self._place(connection_id):
                return await self._answered(request, provider, connection_id)
        except Busy:
            return self._again()
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408)

    async def _answered(
        self, http_request: HttpRequest, provider: EventProvider, connection_id: str
    ) -> Response:
        try:
            credentials = await self._units.read(lambda read: _credentials(read, provider, connection_id))
            if not credentials:
                return Response(status_code=404)
            limits = (self._terms.body_bytes_max, self._terms.body_seconds_max)
            body = await read_body(http_request.stream(), *limits)
            now = self._units.house.clock.now()
            request = Request(provider, body, http_request.headers, credentials, now)
            received = await self._receivers.receive(request)
            return await self._store(connection_id, received)
        except BodyTooLarge:
            return await self._refused(provider, connection_id, DeliveryFault.PAYLOAD_TOO_LARGE)
        except NotTaken as not_taken:
            return await self._refused(provider, connection_id, not_taken.fault)
        except DeliveryReplayed:
            return await self._refused(provider, connection_id, DeliveryFault.REPLAYED)
        except ConnectionGone:
            return Response(status_code=404)
        except (TimeoutError, ClientDisconnect):
            raise
        except PublicError as busy:
            _log.warning("delivery_not_stored", connection_id=connection_id, code=busy.code)
            return self._again()
        except Exception:
            _log.exception("delivery_not_stored", connection_id=connection_id)
            return self._again()

    async def _store(self, connection_id: str, received: Received) -> Response:
        def store(work: Work) -> None:
            if isinstance(received, Delivered):
                take_delivery(work, connection_id, received)
            elif isinstance(received, Confirmed):
                confirm_connection(work, connection_id)
            else:
                end_subscription(work, connection_id)

        try:
            # What is committed later is a repetition's to find.
            async with asyncio.timeout(self._terms.store_seconds_max):
                await self._units.run_unaudited(store)
        except TimeoutError:
            return self._again()
        return JSONResponse({"received": True})

    async def _refused(self, provider: EventProvider, connection_id: str, fault: DeliveryFault) -> Response:
        """The connection's owner is told what was wrong, the caller is not."""
        _log.warning(
            "delivery_refused", connection_id=connection_id, provider=provider.value, fault=fault.value
        )
        await self._note(connection_id, fault)
        status = _OWN.get((provider, fault), _ORDINARY[fault])
        if status == 503:
            return self._again()
        challenge = {"WWW-Authenticate": 'Basic realm="webhook"'} if status == 401 else None
        return Response(status_code=status, headers=challenge)

    async def _note(self, connection_id: str, fault: DeliveryFault) -> None:
        try:
            if await self._units.read(lambda read: _is_worth_noting(read, connection_id)):
                await self._units.run_unaudited(lambda work: note_failure(work, connection_id, fault))
        except Exception:
            _log.exception("failure_not_noted", connection_id=connection_id)

    def _again(self) -> Response:
        return Response(status_code=503, headers={"Retry-After": str(self._terms.retry_after_seconds)})

    @contextmanager
    def _place(self, connection_id: str) -> Iterator[None]:
        """Raises Busy."""
        mine = self._running[connection_id] >= self._terms.at_once_per_connection_max
        if mine or self._running.total() >= self._terms.at_once_max:
            raise Busy
        self._running[connection_id] += 1
        try:
            yield
        finally:
            self._running[connection_id] -= 1
            if not self._running[connection_id]:
                del self._running[connection_id]


def _provider(name: str) -> EventProvider | None:
    return next((each for each in EventProvider if each.value.lower() == name), None)


def _credentials(read: Read, provider: EventProvider, connection_id: str) -> tuple[str, ...]:
    """Nothing for a connection that is unknown, revoked, or of another provider."""
    row = connection(read, connection_id)
    return () if row is None or row.provider != provider.value else tuple(credentials_of(read, row))


def _is_worth_noting(read: Read, connection_id: str) -> bool:
    """Whether enough time has passed since the last failure: a flood of forgeries makes no flood of writes."""
    row = connection(read, connection_id)
    noted = None if row is None else row.last_failure_at
    return noted is None or noted <= read.now - read.terms(WebhookTerms).failure_noted_every
