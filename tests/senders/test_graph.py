"""Senders through the assembled server: the customer's side, the staff's, and who may see what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from server import staffing
from server.accounts.rules.staff import StaffRole
from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import Credentials
from server.senders import rules
from server.senders.graph import enums
from server.senders.rules import documents, review
from tests.senders.conftest import DOCUMENTS
from tests.staffed import set_up_second_factor
from tests.test_app import REGISTER, SIGN_IN, settings

PASSWORD = "a long enough phrase"
SENDER = """id name kind status submissions submittedAt decidedAt reason note createdAt updatedAt
    countries { country accepted carrierRefusedAt } documents { kind contentType sizeBytes uploadedAt }"""
SENDERS = f"""query($first: Int! = 20, $after: String) {{ viewer {{ account {{
    senders(first: $first, after: $after) {{
        edges {{ node {{ {SENDER} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
REVIEWS = f"""query($first: Int! = 20, $after: String) {{ senderReviews(first: $first, after: $after) {{
    edges {{ node {{ submissionId accountId otherAccounts sender {{ {SENDER} documents {{ id }} }} }} }}
    pageInfo {{ hasNextPage endCursor }} }} }}"""
ONE = "query($id: ID!) { sender(id: $id) { id status } node(id: $id) { __typename id } }"
NOTICES = "{ viewer { account { notices { edges { node { kind title text } } } } } }"
WATCH = f"""subscription($id: ID, $after: BigInt) {{ senderChanged(id: $id, after: $after) {{
    kind sequence sender {{ {SENDER} }} newest {{ {SENDER} }} }} }}"""


def do(mutation: str, selection: str = "") -> str:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (
        f"mutation($input: {kind}) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


CREATE = do(
    "createSender",
    f"... on SenderCreated {{ sender {{ {SENDER} }} }} ... on SenderNameInvalid {{ fault lengthMax }} "
    "... on SenderCountriesInvalid { limit }",
)
UPDATE = do("updateSender", f"... on SenderUpdated {{ sender {{ {SENDER} }} }}")
SUBMIT = do(
    "submitSender",
    "... on SenderSubmitted { sender { id status } } ... on SenderDocumentsMissing { companyRegistration identity } "
    "... on SenderStatusConflict { status }",
)
WITHDRAW = do("withdrawSender", "... on SenderWithdrawn { sender { status } }")
UPLOAD = do(
    "requestSenderDocumentUpload",
    "... on SenderDocumentUpload { url expiresAt headers { name value } } "
    "... on SenderDocumentSizeInvalid { limitBytes }",
)
DECIDE = do(
    "decideSender",
    f"... on SenderDecided {{ sender {{ {SENDER} }} }} ... on SenderDecisionInvalid {{ fault }} "
    "... on SenderStatusConflict { status }",
)
VIEW = do("requestSenderDocumentView", "... on SenderDocumentView { url expiresAt }")


@dataclass
class Api:
    """The server, customers and reviewers by their tokens."""

    postmeter: Postmeter
    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    async def send(self, query: str, who: str = "shop", **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        token = self.tokens.get(who)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer: dict[str, Any] = (await self.client.post("/graphql", json=body, headers=headers)).json()
        return answer

    async def data(self, query: str, who: str = "shop", **variables: Any) -> Any:
        """The value of the first root field."""
        answer = await self.send(query, who, **variables)
        assert "errors" not in answer, answer["errors"]
        return next(iter(answer["data"].values()))

    async def codes(self, query: str, who: str = "shop", **variables: Any) -> list[str]:
        answer = await self.send(query, who, **variables)
        return [error["extensions"]["code"] for error in answer.get("errors", [])]

    async def customer(self, login: str, **signing: str) -> None:
        policy = await self.data("{ policyInForce { document version } }")
        given = {"login": login, "password": PASSWORD, "professionalUse": True, **signing}
        await self.data(REGISTER, input={**given, "acceptedPolicy": policy})
        await self.sign_in(login)

    async def staff(self, login: str, *roles: StaffRole) -> None:
        asked = staffing.Asked(login, roles, "senders", "2026-01", 30, None)
        await staffing.add(self.postmeter, asked, lambda: PASSWORD)
        await self.sign_in(login)
        await set_up_second_factor(partial(self.data, who=login), self.postmeter.house.clock.now())

    async def sign_in(self, login: str) -> None:
        given = {"login": login, "password": PASSWORD, "transport": "BEARER"}
        self.tokens[login] = (await self.data(SIGN_IN, "", input=given))["token"]

    async def upload(self, sender_id: str, kind: str, content_type: str = "PDF") -> httpx.Response:
        """As a client does it: ask where, and send it there with the headers that it was told."""
        content = DOCUMENTS[documents.ContentType[content_type]]
        wanted = {"senderId": sender_id, "kind": kind, "contentType": content_type, "sizeBytes": len(content)}
        link = await self.data(UPLOAD, input=wanted)
        headers = {header["name"]: header["value"] for header in link["headers"]}
        return await self.client.put(link["url"], content=content, headers=headers)

    async def submitted(self, name: str = "Marigold") -> str:
        created = await self.data(CREATE, input={"name": name, "countries": ["CH", "FR"]})
        sender_id = str(created["sender"]["id"])
        for kind in ("IDENTITY", "COMPANY_REGISTRATION"):
            assert (await self.upload(sender_id, kind)).status_code == 201
        assert (await self.data(SUBMIT, input={"senderId": sender_id}))["__typename"] == "SenderSubmitted"
        return sender_id

    async def reviews(self, **variables: Any) -> list[dict[str, Any]]:
        found = await self.data(REVIEWS, "reviewer", **variables)
        return [edge["node"] for edge in found["edges"]]

    async def decide(self, sender_id: str, who: str = "reviewer", **decision: Any) -> Any:
        waiting = {one["sender"]["id"]: one["submissionId"] for one in await self.reviews()}
        given = {"senderId": sender_id, "submissionId": waiting.get(sender_id, "sub_none")} | decision
        return await self.data(DECIDE, who, input=given)

    async def senders(self) -> list[dict[str, Any]]:
        found = await self.data(SENDERS)
        return [edge["node"] for edge in found["account"]["senders"]["edges"]]


@pytest.fixture
async def api(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Api]:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with (
        postmeter.storage(),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        api = Api(postmeter, client)
        await api.customer("shop")
        await api.staff("reviewer", StaffRole.SUPPORT)
        yield api


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (enums.SenderKindEnum, rules.SenderKind),
        (enums.SenderStatusEnum, rules.SenderStatus),
        (enums.NameFaultEnum, rules.NameFault),
        (enums.ReasonEnum, review.ReasonCode),
        (enums.DecisionFaultEnum, review.DecisionFault),
        (enums.DocumentKindEnum, documents.DocumentKind),
        (enums.ContentTypeEnum, documents.ContentType),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]


@pytest.mark.rule("M067", "M072", "M073")
async def test_a_sender_from_application_to_acceptance(api: Api) -> None:
    sender_id = await api.submitted()
    [waiting] = await api.reviews()
    assert waiting["otherAccounts"] == 0
    assert waiting["sender"]["name"] == "Marigold"
    assert {one["kind"] for one in waiting["sender"]["documents"]} == {"IDENTITY", "COMPANY_REGISTRATION"}
    view = await api.data(VIEW, "reviewer", input={"documentId": waiting["sender"]["documents"][0]["id"]})
    shown = await api.client.get(view["url"])
    assert (shown.status_code, shown.content) == (200, DOCUMENTS[documents.ContentType.PDF])
    decided = await api.decide(sender_id, decision="ACCEPT", countries=["CH"])
    assert decided["sender"]["status"] == "ACCEPTED"
    assert (await api.client.get(view["url"])).status_code == 404
    assert await api.reviews() == []
    [found] = await api.senders()
    assert (found["status"], found["documents"], found["submissions"]) == ("ACCEPTED", [], 1)
    assert found["countries"] == [
        {"country": "CH", "accepted": True, "carrierRefusedAt": None},
        {"country": "FR", "accepted": False, "carrierRefusedAt": None},
    ]
    [told] = (await api.data(NOTICES))["account"]["notices"]["edges"]
    assert told["node"]["kind"] == "SENDER_ACCEPTED"
    assert "Marigold" in told["node"]["text"]


@pytest.mark.rule("M074")
async def test_a_refusal_says_why_and_is_answered(api: Api) -> None:
    sender_id = await api.submitted()
    note = "The registry shows another name."
    refusal = {"decision": "REFUSE", "reasonCode": "NAME_NOT_YOURS", "note": note}
    await api.decide(sender_id, **refusal)
    [found] = await api.senders()
    assert (found["status"], found["reason"], found["note"]) == ("REFUSED", "NAME_NOT_YOURS", note)
    [told] = (await api.data(NOTICES))["account"]["notices"]["edges"]
    assert told["node"]["kind"] == "SENDER_REFUSED"
    changed = {"senderId": sender_id, "name": "4122123456", "countries": ["CH"]}
    updated = (await api.data(UPDATE, input=changed))["sender"]
    assert (updated["name"], updated["kind"]) == ("4122123456", "PHONE_NUMBER")
    missing = await api.data(SUBMIT, input={"senderId": sender_id})
    assert (missing["companyRegistration"], missing["identity"]) == (True, True)


async def test_the_second_reviewer_is_told_that_it_is_decided(api: Api) -> None:
    await api.staff("second.reviewer", StaffRole.ADMIN)
    sender_id = await api.submitted()
    [waiting] = await api.reviews()
    decision = {"senderId": sender_id, "submissionId": waiting["submissionId"], "decision": "ACCEPT"}
    first = await api.data(DECIDE, "reviewer", input=decision | {"countries": ["CH"]})
    second = await api.data(DECIDE, "second.reviewer", input=decision | {"countries": ["FR"]})
    assert first["__typename"] == "SenderDecided"
    assert (second["__typename"], second["status"]) == ("SenderStatusConflict", "ACCEPTED")


REFUSED: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (
        {"name": "Marigold 24"},
        {"__typename": "SenderNameInvalid", "fault": "TOO_LONG", "lengthMax": 10, "field": "name"},
    ),
    ({"name": "L'Atelier"}, {"__typename": "SenderNameInvalid", "fault": "NOT_ALPHANUMERIC"}),
    ({"name": "police"}, {"__typename": "SenderNameReserved"}),
    ({"countries": ["XX"]}, {"__typename": "SenderCountriesInvalid", "limit": 60, "field": "countries"}),
    ({"name": "TAKEN"}, {"__typename": "SenderExists", "field": "name"}),
)


async def test_what_cannot_be_applied_for(api: Api) -> None:
    await api.data(CREATE, input={"name": "Taken", "countries": ["CH"]})
    for changes, problem in REFUSED:
        refused = await api.data(CREATE, input={"name": "Marigold", "countries": ["CH"]} | changes)
        assert refused.items() >= problem.items()


async def test_problems_of_uploads_and_decisions(api: Api) -> None:
    large = {"senderId": "snd_none", "kind": "IDENTITY", "contentType": "PNG", "sizeBytes": 6 * 1024 * 1024}
    refused = await api.data(UPLOAD, input=large)
    assert (refused["__typename"], refused["limitBytes"]) == ("SenderDocumentSizeInvalid", 5 * 1024 * 1024)
    nothing = await api.data(UPLOAD, input=large | {"sizeBytes": 10})
    assert nothing["__typename"] == "SenderNotFound"
    sender_id = await api.submitted()
    invalid = await api.decide(sender_id, decision="ACCEPT")
    assert (invalid["__typename"], invalid["fault"]) == ("SenderDecisionInvalid", "COUNTRIES_MISSING")
    outdated = {"senderId": sender_id, "submissionId": "sub_x", "decision": "ACCEPT", "countries": ["CH"]}
    assert (await api.data(DECIDE, "reviewer", input=outdated))["__typename"] == "SenderReviewOutdated"
    unseen = await api.data(VIEW, "reviewer", input={"documentId": "doc_none"})
    assert unseen["__typename"] == "SenderDocumentNotFound"
    withdrawn = await api.data(WITHDRAW, input={"senderId": sender_id})
    assert withdrawn["sender"]["status"] == "WITHDRAWN"


@pytest.mark.rule("Q014")
async def test_only_the_staff_reviews_and_only_the_owner_sees(api: Api) -> None:
    sender_id = await api.submitted()
    await api.customer("stranger")
    await api.staff("accountant", StaffRole.FINANCE)
    decision = {"senderId": sender_id, "submissionId": "sub_x", "decision": "ACCEPT", "countries": ["CH"]}
    for who, code in (("shop", "FORBIDDEN"), ("accountant", "FORBIDDEN"), ("nobody", "UNAUTHENTICATED")):
        assert await api.codes(REVIEWS, who) == [code]
        assert await api.codes(DECIDE, who, input=decision) == [code]
        assert await api.codes(VIEW, who, input={"documentId": "doc_none"}) == [code]
    for who in ("stranger", "reviewer"):
        answer = await api.send(ONE, who, id=sender_id)
        assert answer["data"] == {"sender": None, "node": None}
    assert (await api.send(ONE, id=sender_id))["data"]["node"] == {"__typename": "Sender", "id": sender_id}
    refused = await api.data(WITHDRAW, "stranger", input={"senderId": sender_id})
    assert refused["__typename"] == "SenderNotFound"


async def test_a_view_link_ends_with_the_reviewers_session(api: Api) -> None:
    await api.submitted()
    [waiting] = await api.reviews()
    wanted = {"documentId": waiting["sender"]["documents"][0]["id"]}
    view = await api.data(VIEW, "reviewer", input=wanted)
    await staffing.revoke(api.postmeter, "reviewer")
    assert (await api.client.get(view["url"])).status_code == 403


async def test_lists_have_pages(api: Api) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        await api.submitted(name)
    seen, cursor = [], None
    for _ in range(3):
        page = await api.data(REVIEWS, "reviewer", first=1, after=cursor)
        seen += [edge["node"]["sender"]["name"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert (seen, page["pageInfo"]["hasNextPage"]) == (["Alpha", "Beta", "Gamma"], False)
    mine = (await api.data(SENDERS, first=2))["account"]["senders"]
    assert [edge["node"]["name"] for edge in mine["edges"]] == ["Gamma", "Beta"]
    assert mine["pageInfo"]["hasNextPage"]


async def test_a_sender_is_followed_live(api: Api) -> None:
    viewer = await api.postmeter.authenticator.authenticate(Credentials(bearer=api.tokens["shop"]))
    assert viewer is not None
    engine, units = api.postmeter.engine, api.postmeter.units
    context = Context(units, api.postmeter.services, viewer, "req_1")
    prepared = engine.prepare(WATCH, None, {})
    feed = engine.feed(prepared, context)
    start = await units.read(feed.head)
    sender_id = await api.submitted()
    await api.decide(sender_id, decision="ACCEPT", countries=["FR"])

    def told(read: Any) -> list[Any]:
        events = [*feed.since(read, start, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        shown = [engine.render(prepared, event.value, context, read).encode() for event in events]
        return [json.loads(one)["data"]["senderChanged"] for one in shown]

    *changes, snapshot = await units.read(told)
    assert [change["sender"]["status"] for change in changes] == [
        *(["DRAFT"] * 3),
        "SUBMITTED",
        "ACCEPTED",
        "ACCEPTED",
    ]
    sequences = [int(change["sequence"]) for change in changes]
    assert sequences == sorted(set(sequences))
    assert changes[-1]["sender"] == (await api.senders())[0]
    assert [one["id"] for one in snapshot["newest"]] == [sender_id]
