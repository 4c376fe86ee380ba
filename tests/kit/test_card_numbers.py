"""Card numbers are found however they are written; other long numbers pass. None is spelled out here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.card_numbers import holds_card_number

# Prefix and length of each scheme; the rest is zeros and the checksum.
SCHEMES = [("4", 13), ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15)]
SCHEMES += [("36", 14), ("35", 16), ("6011", 16)]


def card_number(prefix: str, length: int, serial: int = 0) -> str:
    """A number that no bank gave out, of a form that banks give out (ISO/IEC 7812-1, annex B)."""
    body = prefix + str(serial).zfill(length - 1 - len(prefix))
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


@pytest.mark.rule("M115")
@pytest.mark.parametrize(("prefix", "length"), SCHEMES)
@pytest.mark.parametrize("separator", ["", " ", "-"])
def test_a_card_number_is_found(prefix: str, length: int, separator: str) -> None:
    number = card_number(prefix, length)
    groups = separator.join(number[start : start + 4] for start in range(0, length, 4))
    assert holds_card_number(groups)
    assert holds_card_number(f"paid with {groups}, thanks")


@pytest.mark.rule("M115")
@given(st.integers(0, 10**14 - 1))
def test_one_digit_decides(serial: int) -> None:
    number = card_number("4", 16, serial)
    assert holds_card_number(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not holds_card_number(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PO 17",
        "2026-03-02",
        "1772442000000",
        "1772442000000000",
        "ord_01m81hnn4se008tpen4fg0ynbh",
        "4" * 30,
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not holds_card_number(text)
