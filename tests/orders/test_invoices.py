"""Invoices, credit notes and receipts: numbers without a gap, sums that are the postings, what is kept of whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from server.accounts import rules as account_rules
from server.kit import events
from server.kit.clock import ManualClock
from server.kit.money import Currency
from server.kit.problems import Refusal
from server.kit.work import Read, Units, Work
from server.orders.actions.invoicing import correct_receipt, issue_credit_note, issue_invoice, issue_receipt
from server.orders.model import Invoice
from server.orders.reads.invoices import (
    AnnualBill,
    Billed,
    InvoiceRow,
    annual_bill,
    customer_of,
    invoice,
    lines_of,
    seller_of,
)
from server.orders.rules.invoices import Line, Series, annual_bill_start, check_lines, document_number, totals
from server.orders.rules.invoicing_terms import InvoicingTerms, Seller, seller_faults
from server.orders.rules.tax import Taxed, TaxTreatment
from server.topups.reads import TopUpRow
from tests.orders.conftest import ACCOUNT, Customer

AT_ONCE = 50
VAT = 810


class Changed(Refusal):
    """A decision was taken back after its invoice was issued."""

    code = "TEST_CHANGED"

    def numbers(self) -> dict[str, Any]:
        return {}


def taxed(net_minor: int, rate: int = VAT) -> Taxed:
    treatment = TaxTreatment.STANDARD if rate else TaxTreatment.OUTSIDE_SCOPE
    return Taxed(net_minor, rate, (2 * net_minor * rate + 10_000) // 20_000, treatment)


def line(net_minor: int = 100_00, rate: int = VAT) -> Line:
    return Line("CREDIT_PACK_EMAIL", {"credits": "10000"}, 1, net_minor, 1, taxed(net_minor, rate))


def top_up(received_minor: int, number: int = 1) -> TopUpRow:
    return TopUpRow(
        f"top_{number}",
        ACCOUNT,
        "USD",
        received_minor,
        received_minor,
        "SUCCEEDED",
        f"txn_{number}",
        *([None] * (len(TopUpRow._fields) - 7)),
    )


async def issued(customer: Customer, subject: str = "ord_1", **options: Any) -> InvoiceRow:
    lines = options.pop("lines", [line()])
    return await run(
        customer,
        lambda work: issue_invoice(work, ACCOUNT, Currency.USD, lines, subject_id=subject, **options),
    )


async def run(customer: Customer, action: Callable[[Work], str]) -> InvoiceRow:
    invoice_id = await customer.run(action)
    row = await customer.read(lambda read: invoice(read, invoice_id))
    assert row is not None
    return row


async def numbers(units: Units) -> Sequence[str]:
    query = select(Invoice.number).order_by(Invoice.number)
    return await units.read(lambda read: [row.number for row in read.rows(query)])


def serials(numbers: Sequence[str]) -> list[int]:
    return [int(number.rpartition("-")[2]) for number in numbers]


def test_a_number_names_seller_series_year_and_serial() -> None:
    seller = Seller("CH", "Example", (), "CH", "")
    assert document_number(seller, Series.INVOICE, 2026, 123) == "CH-2026-000123"
    assert document_number(seller, Series.CREDIT_NOTE, 2026, 1) == "CH-CN-2026-000001"
    assert document_number(seller, Series.RECEIPT, 2026, 1_234_567) == "CH-RC-2026-1234567"


def test_two_sellers_cannot_share_a_prefix() -> None:
    seller = Seller("CH", "Example", (), "CH", "")
    with pytest.raises(ValueError, match="prefix"):
        InvoicingTerms(sellers={"A": seller, "B": seller})


def test_who_signs_with_customers_must_be_able_to_invoice() -> None:
    terms, accounts = InvoicingTerms(), account_rules.Terms()
    assert seller_faults(terms, [accounts.entity_europe.code, accounts.entity_other.code]) == []
    assert seller_faults(terms, ["ANOTHER"]) == ["ANOTHER signs with customers, and is no seller"]


async def test_concurrent_issues_and_refusals_leave_no_gap(customer: Customer) -> None:
    """A refused savepoint gives its number back, also within one group commit."""

    async def attempt(number: int) -> bool:
        def action(work: Work) -> None:
            issue_invoice(work, ACCOUNT, Currency.USD, [line()], subject_id=f"ord_{number}")
            if number % 3 == 0:
                raise Changed

        try:
            await customer.run(action)
        except Changed:
            return False
        return True

    kept = await asyncio.gather(*(attempt(number) for number in range(AT_ONCE)))
    assert serials(await numbers(customer.units)) == list(range(1, sum(kept) + 1))


async def test_concurrent_issues_for_one_subject_are_one_invoice(customer: Customer) -> None:
    """PostgreSQL refuses the second by the unique constraint; then nothing of its transaction is kept."""

    async def attempt() -> str | None:
        action = lambda work: issue_invoice(work, ACCOUNT, Currency.USD, [line()], subject_id="ord_1")  # noqa: E731
        try:
            return await customer.run(action)
        except DBAPIError:
            return None

    found = await asyncio.gather(*(attempt() for _ in range(10)))
    assert len(set(found) - {None}) == 1
    assert await issued(customer, "ord_1") is not None
    assert len(await numbers(customer.units)) == 1
    assert (await issued(customer, "ord_2")).serial == 2


async def test_a_failure_after_the_number_loses_nothing(customer: Customer) -> None:
    class Killed(Exception):
        """The process ends between the statement and the commit."""

    def action(work: Work) -> None:
        issue_invoice(work, ACCOUNT, Currency.USD, [line()], subject_id="ord_1")
        raise Killed

    with pytest.raises(Killed):
        await customer.run(action)
    assert await numbers(customer.units) == []
    assert (await issued(customer)).serial == 1


async def test_each_series_and_each_year_in_utc_begins_at_one(customer: Customer, clock: ManualClock) -> None:
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    clock.set(new_year - timedelta(seconds=1))
    last = await issued(customer, "ord_1")
    clock.set(new_year)
    first = await issued(customer, "ord_2")
    clock.set(new_year + timedelta(seconds=1))
    receipt = await run(customer, lambda work: issue_receipt(work, top_up(50_00)))
    numbers = [row.number for row in (last, first, receipt)]
    assert numbers == ["PA-2026-000001", "PA-2027-000001", "PA-RC-2027-000001"]


async def test_a_document_is_never_changed(customer: Customer) -> None:
    row = await issued(customer)
    with pytest.raises(DBAPIError, match="never changed"):
        await customer.run(
            lambda work: work.execute(update(Invoice).values(net_minor=0, gross_minor=row.tax_minor))
        )


@pytest.mark.rule("M029")
async def test_net_rate_tax_and_gross_stand_apart(customer: Customer) -> None:
    row = await issued(customer, lines=[line(100_00), line(50_00, 260), line(7_00, 0)])
    assert (row.net_minor, row.tax_minor, row.gross_minor) == (157_00, 9_40, 166_40)
    rates = totals(lines_of(row)).by_rate
    assert [(one.rate_basis_points, one.net_minor, one.tax_minor) for one in rates] == [
        (810, 100_00, 8_10),
        (260, 50_00, 1_30),
        (0, 7_00, 0),
    ]


@given(
    st.lists(
        st.tuples(st.integers(1, 10**12), st.sampled_from([0, 260, 810, 2000])), min_size=1, max_size=100
    )
)
def test_totals_are_exactly_the_sums_of_the_lines(amounts: list[tuple[int, int]]) -> None:
    lines = [line(net, rate) for net, rate in amounts]
    sums = totals(lines)
    assert sums.gross_minor == sum(one.taxed.gross_minor for one in lines)
    assert sums.net_minor == sum(one.net_minor for one in sums.by_rate)
    assert sums.tax_minor == sum(one.tax_minor for one in sums.by_rate)
    assert [Line.restore(one.document()) for one in lines] == lines


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [line()] * 101,
        [Line("SURPRISE", {}, 1, 1, 1, taxed(1))],
        [Line("TOP_UP", {"email": "x"}, 1, 1, 1, taxed(1))],
        [line(), line(-100_01)],
    ],
)
def test_lines_that_cannot_be_meant_are_a_bug_of_the_caller(lines: list[Line]) -> None:
    with pytest.raises(ValueError):
        check_lines(lines, 100)


async def test_a_subject_is_invoiced_once(customer: Customer) -> None:
    first = await issued(customer)
    assert await issued(customer, lines=[line(1)]) == first


async def test_a_credit_note_takes_back_at_most_the_invoice(customer: Customer) -> None:
    invoiced = await issued(customer)

    def credit(net_minor: int, subject: str) -> Callable[[Work], str]:
        def action(work: Work) -> str:
            found = issue_credit_note(work, invoiced.id, [line(net_minor)], subject_id=subject)
            assert found is not None
            return found

        return action

    note = await run(customer, credit(60_00, "part_1"))
    assert (note.corrects_id, note.seller, note.gross_minor) == (invoiced.id, invoiced.seller, 64_86)
    with pytest.raises(ValueError, match="more is taken back"):
        await customer.run(credit(40_01, "part_2"))
    assert (await run(customer, credit(40_00, "part_2"))).serial == 2


async def test_nothing_is_credited_that_was_not_invoiced(customer: Customer) -> None:
    assert await customer.run(lambda work: issue_credit_note(work, "ord_9", [line()])) is None


async def test_a_receipt_bears_no_tax_and_is_taken_back_with_the_money(customer: Customer) -> None:
    receipt = await run(customer, lambda work: issue_receipt(work, top_up(50_00)))
    assert (receipt.series, receipt.net_minor, receipt.tax_minor) == ("RECEIPT", 50_00, 0)
    correction = await run(customer, lambda work: correct_receipt(work, top_up(50_00), 50_00, "trv_1")[0])
    assert (correction.corrects_id, correction.gross_minor) == (receipt.id, 50_00)
    assert await customer.run(lambda work: correct_receipt(work, top_up(1, 2), 1, "trv_2")) == []


async def test_each_document_is_one_event_about_it(customer: Customer) -> None:
    row = await issued(customer)

    def stored(read: Read) -> Sequence[events.StoredEvent]:
        return events.after(read.connection, ACCOUNT, 0, ["InvoiceIssued"], 10)

    assert [event.subject_id for event in await customer.read(stored)] == [row.id]


@pytest.mark.rule("M102")
async def test_the_annual_bill_is_that_of_the_last_twelve_months(
    customer: Customer, clock: ManualClock
) -> None:
    """The instant twelve months ago is outside, and one second after it inside: see `annual_bill_start`."""
    now = clock.now()
    start = now.replace(year=now.year - 1)
    for number, offset in enumerate((-1, 0, 1)):
        clock.set(start + timedelta(seconds=offset))
        await issued(customer, f"ord_{number}", lines=[line(10 ** (number + 2), 0)])
    clock.set(now)
    await issued(customer, "ord_now", lines=[line(5, 0)])
    await run(customer, lambda work: issue_receipt(work, top_up(1_000_00)))
    bill = await customer.read(lambda read: annual_bill(read, ACCOUNT))
    assert bill == AnnualBill(start, now, [Billed("USD", 100_05, 0)])


@pytest.mark.rule("M102")
async def test_credit_notes_lessen_the_annual_bill(customer: Customer) -> None:
    invoiced = await issued(customer)
    await customer.run(lambda work: issue_credit_note(work, invoiced.id, [line(60_00)]))
    bill = await customer.read(lambda read: annual_bill(read, ACCOUNT))
    assert bill.billed == [Billed("USD", 40_00, 3_24)]


def test_twelve_months_before_a_leap_day() -> None:
    assert annual_bill_start(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2027, 2, 28, tzinfo=UTC)


async def test_without_an_address_no_key_is_made_and_nothing_is_kept_of_the_customer(
    customer: Customer,
) -> None:
    row = await issued(customer)
    assert row.customer is None
    assert await customer.read(lambda read: customer_of(read, row)) is None


@pytest.mark.rule("M120")
async def test_the_customer_is_sealed_in_the_class_of_billing_and_goes_with_its_key(
    customer: Customer,
) -> None:
    row = await issued(customer, reference="PO 4711")
    found = await customer.read(lambda read: customer_of(read, row))
    assert found is not None
    assert found.reference == "PO 4711"
    customer.units.house.keys.destroy(ACCOUNT, ["identity", "content"])
    assert await customer.read(lambda read: customer_of(read, row)) == found
    customer.units.house.keys.destroy(ACCOUNT, ["billing"])
    assert await customer.read(lambda read: customer_of(read, row)) is None


@pytest.mark.rule("M001")
async def test_the_contracting_entity_stands_on_the_document(customer: Customer) -> None:
    """Of an account whose country is not known it is the one for the rest of the world."""
    seller = seller_of(await issued(customer))
    code = account_rules.Terms().entity_other.code
    assert seller == InvoicingTerms().sellers[code]
