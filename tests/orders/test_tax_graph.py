"""Tax, VAT numbers and price changes through the whole schema: who sees and sets what."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from server.accounts.rules import Terms as AccountTerms
from server.gateway.engine import Engine
from server.kit.clock import ManualClock
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer
from server.kit.work import Units
from server.orders.rules import Terms
from server.orders.rules.tax_terms import TaxTerms
from server.reactions import reactions
from server.schema import schema
from server.terms import default_terms
from tests.accounts.conftest import Accounts, accounts, authenticator, hasher, passwords  # noqa: F401
from tests.orders.conftest import ACCOUNT, Customer
from tests.orders.test_graph import Api
from tests.orders.test_price_changes import APRIL, staff  # noqa: F401
from tests.orders.test_taxed_orders import BERLIN, customer_in

WHOLE = Engine(schema)
TAX = "net { amount } tax { amount } taxRate taxTreatment gross { amount currency }"
QUOTE = f"""query($input: QuoteOrderInput!) {{ quoteOrder(input: $input) {{ __typename ... on Problem {{ code }}
    ... on OrderQuote {{ {TAX} missing {{ amount }} }} }} }}"""
PLACE = f"""mutation($input: PlaceOrderInput!) {{ placeOrder(input: $input) {{ __typename ... on Problem {{ code }}
    ... on InsufficientBalance {{ available required }} ... on OrderPlaced {{ order {{ id {TAX} }} }} }} }}"""
CANCEL = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
    ... on OrderCancelled { refund { amount } fee { amount } } } }"""
USE = """mutation($input: RecordUsageInput!) { recordUsage(input: $input) { ... on Problem { code }
    ... on UsageRecorded { replayed postings { unit amount tax taxRate taxTreatment sequence } } } }"""
SET_NUMBER = """mutation($input: SetVatNumberInput!) { setVatNumber(input: $input) { __typename
    ... on Problem { code field } ... on VatNumberInvalid { fault country }
    ... on VatNumberStored { vatNumber { number country validatedBy setAt } } } }"""
MINE = "{ viewer { account { contractingEntity currency vatNumber { number country validatedBy } } } }"
NUMBERS = """query($seen: VatNumberValidation) { vatNumbers(validatedBy: $seen) {
    edges { node { accountId vatNumber { number validatedBy } } } } }"""
REVIEW = """mutation($input: ReviewVatNumberInput!) { reviewVatNumber(input: $input) { __typename
    ... on Problem { code field } ... on VatNumberReviewed { registered } } }"""
SET_PRICE = """mutation($input: SetPriceInput!) { setPrice(input: $input) { __typename
    ... on Problem { code field } ... on PriceOutOfRange { minimum { amount currency } maximum { amount } }
    ... on PriceSet { replayed change { id product price { amount currency } reason effectiveAt } } } }"""
CATALOG = """{ catalog(currency: USD) { creditPacks { code price { amount }
    nextPrice { amount { amount } effectiveAt reason } } meteredProducts { code nextPrice { reason } } } }"""
CHANGES = """query($upcoming: Boolean! = true, $first: Int! = 20, $after: String) {
    priceChanges(currency: USD, upcoming: $upcoming, first: $first, after: $after) {
        edges { node { product price { amount } } } pageInfo { endCursor hasNextPage } } }"""
PACK = {"creditPack": {"code": "EMAIL_10K"}}
PRICE = {"product": "EMAIL_10K", "price": {"amount": "120.00", "currency": "USD"}, "reason": "FX"}


@pytest.fixture
def terms() -> Registry:
    """All slices' numbers: notices are sent here too. Second factors have tests of their own."""
    terms = default_terms()
    terms.add(dataclasses.replace(terms.get(AccountTerms), second_factor_required_for=frozenset()))
    return terms


@pytest.fixture
def api(units: Units) -> Api:
    return Api(units, WHOLE)


def me(customer: Customer) -> Viewer:
    return Viewer(customer.account_id, "ses_1")


async def codes(api: Api, query: str, viewer: Viewer, **variables: Any) -> list[str]:
    response = await api.send(query, viewer, **variables)
    return [error["extensions"]["code"] for error in response.get("errors", [])]


@pytest.mark.rule("M029")
async def test_quote_order_and_cancellation_agree_on_net_rate_and_gross(api: Api) -> None:
    customer = await customer_in(api.units, "CH")
    await customer.receive(90_00, "CHF")
    asked = {"item": PACK, "currency": "CHF"}
    taxed = {
        "net": {"amount": "90.00"},
        "tax": {"amount": "7.29"},
        "taxRate": "8.1",
        "taxTreatment": "STANDARD",
        "gross": {"amount": "97.29", "currency": "CHF"},
    }
    quote = await api.data(QUOTE, me(customer), input=asked)
    assert quote == {"__typename": "OrderQuote", "missing": {"amount": "7.29"}, **taxed}
    short = await api.data(PLACE, me(customer), input=asked | {"idempotencyKey": "k-1"})
    assert (short["available"], short["required"]) == ("90.00", "97.29")
    await customer.receive(7_29, "CHF")
    placed = (await api.data(PLACE, me(customer), input=asked | {"idempotencyKey": "k-2"}))["order"]
    order_id = placed.pop("id")
    assert placed == taxed
    undo = {"orderId": order_id, "reason": "CUSTOMER_ERROR", "idempotencyKey": "k-3"}
    assert await api.data(CANCEL, me(customer), input=undo) == {
        "refund": {"amount": "66.32"},
        "fee": {"amount": "30.97"},
    }


@pytest.mark.rule("M029")
async def test_usage_shows_its_tax_also_when_it_is_replayed(api: Api) -> None:
    customer = await customer_in(api.units, "DE")
    await customer.receive(20_00, "EUR")
    await customer.receive(5, "EMAIL")
    lookups = {"apiCalls": {"product": "NUMBER_LOOKUP", "calls": 1000, "currency": "EUR"}}
    entries = [
        {"operation": lookups, "reference": "a"},
        {"operation": {"emailSend": {"messages": 2}}, "reference": "b"},
    ]
    answers = [
        await api.data(USE, me(customer), input={"entries": entries, "idempotencyKey": "k"}) for _ in range(2)
    ]
    assert [answer.pop("replayed") for answer in answers] == [False, True]
    assert answers[0] == answers[1]
    money, credits = answers[0]["postings"]
    assert money == {
        "unit": "EUR",
        "amount": "-7.26",
        "tax": "-1.16",
        "taxRate": "19",
        "taxTreatment": "STANDARD",
        "sequence": "3",
    }
    assert (credits["amount"], credits["tax"], credits["taxTreatment"]) == ("-2", "0", None)


@pytest.mark.rule("M029")
async def test_where_the_country_is_required_its_absence_is_a_typed_problem(api: Api) -> None:
    api.units.house.terms.add(Terms(tax=TaxTerms(require_country=True)))
    customer = await customer_in(api.units, None)
    order = {"item": PACK, "currency": "USD"}
    calls = {"apiCalls": {"product": "NUMBER_LOOKUP", "calls": 1000, "currency": "USD"}}
    entries = [{"operation": calls, "reference": "a"}]
    answers = [
        await api.data(QUOTE, me(customer), input=order),
        await api.data(PLACE, me(customer), input=order | {"idempotencyKey": "k-1"}),
        await api.data(USE, me(customer), input={"entries": entries, "idempotencyKey": "k-2"}),
        await api.data(SET_NUMBER, me(customer), input={"number": BERLIN}),
    ]
    assert {answer["code"] for answer in answers} == {"COUNTRY_MISSING"}


@pytest.mark.rule("M001", "M028", "M029")
async def test_a_vat_number_is_set_shown_and_taken_back(api: Api) -> None:
    customer = await customer_in(api.units, "DE")
    wrong = await api.data(SET_NUMBER, me(customer), input={"number": "DE136695977"})
    assert wrong == {
        "__typename": "VatNumberInvalid",
        "code": "VAT_NUMBER_INVALID",
        "field": "number",
        "fault": "CHECK_DIGITS",
        "country": "DE",
    }
    stored = await api.data(SET_NUMBER, me(customer), input={"number": "de 136 695 976"})
    number = {"number": BERLIN, "country": "DE", "validatedBy": "FORMAT"}
    assert stored["vatNumber"] == number | {"setAt": "2026-03-02T09:00:00Z"}
    assert (await api.data(MINE, me(customer)))["account"] == {
        "contractingEntity": "SWISS_COMPANY",
        "currency": "EUR",
        "vatNumber": number,
    }
    key = Viewer(customer.account_id, "key_1", frozenset({"orders:read"}))
    assert await codes(api, SET_NUMBER, key, input={"number": BERLIN}) == ["FORBIDDEN"]
    assert await api.data("mutation { clearVatNumber { cleared } }", me(customer)) == {"cleared": True}
    assert (await api.data(MINE, me(customer)))["account"]["vatNumber"] is None


@pytest.mark.rule("M029", "H012")
async def test_staff_list_and_review_vat_numbers(api: Api, staff: Viewer) -> None:  # noqa: F811
    told = [await customer_in(api.units, "DE", f"mail.room.{number}") for number in range(2)]
    for customer in told:
        await api.data(SET_NUMBER, me(customer), input={"number": BERLIN})

    async def listed(seen: str | None = None) -> list[str]:
        edges = (await api.data(NUMBERS, staff, seen=seen))["edges"]
        assert {edge["node"]["vatNumber"]["number"] for edge in edges} <= {BERLIN}
        return [edge["node"]["accountId"] for edge in edges]

    async def review(customer: Customer, *, registered: bool, number: str = BERLIN) -> Any:
        finding = {"accountId": customer.account_id, "number": number, "registered": registered}
        return await api.data(REVIEW, staff, input=finding)

    first, second = (customer.account_id for customer in told)
    assert await listed() == [second, first]
    assert (await review(told[0], registered=True))["registered"] is True
    assert (await listed("FORMAT"), await listed("STAFF")) == ([second], [first])
    assert (await review(told[1], registered=True, number="DE1"))["code"] == "VAT_NUMBER_NOT_FOUND"
    assert (await review(told[1], registered=False))["registered"] is False
    assert await listed() == [first]
    for stranger, code in ((me(told[0]), "FORBIDDEN"), (ANONYMOUS, "UNAUTHENTICATED")):
        assert await codes(api, NUMBERS, stranger) == [code]
        finding = {"accountId": first, "number": BERLIN, "registered": True}
        assert await codes(api, REVIEW, stranger, input=finding) == [code]


async def test_a_refused_vat_number_is_told_to_its_account(api: Api, staff: Viewer) -> None:  # noqa: F811
    customer = await customer_in(api.units, "DE")
    await api.data(SET_NUMBER, me(customer), input={"number": BERLIN})
    together = Api(Units(dataclasses.replace(api.units.house, reactions=reactions())), WHOLE)
    finding = {"accountId": customer.account_id, "number": BERLIN, "registered": False}
    await together.data(REVIEW, staff, input=finding)
    notices = await api.data(
        "{ viewer { account { notices(first: 5) { edges { node { kind } } } } } }", me(customer)
    )
    kinds = [edge["node"]["kind"] for edge in notices["account"]["notices"]["edges"]]
    assert kinds == ["VAT_NUMBER_REFUSED"]


@pytest.mark.rule("M033", "M034")
async def test_a_price_is_announced_in_the_catalog_until_it_applies(
    api: Api,
    clock: ManualClock,
    staff: Viewer,  # noqa: F811
) -> None:
    answers = [await api.data(SET_PRICE, staff, input=PRICE | {"idempotencyKey": "k-1"}) for _ in range(2)]
    assert [answer.pop("replayed") for answer in answers] == [False, True]
    assert answers[0] == answers[1]
    assert answers[0]["change"] | {"id": ""} == {
        "id": "",
        "product": "EMAIL_10K",
        "price": {"amount": "120.00", "currency": "USD"},
        "reason": "FX",
        "effectiveAt": "2026-04-01T00:00:00Z",
    }

    async def pack() -> dict[str, Any]:
        packs = (await api.data(CATALOG, ANONYMOUS))["creditPacks"]
        assert [one["nextPrice"] for one in packs if one["code"] != "EMAIL_10K"] == [None] * 4
        return next(one for one in packs if one["code"] == "EMAIL_10K")

    announced = {"amount": {"amount": "120.00"}, "effectiveAt": "2026-04-01T00:00:00Z", "reason": "FX"}
    assert await pack() == {"code": "EMAIL_10K", "price": {"amount": "100.00"}, "nextPrice": announced}
    assert len((await api.data(CHANGES, ANONYMOUS))["edges"]) == 1
    clock.set(APRIL)
    assert await pack() == {"code": "EMAIL_10K", "price": {"amount": "120.00"}, "nextPrice": None}
    assert (await api.data(CHANGES, ANONYMOUS))["edges"] == []
    quote = await api.data(QUOTE, Viewer(ACCOUNT, "ses_1"), input={"item": PACK, "currency": "USD"})
    assert quote["net"] == {"amount": "120.00"}


@pytest.mark.rule("M034")
async def test_announced_prices_are_paged(api: Api, staff: Viewer) -> None:  # noqa: F811
    for number in range(3):
        price = PRICE | {"price": {"amount": f"11{number}.00", "currency": "USD"}}
        await api.data(SET_PRICE, staff, input=price | {"idempotencyKey": f"k-{number}"})
    page = await api.data(CHANGES, ANONYMOUS, upcoming=False, first=2)
    assert [edge["node"]["price"]["amount"] for edge in page["edges"]] == ["112.00", "111.00"]
    rest = await api.data(CHANGES, ANONYMOUS, upcoming=False, after=page["pageInfo"]["endCursor"])
    assert [edge["node"]["price"]["amount"] for edge in rest["edges"]] == ["110.00"]


@pytest.mark.rule("M034", "H012")
async def test_only_finance_sets_prices_and_bad_ones_are_typed_problems(
    api: Api,
    staff: Viewer,  # noqa: F811
) -> None:
    asked = PRICE | {"idempotencyKey": "k-1"}
    support = Viewer("acc_2", "ses_2", staff_roles=frozenset({"SUPPORT"}))
    for viewer, code in (
        (ANONYMOUS, "UNAUTHENTICATED"),
        (support, "FORBIDDEN"),
        (Viewer(ACCOUNT, "ses_1"), "FORBIDDEN"),
    ):
        assert await codes(api, SET_PRICE, viewer, input=asked) == [code]

    async def refused(**change: Any) -> Any:
        return await api.data(SET_PRICE, staff, input=asked | change)

    zero = await refused(price={"amount": "0", "currency": "USD"}, idempotencyKey="k-2")
    assert zero == {
        "__typename": "PriceOutOfRange",
        "code": "PRICE_OUT_OF_RANGE",
        "field": "price",
        "minimum": {"amount": "10.00", "currency": "USD"},
        "maximum": {"amount": "1000.00"},
    }
    unknown = await refused(product="GOLD", idempotencyKey="k-3")
    assert unknown == {"__typename": "ProductUnknown", "code": "PRODUCT_UNKNOWN", "field": "product"}
    unsold = await refused(price={"amount": "1", "currency": "BRL"}, idempotencyKey="k-4")
    assert unsold["code"] == "NOT_SOLD_IN_CURRENCY"
