"""Issue invoices, credit notes and payment receipts, in the transaction of the payment they are about.

Call these after the event of that payment is recorded: every transaction then locks the account's events before the
series, and no two wait for each other in a circle.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.accounts.reads import AccountRow, team
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.signing import contracting_entity
from server.kit.clock import to_micros
from server.kit.db import Prepared
from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.work import Work
from server.notices.reads import language_of
from server.orders.actions.events import CreditNoteIssued, InvoiceEvent, InvoiceIssued, ReceiptIssued
from server.orders.model import Invoice, InvoiceSeries
from server.orders.reads.invoices import (
    CUSTOMER,
    InvoiceRow,
    columns,
    corrected_minor,
    invoice_of_subject,
    receipts_of_payment,
)
from server.orders.reads.tax import tax_status, vat_number, vat_number_text
from server.orders.rules.invoices import (
    Customer,
    Line,
    Series,
    check_lines,
    document_number,
    totals,
    year_of,
)
from server.orders.rules.tax import Taxed, TaxTreatment
from server.orders.rules.terms import Terms
from server.topups.reads import TopUpRow

_SUBJECT_LENGTH_MAX = 64
_EVENTS: dict[Series, type[InvoiceEvent]] = {
    Series.INVOICE: InvoiceIssued,
    Series.CREDIT_NOTE: CreditNoteIssued,
    Series.RECEIPT: ReceiptIssued,
}


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document without its number. `corrects` is the one that it takes back, in whole or in part."""

    account_id: str
    series: Series
    currency: Currency
    lines: Sequence[Line]
    subject_id: str
    payment_reference: str | None
    reference: str | None = None
    period: tuple[datetime, datetime] | None = None
    corrects: InvoiceRow | None = None


def issue_invoice(
    work: Work,
    account_id: str,
    currency: Currency,
    lines: Sequence[Line],
    *,
    subject_id: str,
    period: tuple[datetime, datetime] | None = None,
    payment_reference: str | None = None,
    reference: str | None = None,
) -> str:
    """Invoice what was paid and return the invoice's id.

    `subject_id` names what is billed (an order, one period of a plan): its second invoice is its first.
    `payment_reference` is the transfer of the payment, `reference` the customer's own name for the order.
    """
    draft = _Draft(
        account_id, Series.INVOICE, currency, lines, subject_id, payment_reference, reference, period
    )
    return _issue_once(work, draft)


def issue_credit_note(
    work: Work,
    invoiced: str,
    lines: Sequence[Line],
    *,
    subject_id: str | None = None,
    payment_reference: str | None = None,
) -> str | None:
    """Take an invoice back, in whole or in part; the credit note's id, None when nothing was invoiced.

    `invoiced` is the invoice's id or its subject. The lines are what is credited; what is kept of it, such as a
    fee, is a line below 0. `subject_id` tells several credit notes of one invoice apart. Raises ValueError when
    more is credited than was invoiced.
    """
    invoice = _locked(work, invoiced)
    if invoice is None:
        return None
    draft = _Draft(
        invoice.account_id,
        Series.CREDIT_NOTE,
        Currency[invoice.currency],
        lines,
        subject_id or invoice.subject_id,
        payment_reference,
        corrects=invoice,
    )
    return _issue_once(work, draft)


def issue_receipt(work: Work, top_up: TopUpRow) -> str:
    """Confirm money that came in. It bears no tax: that falls on what is bought with it."""
    assert top_up.received_minor is not None, "a receipt is for money that came"
    lines = [_money_line("TOP_UP", top_up.received_minor)]
    return _issue_once(
        work,
        _Draft(
            top_up.account_id,
            Series.RECEIPT,
            Currency[top_up.currency],
            lines,
            top_up.id,
            top_up.transaction_id,
        ),
    )


def correct_receipt(work: Work, top_up: TopUpRow, part_minor: int, part_id: str) -> list[str]:
    """Take receipts of a payment back, the newest first, for a part of the money that went again; the corrections'
    ids, none when there is no receipt."""
    corrections, left_minor = [], part_minor
    for number, receipt in enumerate(receipts_of_payment(work, top_up.account_id, top_up.transaction_id)):
        amount_minor = min(left_minor, receipt.gross_minor - corrected_minor(work, receipt.id))
        if amount_minor == 0:
            continue
        left_minor -= amount_minor
        draft = _Draft(
            receipt.account_id,
            Series.RECEIPT,
            Currency[receipt.currency],
            [_money_line("TOP_UP_REVERSED", amount_minor)],
            f"{part_id}/{number}",
            top_up.transaction_id,
            corrects=receipt,
        )
        corrections.append(_issue_once(work, draft))
    return corrections


def issue_receipt_again(work: Work, top_up: TopUpRow, part_minor: int, part_id: str) -> str:
    """Confirm money that went and came back: a dispute was won."""
    return _issue_once(
        work,
        _Draft(
            top_up.account_id,
            Series.RECEIPT,
            Currency[top_up.currency],
            [_money_line("TOP_UP", part_minor)],
            f"{part_id}/returned",
            top_up.transaction_id,
        ),
    )


def _issue_once(work: Work, draft: _Draft) -> str:
    assert len(draft.subject_id) <= _SUBJECT_LENGTH_MAX
    check_lines(draft.lines, work.terms(Terms).invoicing.lines_max)
    before = invoice_of_subject(work, draft.series, draft.subject_id)
    if before is not None:
        return before.id
    sums = totals(draft.lines)
    if draft.corrects is not None:
        left_minor = draft.corrects.gross_minor - corrected_minor(work, draft.corrects.id)
        if sums.gross_minor > left_minor:
            raise ValueError("more is taken back than is left of the document")
    return _insert(work, draft)


def _insert(work: Work, draft: _Draft) -> str:
    corrects, sums = draft.corrects, totals(draft.lines)
    if corrects is not None:
        code, customer = corrects.seller, corrects.customer
    else:
        account = account_reads.account(work, draft.account_id)
        code, customer = _seller_code(work, account), _sealed_customer(work, draft, account)
    seller = work.terms(Terms).invoicing.sellers[code]
    invoice_id, year = work.ids.new("bil"), year_of(work.now)
    language = language_of(work, draft.account_id)
    start, end = draft.period or (None, None)
    # The number comes last: from here to the commit, whoever issues in the same series waits.
    ((serial,),) = _next_serial.run(
        work.connection, seller=code, series=draft.series.value, year=year, first=1
    )
    number = document_number(seller, draft.series, year, serial)
    _insert_invoice.run(
        work.connection,
        id=invoice_id,
        account_id=draft.account_id,
        series=draft.series.value,
        number=number,
        seller=code,
        year=year,
        serial=serial,
        subject_id=draft.subject_id,
        corrects_id=corrects.id if corrects is not None else None,
        currency=draft.currency.code,
        net_minor=sums.net_minor,
        tax_minor=sums.tax_minor,
        gross_minor=sums.gross_minor,
        language=language,
        lines=orjson.dumps([line.document() for line in draft.lines]).decode(),
        seller_details=orjson.dumps(seller).decode(),
        customer=customer,
        period_start=to_micros(start) if start is not None else None,
        period_end=to_micros(end) if end is not None else None,
        payment_reference=draft.payment_reference,
        issued_at=to_micros(work.now),
    )
    event = _EVENTS[draft.series]
    work.record(event(draft.account_id, invoice_id, number, draft.currency.code, sums.gross_minor))
    return invoice_id


def _seller_code(work: Work, account: AccountRow | None) -> str:
    """The contracting entity that the account signed with, else the one of its country, else that for the rest of
    the world (M001)."""
    terms = work.terms(AccountTerms)
    if account is not None and account.contracting_entity is not None:
        return account.contracting_entity
    country = account.country if account is not None else None
    entity = contracting_entity(country, terms.entity_europe, terms.entity_other)
    return (entity or terms.entity_other).code


def _sealed_customer(work: Work, draft: _Draft, account: AccountRow | None) -> bytes | None:
    """Address and VAT number of this moment; nothing, and no key, where nothing is known."""
    customer = Customer(reference=draft.reference)
    if account is not None and account.country is not None:  # comes with the address, and before a VAT number
        address = team.postal_address(work, account.id)
        business = vat_number(work, account.id)
        counts = business is not None and tax_status(work, account.id).vat_number_valid
        customer = Customer(
            **(dataclasses.asdict(address) if address is not None else {}),
            vat_number=vat_number_text(work, business) if business is not None and counts else None,
            reference=draft.reference,
        )
    if customer == Customer():
        return None
    return work.seal(draft.account_id, "billing", CUSTOMER, orjson.dumps(customer).decode())


def _money_line(code: str, minor: int) -> Line:
    return Line(code, {}, 1, minor, 1, Taxed(minor, 0, 0, TaxTreatment.OUTSIDE_SCOPE))


def _locked(work: Work, invoiced: str) -> InvoiceRow | None:
    """The invoice with this id or subject, locked: its credit notes are issued one after the other."""
    wanted = Invoice.id == invoiced if is_id(invoiced, "bil") else Invoice.subject_id == invoiced
    query = select(*columns).where(Invoice.series == Series.INVOICE.value, wanted).with_for_update()
    row = work.first(query)
    return InvoiceRow._make(row) if row is not None else None


_next_serial = Prepared(
    upsert(InvoiceSeries)
    .values(
        seller=bindparam("seller"),
        series=bindparam("series"),
        year=bindparam("year"),
        last_serial=bindparam("first"),
    )
    .on_conflict_do_update(
        index_elements=["seller", "series", "year"], set_={"last_serial": InvoiceSeries.last_serial + 1}
    )
    .returning(InvoiceSeries.last_serial)
)
_insert_invoice = Prepared(
    insert(Invoice).values({column.name: bindparam(column.name) for column in Invoice.__table__.c})
)
