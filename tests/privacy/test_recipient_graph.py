"""Recipients' requests through the assembled server: the person's side, the customer's, the staff's, and who may."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from server.accounts.model import Person
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import Credentials
from server.kit.work import Work
from tests.campaigns.complaining import launched
from tests.staffed import Staff

REQUEST = """id campaignId kind source state address text receivedAt dueAt verifiedAt escalatedAt endedAt outcome
    ground answer updatedAt"""
MINE = f"{{ viewer {{ account {{ id recipientRequests {{ edges {{ node {{ {REQUEST} }} }} }} }} }} }}"
STATUS = "query($receipt: ID!) { recipientRequest(receipt: $receipt) { state dueAt outcome } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
QUEUE = """query($first: Int! = 20, $after: String) { recipientRequests(first: $first, after: $after) {
    edges { node { accountId messageId request { id state } } } pageInfo { hasNextPage endCursor } } }"""
WATCH = (
    f"subscription {{ recipientRequestChanged {{ kind sequence request {{ {REQUEST} }} newest {{ id }} }} }}"
)
MAILED = "2026-03-01T12:00:00Z"

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def do(mutation: str, selection: str = "") -> str:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (
        f"mutation($input: {kind}) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


FILE = do(
    "fileRecipientRequest", "... on RecipientRequestFiled { receipt } ... on RecipientTextInvalid { fault }"
)
VERIFY = do("verifyRecipientRequest", "... on RecipientCodeInvalid { attemptsLeft }")
ANSWER = do(
    "answerRecipientRequest",
    f"... on RecipientRequestAnswered {{ request {{ {REQUEST} }} }} ... on RecipientAnswerInvalid {{ kind }} "
    "... on RecipientRequestStatusConflict { state }",
)
CASE = "case { accountId messageId request { id state source dueAt } }"
ENTER = do(
    "enterRecipientRequest",
    f"... on RecipientRequestEntered {{ {CASE} }} ... on RecipientReceivedAtInvalid {{ daysMax }}",
)
CONFIRM = do("confirmRecipientRequest", f"... on RecipientRequestConfirmed {{ {CASE} }}")
CLOSE = do("closeRecipientRequest", f"... on RecipientRequestClosed {{ {CASE} }}")


class Office:
    """The staffed server, its customer, and a campaign that the customer sends."""

    def __init__(self, staff: Staff, account_id: str, campaign_id: str) -> None:
        self.staff = staff
        self.account_id = account_id
        self.campaign_id = campaign_id

    async def ask(self, who: str, query: str, **given: Any) -> Any:
        return await self.staff.ask(who, query, input=given)

    async def anybody(self, query: str, **variables: Any) -> Any:
        transport = httpx.ASGITransport(app=self.staff.postmeter.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            sent = await client.post("/graphql", json={"query": query, "variables": variables})
        answer = sent.json()
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    def wish(self, address: str = "reader@example.com", kind: str = "ACCESS") -> dict[str, Any]:
        return {"sender": {"campaignId": self.campaign_id}, "kind": kind, "address": address}

    async def entered(self, address: str, confirmed: bool = True, received_at: str = MAILED) -> str:
        """A request that came by mail, and of which the staff knows whose it is."""
        found = await self.ask(
            "SUPPORT", ENTER, **self.wish(address), receivedAt=received_at, messageId="<1@a>"
        )
        request_id = str(found["case"]["request"]["id"])
        if confirmed:
            await self.ask("SUPPORT", CONFIRM, requestId=request_id)
        return request_id

    async def mine(self) -> list[Any]:
        found = await self.staff.ask("CUSTOMER", MINE)
        return [edge["node"] for edge in found["account"]["recipientRequests"]["edges"]]


@pytest.fixture
async def office(staff: Staff) -> Office:
    account_id = str((await staff.ask("CUSTOMER", MINE))["account"]["id"])
    campaign_id = await staff.postmeter.units.run_unaudited(lambda work: launched(work, account_id))
    return Office(staff, account_id, campaign_id)


@pytest.mark.rule("M011")
async def test_a_request_from_its_filing_to_its_answer(office: Office) -> None:
    filed = await office.anybody(FILE, input=office.wish())
    receipt = filed["receipt"]
    assert await office.anybody(STATUS, receipt=receipt) == {
        "state": "RECEIVED",
        "dueAt": "2026-04-02T09:00:00Z",
        "outcome": None,
    }
    assert await office.mine() == []
    wrong = await office.anybody(VERIFY, input={"receipt": receipt, "code": "none"})
    assert (wrong["code"], wrong["attemptsLeft"], wrong["field"]) == ("RECIPIENT_CODE_INVALID", 4, "code")
    confirmed = await office.ask("ADMIN", CONFIRM, requestId=receipt)
    assert confirmed["case"]["request"]["state"] == "RELAYED"
    (shown,) = await office.mine()
    assert (shown["address"], shown["kind"], shown["state"]) == ("reader@example.com", "ACCESS", "RELAYED")
    refused = {"requestId": receipt, "outcome": "REFUSED", "ground": "DATA_ACCURATE", "text": "Because."}
    fault = await office.ask("CUSTOMER", ANSWER, **refused)
    assert (fault["code"], fault["kind"]) == ("RECIPIENT_ANSWER_INVALID", "ACCESS")
    answered = await office.ask("CUSTOMER", ANSWER, **{**refused, "ground": "RIGHTS_OF_OTHERS"})
    assert (answered["request"]["state"], answered["request"]["ground"]) == ("ANSWERED", "RIGHTS_OF_OTHERS")
    again = await office.ask("CUSTOMER", ANSWER, requestId=receipt, outcome="DONE")
    assert (again["code"], again["state"]) == ("RECIPIENT_REQUEST_STATUS_CONFLICT", "ANSWERED")
    assert (await office.anybody(STATUS, receipt=receipt))["outcome"] == "REFUSED"
    assert await office.anybody(STATUS, receipt="rrq_1") is None
    found = await office.staff.send("CUSTOMER", NODE, id=receipt)
    assert found["data"]["node"] == {"__typename": "RecipientRequest", "id": receipt}


@pytest.mark.rule("M011")
async def test_the_queue_has_what_is_escalated_first_and_pages(office: Office) -> None:
    late = await office.entered("one@example.com", received_at="2026-02-01T12:00:00Z")
    await office.staff.postmeter.due.run_due()
    unverified = await office.entered("two@example.com", confirmed=False)
    relayed = (await office.anybody(FILE, input=office.wish("three@example.com")))["receipt"]
    await office.ask("SUPPORT", CONFIRM, requestId=relayed)
    seen, cursor = [], None
    for _ in range(3):
        page = await office.staff.ask("SUPPORT", QUEUE, first=1, after=cursor)
        seen += [edge["node"]["request"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert [(each["id"], each["state"]) for each in seen] == [
        (late, "ESCALATED"),
        (relayed, "RELAYED"),
        (unverified, "RECEIVED"),
    ]
    assert not page["pageInfo"]["hasNextPage"]
    assert page["edges"][0]["node"]["messageId"] == "<1@a>"
    assert await office.staff.refused("SUPPORT", QUEUE, after="bm90aGluZw==") == "BAD_USER_INPUT"
    closed = await office.ask("SUPPORT", CLOSE, requestId=late)
    assert closed["case"]["request"]["state"] == "CLOSED"


@pytest.mark.rule("Q014")
async def test_only_who_is_concerned_sees_and_acts(office: Office) -> None:
    staff, request_id = office.staff, await office.entered("reader@example.com")
    one = {"requestId": request_id}
    for who in ("CUSTOMER", "FINANCE"):
        assert await staff.refused(who, QUEUE) == "FORBIDDEN"
        for query in (CONFIRM, CLOSE):
            assert await staff.refused(who, query, input=one) == "FORBIDDEN"
    answer = {**one, "outcome": "DONE"}
    assert await staff.refused("SUPPORT", ANSWER, input=answer) == "FORBIDDEN"
    demote = update(Person).where(Person.role == "OWNER").values(role="BILLING")
    await staff.postmeter.units.run_unaudited(lambda work: _run(work, demote))
    assert await staff.refused("CUSTOMER", MINE) == "FORBIDDEN", "owners and administrators only"
    assert (await staff.send("CUSTOMER", NODE, id=request_id))["data"]["node"] is None


def _run(work: Work, statement: Any) -> None:
    work.execute(statement)


async def test_refusals_carry_what_explains_them(office: Office) -> None:
    unknown = await office.anybody(FILE, input={**office.wish(), "sender": {"linkToken": "a.b"}})
    assert (unknown["code"], unknown["field"]) == ("RECIPIENT_SENDER_UNKNOWN", "sender")
    nobody = await office.anybody(FILE, input=office.wish("nobody"))
    assert (nobody["code"], nobody["field"]) == ("RECIPIENT_ADDRESS_INVALID", "address")
    blank = await office.anybody(FILE, input={**office.wish(), "text": " "})
    assert (blank["code"], blank["fault"]) == ("RECIPIENT_TEXT_INVALID", "BLANK")
    early = await office.ask("SUPPORT", ENTER, **office.wish(), receivedAt="2026-03-02T09:00:01Z")
    assert (early["code"], early["daysMax"]) == ("RECIPIENT_RECEIVED_AT_INVALID", 365)
    missing = await office.ask("CUSTOMER", ANSWER, requestId="rrq_1", outcome="DONE")
    assert missing["code"] == "RECIPIENT_REQUEST_NOT_FOUND"


async def test_a_request_is_followed_live(office: Office) -> None:
    postmeter = office.staff.postmeter
    viewer = await postmeter.authenticator.authenticate(Credentials(bearer=office.staff.tokens["CUSTOMER"]))
    assert viewer is not None
    context = Context(postmeter.units, postmeter.services, viewer, "req_1")
    prepared = postmeter.engine.prepare(WATCH, None, {})
    feed = postmeter.engine.feed(prepared, context)
    start = await postmeter.units.read(feed.head)
    request_id = await office.entered("reader@example.com")
    await office.ask("CUSTOMER", ANSWER, requestId=request_id, outcome="NOTHING_HELD")

    def told(read: Any) -> list[Any]:
        events = [*feed.since(read, start, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        shown = [postmeter.engine.render(prepared, event.value, context, read).encode() for event in events]
        return [json.loads(one)["data"]["recipientRequestChanged"] for one in shown]

    *changes, snapshot = await postmeter.units.read(told)
    assert [change["request"]["state"] for change in changes] == ["RELAYED", "ANSWERED"]
    assert [changes[-1]["request"]] == await office.mine(), "what is pushed is what is fetched"
    assert snapshot["newest"] == [{"id": request_id}]
