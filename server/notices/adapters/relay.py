"""The mail relay: hands one e-mail to the deployment's SMTP server, and sorts what it answers."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from server.notices.rules import Failure

COMMAND_TIMEOUT_SECONDS = 10.0
_DEFAULT_PORTS: Mapping[str, int] = {"smtp": 587, "smtps": 465}
_PERMANENT_FROM = 500


class Undelivered(Exception):
    """The relay did not take the e-mail, or it is not known that it did."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.error)
        self.failure = failure


class MailRelay(Protocol):
    """Takes e-mails for others. `sender` is the From of all of them, `domain` its domain."""

    sender: str
    domain: str

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand the message over. Raises Undelivered."""


class NoRelay:
    """Where no relay is configured: what was queued before waits for one, and is given up in the end."""

    sender = ""
    domain = "localhost"

    async def send(self, message: EmailMessage, recipient: str) -> None:
        raise Undelivered(Failure("NO_RELAY", permanent=False))


class SmtpRelay:
    """A relay behind `smtps://…` (TLS from the start) or `smtp://…` (STARTTLS; plain on loopback only).

    User and password stand in the URL, percent-encoded. Raises ValueError for another URL or sender.
    """

    def __init__(self, url: str, sender: str, tls_context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("the mail relay is smtp://user:password@host:port or smtps://…")
        self.sender = sender
        self.domain = _address_of(sender).domain
        self._envelope_sender = _address_of(sender).addr_spec
        self._host = parts.hostname
        self._port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self._implicit_tls = parts.scheme == "smtps"
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls_context = tls_context or ssl.create_default_context()

    async def send(self, message: EmailMessage, recipient: str) -> None:
        client = self._client()
        try:
            await client.connect()
            await client.send_message(message, sender=self._envelope_sender, recipients=[recipient])
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered(_failure(error)) from None  # its text may name the recipient
        else:
            # It was taken: whatever happens to the goodbye changes nothing.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        required = None if _is_loopback(self._host) else True
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            local_hostname=self.domain,
            timeout=COMMAND_TIMEOUT_SECONDS,
            use_tls=self._implicit_tls,
            start_tls=False if self._implicit_tls else required,
            tls_context=self._tls_context,
        )


def relay_for(url: str | None, sender: str | None) -> MailRelay:
    """The relay of the settings. Raises ValueError when they cannot be meant."""
    return SmtpRelay(url, sender or "") if url is not None else NoRelay()


def _failure(error: Exception) -> Failure:
    """What the answer means. A refused sign-in or greeting is the operator's to mend, not the recipient's."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return Failure(type(error).__name__[:40], permanent=False)
    about_message = isinstance(
        error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPDataError
    )
    return Failure(str(error.code), permanent=about_message and error.code >= _PERMANENT_FROM)


def _address_of(sender: str) -> Address:
    """The one address in a From such as `Postmeter <no-reply@example.com>`. Raises ValueError."""
    header = SMTP_POLICY.header_factory("From", sender)
    found: tuple[Address, ...] = header.addresses
    if len(found) != 1 or not found[0].username or not found[0].domain or header.defects:
        raise ValueError("the sender of e-mails is one address, such as Postmeter <no-reply@example.com>")
    return found[0]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
