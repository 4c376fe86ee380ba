"""Incidents through the assembled server: reported by a customer, worked at by the staff, told and pushed."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from server import duties
from server.incidents import jobs
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import Credentials
from tests.staffed import Staff

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

ENTRY = "number kind state text writtenAt writtenBy"
CASE = f"""id kind source state reportId summary messageId occurredAt knownAt dueAt overdue openedAt closedAt updatedAt
    assessment {{ risk categories people consequences assessedAt }}
    criterion {{ everyone heldCategory signedInFrom signedInUntil appliedAt }}
    decision {{ notify reason exemption message decidedAt toldAt }}
    authorityNotice {{ authority reference notifiedAt late delayReason }}
    affected {{ accounts told gone }} entries {{ {ENTRY} }}"""
OWN = "id kind state occurredAt knownAt categories message toldAt closedAt"
MINE = f"{{ viewer {{ account {{ id incidents {{ edges {{ node {{ {OWN} }} }} }} }} }} }}"
NOTICES = "{ viewer { account { notices { edges { node { kind text } } } } } }"
QUEUE = f"""query($first: Int! = 20, $after: String) {{ incidents(first: $first, after: $after) {{
    edges {{ node {{ {CASE} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
REGISTER = "{ incidentRegister { edges { node { id state } } } }"
ACCOUNTS = """query($id: ID!) { incidentAccounts(incidentId: $id) { edges { node {
    accountId named reach addedAt toldAt } } } }"""
ENTRIES = f"""query($id: ID!, $after: String) {{ incidentEntries(incidentId: $id, first: 1, after: $after) {{
    edges {{ node {{ {ENTRY} }} }} pageInfo {{ endCursor }} }} }}"""
NODE = f"""query($id: ID!) {{ node(id: $id) {{ __typename
    ... on IncidentCase {{ {CASE} }} ... on Incident {{ told: toldAt }} }} }}"""
WATCH_ALL = """subscription { incidentChanged { kind sequence
    incident { incidentId state dueAt overdue updatedAt } newest { incidentId state } } }"""
WATCH_OWN = f"subscription {{ incidentNotified {{ kind sequence incident {{ {OWN} }} newest {{ id }} }} }}"
REPORT = """mutation($input: ReportCompromiseInput!) { reportCompromise(input: $input) { __typename
    ... on CompromiseReported { reportId } } }"""
KNOWN, DUE = "2026-03-02T09:00:00Z", "2026-03-05T09:00:00Z"


def do(mutation: str, selection: str = "") -> str:
    return (
        f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} ... on IncidentChanged {{ incident {{ {CASE} }} }} "
        f"{selection} }} }}"
    )


OPEN = """mutation($input: OpenIncidentInput!) { openIncident(input: $input) { __typename
    ... on Problem { code } ... on IncidentOpened { incidentId } ... on IncidentInstantInvalid { daysMax } } }"""
NAME = do("nameIncidentAccounts", "... on IncidentAccountUnknown { accountId }")
FIND = do("setIncidentCriterion", "... on IncidentCriterionInvalid { daysKept }")
ASSESS = do("assessIncident", "... on IncidentScopeInvalid { categories }")
DECIDE = do(
    "decideIncidentNotice", "... on IncidentNoticeRequired { risk } ... on IncidentIncomplete { lacks }"
)
AUTHORITY = do("recordIncidentAuthorityNotice", "... on IncidentDelayUnexplained { dueAt }")
NOTE = do("noteIncident", "... on IncidentTextInvalid { fault lengthMax }")
MOVE = do(
    "moveIncident",
    """... on IncidentSkipUnexplained { skipped } ... on IncidentIncomplete { lacks }
    ... on IncidentStatusConflict { state }""",
)


async def opened(staff: Staff, **more: Any) -> str:
    given = {"kind": "LOSS", "source": "MAIL", "knownAt": KNOWN, "summary": "A laptop was lost.", **more}
    return str((await staff.ask("SUPPORT", OPEN, input=given))["incidentId"])


async def officer(staff: Staff, mutation: str, incident_id: str, **given: Any) -> Any:
    return await staff.ask("ADMIN", mutation, input={"incidentId": incident_id, **given})


async def work(staff: Staff) -> None:
    await DueRunner(staff.postmeter.units, jobs.handlers(), duties.TIMERS).run_due()


async def pushed(staff: Staff, who: str, watch: str) -> list[Any]:
    """Everything since the beginning, as the subscription shows it, and last the snapshot of now."""
    postmeter = staff.postmeter
    viewer = await postmeter.authenticator.authenticate(Credentials(bearer=staff.tokens[who]))
    assert viewer is not None
    context = Context(postmeter.units, postmeter.services, viewer, "req_1")
    prepared = postmeter.engine.prepare(watch, None, {})
    feed = postmeter.engine.feed(prepared, context)

    def told(read: Any) -> list[Any]:
        events = [*feed.since(read, 0, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        shown = [postmeter.engine.render(prepared, event.value, context, read).encode() for event in events]
        return [next(iter(json.loads(each)["data"].values())) for each in shown]

    return await postmeter.units.read(told)


@pytest.mark.rule("H021", "H022", "H023", "H024")
async def test_the_staff_works_at_an_incident_and_the_customer_is_told(staff: Staff) -> None:
    account_id = (await staff.ask("CUSTOMER", MINE))["account"]["id"]
    incident = await opened(staff, messageId="<1@example.com>", occurredAt="2026-03-01T09:00:00Z")
    early = await officer(
        staff, DECIDE, incident, notify=True, reason="They must know.", message="It is lost."
    )
    assert (early["code"], early["lacks"]) == ("INCIDENT_INCOMPLETE", ["ASSESSMENT"])
    risk = {"risk": "RISK", "people": "7", "consequences": "Letters."}
    wrong = await officer(staff, ASSESS, incident, **risk, categories=["weather"])
    assert (wrong["code"], "identification" in wrong["categories"]) == ("INCIDENT_SCOPE_INVALID", True)
    assessed = await officer(staff, ASSESS, incident, **risk, categories=wrong["categories"][:1])
    assert assessed["incident"]["assessment"]["people"] == "7"
    await officer(staff, NAME, incident, add=[account_id])
    silent = await officer(staff, DECIDE, incident, notify=False, reason="It is little.")
    assert (silent["code"], silent["risk"]) == ("INCIDENT_NOTICE_REQUIRED", "RISK")
    assert (await staff.ask("CUSTOMER", NODE, id=incident)) is None, "nobody knows before they are told"
    told = await officer(
        staff, DECIDE, incident, notify=True, reason="They must know.", message="It is lost."
    )
    assert told["incident"]["decision"]["toldAt"] is None
    await work(staff)
    skipping = await officer(staff, MOVE, incident, to="NOTIFIED")
    assert skipping["skipped"] == ["INVESTIGATING", "ASSESSED", "MITIGATED"]
    lacking = await officer(staff, MOVE, incident, to="CLOSED", skipReason="It went fast.")
    assert lacking["lacks"] == ["AUTHORITY_NOTICE", "CORRECTION"]
    notice = {"authority": "FDPIC", "reference": "2026-7", "notifiedAt": KNOWN}
    noted = await officer(staff, AUTHORITY, incident, **notice)
    assert noted["incident"]["authorityNotice"] == {**notice, "late": False, "delayReason": None}
    blank = await officer(staff, NOTE, incident, kind="CORRECTION", text=" ")
    assert (blank["code"], blank["fault"]) == ("INCIDENT_TEXT_INVALID", "BLANK")
    await officer(staff, NOTE, incident, kind="CORRECTION", text="All disks are encrypted.")
    closed = (await officer(staff, MOVE, incident, to="CLOSED", skipReason="It went fast."))["incident"]
    assert (closed["state"], closed["affected"]) == ("CLOSED", {"accounts": 1, "told": 1, "gone": 0})
    assert len(closed["entries"]) == 8
    assert closed["entries"][1]["text"] == "All disks are encrypted."
    conflict = await officer(staff, MOVE, incident, to="CLOSED")
    assert (conflict["code"], conflict["state"]) == ("INCIDENT_STATUS_CONFLICT", "CLOSED")

    [edge] = (await staff.ask("CUSTOMER", MINE))["account"]["incidents"]["edges"]
    assert edge["node"]["message"] == "It is lost."
    assert (await staff.ask("CUSTOMER", NODE, id=incident)) == {"__typename": "Incident", "told": KNOWN}
    notices = (await staff.ask("CUSTOMER", NOTICES))["account"]["notices"]["edges"]
    assert [one["node"]["kind"] for one in notices] == ["INCIDENT_AFFECTS_YOU"]
    assert incident in notices[0]["node"]["text"]
    [change, snapshot] = await pushed(staff, "CUSTOMER", WATCH_OWN)
    assert (change["incident"], snapshot["newest"]) == (edge["node"], [{"id": incident}])
    *changes, snapshot = await pushed(staff, "ADMIN", WATCH_ALL)
    assert [each["incident"]["state"] for each in changes] == ["REPORTED"] * 7 + ["CLOSED"]
    fetched = {name: closed[name] for name in ("state", "dueAt", "overdue", "updatedAt")}
    assert changes[-1]["incident"] == {"incidentId": incident, **fetched}, "what is pushed is what is fetched"
    assert snapshot["newest"] == [{"incidentId": incident, "state": "CLOSED"}]
    assert (await staff.ask("ADMIN", NODE, id=incident))["entries"] == closed["entries"]


async def test_the_queue_is_in_order_of_urgency_and_for_the_officers(staff: Staff) -> None:
    await staff.ask("CUSTOMER", REPORT, input={"kind": "MISUSE", "note": "my telephone is gone"})
    older = await opened(staff, knownAt="2026-03-01T09:00:00Z")
    future = {"kind": "LOSS", "source": "MAIL", "knownAt": "2026-03-02T09:00:01Z", "summary": "Unknown."}
    assert (await staff.ask("SUPPORT", OPEN, input=future))["daysMax"] == 365
    harmless = await opened(staff, knownAt="2026-02-01T09:00:00Z")
    nothing = {"risk": "NONE", "categories": [], "people": "0", "consequences": "Nothing."}
    await officer(staff, ASSESS, harmless, **nothing)
    first = await staff.ask("ADMIN", QUEUE, first=2)
    urgent, reported = (edge["node"] for edge in first["edges"])
    assert (urgent["id"], urgent["messageId"]) == (older, None)
    shown = (reported["source"], reported["kind"], reported["dueAt"], reported["affected"]["accounts"])
    assert shown == ("REPORT", "MISUSE", DUE, 1)
    assert reported["reportId"].startswith("srp_")
    rest = await staff.ask("ADMIN", QUEUE, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["id"] for edge in rest["edges"]] == [harmless]
    assert len((await staff.ask("ADMIN", REGISTER))["edges"]) == 3
    for query in (QUEUE, REGISTER):
        assert await staff.refused("SUPPORT", query) == "FORBIDDEN"
    assert await staff.refused("FINANCE", OPEN, input={}) in ("FORBIDDEN", "BAD_USER_INPUT")
    assert await staff.ask("SUPPORT", NODE, id=older) is None
    for cursor in ("none", "0.9223372036854775807.inc_1"):
        behind = base64.b64encode(cursor.encode()).decode()
        assert await staff.refused("ADMIN", QUEUE, after=behind) == "BAD_USER_INPUT", cursor


async def test_accounts_are_found_by_exactly_one_criterion(staff: Staff, clock: ManualClock) -> None:
    account_id = (await staff.ask("CUSTOMER", MINE))["account"]["id"]
    incident = await opened(staff)
    for criterion in ({"heldCategory": "weather"}, {"everyone": False}):
        wrong = await officer(staff, FIND, incident, criterion=criterion)
        assert (wrong["code"], wrong["daysKept"]) == ("INCIDENT_CRITERION_INVALID", 30)
    unknown = await officer(staff, NAME, incident, add=["acc_1"])
    assert (unknown["code"], unknown["accountId"]) == ("INCIDENT_ACCOUNT_UNKNOWN", "acc_1")
    clock.advance(timedelta(hours=1))
    signed_in = {"signedIn": {"since": KNOWN, "until": "2026-03-02T10:00:00Z"}}
    for criterion in ({"everyone": True}, signed_in):
        found = await officer(staff, FIND, incident, criterion=criterion)
        assert found["incident"]["criterion"]["appliedAt"] is None
        await work(staff)
        [edge] = (await staff.ask("ADMIN", ACCOUNTS, id=incident))["edges"]
        assert (edge["node"]["accountId"], edge["node"]["named"]) == (account_id, False)
        assert edge["node"]["reach"] == "WAITING"
    page = await staff.ask("ADMIN", ENTRIES, id=incident)
    assert [edge["node"]["state"] for edge in page["edges"]] == ["REPORTED"]
    behind = await staff.ask("ADMIN", ENTRIES, id=incident, after=page["pageInfo"]["endCursor"])
    assert behind["edges"] == []
