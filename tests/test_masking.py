"""What people wrote in confidence, and who they are, is masked for the roles that the policy does not name (H017)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.accounts.rules import Terms
from server.accounts.rules.staff import StaffRole, may_read_sensitive
from server.policy.adapters.profiles import load_profile
from server.terms import terms_of
from tests.accounts.test_reports import REPORT
from tests.campaigns.test_complaints_graph import REPORT as REPORT_ABUSE
from tests.privacy.test_recipient_graph import FILE, Office, launched
from tests.staffed import Staff

MASKED = "masked { fields readableBy }"
REPORTS = f"{{ securityReports {{ edges {{ node {{ note {MASKED} }} }} }} }}"
COMPLAINTS = f"""{{ complaints(state: RECEIVED) {{ edges {{ node {{ complaint {{ reportCount appeal
    reports {{ complainant text }} }} {MASKED} }} }} }} }}"""
REQUESTS = f"""{{ recipientRequests {{ edges {{ node {{ messageId request {{ kind address text answer }}
    {MASKED} }} }} }} }}"""
OWN = "{ viewer { account { id securityReports { edges { node { note masked { fields } } } } } } }"
CANARIES = (
    "a note in confidence",
    "reader@example.com",
    "my words",
    "complaining@example.com",
    "my complaint",
)


@pytest.mark.rule("H017")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_sensitive_values_are_masked_for_every_other_role(staff: Staff) -> None:
    units = staff.postmeter.units
    account_id = str((await staff.ask("CUSTOMER", OWN))["account"]["id"])
    office = Office(staff, account_id, await units.run_unaudited(lambda work: launched(work, account_id)))
    await office.anybody(FILE, input={**office.wish(), "text": "my words"})
    abuse = {"campaignId": office.campaign_id, "category": "SPAM"}
    told = {"complainant": "complaining@example.com", "text": "my complaint"}
    assert (await office.anybody(REPORT_ABUSE, input={**abuse, **told}))["__typename"] == "AbuseReported"
    await staff.ask("CUSTOMER", REPORT, input={"kind": "MISUSE", "note": "a note in confidence"})

    assert await seen(staff, "SUPPORT") == set(CANARIES), "a policy that masks nothing"
    terms = units.house.terms.get(Terms)
    units.house.terms.add(replace(terms, sensitive_read_by=frozenset({"PRIVACY_OFFICER", "ADMIN"})))
    assert await seen(staff, "ADMIN") == set(CANARIES)
    assert await seen(staff, "SUPPORT") == set()

    for query, fields in (
        (REPORTS, ["note"]),
        (COMPLAINTS, ["complainant", "text", "appeal"]),
        (REQUESTS, ["address", "text", "answer", "messageId"]),
    ):
        [shown] = await nodes(staff, "SUPPORT", query)
        assert shown["masked"] == {"fields": fields, "readableBy": ["ADMIN", "PRIVACY_OFFICER"]}
        [whole] = await nodes(staff, "ADMIN", query)
        assert whole["masked"] is None
    [case] = await nodes(staff, "SUPPORT", COMPLAINTS)
    assert case["complaint"]["reportCount"] == 1, "what is not sensitive is there"


async def nodes(staff: Staff, who: str, query: str) -> list[Any]:
    return [edge["node"] for edge in (await staff.ask(who, query))["edges"]]


async def seen(staff: Staff, who: str) -> set[str]:
    """Which of the canaries these staff can read anywhere."""
    everything = str([await staff.ask(who, query) for query in (REPORTS, COMPLAINTS, REQUESTS)])
    return {canary for canary in CANARIES if canary in everything}


@pytest.mark.rule("H017")
def test_the_policy_names_the_roles() -> None:
    roles = frozenset(role.value for role in StaffRole)
    readers = {
        name: terms_of(load_profile(name)).get(Terms).sensitive_read_by for name in ("helpdesk", "mailpro")
    }
    assert readers == {"helpdesk": frozenset({"PRIVACY_OFFICER", "ADMIN"}), "mailpro": roles}
    assert not may_read_sensitive(frozenset({"SUPPORT", "FINANCE"}), readers["helpdesk"])
    assert may_read_sensitive(frozenset({"SUPPORT", "ADMIN"}), readers["helpdesk"])
    assert not may_read_sensitive(frozenset(), roles)
