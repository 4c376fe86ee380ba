"""Charging usage to the balance."""

from __future__ import annotations

from collections.abc import Sequence

from server.kit.clock import to_micros
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.orders.rules.items import Usage
from server.orders.rules.pricing import charges
from server.orders.rules.terms import Terms
from server.wallet.actions import Transfer, post
from server.wallet.rules import Counter, PostingKind


def record_usage(work: Work, account_id: str, entries: Sequence[Usage]) -> Receipt:
    """Charge what was used, all of the entries or none: the hot debit.

    Facts: `postings`, one an entry, as [unit, amount, sequence, reference]; `balances`, one a unit, as
    [unit, posted, held, sequence, microseconds since 1970].

    Raises QuantityOutOfRange, CountryInvalid, NotSoldInCurrency, ReferenceInvalid, BalanceTooLow.
    """
    charged = charges(entries, work.terms(Terms))
    transfers = [
        Transfer(
            account_id,
            charge.unit,
            -charge.quantity,
            Counter.CREDITS_USED if charge.in_credits else Counter.REVENUE,
            PostingKind.USAGE,
            entry.reference,
        )
        for entry, charge in zip(entries, charged, strict=True)
    ]
    posted = post(work, transfers)
    postings = [
        [one.unit, one.amount, one.sequence, entry.reference]
        for entry, one in zip(entries, posted, strict=True)
    ]
    at = to_micros(work.now)
    last = {one.unit: [one.unit, one.posted, one.held, one.sequence, at] for one in posted}
    return Receipt({"postings": postings, "balances": list(last.values())})
