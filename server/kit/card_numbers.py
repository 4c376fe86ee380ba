"""Finds payment card numbers in what somebody typed, so that none is ever kept (M115)."""

from __future__ import annotations

import re

# By the prefixes and lengths that card schemes issue (ISO/IEC 7812). Any Luhn-valid number would be too wide:
# every tenth long order number or timestamp is one.
_CARD = re.compile(
    r"(?<!\d)(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15})(?!\d)"
)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ -](?=\d)")


def holds_card_number(text: str) -> bool:
    """Whether the text holds a card number, written together or in groups with blanks or hyphens."""
    return any(_luhn_valid(number) for number in _CARD.findall(_BETWEEN_DIGITS.sub("", text)))


def _luhn_valid(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: the last digit is a checksum."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
