"""The monthly invoice of money usage: once, at the first instant of the next month, and exactly what was posted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.accounts import rules as account_rules
from server.accounts.rules.restricting import RestrictionTerms
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.money import Currency
from server.kit.registry import Registry
from server.notices import rules as notice_rules
from server.orders import jobs
from server.orders.actions.usage import record_usage
from server.orders.actions.usage_invoices import invoice_usage
from server.orders.model import OpenUsage
from server.orders.reads.invoices import (
    InvoiceRow,
    annual_bill,
    invoices_of_account,
    lines_of,
)
from server.orders.rules import Terms
from server.orders.rules.items import ApiCalls, EmailSend, Usage
from server.orders.rules.terms import Metered
from server.wallet import rules as wallet_rules
from tests.orders.conftest import ACCOUNT, Customer

APRIL = datetime(2026, 4, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LOOKUP, CHECK = Metered.NUMBER_LOOKUP, Metered.EMAIL_VERIFICATION


@pytest.fixture
def terms() -> Registry:
    return Registry(
        account_rules.Terms(), RestrictionTerms(), Terms(), wallet_rules.Terms(), notice_rules.Terms()
    )


async def use(
    customer: Customer, calls: int, product: Metered = LOOKUP, currency: Currency = Currency.EUR
) -> int:
    """Use it; what it cost."""
    usage = Usage(ApiCalls(product, calls, currency), f"run-{calls}")
    receipt = await customer.run(lambda work: record_usage(work, customer.account_id, [usage]))
    return -int(receipt.facts["postings"][0][1])


async def due(customer: Customer) -> None:
    await DueRunner(customer.units, jobs.handlers()).run_due()


async def documents(customer: Customer) -> list[InvoiceRow]:
    """The oldest first."""
    rows = await customer.read(lambda read: invoices_of_account(read, ACCOUNT, None, None, 100))
    return list(reversed(rows))


async def open_rows(customer: Customer) -> int:
    return int(
        await customer.read(lambda read: read.scalar(select(func.count()).select_from(OpenUsage))) or 0
    )


@pytest.mark.rule("M102", "M029")
async def test_a_month_is_one_invoice_of_each_currency_and_what_was_posted(
    customer: Customer, clock: ManualClock
) -> None:
    for unit in ("EUR", "USD", "EMAIL"):
        await customer.receive(100_000, unit)
    paid = [await use(customer, calls) for calls in (100, 7, 1_234)]
    paid.append(await use(customer, 500, CHECK))
    dollars = await use(customer, 1_000, currency=Currency.USD)
    sent = Usage(EmailSend(10), "run-mail")
    await customer.run(lambda work: record_usage(work, ACCOUNT, [sent]))
    clock.set(APRIL - SECOND)
    await due(customer)
    assert await documents(customer) == []
    clock.set(APRIL)
    for _ in range(2):
        await due(customer)
    euros, usd = await documents(customer)
    assert (euros.currency, euros.gross_minor, usd.gross_minor) == ("EUR", sum(paid), dollars)
    assert [(line.code, line.params, line.quantity) for line in lines_of(euros)] == [
        ("USAGE_EMAIL_VERIFICATION", {"month": "2026-03"}, 500),
        ("USAGE_NUMBER_LOOKUP", {"month": "2026-03"}, 1_341),
    ]
    assert (euros.period_start, euros.period_end) == (datetime(2026, 3, 1, tzinfo=UTC), APRIL)
    assert (euros.serial, usd.serial, await open_rows(customer)) == (1, 2, 0)
    bill = await customer.read(lambda read: annual_bill(read, ACCOUNT))
    assert [(one.currency, one.net_minor) for one in bill.billed] == [("EUR", sum(paid)), ("USD", dollars)]


@pytest.mark.parametrize("since", [-SECOND, timedelta(), SECOND])
async def test_a_usage_is_of_the_month_of_its_instant(
    customer: Customer, clock: ManualClock, since: timedelta
) -> None:
    await customer.receive(100_000, "EUR")
    clock.set(APRIL + since)
    await use(customer, 100)
    clock.set(APRIL + SECOND)
    await due(customer)
    assert len(await documents(customer)) == (1 if since < timedelta() else 0)
    clock.set(MAY)
    await due(customer)
    (invoice,) = await documents(customer)
    month = "2026-03" if since < timedelta() else "2026-04"
    assert lines_of(invoice)[0].params == {"month": month}


async def test_late_usage_goes_to_the_next_invoice_on_a_line_of_its_own(
    customer: Customer, clock: ManualClock
) -> None:
    await customer.receive(100_000, "EUR")
    first = await use(customer, 1_000)
    clock.set(APRIL)
    await due(customer)
    clock.set(APRIL - SECOND)  # an instant before, committed after
    late = await use(customer, 3_000)
    clock.set(APRIL + SECOND)
    await due(customer)
    own = await use(customer, 5_000)
    assert [row.gross_minor for row in await documents(customer)] == [first]
    clock.set(MAY)
    await due(customer)
    assert [row.gross_minor for row in await documents(customer)] == [first, late + own]
    lines = lines_of((await documents(customer))[-1])
    assert [(line.params["month"], line.quantity) for line in lines] == [
        ("2026-03", 3_000),
        ("2026-04", 5_000),
    ]
    assert await open_rows(customer) == 0


async def test_late_usage_of_a_month_without_another_one_is_invoiced_too(
    customer: Customer, clock: ManualClock
) -> None:
    await customer.receive(100_000, "EUR")
    await use(customer, 1_000)
    clock.set(APRIL)
    await due(customer)
    clock.set(APRIL - SECOND)
    late = await use(customer, 3_000)
    clock.set(APRIL + SECOND)
    await due(customer)
    clock.set(MAY)
    await due(customer)
    assert [row.gross_minor for row in await documents(customer)][1:] == [late]


async def test_steps_and_uses_at_once_invoice_everything_once(customer: Customer, clock: ManualClock) -> None:
    await customer.receive(1_000_000, "EUR")
    paid = await use(customer, 1_000)
    clock.set(APRIL)

    async def invoice() -> None:
        await customer.run(lambda work: invoice_usage(work, f"{ACCOUNT}/2026-03"))

    costs, *_ = await asyncio.gather(
        asyncio.gather(*(use(customer, 1_000 + n) for n in range(5))), invoice(), invoice()
    )
    paid += sum(costs)
    for month in (MAY, MAY.replace(month=6)):
        clock.set(month)
        await due(customer)
    assert sum(row.gross_minor for row in await documents(customer)) == paid
    assert await open_rows(customer) == 0
