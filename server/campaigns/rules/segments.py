"""In how many segments an SMS travels, and where it is split (3GPP TS 23.038 and TS 23.040). No I/O.

A message of the GSM alphabet has 160 septets, or 153 in each part of a longer one; any other message has 70 UTF-16
code units, or 67 a part. A character of the extension table costs two septets. Neither an escape nor a surrogate
pair is split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.campaigns.rules import Terms
from server.kit.problems import Refusal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENSION
_BASIC_PLANE_LAST = 0xFFFF
_FIELD = re.compile(r"\{\{([a-z][a-z0-9_]{0,39})\}\}")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


class Encoding(StrEnum):
    """How a message is encoded."""

    GSM7 = "GSM7"
    UCS2 = "UCS2"


class MergeAlphabet(StrEnum):
    """Of which characters the values of a merge field are: of the basic GSM alphabet, of the whole GSM alphabet with
    its extension table, or any."""

    GSM_BASIC = "GSM_BASIC"
    GSM = "GSM"
    UNICODE = "UNICODE"


@dataclass(frozen=True, slots=True)
class Units:
    """What a message may have, in septets or UTF-16 code units: alone, and in each part of several."""

    alone: int
    a_part: int


UNITS = {Encoding.GSM7: Units(160, 153), Encoding.UCS2: Units(70, 67)}
_COSTLIEST = {MergeAlphabet.GSM_BASIC: "x", MergeAlphabet.GSM: "€", MergeAlphabet.UNICODE: "\U0001f4e8"}


@dataclass(frozen=True, slots=True)
class MergeField:
    """A place in the text, written `{{name}}`, that the sending engine fills for each recipient.

    `length_max` is in characters.
    """

    name: str
    length_max: int
    alphabet: MergeAlphabet


class MergeFault(StrEnum):
    """What is wrong with merge fields."""

    NAME_INVALID = "NAME_INVALID"
    DECLARED_TWICE = "DECLARED_TWICE"
    LENGTH_INVALID = "LENGTH_INVALID"
    TOO_MANY = "TOO_MANY"
    NOT_DECLARED = "NOT_DECLARED"


@dataclass(eq=False)
class MergeFieldInvalid(Refusal):
    """Every merge field of the text is declared once, with a length within the limit."""

    code = "MERGE_FIELD_INVALID"
    blames = "message.sms.mergeFields"
    merge_fault: str
    limit: int | None


@dataclass(eq=False)
class TooManySegments(Refusal):
    """The message is too long for one SMS, however many segments it may have."""

    code = "TOO_MANY_SEGMENTS"
    blames = "message.sms.text"
    segments: int
    segments_max: int


def encoding_of(text: str) -> Encoding:
    """The GSM alphabet where every character is in it."""
    return Encoding.GSM7 if all(char in _GSM for char in text) else Encoding.UCS2


def units_of(text: str, encoding: Encoding) -> int:
    """How many septets or UTF-16 code units the text takes."""
    return sum(_cost(char, encoding) for char in text)


def split(text: str) -> Sequence[str]:
    """The parts in which the text travels; together they are the text. One part at least."""
    encoding = encoding_of(text)
    if units_of(text, encoding) <= UNITS[encoding].alone:
        return [text]
    return list(_parts(text, encoding))


def _parts(text: str, encoding: Encoding) -> Iterator[str]:
    start = used = 0
    for position, char in enumerate(text):
        cost = _cost(char, encoding)
        if used + cost > UNITS[encoding].a_part:
            yield text[start:position]
            start, used = position, 0
        used += cost
    yield text[start:]


def _cost(char: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if char in _EXTENSION else 1
    return 2 if ord(char) > _BASIC_PLANE_LAST else 1


def longest(text: str, fields: Sequence[MergeField]) -> str:
    """The text with every merge field filled by the value that costs most.

    No other values make more segments: whatever else fills the fields can be split where this is split.
    """
    fillings = {field.name: _COSTLIEST[field.alphabet] * field.length_max for field in fields}
    return _FIELD.sub(lambda found: fillings.get(found[1], found[0]), text)


def check_fields(text: str, fields: Sequence[MergeField], terms: Terms) -> None:
    """Raises MergeFieldInvalid."""
    if len(fields) > terms.merge_fields_max:
        raise MergeFieldInvalid(MergeFault.TOO_MANY, terms.merge_fields_max)
    names = {field.name for field in fields}
    if not all(_FIELD_NAME.match(name) for name in names):
        raise MergeFieldInvalid(MergeFault.NAME_INVALID, None)
    if len(names) < len(fields):
        raise MergeFieldInvalid(MergeFault.DECLARED_TWICE, None)
    if not all(1 <= field.length_max <= terms.merge_field_length_max for field in fields):
        raise MergeFieldInvalid(MergeFault.LENGTH_INVALID, terms.merge_field_length_max)
    if not set(_FIELD.findall(text)) <= names:
        raise MergeFieldInvalid(MergeFault.NOT_DECLARED, None)


def segments(text: str, fields: Sequence[MergeField], terms: Terms) -> int:
    """The most segments that a recipient's message can have. Raises TooManySegments."""
    count = len(split(longest(text, fields)))
    if count > terms.sms_segments_max:
        raise TooManySegments(count, terms.sms_segments_max)
    return count
