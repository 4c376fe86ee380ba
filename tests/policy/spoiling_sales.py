"""Orders, payments and refunds that should not be there, for the checks to find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.accounts.model import Account
from server.orders.model import AutoTopUp, AutoTopUpRun, Order, PriceChange, RegistryEntry
from server.topups.model import PaymentMethod, TopUp
from server.wallet.model import Posting, Wallet
from tests.policy.rows import Sabotage, all_of, changed, made

_SECOND = timedelta(seconds=1)


def ordered(**values: Any) -> Sabotage:
    """An order, with its entry in the register."""
    row: dict[str, Any] = {
        "id": "ord_1",
        "status": "ACTIVE",
        "quantity": 9,
        "currency": "USD",
        "net_minor": 10_000,
    }
    rate = {"fx_numerator": 1, "fx_denominator": 1, "fee_minor": 0, "refund_minor": 0}
    at = {"registered_at": values["placed_at"]} if "placed_at" in values else {}
    return all_of(made(RegistryEntry, order_id="ord_1", **at), made(Order, **(row | rate | values)))


def cancelled(**values: Any) -> Sabotage:
    now = timedelta(0)
    return ordered(
        **({"status": "CANCELLED", "cancelled_at": now, "cancel_reason": "CUSTOMER_ERROR"} | values)
    )


def posted(kind: str, delta: int, **values: Any) -> Sabotage:
    """A posting in a wallet of its own."""
    wallet = {"id": "wal_1", "unit": values.pop("unit", "EUR"), "posted": abs(delta)}
    row = {"wallet_id": "wal_1", "sequence": 1, "kind": kind, "posted_delta": delta}
    return all_of(made(Wallet, **wallet), made(Posting, **(row | values)))


def topped_up(**values: Any) -> Sabotage:
    row = {
        "id": "top_1",
        "currency": "EUR",
        "amount_minor": 500,
        "received_minor": 490,
        "status": "SUCCEEDED",
    }
    return made(TopUp, **(row | {"outcome_at": timedelta(0), "transaction_id": "trx_1"} | values))


def run_of(order_id: str) -> Sabotage:
    """An automatic top-up that made this order."""
    rule = made(AutoTopUp, id="atu_1", unit="EMAIL", below=1, add_quantity=1)
    run = {"id": "atr_1", "auto_top_up_id": "atu_1", "order_id": order_id, "amount_minor": 1}
    return all_of(rule, made(AutoTopUpRun, status="DONE", ended_at=timedelta(0), **run))


automatic = made(AutoTopUp, id="atu_1", unit="EMAIL", below=1, add_quantity=1, enabled=True)
half_used = cancelled(fulfilled=4, refund_transfer_id="trf_1", refund_minor=10_000)
bought = posted("ORDER_CREDITS", 50, unit="EMAIL", reference="ord_1")
back = made(
    Posting, wallet_id="wal_1", sequence=2, kind="ORDER_CANCELLED", posted_delta=-50, reference="ord_1"
)
of_credits = {"credit_unit": "EMAIL", "credits": 50, "fulfilled": 9, "refund_transfer_id": "trf_1"}
fine = made(
    PaymentMethod,
    id="pm_1",
    saved_for="PLAN",
    payment_token="tok",
    status="ACTIVE",
    provider_reference="r",
    expires_at=_SECOND,
)

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("order.registry", "ord_9", posted("ORDER", -5, reference="ord_9")),
    ("order.registry", "ord_1", all_of(ordered(), changed(RegistryEntry, registered_at=_SECOND))),
    ("tax.inclusive", "ord_1", ordered(tax_minor=1_900, tax_rate_basis_points=2_000)),
    ("liability.cap", "ord_1", ordered(payment_transfer_id="trf_1")),
    ("price.change.reasons", "prc_1", made(PriceChange, id="prc_1", amount_minor=1, reason="GREED")),
    ("order.activates_on", "ord_1", ordered(activated_at=_SECOND)),
    ("auto_topup.requires", "atu_1", automatic),
    ("cancel.fee_min", "ord_1", cancelled(fee_minor=3_499)),
    ("cancel.percent", "ord_1", cancelled(net_minor=100_000, fee_minor=7_001)),
    ("cancel.percent_above", "ord_1", cancelled(net_minor=50_000, fee_minor=3_501)),
    ("cancel.cap", "ord_1", cancelled(net_minor=3_000, tax_minor=600, fee_minor=3_001)),
    ("cancel.fee_when", "ord_1", cancelled(fee_minor=3_500, cancel_reason="DUPLICATE")),
    ("cancel.fx", "ord_1", cancelled(fee_minor=3_501)),
    ("refund.order_cancellation", "ord_1", half_used),
    ("refund.when_used", "ord_1", half_used),
    ("refund.when_used", "ord_1", all_of(cancelled(**of_credits), bought)),
    ("refund.prepaid", "ord_1", all_of(ordered(), posted("ORDER_CANCELLED", -5, reference="ord_1"))),
    ("refund.auto_topup", "atr_1", all_of(cancelled(refund_minor=5), run_of("ord_1"))),
    ("topup.fields", "top_1", topped_up(outcome_at=None)),
    ("topup.fields", "top_1", topped_up(status="LOST")),
    ("topup.credit", "top_1", topped_up()),
    ("topup.credit", "top_1", all_of(topped_up(), posted("TOP_UP", 500, reference="top_1"))),
    ("credits.units", "wal_1", made(Wallet, id="wal_1", unit="FAX")),
    ("credits.units", "ord_1", ordered(credit_unit="FAX")),
    ("retain.until_removed", "pm_1", made(PaymentMethod, id="pm_1", status="REMOVED", last4="4242")),
    ("payment.store_token_when", "pm_1", all_of(fine, changed(PaymentMethod, saved_for="PROFILING"))),
    (
        "payment.store_token_when",
        "pm_1",
        made(PaymentMethod, id="pm_1", saved_for="PLAN", payment_token="tok", status="FAILED"),
    ),
    ("payment.store_pan", "accounts.status_reason", changed(Account, status_reason="4111 1111 1111 1111")),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("order.registry", all_of(ordered(), posted("ORDER", -5, reference="ord_1"))),
    ("tax.inclusive", ordered(tax_minor=2_000, tax_rate_basis_points=2_000)),
    ("cancel.fx", cancelled(fee_minor=3_500)),
    ("cancel.percent", cancelled(net_minor=100_000, fee_minor=7_000)),
    ("cancel.cap", cancelled(net_minor=3_000, tax_minor=600, fee_minor=3_000)),
    ("refund.when_used", all_of(cancelled(**of_credits), bought, back)),
    ("refund.auto_topup", all_of(cancelled(), run_of("ord_1"))),
    ("topup.credit", all_of(topped_up(), posted("TOP_UP", 490, reference="top_1"))),
    ("payment.store_token_when", fine),
    ("payment.store_pan", changed(Account, status_reason="4111 1111 1111 1112")),
]
"""What these checks leave alone."""
