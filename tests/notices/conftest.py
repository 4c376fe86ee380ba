"""A real SMTP server in this loop, an outbox that sends to it, and a due runner that tests drive by hand."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from sqlalchemy import Row, select

from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.notices import actions
from server.notices.adapters.relay import MailRelay, SmtpRelay
from server.notices.jobs import handlers
from server.notices.model import Notice, OutboxMessage
from server.notices.rules import Channel, Mailing

ACCOUNT = "acc_reader"
ADDRESS = "reader@example.com"
SENDER = "Postmeter <no-reply@post.example.com>"
BOTH = (Channel.IN_APP, Channel.EMAIL)


@dataclass
class Inbox:
    """Takes e-mails, unless it is told what to answer instead: one answer is used for one command."""

    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        assert server.transport is not None
        self.tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    @property
    def read(self) -> Sequence[EmailMessage]:
        """The e-mails, parsed."""
        parsed = [message_from_bytes(mail, policy=SMTP_POLICY) for mail in self.mails]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]


@asynccontextmanager
async def smtp_server(
    inbox: Inbox, *, implicit_tls: ssl.SSLContext | None = None, port: int = 0, **options: Any
) -> AsyncIterator[int]:
    """A real SMTP server on loopback until the block ends; gives its port."""
    loop = asyncio.get_running_loop()
    made: list[SMTP] = []

    def protocol() -> SMTP:
        made.append(SMTP(inbox, hostname="relay.example.com", loop=loop, **options))
        return made[-1]

    server = await loop.create_server(protocol, "127.0.0.1", port, ssl=implicit_tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for one in made:
            if one.transport is not None:
                one.transport.close()
        await server.wait_closed()


def only_with(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator that knows one user."""

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        known = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return check


@dataclass
class Office:
    """Tells one account things, and looks at what became of them."""

    units: Units
    clock: ManualClock
    inbox: Inbox
    relay: MailRelay

    def runner(self, relay: MailRelay | None = None) -> DueRunner:
        return DueRunner(self.units, handlers(relay or self.relay))

    async def tell(
        self, template: str = "password_changed", account_id: str = ACCOUNT, **options: Any
    ) -> str:
        data = options.pop("data", {"at": "2026-03-02T09:00:00+00:00"})
        return await self.units.run(
            Call("tell", SYSTEM), lambda work: actions.notify(work, account_id, template, data, **options)
        )

    async def mail(self, template: str = "password_changed", **options: Any) -> str:
        return await self.tell(template, **{"channels": BOTH, "email": ADDRESS} | options)

    async def message(self, notice_id: str) -> Row[Any]:
        query = select(OutboxMessage.__table__).where(OutboxMessage.notice_id == notice_id)
        row = await self.units.read(lambda read: read.first(query))
        assert row is not None
        return row

    async def notice(self, notice_id: str) -> Row[Any]:
        row = await self.units.read(
            lambda read: read.first(select(Notice.__table__).where(Notice.id == notice_id))
        )
        assert row is not None
        return row

    async def messages(self) -> Sequence[Row[Any]]:
        return await self.units.read(lambda read: read.rows(select(OutboxMessage.__table__)))


@pytest.fixture
async def office(units: Units, clock: ManualClock) -> AsyncIterator[Office]:
    units.house.terms.add(Mailing(relay=True))
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        yield Office(units, clock, inbox, SmtpRelay(f"smtp://127.0.0.1:{port}", SENDER))
