"""Tell an account something, note that it was read, and choose the language in which it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import orjson
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.kit.due import schedule
from server.kit.events import DomainEvent
from server.kit.work import Work
from server.notices import reads
from server.notices.actions.dead_letters import retry_dead_letter
from server.notices.actions.delivery import ADDRESS_COLUMN, DELIVER, SECRETS_COLUMN
from server.notices.model import Notice, NoticeLanguage, OutboxMessage
from server.notices.reads import DATA_COLUMN, NoticeRow
from server.notices.rules import (
    DEDUPE_KEY_LENGTH_MAX,
    Channel,
    Emailing,
    Mailing,
    NoticeAddressInvalid,
    NoticeNotFound,
    OutboxState,
    Terms,
    emailing_of,
)
from server.notices.rules.templates import SECRET, Catalog, check_values

__all__ = ["NoticePosted", "mark_all_read", "mark_read", "notify", "retry_dead_letter", "set_language"]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NoticePosted(DomainEvent):
    """The account has something to read; the subject is the notice."""


def notify(
    work: Work,
    account_id: str,
    template: str,
    data: Mapping[str, str | int],
    *,
    person_id: str | None = None,
    channels: Sequence[Channel] = (Channel.IN_APP,),
    email: str | None = None,
    dedupe_key: str | None = None,
) -> str:
    """Tell the account something, in the caller's transaction, and return the notice's id.

    `data` has exactly the values that the template declares; secrets among them go into the e-mail only. The
    e-mail is sent after the commit, in the language of the person or the account. A repetition of `dedupe_key`
    within the account changes nothing and returns the first notice. Raises NoticeAddressInvalid; LookupError or
    ValueError, which are bugs of the caller, for an unknown template or values that do not fit it.
    """
    terms = work.terms(Terms)
    types = work.terms(Catalog).values_of(template)
    check_values(template, types, data, terms.value_length_max, terms.secret_length_max)
    assert dedupe_key is None or len(dedupe_key) <= DEDUPE_KEY_LENGTH_MAX
    asked = Channel.EMAIL in channels
    address = _normal(email) if asked and email is not None else None
    emailing = _emailing(work, account_id, asked, address, terms)
    shown = {name: value for name, value in data.items() if types[name] != SECRET}
    notice_id = _insert(
        work,
        account_id=account_id,
        person_id=person_id,
        kind=template,
        data=work.seal(account_id, "content", DATA_COLUMN, orjson.dumps(shown).decode()),
        in_app=Channel.IN_APP in channels,
        emailing=emailing.value,
        dedupe_key=dedupe_key,
    )
    if notice_id is None:
        return _told_before(work, account_id, dedupe_key)
    if emailing is Emailing.QUEUED and address is not None:
        secrets = {name: value for name, value in data.items() if types[name] == SECRET}
        _queue(work, notice_id, account_id, address, secrets)
    if Channel.IN_APP in channels:
        work.record(NoticePosted(account_id, notice_id))
    return notice_id


def mark_read(work: Work, account_id: str, notice_id: str) -> NoticeRow:
    """Note that a notice was read; the first time counts. Raises NoticeNotFound, also for another's (Q014)."""
    if reads.notice(work, account_id, notice_id) is None:
        raise NoticeNotFound
    _mark(work, account_id, notice_id)
    marked = reads.notice(work, account_id, notice_id)
    assert marked is not None, "notices stay"
    return marked


def mark_all_read(work: Work, account_id: str) -> int:
    """Note that all of the account's notices were read; returns how many were unread."""
    return _mark(work, account_id)


def set_language(work: Work, account_id: str, language: str, person_id: str | None = None) -> None:
    """Write to the account, or to one person of it, in this language from now on (a BCP 47 tag, lower case)."""
    statement = upsert(NoticeLanguage).values(
        reader_id=person_id or account_id, account_id=account_id, language=language
    )
    work.execute(statement.on_conflict_do_update(index_elements=["reader_id"], set_={"language": language}))


def _mark(work: Work, account_id: str, notice_id: str | None = None) -> int:
    unread = (Notice.account_id == account_id) & Notice.in_app.is_(True) & Notice.read_at.is_(None)
    if notice_id is not None:
        unread &= Notice.id == notice_id
    return len(work.rows(update(Notice).where(unread).values(read_at=work.now).returning(Notice.id)))


def _normal(email: str) -> str:
    """The address as the relay gets it: no line break, no second recipient, ASCII throughout."""
    try:
        found = validate_email(email, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise NoticeAddressInvalid from None
    assert found.ascii_email is not None
    return found.ascii_email


def _emailing(work: Work, account_id: str, asked: bool, address: str | None, terms: Terms) -> Emailing:
    return emailing_of(
        asked=asked,
        address=address is not None,
        relay=work.terms(Mailing).relay,
        sent_last_hour=reads.emails_since(work, account_id, work.now - _HOUR) if address is not None else 0,
        terms=terms,
    )


def _insert(work: Work, **columns: object) -> str | None:
    """The id of the new notice; None when its dedupe key was used before."""
    statement = upsert(Notice).values(id=work.ids.new("ntc"), created_at=work.now, **columns)
    once = statement.on_conflict_do_nothing(index_elements=["account_id", "dedupe_key"])
    made: str | None = work.scalar(once.returning(Notice.id))
    return made


def _told_before(work: Work, account_id: str, dedupe_key: str | None) -> str:
    query = select(Notice.id).where(Notice.account_id == account_id, Notice.dedupe_key == dedupe_key)
    return str(work.scalar(query))


def _queue(
    work: Work, notice_id: str, account_id: str, address: str, secrets: Mapping[str, str | int]
) -> None:
    outbox_id = work.ids.new("msg")
    sealed = (
        work.seal(account_id, "content", SECRETS_COLUMN, orjson.dumps(secrets).decode()) if secrets else None
    )
    work.execute(
        insert(OutboxMessage).values(
            id=outbox_id,
            notice_id=notice_id,
            account_id=account_id,
            address=work.seal(account_id, "identity", ADDRESS_COLUMN, address),
            secrets=sealed,
            state=OutboxState.QUEUED.value,
            attempts=0,
            next_attempt_at=work.now,
            created_at=work.now,
        )
    )
    schedule(work, DELIVER, outbox_id, work.now)
