"""Tickets, defects and the contact form, through the slice's own actions on each database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.collecting import DetailNotCollected
from server.accounts.rules.lifecycle import add_months
from server.kit.crypto import key_id_of
from server.kit.work import Read
from server.notices.model import Notice
from server.privacy.actions.tickets import request_from_message
from server.privacy.rules.request_refusals import PrivacyRequestAccountUnknown
from server.privacy.rules.requests import PrivacyRequestKind
from server.support import actions, reads
from server.support.model import Ticket, TicketMessage
from server.support.rules import (
    ContactAddressInvalid,
    ContactCodeInvalid,
    ContactLimitReached,
    Terms,
    TicketClosedForGood,
    TicketLimitReached,
    TicketMessageNotFound,
    TicketNotFound,
    TicketStatus,
    TicketStatusConflict,
    TicketTextInvalid,
)
from tests.support.conftest import EMAIL, Desk, close

S = TicketStatus
SECOND = timedelta(seconds=1)


async def test_a_ticket_from_its_opening_to_its_end(desk: Desk) -> None:
    opened = await desk.open()
    assert (opened.status, opened.waiting_since, opened.due_at) == ("OPEN", desk.clock.now(), None)
    desk.clock.advance(timedelta(hours=1))
    answered = await desk.answer(opened.id, S.WAITING)
    assert (answered.status, answered.waiting_since, answered.messages) == ("WAITING", None, 2)
    assert await desk.read(lambda read: reads.queue(read, 10)) == []
    replied = await desk.reply(opened.id)
    assert (replied.status, replied.waiting_since) == ("OPEN", desk.clock.now())
    again = await desk.reply(opened.id)
    assert again.waiting_since == replied.waiting_since, (
        "who writes twice does not go to the end of the queue"
    )
    await desk.answer(opened.id)
    desk.clock.advance(Terms().quiet_before_closing - SECOND)
    await desk.runner.run_due()
    assert (await desk.row(opened.id)).status == "ANSWERED"  # type: ignore[union-attr]
    desk.clock.advance(SECOND)
    await desk.runner.run_due()
    closed = await desk.row(opened.id)
    assert closed is not None
    assert (closed.status, closed.closed_at) == ("CLOSED", desk.clock.now())
    with pytest.raises(TicketStatusConflict):
        await desk.answer(opened.id)
    desk.clock.advance(Terms().reopen_within - SECOND)
    reopened = await desk.reply(opened.id)
    assert (reopened.status, reopened.closed_at) == ("OPEN", None)
    assert await desk.told() == ["ticket_answered"] * 2
    kinds = (
        "TicketOpened TicketAnswered TicketReplied TicketReplied TicketAnswered TicketClosed TicketReplied"
    )
    assert await desk.events(desk.customer) == [(kind, opened.id) for kind in kinds.split()]
    assert await desk.events(desk.staff) == [("SupportQueueMoved", opened.id)] * 7


async def test_a_ticket_that_was_closed_for_long_is_another_one(desk: Desk) -> None:
    opened = await desk.open()
    await desk.act(lambda work: actions.close_ticket(work, desk.customer, opened.id))
    desk.clock.advance(Terms().reopen_within)
    with pytest.raises(TicketClosedForGood):
        await desk.reply(opened.id)
    for other in (opened.id.replace("tkt", "xxx"), "tkt_none", opened.id):
        with pytest.raises(TicketNotFound):
            await desk.act(lambda work, other=other: actions.close_ticket(work, "acc_other", other))  # type: ignore[misc]


@pytest.mark.rule("M100", "M101")
async def test_a_defect_is_receipted_when_it_is_reported_and_has_no_due_date(desk: Desk) -> None:
    row = await desk.act(
        lambda work: actions.report_defect(work, desk.customer, "The export", "It stops at noon.")
    )
    assert (row.kind, row.received_at, row.due_at) == ("DEFECT", desk.clock.now(), None)
    query = select(Notice.kind, Notice.dedupe_key, Notice.created_at)
    (receipt,) = await desk.read(lambda read: read.rows(query))
    assert tuple(receipt) == ("defect_received", row.id, row.received_at)
    assert [kind for kind, _ in await desk.events(desk.customer)] == ["DefectReported"]


@pytest.mark.parametrize("text", ["  ", "x" * 2_001, "a\x00b", "4111 1111 1111 1111"])
async def test_texts_that_cannot_be_kept_are_refused_and_leave_nothing(desk: Desk, text: str) -> None:
    with pytest.raises(TicketTextInvalid):
        await desk.open(text=text)
    with pytest.raises(TicketTextInvalid):
        await desk.open(subject=text[:121])
    assert (await desk.count(Ticket), await desk.count(TicketMessage)) == (0, 0)


async def test_so_many_tickets_are_open_and_so_many_messages_are_in_one(desk: Desk) -> None:
    desk.units.house.terms.add(Terms(tickets_open_max=2, messages_max=2))
    first, _ = await desk.open(), await desk.open()
    with pytest.raises(TicketLimitReached) as refused:
        await desk.open()
    assert refused.value.limit == 2
    await desk.reply(first.id)
    with pytest.raises(TicketLimitReached):
        await desk.reply(first.id)
    await desk.act(lambda work: actions.close_ticket(work, desk.customer, first.id))
    await desk.open()
    with pytest.raises(TicketLimitReached):
        await desk.reply(first.id)


async def test_the_queue_goes_by_who_waits_longest(desk: Desk) -> None:
    ids = [(await desk.open()).id for _ in range(3)]
    desk.clock.advance(SECOND)
    await desk.answer(ids[0])
    await desk.reply(ids[0])
    first = await desk.read(lambda read: reads.queue(read, 2))
    assert [row.id for row in first] == ids[1:]
    place = (int(first[-1].waiting_since.timestamp() * 1_000_000), first[-1].id)  # type: ignore[union-attr]
    assert [row.id for row in await desk.read(lambda read: reads.queue(read, 2, place))] == ids[:1]


async def test_the_contact_form_belongs_to_the_account_that_has_the_address(desk: Desk) -> None:
    receipt = await desk.contact(email=EMAIL.upper())
    assert await desk.row(receipt) is None, "nobody is shown what nobody confirmed"
    assert await desk.events(desk.staff) == [("ContactAsked", receipt)]
    with pytest.raises(TicketNotFound):
        await desk.answer(receipt)
    row = await desk.confirm(receipt)
    assert not isinstance(row, ContactCodeInvalid)
    assert (row.account_id, row.status, row.source) == (desk.customer, "OPEN", "FORM")
    (message,) = (await desk.read(lambda read: reads.messages(read, [receipt])))[receipt]
    assert (message.account_id, message.person_id) == (desk.customer, row.person_id)

    def owners(read: Read) -> set[str]:
        sealed = (row.subject, row.email or b"", message.text)
        return {read.keys.key_by_id(key_id_of(value)).owner_id for value in sealed}

    assert await desk.read(owners) == {desk.customer}, "its words end with the account"
    await desk.answer(receipt)
    assert await desk.told() == ["ticket_answered"]
    assert await desk.told(desk.staff) == ["contact_code"]
    await desk.reply(receipt)


async def test_the_answer_is_the_same_whoever_has_the_address(desk: Desk) -> None:
    """A customer, nobody, and who had an account that is closed: the same rows and the same answers until the code."""
    receipts = [await desk.contact(), await desk.contact("nobody@example.org")]
    assert [await desk.row(receipt) for receipt in receipts] == [None, None]
    assert await desk.events(desk.customer) == []
    await desk.act(lambda work: close(work, desk.customer))
    for receipt in (*receipts, await desk.contact()):
        row = await desk.confirm(receipt)
        assert not isinstance(row, ContactCodeInvalid)
        assert (row.account_id, row.status) == (None, "OPEN"), (
            "the staff may not read of closed accounts (M097)"
        )
        await desk.answer(receipt, S.CLOSED)
    assert await desk.told(desk.staff) == ["contact_code"] * 2 + ["contact_code"] + ["contact_answered"] * 3


async def test_a_code_is_good_once_for_a_day_and_for_few_guesses(desk: Desk) -> None:
    first, late = await desk.contact(), await desk.contact("nobody@example.org")
    for left in (4, 3, 2, 1, 0, 0):
        wrong = await desk.confirm(first, "00000000")
        assert isinstance(wrong, ContactCodeInvalid)
        assert wrong.attempts_left == left
    used_up, unknown = await desk.confirm(first), await desk.confirm("tkt_none", "12345678")
    assert isinstance(used_up, ContactCodeInvalid)
    assert isinstance(unknown, ContactCodeInvalid)
    assert (used_up.attempts_left, unknown.attempts_left) == (0, 0)
    desk.clock.advance(Terms().confirm_within)
    assert isinstance(await desk.confirm(late), ContactCodeInvalid)
    desk.clock.advance(-SECOND)
    assert not isinstance(await desk.confirm(late), ContactCodeInvalid)
    again = await desk.confirm(late)
    assert isinstance(again, ContactCodeInvalid)
    desk.clock.advance(SECOND)
    await desk.runner.run_due()
    assert await desk.count(Ticket) == 1, "what nobody confirmed in time is gone"
    assert await desk.read(lambda read: reads.messages(read, [first])) == {}


async def test_the_form_is_limited_by_caller_by_address_and_in_all(desk: Desk) -> None:
    for number in range(5):
        await desk.contact(f"n{number}@example.org")
    with pytest.raises(ContactLimitReached):
        await desk.contact("other@example.org")
    for number in range(4):
        await desk.contact(EMAIL, caller=f"198.51.100.{number}")
    codes = [kind for kind, _ in await desk.events(desk.staff) if kind == "ContactAsked"]
    assert len(codes) == 5 + Terms().contacts_per_email_max, "of too many to one address nobody hears"
    with pytest.raises(ContactAddressInvalid):
        await desk.contact("no address", caller="198.51.100.9")
    desk.clock.advance(Terms().contacts_window)
    await desk.contact()
    desk.units.house.terms.add(AccountTerms(collect=frozenset()))
    with pytest.raises(DetailNotCollected):  # of whom the policy asks no address (Q002)
        await desk.contact()


async def test_what_is_no_customers_is_kept_for_its_time(desk: Desk) -> None:
    receipt = await desk.contact("nobody@example.org")
    await desk.confirm(receipt)
    closed = await desk.answer(receipt, S.CLOSED)
    assert closed.closed_at is not None
    desk.clock.set(add_months(closed.closed_at, Terms().kept_months) - SECOND)
    await desk.runner.run_due()
    assert await desk.count(TicketMessage) == 2
    desk.clock.advance(SECOND)
    await desk.runner.run_due()
    assert (await desk.count(Ticket), await desk.count(TicketMessage)) == (0, 0)


async def test_a_message_becomes_a_privacy_request_as_of_its_receipt(desk: Desk) -> None:
    row = await desk.open(text="Send me all that you have about me.")
    (message,) = (await desk.read(lambda read: reads.messages(read, [row.id])))[row.id]
    desk.clock.advance(timedelta(days=3))
    access = PrivacyRequestKind.ACCESS
    filed = await desk.act(lambda work: request_from_message(work, message.id, access, ()))
    assert (filed.received_at, filed.filed_at) == (row.received_at, desk.clock.now())
    assert filed.due_at == add_months(row.received_at, 1), "the clock began with the message (B018)"
    assert (filed.status, filed.source) == ("UNVERIFIED", "TICKET")
    again = await desk.act(lambda work: request_from_message(work, message.id, access, ()))
    assert again.id == filed.id
    await desk.answer(row.id)
    answer = (await desk.read(lambda read: reads.messages(read, [row.id])))[row.id][-1]
    for other in (answer.id, "tkm_none"):
        with pytest.raises(TicketMessageNotFound):
            await desk.act(lambda work, other=other: request_from_message(work, other, access, ()))  # type: ignore[misc]
    receipt = await desk.contact("nobody@example.org")
    await desk.confirm(receipt)
    (theirs,) = (await desk.read(lambda read: reads.messages(read, [receipt])))[receipt]
    with pytest.raises(PrivacyRequestAccountUnknown):
        await desk.act(lambda work: request_from_message(work, theirs.id, access, ()))
