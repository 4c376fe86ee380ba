"""Checks of payments: top-ups, saved methods, the units of wallets, and that no card number is anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, String, Table, Text, or_, select

from server.checks.looking import NEWEST_MAX, look
from server.kit.card_numbers import holds_card_number
from server.kit.db import Base
from server.kit.money import Currency
from server.kit.work import Read
from server.orders.model import Order
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.publishing import Published
from server.topups.model import PaymentMethod, TopUp
from server.topups.rules.methods import MethodStatus, SavedFor
from server.topups.rules.outcomes import TopUpStatus
from server.wallet.model import Posting, Wallet
from server.wallet.rules import HOUSE, PostingKind

_ROWS_OF_A_TABLE = 200
_USES = {"one_click": SavedFor.ONE_CLICK, "auto_topup": SavedFor.AUTO_TOP_UP, "subscription": SavedFor.PLAN}
_succeeded = TopUp.status == TopUpStatus.SUCCEEDED.value


def top_ups_whole(read: Read) -> Finding:
    """Every top-up has a state that there is, and one that was paid says when, how much, and by which transaction
    (Q008)."""
    states = [status.value for status in TopUpStatus]
    lacking = or_(TopUp.outcome_at.is_(None), TopUp.received_minor.is_(None), TopUp.transaction_id == "")
    return look(read, "top-ups", TopUp, TopUp.id, TopUp.status.not_in(states) | (_succeeded & lacking))


def top_ups_credited(read: Read) -> Finding:
    """What was credited for a top-up is what was received, no more and no less (M031); of the newest."""
    columns = (TopUp.id, TopUp.account_id, TopUp.currency, TopUp.received_minor)
    newest = select(*columns).where(_succeeded).order_by(TopUp.id.desc()).limit(NEWEST_MAX).subquery()
    credited = (
        select(Posting.wallet_id)
        .join(Wallet.__table__, Wallet.id == Posting.wallet_id)
        .where(
            or_(Wallet.account_id == newest.c.account_id, Wallet.account_id == HOUSE),
            Wallet.unit == newest.c.currency,
            Posting.kind == PostingKind.TOP_UP.value,
            Posting.reference == newest.c.id,
            Posting.posted_delta == newest.c.received_minor,
        )
    )
    wrong = read.execute(select(newest.c.id).where(~credited.exists())).scalars().all()
    total = len(read.rows(select(newest.c.id)))
    return finding(total, "top-ups", sorted(wrong))


def methods_used_as_said(read: Read) -> Finding:
    """A payment method is kept for a use that the policy lists, and of one that is gone no token is (M039)."""
    uses = [_USES[use].value for use in read.terms(Published).profile.value("payment.store_token_when")]
    kept = PaymentMethod.provider_reference.is_not(None) | PaymentMethod.payment_token.is_not(None)
    forgotten = PaymentMethod.status == MethodStatus.FAILED.value
    wrong = PaymentMethod.saved_for.not_in(uses) | (forgotten & PaymentMethod.payment_token.is_not(None))
    return look(read, "payment methods", PaymentMethod, PaymentMethod.id, kept & wrong)


def removed_methods_forgotten(read: Read) -> Finding:
    """Of a payment method that was removed nothing is kept that tells which card it was."""
    removed = PaymentMethod.status == MethodStatus.REMOVED.value
    told = PaymentMethod.last4.is_not(None) | PaymentMethod.client_secret.is_not(None)
    return look(read, "payment methods", PaymentMethod, PaymentMethod.id, removed & told)


def units_listed(read: Read) -> Finding:
    """Wallets and orders are in a currency or in credits of a kind that the policy lists (M046)."""
    credits = [unit.upper() for unit in read.terms(Published).profile.value("credits.units")]
    units = [*credits, *(currency.code for currency in Currency)]
    ordered = Order.credit_unit.is_not(None) & Order.credit_unit.not_in(credits)
    return combined(
        {
            "wallets": look(read, "wallets", Wallet, Wallet.id, Wallet.unit.not_in(units)),
            "orders": look(read, "orders", Order, Order.id, ordered),
        }
    )


def card_numbers_nowhere(read: Read) -> Finding:
    """No text that can be read in the database holds a card number (M115); of the newest rows of each table."""
    looked_at, wrong = 0, set()
    for table in Base.metadata.sorted_tables:
        texts = list(_texts(table))
        if not texts:
            continue
        newest = [column.desc() for column in table.primary_key.columns]
        for row in read.rows(select(*texts).order_by(*newest).limit(_ROWS_OF_A_TABLE)):
            looked_at += len(texts)
            wrong |= {
                f"{table.name}.{column.name}"
                for column, said in zip(texts, row, strict=True)
                if said is not None and not _DIGEST.fullmatch(said) and holds_card_number(said)
            }
    return finding(looked_at, "texts", sorted(wrong))


_DIGEST = re.compile("[0-9a-f]{32,}")
"""One in some thousands of them has a card number's digits in a row by chance."""


def _texts(table: Table) -> Iterator[Column[Any]]:
    """The columns that hold words and are no ids."""
    for column in table.columns:
        is_text = isinstance(column.type, String | Text)
        if is_text and column.name != "id" and not column.name.endswith("_id"):
            yield column


CHECKS: Mapping[str, Check] = {
    "top_ups_whole": top_ups_whole,
    "top_ups_credited": top_ups_credited,
    "methods_used_as_said": methods_used_as_said,
    "removed_methods_forgotten": removed_methods_forgotten,
    "units_listed": units_listed,
    "card_numbers_nowhere": card_numbers_nowhere,
}
