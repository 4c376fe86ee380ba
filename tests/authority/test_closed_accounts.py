"""Confidentiality outlives the contract: what the staff may ask for of a closed account, field by field (M097)."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType
from sqlalchemy import insert, select

from server.accounts.actions import close_preventively
from server.accounts.model import Person, SecurityReport
from server.accounts.rules.accesses import LegalDuty, closed_is_refused
from server.kit.graph.access import Who
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.schema import schema
from tests.authority.matrix import accesses
from tests.authority.test_matrix import _selection
from tests.staffed import Staff
from tests.support.test_graph import ANSWER, ASKED, ONE, OPEN, QUEUE

ME = "{ viewer { account { id } } }"


@pytest.mark.rule("M097")
def test_without_a_legal_duty_nothing_of_a_closed_account_is_shown() -> None:
    duty = LegalDuty.BOOKKEEPING.value
    assert closed_is_refused([None], denied=True)
    assert closed_is_refused([duty, None], denied=True), "one field without a duty spoils the operation"
    assert closed_is_refused([], denied=True)
    assert not closed_is_refused([duty], denied=True)
    assert not closed_is_refused([None], denied=False)


def test_each_duty_is_one_that_the_rules_know() -> None:
    named = {access.duty for access in accesses().values()} - {None}
    assert named == {duty.value for duty in LegalDuty}
    assert not any(access.duty for access in accesses().values() if access.who is not Who.STAFF)


@pytest.mark.rule("M097")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_every_field_for_staff_is_refused_or_has_its_duty(staff: Staff) -> None:
    account_id = (await staff.ask("CUSTOMER", ME))["account"]["id"]
    ticket_id = (await staff.ask("CUSTOMER", OPEN, input=ASKED))["ticket"]["id"]
    before = await staff.ask("ADMIN", ONE, id=ticket_id)
    assert before["ticket"]["subject"] == "Invoices"
    await staff.postmeter.units.run(Call("test", SYSTEM), lambda work: _close(work, account_id))
    refused, by_duty, lists = [], [], []
    for name, document, duty in _documents(account_id):
        answer = await staff.send("ADMIN", document)
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert "INTERNAL" not in str(codes), (name, answer)
        if duty is not None:
            assert "NOT_FOUND" not in codes, (name, answer)
            by_duty.append(name)
        elif account_id in document:
            assert codes == {"NOT_FOUND"}, (name, answer)
            refused.append(name)
        else:  # a list, which has to leave closed accounts out
            assert codes == set(), (name, answer)
            assert await _shows(staff, name) == [], name
            lists.append(name)
    assert {"apiUsageOf", "setApiLimits", "issueApiKey", "verifyAge", "supportTicket"} <= set(refused)
    assert {"securityReports", "senderReviews", "supportQueue"} <= set(lists)
    assert {"customerInvoices", "privacyRequests", "complaints", "disclosures"} <= set(by_duty)
    # By the id of a thing of the account, too, in a literal and in a variable; and through anybody's node.
    assert await staff.refused("ADMIN", ONE, id=ticket_id) == "NOT_FOUND"
    answer = {"ticketId": ticket_id, "text": "Hello"}
    assert await staff.refused("ADMIN", ANSWER, input=answer) == "NOT_FOUND"
    node = f'{{ node(id: "{REPORT_ID}") {{ ... on SecurityReport {{ note }} }} }}'
    assert await staff.refused("ADMIN", node) == "NOT_FOUND"
    assert (await staff.ask("ADMIN", QUEUE))["edges"] == []


async def _shows(staff: Staff, name: str) -> list[object]:
    """What such a list has; what is no connection lists no accounts."""
    answer = await staff.send("ADMIN", f"{{ {name} {{ edges {{ cursor }} }} }}")
    return [] if "errors" in answer else list(answer["data"][name]["edges"])


REPORT_ID = "srp_01kjpwd6m0e04v5nn3205gh20f"


def _close(work: Work, account_id: str) -> None:
    person_id = work.scalar(select(Person.id).where(Person.account_id == account_id))
    work.execute(
        insert(SecurityReport).values(
            id=REPORT_ID,
            account_id=account_id,
            reported_by=person_id,
            kind="LOSS",
            note=work.seal(account_id, "identity", "security_reports.note", "My telephone"),
            reported_at=work.now,
            sessions_ended=1,
            keys_ended=0,
        )
    )
    close_preventively(work, account_id, None)


def _documents(account_id: str) -> list[tuple[str, str, str | None]]:
    """Each query for the staff, and each of their mutations that no duty excuses: those must change nothing."""
    found: list[tuple[str, str, str | None]] = []
    for root in ("Query", "Mutation"):
        kind: Any = schema._schema.type_map[root]
        assert isinstance(kind, GraphQLObjectType)
        for name, field in sorted(kind.fields.items()):
            access = accesses()[f"{root}.{name}"]
            if access.who is not Who.STAFF or (root == "Mutation" and access.duty is not None):
                continue
            selection = _selection(name, field).replace('"x"', f'"{account_id}"')
            if root == "Mutation" and account_id not in selection:
                continue  # it is about nobody
            found.append((name, f"{root.lower()} {{ {selection} }}", access.duty))
    return found
