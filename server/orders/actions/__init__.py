"""The verbs of orders: place, pay, fulfil, cancel."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Executable, insert, select, update

from server.accounts.actions import check_may_order
from server.accounts.actions.restricting import ProcessingReleased
from server.accounts.reads.restrictions import is_stopped
from server.accounts.rules.restricting import ORDERS
from server.kit.db import savepoint
from server.kit.idempotency import Receipt
from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.work import Work
from server.orders.actions.events import (
    OrderActivated,
    OrderCancelled,
    OrderCompleted,
    OrderPlaced,
    OrderProgressed,
)
from server.orders.actions.order_invoices import credit_order, invoice_order
from server.orders.actions.payments import post_sales, sale, sale_undone
from server.orders.model import Order, RegistryEntry
from server.orders.reads import PARAMETERS, OrderRow, pending_count
from server.orders.reads.prices import changed_prices
from server.orders.reads.tax import tax_status
from server.orders.rules.cancellation import CancellationReason, Settlement
from server.orders.rules.items import Item, Parameters, is_automatic
from server.orders.rules.pricing import Quote, check_order_reference, quote
from server.orders.rules.problems import (
    AutomaticOrderNotRefundable,
    CreditsUsed,
    OrderNotFound,
    TooManyPendingOrders,
)
from server.orders.rules.status import OrderStatus, check_cancellable, fulfil
from server.orders.rules.tax import Taxed, tax
from server.orders.rules.terms import Terms
from server.topups.actions.changes import TopUpSettled
from server.wallet.actions import Transfer, open_wallets, post
from server.wallet.rules import BalanceTooHigh, BalanceTooLow, Counter, PostingKind, WalletsClosed

_orders = Order.__table__.c


def place_order(
    work: Work,
    account_id: str,
    item: Item,
    currency: Currency,
    reference: str | None = None,
    *,
    await_payment: bool = False,
) -> Receipt:
    """Order an item at today's price and pay for it from the balance; facts: `order_id`.

    When the balance is too low the order is refused, or with `await_payment` stays PENDING until the money is
    there (M030). The balance pays the gross amount (M029). Raises what `quote` raises, PostalAddressMissing (M007),
    CountryMissing, ReferenceInvalid, BalanceTooLow, TooManyPendingOrders.
    """
    terms = work.terms(Terms)
    check_may_order(work, account_id)
    check_order_reference(reference, terms)
    priced = quote(item, currency, terms, changed_prices(work, [currency], work.now))
    taxed = tax(priced.net_minor, tax_status(work, account_id), terms)
    order = _register(work, account_id, Parameters(item, reference), priced, taxed)
    if await_payment:
        # Locks the wallet for the whole transaction: a top-up that comes meanwhile waits, and sees this order.
        open_wallets(work, account_id, [currency.code])
        paid = _pay_if_possible(work, order)
    else:
        paid = _pay(work, order)
    if paid is None and pending_count(work, account_id) > terms.pending_orders_max:
        raise TooManyPendingOrders(terms.pending_orders_max)
    work.record(OrderPlaced(account_id, order.id, OrderStatus.PENDING.value, 0))
    if paid is not None:
        _record_activated(work, paid)
    return Receipt({"order_id": order.id})


def activate_paid_orders(work: Work, account_id: str, currency: Currency) -> int:
    """Pay what waits in this currency and is now affordable, the oldest first. Returns how many became active.

    Called wherever money comes in: a top-up, a refund. Nothing is paid while the owner restricts it (P025).
    """
    if is_stopped(work, account_id, ORDERS):
        return 0
    waiting = (
        select(*_orders)
        .where(
            _orders.account_id == account_id,
            _orders.status == OrderStatus.PENDING.value,
            _orders.currency == currency.code,
        )
        .order_by(_orders.id)
        .limit(work.terms(Terms).pending_orders_max)
        # An order that is locked is being cancelled; to wait for it under the wallet's lock could deadlock.
        .with_for_update(skip_locked=True)
    )
    tried = [_pay_if_possible(work, order) for order in _rows(work, waiting)]
    paid = [order for order in tried if order is not None]
    for order in paid:
        _record_activated(work, order)
    return len(paid)


def pay_waiting_orders(work: Work, event: TopUpSettled) -> None:
    """The reaction to money that came in: an order becomes active with its payment (M030)."""
    activate_paid_orders(work, event.account_id, Currency[event.currency])


def pay_released_orders(work: Work, event: ProcessingReleased) -> None:
    """The reaction to a restriction that was lifted: what could be paid meanwhile is paid now."""
    for currency in Currency:
        activate_paid_orders(work, event.account_id, currency)


def pay_order(work: Work, account_id: str, order_id: str) -> bool:
    """Pay this order before any other that waits, if there is enough; returns whether it is paid.

    Raises OrderNotFound.
    """
    order = _locked(work, account_id, order_id)
    if order.status != OrderStatus.PENDING.value:
        return order.status != OrderStatus.CANCELLED.value
    paid = _pay_if_possible(work, order)
    if paid is None:
        return False
    _record_activated(work, paid)
    return True


def withdraw_order(work: Work, account_id: str, order_id: str) -> None:
    """End an order for which no payment will come; one that is paid stays. Raises OrderNotFound."""
    order = _locked(work, account_id, order_id)
    if order.status == OrderStatus.PENDING.value:
        reason = CancellationReason.SERVICE_FAULT.value
        _change(work, order, OrderStatus.CANCELLED, cancelled_at=work.now, cancel_reason=reason)
        work.record(OrderCancelled(account_id, order_id, OrderStatus.CANCELLED.value, order.fulfilled))


def record_fulfilment(work: Work, account_id: str, order_id: str, units: int) -> Receipt:
    """So many more units of a metered order are done (Q013); facts: `order_id`.

    Raises OrderNotFound, OrderNotInProgress, QuantityOutOfRange.
    """
    order = _locked(work, account_id, order_id)
    status = OrderStatus(order.status)
    status = fulfil(status, order.credit_unit is not None, order.quantity, order.fulfilled, units)
    completed = status is OrderStatus.COMPLETED
    fulfilled = order.fulfilled + units
    _change(work, order, status, fulfilled=fulfilled, completed_at=work.now if completed else None)
    event = OrderCompleted if completed else OrderProgressed
    work.record(event(account_id, order_id, status.value, fulfilled))
    return Receipt({"order_id": order_id})


def cancel_order(work: Work, account_id: str, order_id: str, reason: CancellationReason) -> Receipt:
    """Take back what was not used and refund its price less the fee (M077 to M080, M084); facts: `order_id`.

    Whatever races, an order is cancelled once. Raises OrderNotFound, OrderNotCancellable, CreditsUsed, or
    AutomaticOrderNotRefundable (M054).
    """
    order = _locked(work, account_id, order_id)
    if is_automatic(order.product) and not work.terms(Terms).auto_top_up.refundable:
        raise AutomaticOrderNotRefundable(order.credits)
    status = OrderStatus(order.status)
    check_cancellable(status, order.credit_unit is not None, order.quantity, order.fulfilled)
    split = order.settlement(reason, work.terms(Terms))
    transfer_id = _refund(work, order, split) if status is OrderStatus.ACTIVE else None
    _change(
        work,
        order,
        OrderStatus.CANCELLED,
        cancelled_at=work.now,
        cancel_reason=reason.value,
        fee_minor=split.fee_minor,
        refund_minor=split.refund_minor,
        refund_transfer_id=transfer_id,
    )
    work.record(OrderCancelled(account_id, order_id, OrderStatus.CANCELLED.value, order.fulfilled))
    if status is OrderStatus.ACTIVE:
        credit_order(work, order, split.fee_minor, transfer_id)
    if split.refund_minor:
        activate_paid_orders(work, account_id, Currency[order.currency])
    return Receipt({"order_id": order_id})


def _register(work: Work, account_id: str, parameters: Parameters, priced: Quote, taxed: Taxed) -> OrderRow:
    """Write the order with its entry in the register (Q009)."""
    order_id = work.ids.new("ord")
    text = orjson.dumps(parameters.document()).decode()
    work.execute(
        insert(RegistryEntry).values(
            order_id=order_id,
            account_id=account_id,
            parameters=work.seal(account_id, "content", PARAMETERS, text),
            registered_at=work.now,
        )
    )
    values = {
        "id": order_id,
        "account_id": account_id,
        "status": OrderStatus.PENDING.value,
        "product": priced.product,
        "quantity": priced.quantity,
        "fulfilled": 0,
        "currency": priced.currency.code,
        "unit_price_minor": priced.unit_price_minor,
        "priced_units": priced.priced_units,
        "net_minor": taxed.net_minor,
        "tax_rate_basis_points": taxed.rate_basis_points,
        "tax_minor": taxed.tax_minor,
        "tax_treatment": taxed.treatment.value,
        "credit_unit": priced.credit_unit.value if priced.credit_unit else None,
        "credits": priced.credits,
        "fx_numerator": priced.fx.numerator,
        "fx_denominator": priced.fx.denominator,
        "fee_minor": 0,
        "refund_minor": 0,
        "placed_at": work.now,
    }
    (order,) = _rows(work, insert(Order).values(values).returning(*_orders))
    return order


def _pay_if_possible(work: Work, order: OrderRow) -> OrderRow | None:
    try:
        with savepoint(work.connection, "payment"):
            return _pay(work, order)
    except (BalanceTooLow, BalanceTooHigh, WalletsClosed):
        return None


def _pay(work: Work, order: OrderRow) -> OrderRow:
    """Money out and credits in, linked; the order with the transfer of its payment. Raises BalanceTooLow."""
    transfers = [*sale(order.account_id, order.currency, order.taxed, PostingKind.ORDER, order.id)]
    if order.credit_unit is not None:
        transfers.append(_credits(order, order.credits, PostingKind.ORDER_CREDITS))
    transfer_id = post_sales(work, transfers)[0].transfer_id
    _change(
        work,
        order,
        OrderStatus.ACTIVE,
        fulfilled=_delivered(order),
        activated_at=work.now,
        payment_transfer_id=transfer_id,
    )
    return order._replace(payment_transfer_id=transfer_id)


def _refund(work: Work, order: OrderRow, split: Settlement) -> str | None:
    """Credits back, money back, and the fee off it, linked. Raises CreditsUsed."""
    account_id, currency = order.account_id, order.currency
    transfers = []
    if order.credit_unit is not None:
        transfers.append(_credits(order, -order.credits, PostingKind.ORDER_CANCELLED))
    transfers += sale_undone(account_id, currency, order.taxed, PostingKind.ORDER_CANCELLED, order.id)
    if split.fee_minor:
        fee, kind = -split.fee_minor, PostingKind.CANCELLATION_FEE
        transfers.append(Transfer(account_id, currency, fee, Counter.FEES, kind, order.id))
    try:
        return post(work, transfers)[0].transfer_id
    except BalanceTooLow as refusal:
        raise CreditsUsed(available=refusal.available, required=order.credits) from None


def _credits(order: OrderRow, amount: int, kind: PostingKind) -> Transfer:
    assert order.credit_unit is not None
    return Transfer(order.account_id, order.credit_unit, amount, Counter.CREDITS_SOLD, kind, order.id)


def _delivered(order: OrderRow) -> int:
    """Credits are delivered with the payment, jobs are still to be done."""
    return order.quantity if order.credit_unit is not None else 0


def _record_activated(work: Work, order: OrderRow) -> None:
    work.record(OrderActivated(order.account_id, order.id, OrderStatus.ACTIVE.value, _delivered(order)))
    invoice_order(work, order)


def _locked(work: Work, account_id: str, order_id: str) -> OrderRow:
    """The order, locked. Another account's reads as not there (Q014). Raises OrderNotFound."""
    if not is_id(order_id, "ord"):  # PostgreSQL takes no NUL
        raise OrderNotFound
    mine = (_orders.id == order_id) & (_orders.account_id == account_id)
    found = _rows(work, select(*_orders).where(mine).with_for_update())
    if not found:
        raise OrderNotFound
    return found[0]


def _change(work: Work, order: OrderRow, status: OrderStatus, **values: Any) -> None:
    work.execute(update(Order).where(_orders.id == order.id).values(status=status.value, **values))


def _rows(work: Work, statement: Executable) -> list[OrderRow]:
    return [OrderRow(**row._mapping) for row in work.rows(statement)]
