"""The way of an e-mail through the outbox: begun in one transaction, settled in another, sent in between.

After a crash in between it is sent again under the same Message-ID, so that a relay can drop the second copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, update

from server.kit.crypto import Shredded
from server.kit.due import schedule
from server.kit.events import DomainEvent
from server.kit.work import Work
from server.notices.model import Notice, OutboxMessage
from server.notices.reads import DATA_COLUMN, language_of
from server.notices.rules import SETTLED, Failure, OutboxState, Terms, next_attempt_at

DELIVER = "notices.deliver"
ADDRESS_COLUMN = "outbox_messages.address"
SECRETS_COLUMN = "outbox_messages.secrets"

_GONE = Failure("ERASED", permanent=True)
_LOST = Failure("OUTCOME_UNKNOWN", permanent=True)


@dataclass(frozen=True, slots=True)
class NoticeDelivered(DomainEvent):
    """The relay took the notice's e-mail; the subject is the notice."""


@dataclass(frozen=True, slots=True)
class NoticeUndeliverable(DomainEvent):
    """The notice's e-mail was given up; the subject is the notice."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt: what the job needs to write and send the e-mail."""

    outbox_id: str
    attempt: int
    message_id: str
    created_at: datetime
    language: str
    kind: str
    address: str = field(repr=False)
    values: Mapping[str, str | int] = field(repr=False)


def begin_delivery(work: Work, outbox_id: str, domain: str) -> Letter | None:
    """Count an attempt and say what to send; None when the e-mail is settled, now or before.

    `domain` is the sender's: the Message-ID gets it at the first attempt and keeps it.
    """
    message = _locked(work, outbox_id)
    if message is None or message.state in SETTLED:
        return None
    if message.attempts >= work.terms(Terms).attempts_max:
        _give_up(work, message, _LOST)  # a crash in the last attempt
        return None
    try:
        letter = _letter(work, message, message.message_id or f"<{message.id}@{domain}>")
    except Shredded:
        _give_up(work, message, _GONE)
        return None
    _write(
        work,
        outbox_id,
        state=OutboxState.SENDING,
        attempts=letter.attempt,
        message_id=letter.message_id,
        next_attempt_at=None,
    )
    return letter


def settle_delivered(work: Work, outbox_id: str) -> None:
    """The relay took it: delete the address and the secrets."""
    message = _locked(work, outbox_id)
    if message is None or message.state in SETTLED:
        return
    _settle(work, outbox_id, OutboxState.DELIVERED, None)
    work.record(NoticeDelivered(message.account_id, message.notice_id))


def settle_failed(work: Work, outbox_id: str, attempt: int, failure: Failure) -> None:
    """The attempt failed: try again later, or give up. A newer attempt is left alone."""
    message = _locked(work, outbox_id)
    if message is None or message.state != OutboxState.SENDING or message.attempts != attempt:
        return
    again_at = next_attempt_at(work.now, attempt, failure, work.terms(Terms))
    if again_at is None:
        _give_up(work, message, failure)
        return
    _write(work, outbox_id, state=OutboxState.FAILED, error=failure.error, next_attempt_at=again_at)
    schedule(work, DELIVER, outbox_id, again_at)


def _locked(work: Work, outbox_id: str) -> Row[Any] | None:
    return work.first(select(OutboxMessage.__table__).where(OutboxMessage.id == outbox_id).with_for_update())


def _letter(work: Work, message: Row[Any], message_id: str) -> Letter:
    notice = work.first(select(Notice.__table__).where(Notice.id == message.notice_id))
    assert notice is not None, "a foreign key"
    values = orjson.loads(work.open(DATA_COLUMN, notice.data))
    if message.secrets is not None:
        values |= orjson.loads(work.open(SECRETS_COLUMN, message.secrets))
    return Letter(
        outbox_id=message.id,
        attempt=message.attempts + 1,
        message_id=message_id,
        created_at=message.created_at,
        language=language_of(work, notice.account_id, notice.person_id),
        kind=notice.kind,
        address=work.open(ADDRESS_COLUMN, message.address),
        values=values,
    )


def _give_up(work: Work, message: Row[Any], failure: Failure) -> None:
    _settle(work, message.id, OutboxState.DEAD, failure.error)
    work.record(NoticeUndeliverable(message.account_id, message.notice_id))


def _settle(work: Work, outbox_id: str, state: OutboxState, error: str | None) -> None:
    _write(
        work,
        outbox_id,
        state=state,
        error=error,
        address=None,
        secrets=None,
        next_attempt_at=None,
        settled_at=work.now,
    )


def _write(work: Work, outbox_id: str, *, state: OutboxState, **columns: object) -> None:
    work.execute(
        update(OutboxMessage).where(OutboxMessage.id == outbox_id).values(state=state.value, **columns)
    )
