"""E-mails against a real SMTP server: once, again after a failure, given up, and the same one after a crash."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from server.kit.due import LEASE_SECONDS
from server.kit.events import StoredEvent
from server.kit.work import Units
from server.notices import reads
from server.notices.adapters.relay import MailRelay, NoRelay, SmtpRelay, Undelivered, relay_for
from server.notices.model import OutboxMessage
from server.notices.rules import Channel, OutboxState, Terms
from tests.certificates import make_certificate
from tests.notices.conftest import ACCOUNT, ADDRESS, SENDER, Inbox, Office, only_with, smtp_server

SECRETS = {"code": "K7QF-22"}


class Crash(BaseException):
    """The process dies: nothing after it runs."""


class CrashingRelay:
    """Dies right after the SMTP server took the e-mail."""

    def __init__(self, relay: MailRelay) -> None:
        self._relay, self.sender, self.domain = relay, relay.sender, relay.domain

    async def send(self, message: EmailMessage, recipient: str) -> None:
        await self._relay.send(message, recipient)
        raise Crash


async def kinds_of_events(office: Office) -> list[str]:
    query = select(StoredEvent.kind).where(StoredEvent.account_id == ACCOUNT).order_by(StoredEvent.sequence)
    return [row.kind for row in await office.units.read(lambda read: read.rows(query))]


async def test_an_email_is_delivered_once(office: Office) -> None:
    notice_id = await office.mail()
    assert await office.runner().run_due() == 1
    assert await office.runner().run_due() == 0
    (mail,) = office.inbox.read
    message = await office.message(notice_id)
    assert (message.state, message.attempts, message.error) == ("DELIVERED", 1, None)
    assert office.inbox.recipients == [ADDRESS]
    assert (mail["From"], mail["To"]) == (SENDER, ADDRESS)
    assert mail["Subject"] == "Your password was changed"
    assert mail["Message-ID"] == message.message_id == f"<{message.id}@post.example.com>"
    assert parsedate_to_datetime(mail["Date"]) == message.created_at
    assert mail.get_content_type() == "text/plain"
    assert "March 2, 2026" in mail.get_content()
    assert await kinds_of_events(office) == ["NoticePosted", "NoticeDelivered"]


async def test_a_4xx_is_tried_again_later(office: Office) -> None:
    office.inbox.data_answers = ["451 try later"]
    notice_id = await office.mail()
    await office.runner().run_due()
    message = await office.message(notice_id)
    assert (message.state, message.attempts, message.error) == ("FAILED", 1, "451")
    delay = timedelta(seconds=Terms().retry_delays_seconds[0])
    assert message.next_attempt_at == office.clock.now() + delay
    office.clock.advance(delay - timedelta(seconds=1))
    assert await office.runner().run_due() == 0
    office.clock.advance(timedelta(seconds=1))
    assert await office.runner().run_due() == 1
    assert (await office.message(notice_id)).state == "DELIVERED"
    assert len(office.inbox.mails) == 1


@pytest.mark.parametrize("command", ["rcpt_answers", "data_answers"])
async def test_a_5xx_is_given_up_at_once(office: Office, command: str) -> None:
    setattr(office.inbox, command, ["550 no such user"])
    notice_id = await office.mail()
    await office.runner().run_due()
    message = await office.message(notice_id)
    assert (message.state, message.attempts, message.error) == ("DEAD", 1, "550")
    assert (message.address, message.secrets, message.next_attempt_at) == (None, None, None)
    (dead,) = await office.units.read(reads.dead_letters)
    assert (dead.notice_id, dead.account_id, dead.kind) == (notice_id, ACCOUNT, "password_changed")
    assert await kinds_of_events(office) == ["NoticePosted", "NoticeUndeliverable"]
    office.clock.advance(timedelta(days=30))
    assert await office.runner().run_due() == 0


async def test_it_is_given_up_after_the_last_attempt(office: Office) -> None:
    terms = Terms()
    office.inbox.data_answers = ["451 try later"] * terms.attempts_max
    notice_id = await office.mail()
    for delay in (0, *terms.retry_delays_seconds):
        office.clock.advance(timedelta(seconds=delay))
        assert await office.runner().run_due() == 1
    message = await office.message(notice_id)
    assert (message.state, message.attempts, message.error) == ("DEAD", terms.attempts_max, "451")
    office.clock.advance(timedelta(days=30))
    assert await office.runner().run_due() == 0


async def test_a_crash_after_the_sending_repeats_the_same_message(office: Office) -> None:
    notice_id = await office.mail()
    with pytest.raises(Crash):
        await office.runner(CrashingRelay(office.relay)).run_due()
    assert (await office.message(notice_id)).state == "SENDING"
    assert await office.runner().run_due() == 0
    office.clock.advance(timedelta(seconds=LEASE_SECONDS))
    assert await office.runner().run_due() == 1
    first, second = office.inbox.mails
    assert first == second
    assert first.count(b"Message-ID: <msg_") == 1
    assert (await office.message(notice_id)).state == "DELIVERED"


async def test_a_crash_in_the_last_attempt_gives_up(office: Office) -> None:
    office.units.house.terms.add(Terms(retry_delays_seconds=()))
    notice_id = await office.mail()
    with pytest.raises(Crash):
        await office.runner(CrashingRelay(office.relay)).run_due()
    office.clock.advance(timedelta(seconds=LEASE_SECONDS))
    await office.runner().run_due()
    message = await office.message(notice_id)
    assert (message.state, message.error) == ("DEAD", "OUTCOME_UNKNOWN")
    assert len(office.inbox.mails) == 1


async def test_two_runners_send_each_email_once(office: Office) -> None:
    for _ in range(12):
        await office.mail()
    await asyncio.gather(*(office.runner().run_due() for _ in range(3)))
    assert len({mail["Message-ID"] for mail in office.inbox.read}) == len(office.inbox.mails) == 12


async def test_a_relay_that_is_away_costs_time_only(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    away = SmtpRelay(f"smtp://127.0.0.1:{port}", SENDER)
    notice_id = await office.mail()
    await office.runner(away).run_due()
    message = await office.message(notice_id)
    assert (message.state, message.error) == ("FAILED", "SMTPConnectError")
    office.clock.advance(timedelta(minutes=1))
    async with smtp_server(office.inbox, port=port):
        await office.runner(away).run_due()
    assert (await office.message(notice_id)).state == "DELIVERED"


async def test_what_was_queued_waits_while_no_relay_is_configured(office: Office) -> None:
    notice_id = await office.mail()
    await office.runner(relay_for(None, None)).run_due()
    message = await office.message(notice_id)
    assert (message.state, message.error) == ("FAILED", "NO_RELAY")
    office.clock.advance(timedelta(minutes=1))
    await office.runner().run_due()
    assert (await office.message(notice_id)).state == "DELIVERED"


async def test_codes_go_out_and_are_then_gone(office: Office) -> None:
    channels = (Channel.EMAIL,)
    notice_id = await office.mail("email_verification", data=SECRETS, channels=channels)
    await office.runner().run_due()
    (mail,) = office.inbox.read
    assert SECRETS["code"] in mail.get_content()
    message = await office.message(notice_id)
    assert (message.address, message.secrets) == (None, None)
    assert not (await office.notice(notice_id)).in_app
    assert await kinds_of_events(office) == ["NoticeDelivered"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_neither_address_nor_secret_lies_in_the_files(office: Office, tmp_path: Path) -> None:
    office.inbox.data_answers = ["451 try later"]
    waiting = await office.mail("email_verification", data=SECRETS)
    await office.mail("email_verification", data=SECRETS)
    await office.runner().run_due()
    assert (await office.message(waiting)).address is not None
    files = contents_of(tmp_path)
    assert {"postmeter.sqlite3", "keys.sqlite3"} <= files.keys()
    for name, content in files.items():
        for secret in (ADDRESS, *SECRETS.values()):
            assert secret.encode() not in content, name


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_an_erased_address_is_written_to_no_more(office: Office) -> None:
    notice_id = await office.mail()
    message = await office.message(notice_id)
    broken = message.address[:-1] + bytes([message.address[-1] ^ 1])
    statement = update(OutboxMessage).where(OutboxMessage.id == message.id).values(address=broken)
    await office.units.run_unaudited(lambda work: work.execute(statement))
    await office.runner().run_due()
    message = await office.message(notice_id)
    assert (message.state, message.error) == ("DEAD", "ERASED")
    assert office.inbox.mails == []


# ---- the relay by itself


def letter() -> EmailMessage:
    message = EmailMessage()
    message["To"] = ADDRESS
    message.set_content("Hello")
    return message


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not know that smtps is TLS
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_it_signs_in_over_tls(tmp_path: Path, scheme: str) -> None:
    certificate, key = make_certificate(tmp_path)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=certificate)
    inbox = Inbox()
    options = {
        "authenticator": only_with("post", "p@ss"),
        "auth_required": True,
        "auth_require_tls": scheme == "smtp",
    }
    tls = {"tls_context": serving} if scheme == "smtp" else {"implicit_tls": serving}
    async with smtp_server(inbox, **options, **tls) as port:
        relay = SmtpRelay(f"{scheme}://post:p%40ss@127.0.0.1:{port}", SENDER, trusting)
        await relay.send(letter(), ADDRESS)
        assert inbox.tls == [True]
        wrong = SmtpRelay(f"{scheme}://post:other@127.0.0.1:{port}", SENDER, trusting)
        with pytest.raises(Undelivered) as refused:
            await wrong.send(letter(), ADDRESS)
        assert (refused.value.failure.error, refused.value.failure.permanent) == ("535", False)
        distrusting = SmtpRelay(f"{scheme}://post:p%40ss@127.0.0.1:{port}", SENDER)
        with pytest.raises(Undelivered) as refused:
            await distrusting.send(letter(), ADDRESS)
        assert not refused.value.failure.permanent
    assert len(inbox.mails) == 1


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://127.0.0.1", SENDER),
        ("smtp://", SENDER),
        ("smtp://127.0.0.1/path", SENDER),
        ("smtp://127.0.0.1", ""),
        ("smtp://127.0.0.1", "nobody"),
        ("smtp://127.0.0.1", "a@example.com, b@example.com"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match=r"mail relay|sender"):
        relay_for(url, sender)


async def test_elsewhere_than_on_loopback_tls_is_required() -> None:
    client = SmtpRelay("smtp://relay.example.com", SENDER)._client()
    assert (client._start_tls_on_connect, client.port) == (True, 587)


async def test_without_a_relay_nothing_is_sent() -> None:
    with pytest.raises(Undelivered):
        await NoRelay().send(letter(), ADDRESS)


async def test_others_can_ask_where_an_email_is(office: Office, units: Units) -> None:
    notice_id = await office.mail()
    silent = await office.tell()
    assert await units.read(lambda read: reads.email_state(read, notice_id)) is OutboxState.QUEUED
    assert await units.read(lambda read: reads.email_state(read, silent)) is None
