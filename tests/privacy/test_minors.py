"""Minors: anybody reports one and follows the report, the staff judges, and all that is held is to go at once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from server.privacy.model import MinorReport
from server.privacy.rules.minors import (
    MinorReportLimitReached,
    MinorReportTerms,
    check_reports,
)
from tests.privacy.test_requests_graph import do, mine
from tests.staffed import Staff
from tests.test_app import WHO

REPORT = do("reportMinor", "... on MinorReportFiled { receipt } ... on PrivacyRequestTextInvalid { fault }")
STATUS = "query($receipt: ID!) { minorReport(receipt: $receipt) { state judgedAt } }"
OPEN = "{ minorReports { edges { node { id accountId named text status { state } } } } }"
DISCOVER = do(
    "discoverMinor",
    "... on MinorDiscovered { case { accountId request { id kind source state dueAt } } } "
    "... on MinorReportJudged { state }",
)
DISMISS = do("dismissMinorReport", "... on MinorReportDismissed { report { named text status { state } } }")
PLACE = do("createSender", "... on ProcessingRestricted { right }")
TERMS = MinorReportTerms()


async def anybody(staff: Staff, query: str, **variables: Any) -> Any:
    transport = httpx.ASGITransport(app=staff.postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    (value,) = answer["data"].values()
    return value


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("P034", "C18")
async def test_anybody_reports_a_minor_and_what_was_said_goes_with_the_verdict(staff: Staff) -> None:
    said = {"named": WHO["login"].upper(), "text": "She is in my class."}
    receipt = (await anybody(staff, REPORT, input=said))["receipt"]
    nobody = (await anybody(staff, REPORT, input={"named": "nobody.at.all"}))["receipt"]
    assert await anybody(staff, STATUS, receipt=receipt) == {"state": "RECEIVED", "judgedAt": None}
    assert await anybody(staff, STATUS, receipt="mnr_1") is None
    blank = await anybody(staff, REPORT, input={"named": " "})
    assert (blank["code"], blank["fault"]) == ("PRIVACY_REQUEST_TEXT_INVALID", "BLANK")
    account_id = (await mine(staff))["id"]
    shown = [edge["node"] for edge in (await staff.ask("SUPPORT", OPEN))["edges"]]
    assert [(one["id"], one["accountId"], one["text"]) for one in shown] == [
        (receipt, account_id, "She is in my class."),
        (nobody, None, None),
    ]
    assert await staff.refused("CUSTOMER", OPEN) == "FORBIDDEN"
    dismissed = await staff.ask("SUPPORT", DISMISS, input={"reportId": nobody})
    assert dismissed["report"] == {"named": None, "text": None, "status": {"state": "DISMISSED"}}
    found = await staff.ask("SUPPORT", DISCOVER, input={"accountId": account_id, "reportId": receipt})
    request = found["case"]["request"]
    assert (request["kind"], request["source"], request["dueAt"]) == (
        "ERASURE",
        "REPORT",
        "2026-03-02T09:00:00Z",
    )
    assert (await anybody(staff, STATUS, receipt=receipt))["state"] == "CONFIRMED"
    refused = await staff.ask("CUSTOMER", PLACE, input={"name": "Lark", "countries": ["CH"]})
    assert refused["right"] == "RESTRICTION", "nothing is done with the data any more"
    again = await staff.ask("SUPPORT", DISCOVER, input={"accountId": account_id, "reportId": receipt})
    assert (again["code"], again["state"]) == ("MINOR_REPORT_JUDGED", "CONFIRMED")
    missing = await staff.ask("SUPPORT", DISMISS, input={"reportId": "mnr_1"})
    assert missing["code"] == "MINOR_REPORT_NOT_FOUND"
    query = select(MinorReport.named, MinorReport.text)
    rows = await staff.postmeter.units.read(lambda read: read.rows(query))
    assert {value for row in rows for value in row} == {None}


def test_so_many_reports_are_taken_and_not_one_more() -> None:
    check_reports(TERMS.reports_per_address_max - 1, TERMS.reports_max - 1, TERMS)
    for from_address, from_everywhere in ((TERMS.reports_per_address_max, 0), (0, TERMS.reports_max)):
        with pytest.raises(MinorReportLimitReached) as refused:
            check_reports(from_address, from_everywhere, TERMS)
        assert refused.value.retry_after_seconds == 3600
