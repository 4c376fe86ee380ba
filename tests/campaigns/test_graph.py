"""Campaigns through the assembled server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.accounts import rules as account_rules
from server.accounts.actions.closing import close_preventively
from server.accounts.actions.lifecycle import suspend_account
from server.accounts.rules.lifecycle import SuspensionReason
from server.accounts.rules.staff import StaffRole
from server.app import Postmeter
from server.campaigns import reads, rules
from server.campaigns.graph import enums
from server.campaigns.rules import content, lifecycle, segments, suppression
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import SYSTEM, Credentials, Viewer
from server.kit.work import Call, Work
from server.senders.actions.review import report_carrier_refusal
from server.senders.rules import FallBack
from server.wallet.actions import Transfer, post
from server.wallet.rules import Counter, PostingKind
from tests.senders.test_graph import Api, do
from tests.test_app import settings

DAY = timedelta(days=1)
CAMPAIGN = """id channel status name subject text sender encoding segments mergeFields { name lengthMax alphabet }
    lawfulBasis listSource declaredAt recipients recipientsUploaded creditsReserved creditsCaptured holdId
    pauseReason failureCode scheduledAt launchedAt endedAt createdAt updatedAt
    countries { country recipients } senders { country requested effective fellBackBecause }"""
CAMPAIGNS = f"""query($first: Int! = 20, $after: String) {{ viewer {{ account {{
    campaigns(first: $first, after: $after) {{
        edges {{ node {{ {CAMPAIGN} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
ONE = "query($id: ID!) { campaign(id: $id) { id } quoteCampaign(id: $id) { credits } node(id: $id) { __typename id } }"
QUOTE = """query($id: ID!) { quoteCampaign(id: $id) { unit recipients segments credits
    lines { country recipients segments creditsASegment credits sender { effective fellBackBecause } } } }"""
LINK = """query($id: ID!, $to: String!) { campaign(id: $id) {
    unsubscribeLink(recipient: $to) { url listUnsubscribe listUnsubscribePost } } }"""
WATCH = f"""subscription($id: ID) {{ campaignChanged(id: $id) {{
    kind sequence campaign {{ {CAMPAIGN} }} newest {{ id }} }} }}"""
BALANCE = """{ viewer { account { balances { unit posted held available } } } }"""
NOTICES = "{ viewer { account { notices { edges { node { kind text } } } } } }"
SUPPRESSION = """query($channel: MessageChannel!, $address: String!) {
    suppression(channel: $channel, address: $address) { id channel reason source campaignId createdAt } }"""
SUPPRESSIONS = """{ viewer { account { suppressions { edges { node { id reason } } }
    suppressionRemovals { edges { node { suppressionId suppressedFor reason removedBy } } } } } }"""

IS = f"{{ campaign {{ {CAMPAIGN} }} }}"
CREATE = do(
    "createCampaign",
    f"... on CampaignCreated {IS} ... on MessageTextInvalid {{ fault }} ... on MessageTextSensitive {{ kind }} "
    "... on TooManySegments { segments segmentsMax } ... on MergeFieldInvalid { mergeFault } "
    "... on CampaignNameInvalid { lengthMax }",
)
UPDATE = do("updateCampaign", f"... on CampaignUpdated {IS} ... on CampaignChannelFixed {{ channel }}")
DECLARE = do(
    "declareCampaignAudience", f"... on CampaignAudienceDeclared {IS} ... on ListSourceRefused {{ source }}"
)
ADD = do(
    "addCampaignRecipients",
    f"... on CampaignRecipientsAdded {{ added duplicates suppressed invalid campaign {{ {CAMPAIGN} }} }} "
    "... on RecipientsInvalid { limit } ... on RecipientsConflict { uploaded }",
)
COUNT = do("setCampaignRecipientCount", f"... on CampaignRecipientCountSet {IS}")
SCHEDULE = do(
    "scheduleCampaign", f"... on CampaignScheduled {IS} ... on CampaignScheduleInvalid {{ daysMax }}"
)
LAUNCH = do(
    "launchCampaign",
    f"... on CampaignLaunched {{ creditsHeld replayed campaign {{ {CAMPAIGN} }} }} "
    "... on InsufficientBalance { available required } ... on CampaignIncomplete { recipients declaration } "
    "... on AccountNotActive { accountStatus } ... on CampaignStatusConflict { status }",
)
ACCEPT = "mutation($input: PolicyVersionInput!) { acceptPolicy(input: $input) { __typename } }"
PAUSE = do("pauseCampaign", f"... on CampaignPaused {IS}")
RESUME = do("resumeCampaign", f"... on CampaignResumed {IS}")
COMPLETE = do("completeCampaign", f"... on CampaignEnded {IS} ... on CampaignStatusConflict {{ status }}")
CANCEL = do("cancelCampaign", f"... on CampaignEnded {IS}")
IMPORT = do("importSuppressions", "... on SuppressionsImported { suppressed known invalid }")
REMOVE = do("removeSuppression", "... on SuppressionRemoved { suppressionId }")
RELEASE = do("releaseHold", "... on HoldBound { reference }")
CAPTURE = do("captureHold", "... on HoldBound { reference }")

EMAIL = {"email": {"subject": "Spring", "text": "The marigolds are here."}}
SMS = {"sms": {"text": "The marigolds are here.", "sender": "Marigold"}}


class Shop(Api):
    """A customer with a country and credits."""

    async def give(self, unit: str, amount: int) -> None:
        account_id = (await self.viewer()).account_id or ""
        transfer = Transfer(account_id, unit, amount, Counter.PAYMENTS, PostingKind.TOP_UP, "top_1")
        await self.act(lambda work: post(work, [transfer]))

    async def viewer(self) -> Viewer:
        viewer = await self.postmeter.authenticator.authenticate(Credentials(bearer=self.tokens["shop"]))
        assert viewer is not None
        return viewer

    async def act(self, action: Callable[[Work], object]) -> None:
        """Do what the service does."""
        await self.postmeter.units.run(Call("test", SYSTEM), action)

    async def create(self, message: Any = None, name: str = "Spring") -> str:
        created = await self.data(CREATE, input={"name": name, "message": message or EMAIL})
        return str(created["campaign"]["id"])

    async def declare(self, campaign_id: str, source: str = "OWN_SUBSCRIBERS") -> Any:
        given = {"campaignId": campaign_id, "lawfulBasis": "CONSENT", "listSource": source}
        return await self.data(DECLARE, input=given)

    async def ready(self, recipients: int = 100) -> str:
        campaign_id = await self.create()
        await self.declare(campaign_id)
        await self.data(COUNT, input={"campaignId": campaign_id, "count": {"email": recipients}})
        return campaign_id

    async def launch(self, campaign_id: str, key: str = "k1") -> Any:
        return await self.data(LAUNCH, input={"campaignId": campaign_id, "idempotencyKey": key})

    async def campaigns(self, **variables: Any) -> list[dict[str, Any]]:
        found = await self.data(CAMPAIGNS, **variables)
        return [edge["node"] for edge in found["account"]["campaigns"]["edges"]]

    async def balance(self, unit: str = "EMAIL") -> tuple[str, str]:
        found = await self.data(BALANCE)
        [of_unit] = [one for one in found["account"]["balances"] if one["unit"] == unit]
        return of_unit["posted"], of_unit["held"]

    async def notices(self) -> list[tuple[str, str]]:
        found = await self.data(NOTICES)
        return [(e["node"]["kind"], e["node"]["text"]) for e in found["account"]["notices"]["edges"]]


@pytest.fixture
async def shop(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Shop]:
    public = {"public_url": "https://mail.example.com"}
    postmeter = Postmeter(settings(tmp_path, database_url, **public), clock=clock)
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with (
        postmeter.storage(),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        shop = Shop(postmeter, client)
        await shop.customer("shop", country="CH")
        yield shop


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (enums.ChannelEnum, rules.MessageChannel),
        (enums.CampaignStatusEnum, rules.CampaignStatus),
        (enums.PauseReasonEnum, lifecycle.PauseReason),
        (enums.LawfulBasisEnum, lifecycle.LawfulBasis),
        (enums.ListSourceEnum, lifecycle.ListSource),
        (enums.EncodingEnum, segments.Encoding),
        (enums.MergeAlphabetEnum, segments.MergeAlphabet),
        (enums.MergeFaultEnum, segments.MergeFault),
        (enums.TextFaultEnum, content.TextFault),
        (enums.SensitiveEnum, content.Sensitive),
        (enums.FallBackEnum, FallBack),
        (enums.SuppressionReasonEnum, suppression.SuppressionReason),
        (enums.SuppressionSourceEnum, suppression.SuppressionSource),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]


@pytest.mark.rule("H019", "M014")
async def test_a_campaign_from_its_draft_to_its_end(shop: Shop) -> None:
    await shop.give("EMAIL", 100)
    campaign_id = await shop.create()
    early = await shop.data(ADD, input={"campaignId": campaign_id, "recipients": ["ines@example.com"]})
    assert early["__typename"] == "AudienceNotDeclared"
    incomplete = await shop.launch(campaign_id, "early")
    assert (incomplete["recipients"], incomplete["declaration"]) == (True, True)
    declared = (await shop.declare(campaign_id))["campaign"]
    assert (declared["lawfulBasis"], declared["listSource"]) == ("CONSENT", "OWN_SUBSCRIBERS")
    added = await shop.data(
        ADD,
        input={"campaignId": campaign_id, "recipients": ["ines@example.com", "INES@example.com", "x"]},
    )
    assert (added["added"], added["duplicates"], added["suppressed"], added["invalid"]) == (1, 1, [], [2])
    quote = await shop.data(QUOTE, id=campaign_id)
    line = {
        "country": None,
        "recipients": 1,
        "segments": 1,
        "creditsASegment": 1,
        "credits": 1,
        "sender": None,
    }
    assert quote == {"unit": "EMAIL", "recipients": 1, "segments": 1, "credits": 1, "lines": [line]}
    for replayed in (False, True):
        launched = await shop.launch(campaign_id)
        assert (launched["creditsHeld"], launched["replayed"]) == (1, replayed)
        assert launched["campaign"]["status"] == "SENDING"
    assert (await shop.launch(campaign_id, "k2"))["status"] == "SENDING"
    assert await shop.balance() == ("100", "1")
    await shop.data(PAUSE, input={"campaignId": campaign_id})
    await shop.data(RESUME, input={"campaignId": campaign_id})
    ended = (await shop.data(COMPLETE, input={"campaignId": campaign_id}))["campaign"]
    assert (ended["status"], ended["creditsCaptured"]) == ("COMPLETED", 0)
    assert await shop.balance() == ("100", "0")
    assert (await shop.data(COMPLETE, input={"campaignId": campaign_id}))["status"] == "COMPLETED"
    completed, paused = await shop.notices()
    assert (completed[0], paused[0]) == ("CAMPAIGN_COMPLETED", "CAMPAIGN_PAUSED")
    assert "Spring is complete. Its messages took 0 credits; 1 that" in completed[1]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_hold_of_a_campaign_is_not_the_customers_to_release(shop: Shop) -> None:
    await shop.give("EMAIL", 100)
    campaign_id = await shop.ready()
    hold_id = (await shop.launch(campaign_id))["campaign"]["holdId"]
    released = await shop.data(RELEASE, input={"holdId": hold_id, "idempotencyKey": "r"})
    captured = await shop.data(CAPTURE, input={"holdId": hold_id, "quantity": "1", "idempotencyKey": "c"})
    assert released["reference"] == captured["reference"] == campaign_id
    assert await shop.balance() == ("100", "100")


PROBLEMS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (
        {"email": {"subject": "", "text": "Hello"}},
        {"__typename": "MessageTextInvalid", "fault": "EMPTY", "field": "message.email.subject"},
    ),
    (
        {"sms": {"text": "Our BIC: POSTCHBE"}},
        {"__typename": "MessageTextSensitive", "kind": "BANK_DETAILS", "field": "message.sms.text"},
    ),
    (
        {"sms": {"text": "a" * 1531}},
        {"__typename": "TooManySegments", "segments": 11, "segmentsMax": 10},
    ),
    (
        {"sms": {"text": "Hello {{name}}"}},
        {"__typename": "MergeFieldInvalid", "mergeFault": "NOT_DECLARED", "field": "message.sms.mergeFields"},
    ),
)


@pytest.mark.rule("M018", "M019")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_what_is_refused_says_why(shop: Shop) -> None:
    for message, problem in PROBLEMS:
        refused = await shop.data(CREATE, input={"name": "Spring", "message": message})
        assert refused.items() >= problem.items()
    unnamed = await shop.data(CREATE, input={"name": "", "message": EMAIL})
    assert (unnamed["__typename"], unnamed["lengthMax"]) == ("CampaignNameInvalid", 120)
    campaign_id = await shop.create()
    bought = await shop.declare(campaign_id, "PURCHASED")
    assert (bought["__typename"], bought["source"], bought["field"]) == (
        "ListSourceRefused",
        "PURCHASED",
        "listSource",
    )
    other = await shop.data(UPDATE, input={"campaignId": campaign_id, "name": "Spring", "message": SMS})
    assert (other["__typename"], other["channel"]) == ("CampaignChannelFixed", "EMAIL")
    await shop.declare(campaign_id)
    nobody = await shop.data(ADD, input={"campaignId": campaign_id, "recipients": []})
    assert (nobody["__typename"], nobody["limit"]) == ("RecipientsInvalid", 1000)
    wrong = await shop.data(COUNT, input={"campaignId": campaign_id, "count": {"sms": []}})
    assert wrong["__typename"] == "RecipientCountInvalid"
    await shop.data(COUNT, input={"campaignId": campaign_id, "count": {"email": 100}})
    poor = await shop.launch(campaign_id)
    assert (poor["__typename"], poor["available"], poor["required"]) == ("InsufficientBalance", "0", "100")
    past = await shop.data(SCHEDULE, input={"campaignId": campaign_id, "at": "2020-01-01T00:00:00Z"})
    assert (past["__typename"], past["daysMax"]) == ("CampaignScheduleInvalid", 90)
    updated = await shop.data(UPDATE, input={"campaignId": campaign_id, "name": "Summer", "message": EMAIL})
    assert updated["campaign"]["name"] == "Summer"
    cancelled = await shop.data(CANCEL, input={"campaignId": campaign_id})
    assert cancelled["campaign"]["status"] == "CANCELLED"


@pytest.mark.rule("M008")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_no_campaign_is_launched_without_a_verified_address_where_the_terms_ask_for_one(
    shop: Shop,
) -> None:
    terms = shop.postmeter.house.terms
    terms.add(replace(terms.get(account_rules.Terms), require_verified_email=True))
    await shop.give("EMAIL", 100)
    campaign_id = await shop.ready()
    refused = await shop.launch(campaign_id)
    assert (refused["__typename"], refused["code"]) == ("EmailNotVerified", "EMAIL_NOT_VERIFIED")
    assert await shop.balance() == ("100", "0")


@pytest.mark.rule("M064", "M065", "M066", "M067")
async def test_an_sms_shows_its_sender_country_by_country(shop: Shop) -> None:
    await shop.staff("reviewer", StaffRole.SUPPORT)
    sender_id = await shop.submitted()
    await shop.decide(sender_id, decision="ACCEPT", countries=["CH", "FR"])
    fields = [{"name": "name", "lengthMax": 10, "alphabet": "GSM_BASIC"}]
    named = {"sms": {"text": "Hello {{name}}", "sender": "Marigold", "mergeFields": fields}}
    campaign_id = await shop.create(named)
    places = [{"country": country, "recipients": 10} for country in ("CH", "FR", "DE")]
    counted = await shop.data(COUNT, input={"campaignId": campaign_id, "count": {"sms": places}})
    account_id = (await shop.viewer()).account_id or ""
    await shop.act(lambda work: report_carrier_refusal(work, account_id, "Marigold", "FR"))
    [campaign] = await shop.campaigns()
    assert campaign["countries"] == counted["campaign"]["countries"]
    assert (campaign["encoding"], campaign["mergeFields"]) == ("GSM7", fields)
    shown = {one.pop("country"): one for one in campaign["senders"]}
    assert shown == {
        "CH": {"requested": "Marigold", "effective": "Marigold", "fellBackBecause": None},
        "DE": {"requested": "Marigold", "effective": "mailpro.com", "fellBackBecause": "NOT_IN_COUNTRY"},
        "FR": {"requested": "Marigold", "effective": "mailpro.com", "fellBackBecause": "CARRIER_REFUSED"},
    }
    quote = await shop.data(QUOTE, id=campaign_id)
    assert [line["sender"]["effective"] for line in quote["lines"]] == [
        "Marigold",
        "mailpro.com",
        "mailpro.com",
    ]
    assert quote["credits"] == sum(10 * line["creditsASegment"] for line in quote["lines"])
    other_id = await shop.create({"sms": {"text": "Hello", "sender": "Nobody"}})
    await shop.data(COUNT, input={"campaignId": other_id, "count": {"sms": places[:1]}})
    newest = (await shop.campaigns(first=1))[0]
    assert newest["senders"][0]["fellBackBecause"] == "NOT_ACCEPTED"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_recipients_link_unsubscribes(shop: Shop) -> None:
    campaign_id = await shop.create()
    found = (await shop.data(LINK, id=campaign_id, to="Ines@Example.com"))["unsubscribeLink"]
    assert found["url"].startswith("https://mail.example.com/unsubscribe/")
    assert found["listUnsubscribe"] == f"<{found['url']}>"
    name, _, value = found["listUnsubscribePost"].partition("=")
    assert (await shop.data(LINK, id=campaign_id, to="nothing"))["unsubscribeLink"] is None
    clicked = await shop.client.post(httpx.URL(found["url"]).path, data={name: value})
    assert clicked.status_code == 200
    known = await shop.data(SUPPRESSION, channel="EMAIL", address="ines@example.com")
    assert (known["reason"], known["source"], known["campaignId"]) == (
        "UNSUBSCRIBED",
        "UNSUBSCRIBE_LINK",
        campaign_id,
    )
    assert await shop.data(SUPPRESSION, channel="EMAIL", address="ola@example.com") is None


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_suppressions_come_in_and_go_with_a_reason(shop: Shop) -> None:
    given = {"channel": "SMS", "addresses": ["+41791234567", "0791234567"]}
    assert (await shop.data(IMPORT, input=given)) == {
        "__typename": "SuppressionsImported",
        "suppressed": 1,
        "known": 0,
        "invalid": [1],
    }
    none = await shop.data(IMPORT, input={"channel": "SMS", "addresses": []})
    assert none["__typename"] == "SuppressionsInvalid"
    known = await shop.data(SUPPRESSION, channel="SMS", address="+41 79 123 45 67")
    silent = await shop.data(REMOVE, input={"suppressionId": known["id"], "reason": ""})
    assert (silent["__typename"], silent["field"]) == ("RemovalReasonInvalid", "reason")
    reason = "She subscribed again at the counter."
    for outcome in ("SuppressionRemoved", "SuppressionNotFound"):
        removed = await shop.data(REMOVE, input={"suppressionId": known["id"], "reason": reason})
        assert removed["__typename"] == outcome
    account = (await shop.data(SUPPRESSIONS))["account"]
    assert account["suppressions"]["edges"] == []
    [edge] = account["suppressionRemovals"]["edges"]
    assert edge["node"].items() >= {"suppressedFor": "MANUAL", "reason": reason}.items()
    assert edge["node"]["removedBy"].startswith("ses_")


@pytest.mark.rule("Q014")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_only_its_account_sees_a_campaign(shop: Shop) -> None:
    campaign_id = await shop.create()
    await shop.customer("stranger")
    nothing = {"campaign": None, "quoteCampaign": None, "node": None}
    assert (await shop.send(ONE, "stranger", id=campaign_id))["data"] == nothing
    assert (await shop.send(ONE, id=campaign_id))["data"]["node"] == {
        "__typename": "Campaign",
        "id": campaign_id,
    }
    refused = await shop.data(CANCEL, "stranger", input={"campaignId": campaign_id})
    assert (refused["__typename"], refused["field"]) == ("CampaignNotFound", "campaignId")
    assert set(await shop.codes(ONE, "nobody", id=campaign_id)) == {"UNAUTHENTICATED"}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_an_api_key_does_what_it_was_granted(shop: Shop) -> None:
    make = """mutation($scopes: [Scope!]!) { createApiKey(input: {name: "engine", scopes: $scopes}) {
        ... on ApiKeyCreated { secret } } }"""
    policies = (await shop.send("{ keyPoliciesInForce { document version } }"))["data"]["keyPoliciesInForce"]
    for policy in policies:
        await shop.data(ACCEPT, input=policy)
    for name, scopes in (("reader", ["CAMPAIGNS_READ", "ACCOUNT_READ"]), ("other", ["ACCOUNT_READ"])):
        shop.tokens[name] = (await shop.data(make, scopes=scopes))["secret"]
    campaign_id = await shop.create()
    assert (await shop.send(ONE, "reader", id=campaign_id))["data"]["campaign"] == {"id": campaign_id}
    assert await shop.codes(CANCEL, "reader", input={"campaignId": campaign_id}) == ["FORBIDDEN"]
    assert await shop.codes(LINK, "reader", id=campaign_id, to="ines@example.com") == ["FORBIDDEN"]
    assert "FORBIDDEN" in await shop.codes(ONE, "other", id=campaign_id)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_what_suspends_and_closes_an_account_stops_its_campaigns(shop: Shop) -> None:
    await shop.give("EMAIL", 100)
    campaign_id, draft = await shop.ready(), await shop.ready()
    await shop.launch(campaign_id)
    account_id = (await shop.viewer()).account_id or ""
    await shop.act(lambda work: suspend_account(work, account_id, SuspensionReason.ABUSE))
    paused = (await shop.campaigns())[1]
    assert (paused["status"], paused["pauseReason"]) == ("PAUSED", "ACCOUNT_RESTRICTED")
    assert await shop.codes(LAUNCH, input={"campaignId": draft, "idempotencyKey": "k2"}) == ["FORBIDDEN"]
    await shop.act(lambda work: close_preventively(work, account_id, SuspensionReason.ABUSE))
    rows = await shop.postmeter.units.read(lambda read: reads.campaigns_of_account(read, account_id, 10))
    assert [row.status for row in rows] == ["CANCELLED", "CANCELLED"]


async def test_a_campaign_is_followed_live(shop: Shop, clock: ManualClock) -> None:
    await shop.give("EMAIL", 100)
    viewer = await shop.viewer()
    engine, units = shop.postmeter.engine, shop.postmeter.units
    context = Context(units, shop.postmeter.services, viewer, "req_1")
    prepared = engine.prepare(WATCH, None, {})
    feed = engine.feed(prepared, context)
    start = await units.read(feed.head)
    campaign_id = await shop.ready()
    at = (clock.now() + DAY).isoformat()
    await shop.data(SCHEDULE, input={"campaignId": campaign_id, "at": at})
    clock.advance(DAY)
    await shop.postmeter.due.run_due()
    await shop.data(PAUSE, input={"campaignId": campaign_id})

    def told(read: Any) -> list[Any]:
        events = [*feed.since(read, start, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        shown = [engine.render(prepared, event.value, context, read).encode() for event in events]
        return [json.loads(one)["data"]["campaignChanged"] for one in shown]

    *changes, snapshot = await units.read(told)
    assert [change["campaign"]["status"] for change in changes] == [
        *(["DRAFT"] * 3),
        "SCHEDULED",
        "SENDING",
        "PAUSED",
    ]
    assert [change["campaign"]["creditsReserved"] for change in changes] == [0, 0, 0, 0, 100, 100]
    assert [change["campaign"]["recipients"] for change in changes] == [0, 0, 100, 100, 100, 100]
    sequences = [int(change["sequence"]) for change in changes]
    assert sequences == sorted(set(sequences))
    assert changes[-1]["campaign"] == (await shop.campaigns())[0]
    assert [one["id"] for one in snapshot["newest"]] == [campaign_id]
