"""Invoices, credit notes and receipts in the API, and what twelve months of them are (M102)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import Node, NodeLoader
from server.kit.graph.scalars import MoneyType
from server.kit.ids import is_id
from server.kit.money import Currency, Money
from server.kit.work import Read
from server.orders.adapters.wording import Wording
from server.orders.graph.access import FINANCE, OWN, READ
from server.orders.graph.enums import TaxTreatmentEnum
from server.orders.reads import invoices as reads
from server.orders.reads.invoices import AnnualBill, Billed, InvoiceRow
from server.orders.reads.links import Form, address_of, new_link
from server.orders.rules import invoices as rules
from server.orders.rules.invoices import RateTotal, Series
from server.orders.rules.invoicing_terms import Seller
from server.orders.rules.tax import percent_of

_NUMBER_LENGTH_MAX = 40


@strawberry.enum(name="InvoiceKind", description="What a document is.")
class InvoiceKind(Enum):
    INVOICE = strawberry.enum_value("INVOICE", description="It bills what was paid.")
    CREDIT_NOTE = strawberry.enum_value(
        "CREDIT_NOTE", description="It takes an invoice back, in whole or in part."
    )
    RECEIPT = strawberry.enum_value(
        "RECEIPT", description="It confirms money that came in, or with `corrects` that went again; no tax."
    )


@exposes(OWN)
@strawberry.type(description="The company that issued a document, as it was then (M001).")
class InvoiceSeller:
    name: str = strawberry.field(description="Its name.")
    address: list[str] = strawberry.field(description="Its address, line by line.")
    country: str = strawberry.field(description="Its country, as two letters of ISO 3166-1.")
    vat_number: str = strawberry.field(description="Its VAT number.")

    @classmethod
    def of(cls, seller: Seller) -> InvoiceSeller:
        return cls(
            name=seller.name,
            address=list(seller.address),
            country=seller.country,
            vat_number=seller.vat_number,
        )


@exposes(OWN)
@strawberry.type(
    description="Whom a document is addressed to. Each part is null where it was not known then."
)
class InvoiceCustomer:
    name: str | None = strawberry.field(description="The name of the person or company.")
    street: str | None = strawberry.field(description="The street.")
    number: str | None = strawberry.field(description="The number in the street.")
    postal_code: str | None = strawberry.field(description="The postal code.")
    city: str | None = strawberry.field(description="The city.")
    country: str | None = strawberry.field(description="The country, as two letters of ISO 3166-1.")
    vat_number: str | None = strawberry.field(description="The customer's VAT number.")
    reference: str | None = strawberry.field(description="The customer's own name for what was ordered.")

    @classmethod
    def of(cls, customer: rules.Customer) -> InvoiceCustomer:
        return cls(
            name=customer.name,
            street=customer.street,
            number=customer.number,
            postal_code=customer.postal_code,
            city=customer.city,
            country=customer.country,
            vat_number=customer.vat_number,
            reference=customer.reference,
        )


@exposes(OWN)
@strawberry.type(description="One line of a document. Amounts below zero lessen its total.")
class InvoiceLine:
    code: str = strawberry.field(description="What it is, for programs.")
    text: str = strawberry.field(description="The same for people, in the document's language.")
    quantity: int = strawberry.field(description="How many.")
    unit_price: MoneyType = strawberry.field(description="The price of `pricedUnits` of the quantity, net.")
    priced_units: int = strawberry.field(description="How many units the unit price is for.")
    net: MoneyType = strawberry.field(description="Its amount without tax.")
    tax_rate_percent: Decimal = strawberry.field(description="The rate of its tax, in percent: 8.1.")
    tax: MoneyType = strawberry.field(description="The tax on it.")
    gross: MoneyType = strawberry.field(description="Net and tax.")
    tax_treatment: TaxTreatmentEnum = strawberry.field(description="Why it has this tax.")


@exposes(OWN)
@strawberry.type(description="What is taxed alike on a document (M029).")
class InvoiceTax:
    rate_percent: Decimal = strawberry.field(description="The rate, in percent: 8.1.")
    treatment: TaxTreatmentEnum = strawberry.field(description="Why this rate.")
    net: MoneyType = strawberry.field(description="The amounts that the tax is taken on.")
    tax: MoneyType = strawberry.field(description="The tax: the sum of the lines', rounded no further.")


@exposes(OWN)
@strawberry.type(
    description="Where to download a document, without signing in. Paths on this server; whoever has one may use it "
    "until it expires, so do not store or forward it."
)
class InvoiceLinks:
    html: str = strawberry.field(description="A page to print.")
    pdf: str = strawberry.field(description="A PDF.")
    expires_at: datetime = strawberry.field(description="From then on the links are of no use; ask again.")


def _corrected(parents: Sequence[Invoice], info: Info) -> list[Invoice | None]:
    wanted = {parent.row.corrects_id for parent in parents if parent.row.corrects_id is not None}
    found = reads.invoices(info.context.read, wanted)
    rows = [found.get(parent.row.corrects_id or "") for parent in parents]
    return [Invoice.of(row) if row is not None else None for row in rows]


@exposes(OWN)
@strawberry.type(
    description="An invoice, credit note or payment receipt. It never changes. All its amounts are in the direction "
    "of the document: a credit note of 10 takes 10 back."
)
class Invoice(Node):
    row: strawberry.Private[InvoiceRow]
    kind: InvoiceKind = strawberry.field(description="What it is.")
    number: str = strawberry.field(
        description="Its number: without a gap per company, kind and year of issue (UTC)."
    )
    issued_at: datetime = strawberry.field(description="When it was issued.")
    language: str = strawberry.field(description="In which language, as a BCP 47 tag.")
    subject_id: str = strawberry.field(description="What it is about: an order, a plan's period, a top-up.")
    payment_reference: str | None = strawberry.field(
        description="The transfer of the payment or the refund, or the transaction of the top-up."
    )
    period_start: datetime | None = strawberry.field(
        description="Where it bills a period: its first instant."
    )
    period_end: datetime | None = strawberry.field(
        description="The end of that period, which is not part of it."
    )
    net: MoneyType = strawberry.field(description="The total without tax.")
    tax: MoneyType = strawberry.field(description="The total tax.")
    gross: MoneyType = strawberry.field(description="Net and tax: exactly what was paid or went back.")
    seller: InvoiceSeller = strawberry.field(description="Who issued it.")

    @classmethod
    def of(cls, row: InvoiceRow) -> Invoice:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            kind=InvoiceKind[row.series],
            number=row.number,
            issued_at=row.issued_at,
            language=row.language,
            subject_id=row.subject_id,
            payment_reference=row.payment_reference,
            period_start=row.period_start,
            period_end=row.period_end,
            net=_money(row.net_minor, row.currency),
            tax=_money(row.tax_minor, row.currency),
            gross=_money(row.gross_minor, row.currency),
            seller=InvoiceSeller.of(reads.seller_of(row)),
        )

    @strawberry.field(
        description="Whom it is addressed to; null when nothing was known, or its retention has ended."
    )
    def customer(self, info: Info) -> InvoiceCustomer | None:
        found = reads.customer_of(info.context.read, self.row)
        return InvoiceCustomer.of(found) if found is not None else None

    @strawberry.field(
        description="The document that this one takes back, in whole or in part.",
        metadata=declare(batch=_corrected),
    )
    def corrects(self) -> Invoice | None: ...

    @strawberry.field(description="Its lines, in order.")
    def lines(self) -> list[InvoiceLine]:
        wording = Wording(self.row.language)
        return [_line(line, wording, self.row.currency) for line in reads.lines_of(self.row)]

    @strawberry.field(description="Its tax, one entry a rate, the highest first; empty for a receipt.")
    def taxes(self) -> list[InvoiceTax]:
        if self.row.series == Series.RECEIPT.value:
            return []
        by_rate = rules.totals(reads.lines_of(self.row)).by_rate
        return [_tax(one, self.row.currency) for one in by_rate]

    @strawberry.field(description="Fresh links to download it.")
    def links(self, info: Info) -> InvoiceLinks:
        read = info.context.read
        page_link, pdf_link = (new_link(read, self.row.id, form) for form in (Form.HTML, Form.PDF))
        return InvoiceLinks(
            html=address_of(read, page_link),
            pdf=address_of(read, pdf_link),
            expires_at=page_link.expires_at,
        )


@exposes(OWN)
@strawberry.type(description="What was billed in one currency: invoices less credit notes.")
class BilledTotal:
    net: MoneyType = strawberry.field(description="Without tax.")
    tax: MoneyType = strawberry.field(description="The tax.")
    gross: MoneyType = strawberry.field(description="Net and tax.")

    @classmethod
    def of(cls, billed: Billed) -> BilledTotal:
        return cls(
            net=_money(billed.net_minor, billed.currency),
            tax=_money(billed.tax_minor, billed.currency),
            gross=_money(billed.net_minor + billed.tax_minor, billed.currency),
        )


@exposes(OWN)
@strawberry.type(name="AnnualBill", description="What an account was billed in the last 12 months (M102).")
class AnnualBillType:
    start: datetime = strawberry.field(
        name="from", description="The instant 12 months ago; what was billed at it is not part of it."
    )
    end: datetime = strawberry.field(name="to", description="Now; what was billed until then is part of it.")
    currency_totals: list[BilledTotal] = strawberry.field(description="The sums, one a currency.")

    @classmethod
    def of(cls, bill: AnnualBill) -> AnnualBillType:
        return cls(
            start=bill.start, end=bill.end, currency_totals=[BilledTotal.of(one) for one in bill.billed]
        )


KindArgument = Annotated[
    InvoiceKind | None, strawberry.argument(description="Only documents of this kind; all when left out.")
]
NumberArgument = Annotated[str, strawberry.argument(description="The document's number: CH-2026-000123.")]
CustomerArgument = Annotated[strawberry.ID, strawberry.argument(description="The customer's account.")]


@strawberry.field(
    description="The account's invoices, credit notes and receipts, newest first.", metadata=declare(READ)
)
def invoices(
    account: strawberry.Parent[Account],
    info: Info,
    first: First = 20,
    after: After = None,
    kind: KindArgument = None,
) -> Connection[Invoice]:
    return _page_of(info.context.read, account.id, first, after, kind)


@strawberry.field(
    description="What the account was billed in the last 12 months, which caps the liability towards it (M102).",
    metadata=declare(READ),
)
def annual_bill(account: strawberry.Parent[Account], info: Info) -> AnnualBillType:
    return AnnualBillType.of(reads.annual_bill(info.context.read, account.id))


@strawberry.type
class InvoiceQueries:
    @strawberry.field(
        description="A document of the viewer's account by its number; null when there is none.",
        metadata=declare(READ),
    )
    def invoice(self, info: Info, number: NumberArgument) -> Invoice | None:
        row = _numbered(info, number)
        return Invoice.of(row) if row is not None and row.account_id == account_of(info) else None

    @strawberry.field(
        description="A customer's document by its number, for staff.", metadata=declare(FINANCE)
    )
    def customer_invoice(self, info: Info, number: NumberArgument) -> Invoice | None:
        row = _numbered(info, number)
        return Invoice.of(row) if row is not None else None

    @strawberry.field(
        description="A customer's documents, newest first, for staff.", metadata=declare(FINANCE)
    )
    def customer_invoices(
        self,
        info: Info,
        account_id: CustomerArgument,
        first: First = 20,
        after: After = None,
        kind: KindArgument = None,
    ) -> Connection[Invoice]:
        known = account_id if is_id(account_id, "acc") else ""
        return _page_of(info.context.read, known, first, after, kind)

    @strawberry.field(
        description="What a customer was billed in the last 12 months, for staff (M102).",
        metadata=declare(FINANCE),
    )
    def customer_annual_bill(self, info: Info, account_id: CustomerArgument) -> AnnualBillType:
        known = account_id if is_id(account_id, "acc") else ""
        return AnnualBillType.of(reads.annual_bill(info.context.read, known))


def _page_of(
    read: Read, account_id: str, first: int, after: str | None, kind: InvoiceKind | None
) -> Connection[Invoice]:
    series = Series[kind.name] if kind is not None else None
    rows = reads.invoices_of_account(read, account_id, series, key_after(after), rows_wanted(first))
    return page(rows, first, after, Invoice.of, lambda row: row.id)


def _numbered(info: Info, number: str) -> InvoiceRow | None:
    if len(number) > _NUMBER_LENGTH_MAX or not number.isprintable():  # PostgreSQL takes no NUL
        return None
    return reads.invoice_by_number(info.context.read, number)


def _node(info: Info, id: str) -> Invoice | None:
    if READ.denial(info.context.viewer) or not is_id(id, "bil"):
        return None
    row = reads.invoice(info.context.read, id)
    return Invoice.of(row) if row is not None and row.account_id == account_of(info) else None


def _line(line: rules.Line, wording: Wording, currency: str) -> InvoiceLine:
    taxed = line.taxed
    return InvoiceLine(
        code=line.code,
        text=wording.line(line),
        quantity=line.quantity,
        unit_price=_money(line.unit_price_minor, currency),
        priced_units=line.priced_units,
        net=_money(taxed.net_minor, currency),
        tax_rate_percent=percent_of(taxed.rate_basis_points),
        tax=_money(taxed.tax_minor, currency),
        gross=_money(taxed.gross_minor, currency),
        tax_treatment=TaxTreatmentEnum[taxed.treatment.value],
    )


def _tax(one: RateTotal, currency: str) -> InvoiceTax:
    return InvoiceTax(
        rate_percent=percent_of(one.rate_basis_points),
        treatment=TaxTreatmentEnum[one.treatment.value],
        net=_money(one.net_minor, currency),
        tax=_money(one.tax_minor, currency),
    )


def _money(minor: int, currency: str) -> MoneyType:
    return MoneyType.of(Money(minor, Currency[currency]))


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, invoices), (Account, annual_bill)]
NODES: dict[str, NodeLoader] = {"bil": _node}
