"""Scalars that refuse what cannot be meant, and cursors that are only ever ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from server.kit.graph.connections import PAGE_ROWS_MAX, key_after, number_after, page, rows_wanted
from server.kit.graph.mutations import canonical
from server.kit.graph.scalars import SCALARS, BigInt, MoneyInput
from server.kit.money import Currency
from server.kit.problems import PublicError


def parse(scalar: object, value: Any) -> Any:
    parser = SCALARS[scalar].parse_value
    assert parser is not None
    return parser(value)


@pytest.mark.parametrize("value", [1.5, True, None, "", "1e3", "NaN", "1,5", [], {}, "9" * 41, "٣"])
def test_a_decimal_is_plain_digits_and_never_a_float(value: Any) -> None:
    with pytest.raises(GraphQLError):
        parse(Decimal, value)


@pytest.mark.parametrize("value", [1.5, True, None, "", "x", "1.0", "--1", "-", "9" * 20, 2**63, [], "٣"])
def test_a_big_int_is_a_whole_number_of_63_bits(value: Any) -> None:
    with pytest.raises(GraphQLError):
        parse(BigInt, value)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_big_ints_survive_the_round_trip(number: int) -> None:
    assert parse(BigInt, str(number)) == parse(BigInt, number) == number
    assert SCALARS[BigInt].serialize(number) == str(number)


@pytest.mark.parametrize("value", ["", "yesterday", 5, None, "2026-01-01T00:00:00", "2026-13-01T00:00:00Z"])
def test_a_date_time_is_rfc_3339_with_its_offset(value: Any) -> None:
    with pytest.raises(GraphQLError):
        parse(datetime, value)


@given(st.timedeltas(timedelta(0), timedelta(days=50_000)))
def test_date_times_survive_the_round_trip(age: timedelta) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + age
    assert parse(datetime, SCALARS[datetime].serialize(instant)) == instant


def test_equal_intentions_have_one_canonical_form() -> None:
    one, other = (MoneyInput(amount=Decimal(text), currency=Currency.EUR) for text in ("10", "10.00"))
    assert canonical(one) == canonical(other) == {"amount": "10", "currency": "EUR"}


@pytest.mark.parametrize("first", [-1, 0, PAGE_ROWS_MAX + 1, 2**31 - 1])
def test_a_page_has_1_to_100_rows(first: int) -> None:
    with pytest.raises(PublicError) as caught:
        rows_wanted(first)
    assert caught.value.code == "BAD_USER_INPUT"


@given(st.text(max_size=40))
def test_a_cursor_that_is_not_ours_is_refused_or_harmless(text: str) -> None:
    assert harmless(key_after, text)
    assert harmless(number_after, text)


def harmless(read: Callable[[str], Any], text: str) -> bool:
    try:
        return str(read(text)).isprintable()
    except PublicError as refused:
        return refused.code == "BAD_USER_INPUT"


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    rows, seen, after = list(range(250, 0, -1)), [], None
    while True:
        before = number_after(after)
        wanted = [row for row in rows if before is None or row < before][: rows_wanted(100)]
        shown = page(wanted, 100, after, lambda row: row, lambda row: row)
        seen += [edge.node for edge in shown.edges]
        if not shown.page_info.has_next_page:
            break
        after = shown.page_info.end_cursor
    assert seen == rows
