"""Charging usage to the balance."""

from __future__ import annotations

from collections.abc import Sequence

from server.accounts.reads.team import check_may_send
from server.kit.clock import to_micros
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.orders.actions.payments import post_sales, sale
from server.orders.actions.usage_invoices import PaidUsage, note_usage
from server.orders.reads.prices import changed_prices
from server.orders.reads.tax import tax_status
from server.orders.rules.items import ApiCalls, Usage
from server.orders.rules.pricing import Charge, charges
from server.orders.rules.tax import Taxed, TaxTreatment, tax
from server.orders.rules.terms import Terms
from server.wallet.actions import Posted, Transfer
from server.wallet.rules import Counter, PostingKind


def record_usage(work: Work, account_id: str, entries: Sequence[Usage]) -> Receipt:
    """Charge what was used, all of the entries or none: the hot debit.

    Money is charged with its tax, rounded once an entry; credits were taxed when they were ordered (M029).

    Facts: `postings`, one an entry, as [unit, amount, sequence, reference] and, where there is a tax to speak of,
    tax, rate in basis points and treatment; `balances`, one a unit, as [unit, posted, held, sequence, microseconds
    since 1970].

    Raises EmailNotVerified for messages (M008), QuantityOutOfRange, CountryInvalid, NotSoldInCurrency,
    ReferenceInvalid, CountryMissing, BalanceTooLow.
    """
    if not all(isinstance(entry.operation, ApiCalls) for entry in entries):
        check_may_send(work, account_id)
    currencies = {entry.operation.currency for entry in entries if isinstance(entry.operation, ApiCalls)}
    charged = charges(entries, work.terms(Terms), changed_prices(work, currencies, work.now))
    taxes = _taxes(work, account_id, charged)
    lines = [
        _line(account_id, charge, taxed, entry.reference)
        for entry, charge, taxed in zip(entries, charged, taxes, strict=True)
    ]
    posted = iter(post_sales(work, [transfer for line in lines for transfer in line]))
    note_usage(work, account_id, _paid(entries, charged, taxes))
    at = to_micros(work.now)
    postings: list[list[str | int]] = []
    balances: dict[str, list[str | int]] = {}
    for entry, taxed, line in zip(entries, taxes, lines, strict=True):
        one = [next(posted) for _ in line]
        last = one[-1]
        postings.append([*_posting(one, entry.reference), *_tax_facts(taxed)])
        balances[last.unit] = [last.unit, last.posted, last.held, last.sequence, at]
    return Receipt({"postings": postings, "balances": list(balances.values())})


def _paid(
    entries: Sequence[Usage], charged: Sequence[Charge], taxes: Sequence[Taxed | None]
) -> list[PaidUsage]:
    """What was paid with money, for the month's invoice; credits were invoiced with their order."""
    return [
        PaidUsage(operation.product.value, operation.calls, charge.unit, charge.unit_price_minor, taxed)
        for operation, charge, taxed in zip(
            (entry.operation for entry in entries), charged, taxes, strict=True
        )
        if isinstance(operation, ApiCalls) and taxed is not None
    ]


def _taxes(work: Work, account_id: str, charged: Sequence[Charge]) -> list[Taxed | None]:
    """The tax of each charge, None for credits. Who pays with credits only is not asked for a country."""
    if all(charge.in_credits for charge in charged):
        return [None] * len(charged)
    customer, terms = tax_status(work, account_id), work.terms(Terms)
    return [None if charge.in_credits else tax(charge.quantity, customer, terms) for charge in charged]


def _line(account_id: str, charge: Charge, taxed: Taxed | None, reference: str) -> Sequence[Transfer]:
    if taxed is not None:
        return sale(account_id, charge.unit, taxed, PostingKind.USAGE, reference)
    counter, kind = Counter.CREDITS_USED, PostingKind.USAGE
    return (Transfer(account_id, charge.unit, -charge.quantity, counter, kind, reference),)


def _posting(one: Sequence[Posted], reference: str) -> list[str | int]:
    """What an entry took from its wallet, tax included, and the sequence of its last posting."""
    return [one[0].unit, sum(posted.amount for posted in one), one[-1].sequence, reference]


def _tax_facts(taxed: Taxed | None) -> list[str | int]:
    if taxed is None or taxed.treatment is TaxTreatment.OUTSIDE_SCOPE:
        return []
    return [taxed.tax_minor, taxed.rate_basis_points, taxed.treatment.value]
