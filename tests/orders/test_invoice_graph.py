"""Documents from the payment to the download: what is issued when, who sees it, and through which links."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update
from starlette.applications import Starlette

from server.accounts import actions as account_actions
from server.accounts import rules as account_rules
from server.accounts.model import Person
from server.accounts.rules.address import Address
from server.gateway.engine import Engine
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.money import Currency, Money
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Units, Work
from server.notices.actions import set_language
from server.notices.reads import email_state, notices_of_account
from server.notices.reads import values as notice_values
from server.notices.rules import Mailing, OutboxState
from server.orders import http
from server.orders.actions import cancel_order, place_order
from server.orders.adapters import printer
from server.orders.adapters.printer import Printer
from server.orders.model import Invoice
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.invoicing_terms import InvoicingTerms
from server.orders.rules.items import CreditPackItem, EmailVerificationItem
from server.reactions import reactions
from server.schema import schema
from server.terms import default_terms
from server.topups import actions as topup_actions
from server.topups.actions.settlement import apply_answer, apply_provider_event
from server.topups.reads import TopUpRow
from server.topups.rules.outcomes import ChargedBack, ProviderNotice, Reinstated, Succeeded
from tests.orders.conftest import Customer

ENGINE = Engine(schema)
LINK_SECONDS = int(InvoicingTerms().link_age_max.total_seconds())
SWISS = Address("Exemple & Filles Sàrl", "Chemin des Acacias", "12b", "1203", "Genève", "CH")
FINANCE = Viewer("acc_staff", "ses_9", scopes=frozenset({"account:read"}), staff_roles=frozenset({"FINANCE"}))
MONEY = "{ amount currency }"
DOCUMENT = f"""id kind number language subjectId paymentReference net {MONEY} tax {MONEY} gross {MONEY}
    seller {{ name address country vatNumber }} corrects {{ number }}
    customer {{ name street number postalCode city country vatNumber reference }}
    lines {{ code text quantity unitPrice {MONEY} pricedUnits net {MONEY} taxRatePercent tax {MONEY}
        gross {MONEY} taxTreatment }}
    taxes {{ ratePercent treatment net {MONEY} tax {MONEY} }} links {{ html pdf expiresAt }}"""
LIST = f"""query($kind: InvoiceKind) {{ viewer {{ account {{ invoices(kind: $kind) {{
    edges {{ node {{ {DOCUMENT} }} }} }} }} }} }}"""
BY_NUMBER = "query($number: String!) { invoice(number: $number) { id } }"
ANNUAL = f"from to currencyTotals {{ net {MONEY} tax {MONEY} gross {MONEY} }}"
PACK = CreditPackItem("EMAIL_10K", 1)


@dataclass
class Shop:
    """The slices with their reactions, the API and the route of documents, over one house."""

    units: Units
    web: httpx.AsyncClient
    logins: list[str] = field(default_factory=list)

    async def account(self, address: Address | None = SWISS) -> Customer:
        login = f"customer.{len(self.logins)}"
        self.logins.append(login)
        policy = self.units.house.terms.get(account_rules.Terms).policy
        accepted = (policy.document, policy.version)
        account_id = await self.units.run(
            Call("register"),
            lambda work: account_actions.register(work, login, account_rules.NewPassword("hash"), accepted),
        )
        made = Customer(self.units, account_id)
        if address is not None:
            await made.run(lambda work: account_actions.set_postal_address(work, address))
        return made

    async def ask(self, query: str, viewer: Viewer, **variables: Any) -> dict[str, Any]:
        context = Context(self.units, Registry(), viewer, "req_1")
        result = await ENGINE.execute(ENGINE.prepare(query, None, variables), context)
        response: dict[str, Any] = json.loads(result.encode())
        return response

    async def documents(self, customer: Customer, kind: str | None = None) -> list[dict[str, Any]]:
        response = await self.ask(LIST, viewer_of(customer), kind=kind)
        assert "errors" not in response, response
        edges = response["data"]["viewer"]["account"]["invoices"]["edges"]
        return [edge["node"] for edge in edges]


def viewer_of(customer: Customer) -> Viewer:
    return Viewer(customer.account_id, "ses_1")


@pytest.fixture
def terms() -> Registry:
    return default_terms()


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    units = Units(replace(house, reactions=reactions()))
    app = Starlette(routes=http.documents(units, Printer()))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as web:
        yield Shop(units, web)


async def ordered(customer: Customer, reference: str | None = None) -> dict[str, Any]:
    await customer.receive(500_00, "CHF")
    action = lambda work: place_order(work, customer.account_id, PACK, Currency.CHF, reference)  # noqa: E731
    facts = (await customer.run(action)).facts
    return dict(facts)


async def topped_up(customer: Customer) -> TopUpRow:
    def create(work: Work) -> TopUpRow:
        money = Money(50_00, Currency.CHF)
        return topup_actions.create_top_up(work, customer.account_id, money, "tok_sandbox_success", "sandbox")

    top_up = await customer.run(create)
    await customer.run(lambda work: topup_actions.begin_charge(work, top_up.id))
    received = Succeeded(50_00, "ref_1", top_up.created_at)
    await customer.run(lambda work: apply_answer(work, top_up.id, received))
    return top_up


@pytest.mark.rule("M001", "M029", "M030")
async def test_a_paid_order_is_invoiced_by_the_contracting_entity(shop: Shop) -> None:
    customer = await shop.account()
    order_id = (await ordered(customer, "PO 4711"))["order_id"]
    (invoice,) = await shop.documents(customer)
    order = await customer.found(order_id)
    assert invoice["kind"] == "INVOICE"
    assert invoice["number"] == "CH-2026-000001"
    assert (invoice["subjectId"], invoice["paymentReference"]) == (order_id, order.payment_transfer_id)
    assert invoice["seller"]["country"] == "CH"
    assert invoice["customer"] == {
        "name": SWISS.name,
        "street": SWISS.street,
        "number": "12b",
        "postalCode": "1203",
        "city": "Genève",
        "country": "CH",
        "vatNumber": None,
        "reference": "PO 4711",
    }
    (line,) = invoice["lines"]
    assert line["text"] == "E-mail credits, pack of 10,000"
    assert (line["net"]["amount"], line["taxRatePercent"], line["tax"]["amount"]) == ("90.00", "8.1", "7.29")
    assert [invoice[part]["amount"] for part in ("net", "tax", "gross")] == ["90.00", "7.29", "97.29"]
    assert invoice["taxes"] == [
        {"ratePercent": "8.1", "treatment": "STANDARD", "net": line["net"], "tax": line["tax"]}
    ]
    assert await customer.balance("CHF") == 500_00 - 97_29


@pytest.mark.rule("M001")
async def test_customers_elsewhere_are_invoiced_by_the_other_entity(shop: Shop) -> None:
    customer = await shop.account(replace(SWISS, country="BR"))
    await ordered(customer)
    (invoice,) = await shop.documents(customer)
    assert invoice["number"].startswith("PA-")
    assert (invoice["seller"]["country"], invoice["lines"][0]["taxTreatment"]) == ("PA", "OUTSIDE_SCOPE")


@pytest.mark.rule("M030")
async def test_an_order_that_waits_is_invoiced_when_it_is_paid(shop: Shop) -> None:
    customer = await shop.account()
    action = lambda work: place_order(  # noqa: E731
        work, customer.account_id, CreditPackItem("SMS_100", 1), Currency.CHF, await_payment=True
    )
    await customer.run(action)
    assert await shop.documents(customer) == []
    await topped_up(customer)
    kinds = [document["kind"] for document in await shop.documents(customer)]
    assert sorted(kinds) == ["INVOICE", "RECEIPT"]


async def test_a_refused_order_is_not_invoiced(shop: Shop) -> None:
    customer = await shop.account()
    with pytest.raises(Exception, match="less available"):
        await customer.run(lambda work: place_order(work, customer.account_id, PACK, Currency.CHF))
    assert await shop.documents(customer) == []


async def test_a_cancellation_is_credited_with_the_fee_as_a_line(shop: Shop) -> None:
    customer = await shop.account()
    order_id = (await ordered(customer))["order_id"]
    reason = CancellationReason.CUSTOMER_ERROR
    await customer.run(lambda work: cancel_order(work, customer.account_id, order_id, reason))
    note, invoice = await shop.documents(customer)
    assert (note["kind"], note["corrects"]["number"]) == ("CREDIT_NOTE", invoice["number"])
    order, fee = note["lines"]
    assert (order["gross"], fee["code"]) == (invoice["gross"], "CANCELLATION_FEE")
    row = await customer.found(order_id)
    assert fee["gross"]["amount"] == f"-{row.fee_minor / 100:.2f}"
    assert note["gross"]["amount"] == f"{row.refund_minor / 100:.2f}"
    assert await customer.balance("CHF") == 500_00 - 97_29 + row.refund_minor


async def test_an_order_that_was_never_paid_is_cancelled_without_a_document(shop: Shop) -> None:
    customer = await shop.account()
    item = EmailVerificationItem(1000, False, None)
    placed = await customer.run(
        lambda work: place_order(work, customer.account_id, item, Currency.CHF, await_payment=True)
    )
    order_id, reason = placed.facts["order_id"], CancellationReason.CUSTOMER_ERROR
    await customer.run(lambda work: cancel_order(work, customer.account_id, order_id, reason))
    assert await shop.documents(customer) == []


async def test_a_top_up_has_a_receipt_that_a_chargeback_takes_back(shop: Shop) -> None:
    customer = await shop.account()
    top_up = await topped_up(customer)
    (receipt,) = await shop.documents(customer)
    assert (receipt["kind"], receipt["number"], receipt["taxes"]) == ("RECEIPT", "CH-RC-2026-000001", [])
    assert (receipt["gross"]["amount"], receipt["tax"]["amount"]) == ("50.00", "0.00")
    back = ChargedBack(top_up.created_at + timedelta(seconds=1))
    notice = ProviderNotice("sandbox", "evt_1", top_up.transaction_id, back)
    await customer.run(lambda work: apply_provider_event(work, notice))
    correction, _ = await shop.documents(customer)
    assert (correction["number"], correction["corrects"]["number"]) == (
        "CH-RC-2026-000002",
        receipt["number"],
    )


async def test_receipts_follow_each_part_that_goes_and_comes_back(shop: Shop) -> None:
    customer = await shop.account()
    top_up = await topped_up(customer)
    at = top_up.created_at + timedelta(seconds=1)
    disputed = ChargedBack(at, "dp_1", 20_00, "CHF"), ChargedBack(at, "dp_2", 50_00, "CHF")
    for number, outcome in enumerate(
        (*disputed, Reinstated("dp_2", at), ChargedBack(at, "dp_3", 30_00, "CHF"))
    ):
        notice = ProviderNotice("sandbox", f"evt_{number}", top_up.transaction_id, outcome)
        for _ in range(2):
            await customer.run(lambda work, notice=notice: apply_provider_event(work, notice))
    shown = [(one["gross"]["amount"], one["corrects"] is not None) for one in await shop.documents(customer)]
    assert shown[::-1] == [
        ("50.00", False),
        ("20.00", True),
        ("30.00", True),
        ("30.00", False),
        ("30.00", True),
    ]


async def test_an_invoice_is_told_in_the_application_and_by_e_mail(shop: Shop) -> None:
    shop.units.house.terms.add(Mailing(relay=True))
    customer = await shop.account()

    def give_email(work: Work) -> None:
        email = work.seal(customer.account_id, "identity", "people.email", "bills@example.com")
        mine = Person.account_id == customer.account_id
        work.execute(update(Person).where(mine).values(email=email, email_verified_at=work.now))

    await customer.run(give_email)
    await ordered(customer)
    (notice,) = await customer.read(lambda read: notices_of_account(read, customer.account_id, 10))
    values = await customer.read(lambda read: notice_values(read, notice))
    assert (notice.kind, values) == ("invoice_issued", {"number": "CH-2026-000001", "amount": "97.29 CHF"})
    assert await customer.read(lambda read: email_state(read, notice.id)) is OutboxState.QUEUED


async def test_documents_are_found_by_kind_number_and_id_but_not_by_others(shop: Shop) -> None:
    customer, stranger = await shop.account(), await shop.account()
    await ordered(customer)
    await topped_up(customer)
    (invoice,) = await shop.documents(customer, "INVOICE")
    number = invoice["number"]
    mine, theirs = viewer_of(customer), viewer_of(stranger)
    node = "query($id: ID!) { node(id: $id) { id } }"
    for viewer, found in ((mine, {"id": invoice["id"]}), (theirs, None)):
        assert (await shop.ask(BY_NUMBER, viewer, number=number))["data"]["invoice"] == found
        assert (await shop.ask(node, viewer, id=invoice["id"]))["data"]["node"] == found
    for odd in ("", "CH-2026-000009", "x" * 100, "\0"):
        assert (await shop.ask(BY_NUMBER, mine, number=odd))["data"]["invoice"] is None


@pytest.mark.rule("Q010", "M102")
async def test_finance_staff_read_customers_documents_and_nobody_else_does(shop: Shop) -> None:
    customer = await shop.account()
    await ordered(customer)
    query = f"""query($id: ID!) {{ customerInvoices(accountId: $id) {{ edges {{ node {{ number }} }} }}
        customerAnnualBill(accountId: $id) {{ {ANNUAL} }}
        customerInvoice(number: "CH-2026-000001") {{ gross {MONEY} }} }}"""
    response = await shop.ask(query, FINANCE, id=customer.account_id)
    assert response["data"]["customerInvoices"]["edges"] == [{"node": {"number": "CH-2026-000001"}}]
    assert response["data"]["customerInvoice"] == {"gross": {"amount": "97.29", "currency": "CHF"}}
    (total,) = response["data"]["customerAnnualBill"]["currencyTotals"]
    assert [total[part]["amount"] for part in ("net", "tax", "gross")] == ["90.00", "7.29", "97.29"]
    for viewer in (viewer_of(customer), replace(FINANCE, staff_roles=frozenset({"SUPPORT"}))):
        refused = await shop.ask(query, viewer, id=customer.account_id)
        assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


@pytest.mark.rule("M102")
async def test_an_account_sees_its_annual_bill(shop: Shop, clock: ManualClock) -> None:
    customer = await shop.account()
    await ordered(customer)
    query = f"{{ viewer {{ account {{ annualBill {{ {ANNUAL} }} }} }} }}"
    response = await shop.ask(query, viewer_of(customer))
    bill = response["data"]["viewer"]["account"]["annualBill"]
    assert bill["currencyTotals"][0]["gross"] == {"amount": "97.29", "currency": "CHF"}
    assert bill["to"][:10] == clock.now().date().isoformat()
    assert bill["from"][:4] == str(clock.now().year - 1)


async def test_links_give_the_page_and_the_pdf_without_a_session(shop: Shop) -> None:
    customer = await shop.account()
    await customer.run(lambda work: set_language(work, customer.account_id, "fr"))
    await ordered(customer)
    (invoice,) = await shop.documents(customer)
    page = await shop.web.get(invoice["links"]["html"])
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-disposition"] == 'inline; filename="CH-2026-000001.html"'
    assert "Facture" in page.text
    assert "97,29\u00a0CHF" in page.text
    pdf = await shop.web.get(invoice["links"]["pdf"])
    assert pdf.status_code == 200
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == 'attachment; filename="CH-2026-000001.pdf"'
    assert pdf.content.startswith(b"%PDF-")
    for answer in (page, pdf):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("seconds", "status"), [(LINK_SECONDS - 1, 200), (LINK_SECONDS, 410), (LINK_SECONDS + 1, 410)]
)
async def test_a_link_ends_at_its_instant(shop: Shop, clock: ManualClock, seconds: int, status: int) -> None:
    customer = await shop.account()
    await ordered(customer)
    (invoice,) = await shop.documents(customer)
    clock.advance(timedelta(seconds=seconds))
    assert (await shop.web.get(invoice["links"]["html"])).status_code == status


async def test_a_link_that_was_not_made_here_tells_nothing(shop: Shop, clock: ManualClock) -> None:
    customer = await shop.account()
    await ordered(customer)
    await ordered(customer)
    second, first = await shop.documents(customer)
    link: str = first["links"]["html"]
    name, _, query = link.partition("?")
    signature = query.partition("signature=")[2]
    forged = [
        name,
        f"{name}?expires=9999999999&signature={signature}",
        f"{name}?expires=%31%00&signature={signature}",
        f"{name}?expires=٣&signature={signature}",
        f"{name}?{query}x",
        f"{name}?{query[:-1]}é",
        f"{name.replace('.html', '.pdf')}?{query}",
        f"{name.replace('.html', '')}?{query}",
        f"{name.replace(first['id'], second['id'])}?{query}",
        f"/documents/..%2f..%2fetc%2fpasswd?{query}",
    ]
    answers = [await shop.web.get(url) for url in forged]
    assert {(answer.status_code, answer.text) for answer in answers[:-1]} == {(404, "Not found.\n")}
    assert answers[-1].status_code == 404
    clock.advance(timedelta(days=1))
    assert (await shop.web.get(f"{name}?{query}x")).status_code == 404


async def test_too_many_documents_at_once_are_asked_to_come_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await shop.account()
    await ordered(customer)
    (invoice,) = await shop.documents(customer)
    monkeypatch.setattr(printer, "WAITING_MAX", 0)
    answer = await shop.web.get(invoice["links"]["pdf"])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await shop.web.get(invoice["links"]["html"])).status_code == 200


async def test_orders_of_before_are_cancelled_without_a_credit_note(shop: Shop) -> None:
    """They were paid when nothing was invoiced yet."""
    customer = await shop.account()
    order_id = (await ordered(customer))["order_id"]
    await customer.run(lambda work: work.execute(delete(Invoice)))
    reason = CancellationReason.DUPLICATE
    await customer.run(lambda work: cancel_order(work, customer.account_id, order_id, reason))
    assert await shop.documents(customer) == []
    assert await customer.balance("CHF") == 500_00
