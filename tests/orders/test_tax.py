"""Which tax falls on what: by country, by VAT number, by who sells; rounded once; always adding up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.money import AMOUNT_MINOR_MAX, Currency, to_decimal
from server.orders.actions.vat_number_check import checked_vat_number
from server.orders.rules import Terms
from server.orders.rules.problems import CountryMissing, VatNumberInvalid
from server.orders.rules.tax import TaxStatus, TaxTreatment, percent_of, tax
from server.orders.rules.tax_terms import EU, TaxTerms

TERMS = Terms()
STANDARD, REVERSE_CHARGE, OUTSIDE = (
    TaxTreatment.STANDARD,
    TaxTreatment.REVERSE_CHARGE,
    TaxTreatment.OUTSIDE_SCOPE,
)


@pytest.mark.rule("M029")
@pytest.mark.parametrize(
    ("country", "business", "seller", "rate", "treatment"),
    [
        ("DE", False, "CH", 1900, STANDARD),
        ("DE", True, "CH", 0, REVERSE_CHARGE),
        ("DE", True, "DE", 1900, STANDARD),
        ("FI", False, "CH", 2550, STANDARD),
        ("GB", True, "CH", 0, REVERSE_CHARGE),
        ("NO", True, "CH", 0, REVERSE_CHARGE),
        ("NO", False, "CH", 2500, STANDARD),
        ("CH", False, "CH", 810, STANDARD),
        ("CH", True, "CH", 810, STANDARD),
        ("LI", False, "CH", 810, STANDARD),
        ("PA", False, "PA", 700, STANDARD),
        ("US", False, "PA", 0, OUTSIDE),
        ("US", True, "PA", 0, OUTSIDE),
        (None, False, None, 0, OUTSIDE),
        (None, True, None, 0, OUTSIDE),
    ],
)
def test_the_country_the_number_and_the_seller_decide(
    country: str | None, business: bool, seller: str | None, rate: int, treatment: TaxTreatment
) -> None:
    taxed = tax(100_00, TaxStatus(country, business, seller), TERMS)
    assert (taxed.rate_basis_points, taxed.treatment) == (rate, treatment)
    assert (taxed.net_minor, taxed.tax_minor) == (100_00, rate)


@pytest.mark.rule("M029")
@pytest.mark.parametrize(
    ("net_minor", "country", "tax_minor"),
    [
        (1, "DE", 0),
        (2, "DE", 0),
        (3, "DE", 1),
        (50, "IE", 12),  # 11.5
        (49, "IE", 11),  # 11.27
        (61_73, "CH", 5_00),  # 500.013
        (61_72, "CH", 5_00),  # 499.932
        (100, "FI", 26),  # 25.5
        (62_000, "FR", 12_400),
    ],
)
def test_the_tax_is_rounded_half_up_to_a_minor_unit(net_minor: int, country: str, tax_minor: int) -> None:
    assert tax(net_minor, TaxStatus(country, vat_number_valid=False), TERMS).tax_minor == tax_minor


@pytest.mark.rule("M029")
@given(
    net_minor=st.integers(1, AMOUNT_MINOR_MAX),
    country=st.sampled_from([*TERMS.tax.vat_rates, "US", None]),
    business=st.booleans(),
    currency=st.sampled_from(Currency),
)
def test_net_and_tax_are_the_gross_amount_in_every_currency(
    net_minor: int, country: str | None, business: bool, currency: Currency
) -> None:
    taxed = tax(net_minor, TaxStatus(country, business), TERMS)
    net, owed, gross = (
        to_decimal(minor, currency) for minor in (taxed.net_minor, taxed.tax_minor, taxed.gross_minor)
    )
    assert net + owed == gross
    assert 0 <= taxed.tax_minor <= net_minor
    assert abs(2 * (taxed.tax_minor * 10_000 - net_minor * taxed.rate_basis_points)) <= 10_000
    assert (taxed.rate_basis_points == 0) == (taxed.treatment is not STANDARD)


def test_a_deployment_may_sell_to_known_countries_only() -> None:
    strict = Terms(tax=TaxTerms(require_country=True))
    with pytest.raises(CountryMissing):
        tax(1, TaxStatus(None, vat_number_valid=False), strict)
    assert tax(1, TaxStatus("US", vat_number_valid=False), strict).treatment is OUTSIDE


def test_each_state_of_the_union_has_a_rate() -> None:
    assert len(EU) == 27
    assert set(TERMS.tax.vat_rates) >= EU | TERMS.tax.reverse_charge
    assert all(0 < rate < 3000 for rate in TERMS.tax.vat_rates.values())


@pytest.mark.parametrize(
    ("rate", "percent"), [(810, "8.1"), (2000, "20"), (2550, "25.5"), (0, "0"), (5, "0.05")]
)
def test_a_rate_is_shown_in_percent(rate: int, percent: str) -> None:
    assert format(percent_of(rate), "f") == percent == str(Decimal(percent))


@pytest.mark.rule("M029")
@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("DE136695976", "DE", "DE136695976"),
        ("de 136 695 976", "DE", "DE136695976"),
        ("ATU57194903", "AT", "ATU57194903"),
        ("BE 697.449.992", "BE", "BE0697449992"),
        ("EL 094259216", "GR", "EL094259216"),
        ("XI 432525179", "GB", "XI432525179"),
        ("GB 980780684", "GB", "GB980780684"),
        ("GB 980780684", "IM", "GB980780684"),
        ("FR 61 954 506 077", "MC", "FR61954506077"),
        ("NO 995 525 828 MVA", "NO", "NO995525828MVA"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("CHE-100.155.212", "CH", "CHE100155212"),
    ],
)
def test_a_vat_number_is_kept_in_the_form_of_its_country(text: str, country: str, number: str) -> None:
    assert checked_vat_number(text, country, TERMS.tax) == number


@pytest.mark.rule("M029")
@pytest.mark.parametrize(
    ("text", "country", "fault"),
    [
        ("DE136695977", "DE", "CHECK_DIGITS"),
        ("CHE-100.155.213", "CH", "CHECK_DIGITS"),
        ("DE13669597", "DE", "MALFORMED"),
        ("NO 995 525 828", "NO", "MALFORMED"),
        ("DE 136\x00695976", "DE", "MALFORMED"),
        ("DE136695976" + " " * 30, "DE", "MALFORMED"),
        ("", "DE", "MALFORMED"),
        ("136695976", "DE", "OTHER_COUNTRY"),
        ("ATU57194903", "DE", "OTHER_COUNTRY"),
        ("GR 094259216", "GR", "OTHER_COUNTRY"),
        ("XI 432525179", "IM", "OTHER_COUNTRY"),
        ("US123456789", "US", "OTHER_COUNTRY"),
    ],
)
def test_another_text_is_refused_with_its_fault(text: str, country: str, fault: str) -> None:
    with pytest.raises(VatNumberInvalid) as caught:
        checked_vat_number(text, country, TERMS.tax)
    assert (caught.value.fault, caught.value.country) == (fault, country)


def test_a_number_needs_a_country() -> None:
    with pytest.raises(CountryMissing):
        checked_vat_number("DE136695976", None, TERMS.tax)
