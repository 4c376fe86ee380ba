"""Access transparency: a customer sees who of the staff, and which reseller, read of them, when, and for what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from server.accounts import actions
from server.accounts.model import Management, Reseller, Session
from server.accounts.reads.accesses import accesses, handle_of
from server.accounts.rules import MAILPRO, NewPassword
from server.accounts.rules.resale import ResaleReason
from server.accounts.rules.signing import Signing
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from tests.staffed import Staff
from tests.support.test_graph import ANSWER, ASKED, ONE, OPEN, QUEUE

MINE = """query($first: Int! = 20, $after: String) { viewer { account { id dataAccess(first: $first, after: $after) {
    edges { node { id at reader roles handle resellerAccountId purpose fields } }
    pageInfo { endCursor hasNextPage } } } } }"""
WORDS_ONLY = "{ supportQueue { edges { node { ticket { subject } } } } }"
DUE = "{ dueWork { edges { node { id subjectId } } } }"
BALANCES = "{ viewer { account { wallets { unit } } } }"

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


async def test_a_customer_sees_who_read_their_data(staff: Staff) -> None:
    async def mine(**page: Any) -> Any:
        return (await staff.ask("CUSTOMER", MINE, **page))["account"]["dataAccess"]

    ticket_id = (await staff.ask("CUSTOMER", OPEN, input=ASKED))["ticket"]["id"]
    await staff.ask("ADMIN", DUE)  # opaque ids of the server's own work are nobody's data
    assert (await mine())["edges"] == [], "what the account's people read themselves is not in it, either"
    await staff.ask(
        "SUPPORT", WORDS_ONLY
    )  # no id was asked for, nor shown: it is known whose words they were
    await staff.ask("SUPPORT", ONE, id=ticket_id)
    await staff.ask("ADMIN", ONE, id=ticket_id)
    await staff.ask("SUPPORT", ANSWER, input={"ticketId": ticket_id, "text": "Hello"})
    await staff.refused("FINANCE", QUEUE)
    page = await mine(first=3)
    rest = await mine(after=page["pageInfo"]["endCursor"])
    newest, others, one, words = [edge["node"] for edge in (*page["edges"], *rest["edges"])]
    assert {row["reader"] for row in (newest, others, one, words)} == {"STAFF"}
    assert [row["roles"] for row in (newest, others, one)] == [["SUPPORT"], ["ADMIN"], ["SUPPORT"]]
    assert newest["handle"] == one["handle"] == words["handle"] != others["handle"]
    assert "Mutation.answerTicket" in newest["fields"]
    assert {"Query.supportTicket", "Ticket.subject", "TicketMessage.text"} <= set(one["fields"])
    assert {"Query.supportQueue", "Ticket.subject"} <= set(words["fields"])
    assert {row["purpose"] for row in (newest, others, one, words)} == {"transactions"}
    assert datetime.fromisoformat(one["at"]) == staff.postmeter.house.clock.now()
    logins = ("staff.support", "staff.admin")
    assert not any(login in str(page) for login in logins), "nobody learns who they are"
    await _a_handle_is_the_persons(staff, newest["handle"])
    await _a_reseller_is_seen(staff)


async def _a_handle_is_the_persons(staff: Staff, handle: str) -> None:
    def handles(work: Work) -> set[str]:
        sessions = work.execute(select(Session.id)).scalars().all()
        return {handle_of(work, session_id) for session_id in sessions}

    assert handle in await staff.postmeter.units.run(Call("test", SYSTEM), handles)


async def _a_reseller_is_seen(staff: Staff) -> None:
    """The customer manages another account, and reads of it."""
    reseller_id = (await staff.ask("CUSTOMER", MINE))["account"]["id"]
    units = staff.postmeter.units

    def manage(work: Work) -> str:
        accepted, signing = (MAILPRO.document, MAILPRO.version), Signing(professional_use=True)
        managed = actions.register(work, "managed", NewPassword("no hash"), accepted, signing)
        actions.set_resale_permission(work, reseller_id, permitted=True, reason=ResaleReason.CONTRACT_SIGNED)
        sealed = work.seal(reseller_id, "identity", "resellers.policy_url", "https://reseller.example.com")
        work.execute(insert(Reseller).values(account_id=reseller_id, policy_url=sealed, since=work.now))
        work.execute(
            insert(Management).values(
                id="mgt_1",
                reseller_id=reseller_id,
                account_id=managed,
                powers="account:read balance:read",
                offered_at=work.now,
                accepted_at=work.now,
            )
        )
        return managed

    managed = await units.run(Call("test", SYSTEM), manage)

    async def on_behalf(query: str) -> Any:
        transport = httpx.ASGITransport(app=staff.postmeter.asgi)
        headers = {"Authorization": f"Bearer {staff.tokens['CUSTOMER']}", "X-On-Behalf-Of": managed}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.post("/graphql", json={"query": query}, headers=headers)).json()

    shown = await on_behalf(BALANCES)
    assert "errors" not in shown, shown
    refused = await on_behalf("{ viewer { account { tickets { edges { node { id } } } } } }")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN", (
        "what people write to support is not for resellers"
    )
    rows = await units.read(lambda read: accesses(read, managed, 10))
    told = [(row.reader, row.handle, row.reseller_id, row.roles) for row in rows]
    assert ("RESELLER", None, reseller_id, "") in told
    assert "Account.wallets" in rows[-1].fields.split()
    await units.run(Call("test", SYSTEM), lambda work: actions.close_preventively(work, managed, None))
    assert (await on_behalf(BALANCES))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"  # M097
