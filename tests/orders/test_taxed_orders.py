"""Taxed sales on both databases: gross is paid, net is revenue, tax is owed, and all of it goes back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from server.accounts import actions as account_actions
from server.accounts.rules import MAILPRO, NewPassword
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.address import Address
from server.accounts.rules.signing import ContractingEntity, Signing
from server.kit.money import Currency
from server.kit.work import Call, Read, Units
from server.orders import actions
from server.orders.actions.usage import record_usage
from server.orders.actions.vat_numbers import clear_vat_number, review_vat_number, set_vat_number
from server.orders.model import VatNumber
from server.orders.reads.tax import tax_status, vat_number, vat_number_text
from server.orders.rules import Terms
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.invoicing_terms import InvoicingTerms, Seller
from server.orders.rules.items import ApiCalls, CreditPackItem, EmailSend, Usage
from server.orders.rules.problems import CountryMissing, VatNumberInvalid, VatNumberNotFound
from server.orders.rules.tax import TaxStatus
from server.orders.rules.tax_terms import TaxTerms
from server.orders.rules.terms import Metered
from server.wallet.model import Posting, Wallet
from server.wallet.reads.proof import verify_account
from server.wallet.rules import BalanceTooLow
from tests.orders.conftest import Customer

TEN_THOUSAND = CreditPackItem("EMAIL_10K", 1)
BERLIN = "DE136695976"


async def customer_in(units: Units, country: str | None, login: str = "mail.room") -> Customer:
    """Somebody who registered in a country."""
    account_id = await units.run(
        Call("register"),
        lambda work: account_actions.register(
            work, login, NewPassword("hash"), (MAILPRO.document, MAILPRO.version), Signing(country=country)
        ),
    )
    return Customer(units, account_id)


async def move_to(customer: Customer, country: str) -> None:
    address = Address("Marigold Works", "Lake Road", "12", "1200", "Harbour Town", country)
    await customer.run(lambda work: account_actions.set_postal_address(work, address))


async def counters(customer: Customer, unit: str) -> dict[str, int]:
    """What the wallet's postings say of each counter-account, from the customer's side."""
    query = (
        select(Posting.counter, func.sum(Posting.posted_delta).label("total"))
        .join(Wallet, Wallet.id == Posting.wallet_id)
        .where(Wallet.account_id == customer.account_id, Wallet.unit == unit)
        .group_by(Posting.counter)
    )
    return {row.counter: int(row.total) for row in await customer.read(lambda read: read.rows(query))}


async def check_ledger(customer: Customer) -> None:
    def look(read: Read) -> None:
        report = verify_account(read, customer.account_id)
        assert (report.faults, report.complete) == ([], True)

    await customer.read(look)


async def use(customer: Customer, *entries: Usage) -> list[list[object]]:
    receipt = await customer.run(lambda work: record_usage(work, customer.account_id, entries))
    postings: list[list[object]] = receipt.facts["postings"]
    return postings


@pytest.mark.rule("M029", "M030")
async def test_the_balance_pays_gross_in_one_transfer(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.receive(120_00, "EUR")
    order = await customer.order(TEN_THOUSAND, Currency.EUR)
    assert (order.net_minor, order.tax_rate_basis_points, order.tax_minor) == (95_00, 1900, 18_05)
    assert (order.tax_treatment, order.taxed.gross_minor) == ("STANDARD", 113_05)
    query = select(Posting.counter, Posting.kind, Posting.posted_delta).where(
        Posting.transfer_id == order.payment_transfer_id
    )
    linked = {tuple(row) for row in await customer.read(lambda read: read.rows(query))}
    assert linked == {
        ("REVENUE", "ORDER", -95_00),
        ("TAX", "TAX", -18_05),
        ("CREDITS_SOLD", "ORDER_CREDITS", 10_000),
    }
    assert await customer.balance("EUR") == 6_95
    await check_ledger(customer)


@pytest.mark.rule("M029")
async def test_who_has_the_net_amount_only_is_told_the_gross_one(units: Units) -> None:
    customer = await customer_in(units, "CH")
    await customer.receive(95_00, "CHF")  # 90.00 and 7.29
    with pytest.raises(BalanceTooLow) as caught:
        await customer.order(TEN_THOUSAND, Currency.CHF)
    assert (caught.value.unit, caught.value.available, caught.value.required) == ("CHF", 95_00, 97_29)
    assert await customer.balance("CHF") == 95_00
    await customer.receive(2_29, "CHF")
    assert (await customer.order(TEN_THOUSAND, Currency.CHF)).status == "ACTIVE"
    assert await customer.balance("CHF") == 0


@pytest.mark.rule("M029", "M030")
async def test_a_waiting_order_is_paid_gross_at_the_tax_of_its_day(units: Units) -> None:
    customer = await customer_in(units, "DE")
    order = await customer.order(TEN_THOUSAND, Currency.EUR, await_payment=True)
    assert (order.status, order.taxed.gross_minor) == ("PENDING", 113_05)
    await customer.run(lambda work: set_vat_number(work, BERLIN))

    async def activate() -> int:
        return await customer.run(
            lambda work: actions.activate_paid_orders(work, customer.account_id, Currency.EUR)
        )

    await customer.receive(113_04, "EUR")
    assert await activate() == 0
    assert await customer.balance("EUR") == 113_04
    await customer.receive(1, "EUR")
    assert await activate() == 1
    assert await counters(customer, "EUR") == {"PAYMENTS": 113_05, "REVENUE": -95_00, "TAX": -18_05}


@pytest.mark.rule("M029", "M077", "M078")
@pytest.mark.parametrize(
    ("reason", "fee_minor"),
    [(CancellationReason.CUSTOMER_ERROR, 32_41), (CancellationReason.SERVICE_FAULT, 0)],
)
async def test_a_cancellation_gives_the_gross_amount_back_less_the_fee(
    units: Units, reason: CancellationReason, fee_minor: int
) -> None:
    customer = await customer_in(units, "DE")
    await customer.receive(113_05, "EUR")
    order = await customer.order(TEN_THOUSAND, Currency.EUR)
    await customer.run(lambda work: actions.cancel_order(work, customer.account_id, order.id, reason))
    cancelled = await customer.found(order.id)
    assert (cancelled.fee_minor, cancelled.refund_minor) == (fee_minor, 113_05 - fee_minor)
    assert await customer.balance("EUR") == 113_05 - fee_minor
    fee = {"FEES": -fee_minor} if fee_minor else {}
    assert await counters(customer, "EUR") == fee | {
        "PAYMENTS": 113_05,
        "REVENUE": -95_00,
        "TAX": 0,
        "REFUNDS": 95_00,
    }
    await check_ledger(customer)


@pytest.mark.rule("M029", "M080")
async def test_a_small_orders_fee_takes_its_net_amount_and_no_tax(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.receive(22_61, "EUR")
    order = await customer.order(CreditPackItem("EMAIL_1K", 1), Currency.EUR)
    error = CancellationReason.CUSTOMER_ERROR
    await customer.run(lambda work: actions.cancel_order(work, customer.account_id, order.id, error))
    cancelled = await customer.found(order.id)
    assert (cancelled.fee_minor, cancelled.refund_minor) == (19_00, 3_61)


@pytest.mark.rule("M029")
async def test_usage_is_taxed_where_it_is_paid_with_money(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.receive(20_00, "EUR")
    await customer.receive(10, "EMAIL")
    lookups = ApiCalls(Metered.NUMBER_LOOKUP, 1_000, Currency.EUR)
    assert await use(customer, Usage(lookups, "a"), Usage(EmailSend(4), "b"), Usage(lookups, "c")) == [
        ["EUR", -7_26, 3, "a", 1_16, 1900, "STANDARD"],
        ["EMAIL", -4, 2, "b"],
        ["EUR", -7_26, 5, "c", 1_16, 1900, "STANDARD"],
    ]
    with pytest.raises(BalanceTooLow) as caught:
        await use(customer, Usage(lookups, "d"))
    assert (caught.value.available, caught.value.required) == (5_48, 7_26)
    assert await counters(customer, "EUR") == {"PAYMENTS": 20_00, "REVENUE": -12_20, "TAX": -2_32}
    await check_ledger(customer)


@pytest.mark.rule("M029")
async def test_the_largest_batch_of_taxed_usage_is_one_unit_of_work(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.receive(500 * 8, "EUR")
    lookups = ApiCalls(Metered.NUMBER_LOOKUP, 11, Currency.EUR)  # 0.07 and 0.01
    postings = await use(customer, *(Usage(lookups, f"run-{n}") for n in range(500)))
    assert {(posting[1], posting[4]) for posting in postings} == {(-8, 1)}
    assert await customer.balance("EUR") == 0


@pytest.mark.rule("M029")
async def test_a_vat_number_moves_the_tax_to_the_business_that_buys(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.receive(500_00, "EUR")
    await customer.run(lambda work: set_vat_number(work, BERLIN))
    order = await customer.order(TEN_THOUSAND, Currency.EUR)
    assert (order.tax_treatment, order.tax_minor, order.taxed.gross_minor) == ("REVERSE_CHARGE", 0, 95_00)
    (posting,) = await use(customer, Usage(ApiCalls(Metered.NUMBER_LOOKUP, 1_000, Currency.EUR), "a"))
    assert posting[4:] == [0, 0, "REVERSE_CHARGE"]
    await customer.run(clear_vat_number)
    await customer.run(clear_vat_number)
    assert (await customer.order(TEN_THOUSAND, Currency.EUR)).tax_minor == 18_05
    assert (await customer.found(order.id)).tax_minor == 0


@pytest.mark.rule("M029")
async def test_a_vat_number_counts_in_its_country_only(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.run(lambda work: set_vat_number(work, BERLIN))

    async def status() -> TaxStatus:
        return await customer.read(lambda read: tax_status(read, customer.account_id))

    assert await status() == TaxStatus("DE", vat_number_valid=True, seller_country="CH")
    await move_to(customer, "FR")
    assert await status() == TaxStatus("FR", vat_number_valid=False, seller_country="CH")
    with pytest.raises(VatNumberInvalid):
        await customer.run(lambda work: set_vat_number(work, BERLIN))
    await move_to(customer, "DE")
    assert (await status()).vat_number_valid


@pytest.mark.rule("M001", "M029")
async def test_who_signed_with_the_customer_sells(units: Units) -> None:
    abroad = await customer_in(units, "US")
    await move_to(abroad, "DE")
    assert (await abroad.read(lambda read: tax_status(read, abroad.account_id))).seller_country == "PA"
    units.house.terms.add(AccountTerms(entity_europe=ContractingEntity("GERMAN_COMPANY", "DE")))
    german = Seller("DE", "Beispiel GmbH", ("Beispielweg 1", "10115 Berlin"), "DE", BERLIN)
    units.house.terms.add(Terms(invoicing=InvoicingTerms(sellers={"GERMAN_COMPANY": german})))
    at_home = await customer_in(units, "DE", "second.room")
    await at_home.receive(200_00, "EUR")
    await at_home.run(lambda work: set_vat_number(work, BERLIN))
    assert (await at_home.order(TEN_THOUSAND, Currency.EUR)).tax_minor == 18_05


@pytest.mark.rule("M029")
async def test_a_vat_number_is_sealed_and_its_key_can_be_destroyed(units: Units) -> None:
    customer = await customer_in(units, "DE")
    await customer.run(lambda work: set_vat_number(work, BERLIN))
    sealed = await customer.read(lambda read: read.scalar(select(VatNumber.number)))
    assert BERLIN.encode() not in sealed

    def text(read: Read) -> str | None:
        row = vat_number(read, customer.account_id)
        assert row is not None
        return vat_number_text(read, row)

    assert await customer.read(text) == BERLIN
    units.house.keys.destroy(customer.account_id, ["billing"])
    assert await customer.read(text) is None


@pytest.mark.rule("M029")
async def test_staff_say_what_the_register_knows(units: Units) -> None:
    units.house.terms.add(Terms(tax=TaxTerms(verified_numbers_only=True)))
    customer = await customer_in(units, "DE")
    account_id = customer.account_id
    await customer.run(lambda work: set_vat_number(work, BERLIN))

    async def valid() -> bool:
        return (await customer.read(lambda read: tax_status(read, account_id))).vat_number_valid

    async def review(number: str, *, registered: bool, whose: str = account_id) -> None:
        await customer.run(lambda work: review_vat_number(work, whose, number, registered=registered))

    assert not await valid()
    for wrong, whose in (("DE136695977", account_id), ("", account_id), (BERLIN, "acc_\x00")):
        with pytest.raises(VatNumberNotFound):
            await review(wrong, registered=True, whose=whose)
    await review(BERLIN, registered=True)
    assert await valid()
    await review(BERLIN, registered=False)
    assert not await valid()
    with pytest.raises(VatNumberNotFound):
        await review(BERLIN, registered=True)


@pytest.mark.rule("M029")
async def test_where_the_country_is_required_nothing_is_sold_for_money_without_it(units: Units) -> None:
    units.house.terms.add(Terms(tax=TaxTerms(require_country=True)))
    customer = await customer_in(units, None)
    await customer.receive(200_00)
    await customer.receive(10, "EMAIL")
    with pytest.raises(CountryMissing):
        await customer.order(TEN_THOUSAND)
    with pytest.raises(CountryMissing):
        await use(customer, Usage(ApiCalls(Metered.NUMBER_LOOKUP, 1_000, Currency.USD), "a"))
    await use(customer, Usage(EmailSend(1), "b"))
    await move_to(customer, "US")
    assert (await customer.order(TEN_THOUSAND)).tax_treatment == "OUTSIDE_SCOPE"
