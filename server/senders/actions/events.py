"""The events of a sender, and the only writer of its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sqlalchemy import select, update

from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work
from server.senders.model import Sender
from server.senders.reads import SenderRow
from server.senders.rules import SenderNotFound, SenderStatus, check_move


@dataclass(frozen=True, slots=True)
class SenderChange(DomainEvent):
    """What every change of a sender tells: its state from then on. The subject is the sender."""

    status: str
    submission_id: str | None
    reason_code: str | None

    @classmethod
    def of(cls, row: SenderRow) -> Self:
        return cls(row.account_id, row.id, row.status, row.submission_id, row.reason_code)


class SenderCreated(SenderChange):
    """An application was begun."""


class SenderUpdated(SenderChange):
    """Its name or countries were changed."""


class SenderSubmitted(SenderChange):
    """It waits for a decision."""


class SenderAccepted(SenderChange):
    """It may be used, in the countries that were accepted."""


class SenderRefused(SenderChange):
    """It may not be used; it can be changed and submitted again (M074)."""


class SenderWithdrawn(SenderChange):
    """The customer gave the application up."""


class SenderDeactivated(SenderChange):
    """Its account was closed (M075)."""


class SenderDocumentStored(SenderChange):
    """A document of the application was uploaded."""


class SenderDocumentsDeleted(SenderChange):
    """The application's documents are kept no more (M073)."""


class SenderRefusedByCarrier(SenderChange):
    """A carrier refused the name, so that its country gets the default sender for a while (M066)."""


CHANGES: tuple[type[SenderChange], ...] = (
    SenderCreated,
    SenderUpdated,
    SenderSubmitted,
    SenderAccepted,
    SenderRefused,
    SenderWithdrawn,
    SenderDeactivated,
    SenderDocumentStored,
    SenderDocumentsDeleted,
    SenderRefusedByCarrier,
)


@dataclass(frozen=True, slots=True)
class SenderDocumentViewed(DomainEvent):
    """Somebody of the staff looked at a document of the sender, the subject."""

    document_id: str
    viewer_id: str
    credential_id: str


def locked(work: Work, sender_id: str, account_id: str | None = None) -> SenderRow:
    """The sender, locked for the rest of the transaction. Raises SenderNotFound, also when it is not the account's
    (Q014)."""
    query = select(Sender.__table__).where(Sender.id == sender_id)
    row = work.first(query.with_for_update()) if is_id(sender_id, "snd") else None
    if row is None or (account_id is not None and row.account_id != account_id):
        raise SenderNotFound
    return SenderRow(**row._mapping)


def move(
    work: Work, row: SenderRow, to: SenderStatus, event: type[SenderChange], **changes: object
) -> SenderRow:
    """Give a locked sender its next status. Raises SenderStatusConflict when `to` may not follow."""
    check_move(SenderStatus(row.status), to)
    return change(work, row, event, status=to.value, **changes)


def change(work: Work, row: SenderRow, event: type[SenderChange], **changes: object) -> SenderRow:
    """Write columns of a locked sender and record the event that tells it."""
    statement = update(Sender).where(Sender.id == row.id).values(updated_at=work.now, **changes)
    written = work.first(statement.returning(*Sender.__table__.c))
    assert written is not None, "a locked row stays"
    changed = SenderRow(**written._mapping)
    work.record(event.of(changed))
    return changed
