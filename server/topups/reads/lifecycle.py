"""What an account would lose of its top-ups by closing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from server.accounts.rules.closing import Loss, LossKind
from server.kit.work import Read
from server.topups.model import TopUp
from server.topups.rules import Terms
from server.topups.rules.outcomes import UNRESOLVED


def losses(read: Read, account_id: str) -> Sequence[Loss]:
    """Payments whose outcome is open: what arrives of them after the closing can no longer be used."""
    unresolved = [status.value for status in UNRESOLVED]
    query = (
        select(TopUp.id, TopUp.currency, TopUp.amount_minor)
        .where(TopUp.account_id == account_id, TopUp.status.in_(unresolved))
        .order_by(TopUp.id)
        .limit(read.terms(Terms).unresolved_max)
    )
    return [
        Loss(LossKind.PAYMENT_IN_FLIGHT.value, row.currency, row.amount_minor, row.id)
        for row in read.rows(query)
    ]
