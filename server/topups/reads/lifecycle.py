"""What an account would lose of its top-ups by closing, and what is in flight before its data can be erased."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from server.accounts.rules.closing import Loss, LossKind
from server.kit.due import DueWork
from server.kit.work import Read
from server.topups.model import PaymentMethod, Refund, TopUp
from server.topups.rules import Terms
from server.topups.rules.outcomes import UNRESOLVED
from server.topups.rules.refunds import RefundStatus

FORGET = "topups.forget_method"
FORGET_PAYER = "topups.forget_payer"
"""The due work by which gateways forget a card, or who pays."""


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


def in_flight(read: Read, account_id: str) -> bool:
    """Whether a payment or a refund has no outcome yet, or a gateway has not yet forgotten the account's cards."""
    unresolved = [status.value for status in UNRESOLVED]
    top_ups = select(TopUp.id).where(TopUp.account_id == account_id, TopUp.status.in_(unresolved))
    refunds = select(Refund.id).where(
        Refund.account_id == account_id, Refund.status == RefundStatus.PENDING.value
    )
    methods = select(PaymentMethod.id).where(PaymentMethod.account_id == account_id)
    theirs = or_(DueWork.subject_id == account_id, DueWork.subject_id.in_(methods))
    forgetting = select(DueWork.id).where(DueWork.kind.in_((FORGET, FORGET_PAYER)), theirs)
    return any(read.first(query.limit(1)) is not None for query in (top_ups, refunds, forgetting))
