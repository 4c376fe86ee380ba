"""What may be ordered, and which status may follow which."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.money import Currency, Money
from server.topups.rules import (
    AmountInvalid,
    AmountTooLarge,
    AmountTooSmall,
    ConfirmationCodeInvalid,
    CurrencyNotAccepted,
    Limits,
    PaymentTokenInvalid,
    Terms,
    amount_of,
    check_code,
    check_token,
)
from server.topups.rules.outcomes import (
    MOVES,
    ChargedBack,
    ChargeResult,
    Declined,
    FailureCode,
    NeedsStepUp,
    NextAction,
    Processing,
    Refunded,
    Succeeded,
    TopUpStatus,
    TopUpStatusConflict,
    check_move,
    destination,
)
from tests.kit.test_card_numbers import SCHEMES, card_number

AT = datetime(2026, 3, 2, tzinfo=UTC)
RESULTS: list[ChargeResult] = [
    Succeeded(1, "ref", AT),
    Succeeded(0, "ref", AT),
    Declined(FailureCode.DECLINED, AT),
    ChargedBack(AT),
    Refunded(1, AT),
    NeedsStepUp(NextAction.ENTER_CODE, AT),
    Processing("ref", AT),
]


@pytest.mark.parametrize(
    ("amount", "fault"),
    [
        ("-1", "NEGATIVE"),
        ("NaN", "NOT_A_NUMBER"),
        ("Infinity", "NOT_A_NUMBER"),
        ("1.001", "TOO_PRECISE"),
        ("1" * 40, "TOO_LARGE"),
        ("1E+30", "TOO_LARGE"),
    ],
)
def test_amounts_that_cannot_be_meant(amount: str, fault: str) -> None:
    with pytest.raises(AmountInvalid) as caught:
        amount_of(Decimal(amount), Currency.EUR, Terms())
    assert caught.value.fault == fault


def test_amounts_outside_the_limits_say_the_limits() -> None:
    for text in ("0", "0.99"):
        with pytest.raises(AmountTooSmall) as small:
            amount_of(Decimal(text), Currency.EUR, Terms())
        assert (small.value.currency, small.value.minimum_minor) == ("EUR", 100)
    with pytest.raises(AmountTooLarge) as large:
        amount_of(Decimal("10000.01"), Currency.EUR, Terms())
    assert large.value.maximum_minor == 1_000_000
    assert amount_of(Decimal("10000"), Currency.EUR, Terms()) == Money(1_000_000, Currency.EUR)
    assert amount_of(Decimal("100"), Currency.JPY, Terms()) == Money(100, Currency.JPY)


def test_a_currency_without_limits_is_not_offered() -> None:
    with pytest.raises(CurrencyNotAccepted):
        amount_of(Decimal(5), Currency.TND, Terms(limits={"EUR": Limits(1, 2)}))


def test_every_currency_has_limits() -> None:
    assert Terms().limits.keys() == {currency.code for currency in Currency}


@pytest.mark.rule("M115")
@given(
    st.one_of(
        st.from_regex(r"[0-9 -]{12,23}", fullmatch=True),
        st.from_regex(r"tok_sandbox_[a-z_]*[0-9]+[a-z_0-9]*", fullmatch=True),
        st.text(alphabet="0123456789٠１² tok_", max_size=50).map(lambda text: f"tok_sandbox_{text}"),
    ).filter(lambda text: any(char.isnumeric() for char in text))
)
def test_nothing_with_a_digit_is_a_sandbox_token(text: str) -> None:
    with pytest.raises(PaymentTokenInvalid):
        check_token(text)


@pytest.mark.rule("M115")
@given(
    prefix=st.sampled_from(["tok_", "pm_", "tok_a", "pm_card_"]),
    scheme=st.sampled_from(SCHEMES),
    group=st.integers(1, 19),
    serial=st.integers(0, 10**8),
    end=st.sampled_from(["", "_", "x", "7", "0000"]),
)
def test_a_card_number_dressed_up_as_a_token_is_none(
    prefix: str, scheme: tuple[str, int], group: int, serial: int, end: str
) -> None:
    number = card_number(*scheme, serial=serial)
    grouped = "_".join(number[start : start + group] for start in range(0, len(number), group))
    with pytest.raises(PaymentTokenInvalid):
        check_token(f"{prefix}{grouped}{end}")


@pytest.mark.parametrize(
    "token",
    [
        "tok_sandbox_ok",
        "tok_visa",
        "tok_1NvKr2eZvKYlo2Cx",
        "pm_1MqLiJLkdIwHu7ixUEgbFdYF",
        "pm_card_visa_chargeDeclined",
    ],
)
def test_tokens_of_gateways_pass(token: str) -> None:
    check_token(token)


@pytest.mark.rule("M115")
@pytest.mark.parametrize(
    "text", ["", "tok", "tok_sandbox_", "TOK_SANDBOX_OK", "tok_sandbox_ok\n", "tok_a_" + "b" * 64]
)
def test_other_texts_are_no_payment_tokens(text: str) -> None:
    with pytest.raises(PaymentTokenInvalid):
        check_token(text)


@pytest.mark.rule("M115")
def test_a_card_number_dressed_up_as_a_token_is_refused() -> None:
    check_token("pm_1PabcDEF0123456789xyzAB")
    for dressed in (f"pm_{card_number('4', 16)}", f"pm_card_{card_number('37', 15)}_x"):
        with pytest.raises(PaymentTokenInvalid):
            check_token(dressed)


@pytest.mark.rule("M115")
@pytest.mark.parametrize("code", ["", "123", "1" * 13, "1" * 16, "12 34", "12345\n", "١٢٣٤"])
def test_codes_cannot_hold_a_card_number(code: str) -> None:
    with pytest.raises(ConfirmationCodeInvalid):
        check_code(code)


def test_moves_that_are_not_in_the_table_are_refused() -> None:
    for status in TopUpStatus:
        for to in TopUpStatus:
            if to in MOVES[status]:
                check_move(status, to)
            else:
                with pytest.raises(TopUpStatusConflict):
                    check_move(status, to)


def test_answers_lead_only_where_the_table_allows() -> None:
    for status in TopUpStatus:
        for result in RESULTS:
            to = destination(status, result)
            assert to is None or to in MOVES[status]


@given(st.lists(st.sampled_from(RESULTS), max_size=12))
def test_whatever_comes_a_top_up_is_credited_once_and_taken_back_once(results: list[ChargeResult]) -> None:
    status, credited, taken = TopUpStatus.PROCESSING, 0, 0
    for result in results:
        to = destination(status, result)
        credited += to is TopUpStatus.SUCCEEDED
        taken += to is TopUpStatus.REVERSED and status is TopUpStatus.SUCCEEDED
        status = to or status
    assert taken <= credited <= 1
    assert (status is TopUpStatus.SUCCEEDED) == (credited - taken == 1)
