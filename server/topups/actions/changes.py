"""The events of a top-up, and the only writer of its status: each change of status is exactly one event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Select, select, update

from server.kit.events import DomainEvent
from server.kit.work import Work
from server.topups.model import TopUp
from server.topups.reads import TopUpRow
from server.topups.rules.outcomes import TopUpStatus, check_move


@dataclass(frozen=True, slots=True)
class TopUpChange(DomainEvent):
    """What every event of a top-up tells: its state from then on. Amounts are minor units of `currency`.

    `purpose` and `for_id` let later slices find the top-ups that they asked for.
    """

    status: str
    currency: str
    amount_minor: int
    received_minor: int | None
    failure_code: str | None
    next_action: str | None
    purpose: str
    for_id: str | None
    refunded_minor: int
    reversed_minor: int
    part_minor: int = 0
    """What this very event took or gave back, where it did either; `part_id` names that part."""
    part_id: str | None = None

    @classmethod
    def of(cls, top_up: TopUpRow, part_minor: int = 0, part_id: str | None = None) -> Self:
        return cls(
            account_id=top_up.account_id,
            subject_id=top_up.id,
            status=top_up.status,
            currency=top_up.currency,
            amount_minor=top_up.amount_minor,
            received_minor=top_up.received_minor,
            failure_code=top_up.failure_code,
            next_action=top_up.next_action,
            purpose=top_up.purpose,
            for_id=top_up.for_id,
            refunded_minor=top_up.refunded_minor,
            reversed_minor=top_up.reversed_minor,
            part_minor=part_minor,
            part_id=part_id,
        )


class TopUpCreated(TopUpChange):
    """It was ordered."""


class TopUpStarted(TopUpChange):
    """The gateway is being asked to charge."""


class TopUpChallenged(TopUpChange):
    """The payer has to do something first: `next_action`."""


class TopUpConfirmed(TopUpChange):
    """The payer answered the challenge."""


class TopUpSettled(TopUpChange):
    """The money came and is in the wallet."""


class TopUpFailed(TopUpChange):
    """No money came."""


class TopUpErrored(TopUpChange):
    """It is not known whether money came; the reconciler finds out."""


class TopUpResumed(TopUpChange):
    """The gateway knows of it after all, and works on it."""


class TopUpReversed(TopUpChange):
    """The money, or the rest of it, went again and was taken out of the wallet."""


class TopUpPartlyReversed(TopUpChange):
    """A part of the money went again and was taken out of the wallet."""


class TopUpReinstated(TopUpChange):
    """The bank gave a part, or all, of the money back, and it is in the wallet again."""


class TopUpRefundOrdered(TopUpChange):
    """Staff gives a part of it back; that part is out of the wallet."""


class TopUpRefunded(TopUpChange):
    """The payer gets a part of it back."""


class TopUpRefundFailed(TopUpChange):
    """A refund was declined; its money is in the wallet again."""


CHANGES: tuple[type[TopUpChange], ...] = (
    TopUpCreated,
    TopUpStarted,
    TopUpChallenged,
    TopUpConfirmed,
    TopUpSettled,
    TopUpFailed,
    TopUpErrored,
    TopUpResumed,
    TopUpReversed,
    TopUpPartlyReversed,
    TopUpReinstated,
    TopUpRefundOrdered,
    TopUpRefunded,
    TopUpRefundFailed,
)


def locked(work: Work, top_up_id: str) -> TopUpRow | None:
    """The top-up, locked for the rest of the transaction."""
    return locked_by(work, select(TopUp.__table__).where(TopUp.id == top_up_id))


def locked_by(work: Work, query: Select[Any]) -> TopUpRow | None:
    """The only top-up that the query of whole rows finds, locked."""
    row = work.first(query.with_for_update())
    return TopUpRow(**row._mapping) if row is not None else None


def move(
    work: Work, top_up: TopUpRow, to: TopUpStatus, event: type[TopUpChange], **changes: object
) -> TopUpRow:
    """Give a locked top-up its next status. Raises TopUpStatusConflict when `to` may not follow."""
    check_move(TopUpStatus(top_up.status), to)
    return change(work, top_up, event, status=to.value, **changes)


def change(work: Work, top_up: TopUpRow, event: type[TopUpChange], **changes: object) -> TopUpRow:
    """Write columns of a locked top-up and record the event that tells it."""
    changed = write(work, top_up, updated_at=work.now, **changes)
    work.record(event.of(changed))
    return changed


def write(work: Work, top_up: TopUpRow, **changes: object) -> TopUpRow:
    """Write columns that no event tells: none that a customer sees."""
    statement = update(TopUp).where(TopUp.id == top_up.id).values(**changes)
    row = work.first(statement.returning(*TopUp.__table__.c))
    assert row is not None, "a locked row stays"
    return TopUpRow(**row._mapping)
