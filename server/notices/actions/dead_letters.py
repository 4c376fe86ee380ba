"""Sending an e-mail again that was given up. Its address and its secrets went when it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.kit.due import schedule
from server.kit.ids import is_id
from server.kit.work import Work
from server.notices.actions.delivery import ADDRESS_COLUMN, DELIVER
from server.notices.model import Notice, OutboxMessage
from server.notices.rules import DeadLetterNotFound, DeadLetterNotRetryable, OutboxState, Unsendable
from server.notices.rules.templates import SECRET, Catalog


def retry_dead_letter(work: Work, outbox_id: str) -> None:
    """Queue it anew, to the verified address that its reader has now: the person it was for, or the first owner.

    Raises DeadLetterNotFound; DeadLetterNotRetryable for one that carried a code, or without an address.
    """
    if not is_id(outbox_id, "msg"):  # PostgreSQL takes no NUL
        raise DeadLetterNotFound
    dead = (OutboxMessage.id == outbox_id) & (OutboxMessage.state == OutboxState.DEAD.value)
    message = work.first(select(OutboxMessage.__table__).where(dead).with_for_update())
    if message is None:
        raise DeadLetterNotFound
    notice = work.first(select(Notice.__table__).where(Notice.id == message.notice_id))
    assert notice is not None, "a foreign key"
    if SECRET in work.terms(Catalog).values_of(notice.kind).values():
        raise DeadLetterNotRetryable(Unsendable.CODE_IS_GONE.value)
    address = _address(work, notice)
    if address is None:
        raise DeadLetterNotRetryable(Unsendable.NO_ADDRESS.value)
    work.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == outbox_id)
        .values(
            state=OutboxState.QUEUED.value,
            address=work.seal(message.account_id, "identity", ADDRESS_COLUMN, address),
            attempts=0,
            error=None,
            settled_at=None,
            next_attempt_at=work.now,
        )
    )
    schedule(work, DELIVER, outbox_id, work.now)


def _address(work: Work, notice: Row[Any]) -> str | None:
    if notice.person_id is not None:
        person = team.member(work, notice.account_id, notice.person_id)
        readers = [person] if person is not None else []
    else:
        readers = list(team.owners(work, notice.account_id))
    addresses = (account_reads.open_or_none(work, "people.email", reader.email) for reader in readers)
    return next((address for address in addresses if address is not None), None)
