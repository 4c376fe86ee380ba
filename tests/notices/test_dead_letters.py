"""E-mails that were given up: staff see them without their addresses, and send again what can be sent again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from server.accounts.model import Person
from server.kit.due import DueWork
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.notices.actions import notify
from server.notices.actions.delivery import ADDRESS_COLUMN, DELIVER, begin_delivery, settle_failed
from server.notices.model import OutboxMessage
from server.notices.rules import Channel, Failure, Mailing
from tests.staffed import Staff

ME = "{ viewer { account { id } } }"
LIST = """query($first: Int! = 20, $after: String) { deadLetters(first: $first, after: $after) {
    edges { node { id noticeId accountId kind attempts error givenUpAt } }
    pageInfo { hasNextPage endCursor } } }"""
RETRY = """mutation($id: ID!) { retryDeadLetter(input: {id: $id}) { __typename ... on DeadLetterRetried { id }
    ... on DeadLetterNotRetryable { reason } ... on Problem { code field } } }"""


@pytest.fixture
async def account_id(staff: Staff) -> str:
    staff.postmeter.house.terms.add(Mailing(relay=True))
    return str((await staff.ask("CUSTOMER", ME))["account"]["id"])


async def given_up(staff: Staff, account_id: str, kind: str, **data: str) -> str:
    """The id of an e-mail of this kind that was given up."""

    def give_up(work: Work) -> str:
        address = "old@example.com"
        notice_id = notify(work, account_id, kind, data, channels=(Channel.EMAIL,), email=address)
        query = select(OutboxMessage.id).where(OutboxMessage.notice_id == notice_id)
        outbox_id = str(work.scalar(query))
        letter = begin_delivery(work, outbox_id, "example.com")
        assert letter is not None
        settle_failed(work, outbox_id, letter.attempt, Failure("550", permanent=True))
        return outbox_id

    return await staff.postmeter.units.run(Call("test", SYSTEM), give_up)


async def verify_owner(staff: Staff, account_id: str) -> None:
    def verify(work: Work) -> None:
        sealed = work.seal(account_id, "identity", "people.email", "new@example.com")
        mine = update(Person).where(Person.account_id == account_id)
        work.execute(mine.values(email=sealed, email_verified_at=work.now))

    await staff.postmeter.units.run_unaudited(verify)


async def row_of(staff: Staff, outbox_id: str) -> Any:
    query = select(OutboxMessage.__table__).where(OutboxMessage.id == outbox_id)
    return await staff.postmeter.units.read(lambda read: read.first(query))


async def test_staff_see_them_page_by_page(staff: Staff, account_id: str) -> None:
    at = staff.postmeter.house.clock.now().isoformat()
    ids = [await given_up(staff, account_id, "account_closed", at=at) for _ in range(3)]
    first = await staff.ask("SUPPORT", LIST, first=2)
    assert [edge["node"]["id"] for edge in first["edges"]] == ids[:0:-1]
    node = first["edges"][0]["node"]
    assert (node["kind"], node["attempts"], node["error"]) == ("ACCOUNT_CLOSED", 1, "550")
    rest = await staff.ask("ADMIN", LIST, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["id"] for edge in rest["edges"]] == ids[:1]
    for who in ("CUSTOMER", "FINANCE"):
        assert await staff.refused(who, LIST) == "FORBIDDEN"
        assert await staff.refused(who, RETRY, id=ids[0]) == "FORBIDDEN"


async def test_it_is_sent_again_to_the_present_address(staff: Staff, account_id: str) -> None:
    at = staff.postmeter.house.clock.now().isoformat()
    outbox_id = await given_up(staff, account_id, "account_closed", at=at)
    refused = await staff.ask("SUPPORT", RETRY, id=outbox_id)
    assert (refused["__typename"], refused["reason"]) == ("DeadLetterNotRetryable", "NO_ADDRESS")
    await verify_owner(staff, account_id)
    assert await staff.ask("SUPPORT", RETRY, id=outbox_id) == {
        "__typename": "DeadLetterRetried",
        "id": outbox_id,
    }
    row = await row_of(staff, outbox_id)
    assert (row.state, row.attempts, row.error, row.settled_at) == ("QUEUED", 0, None, None)
    opened = await staff.postmeter.units.read(lambda read: read.open(ADDRESS_COLUMN, row.address))
    assert opened == "new@example.com"
    due = select(DueWork.id).where(DueWork.kind == DELIVER, DueWork.subject_id == outbox_id)
    assert await staff.postmeter.units.read(lambda read: read.scalar(due)) is not None
    again = await staff.ask("SUPPORT", RETRY, id=outbox_id)
    assert (again["__typename"], again["field"]) == ("DeadLetterNotFound", "id")


async def test_what_carried_a_code_is_not(staff: Staff, account_id: str) -> None:
    await verify_owner(staff, account_id)
    outbox_id = await given_up(staff, account_id, "password_reset", code="12345678")
    refused = await staff.ask("SUPPORT", RETRY, id=outbox_id)
    assert (refused["__typename"], refused["reason"]) == ("DeadLetterNotRetryable", "CODE_IS_GONE")
    for unknown in ("msg_1", "ntc_01kjpwd6m0e018gwpjkvgkqawz"):
        assert (await staff.ask("SUPPORT", RETRY, id=unknown))["__typename"] == "DeadLetterNotFound"
