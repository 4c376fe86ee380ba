"""Correspondence with support is its subject's: part of their copy, and gone with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.checks.support import provided_declared
from server.kit.clock import ManualClock
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Units
from server.policy.adapters.profiles import load_profile, load_wordings
from server.policy.rules.publishing import Published
from server.privacy.rules.erasures import ErasureScope
from server.privacy.rules.exporting import ExportScope
from server.support.actions import answer_ticket, open_ticket
from server.support.rules import TicketStatus
from tests.privacy.copying import copying_of, member, session_of, table, unpacked
from tests.privacy.erasing import office_of

SUPPORT = frozenset({"tickets", "ticket_messages"})
WORDS = frozenset({"tickets.subject", "tickets.email", "ticket_messages.text"})


@pytest.mark.rule("P010", "H001", "H004")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_both_sides_are_in_the_copy_of_whom_they_concern(
    units: Units, house: House, clock: ManualClock
) -> None:
    copying = await copying_of(units, clock)
    ticket = await copying.act(lambda work: open_ticket(work, copying.account_id, "Invoices", "Where?"))
    staff = Viewer("acc_staff", "ses_staff", staff_roles=frozenset({"SUPPORT"}))
    await units.run(
        Call("test", staff),
        lambda work: answer_ticket(work, ticket.id, "Under Billing.", TicketStatus.ANSWERED),
    )
    analyst = await copying.act(
        lambda work: session_of(
            work, copying.account_id, member(work, copying.account_id, "ANALYST", "wren"), 2
        )
    )
    others = await copying.ask(ExportScope.PERSON, analyst)
    whole = await copying.ask(ExportScope.ACCOUNT)
    await copying.due()
    files = unpacked(await copying.package(whole.id))
    (copied,) = table(files, "tickets")
    assert (copied["id"], copied["subject"], copied["status"]) == (ticket.id, "Invoices", "ANSWERED")
    said = [(one["text"], one["from_staff"]) for one in table(files, "ticket_messages")]
    assert said == [("Where?", False), ("Under Billing.", True)]
    assert b"ses_staff" not in b"".join(files.values()), "who of the staff wrote is not theirs"
    assert not {"Invoices", "Where?"} & set(str(unpacked(await copying.package(others.id))).split("'"))
    helpdesk = load_profile("helpdesk")
    for named, wrong in (((), []), (("faces",), ["faces"])):
        clause = helpdesk.clauses["categories.provided"]
        value = (*clause.value, *named)  # type: ignore[misc]
        clauses = {**helpdesk.clauses, clause.key: replace(clause, value=value)}
        house.terms.add(Published(replace(helpdesk, clauses=clauses), load_wordings()))
        found = await units.read(provided_declared)
        assert found.passed == (not wrong), found.evidence
        assert all(each in found.evidence for each in wrong)


@pytest.mark.rule("P010", "H001")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_it_is_erased_with_its_subject_and_with_nobody_else(
    house: House, clock: ManualClock, tmp_path: Path
) -> None:
    office = await office_of(house, clock, tmp_path)
    assert set(office.columns) >= WORDS
    for account_id in (office.account_id, office.neighbour):
        assert set(await office.rows_left(account_id, ErasureScope.EVERYTHING)) >= SUPPORT
    await office.erase(ErasureScope.ALL_EXCEPT_BILLING)
    assert not set(await office.readable(office.account_id)) & WORDS
    assert not set(await office.rows_left(office.account_id, ErasureScope.ALL_EXCEPT_BILLING)) & SUPPORT
    assert set(await office.readable(office.neighbour)) >= WORDS
