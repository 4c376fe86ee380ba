"""Queries about notices and about the e-mails that carry them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import ColumnElement, func, select

from server.kit.ids import is_id
from server.kit.work import Read
from server.notices.model import Notice, NoticeLanguage, OutboxMessage
from server.notices.rules import DEFAULT_LANGUAGE, SETTLED, OutboxState, Terms

DATA_COLUMN = "notices.data"

_notices = Notice.__table__.c


class NoticeRow(NamedTuple):
    """A notice as its account may see it: columns of its table, by the same names."""

    id: str
    account_id: str
    person_id: str | None
    kind: str
    data: bytes
    emailing: str
    created_at: datetime
    read_at: datetime | None


class DeadLetter(NamedTuple):
    """An e-mail that was given up. It names no address: that went with it."""

    id: str
    notice_id: str
    account_id: str
    kind: str
    attempts: int
    error: str | None
    settled_at: datetime


def notice(read: Read, account_id: str, notice_id: str) -> NoticeRow | None:
    """The account's notice; None when there is none or it is another account's (Q014)."""
    return notices(read, account_id, [notice_id]).get(notice_id) if is_id(notice_id, "ntc") else None


def notices(read: Read, account_id: str, notice_ids: Collection[str]) -> Mapping[str, NoticeRow]:
    """Those of these notices that the account is shown, by id."""
    query = select(*_columns).where(_shown_to(account_id), _notices.id.in_(notice_ids))
    return {row.id: NoticeRow._make(row) for row in read.rows(query)}


def notices_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None, *, unread_only: bool = False
) -> Sequence[NoticeRow]:
    """What the account is shown, newest first, older than `before_id`."""
    query = select(*_columns).where(_shown_to(account_id))
    if before_id is not None:
        query = query.where(_notices.id < before_id)
    if unread_only:
        query = query.where(_notices.read_at.is_(None))
    return [NoticeRow._make(row) for row in read.rows(query.order_by(_notices.id.desc()).limit(limit))]


def unread_notices(read: Read, account_id: str) -> int:
    """How many of the notices that the account is shown nobody has read."""
    query = select(func.count()).where(_shown_to(account_id), _notices.read_at.is_(None))
    return int(read.scalar(query) or 0)


def values(read: Read, notice: NoticeRow) -> Mapping[str, str | int]:
    """The values in the notice's text. Raises Shredded when they were erased."""
    found: Mapping[str, str | int] = orjson.loads(read.open(DATA_COLUMN, notice.data))
    return found


def email_state(read: Read, notice_id: str) -> OutboxState | None:
    """Where the notice's e-mail is; None when none was queued."""
    state = read.scalar(select(OutboxMessage.state).where(OutboxMessage.notice_id == notice_id))
    return None if state is None else OutboxState(state)


def emails_since(read: Read, account_id: str, since: datetime) -> int:
    """How many e-mails to the account were queued after that instant."""
    query = select(func.count()).where(
        OutboxMessage.account_id == account_id, OutboxMessage.created_at > since
    )
    return int(read.scalar(query) or 0)


def letters_waiting(read: Read, account_id: str) -> bool:
    """Whether an e-mail to the account is neither delivered nor given up."""
    settled = [state.value for state in SETTLED]
    query = select(OutboxMessage.id).where(
        OutboxMessage.account_id == account_id, OutboxMessage.state.not_in(settled)
    )
    return read.first(query.limit(1)) is not None


def dead_letters(read: Read, limit: int | None = None, before_id: str | None = None) -> Sequence[DeadLetter]:
    """The e-mails that were given up, for operators: the newest, or those older than `before_id`."""
    query = (
        select(
            OutboxMessage.id,
            OutboxMessage.notice_id,
            OutboxMessage.account_id,
            Notice.kind,
            OutboxMessage.attempts,
            OutboxMessage.error,
            OutboxMessage.settled_at,
        )
        .join(Notice, Notice.id == OutboxMessage.notice_id)
        .where(OutboxMessage.state == OutboxState.DEAD.value)
        .order_by(OutboxMessage.id.desc())
        .limit(limit if limit is not None else read.terms(Terms).dead_letters_shown_max)
    )
    if before_id is not None:
        query = query.where(OutboxMessage.id < before_id)
    return [DeadLetter._make(row) for row in read.rows(query)]


def language_of(read: Read, account_id: str, person_id: str | None = None) -> str:
    """The language that the person is written to in, else that of the account, else English."""
    readers = [reader for reader in (person_id, account_id) if reader is not None]
    query = select(NoticeLanguage.reader_id, NoticeLanguage.language).where(
        NoticeLanguage.reader_id.in_(readers), NoticeLanguage.account_id == account_id
    )
    chosen = {row.reader_id: row.language for row in read.rows(query)}
    return next((chosen[reader] for reader in readers if reader in chosen), DEFAULT_LANGUAGE)


_columns = [_notices[name] for name in NoticeRow._fields]


def _shown_to(account_id: str) -> ColumnElement[bool]:
    return (_notices.account_id == account_id) & _notices.in_app.is_(True)
