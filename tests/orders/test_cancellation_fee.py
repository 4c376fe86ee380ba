"""The cancellation fee: the published numbers, other currencies, and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.money import AMOUNT_MINOR_MAX, Currency
from server.orders.rules import Terms
from server.orders.rules.cancellation import CancellationReason, cancellation_fee, settle
from server.orders.rules.terms import CancellationTerms, FxRate

TERMS = Terms()
USD = TERMS.fx_to_fee_currency[Currency.USD]
ERROR = CancellationReason.CUSTOMER_ERROR


@pytest.mark.rule("M078", "M079", "M080")
@pytest.mark.parametrize(
    ("net_minor", "fee_minor"),
    [
        (1, 1),
        (20_00, 20_00),
        (34_99, 34_99),
        (35_00, 35_00),
        (35_01, 35_00),
        (499_99, 35_00),
        (500_00, 35_00),
        (500_01, 35_00),
        (500_07, 35_00),
        (500_08, 35_01),
        (600_00, 42_00),
        (1000_00, 70_00),
    ],
)
def test_the_published_fees_in_dollars(net_minor: int, fee_minor: int) -> None:
    assert cancellation_fee(net_minor, ERROR, USD, TERMS.cancellation) == fee_minor


@pytest.mark.rule("M078", "M079", "C28")
@pytest.mark.parametrize(
    ("currency", "net_minor", "fee_minor"),
    [
        # 35.00 USD at 1.08 is 32.407…, 500.00 USD is 462.96…
        (Currency.EUR, 462_96, 32_41),
        (Currency.EUR, 462_97, 32_41),
        (Currency.EUR, 1000_00, 70_00),
        # At 0.67 cents a yen: 5223.88…, and the threshold lies between 74,626 and 74,627 yen.
        (Currency.JPY, 74_626, 5_224),
        (Currency.JPY, 74_627, 5_224),
        (Currency.JPY, 75_000, 5_250),
        (Currency.JPY, 3_000, 3_000),
        # At 0.32 dollars a dinar of three decimals: 109.375 and 1562.500.
        (Currency.TND, 1_562_500, 109_375),
        (Currency.TND, 1_562_501, 109_375),
        (Currency.TND, 2_000_000, 140_000),
        (Currency.TND, 62_000, 62_000),
    ],
)
def test_the_fee_in_other_currencies_at_the_rate_of_the_order(
    currency: Currency, net_minor: int, fee_minor: int
) -> None:
    rate = TERMS.fx_to_fee_currency[currency]
    assert cancellation_fee(net_minor, ERROR, rate, TERMS.cancellation) == fee_minor


@pytest.mark.rule("M077")
@pytest.mark.parametrize("reason", [reason for reason in CancellationReason if reason is not ERROR])
def test_only_a_customers_error_costs_anything(reason: CancellationReason) -> None:
    assert cancellation_fee(1000_00, reason, USD, TERMS.cancellation) == 0


def test_the_minimum_holds_above_the_threshold_too() -> None:
    low_percent = CancellationTerms(percent=1)
    assert cancellation_fee(500_01, ERROR, USD, low_percent) == 35_00
    assert cancellation_fee(4000_00, ERROR, USD, low_percent) == 40_00


@pytest.mark.rule("M080")
@given(
    net_minor=st.integers(1, AMOUNT_MINOR_MAX),
    reason=st.sampled_from(CancellationReason),
    rate=st.builds(FxRate, st.integers(1, 10_000), st.integers(1, 10_000)),
)
def test_fee_and_refund_are_never_negative_and_add_up(
    net_minor: int, reason: CancellationReason, rate: FxRate
) -> None:
    split = settle(net_minor, reason, rate, TERMS.cancellation)
    assert split.fee_minor >= 0
    assert split.refund_minor >= 0
    assert split.fee_minor + split.refund_minor == net_minor


@pytest.mark.rule("M079")
@given(net_minor=st.integers(1, 10**9), more=st.integers(0, 10**6))
def test_a_larger_order_never_costs_less_to_cancel(net_minor: int, more: int) -> None:
    def fee(amount: int) -> int:
        return cancellation_fee(amount, ERROR, USD, TERMS.cancellation)

    assert fee(net_minor) <= fee(net_minor + more)
