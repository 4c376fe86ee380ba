"""Queries about senders, and what a message shows as its sender."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, func, select

from server.accounts.rules.closing import Loss, LossKind
from server.kit.crypto import Shredded
from server.kit.ids import is_id
from server.kit.work import Read
from server.senders.model import Sender, SenderCountry, SenderDocument, SenderName
from server.senders.rules import ENDED, Allowance, Effective, SenderStatus, Terms, effective

NAME_COLUMN = "senders.name"
NOTE_COLUMN = "senders.note"

_senders = Sender.__table__.c


class SenderRow(NamedTuple):
    """A sender: the columns of its table, by the same names."""

    id: str
    account_id: str
    name: bytes
    kind: str
    status: str
    submission_id: str | None
    submissions: int
    submitted_at: datetime | None
    decided_at: datetime | None
    reason_code: str | None
    note: bytes | None
    created_at: datetime
    updated_at: datetime


def sender(read: Read, account_id: str, sender_id: str) -> SenderRow | None:
    """The account's sender; None when there is none or it is another account's (Q014)."""
    return senders(read, account_id, [sender_id]).get(sender_id) if is_id(sender_id, "snd") else None


def senders(read: Read, account_id: str, sender_ids: Collection[str]) -> Mapping[str, SenderRow]:
    """Those of these senders that are the account's, by id."""
    query = _rows().where(_senders.account_id == account_id, _senders.id.in_(sender_ids))
    return {row.id: SenderRow._make(row) for row in read.rows(query)}


def senders_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[SenderRow]:
    """The account's senders, newest first, older than `before_id`."""
    query = _rows().where(_senders.account_id == account_id)
    if before_id is not None:
        query = query.where(_senders.id < before_id)
    return [SenderRow._make(row) for row in read.rows(query.order_by(_senders.id.desc()).limit(limit))]


def live_senders(read: Read, account_id: str) -> int:
    """How many of the account's senders have not ended."""
    live = _senders.status.not_in([status.value for status in ENDED])
    return int(read.scalar(select(func.count()).where(_senders.account_id == account_id, live)) or 0)


def losses(read: Read, account_id: str) -> Sequence[Loss]:
    """What the account would lose of its senders by closing: those that are accepted (M075)."""
    accepted = _senders.status == SenderStatus.ACCEPTED.value
    query = select(_senders.id).where(_senders.account_id == account_id, accepted).order_by(_senders.id)
    limit = read.terms(Terms).senders_max
    return [Loss(LossKind.SENDER_ID.value, None, 1, row.id) for row in read.rows(query.limit(limit))]


def to_review(read: Read, limit: int, after_submission: str | None = None) -> Sequence[SenderRow]:
    """What waits for a decision, the longest waiting first, behind that submission."""
    query = _rows().where(_senders.status == SenderStatus.SUBMITTED.value)
    if after_submission is not None:
        query = query.where(_senders.submission_id > after_submission)
    return [SenderRow._make(row) for row in read.rows(query.order_by(_senders.submission_id).limit(limit))]


def name_of(read: Read, row: SenderRow) -> str | None:
    """The sender's name; None once it was erased."""
    return _open(read, NAME_COLUMN, row.name)


def note_of(read: Read, row: SenderRow) -> str | None:
    """The reviewer's note; None without one, and once it was erased."""
    return None if row.note is None else _open(read, NOTE_COLUMN, row.note)


def name_hash(read: Read, name: str) -> bytes:
    """By which a name is found, in capitals and small letters alike."""
    return read.keyed_hash("sender_names", name.upper().encode())


def countries(read: Read, sender_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """The countries that these senders were asked for in, in order, by the sender."""
    query = select(SenderCountry.__table__).where(SenderCountry.sender_id.in_(sender_ids))
    return _by_sender(read, query.order_by(SenderCountry.country))


def documents(read: Read, sender_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """The documents that are kept for these senders, oldest first, by the sender."""
    query = select(SenderDocument.__table__).where(SenderDocument.sender_id.in_(sender_ids), is_kept())
    return _by_sender(read, query.order_by(SenderDocument.id))


def is_kept() -> ColumnElement[bool]:
    """Whether a document was uploaded and not deleted yet."""
    return SenderDocument.stored_at.is_not(None) & SenderDocument.deleted_at.is_(None)


def others_accepted(read: Read, row: SenderRow) -> int:
    """How many other accounts have a sender of this name accepted, for the reviewer to know."""
    mine = select(SenderName.name_hash).where(SenderName.sender_id == row.id).scalar_subquery()
    query = (
        select(func.count())
        .select_from(SenderName)
        .join(Sender, Sender.id == SenderName.sender_id)
        .where(
            SenderName.name_hash == mine,
            SenderName.account_id != row.account_id,
            Sender.status == SenderStatus.ACCEPTED.value,
        )
    )
    return int(read.scalar(query) or 0)


def effective_sender(read: Read, account_id: str, requested: str | None, country: str) -> Effective:
    """What a message of the account to the country shows as its sender, beside what was asked for (M064 to M067).

    Never refuses: what cannot be shown falls back to the default sender, and the answer says why.
    """
    asked = (requested, country)
    return effective_senders(read, account_id, [asked])[asked]


def effective_senders(
    read: Read, account_id: str, asked: Collection[tuple[str | None, str]]
) -> Mapping[tuple[str | None, str], Effective]:
    """What messages of the account show, by the requested sender and the country, with two look-ups for all of them."""
    found = _allowances(read, account_id) if any(requested is not None for requested, _ in asked) else {}
    terms = read.terms(Terms)
    return {
        (requested, country): effective(
            requested, _in_country(found.get((requested or "").upper()), country), read.now, terms
        )
        for requested, country in asked
    }


def accepted_sender(read: Read, account_id: str, name: str) -> Row[Any] | None:
    """Id and sealed name of the account's accepted sender of this name."""
    query = (
        select(Sender.id, Sender.name)
        .join(SenderName, SenderName.sender_id == Sender.id)
        .where(
            SenderName.account_id == account_id,
            SenderName.name_hash == name_hash(read, name),
            Sender.status == SenderStatus.ACCEPTED.value,
        )
    )
    return read.first(query)


def _allowances(read: Read, account_id: str) -> Mapping[str, Mapping[str | None, Allowance]]:
    """The account's accepted senders by their names in capitals; of each what its countries see, and under None what
    all others do."""
    accepted = _senders.status == SenderStatus.ACCEPTED.value
    rows = read.rows(_rows().where(_senders.account_id == account_id, accepted))
    names = {row.id: name_of(read, row) for row in map(SenderRow._make, rows)}
    in_countries = countries(read, names)
    return {
        name.upper(): {
            None: Allowance(name, in_country=False, carrier_refused_at=None),
            **{
                each.country: Allowance(name, each.accepted, each.carrier_refused_at)
                for each in in_countries.get(sender_id, ())
            },
        }
        for sender_id, name in names.items()
        if name is not None
    }


def _in_country(found: Mapping[str | None, Allowance] | None, country: str) -> Allowance | None:
    return None if found is None else found.get(country, found[None])


def _rows() -> Select[Any]:
    return select(*[_senders[name] for name in SenderRow._fields])


def _by_sender(read: Read, query: Select[Any]) -> Mapping[str, Sequence[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in read.rows(query):
        found.setdefault(row.sender_id, []).append(row)
    return found


def _open(read: Read, column: str, sealed: bytes) -> str | None:
    try:
        return read.open(column, sealed)
    except Shredded:
        return None
