"""Complaints through the assembled server: the public's side, the customer's, the staff's, and who may see what."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from server.accounts.model import Account, Person
from server.campaigns.graph import complaints_enums as enums
from server.campaigns.model import Campaign
from server.campaigns.rules import complaints as rules
from server.kit.audit import AuditEntry
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import Credentials
from server.kit.work import Work
from server.notices.model import Notice
from server.wallet.actions import Transfer, post
from server.wallet.rules import Counter, PostingKind
from tests.campaigns.complaining import launched
from tests.staffed import Staff

COMPLAINT = """id campaignId category source status unsolicited bulk reportCount receivedAt proofAskedAt proofDueAt
    proofSubmittedAt endedAt appealDueAt appealedAt appeal updatedAt reports { complainant text reportedAt }
    evidence { kind text consentedAt submittedAt } decisions { stage accepted reason decidedAt }"""
CASE = f"case {{ accountId lateAt decidedBy complaint {{ {COMPLAINT} }} }}"
QUEUE = f"""query($state: ComplaintStatus!, $first: Int! = 20, $after: String) {{
    complaints(state: $state, first: $first, after: $after) {{
    edges {{ node {{ accountId lateAt decidedBy complaint {{ {COMPLAINT} }} }} }}
    pageInfo {{ hasNextPage endCursor }} }} }}"""
MINE = f"{{ viewer {{ account {{ id complaints {{ edges {{ node {{ {COMPLAINT} appealCode }} }} }} }} }} }}"
ONE = "query($id: ID!) { complaint(id: $id) { id status } node(id: $id) { __typename id } }"
WATCH = (
    f"""subscription {{ complaintChanged {{ kind sequence complaint {{ {COMPLAINT} }} newest {{ id }} }} }}"""
)
REVIEW = """mutation($id: ID!, $industry: Industry!, $key: String!) {
    reviewIndustry(input: {accountId: $id, industry: $industry, idempotencyKey: $key}) { __typename
    ... on IndustryReviewed { industry accountClosed replayed } ... on Problem { code field } } }"""
SPAM = {"unsolicited": True, "bulk": True}
DAY = timedelta(days=1)


def do(mutation: str, selection: str = "") -> str:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (
        f"mutation($input: {kind}) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


REPORT = do("reportAbuse", "... on AbuseReported { receipt } ... on ComplaintTextInvalid { fault lengthMax }")
OPEN = do(
    "openComplaint",
    f"... on ComplaintOpened {{ {CASE} }} ... on ComplaintFindingInvalid {{ category }}",
)
CLASSIFY = do(
    "classifyComplaint",
    f"... on ComplaintClassified {{ {CASE} }} ... on ComplaintStatusConflict {{ status }}",
)
PROVE = do(
    "submitComplaintProof",
    f"... on ComplaintProofSubmitted {{ complaint {{ {COMPLAINT} }} }} ... on ComplaintEvidenceInvalid {{ fault }} "
    "... on ComplaintProofTooLate { dueAt }",
)
DECIDE = do(
    "decideComplaint",
    f"... on ComplaintDecided {{ {CASE} accountClosed accountReopened replayed }}",
)
APPEAL = do("appealComplaint", "... on ComplaintAppealed { caseId } ... on ComplaintAppealTooLate { dueAt }")
PAUSE, RESUME = do("pauseCampaign"), do("resumeCampaign")
LAUNCH = do("launchCampaign", "... on ComplaintOpen { caseId dueAt }")


class Office:
    """The staffed server, its customer, and a campaign that the customer sends."""

    def __init__(self, staff: Staff, account_id: str, campaign_id: str) -> None:
        self.staff = staff
        self.account_id = account_id
        self.campaign_id = campaign_id

    async def ask(self, who: str, query: str, **given: Any) -> Any:
        return await self.staff.ask(who, query, input=given)

    async def anybody(self, query: str, **given: Any) -> Any:
        transport = httpx.ASGITransport(app=self.staff.postmeter.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = (
                await client.post("/graphql", json={"query": query, "variables": {"input": given}})
            ).json()
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    async def queue(self, state: str, **variables: Any) -> Any:
        return await self.staff.ask("SUPPORT", QUEUE, state=state, **variables)

    async def mine(self) -> list[Any]:
        found = await self.staff.ask("CUSTOMER", MINE)
        return [edge["node"] for edge in found["account"]["complaints"]["edges"]]

    async def opened(self, key: str = "open") -> str:
        opened = await self.ask(
            "SUPPORT", OPEN, category="SPAM", finding=SPAM, campaignId=self.campaign_id, idempotencyKey=key
        )
        return str(opened["case"]["complaint"]["id"])


@pytest.fixture
async def office(staff: Staff) -> Office:
    account_id = str((await staff.ask("CUSTOMER", MINE))["account"]["id"])

    def furnish(work: Work) -> str:
        kind = PostingKind.TOP_UP
        post(work, [Transfer(account_id, "EMAIL", 5_000, Counter.PAYMENTS, kind, work.ids.new("top"))])
        work.execute(update(Account).where(Account.id == account_id).values(country="CH"))
        sealed = work.seal(account_id, "identity", "people.email", "owner@example.com")
        owner = update(Person).where(Person.account_id == account_id)
        work.execute(owner.values(email=sealed, email_verified_at=work.now))
        return launched(work, account_id)

    campaign_id = await staff.postmeter.units.run_unaudited(furnish)
    return Office(staff, account_id, campaign_id)


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (enums.CategoryEnum, rules.ComplaintCategory),
        (enums.SourceEnum, rules.ComplaintSource),
        (enums.StatusEnum, rules.ComplaintStatus),
        (enums.EvidenceKindEnum, rules.EvidenceKind),
        (enums.StageEnum, rules.Stage),
        (enums.ReasonEnum, rules.RejectionReason),
        (enums.TextFaultEnum, rules.ComplaintTextFault),
        (enums.EvidenceFaultEnum, rules.EvidenceFault),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]


@pytest.mark.rule("M022", "M023", "M025")
async def test_a_complaint_from_its_report_to_its_decision(office: Office) -> None:
    reported = await office.anybody(
        REPORT,
        campaignId=office.campaign_id,
        category="SPAM",
        complainant="reader@example.com",
        text="I never asked for this.",
    )
    assert reported["receipt"].startswith("rpt_")
    assert await office.mine() == [], "nobody looked at it yet"
    (waiting,) = [edge["node"] for edge in (await office.queue("RECEIVED"))["edges"]]
    case_id = waiting["complaint"]["id"]
    asked = (await office.ask("SUPPORT", CLASSIFY, caseId=case_id, finding=SPAM))["case"]["complaint"]
    assert (asked["status"], asked["campaignId"]) == ("AWAITING_PROOF", office.campaign_id)
    launch = await office.ask("CUSTOMER", LAUNCH, campaignId=office.campaign_id, idempotencyKey="one")
    assert (launch["__typename"], launch["caseId"]) == ("ComplaintOpen", case_id)
    assert launch["dueAt"] == asked["proofDueAt"]
    consented = "2025-05-01T08:00:00Z"
    evidence = [
        {"kind": "CONSENT_TIME", "text": "By the form of our shop.", "consentedAt": consented},
        {"kind": "CUSTOMER_RELATIONSHIP", "text": "Ordered twice since."},
    ]
    proved = (await office.ask("CUSTOMER", PROVE, caseId=case_id, evidence=evidence))["complaint"]
    assert [(each["kind"], each["text"], each["consentedAt"]) for each in proved["evidence"]] == [
        ("CONSENT_TIME", "By the form of our shop.", consented),
        ("CUSTOMER_RELATIONSHIP", "Ordered twice since.", None),
    ]
    for replayed in (False, True):
        decided = await office.ask("SUPPORT", DECIDE, caseId=case_id, verdict="ACCEPT", idempotencyKey="yes")
        assert (decided["replayed"], decided["accountClosed"]) == (replayed, False)
        assert decided["case"]["decidedBy"][0].startswith("per_")
    (shown,) = await office.mine()
    assert shown["status"] == "ACCEPTED"
    assert [(each["stage"], each["accepted"], each["reason"]) for each in shown["decisions"]] == [
        ("PROOF", True, None)
    ]
    assert (shown["reports"][0]["complainant"], shown["reports"][0]["text"]) == (
        "reader@example.com",
        "I never asked for this.",
    )
    found = await office.staff.send("CUSTOMER", ONE, id=case_id)
    assert found["data"]["node"] == {"__typename": "Complaint", "id": case_id}


@pytest.mark.rule("M024", "M026")
async def test_a_closed_account_appeals_with_its_code(office: Office, clock: ManualClock) -> None:
    case_id = await office.opened()
    (shown,) = await office.mine()
    clock.advance(timedelta(hours=48))
    await office.staff.postmeter.due.run_due()
    assert await office.staff.refused("CUSTOMER", MINE) == "UNAUTHENTICATED"
    given = {"caseId": case_id, "text": "The address was mistyped."}
    assert (await office.anybody(APPEAL, **given, appealCode="guess"))["code"] == "COMPLAINT_APPEAL_REFUSED"
    appealed = await office.anybody(APPEAL, **given, appealCode=shown["appealCode"])
    assert (appealed["__typename"], appealed["caseId"]) == ("ComplaintAppealed", case_id)
    (waiting,) = [edge["node"] for edge in (await office.queue("APPEALED"))["edges"]]
    assert waiting["complaint"]["appeal"] == "The address was mistyped."
    rejected = await office.ask("ADMIN", DECIDE, caseId=case_id, verdict="REJECT", idempotencyKey="a")
    assert rejected["code"] == "COMPLAINT_VERDICT_INVALID"
    decided = await office.ask("ADMIN", DECIDE, caseId=case_id, verdict="ACCEPT", idempotencyKey="b")
    assert (decided["accountReopened"], decided["case"]["complaint"]["status"]) == (True, "OVERTURNED")
    query = select(Notice.kind, Notice.in_app).where(Notice.account_id == office.account_id)
    rows = await office.staff.postmeter.units.read(lambda read: read.rows(query.order_by(Notice.id)))
    assert [row.kind for row in rows if not row.in_app] == [
        "complaint_opened",
        "complaint_closed",
        "account_closed",
        "complaint_appealed",
        "complaint_overturned",
    ], "each goes to the owner's address, too"


async def test_what_is_sent_again_while_a_complaint_opens_is_paused_or_refused(office: Office) -> None:
    campaign = {"campaignId": office.campaign_id}
    assert (await office.ask("CUSTOMER", PAUSE, **campaign))["__typename"] == "CampaignPaused"
    _, resumed = await asyncio.gather(office.opened(), office.ask("CUSTOMER", RESUME, **campaign))
    assert resumed["__typename"] in ("CampaignResumed", "ComplaintOpen")
    query = select(Campaign.status).where(Campaign.id == office.campaign_id)
    status = await office.staff.postmeter.units.read(lambda read: read.scalar(query))
    assert status == "PAUSED", "whoever was first"


@pytest.mark.rule("Q014")
async def test_only_who_is_concerned_sees_and_decides(office: Office) -> None:
    staff = office.staff
    case_id = await office.opened()
    finding = {"caseId": case_id, "finding": SPAM}
    verdict = {"caseId": case_id, "verdict": "ACCEPT", "idempotencyKey": "k"}
    for who in ("CUSTOMER", "FINANCE"):
        assert await staff.refused(who, QUEUE, state="RECEIVED") == "FORBIDDEN"
        assert await staff.refused(who, CLASSIFY, input=finding) == "FORBIDDEN"
        assert await staff.refused(who, DECIDE, input=verdict) == "FORBIDDEN"
    assert await staff.refused("SUPPORT", PROVE, input={"caseId": case_id, "evidence": []}) == "FORBIDDEN"
    await staff.postmeter.units.run_unaudited(_demote)
    assert await staff.refused("CUSTOMER", MINE) == "FORBIDDEN", "owners and administrators only"


def _demote(work: Work) -> None:
    work.execute(update(Person).where(Person.role == "OWNER").values(role="BILLING"))


async def test_refusals_carry_what_explains_them(office: Office) -> None:
    case_id = await office.opened()
    again = await office.ask("SUPPORT", CLASSIFY, caseId=case_id, finding=SPAM)
    assert (again["code"], again["status"]) == ("COMPLAINT_STATUS_CONFLICT", "AWAITING_PROOF")
    nothing = await office.ask("CUSTOMER", PROVE, caseId=case_id, evidence=[])
    assert (nothing["code"], nothing["fault"], nothing["field"]) == (
        "COMPLAINT_EVIDENCE_INVALID",
        "NOTHING",
        "evidence",
    )
    unknown = await office.ask("CUSTOMER", PROVE, caseId="cpl_1", evidence=[])
    assert (unknown["code"], unknown["field"]) == ("COMPLAINT_NOT_FOUND", "caseId")
    half = await office.ask(
        "ADMIN",
        OPEN,
        category="SPAM",
        finding={"bulk": True},
        campaignId=office.campaign_id,
        idempotencyKey="a",
    )
    assert (half["code"], half["category"]) == ("COMPLAINT_FINDING_INVALID", "SPAM")
    of_nobody = await office.ask(
        "ADMIN", OPEN, category="SPAM", finding=SPAM, accountId=office.account_id, idempotencyKey="b"
    )
    assert of_nobody["code"] == "COMPLAINT_SUBJECT_INVALID"
    nowhere = await office.ask(
        "ADMIN", OPEN, category="CONTENT", finding={"founded": True}, accountId="acc_1", idempotencyKey="c"
    )
    assert nowhere["code"] == "ACCOUNT_NOT_FOUND"
    blank = await office.anybody(REPORT, campaignId=office.campaign_id, category="CONTENT", text=" ")
    assert (blank["code"], blank["fault"], blank["lengthMax"]) == ("COMPLAINT_TEXT_INVALID", "BLANK", 2_000)
    lost = await office.anybody(REPORT, campaignId="cmp_1", category="CONTENT")
    assert lost["code"] == "CAMPAIGN_NOT_FOUND"
    for _ in range(5):
        last = await office.anybody(REPORT, campaignId=office.campaign_id, category="IP_RIGHTS")
        assert last["__typename"] == "AbuseReported"
    one_more = await office.anybody(REPORT, campaignId=office.campaign_id, category="IP_RIGHTS")
    assert one_more["code"] == "ABUSE_REPORT_LIMIT_REACHED"


async def test_the_queue_has_what_is_late_first_and_pages(office: Office, clock: ManualClock) -> None:
    ids = []
    for key in ("one", "two", "three"):
        ids.append(await office.opened(key))
        assert await office.opened(key) == ids[-1], "a repetition opens no other"
        clock.advance(timedelta(minutes=5))
    seen, cursor = [], None
    for _ in ids:
        page = await office.queue("AWAITING_PROOF", first=1, after=cursor)
        seen += [edge["node"]["complaint"]["id"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert (seen, page["pageInfo"]["hasNextPage"]) == (ids, False)
    assert await office.staff.refused("SUPPORT", QUEUE, state="RECEIVED", after="bm90aGluZw==") == (
        "BAD_USER_INPUT"
    )


async def test_a_complaint_is_followed_live(office: Office) -> None:
    postmeter = office.staff.postmeter
    viewer = await postmeter.authenticator.authenticate(Credentials(bearer=office.staff.tokens["CUSTOMER"]))
    assert viewer is not None
    context = Context(postmeter.units, postmeter.services, viewer, "req_1")
    prepared = postmeter.engine.prepare(WATCH, None, {})
    feed = postmeter.engine.feed(prepared, context)
    start = await postmeter.units.read(feed.head)
    case_id = await office.opened()
    evidence = [{"kind": "SUBSCRIPTION_CONSENT", "text": "The box was ticked."}]
    await office.ask("CUSTOMER", PROVE, caseId=case_id, evidence=evidence)
    await office.ask("SUPPORT", DECIDE, caseId=case_id, verdict="ACCEPT", idempotencyKey="yes")

    def told(read: Any) -> list[Any]:
        events = [*feed.since(read, start, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        shown = [postmeter.engine.render(prepared, event.value, context, read).encode() for event in events]
        return [json.loads(one)["data"]["complaintChanged"] for one in shown]

    *changes, snapshot = await postmeter.units.read(told)
    assert [change["complaint"]["status"] for change in changes] == [
        "AWAITING_PROOF",
        "PROOF_SUBMITTED",
        "ACCEPTED",
    ]
    (refetched,) = await office.mine()
    refetched.pop("appealCode")
    assert changes[-1]["complaint"] == refetched
    assert snapshot["newest"] == [{"id": case_id}]


@pytest.mark.rule("M021", "M026")
async def test_an_excluded_industry_that_a_review_finds_ends_the_service(office: Office) -> None:
    staff, who = office.staff, office.account_id
    assert await staff.refused("FINANCE", REVIEW, id=who, industry="RETAIL", key="a") == "FORBIDDEN"
    unknown = await staff.ask("SUPPORT", REVIEW, id="acc_1", industry="RETAIL", key="b")
    assert (unknown["code"], unknown["field"]) == ("ACCOUNT_NOT_FOUND", "accountId")
    served = await staff.ask("SUPPORT", REVIEW, id=who, industry="RETAIL", key="c")
    assert (served["industry"], served["accountClosed"]) == ("RETAIL", False)
    for replayed in (False, True):
        found = await staff.ask("SUPPORT", REVIEW, id=who, industry="CASINO", key="d")
        assert found == {
            "__typename": "IndustryReviewed",
            "industry": "CASINO",
            "accountClosed": True,
            "replayed": replayed,
        }
    assert await staff.refused("CUSTOMER", MINE) == "UNAUTHENTICATED"
    over = await staff.ask("ADMIN", REVIEW, id=who, industry="RETAIL", key="e")
    assert over["code"] == "ACCOUNT_STATUS_CONFLICT"

    def look(read: Any) -> tuple[Any, list[str]]:
        row = read.first(select(Account.industry, Account.status_reason).where(Account.id == who))
        audited = select(AuditEntry.outcome).where(AuditEntry.action == "reviewIndustry")
        return tuple(row), list(read.execute(audited.order_by(AuditEntry.id)).scalars())

    assert await staff.postmeter.units.read(look) == (
        ("CASINO", "INDUSTRY"),
        ["ACCOUNT_NOT_FOUND", "OK", "OK", "OK", "ACCOUNT_STATUS_CONFLICT"],
    )
