"""What a message may say, where a campaign can go, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.campaigns.rules import (
    CampaignIncomplete,
    CampaignNameInvalid,
    CampaignScheduleInvalid,
    CampaignStatus,
    CampaignStatusConflict,
    ListSourceRefused,
    MessageChannel,
    Terms,
)
from server.campaigns.rules.addresses import identity
from server.campaigns.rules.content import (
    MessageTextInvalid,
    MessageTextSensitive,
    Sensitive,
    check_text,
    sensitive,
)
from server.campaigns.rules.lifecycle import (
    ENDED,
    MOVES,
    ListSource,
    check_complete,
    check_move,
    check_name,
    check_schedule,
    check_source,
)
from server.campaigns.rules.quoting import Line, quote_email, quote_sms
from server.campaigns.rules.suppression import RemovalReasonInvalid, check_removal
from tests.kit.test_card_numbers import card_number

TERMS = Terms()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def iban(country: str, account: str) -> str:
    """An IBAN with the right check digits (ISO 7064)."""
    number = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02}{account}"


SWISS = iban("CH", "00999123000889012")
GROUPED = " ".join(SWISS[start : start + 4] for start in range(0, len(SWISS), 4))


@pytest.mark.rule("M018")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The marigolds are here.", None),
        (f"Pay with {card_number('4', 16)}.", Sensitive.CARD_NUMBER),
        (f"Pay to {SWISS} please", Sensitive.BANK_DETAILS),
        (f"Pay to {GROUPED} please", Sensitive.BANK_DETAILS),
        (f"pay to {GROUPED.lower()} please", Sensitive.BANK_DETAILS),
        (f"IBAN:{iban('MT', 'MALT011000012345MTLCAST001S')}", Sensitive.BANK_DETAILS),
        (f"Pay to {SWISS[:-1]}{(int(SWISS[-1]) + 1) % 10}", None),
        (f"Order X{SWISS}", None),
        ("CH99 offers until the 12th of May, while stocks last", None),
        ("Our BIC: POSTCHBEXXX", Sensitive.BANK_DETAILS),
        ("SWIFT code POSTCHBE", Sensitive.BANK_DETAILS),
        ("Swift/BIC: POSTCHBE", Sensitive.BANK_DETAILS),
        ("BIC/SWIFT code: POSTCHBE", Sensitive.BANK_DETAILS),
        ("BIC code is POSTCHBE.", Sensitive.BANK_DETAILS),
        ("swift: POSTCHBEXXX", Sensitive.BANK_DETAILS),
        ("A swift delivery is promised", None),
        ("SWIFT DELIVERY GUARANTEED", None),
        ("POSTCHBEXXX is our code", None),
        ("We have your diagnosis.", Sensitive.HEALTH),
        ("Test HIV-positive? Call us", Sensitive.HEALTH),
        ("Votre dossier médical est prêt", Sensitive.HEALTH),
        ("Ihre Krankenakte", Sensitive.HEALTH),
        ("Se\u0301ropositif", Sensitive.HEALTH),
        ("The diagnostic tool for your engine", None),
    ],
)
def test_what_must_not_be_in_a_message(text: str, found: Sensitive | None) -> None:
    assert sensitive(text, TERMS) is found


@pytest.mark.rule("M018")
def test_a_refusal_names_what_was_found_and_where() -> None:
    with pytest.raises(MessageTextSensitive) as refused:
        check_text(f"Pay to {SWISS}", "message.email.subject", 200, TERMS, one_line=True)
    assert (refused.value.kind, refused.value.input_field) == ("BANK_DETAILS", "message.email.subject")
    assert SWISS not in str(refused.value.numbers())


@pytest.mark.parametrize(
    ("text", "one_line", "fault"),
    [
        ("", False, "EMPTY"),
        (" \n ", False, "EMPTY"),
        ("a" * 201, False, "TOO_LONG"),
        ("a\x00b", False, "NOT_PLAIN"),
        ("a\x07b", False, "NOT_PLAIN"),
        ("a\ud800b", False, "NOT_PLAIN"),
        ("a\nb", True, "NOT_PLAIN"),
    ],
)
def test_texts_that_are_refused(text: str, one_line: bool, fault: str) -> None:
    with pytest.raises(MessageTextInvalid) as refused:
        check_text(text, "message.email.text", 200, TERMS, one_line=one_line)
    assert refused.value.fault == fault


def test_texts_that_are_in_order() -> None:
    check_text("a" * 200, "message.email.text", 200, TERMS)
    check_text("One\r\n\tTwo 🌼", "message.email.text", 200, TERMS)


@pytest.mark.parametrize("name", ["", " Spring", "a\nb", "a" * 121, card_number("4", 16)])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(CampaignNameInvalid):
        check_name(name, TERMS)


def test_every_move_is_allowed_or_refused() -> None:
    for status in CampaignStatus:
        for to in CampaignStatus:
            if to in MOVES[status]:
                check_move(status, to)
                continue
            with pytest.raises(CampaignStatusConflict) as refused:
                check_move(status, to)
            assert refused.value.status == status.value
    assert {status for status, following in MOVES.items() if not following} == ENDED


@pytest.mark.rule("M019")
@pytest.mark.parametrize("source", list(ListSource))
def test_lists_of_others_are_refused(source: ListSource) -> None:
    if source.value not in ("PURCHASED", "RENTED", "THIRD_PARTY"):
        check_source(source, TERMS)
        return
    with pytest.raises(ListSourceRefused) as refused:
        check_source(source, TERMS)
    assert refused.value.source == source.value


@pytest.mark.rule("M014")
@pytest.mark.parametrize("recipients", [0, 1])
@pytest.mark.parametrize("declared_at", [None, NOW])
def test_nothing_is_launched_to_nobody_or_undeclared(recipients: int, declared_at: datetime | None) -> None:
    if recipients and declared_at:
        check_complete(recipients, declared_at)
        return
    with pytest.raises(CampaignIncomplete) as refused:
        check_complete(recipients, declared_at)
    assert (refused.value.recipients, refused.value.declaration) == (recipients == 0, declared_at is None)


@pytest.mark.parametrize(
    ("ahead", "fits"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), False),
        (timedelta(seconds=1), True),
        (timedelta(days=90), True),
        (timedelta(days=90, seconds=1), False),
    ],
)
def test_a_schedule_is_ahead_and_not_too_far(ahead: timedelta, fits: bool) -> None:
    if fits:
        check_schedule(NOW + ahead, NOW, TERMS)
        return
    with pytest.raises(CampaignScheduleInvalid) as refused:
        check_schedule(NOW + ahead, NOW, TERMS)
    assert refused.value.days_max == 90


def test_a_quote_is_recipients_times_segments_times_rate() -> None:
    quote = quote_sms(3, {"FR": 10, "CH": 7}, {"CH": 2, "FR": 1, "DE": 9})
    assert quote.lines == [Line("CH", 7, 3, 2), Line("FR", 10, 3, 1)]
    assert (quote.recipients, quote.credits) == (17, 7 * 3 * 2 + 10 * 3)
    assert (quote_email(250, 1).credits, quote_email(250, 1).segments) == (250, 1)


@pytest.mark.parametrize(
    ("channel", "one", "other", "same"),
    [
        (MessageChannel.EMAIL, "Ines@Example.com", " ines@example.COM ", True),
        (MessageChannel.EMAIL, "ines@bücher.example", "ines@xn--bcher-kva.example", True),
        (MessageChannel.EMAIL, "ines@example.com", "ines+news@example.com", False),
        (MessageChannel.EMAIL, "ines@example.com", "ines@example.org", False),
        (MessageChannel.SMS, "+41 79 123 45 67", "+41791234567", True),
        (MessageChannel.SMS, "41791234567", "+41791234567", True),
        (MessageChannel.SMS, "+41791234567", "+41791234568", False),
    ],
)
def test_what_makes_two_addresses_one(channel: MessageChannel, one: str, other: str, same: bool) -> None:
    assert (identity(channel, one) == identity(channel, other)) is same


@pytest.mark.parametrize("reason", ["", " ", "a" * 301, "one\ntwo", f"paid with {card_number('4', 16)}"])
def test_a_removal_has_a_reason(reason: str) -> None:
    with pytest.raises(RemovalReasonInvalid):
        check_removal(reason, TERMS)
    check_removal("She subscribed again at the counter.", TERMS)
