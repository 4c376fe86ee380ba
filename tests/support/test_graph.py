"""Support through the assembled server: the customer, the staff, whoever has no account, and what is live."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from server.gateway.observed import STAFF_READ, ObservedLive
from server.kit.audit import AuditEntry
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.sink import CloseReason
from server.kit.viewer import Credentials
from server.support.actions.events import ContactAsked
from tests.staffed import Staff

TICKET = """id kind source state subject receivedAt dueAt closedAt updatedAt
    messages { id fromStaff text receivedAt }"""
MINE = f"""query($first: Int! = 20, $after: String) {{ viewer {{ account {{ id
    tickets(first: $first, after: $after) {{
        edges {{ node {{ {TICKET} }} }} pageInfo {{ endCursor hasNextPage }} }} }} }} }}"""
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NOTICES = "{ viewer { account { notices { edges { node { kind text } } } } } }"
CASE = f"case {{ accountId email waitingSince ticket {{ {TICKET} }} }}"
QUEUE = """query($first: Int! = 20, $after: String) { supportQueue(first: $first, after: $after) {
    edges { node { accountId waitingSince ticket { id subject messages { text } } } }
    pageInfo { endCursor hasNextPage } } }"""
ONE = "query($id: ID!) { supportTicket(id: $id) { accountId email ticket { id subject messages { id text } } } }"
WATCH = f"subscription {{ ticketChanged {{ kind sequence ticket {{ {TICKET} }} newest {{ {TICKET} }} }} }}"
WATCH_QUEUE = """subscription { supportQueueChanged { kind sequence waiting { id state }
    ticket { id accountId kind state messages receivedAt } } }"""

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def do(mutation: str, selection: str) -> str:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (
        f"mutation($input: {kind}) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


OPEN = do(
    "openTicket",
    f"... on TicketOpened {{ ticket {{ {TICKET} }} }} ... on TicketTextInvalid {{ fault lengthMax }}",
)
REPORT = do("reportDefect", f"... on DefectReported {{ receipt receivedAt ticket {{ {TICKET} }} }}")
REPLY = do("replyToTicket", f"... on TicketReplied {{ ticket {{ {TICKET} }} }}")
CLOSE = do(
    "closeTicket", f"... on TicketClosed {{ ticket {{ {TICKET} }} }} ... on TicketStatusConflict {{ state }}"
)
ANSWER = do("answerTicket", f"... on TicketAnswered {{ {CASE} }}")
END = do("endTicket", f"... on TicketEnded {{ {CASE} }}")
CONTACT = do("contactSupport", "... on ContactReceived { receipt }")
CONFIRM = do(
    "confirmContact", "... on ContactConfirmed { receipt } ... on ContactCodeInvalid { attemptsLeft }"
)
ENTER = do(
    "enterTicketAsPrivacyRequest",
    "... on PrivacyRequestEntered { case { request { kind receivedAt dueAt } } }",
)
ASKED = {"subject": "Invoices", "text": "Where are they?\nI look for March."}


async def tickets(staff: Staff, **variables: Any) -> Any:
    return (await staff.ask("CUSTOMER", MINE, **variables))["account"]["tickets"]


@pytest.mark.rule("M100", "M101")
async def test_support_from_both_sides(staff: Staff) -> None:
    await _is_asked_and_answers(staff)
    await _is_for_the_accounts_people_and_nobody_else(staff)
    await _finds_a_privacy_request_and_its_clock(staff)


@pytest.mark.rule("H015")
async def test_support_without_an_account_and_live(staff: Staff) -> None:
    await _tells_nobody_whose_address_it_is(staff)
    await _pushes_what_a_query_would_find(staff)
    await _leaves_a_row_of_who_watches_and_shows_them_no_words(staff)


async def _is_asked_and_answers(staff: Staff) -> None:
    asked = (await staff.ask("CUSTOMER", OPEN, input=ASKED))["ticket"]
    assert (asked["kind"], asked["state"], asked["dueAt"]) == ("QUESTION", "OPEN", None)
    assert [message["text"] for message in asked["messages"]] == [ASKED["text"]]
    defect = await staff.ask("CUSTOMER", REPORT, input={"subject": "Export", "text": "It stops."})
    assert (defect["receipt"], defect["receivedAt"]) == (
        defect["ticket"]["id"],
        defect["ticket"]["receivedAt"],
    )
    assert (defect["ticket"]["kind"], defect["ticket"]["dueAt"]) == ("DEFECT", None)
    refused = await staff.ask("CUSTOMER", OPEN, input={"subject": " ", "text": "?"})
    assert (refused["code"], refused["fault"]) == ("TICKET_TEXT_INVALID", "BLANK")
    first = await staff.ask("SUPPORT", QUEUE, first=1)
    assert [edge["node"]["ticket"]["id"] for edge in first["edges"]] == [asked["id"]]
    rest = await staff.ask("SUPPORT", QUEUE, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["ticket"]["subject"] for edge in rest["edges"]] == ["Export"]
    assert await staff.refused("SUPPORT", QUEUE, after="bm90aGluZw==") == "BAD_USER_INPUT"
    assert await staff.refused("FINANCE", QUEUE) == "FORBIDDEN"
    assert await staff.refused("CUSTOMER", ONE, id=asked["id"]) == "FORBIDDEN"
    answer = {"ticketId": asked["id"], "text": "In your account, under Billing.", "then": "WAITING"}
    case = (await staff.ask("SUPPORT", ANSWER, input=answer))["case"]
    assert (case["ticket"]["state"], case["waitingSince"]) == ("WAITING", None)
    replied = (await staff.ask("CUSTOMER", REPLY, input={"ticketId": asked["id"], "text": "Found."}))[
        "ticket"
    ]
    assert [message["fromStaff"] for message in replied["messages"]] == [False, True, False]
    ended = await staff.ask("SUPPORT", END, input={"ticketId": asked["id"]})
    assert ended["case"]["ticket"]["state"] == "CLOSED"
    conflict = await staff.ask("CUSTOMER", CLOSE, input={"ticketId": asked["id"]})
    assert (conflict["code"], conflict["state"]) == ("TICKET_STATUS_CONFLICT", "CLOSED")
    page = await tickets(staff, first=1)
    assert [edge["node"] for edge in page["edges"]] == [defect["ticket"]]
    older = await tickets(staff, after=page["pageInfo"]["endCursor"])
    assert [edge["node"] for edge in older["edges"]] == [ended["case"]["ticket"]]
    notices = (await staff.ask("CUSTOMER", NOTICES))["account"]["notices"]["edges"]
    told = {edge["node"]["kind"]: edge["node"]["text"] for edge in notices}
    assert {"DEFECT_RECEIVED", "TICKET_ANSWERED"} <= told.keys()
    assert defect["receipt"] in told["DEFECT_RECEIVED"]
    assert "under Billing" not in told["TICKET_ANSWERED"], "what was answered is read in the ticket"


async def _is_for_the_accounts_people_and_nobody_else(staff: Staff) -> None:
    ticket_id = (await staff.ask("CUSTOMER", OPEN, input=ASKED))["ticket"]["id"]
    assert await staff.ask("CUSTOMER", NODE, id=ticket_id) == {"__typename": "Ticket", "id": ticket_id}
    assert await staff.ask("SUPPORT", NODE, id=ticket_id) is None
    for mutation, more in ((CLOSE, {}), (REPLY, {"text": "Hello"})):
        refused = await staff.ask("SUPPORT", mutation, input={"ticketId": ticket_id, **more})
        assert refused["code"] == "TICKET_NOT_FOUND"


async def _finds_a_privacy_request_and_its_clock(staff: Staff) -> None:
    asked = (await staff.ask("CUSTOMER", OPEN, input=ASKED))["ticket"]
    entered = await staff.ask(
        "SUPPORT", ENTER, input={"messageId": asked["messages"][0]["id"], "kind": "ACCESS"}
    )
    request = entered["case"]["request"]
    assert (request["kind"], request["receivedAt"]) == ("ACCESS", asked["receivedAt"])
    assert request["dueAt"] is not None, "a privacy request always has one, and a ticket has none (M101)"
    unknown = await staff.ask("SUPPORT", ENTER, input={"messageId": "tkm_none", "kind": "ACCESS"})
    assert unknown["code"] == "TICKET_MESSAGE_NOT_FOUND"


async def _tells_nobody_whose_address_it_is(staff: Staff) -> None:
    codes: dict[str, str] = {}
    staff.postmeter.house.reactions.on(
        ContactAsked, lambda _work, event: codes.update({event.subject_id: event.code})
    )
    transport = httpx.ASGITransport(app=staff.postmeter.asgi)

    async def anybody(query: str, **given: str) -> Any:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            body = {"query": query, "variables": {"input": given}}
            (value,) = (await client.post("/graphql", json=body)).json()["data"].values()
            return value

    received = [await anybody(CONTACT, email=f"{who}@example.org", **ASKED) for who in ("a", "b")]
    assert [answer["__typename"] for answer in received] == ["ContactReceived"] * 2
    receipt = received[0]["receipt"]
    wrong = await anybody(CONFIRM, receipt=receipt, code="nothing")
    assert (wrong["code"], wrong["attemptsLeft"]) == ("CONTACT_CODE_INVALID", 4)
    unknown = await anybody(CONFIRM, receipt="tkt_none", code="nothing")
    assert (unknown["code"], unknown["attemptsLeft"]) == ("CONTACT_CODE_INVALID", 0)
    done = await anybody(CONFIRM, receipt=receipt, code=codes[receipt])
    assert done == {"__typename": "ContactConfirmed", "receipt": receipt}
    bad = await anybody(CONTACT, email="nobody", **ASKED)
    assert bad["code"] == "CONTACT_ADDRESS_INVALID"
    (waiting,) = (await staff.ask("SUPPORT", QUEUE))["edges"]
    shown = await staff.ask("SUPPORT", ONE, id=waiting["node"]["ticket"]["id"])
    assert (shown["accountId"], shown["email"]) == (None, "a@example.org")
    assert await staff.ask("SUPPORT", ONE, id=received[1]["receipt"]) is None


async def _pushes_what_a_query_would_find(staff: Staff) -> None:
    postmeter = staff.postmeter

    async def follow(who: str, watch: str) -> Any:
        viewer = await postmeter.authenticator.authenticate(Credentials(bearer=staff.tokens[who]))
        assert viewer is not None
        context = Context(postmeter.units, postmeter.services, viewer)
        prepared = postmeter.engine.prepare(watch, None, {})
        feed = postmeter.engine.feed(prepared, context)
        start = await postmeter.units.read(feed.head)

        def since(read: Any) -> list[Any]:
            events = [*feed.since(read, start, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
            shown = [
                json.loads(postmeter.engine.render(prepared, one.value, context, read).encode())
                for one in events
            ]
            return [next(iter(one["data"].values())) for one in shown]

        return lambda: postmeter.units.read(since)

    customers, desks = await follow("CUSTOMER", WATCH), await follow("SUPPORT", WATCH_QUEUE)
    asked = (await staff.ask("CUSTOMER", OPEN, input=ASKED))["ticket"]
    answer = {"ticketId": asked["id"], "text": "In your account.", "then": "CLOSED"}
    answered = (await staff.ask("SUPPORT", ANSWER, input=answer))["case"]["ticket"]
    replied = (await staff.ask("CUSTOMER", REPLY, input={"ticketId": asked["id"], "text": "No."}))["ticket"]
    *changes, snapshot = await customers()
    assert [change["ticket"] for change in changes] == [asked, answered, replied], "each as it was then"
    assert snapshot["newest"] == [edge["node"] for edge in (await tickets(staff))["edges"]]
    *moves, queue = await desks()
    assert [(move["ticket"]["state"], move["ticket"]["messages"]) for move in moves] == [
        ("OPEN", 1),
        ("CLOSED", 2),
        ("OPEN", 3),
    ]
    assert {"id": asked["id"], "state": "OPEN"} in queue["waiting"]


async def _leaves_a_row_of_who_watches_and_shows_them_no_words(staff: Staff) -> None:
    class Screen:
        backlog = 0

        def send(self, payload: bytes, sequence: int) -> None:
            assert b"Invoices" not in payload

        def close(self, reason: CloseReason, message: str) -> None:
            raise AssertionError(message)

    postmeter = staff.postmeter
    await staff.ask("CUSTOMER", OPEN, input=ASKED)
    viewer = await postmeter.authenticator.authenticate(Credentials(bearer=staff.tokens["SUPPORT"]))
    assert viewer is not None
    context = Context(postmeter.units, postmeter.services, viewer)
    watch = postmeter.engine.prepare(WATCH_QUEUE, None, {})
    subscription = await ObservedLive(postmeter.live).subscribe(watch, context, Screen())
    await subscription.cancel()
    query = select(AuditEntry.__table__).where(AuditEntry.action == STAFF_READ).order_by(AuditEntry.id.desc())
    (row,) = await postmeter.units.read(lambda read: read.rows(query.limit(1)))
    assert "Subscription.supportQueueChanged" in row.fields.split()
    assert not context.opened
