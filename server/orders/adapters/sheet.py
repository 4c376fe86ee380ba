"""A document as a sheet of texts: everything decided and written out, nothing marked up. Page and PDF show the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.kit.money import Currency, Money
from server.kit.work import Read
from server.orders.adapters.wording import Wording
from server.orders.reads import invoices as reads
from server.orders.reads.invoices import InvoiceRow
from server.orders.rules.invoices import Customer, Line, Series, totals
from server.orders.rules.invoicing_terms import Seller
from server.orders.rules.tax import TaxTreatment

_NUMBER_FIRST = frozenset({"AU", "CA", "FR", "GB", "IE", "LU", "MC", "NZ", "TN", "US"})
"""Countries that write `10 High Street`; the others write `High Street 10`."""
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys: a heading, a name, and the lines under it."""

    label: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is, a remark on it, and its figures, one for each of the sheet's columns but the first."""

    text: str
    remark: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that stands on a document, in its order. Pairs are a label and its value."""

    language: str
    number: str
    issued_seconds: int
    """The instant of issue, in whole seconds since 1970."""
    title: str
    facts: tuple[tuple[str, str], ...]
    seller: Party
    customer: Party
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]
    total: tuple[str, str]
    notes: tuple[str, ...]


def sheet_of(read: Read, row: InvoiceRow) -> Sheet:
    """Write out a document, in the language that it was issued in."""
    corrected = reads.invoice(read, row.corrects_id) if row.corrects_id is not None else None
    return _Writer(row, Wording(row.language)).sheet(reads.customer_of(read, row), corrected)


def shown(text: str) -> str:
    """Text of a customer without what could break out of its line or turn its neighbours around."""
    kept = (" " if _is_control(character) else character for character in text)
    return "".join(kept).strip()


class _Writer:
    def __init__(self, row: InvoiceRow, wording: Wording) -> None:
        self._row = row
        self._wording = wording
        self._currency = Currency[row.currency]
        self._lines = reads.lines_of(row)
        self._is_receipt = row.series == Series.RECEIPT.value
        self._kind = "CORRECTION" if self._is_receipt and row.corrects_id is not None else row.series

    def sheet(self, customer: Customer | None, corrected: InvoiceRow | None) -> Sheet:
        row, wording = self._row, self._wording
        return Sheet(
            language=wording.language,
            number=row.number,
            issued_seconds=int(row.issued_at.timestamp()),
            title=wording.title(self._kind),
            facts=tuple(self._facts(customer, corrected)),
            seller=self._seller(reads.seller_of(row)),
            customer=self._customer(customer),
            columns=self._columns(),
            rows=tuple(self._table_row(line) for line in self._lines),
            sums=() if self._is_receipt else tuple(self._sums()),
            total=(wording.total(self._kind), wording.money(Money(row.gross_minor, self._currency))),
            notes=tuple(self._notes()),
        )

    def _facts(self, customer: Customer | None, corrected: InvoiceRow | None) -> Iterator[tuple[str, str]]:
        row, wording = self._row, self._wording
        yield wording.label("number"), row.number
        yield wording.label("issued"), wording.date(row.issued_at)
        if row.period_start is not None and row.period_end is not None:
            last_day = row.period_end - timedelta(microseconds=1)  # the end itself belongs to the next period
            yield wording.label("period"), f"{wording.date(row.period_start)} – {wording.date(last_day)}"
        if corrected is not None:
            yield wording.label("corrects"), corrected.number
        if customer is not None and customer.reference:
            yield wording.label("reference"), shown(customer.reference)
        if row.payment_reference is not None:
            yield wording.label("payment"), row.payment_reference
        yield wording.label("account"), row.account_id

    def _seller(self, seller: Seller) -> Party:
        lines = (
            *seller.address,
            self._wording.country(seller.country),
            self._wording.label("vat_number", number=seller.vat_number),
        )
        return Party(self._wording.label("seller"), seller.name, lines)

    def _customer(self, customer: Customer | None) -> Party:
        label = self._wording.label("customer")
        if customer is None or customer.name is None:
            return Party(label, self._row.account_id, tuple(self._vat_line(customer)))
        street = [customer.street or "", customer.number or ""]
        if customer.country in _NUMBER_FIRST:
            street.reverse()
        place = f"{customer.postal_code or ''} {customer.city or ''}"
        country = self._wording.country(customer.country or "")
        lines = [shown(line) for line in (" ".join(street), place, country)]
        return Party(label, shown(customer.name), (*filter(None, lines), *self._vat_line(customer)))

    def _vat_line(self, customer: Customer | None) -> Iterator[str]:
        if customer is not None and customer.vat_number:
            yield self._wording.label("vat_number", number=shown(customer.vat_number))

    def _columns(self) -> tuple[str, ...]:
        receipt = ("description", "amount")
        invoice = ("description", "quantity", "unit_price", "net", "rate", "tax", "gross")
        return tuple(self._wording.label(name) for name in (receipt if self._is_receipt else invoice))

    def _table_row(self, line: Line) -> Row:
        wording, taxed = self._wording, line.taxed
        text = wording.line(line)
        if self._is_receipt:
            return Row(text, "", (self._figure(taxed.gross_minor),))
        remark = ""
        if line.priced_units > 1:
            remark = wording.label("per_units", units=wording.count(line.priced_units))
        figures = (
            wording.count(line.quantity),
            self._figure(line.unit_price_minor),
            self._figure(taxed.net_minor),
            wording.rate(taxed.rate_basis_points),
            self._figure(taxed.tax_minor),
            self._figure(taxed.gross_minor),
        )
        return Row(text, remark, figures)

    def _sums(self) -> Iterator[tuple[str, str]]:
        """The net total, then the tax of each rate with what it is taken on (M029)."""
        wording = self._wording
        yield wording.label("total_net"), self._money(self._row.net_minor)
        for one in totals(self._lines).by_rate:
            rate, net = wording.rate(one.rate_basis_points), self._money(one.net_minor)
            yield wording.label("total_tax", rate=rate, net=net), self._money(one.tax_minor)

    def _notes(self) -> Sequence[str]:
        wording = self._wording
        notes = [wording.note(self._kind)]
        if not self._is_receipt:
            treatments = {line.taxed.treatment for line in self._lines}
            notes += [
                wording.note(treatment.value)
                for treatment in (TaxTreatment.REVERSE_CHARGE, TaxTreatment.OUTSIDE_SCOPE)
                if treatment in treatments
            ]
        return [*notes, wording.label("currency", currency=self._currency.code)]

    def _figure(self, minor: int) -> str:
        return self._wording.figure(Money(minor, self._currency))

    def _money(self, minor: int) -> str:
        return self._wording.money(Money(minor, self._currency))


def _is_control(character: str) -> bool:
    return character in _BIDI_CONTROLS or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
