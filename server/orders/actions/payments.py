"""What a sale moves: its net amount is revenue, its tax is owed to a tax office (M029)."""

from __future__ import annotations

from collections.abc import Sequence

from server.kit.work import Work
from server.orders.rules.tax import Taxed
from server.wallet.actions import Posted, Transfer, post
from server.wallet.reads import balance
from server.wallet.rules import CREDIT_UNITS, BalanceTooLow, Counter, PostingKind


def sale(
    account_id: str, currency: str, taxed: Taxed, kind: PostingKind, reference: str
) -> Sequence[Transfer]:
    """The transfers by which a balance pays for something, net and tax; `reference` is the opaque id of the sale."""
    net = Transfer(account_id, currency, -taxed.net_minor, Counter.REVENUE, kind, reference)
    if not taxed.tax_minor:
        return (net,)
    return net, Transfer(account_id, currency, -taxed.tax_minor, Counter.TAX, PostingKind.TAX, reference)


def sale_undone(
    account_id: str, currency: str, taxed: Taxed, kind: PostingKind, reference: str
) -> Sequence[Transfer]:
    """The transfers by which both go back."""
    net = Transfer(account_id, currency, taxed.net_minor, Counter.REFUNDS, kind, reference)
    if not taxed.tax_minor:
        return (net,)
    kind = PostingKind.TAX_REFUNDED
    return net, Transfer(account_id, currency, taxed.tax_minor, Counter.TAX, kind, reference)


def post_sales(work: Work, transfers: Sequence[Transfer]) -> list[Posted]:
    """Post what one account buys. Raises BalanceTooLow, for money with all that the call takes of the balance:
    who is told to top up is told the gross amount."""
    try:
        return post(work, transfers)
    except BalanceTooLow as refusal:
        if refusal.unit in CREDIT_UNITS:
            raise
        taken = [transfer for transfer in transfers if transfer.unit == refusal.unit]
        found = balance(work, taken[0].account_id, refusal.unit)
        required = -sum(transfer.amount for transfer in taken)
        raise BalanceTooLow(refusal.unit, found.available, required) from None
