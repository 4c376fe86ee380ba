"""What we must remember of Stripe: whose customer is whose, and which PaymentIntent is which transaction's.

An intent is written down before it is confirmed, so before it can move money: what is not here was never charged.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from server.kit.work import Read, Work
from server.topups.model import StripeCustomer, StripeIntent


def customer_of(read: Read, account_id: str) -> str | None:
    """The id of the account's Stripe customer."""
    return _text(
        read.scalar(select(StripeCustomer.customer_id).where(StripeCustomer.account_id == account_id))
    )


def keep_customer(work: Work, account_id: str, customer_id: str) -> str:
    """Write it down, unless there is one already. Returns the one that counts."""
    values = {"account_id": account_id, "customer_id": customer_id, "created_at": work.now}
    work.execute(insert(StripeCustomer).values(values).on_conflict_do_nothing())
    return customer_of(work, account_id) or customer_id


def drop_customer(work: Work, account_id: str) -> None:
    """Stripe has no customer of this account any more."""
    work.execute(delete(StripeCustomer).where(StripeCustomer.account_id == account_id))


def intent_of(read: Read, transaction_id: str) -> str | None:
    """The id of the transaction's PaymentIntent."""
    return _text(
        read.scalar(select(StripeIntent.intent_id).where(StripeIntent.transaction_id == transaction_id))
    )


def transaction_of(read: Read, intent_id: str) -> str | None:
    """The transaction that a PaymentIntent is of; None when it is another system's on the same Stripe account."""
    return _text(read.scalar(select(StripeIntent.transaction_id).where(StripeIntent.intent_id == intent_id)))


def keep_intent(work: Work, transaction_id: str, intent_id: str) -> str:
    """Write it down, unless there is one already. Returns the one that counts."""
    values = {"transaction_id": transaction_id, "intent_id": intent_id, "created_at": work.now}
    work.execute(insert(StripeIntent).values(values).on_conflict_do_nothing())
    return intent_of(work, transaction_id) or intent_id


def _text(value: object) -> str | None:
    return None if value is None else str(value)
