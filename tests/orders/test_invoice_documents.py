"""How documents look: the same texts on page and PDF, whole in every language, and nothing that a customer typed
is ever markup."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from string import Formatter
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.kit.money import Currency, Money
from server.kit.work import Read
from server.orders.adapters import typesetter
from server.orders.adapters.page import content_security_policy, page
from server.orders.adapters.printer import Printer, PrintFailed
from server.orders.adapters.sheet import Sheet, sheet_of, shown
from server.orders.adapters.typesetter import typeset
from server.orders.adapters.wording import Wording, all_texts
from server.orders.reads.invoices import CUSTOMER, InvoiceRow
from server.orders.rules.invoices import LINE_PARAMETERS, Customer, Line, Series, totals
from server.orders.rules.invoicing_terms import InvoicingTerms
from server.orders.rules.tax import Taxed, TaxTreatment

SELLER = InvoicingTerms().sellers["SWISS_COMPANY"]
STANDARD = TaxTreatment.STANDARD
LINES = (
    Line("CREDIT_PACK_EMAIL", {"credits": "100000"}, 12, 450_00, 1, Taxed(5400_00, 810, 437_40, STANDARD)),
    Line("EMAIL_VERIFICATION", {}, 1_250_000, 3_60, 1000, Taxed(4500_00, 810, 364_50, STANDARD)),
    Line("CREDIT_PACK_SMS", {"credits": "1000"}, 1, 63_00, 1, Taxed(63_00, 260, 1_64, STANDARD)),
)
BUYER = Customer("Exemple & Filles", "Acacias", "12b", "1203", "Genève", "CH", "CHE-1", "PO 4711")
HOSTILE = (
    '#read("/etc/passwd")',
    "] } ) $x$ `raw` *b* _i_ @label <label> = heading // comment /* \\ \\u{41} #",
    '"}; #eval("1+1") {"',
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;</title></style>",
    "שדרות \u202eevil\u202c رمز",
    "W" * 200,
    " ".join(["word"] * 200),
    "line\nbreak\ttab\x00null\x1b[31m",
    "東京 😀 e\u0301",
)


class Opened(Read):
    """A read that has one customer in it."""

    def __init__(self, customer: Customer | None) -> None:
        self.customer = customer

    def open(self, column: str, sealed: bytes) -> str:
        assert column == CUSTOMER
        return orjson.dumps(self.customer).decode()


def sheet(customer: Customer | None = BUYER, language: str = "en", **changes: Any) -> Sheet:
    sums = totals(LINES)
    row = InvoiceRow(
        id="bil_1",
        account_id="acc_1",
        series=Series.INVOICE.value,
        number="CH-2026-000123",
        seller="SWISS_COMPANY",
        year=2026,
        serial=123,
        subject_id="ord_1",
        corrects_id=None,
        currency="CHF",
        net_minor=sums.net_minor,
        tax_minor=sums.tax_minor,
        gross_minor=sums.gross_minor,
        language=language,
        lines=orjson.dumps([line.document() for line in LINES]).decode(),
        seller_details=orjson.dumps(SELLER).decode(),
        customer=b"sealed" if customer is not None else None,
        period_start=None,
        period_end=None,
        payment_reference="trf_1",
        issued_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    )
    return sheet_of(Opened(customer), row._replace(**changes))


class Texts(HTMLParser):
    """The tags and the texts of a page, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_figures_and_words_are_those_of_the_language() -> None:
    english, french, swiss = sheet(), sheet(language="fr"), sheet(language="de-ch")
    assert english.total == ("Total paid", "CHF\u00a010,766.54")
    assert french.total == ("Total TTC payé", "10\u202f766,54\u00a0CHF")
    assert swiss.total == ("Total paid", "CHF\u00a010’766.54")
    assert dict(french.facts)["Date d’émission"] == "2 mars 2026"
    assert dict(swiss.facts)["Date of issue"] == "March 2, 2026"
    assert french.rows[0].text == "Crédits e-mail, lot de 100\u202f000"
    assert french.rows[1].remark == "Prix pour 1\u202f000"
    assert [sheet(language=odd).language for odd in ("xx", "zz-zz", "not a tag", "fr-ca")] == [
        "en",
        "en",
        "en",
        "fr",
    ]


@pytest.mark.rule("M029")
def test_each_rate_stands_with_what_it_is_taken_on() -> None:
    assert sheet().sums == (
        ("Total net", "CHF\u00a09,963.00"),
        ("VAT 8.1% on CHF\u00a09,900.00", "CHF\u00a0801.90"),
        ("VAT 2.6% on CHF\u00a063.00", "CHF\u00a01.64"),
    )


@pytest.mark.parametrize("currency", Currency)
def test_amounts_have_the_decimals_of_their_currency(currency: Currency) -> None:
    written = Wording("en").figure(Money(1234567, currency))
    assert len(written.partition(".")[2]) == currency.decimals
    assert re.sub(r"\D", "", written) == "1234567"


@pytest.mark.parametrize("language", sorted(all_texts()))
def test_every_language_has_every_text_with_the_same_values(language: str) -> None:
    texts, english = all_texts()[language], all_texts()["en"]
    assert {name: set(section) for name, section in texts.items()} == {
        name: set(section) for name, section in english.items()
    }
    for section, entries in texts.items():
        for key, text in entries.items():
            assert _values(text) == _values(english[section][key]), f"{language}.{section}.{key}"
    assert set(texts["lines"]) == set(LINE_PARAMETERS)
    for code, parameters in LINE_PARAMETERS.items():
        assert _values(texts["lines"][code]) == set(parameters)
    assert {treatment.value for treatment in TaxTreatment} - set(texts["notes"]) == {"STANDARD"}


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_what_is_reverse_charged_or_outside_the_scope_says_so() -> None:
    for treatment in (TaxTreatment.REVERSE_CHARGE, TaxTreatment.OUTSIDE_SCOPE):
        line = replace(LINES[0], taxed=Taxed(5400_00, 0, 0, treatment))
        lines = orjson.dumps([line.document()]).decode()
        notes = sheet(lines=lines, net_minor=5400_00, tax_minor=0, gross_minor=5400_00).notes
        assert Wording("en").note(treatment.value) in notes


def test_a_receipt_shows_an_amount_and_no_tax() -> None:
    line = Line("TOP_UP", {}, 1, 50_00, 1, Taxed(50_00, 0, 0, TaxTreatment.OUTSIDE_SCOPE))
    amounts = {"net_minor": 50_00, "tax_minor": 0, "gross_minor": 50_00}
    receipt = sheet(series="RECEIPT", lines=orjson.dumps([line.document()]).decode(), **amounts)
    assert (receipt.title, receipt.columns, receipt.sums) == (
        "Payment receipt",
        ("Description", "Amount"),
        (),
    )


def test_a_period_ends_on_its_last_day() -> None:
    period = sheet(period_start=datetime(2026, 3, 1, tzinfo=UTC), period_end=datetime(2026, 4, 1, tzinfo=UTC))
    assert dict(period.facts)["Period"] == "March 1, 2026 – March 31, 2026"


def test_addresses_are_written_as_in_their_country() -> None:
    assert sheet().customer.lines == ("Acacias 12b", "1203 Genève", "Switzerland", "VAT no. CHE-1")
    french = sheet(replace(BUYER, country="FR"), "fr")
    assert french.customer.lines[0] == "12b Acacias"
    assert french.customer.lines[2] == "France"


def test_without_an_address_it_is_addressed_to_the_account() -> None:
    assert sheet(None).customer.name == "acc_1"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_customer_typed_is_text_on_the_page_and_in_the_pdf(text: str) -> None:
    hostile = sheet(Customer(text, text, text, text, text, "CH", text, text))
    parsed, harmless = Texts(page(hostile)), Texts(page(sheet()))
    assert parsed.tags == harmless.tags
    assert shown(text) in parsed.texts
    assert typeset(orjson.dumps(hostile).decode()).startswith(b"%PDF-")
    assert inside_of_pdf(hostile) == inside_of_pdf(sheet())


def inside_of_pdf(of: Sheet) -> list[str]:
    """The kinds of elements that typst made of the sheet: a text that became markup would add one."""
    compiler = typesetter.compiler_of(orjson.dumps(of).decode())
    selector = "selector(heading).or(table).or(raw).or(math.equation).or(link).or(emph).or(image)"
    return [element["func"] for element in json.loads(compiler.query(selector))]


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_no_text_leaves_its_line_or_adds_a_tag(text: str) -> None:
    assert not set("\n\r\t\x00\u2028\u202e") & set(shown(text))
    customer = replace(BUYER, name=text)
    assert Texts(page(sheet(customer))).tags == Texts(page(sheet())).tags


def test_the_page_loads_and_runs_nothing() -> None:
    html = page(sheet())
    assert not {"script", "link", "img", "iframe", "form"} & set(Texts(html).tags)
    assert "http" not in html
    assert "url(" not in html
    assert "unsafe" not in content_security_policy()
    assert html.startswith('<!doctype html>\n<html lang="en">')


def test_the_pdf_is_accessible_and_the_same_each_time() -> None:
    data = orjson.dumps(sheet()).decode()
    first = typeset(data)
    assert b"pdfuaid" in first
    assert first == typeset(data)


async def test_it_is_printed_in_a_process_of_its_own() -> None:
    printed = await Printer().pdf(sheet())
    assert printed.startswith(b"%PDF-")


async def test_a_print_that_takes_too_long_is_ended() -> None:
    with pytest.raises(PrintFailed):
        await Printer(seconds_max=0.1, command=(sys.executable, "-c", "import time; time.sleep(60)")).pdf(
            sheet()
        )


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "pass", "print('%PDF')"])
async def test_what_makes_no_pdf_is_a_failure_and_no_half_document(program: str) -> None:
    with pytest.raises(PrintFailed):
        await Printer(command=(sys.executable, "-c", program)).pdf(sheet())
