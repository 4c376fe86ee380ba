"""What a sender may be called, what may be decided, and what a message shows."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.senders.rules import (
    MOVES,
    Allowance,
    Effective,
    FallBack,
    SenderCountriesInvalid,
    SenderKind,
    SenderNameInvalid,
    SenderNameReserved,
    SenderStatus,
    SenderStatusConflict,
    Terms,
    check_countries,
    check_move,
    effective,
    kind_of,
)
from server.senders.rules.documents import ContentType, UploadContentInvalid, check_content, pieces
from server.senders.rules.review import Decision, ReasonCode, SenderDecisionInvalid, check_decision
from tests.kit.test_card_numbers import card_number
from tests.senders.conftest import DOCUMENTS

TERMS = Terms()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OTHER = ReasonCode.OTHER


@pytest.mark.rule("M068", "M070", "M071")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("A", SenderKind.COMPANY_NAME),
        ("Marigold", SenderKind.COMPANY_NAME),
        ("Marigold24", SenderKind.COMPANY_NAME),
        ("24Seven", SenderKind.COMPANY_NAME),
        ("4122123456", SenderKind.PHONE_NUMBER),
        ("6834001", SenderKind.PHONE_NUMBER),
    ],
)
def test_a_sender_is_a_companys_name_or_a_phone_number(name: str, kind: SenderKind) -> None:
    assert kind_of(name, TERMS) is kind


@pytest.mark.rule("M068")
@pytest.mark.parametrize("name", ["A" * 11, "41221234567", "Marigold 24"])
def test_eleven_characters_are_refused(name: str) -> None:
    with pytest.raises(SenderNameInvalid) as refused:
        kind_of(name, TERMS)
    assert (refused.value.fault, refused.value.length_max) == ("TOO_LONG", 10)
    assert kind_of(name[:8], TERMS)


@pytest.mark.rule("M069", "M070")
@pytest.mark.parametrize(
    "name",
    [
        "Mari gold",
        " Marigold",
        "L'Atelier",
        "L’Atelier",
        "Café",
        "a-b",
        "a_b",
        "+412212345",
        "a.b",
        "a\n",
        "٣٣٣",
    ],
)
def test_blanks_signs_and_other_alphabets_are_refused(name: str) -> None:
    with pytest.raises(SenderNameInvalid) as refused:
        kind_of(name, TERMS)
    assert refused.value.fault == "NOT_ALPHANUMERIC"


@pytest.mark.rule("M070")
@given(st.text(min_size=1, max_size=10))
def test_whatever_passes_is_letters_and_digits(name: str) -> None:
    try:
        kind_of(name, TERMS)
    except (SenderNameInvalid, SenderNameReserved):
        return
    assert name.isascii()
    assert name.isalnum()


@pytest.mark.rule("M071")
@pytest.mark.parametrize("name", ["0221234567", "12345", "0"])
def test_digits_that_are_no_phone_number_are_refused(name: str) -> None:
    with pytest.raises(SenderNameInvalid) as refused:
        kind_of(name, TERMS)
    assert refused.value.fault == "NOT_A_PHONE_NUMBER"


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(SenderNameInvalid, match="letters and digits") as refused:
        kind_of("", TERMS)
    assert refused.value.fault == "EMPTY"


@pytest.mark.parametrize("name", ["POLICE", "Police", "postmeter", "112"])
def test_nobody_is_the_police(name: str) -> None:
    with pytest.raises(SenderNameReserved):
        kind_of(name, TERMS)


@pytest.mark.parametrize("countries", [[], ["XX"], ["CH", "ch"], ["CH", "FR", "DE"]])
def test_countries_are_known_and_not_too_many(countries: list[str]) -> None:
    with pytest.raises(SenderCountriesInvalid):
        check_countries(countries, {"CH", "FR", "DE"}, Terms(countries_max=2))


@pytest.mark.rule("M071")
def test_a_sender_is_used_only_after_its_review() -> None:
    before_use = [status for status, following in MOVES.items() if SenderStatus.ACCEPTED in following]
    assert before_use == [SenderStatus.SUBMITTED]
    with pytest.raises(SenderStatusConflict):
        check_move(SenderStatus.DRAFT, SenderStatus.ACCEPTED)


@pytest.mark.rule("M076")
def test_the_terms_hold_no_price() -> None:
    names = {field.name for field in fields(Terms)}
    assert not {name for name in names if "fee" in name or "minor" in name or "price" in name}


@pytest.mark.rule("M064")
def test_without_a_sender_messages_show_the_services_domain() -> None:
    assert effective(None, None, NOW, TERMS) == Effective(None, "mailpro.com", None)
    assert effective("Marigold", None, NOW, TERMS) == Effective(
        "Marigold", "mailpro.com", FallBack.NOT_ACCEPTED
    )


@pytest.mark.rule("M065")
def test_what_was_asked_for_is_told_beside_what_is_shown() -> None:
    found = Allowance("Marigold", in_country=True, carrier_refused_at=None)
    assert effective("MARIGOLD", found, NOW, TERMS) == Effective("MARIGOLD", "Marigold", None)


@pytest.mark.rule("M066")
@pytest.mark.parametrize(("seconds", "falls_back"), [(-1, True), (0, False), (1, False)])
def test_a_carriers_refusal_stands_until_it_lapses(seconds: int, falls_back: bool) -> None:
    found = Allowance("Marigold", in_country=True, carrier_refused_at=NOW)
    now = NOW + TERMS.carrier_refusal_stands + timedelta(seconds=seconds)
    shown = effective("Marigold", found, now, TERMS)
    assert shown.fell_back_because == (FallBack.CARRIER_REFUSED if falls_back else None)
    assert shown.effective == ("mailpro.com" if falls_back else "Marigold")


@pytest.mark.rule("M067")
def test_a_name_is_shown_in_its_countries_only() -> None:
    found = Allowance("Marigold", in_country=False, carrier_refused_at=None)
    shown = effective("Marigold", found, NOW, TERMS)
    assert shown == Effective("Marigold", "mailpro.com", FallBack.NOT_IN_COUNTRY)


@pytest.mark.parametrize(
    ("decision", "fault"),
    [
        (Decision(True, ("CH",), None, None), None),
        (Decision(False, (), OTHER, "Please send a scan, not a photo."), None),
        (Decision(True, (), None, None), "COUNTRIES_MISSING"),
        (Decision(True, ("DE",), None, None), "COUNTRIES_NOT_REQUESTED"),
        (Decision(False, ("CH",), OTHER, None), "COUNTRIES_NOT_REQUESTED"),
        (Decision(True, ("CH",), OTHER, None), "REASON_OF_ACCEPTANCE"),
        (Decision(False, (), None, None), "REASON_MISSING"),
        (Decision(False, (), OTHER, " "), "NOTE_NOT_PLAIN"),
        (Decision(False, (), OTHER, "a\nb"), "NOTE_NOT_PLAIN"),
        (Decision(False, (), OTHER, "x" * 501), "NOTE_NOT_PLAIN"),
        (Decision(False, (), OTHER, f"Paid with {card_number('4', 16)}"), "NOTE_NOT_PLAIN"),
    ],
)
def test_a_decision_holds_together(decision: Decision, fault: str | None) -> None:
    if fault is None:
        check_decision(decision, {"CH", "FR"}, TERMS)
        return
    with pytest.raises(SenderDecisionInvalid) as refused:
        check_decision(decision, {"CH", "FR"}, TERMS)
    assert refused.value.fault == fault


@pytest.mark.parametrize("said", list(ContentType))
@pytest.mark.parametrize("meant", list(ContentType))
def test_a_document_is_what_it_begins_as(said: ContentType, meant: ContentType) -> None:
    if said is meant:
        check_content(said, DOCUMENTS[meant])
        return
    with pytest.raises(UploadContentInvalid):
        check_content(said, DOCUMENTS[meant])


@given(st.binary(max_size=100), st.integers(min_value=1, max_value=40))
def test_pieces_are_the_content(content: bytes, size: int) -> None:
    cut = pieces(content, size)
    assert b"".join(cut) == content
    assert all(len(piece) <= size for piece in cut)
