"""In how many segments an SMS travels, and where it is split."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.campaigns.rules import Terms
from server.campaigns.rules.segments import (
    UNITS,
    Encoding,
    MergeAlphabet,
    MergeField,
    MergeFieldInvalid,
    TooManySegments,
    check_fields,
    encoding_of,
    longest,
    segments,
    split,
    units_of,
)

TERMS = Terms()
ENVELOPE = "\U0001f4e8"
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
NAME = MergeField("name", 10, MergeAlphabet.GSM_BASIC)
TEXTS = st.one_of(
    st.text(alphabet=BASIC + EXTENSION, max_size=700),
    st.text(alphabet=EXTENSION, max_size=400),
    st.text(alphabet="aé€ж漢" + ENVELOPE, max_size=400),
)


def test_the_alphabet_is_the_gsms() -> None:
    assert len(BASIC) == 127  # 128 places, one of which is the escape
    assert encoding_of(BASIC + EXTENSION) is Encoding.GSM7
    assert [units_of(char, Encoding.GSM7) for char in EXTENSION] == [2] * 10
    assert units_of(BASIC, Encoding.GSM7) == len(BASIC)
    for char in "êçÇ\tœ’–жЖ" + ENVELOPE:
        assert (encoding_of(char) is Encoding.GSM7) is (char in BASIC)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("a" * 159 + "€", 2),
        ("€" * 152, 2),  # 76 in each: the last septet of a part stays empty, for no escape is split
        ("€" * 153, 3),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("ж" + "a" * 69, 1),
        (ENVELOPE * 35, 1),
        (ENVELOPE * 36, 2),
        (ENVELOPE * 66, 2),  # 33 in each: no surrogate pair is split
        (ENVELOPE * 67, 3),
    ],
)
def test_a_message_has_so_many_segments(text: str, count: int) -> None:
    assert len(split(text)) == count


@given(text=TEXTS)
def test_the_parts_are_the_message_and_none_is_too_long(text: str) -> None:
    parts = split(text)
    encoding = encoding_of(text)
    limit = UNITS[encoding].alone if len(parts) == 1 else UNITS[encoding].a_part
    assert "".join(parts) == text
    assert all(units_of(part, encoding) <= limit for part in parts)
    assert all(parts[1:])
    for part, following in pairwise(parts):
        assert units_of(part + following[0], encoding) > limit, "no part has room for the next character"


@given(data=st.data(), text=st.text(alphabet="abc {}€ж", max_size=200))
def test_no_values_make_more_segments_than_the_costliest(data: st.DataObject, text: str) -> None:
    alphabets = {
        MergeAlphabet.GSM_BASIC: "abcÄ",
        MergeAlphabet.GSM: "ab€{",
        MergeAlphabet.UNICODE: "a€ж" + ENVELOPE,
    }
    alphabet = data.draw(st.sampled_from(list(alphabets)))
    field = MergeField("name", data.draw(st.integers(1, 160)), alphabet)
    value = data.draw(st.text(alphabet=alphabets[alphabet], max_size=field.length_max))
    where = data.draw(st.integers(0, len(text)))
    written = f"{text[:where]}{{{{name}}}}{text[where:]}"
    filled = written.replace("{{name}}", value)
    assert len(split(filled)) <= len(split(longest(written, [field])))


def test_a_text_counts_with_its_merge_fields_at_their_longest() -> None:
    text = "a" * 150 + "{{name}}"
    assert segments(text, [NAME], TERMS) == 1
    assert segments("a" + text, [NAME], TERMS) == 2
    assert segments("a" * 140 + "{{name}}", [MergeField("name", 10, MergeAlphabet.GSM)], TERMS) == 1
    assert segments("a" * 141 + "{{name}}", [MergeField("name", 10, MergeAlphabet.GSM)], TERMS) == 2
    assert segments("a" * 50 + "{{name}}", [MergeField("name", 10, MergeAlphabet.UNICODE)], TERMS) == 1
    assert segments("a" * 51 + "{{name}}", [MergeField("name", 10, MergeAlphabet.UNICODE)], TERMS) == 2


def test_ten_segments_are_the_most() -> None:
    assert segments("a" * 1530, [], TERMS) == 10
    with pytest.raises(TooManySegments) as refused:
        segments("a" * 1531, [], TERMS)
    assert (refused.value.segments, refused.value.segments_max) == (11, 10)


@pytest.mark.parametrize(
    ("text", "fields", "fault"),
    [
        ("Hello {{name}}", [], "NOT_DECLARED"),
        ("Hello", [NAME, NAME], "DECLARED_TWICE"),
        ("Hello", [MergeField("Name", 1, MergeAlphabet.GSM)], "NAME_INVALID"),
        ("Hello", [MergeField("name\n", 1, MergeAlphabet.GSM)], "NAME_INVALID"),
        ("Hello", [MergeField("a" * 41, 1, MergeAlphabet.GSM)], "NAME_INVALID"),
        ("Hello", [MergeField("name", 0, MergeAlphabet.GSM)], "LENGTH_INVALID"),
        ("Hello", [MergeField("name", 161, MergeAlphabet.GSM)], "LENGTH_INVALID"),
        ("Hello", [MergeField(f"f{number}", 1, MergeAlphabet.GSM) for number in range(21)], "TOO_MANY"),
    ],
)
def test_what_merge_fields_are_refused(text: str, fields: list[MergeField], fault: str) -> None:
    with pytest.raises(MergeFieldInvalid) as refused:
        check_fields(text, fields, TERMS)
    assert refused.value.merge_fault == fault


def test_merge_fields_that_are_in_order() -> None:
    check_fields("Hello {{name}}, {{ not a field }} {x}", [NAME], TERMS)
    check_fields("Hello", [MergeField(f"f{number}", 160, MergeAlphabet.GSM) for number in range(20)], TERMS)
