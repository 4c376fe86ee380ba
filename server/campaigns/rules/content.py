"""What a message may say: no card numbers, bank details or health data (M018). No I/O."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from server.campaigns.rules import Terms
from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal

_IBAN_LENGTHS = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18
    FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21
    LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27
    ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20
"""
_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBAN_LENGTHS.split()}
_IBAN_START = re.compile(r"(?<![A-Z0-9])([A-Z]{2})[0-9]{2}")
_BETWEEN = re.compile(r"[ \t\u00a0-]")
_IBAN_TEXT_MAX = 70
"""The longest IBAN, 34 characters, with a blank between any two of them."""
_ANNOUNCED = re.compile(
    r"\b(?:BIC|SWIFT(?=[ /-]{0,3}(?:BIC|CODE|NUMBER|NO|NR|IS|:|=)))\b"
    r"(?:\W{1,3}(?:BIC|SWIFT|CODE|NUMBER|NO|NR|IS)\b)*\W{0,5}",
    re.IGNORECASE,
)
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Z0-9])")


class TextFault(StrEnum):
    """What is wrong with a text."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    NOT_PLAIN = "NOT_PLAIN"


class Sensitive(StrEnum):
    """What must not be in a message (M018)."""

    CARD_NUMBER = "CARD_NUMBER"
    BANK_DETAILS = "BANK_DETAILS"
    HEALTH = "HEALTH"


@dataclass(eq=False)
class MessageTextInvalid(Refusal):
    """A text is not empty, not too long, and without control characters."""

    code = "MESSAGE_TEXT_INVALID"
    fault: str
    place: str
    """The input field, as a dotted path."""
    length_max: int

    @property
    def input_field(self) -> str | None:
        return self.place


@dataclass(eq=False)
class MessageTextSensitive(Refusal):
    """Messages carry no card numbers, bank details or health data."""

    code = "MESSAGE_TEXT_SENSITIVE"
    kind: str
    place: str
    """The input field, as a dotted path."""

    @property
    def input_field(self) -> str | None:
        return self.place


def check_text(text: str, place: str, length_max: int, terms: Terms, *, one_line: bool = False) -> None:
    """Raises MessageTextInvalid or MessageTextSensitive; `place` names the input field."""
    if fault := _fault(text, length_max, one_line):
        raise MessageTextInvalid(fault, place, length_max)
    if kind := sensitive(text, terms):
        raise MessageTextSensitive(kind, place)


def sensitive(text: str, terms: Terms) -> Sensitive | None:
    """What the text holds that must not be sent, the first of its kinds; None when nothing was found."""
    if holds_card_number(text):
        return Sensitive.CARD_NUMBER
    if holds_iban(text) or holds_swift_code(text):
        return Sensitive.BANK_DETAILS
    return Sensitive.HEALTH if _holds_word(text, terms.health_words) else None


def holds_iban(text: str) -> bool:
    """Whether an international bank account number is in the text (ISO 13616), in groups or together.

    Its length is that of its country and its check digits are right (ISO 7064, mod 97-10).
    """
    capitals = text.upper()
    return any(
        _is_iban(_BETWEEN.sub("", capitals[found.start() : found.start() + _IBAN_TEXT_MAX]), found[1])
        for found in _IBAN_START.finditer(capitals)
    )


def holds_swift_code(text: str) -> bool:
    """Whether a bank's identifier (ISO 9362), in capitals, follows a word that announces one. Alone, it looks like any
    word.
    """
    return any(_SWIFT.match(text, found.end()) for found in _ANNOUNCED.finditer(text))


def _is_iban(text: str, country: str) -> bool:
    length = _LENGTHS.get(country)
    number = text[:length]
    if length is None or len(number) < length or not number.isascii() or not number.isalnum():
        return False
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


def _holds_word(text: str, words: frozenset[str]) -> bool:
    plain = unicodedata.normalize("NFC", text).lower()
    found = re.findall(r"[^\W\d_]+", plain)
    pairs = {f"{first}-{second}" for first, second in pairwise(found)}
    return not words.isdisjoint(pairs | set(found))


def _fault(text: str, length_max: int, one_line: bool) -> TextFault | None:
    if not text.strip():
        return TextFault.EMPTY
    if len(text) > length_max:
        return TextFault.TOO_LONG
    lines = text if one_line else text.replace("\r", "").replace("\n", "").replace("\t", "")
    controls = any(unicodedata.category(char) in ("Cc", "Cs") for char in lines)
    return TextFault.NOT_PLAIN if controls else None
