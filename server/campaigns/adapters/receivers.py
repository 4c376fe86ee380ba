"""The four providers behind one face: a request goes in, and what was delivered comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from server.campaigns.actions.deliveries import Delivered, OnceToken
from server.campaigns.adapters import mailgun, postmark, sendgrid, ses
from server.campaigns.adapters.fetching import Fetcher
from server.campaigns.adapters.payloads import Batch, NotTaken
from server.campaigns.adapters.sns import CONFIRMATION, UNSUBSCRIPTION, Sns
from server.campaigns.rules.connections import DeliveryFault, EventProvider, WebhookTerms
from server.campaigns.rules.machines import MachineTerms


@dataclass(frozen=True, slots=True)
class Request:
    """A delivery as it came; nothing of it is believed yet. The names of headers are in small letters.

    `credentials` are those of its connection that are good now, the newest first.
    """

    provider: EventProvider
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    credentials: Sequence[str] = field(repr=False)
    now: datetime


class Confirmed:
    """The subscription was confirmed; there are no events in it."""


class Unsubscribed:
    """The subscription was ended; there are no events in it."""


Received = Delivered | Confirmed | Unsubscribed


class Receivers:
    """Verifies deliveries, and then reads them."""

    def __init__(self, fetcher: Fetcher, terms: WebhookTerms, machines: MachineTerms) -> None:
        self._sns = Sns(fetcher, terms)
        self._terms = terms
        self._machines = machines

    async def receive(self, request: Request) -> Received:
        """Raises NotTaken; then nothing came of it."""
        if request.provider is EventProvider.SES:
            return await self._ses(request)
        if request.provider is EventProvider.MAILGUN:
            return self._mailgun(request)
        if request.provider is EventProvider.SENDGRID:
            sendgrid.verify(request.body, request.headers, request.credentials, request.now, self._terms)
            return self._delivered(sendgrid.events(request.body, self._machines))
        postmark.verify(request.headers, request.credentials)
        return self._delivered(postmark.events(request.body, self._machines))

    def _mailgun(self, request: Request) -> Delivered:
        signed = mailgun.verify(request.body, request.credentials, request.now, self._terms)
        once = OnceToken(
            token_hash=sha256(signed.token.encode()).digest(),
            body_hash=sha256(request.body).digest(),
            expires_at=signed.at + self._terms.mailgun_age_max,
        )
        return self._delivered(mailgun.events(signed, self._machines), once)

    async def _ses(self, request: Request) -> Received:
        envelope = await self._sns.verify(request.body, request.credentials, request.now)
        is_current = envelope.topic_arn == request.credentials[0]
        if envelope.kind == UNSUBSCRIPTION:
            return Unsubscribed() if is_current else Delivered((), unknown=1)
        if envelope.kind == CONFIRMATION:
            if not is_current:
                raise NotTaken(DeliveryFault.WRONG_TOPIC)
            await self._sns.confirm(envelope)
            return Confirmed()
        return self._delivered(ses.events(envelope, self._machines), confirms=is_current)

    def _delivered(self, batch: Batch, once: OnceToken | None = None, *, confirms: bool = False) -> Delivered:
        """Raises NotTaken for more events than are taken at a time."""
        if len(batch.events) > self._terms.events_per_delivery_max:
            raise NotTaken(DeliveryFault.PAYLOAD_TOO_LARGE)
        return Delivered(batch.events, batch.unknown, batch.server_like, once, confirms)
