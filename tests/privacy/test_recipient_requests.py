"""A recipient's request from its filing to its end: whose it is, when it is due to the second, what it stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from server.campaigns.actions.recording import record_events
from server.campaigns.model import Bounce, Campaign, CampaignRecipient, LinkClicker, RecipientState
from server.campaigns.reads import statistics
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.kit.clock import ManualClock
from server.kit.due import pauses
from server.kit.work import House
from server.privacy.actions.recipient_answers import advance, close_request
from server.privacy.actions.recipient_requests import confirm_request, enter_request
from server.privacy.reads import recipient_requests as reads
from server.privacy.reads.recipient_requests import RequestRow
from server.privacy.rules.recipient_requests import RecipientRequestTerms, RequestKind
from server.privacy.rules.refusals import (
    RecipientAddressInvalid,
    RecipientCodeInvalid,
    RecipientLinkRequired,
    RecipientRequestLimitReached,
    RecipientRequestNotFound,
    RecipientRequestStatusConflict,
    RecipientSenderUnknown,
    RecipientTextInvalid,
)
from tests.campaigns.complaining import launched
from tests.privacy.asking import READER, Post, post_of

TERMS = RecipientRequestTerms()
SECOND = timedelta(seconds=1)
FILED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 4, 2, 9, tzinfo=UTC)
OBJECTED = [("OBJECTED", "PRIVACY_REQUEST")]


@pytest.fixture
async def post(house: House, clock: ManualClock) -> Post:
    return await post_of(house, clock)


@pytest.mark.rule("M011", "M103")
async def test_what_is_not_answered_is_escalated_a_month_after_its_receipt_whatever_is_paused(
    post: Post,
) -> None:
    row = await post.relayed()
    assert (row.status, row.received_at, row.due_at) == ("RELAYED", FILED, DUE)
    await post.units.run_unaudited(lambda work: pauses.begin(work, work.now, "A flood."))
    await post.due(DUE - TERMS.remind_before - SECOND)
    assert (await post.row(row.id)).reminded_at is None
    await post.due(DUE - TERMS.remind_before)
    assert (await post.row(row.id)).reminded_at == DUE - TERMS.remind_before
    await post.due(DUE - SECOND)
    assert (await post.row(row.id)).status == "RELAYED"
    await post.due(DUE)
    escalated = await post.row(row.id)
    assert (escalated.status, escalated.escalated_at) == ("ESCALATED", DUE)
    await post.due(DUE + SECOND)
    await post.act(lambda work: advance(work, row.id))
    assert await post.row(row.id) == escalated, "a step that runs again does nothing"
    assert await post.notices_of_staff() == ["recipient_request_overdue"]
    letters = [
        ("recipient_request_code", READER),
        ("recipient_request_relayed", "owner@example.com"),
        ("recipient_request_reminder", "owner@example.com"),
        ("recipient_request_escalated", "owner@example.com"),
    ]
    assert await post.letters() == letters
    with pytest.raises(RecipientRequestStatusConflict):
        await post.verify(row.id, "00000000")
    closed = await post.act(lambda work: close_request(work, row.id), post.staff[0])
    assert (closed.status, closed.open_key) == ("CLOSED", None)
    assert await post.letters() == [*letters, ("recipient_request_closed", READER)]
    assert await post.told() == ["Relayed", "Escalated", "Closed"]


@pytest.mark.rule("M011")
async def test_an_answer_ends_it_tells_the_person_and_is_forgotten_in_time(post: Post) -> None:
    row = await post.relayed()
    with pytest.raises(RecipientRequestStatusConflict):
        await post.act(lambda work: close_request(work, row.id), post.staff[0])
    post.clock.set(DUE - SECOND)
    answered = await post.answer(row.id)
    assert (answered.status, answered.outcome, answered.ended_at) == ("ANSWERED", "DONE", DUE - SECOND)
    assert (await post.letters())[-1] == ("recipient_request_done", READER)
    with pytest.raises(RecipientRequestStatusConflict):
        await post.answer(row.id)
    sealed = (answered.address, answered.text, answered.answer)
    for text in (b"reader", b"Marigold", b"corrected"):
        assert all(each is not None and text not in each for each in sealed)
    ends = DUE - SECOND + TERMS.kept_after_end
    await post.due(ends - SECOND)
    assert (await post.row(row.id)).address is not None
    await post.due(ends)
    left = await post.row(row.id)
    assert (left.address, left.text, left.answer, left.address_hash) == (None, None, None, None)
    assert (left.status, left.outcome) == ("ANSWERED", "DONE"), "that it was answered stays on record"
    again = await post.file()
    assert again.id != row.id, "what is over is no duplicate"


@pytest.mark.rule("M011")
async def test_unverified_and_repeated_requests_delay_nothing(post: Post) -> None:
    stranger = await post.file(caller="198.51.100.7")
    assert await post.shown() == [] == await post.told(), "the customer sees nothing that is unverified"
    first_code = post.codes[stranger.id]
    post.clock.advance(timedelta(days=1))
    own = await post.file(replace(post.asked(), text=None, address="Reader@Example.com"))
    assert own.id == stranger.id, "nobody learns that there was one"
    assert post.codes[own.id] != first_code
    with pytest.raises(RecipientCodeInvalid):
        await post.verify(own.id, first_code)
    verified = await post.verify(own.id)
    assert (verified.status, verified.due_at) == ("RELAYED", DUE), "the clock of the first receipt"
    assert verified.text is None, "the words are those of the filing whose code came back"
    sent = await post.letters()
    assert (await post.file()).id == own.id
    assert await post.letters() == sent, "a verified one needs no code"
    assert await post.shown() == [own.id]
    other = await post.file(post.asked(RequestKind.ACCESS))
    assert other.id != own.id, "another right is another request"
    for _ in range(TERMS.codes_max + 1):
        await post.file(post.asked(RequestKind.ACCESS), caller="203.0.113.9")
    codes = [kind for kind, _ in await post.letters() if kind == "recipient_request_code"]
    assert len(codes) == 2 + TERMS.codes_max, "more codes are silently not sent"
    lapses = other.filed_at + TERMS.verify_within
    await post.due(lapses - SECOND)
    assert (await post.row(other.id)).status == "RECEIVED"
    await post.due(lapses)
    lapsed = await post.row(other.id)
    assert (lapsed.status, lapsed.address, lapsed.address_hash) == ("LAPSED", None, None)
    assert await post.shown() == [own.id]


async def test_few_guesses_and_no_old_code(post: Post) -> None:
    row = await post.file()
    right = post.codes[row.id]
    for left in range(TERMS.code_attempts_max - 1, -1, -1):
        with pytest.raises(RecipientCodeInvalid) as wrong:
            await post.verify(row.id, "none")
        assert wrong.value.attempts_left == left
    with pytest.raises(RecipientCodeInvalid):
        await post.verify(row.id, right)
    await post.file()
    post.clock.advance(TERMS.code_age_max)
    with pytest.raises(RecipientCodeInvalid):
        await post.verify(row.id)
    await post.file()
    post.clock.advance(TERMS.code_age_max - SECOND)
    await post.verify(row.id)
    assert (await post.row(row.id)).status == "RELAYED"
    with pytest.raises(RecipientRequestNotFound):
        await post.verify("rrq_1", "00000000")


@pytest.mark.rule("M011", "C21")
async def test_an_erasure_stops_the_messages_and_deletes_the_address(post: Post) -> None:
    draft = await post.units.run_unaudited(lambda work: launched(work, post.account_id))
    await post.act(
        lambda work: work.execute(
            update(Campaign).where(Campaign.id == draft).values(status="DRAFT", launched_at=None)
        )
    )
    for campaign_id in (draft, post.campaign_id):
        await post.upload(campaign_id, [READER, "other@example.com"])
    events = [
        MessageEvent("a", post.campaign_id, READER, EventKind.DELIVERED, FILED),
        MessageEvent("b", post.campaign_id, READER, EventKind.CLICKED, FILED, link="https://example.com/"),
        MessageEvent("c", post.campaign_id, READER, EventKind.BOUNCED, FILED, bounce=BounceClass.SOFT),
        MessageEvent("d", post.campaign_id, "other@example.com", EventKind.DELIVERED, FILED),
    ]
    await post.act(
        lambda work: record_events(work, "test", events, account_id=post.account_id, billable=False)
    )
    counted = await post.units.read(lambda read: statistics.whole(read, post.campaign_id))
    filed = await post.file(post.asked(RequestKind.ERASURE))
    assert await post.suppressed() == [], "anybody can ask in anybody's name"
    await post.verify(filed.id)
    assert await post.suppressed() == OBJECTED
    assert await rows(post, CampaignRecipient) == 2
    assert [await rows(post, table) for table in (RecipientState, LinkClicker, Bounce)] == [1, 0, 0]
    query = select(Campaign.id, Campaign.recipients).order_by(Campaign.id)
    numbers = {row.id: row.recipients for row in await post.units.read(lambda read: read.rows(query))}
    assert numbers == {draft: 1, post.campaign_id: 2}, "what was launched was paid for"
    assert await post.units.read(lambda read: statistics.whole(read, post.campaign_id)) == counted


async def rows(post: Post, table: type) -> int:
    return int(await post.units.read(lambda read: read.scalar(select(func.count()).select_from(table))))


@pytest.mark.rule("M011")
async def test_the_link_of_a_message_stops_it_at_once_and_speaks_for_a_phone(post: Post) -> None:
    token = await post.link()
    by_link = replace(post.asked(RequestKind.OBJECTION), campaign_id=None, link_token=token)
    with pytest.raises(RecipientAddressInvalid):
        await post.file(replace(by_link, address="other@example.com"))
    with pytest.raises(RecipientSenderUnknown):
        await post.file(replace(by_link, link_token=token + "x"))
    filed = await post.file(by_link)
    assert (filed.status, await post.suppressed()) == ("RECEIVED", OBJECTED)
    number, sms = "+41446681800", MessageChannel.SMS
    by_phone = replace(by_link, address=number, link_token=await post.link(number, sms))
    relayed = await post.file(by_phone)
    assert (relayed.status, relayed.channel) == ("RELAYED", "SMS")
    sms_campaign = update(Campaign).where(Campaign.id == post.campaign_id).values(channel="SMS")
    await post.act(lambda work: work.execute(sms_campaign))
    with pytest.raises(RecipientLinkRequired):
        await post.file(post.asked(address=number))


@pytest.mark.rule("M011")
async def test_what_comes_by_mail_counts_from_its_receipt(post: Post) -> None:
    received_at = datetime(2026, 1, 31, 23, tzinfo=UTC)
    asked = post.asked()

    async def enter(at: datetime) -> RequestRow:
        return await post.act(
            lambda work: enter_request(work, asked, at, "<1@mail.example.com>"), post.staff[0]
        )

    first = await enter(received_at + timedelta(days=3))
    entered = await enter(received_at)
    assert (entered.id, entered.source, entered.status) == (first.id, "MAIL", "RECEIVED")
    assert entered.due_at == datetime(2026, 2, 28, 23, tzinfo=UTC), "the earlier receipt; February is short"
    confirmed = await post.act(lambda work: confirm_request(work, entered.id), post.staff[0])
    assert (confirmed.status, confirmed.verified_by) == ("RELAYED", post.staff[0].credential_id)
    await post.due(post.clock.now())
    assert (await post.row(entered.id)).status == "ESCALATED", "it was late when it was entered"
    first_of_all = await post.units.read(lambda read: reads.queue(read, 10, (0, 0, "rrq")))
    assert [row.id for row in first_of_all] == [entered.id]
    assert await post.units.read(lambda read: reads.queue(read, 10, (1, 0, "rrq"))) == []


async def test_what_anybody_files_is_bounded(post: Post) -> None:
    with pytest.raises(RecipientSenderUnknown):
        await post.file(replace(post.asked(), campaign_id="cmp_1"))
    with pytest.raises(RecipientAddressInvalid):
        await post.file(post.asked(address="nobody"))
    with pytest.raises(RecipientTextInvalid) as refused:
        await post.file(replace(post.asked(), text=" "))
    assert (refused.value.fault, refused.value.length_max) == ("BLANK", TERMS.text_length_max)
    for number in range(TERMS.filings_per_address_max):
        await post.file(post.asked(address=f"reader{number}@example.com"))
    with pytest.raises(RecipientRequestLimitReached):
        await post.file()
    await post.file(caller="192.0.2.2")
    post.clock.advance(TERMS.filings_window)
    await post.file()
