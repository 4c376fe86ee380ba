"""Usage on both databases: all entries or none, never below zero, once a key."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from server.accounts import rules as account_rules
from server.accounts.rules.people import EmailNotVerified
from server.kit.clock import to_micros
from server.kit.idempotency import IdempotencyMismatch, Receipt
from server.kit.money import Currency
from server.kit.registry import Registry
from server.kit.work import Work
from server.orders.actions.usage import record_usage
from server.orders.rules.items import ApiCalls, EmailSend, SmsSend, Usage
from server.orders.rules.problems import QuantityOutOfRange
from server.orders.rules.terms import Metered
from server.wallet.model import Posting
from server.wallet.rules import BalanceTooLow
from tests.orders.conftest import Customer


async def use(customer: Customer, *entries: Usage) -> Receipt:
    return await customer.run(lambda work: record_usage(work, customer.account_id, entries))


@pytest.mark.rule("Q013", "M046")
async def test_each_entry_has_its_posting_and_each_unit_its_balance(customer: Customer) -> None:
    for unit in ("EMAIL", "SMS", "EUR"):
        await customer.receive(1_000, unit)
    receipt = await use(
        customer,
        Usage(EmailSend(100), "run-1"),
        Usage(SmsSend(3, "CH"), "run-2"),
        Usage(EmailSend(50), "run-3"),
        Usage(ApiCalls(Metered.NUMBER_LOOKUP, 100, Currency.EUR), "run-4"),
    )
    assert receipt.facts["postings"] == [
        ["EMAIL", -100, 2, "run-1"],
        ["SMS", -6, 2, "run-2"],
        ["EMAIL", -50, 3, "run-3"],
        ["EUR", -61, 2, "run-4"],
    ]
    at = to_micros(customer.units.house.clock.now())
    assert receipt.facts["balances"] == [
        ["EMAIL", 850, 0, 3, at],
        ["SMS", 994, 0, 2, at],
        ["EUR", 939, 0, 2, at],
    ]
    assert [await customer.balance(unit) for unit in ("EMAIL", "SMS", "EUR")] == [850, 994, 939]


@pytest.mark.rule("M008")
@pytest.mark.parametrize("message", [EmailSend(1), SmsSend(1, "CH")])
async def test_without_a_verified_address_messages_are_refused_and_calls_are_not(
    customer: Customer, terms: Registry, message: EmailSend | SmsSend
) -> None:
    for unit in ("EMAIL", "SMS", "EUR"):
        await customer.receive(1_000, unit)
    terms.add(account_rules.Terms(require_verified_email=True))
    call = Usage(ApiCalls(Metered.NUMBER_LOOKUP, 100, Currency.EUR), "run-1")
    with pytest.raises(EmailNotVerified):
        await use(customer, call, Usage(message, "run-2"))
    assert [await customer.balance(unit) for unit in ("EMAIL", "SMS", "EUR")] == [1_000, 1_000, 1_000]
    await use(customer, call)
    assert await customer.balance("EUR") == 939


async def test_a_batch_is_charged_whole_or_not_at_all(customer: Customer) -> None:
    await customer.receive(1_000, "EMAIL")
    await customer.receive(1, "SMS")
    with pytest.raises(BalanceTooLow) as caught:
        await use(
            customer, *(Usage(EmailSend(1), f"run-{n}") for n in range(499)), Usage(SmsSend(1, "CH"), "x")
        )
    assert (caught.value.unit, caught.value.available, caught.value.required) == ("SMS", 1, 2)
    with pytest.raises(QuantityOutOfRange):
        await use(customer, Usage(EmailSend(1), "run-1"), Usage(EmailSend(0), "run-2"))
    assert (await customer.balance("EMAIL"), await customer.balance("SMS")) == (1_000, 1)


async def test_five_hundred_entries_are_one_unit_of_work(customer: Customer) -> None:
    await customer.receive(500, "EMAIL")
    receipt = await use(customer, *(Usage(EmailSend(1), f"run-{n}") for n in range(500)))
    assert [posting[2] for posting in receipt.facts["postings"]] == list(range(2, 502))
    assert await customer.balance("EMAIL") == 0
    transfers = await customer.read(
        lambda read: read.scalar(select(func.count(Posting.transfer_id.distinct())))
    )
    assert transfers == 2


@pytest.mark.rule("Q013")
async def test_of_fifty_spends_at_once_exactly_the_affordable_twenty_succeed(customer: Customer) -> None:
    await customer.receive(209, "EMAIL")

    async def spend(number: int) -> tuple[int, int] | None:
        try:
            await use(customer, Usage(EmailSend(10), f"run-{number}"))
        except BalanceTooLow as refusal:
            return refusal.available, refusal.required
        return None

    outcomes = await asyncio.gather(*(spend(number) for number in range(50)))
    assert (outcomes.count(None), outcomes.count((9, 10))) == (20, 30)
    assert await customer.balance("EMAIL") == 9


async def test_one_key_is_charged_once(customer: Customer) -> None:
    await customer.receive(100, "EMAIL")

    def record(work: Work) -> Receipt:
        return record_usage(work, customer.account_id, [Usage(EmailSend(60), "run-1")])

    receipts = await asyncio.gather(*(customer.once("recordUsage", "k", {"n": 60}, record) for _ in range(8)))
    assert sum(receipt.replayed for receipt in receipts) == 7
    assert len({str(receipt.facts) for receipt in receipts}) == 1
    with pytest.raises(IdempotencyMismatch):
        await customer.once("recordUsage", "k", {"n": 61}, record)
    assert await customer.balance("EMAIL") == 40
