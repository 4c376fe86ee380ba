"""The events of a payment method, and the only writer of its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import or_, select, update

from server.kit.events import DomainEvent
from server.kit.work import Work
from server.topups.model import PaymentMethod
from server.topups.reads.methods import MethodRow, has_valid_method, newest_valid_method
from server.topups.rules.methods import KEPT


@dataclass(frozen=True, slots=True)
class PaymentMethodChange(DomainEvent):
    """What every event of a payment method tells: its state from then on.

    `last_one` says that the account has no method left that can be charged.
    """

    status: str
    saved_for: str
    is_default: bool
    next_action: str | None
    failure_code: str | None
    last_one: bool

    @classmethod
    def of(cls, method: MethodRow, *, last_one: bool) -> Self:
        return cls(
            account_id=method.account_id,
            subject_id=method.id,
            status=method.status,
            saved_for=method.saved_for,
            is_default=method.is_default,
            next_action=method.next_action,
            failure_code=method.failure_code,
            last_one=last_one,
        )


class PaymentMethodAdded(PaymentMethodChange):
    """It is to be saved."""


class PaymentMethodChallenged(PaymentMethodChange):
    """The payer has to do something first: `next_action`."""


class PaymentMethodConfirmed(PaymentMethodChange):
    """The payer answered the challenge."""


class PaymentMethodSaved(PaymentMethodChange):
    """The gateway keeps it: it can be charged."""


class PaymentMethodFailed(PaymentMethodChange):
    """It was not saved."""


class PaymentMethodChanged(PaymentMethodChange):
    """It became the default one, is saved for something else, or the bank renewed its card."""


class PaymentMethodExpiring(PaymentMethodChange):
    """Its card expires soon."""


class PaymentMethodExpired(PaymentMethodChange):
    """Its card has expired."""


class PaymentMethodRemoved(PaymentMethodChange):
    """The customer removed it, or the gateway let it go."""


METHOD_CHANGES: tuple[type[PaymentMethodChange], ...] = (
    PaymentMethodAdded,
    PaymentMethodChallenged,
    PaymentMethodConfirmed,
    PaymentMethodSaved,
    PaymentMethodFailed,
    PaymentMethodChanged,
    PaymentMethodExpiring,
    PaymentMethodExpired,
    PaymentMethodRemoved,
)


def locked(work: Work, account_id: str, method_id: str) -> MethodRow | None:
    """The account's method. All that the account keeps are locked with it, in order of their ids: which one is the
    default is a fact of all of them.
    """
    mine = PaymentMethod.__table__.c
    kept = or_(mine.status.in_(sorted(status.value for status in KEPT)), mine.id == method_id)
    query = select(PaymentMethod.__table__).where(mine.account_id == account_id, kept).order_by(mine.id)
    rows: Mapping[str, MethodRow] = {
        row.id: MethodRow(**row._mapping) for row in work.rows(query.with_for_update())
    }
    return rows.get(method_id)


def locked_by_id(work: Work, method_id: str) -> MethodRow | None:
    """The same for the server's own jobs."""
    account_id = work.scalar(select(PaymentMethod.account_id).where(PaymentMethod.id == method_id))
    return locked(work, account_id, method_id) if account_id is not None else None


def change(work: Work, method: MethodRow, event: type[PaymentMethodChange], **changes: object) -> MethodRow:
    """Write columns of a locked method and record the event that tells it.

    Where the method stops being the default, the valid one that was saved last becomes it.
    """
    changed = write(work, method, updated_at=work.now, **changes)
    if method.is_default and not changed.is_default:
        _choose_default(work, method.account_id)
    work.record(event.of(changed, last_one=not has_valid_method(work, method.account_id)))
    return changed


def write(work: Work, method: MethodRow, **changes: object) -> MethodRow:
    """Write columns that no event tells: none that a customer sees."""
    statement = update(PaymentMethod).where(PaymentMethod.id == method.id).values(**changes)
    row = work.first(statement.returning(*PaymentMethod.__table__.c))
    assert row is not None, "a locked row stays"
    return MethodRow(**row._mapping)


def clear_default(work: Work, account_id: str) -> None:
    """Make room for another default one of the same account; the events come with that."""
    default = (PaymentMethod.account_id == account_id) & PaymentMethod.is_default
    work.execute(update(PaymentMethod).where(default).values(is_default=False))


def _choose_default(work: Work, account_id: str) -> None:
    successor = newest_valid_method(work, account_id)
    if successor is not None:
        change(work, successor, PaymentMethodChanged, is_default=True)
