"""Orders on both databases: placed and paid at once or later, registered always, fulfilled, cancelled once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from server.kit.db import savepoint
from server.kit.events import StoredEvent, after
from server.kit.idempotency import Receipt
from server.kit.money import Currency
from server.kit.work import Read, Work
from server.orders import actions, reads
from server.orders.actions.events import (
    OrderActivated,
    OrderCancelled,
    OrderCompleted,
    OrderPlaced,
    OrderProgressed,
)
from server.orders.model import Order, RegistryEntry
from server.orders.reads import OrderRow
from server.orders.rules import Terms
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.items import CreditPackItem, EmailVerificationItem, NumberLookupItem, Parameters
from server.orders.rules.problems import (
    CreditsUsed,
    OrderNotCancellable,
    OrderNotFound,
    OrderNotInProgress,
    QuantityOutOfRange,
    ReferenceInvalid,
    TooManyPendingOrders,
)
from server.orders.rules.status import OrderStatus
from server.topups.actions.changes import TopUpSettled
from server.wallet.actions import Transfer, post
from server.wallet.model import Posting, Wallet
from server.wallet.rules import BalanceTooLow, Counter, PostingKind
from tests.orders.conftest import Customer

ERROR = CancellationReason.CUSTOMER_ERROR
TEN_THOUSAND = CreditPackItem("EMAIL_10K", 1)
ORDER_EVENTS = [
    kind.__name__ for kind in (OrderPlaced, OrderActivated, OrderProgressed, OrderCompleted, OrderCancelled)
]


async def cancel(customer: Customer, order_id: str, reason: CancellationReason = ERROR) -> OrderRow:
    await customer.run(lambda work: actions.cancel_order(work, customer.account_id, order_id, reason))
    return await customer.found(order_id)


async def fulfil(customer: Customer, order_id: str, units: int) -> OrderRow:
    await customer.run(lambda work: actions.record_fulfilment(work, customer.account_id, order_id, units))
    return await customer.found(order_id)


async def events_of(customer: Customer) -> list[str]:
    rows = await customer.read(
        lambda read: after(read.connection, customer.account_id, 0, ORDER_EVENTS, 1000)
    )
    return [row.kind for row in rows]


async def transfer(customer: Customer, transfer_id: str | None) -> list[tuple[str, str, int, str | None]]:
    query = (
        select(Wallet.unit, Posting.kind, Posting.posted_delta, Posting.counter)
        .join(Wallet, Wallet.id == Posting.wallet_id)
        .where(Posting.transfer_id == transfer_id)
        .order_by(Wallet.unit, Posting.sequence)
    )
    return [tuple(row) for row in await customer.read(lambda read: read.rows(query))]


@pytest.mark.rule("Q013", "M030", "M046")
async def test_credits_are_bought_by_two_linked_postings(customer: Customer) -> None:
    await customer.receive(150_00)
    order = await customer.order(TEN_THOUSAND)
    assert (order.status, order.net_minor, order.fulfilled) == ("ACTIVE", 100_00, 1)
    assert await transfer(customer, order.payment_transfer_id) == [
        ("EMAIL", "ORDER_CREDITS", 10_000, "CREDITS_SOLD"),
        ("USD", "ORDER", -100_00, "REVENUE"),
    ]
    assert (await customer.balance("USD"), await customer.balance("EMAIL")) == (50_00, 10_000)
    assert await events_of(customer) == ["OrderPlaced", "OrderActivated"]


async def test_an_order_beyond_the_balance_is_refused_with_its_numbers(customer: Customer) -> None:
    await customer.receive(99_99)
    with pytest.raises(BalanceTooLow) as caught:
        await customer.order(TEN_THOUSAND)
    assert (caught.value.unit, caught.value.available, caught.value.required) == ("USD", 99_99, 100_00)
    assert await customer.balance("USD") == 99_99
    assert await events_of(customer) == []
    assert await customer.read(lambda read: read.rows(select(RegistryEntry.order_id))) == []


@pytest.mark.rule("Q009")
async def test_every_order_is_registered_with_its_parameters(customer: Customer) -> None:
    await customer.receive(1000_00)
    items = [TEN_THOUSAND, EmailVerificationItem(500, True, "spring list"), NumberLookupItem(100, "CH")]
    orders = [await customer.order(item, reference=f"PO {number}") for number, item in enumerate(items)]
    opened = await customer.read(lambda read: reads.parameters_of(read, [order.id for order in orders]))
    assert [opened[order.id] for order in orders] == [
        Parameters(item, f"PO {number}") for number, item in enumerate(items)
    ]
    sealed = await customer.read(lambda read: read.rows(select(RegistryEntry.parameters)))
    assert not any(b"spring" in row.parameters for row in sealed)


@pytest.mark.rule("Q009")
async def test_the_database_takes_no_order_without_its_registry_entry(customer: Customer) -> None:
    await customer.receive(100_00)
    order = await customer.order(TEN_THOUSAND)

    def smuggle(work: Work) -> None:
        row = work.rows(select(*Order.__table__.c).where(Order.id == order.id))[0]
        with savepoint(work.connection, "smuggled"):
            work.execute(insert(Order).values({**row._mapping, "id": "ord_smuggled"}))

    with pytest.raises(IntegrityError):
        await customer.run(smuggle)


async def test_parameters_of_an_erased_person_are_gone_and_the_order_stays(customer: Customer) -> None:
    await customer.receive(100_00)
    order = await customer.order(TEN_THOUSAND, reference="PO 17")
    customer.units.house.keys.destroy(customer.account_id, ["content"])
    assert await customer.read(lambda read: reads.parameters_of(read, [order.id])) == {}
    assert (await customer.found(order.id)).net_minor == 100_00


async def test_a_reference_that_cannot_be_printed_is_refused(customer: Customer) -> None:
    with pytest.raises(ReferenceInvalid):
        await customer.order(TEN_THOUSAND, reference="tab\there")


async def test_one_key_orders_once(customer: Customer) -> None:
    await customer.receive(1000_00)

    def place(work: Work) -> Receipt:
        return actions.place_order(work, customer.account_id, TEN_THOUSAND, Currency.USD)

    receipts = await asyncio.gather(*(customer.once("placeOrder", "k", {}, place) for _ in range(10)))
    assert len({receipt.facts["order_id"] for receipt in receipts}) == 1
    assert sorted(receipt.replayed for receipt in receipts) == [False] + [True] * 9
    assert await customer.balance("EMAIL") == 10_000


@pytest.mark.rule("M030")
async def test_a_pending_order_becomes_active_when_it_is_paid(customer: Customer) -> None:
    orders = [
        await customer.order(item, await_payment=True)
        for item in (CreditPackItem("EMAIL_100K", 1), TEN_THOUSAND, CreditPackItem("EMAIL_1K", 1))
    ]
    assert {order.status for order in orders} == {"PENDING"}
    assert await customer.balance("EMAIL") == 0
    await customer.receive(130_00)
    activated = await customer.run(
        lambda work: actions.activate_paid_orders(work, customer.account_id, Currency.USD)
    )
    assert activated == 2
    now = [await customer.found(order.id) for order in orders]
    assert [order.status for order in now] == ["PENDING", "ACTIVE", "ACTIVE"]
    assert (await customer.balance("USD"), await customer.balance("EMAIL")) == (10_00, 11_000)
    assert await events_of(customer) == ["OrderPlaced"] * 3 + ["OrderActivated"] * 2


@pytest.mark.rule("M030")
async def test_a_settled_top_up_pays_what_waits_in_its_currency(customer: Customer) -> None:
    customer.units.house.reactions.on(TopUpSettled, actions.pay_waiting_orders)
    orders = [
        await customer.order(TEN_THOUSAND, currency, await_payment=True)
        for currency in (Currency.EUR, Currency.USD)
    ]
    await customer.receive(500_00, "EUR")
    await customer.receive(500_00, "USD")
    settled = TopUpSettled(
        customer.account_id, "tup_1", "SUCCEEDED", "EUR", 500_00, 500_00, None, None, "MANUAL", None, 0, 0
    )
    await customer.run(lambda work: work.record(settled))
    assert [(await customer.found(order.id)).status for order in orders] == ["ACTIVE", "PENDING"]


@pytest.mark.rule("M030")
async def test_a_top_up_that_races_with_a_pending_order_pays_it(customer: Customer) -> None:
    async def top_up() -> None:
        def receive(work: Work) -> None:
            account_id = customer.account_id
            money = Transfer(
                account_id, "USD", 20_00, Counter.PAYMENTS, PostingKind.TOP_UP, work.ids.new("tup")
            )
            post(work, [money])
            actions.activate_paid_orders(work, account_id, Currency.USD)

        await customer.run(receive)

    one = CreditPackItem("EMAIL_1K", 1)
    orders = await asyncio.gather(
        *(step for _ in range(15) for step in (customer.order(one, await_payment=True), top_up()))
    )
    placed = [await customer.found(order.id) for order in orders if order is not None]
    assert {order.status for order in placed} == {"ACTIVE"}
    assert (await customer.balance("USD"), await customer.balance("EMAIL")) == (0, 15_000)


async def test_orders_that_wait_are_limited_and_can_be_dropped_for_nothing(customer: Customer) -> None:
    limit = Terms().pending_orders_max
    orders = [await customer.order(TEN_THOUSAND, await_payment=True) for _ in range(limit)]
    with pytest.raises(TooManyPendingOrders) as caught:
        await customer.order(TEN_THOUSAND, await_payment=True)
    assert caught.value.limit == limit
    dropped = await cancel(customer, orders[0].id)
    assert (dropped.status, dropped.fee_minor, dropped.refund_minor) == ("CANCELLED", 0, 0)
    assert dropped.refund_transfer_id is None
    await customer.order(TEN_THOUSAND, await_payment=True)


@pytest.mark.rule("M077", "M078", "M079", "M080", "C6")
@pytest.mark.parametrize(
    ("item", "reason", "net_minor", "fee_minor"),
    [
        (CreditPackItem("EMAIL_1K", 1), ERROR, 20_00, 20_00),
        (CreditPackItem("EMAIL_100K", 1), ERROR, 500_00, 35_00),
        (CreditPackItem("EMAIL_10K", 6), ERROR, 600_00, 42_00),
        (CreditPackItem("EMAIL_100K", 2), ERROR, 1000_00, 70_00),
        (CreditPackItem("EMAIL_100K", 2), CancellationReason.SERVICE_FAULT, 1000_00, 0),
        (EmailVerificationItem(150_000, False, None), ERROR, 600_00, 42_00),
    ],
)
async def test_a_cancellation_refunds_the_price_less_the_fee(
    customer: Customer, item: CreditPackItem, reason: CancellationReason, net_minor: int, fee_minor: int
) -> None:
    await customer.receive(net_minor)
    order = await customer.order(item)
    cancelled = await cancel(customer, order.id, reason)
    refund = net_minor - fee_minor
    assert (cancelled.status, cancelled.fee_minor, cancelled.refund_minor) == ("CANCELLED", fee_minor, refund)
    assert (cancelled.cancel_reason, cancelled.cancelled_at is not None) == (reason.value, True)
    assert (await customer.balance("USD"), await customer.balance("EMAIL")) == (refund, 0)
    postings = await transfer(customer, cancelled.refund_transfer_id)
    money = [row for row in postings if row[0] == "USD"]
    expected = [("USD", "ORDER_CANCELLED", net_minor, "REFUNDS")]
    if fee_minor:
        expected.append(("USD", "CANCELLATION_FEE", -fee_minor, "FEES"))
    assert money == expected
    assert sum(row[2] for row in postings if row[0] == "EMAIL") == -order.credits


@pytest.mark.rule("C28")
async def test_the_fee_is_at_the_rate_of_the_order_whatever_the_rate_is_now(customer: Customer) -> None:
    await customer.receive(2_000_000, "TND")
    order = await customer.order(CreditPackItem("EMAIL_10K", 1), Currency.TND)
    customer.units.house.terms.add(Terms(fx_to_fee_currency={}))
    assert (await cancel(customer, order.id)).fee_minor == 109_375


@pytest.mark.rule("M084", "M049", "C6")
async def test_used_credits_are_not_refunded(customer: Customer) -> None:
    await customer.receive(100_00)
    order = await customer.order(TEN_THOUSAND)
    use = Transfer(customer.account_id, "EMAIL", -1, Counter.CREDITS_USED, PostingKind.USAGE, "run-1")
    await customer.run(lambda work: post(work, [use]))
    with pytest.raises(CreditsUsed) as caught:
        await cancel(customer, order.id)
    assert (caught.value.available, caught.value.required) == (9_999, 10_000)
    assert (await customer.found(order.id)).status == "ACTIVE"
    assert (await customer.balance("USD"), await customer.balance("EMAIL")) == (0, 9_999)


@pytest.mark.rule("Q013")
async def test_a_metered_order_is_done_unit_by_unit(customer: Customer) -> None:
    await customer.receive(100_00)
    order = await customer.order(NumberLookupItem(1_000, "CH"))
    assert (order.status, order.fulfilled) == ("ACTIVE", 0)
    order = await fulfil(customer, order.id, 400)
    assert (order.status, order.fulfilled, order.completed_at) == ("ACTIVE", 400, None)
    with pytest.raises(CreditsUsed) as used:
        await cancel(customer, order.id)
    assert (used.value.available, used.value.required) == (600, 1_000)
    with pytest.raises(QuantityOutOfRange) as too_many:
        await fulfil(customer, order.id, 601)
    assert too_many.value.maximum == 600
    order = await fulfil(customer, order.id, 600)
    assert (order.status, order.fulfilled) == ("COMPLETED", 1_000)
    with pytest.raises(OrderNotCancellable):
        await cancel(customer, order.id)
    with pytest.raises(OrderNotInProgress):
        await fulfil(customer, order.id, 1)
    assert await events_of(customer) == [
        "OrderPlaced",
        "OrderActivated",
        "OrderProgressed",
        "OrderCompleted",
    ]


async def test_a_credit_order_makes_no_progress(customer: Customer) -> None:
    await customer.receive(100_00)
    order = await customer.order(TEN_THOUSAND)
    with pytest.raises(OrderNotInProgress):
        await fulfil(customer, order.id, 1)


@pytest.mark.rule("Q014")
async def test_a_strangers_order_is_not_there(customer: Customer, stranger: Customer) -> None:
    await customer.receive(100_00)
    order = await customer.order(NumberLookupItem(1_000, "CH"))
    for attempt in (cancel(stranger, order.id), fulfil(stranger, order.id, 1), cancel(stranger, "ord_none")):
        with pytest.raises(OrderNotFound):
            await attempt
    assert await stranger.read(lambda read: reads.order(read, stranger.account_id, order.id)) is None
    assert (await customer.found(order.id)).status == "ACTIVE"


async def test_orders_are_listed_newest_first_by_status_and_page(
    customer: Customer, stranger: Customer
) -> None:
    await customer.receive(1000_00)
    await stranger.receive(100_00)
    await stranger.order(TEN_THOUSAND)
    orders = [await customer.order(TEN_THOUSAND) for _ in range(5)]
    newest = [order.id for order in reversed(orders)]
    await cancel(customer, newest[1])

    async def listed(status: OrderStatus | None, before: str | None, limit: int) -> list[str]:
        def page(read: Read) -> list[str]:
            return [
                row.id for row in reads.orders_of_account(read, customer.account_id, status, before, limit)
            ]

        return await customer.read(page)

    assert await listed(None, None, 3) == newest[:3]
    assert await listed(None, newest[2], 3) == newest[3:]
    assert await listed(OrderStatus.CANCELLED, None, 3) == [newest[1]]
    assert await listed(OrderStatus.ACTIVE, newest[0], 2) == [newest[2], newest[3]]


async def test_an_event_tells_the_order_as_it_was(customer: Customer) -> None:
    order = await customer.order(TEN_THOUSAND, await_payment=True)
    await customer.receive(100_00)
    await customer.run(lambda work: actions.activate_paid_orders(work, customer.account_id, Currency.USD))
    active = await customer.found(order.id)
    now = await cancel(customer, order.id)
    assert reads.as_of(now, OrderStatus.PENDING, 0) == order
    assert reads.as_of(now, OrderStatus.ACTIVE, 1) == active
    assert reads.as_of(now, OrderStatus.CANCELLED, 1) == now


@pytest.mark.rule("Q013")
async def test_five_hundred_cancellations_raced_twice_each_happen_once(customer: Customer) -> None:
    count = 500
    await customer.receive(count * 100_00)

    def place_many(work: Work) -> list[str]:
        many = range(count // 10)
        return [
            actions.place_order(work, customer.account_id, TEN_THOUSAND, Currency.USD).facts["order_id"]
            for _ in many
        ]

    placed = [order_id for _ in range(10) for order_id in await customer.run(place_many)]

    async def try_to_cancel(order_id: str) -> str:
        try:
            await customer.run(lambda work: actions.cancel_order(work, customer.account_id, order_id, ERROR))
        except OrderNotCancellable as refusal:
            return refusal.status
        return "DONE"

    outcomes = []
    for start in range(
        0, count, 50
    ):  # each order twice at once; all at once would only test the pool's queue
        some = placed[start : start + 50]
        outcomes += await asyncio.gather(*(try_to_cancel(order_id) for order_id in some * 2))
    assert sorted(outcomes) == ["CANCELLED"] * count + ["DONE"] * count
    assert (await customer.balance("USD"), await customer.balance("EMAIL")) == (count * 65_00, 0)
    events = await customer.read(
        lambda read: read.rows(select(StoredEvent.subject_id).where(StoredEvent.kind == "OrderCancelled"))
    )
    assert sorted(row.subject_id for row in events) == sorted(placed)
