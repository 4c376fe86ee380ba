"""Customers' requests through the assembled server: by themselves, by the staff on behalf, and live."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import Credentials
from server.privacy.rules.requests import PrivacyRequestTerms
from tests.staffed import Staff

REQUEST = """id kind source state purposes text receivedAt regime dueAt verifiedAt proof extendedAt extensionReason
    holdGround endedAt ground answer updatedAt"""
MINE = f"""{{ viewer {{ account {{ id restrictablePurposes restrictions {{ id right purpose requestId since }}
    privacyRequests {{ edges {{ node {{ {REQUEST} }} }} }} }} }} }}"""
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
QUEUE = """query($first: Int! = 20, $after: String) { privacyRequests(first: $first, after: $after) {
    edges { node { accountId messageId overdue request { id state } } } pageInfo { hasNextPage endCursor } } }"""
WATCH = (
    f"subscription {{ privacyRequestChanged {{ kind sequence request {{ {REQUEST} }} newest {{ id }} }} }}"
)

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def do(mutation: str, selection: str, kind: str | None = None) -> str:
    kind = kind or f"{mutation[0].upper()}{mutation[1:]}Input!"
    return (
        f"mutation($input: {kind}) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


FILED = f"... on PrivacyRequestFiled {{ request {{ {REQUEST} }} }}"
LIMITED = f"... on ProcessingLimited {{ request {{ {REQUEST} }} restrictions {{ id right purpose }} }}"
CASE = f"case {{ accountId request {{ {REQUEST} }} }}"
RECTIFY = do("requestRectification", FILED)
CONCERN = do("raiseConcern", f"{FILED} ... on PrivacyRequestTextInvalid {{ fault lengthMax }}")
RESTRICT = do("restrictProcessing", f"{LIMITED} ... on PrivacyRequestPurposesInvalid {{ purposes }}")
OBJECT = do("objectToProcessing", f"{LIMITED} ... on LossesNotAcknowledged {{ digest }}")
LIFT = do("liftRestriction", "... on RestrictionLifted { restrictions { id } }")
WITHDRAW = do("withdrawPrivacyRequest", f"... on PrivacyRequestWithdrawn {{ request {{ {REQUEST} }} }}")
CLOSED = "... on PrivacyRequestChannelClosed { channels }"
ENTER = do("enterPrivacyRequest", f"... on PrivacyRequestEntered {{ {CASE} }} {CLOSED}")
MOVED = f"... on PrivacyRequestMoved {{ {CASE} }} ... on PrivacyRequestStatusConflict {{ state }}"
VERIFY, BEGIN, HOLD = (do(f"{verb}PrivacyRequest", MOVED) for verb in ("verify", "begin", "hold"))
EXTEND = do("extendPrivacyRequest", f"{MOVED} ... on PrivacyRequestNotExtendable {{ extended dueAt }}")
END = f"{MOVED} ... on PrivacyRequestGroundInvalid {{ kind }} ... on PrivacyRequestKindConflict {{ kind }}"
FULFIL, REFUSE = do("fulfilPrivacyRequest", END), do("refusePrivacyRequest", END)
READ_ALL = "mutation { markAllNoticesRead { __typename } }"
ADDRESS = do("setPostalAddress", "", "PostalAddressInput!")
NOTICES = "{ viewer { account { notices { edges { node { kind } } } } } }"
CREATE = do("createSender", "... on ProcessingRestricted { purpose right since }")


async def mine(staff: Staff) -> Any:
    account = (await staff.ask("CUSTOMER", MINE))["account"]
    return {**account, "privacyRequests": [edge["node"] for edge in account["privacyRequests"]["edges"]]}


async def entered(staff: Staff, kind: str, **more: Any) -> str:
    account_id = (await mine(staff))["id"]
    given = {"accountId": account_id, "kind": kind, "source": "MAIL", "receivedAt": "2026-03-01T12:00:00Z"}
    found = await staff.ask("SUPPORT", ENTER, input={**given, "messageId": "<1@example.com>", **more})
    return str(found["case"]["request"]["id"])


@pytest.mark.rule("P023", "M121")
async def test_the_staff_enters_no_request_for_a_copy_where_the_policy_gives_it_in_the_account(
    staff: Staff,
) -> None:
    terms = staff.postmeter.house.terms
    terms.add(replace(terms.get(PrivacyRequestTerms), access_channels=frozenset({"self"})))
    given = {"accountId": (await mine(staff))["id"], "kind": "ACCESS", "receivedAt": "2026-03-01T12:00:00Z"}
    told = await staff.ask("SUPPORT", ENTER, input={**given, "source": "STAFF"})
    assert (told["code"], told["channels"]) == ("PRIVACY_REQUEST_CHANNEL_CLOSED", ["mail", "self"])
    by_mail = await staff.ask("SUPPORT", ENTER, input={**given, "source": "MAIL"})
    assert by_mail["case"]["request"]["kind"] == "ACCESS", "for who cannot sign in"


@pytest.mark.rule("M122", "P024", "H037", "P040")
async def test_customers_correct_their_data_and_ask_for_what_they_cannot(staff: Staff) -> None:
    address = {
        "name": "Marigold Press",
        "street": "Lime Walk",
        "number": "4",
        "postalCode": "1200",
        "city": "Geneva",
        "country": "CH",
    }
    await staff.ask("CUSTOMER", RESTRICT, input={"purposes": []})
    corrected = await staff.ask("CUSTOMER", ADDRESS, input=address)
    assert corrected["__typename"] == "PostalAddressSet", "also while all is restricted"
    told = (await staff.ask("CUSTOMER", NOTICES))["account"]["notices"]["edges"]
    assert [edge["node"]["kind"] for edge in told].count("DATA_CORRECTED") == 1
    filed = await staff.ask("CUSTOMER", RECTIFY, input={"text": "The invoice of May has my old name."})
    request = filed["request"]
    assert (request["kind"], request["state"]) == ("RECTIFICATION", "RECEIVED")
    thirty_days = ("FADP", "2026-04-01T09:00:00Z")
    assert (request["regime"], request["dueAt"]) == thirty_days, "by the law of the account's country"
    done = await staff.ask("SUPPORT", FULFIL, input={"requestId": request["id"], "answer": "Corrected."})
    assert done["case"]["request"]["state"] == "FULFILLED"
    concern = (await staff.ask("CUSTOMER", CONCERN, input={"text": "Who reads this?"}))["request"]
    withdrawn = await staff.ask("CUSTOMER", WITHDRAW, input={"requestId": concern["id"]})
    assert withdrawn["request"]["state"] == "WITHDRAWN"
    blank = await staff.ask("CUSTOMER", CONCERN, input={"text": " "})
    assert (blank["code"], blank["fault"]) == ("PRIVACY_REQUEST_TEXT_INVALID", "BLANK")
    (first, *_) = (await mine(staff))["privacyRequests"]
    assert first == withdrawn["request"]
    assert (await staff.send("CUSTOMER", NODE, id=first["id"]))["data"]["node"]["id"] == first["id"]


@pytest.mark.rule("M124", "P025")
async def test_a_restriction_is_refused_to_and_lifted_by_nobody_else(staff: Staff) -> None:
    unknown = await staff.ask("CUSTOMER", RESTRICT, input={"purposes": ["weather"]})
    assert (unknown["code"], unknown["field"]) == ("PRIVACY_REQUEST_PURPOSES_INVALID", "purposes")
    assert unknown["purposes"] == (await mine(staff))["restrictablePurposes"]
    limited = await staff.ask("CUSTOMER", RESTRICT, input={"purposes": ["transactions"]})
    assert limited["request"]["state"] == "FULFILLED"
    (restriction,) = limited["restrictions"]
    assert (restriction["right"], restriction["purpose"]) == ("RESTRICTION", "transactions")
    refused = await staff.ask("CUSTOMER", CREATE, input={"name": "Lark", "countries": ["CH"]})
    assert refused == {
        "__typename": "ProcessingRestricted",
        "code": "PROCESSING_RESTRICTED",
        "field": None,
        "purpose": "transactions",
        "right": "RESTRICTION",
        "since": "2026-03-02T09:00:00Z",
    }
    foreign = await staff.ask("CUSTOMER", LIFT, input={"restrictionId": "rst_1"})
    assert foreign["code"] == "RESTRICTION_NOT_FOUND"
    lifted = await staff.ask("CUSTOMER", LIFT, input={"restrictionId": restriction["id"]})
    assert lifted["restrictions"] == []
    allowed = await staff.ask("CUSTOMER", CREATE, input={"name": "Lark", "countries": ["CH"]})
    assert allowed["__typename"] == "SenderCreated"


@pytest.mark.rule("M127")
async def test_where_the_policy_says_so_who_objects_closes_the_account(staff: Staff) -> None:
    asked = {"purposes": [], "idempotencyKey": "one"}
    shown = await staff.ask("CUSTOMER", OBJECT, input=asked)
    assert shown["__typename"] == "LossesNotAcknowledged"
    closing = {**asked, "acknowledgedLosses": shown["digest"], "idempotencyKey": "two"}
    closed = await staff.ask("CUSTOMER", OBJECT, input=closing)
    assert (closed["request"]["kind"], closed["request"]["state"]) == ("OBJECTION", "FULFILLED")
    assert await staff.refused("CUSTOMER", READ_ALL) == "UNAUTHENTICATED", "then nothing is processed"


@pytest.mark.rule("B016", "B017", "H038", "P028", "P038")
async def test_the_staff_takes_every_kind_at_any_hour_and_ends_it_lawfully(staff: Staff) -> None:
    kinds = "ACCESS RECTIFICATION ERASURE RESTRICTION PORTABILITY OBJECTION CONSENT_WITHDRAWAL CONCERN"
    ids = {kind: await entered(staff, kind) for kind in kinds.split()}
    early = await staff.ask("SUPPORT", BEGIN, input={"requestId": ids["ACCESS"]})
    assert early["state"] == "UNVERIFIED"
    for kind in ("ACCESS", "ERASURE", "OBJECTION"):
        given = {"requestId": ids[kind], "proof": "CALL_BACK"}
        known = await staff.ask("SUPPORT", VERIFY, input=given)
        assert known["case"]["request"]["proof"] == "CALL_BACK"
    held = await staff.ask("ADMIN", HOLD, input={"requestId": ids["ERASURE"], "ground": "COMPLAINT"})
    assert held["case"]["request"]["holdGround"] == "COMPLAINT"
    extension = {"requestId": ids["ACCESS"], "reason": "COMPLEXITY"}
    extended = await staff.ask("SUPPORT", EXTEND, input=extension)
    assert extended["case"]["request"]["dueAt"] == "2026-06-01T12:00:00Z"
    again = await staff.ask("SUPPORT", EXTEND, input=extension)
    assert (again["code"], again["extended"]) == ("PRIVACY_REQUEST_NOT_EXTENDABLE", True)
    by_hand = await staff.ask("SUPPORT", FULFIL, input={"requestId": ids["ERASURE"]})
    assert (by_hand["code"], by_hand["kind"]) == ("PRIVACY_REQUEST_KIND_CONFLICT", "ERASURE")
    refusal = {"requestId": ids["ACCESS"], "ground": "DATA_ACCURATE", "answer": "No."}
    wrong = await staff.ask("SUPPORT", REFUSE, input=refusal)
    assert (wrong["code"], wrong["kind"]) == ("PRIVACY_REQUEST_GROUND_INVALID", "ACCESS")
    refused = await staff.ask("SUPPORT", REFUSE, input={**refusal, "ground": "EXCESSIVE"})
    assert refused["case"]["request"]["state"] == "REFUSED"
    objected = await staff.ask("SUPPORT", FULFIL, input={"requestId": ids["OBJECTION"]})
    assert objected["case"]["request"]["state"] == "FULFILLED"
    assert [one["right"] for one in (await mine(staff))["restrictions"]] == ["OBJECTION"]


async def test_the_queue_is_by_due_date_and_only_for_who_is_concerned(staff: Staff) -> None:
    unverified = await entered(staff, "ACCESS")
    filed = (await staff.ask("CUSTOMER", CONCERN, input={"text": "Who reads this?"}))["request"]["id"]
    sooner = await entered(staff, "ERASURE")
    await staff.ask("SUPPORT", VERIFY, input={"requestId": sooner, "proof": "DOCUMENT"})
    seen, cursor = [], None
    for _ in range(3):
        page = await staff.ask("SUPPORT", QUEUE, first=1, after=cursor)
        seen += [edge["node"]["request"]["id"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert seen == [sooner, filed, unverified]
    assert not page["pageInfo"]["hasNextPage"]
    assert page["edges"][0]["node"]["messageId"] == "<1@example.com>"
    assert await staff.refused("SUPPORT", QUEUE, after="bm90aGluZw==") == "BAD_USER_INPUT"
    for who in ("CUSTOMER", "FINANCE"):
        assert await staff.refused(who, QUEUE) == "FORBIDDEN"
        assert await staff.refused(who, BEGIN, input={"requestId": filed}) == "FORBIDDEN"
    assert await staff.refused("SUPPORT", CONCERN, input={"text": "Mine."}) == "FORBIDDEN"


async def test_a_request_is_followed_live(staff: Staff) -> None:
    postmeter = staff.postmeter
    viewer = await postmeter.authenticator.authenticate(Credentials(bearer=staff.tokens["CUSTOMER"]))
    assert viewer is not None
    context = Context(postmeter.units, postmeter.services, viewer, "req_1")
    prepared = postmeter.engine.prepare(WATCH, None, {})
    feed = postmeter.engine.feed(prepared, context)
    start = await postmeter.units.read(feed.head)
    request_id = await entered(staff, "CONCERN", text="Who reads this?")
    one = {"requestId": request_id}
    await staff.ask("SUPPORT", VERIFY, input={**one, "proof": "DOCUMENT"})
    await staff.ask("SUPPORT", EXTEND, input={**one, "reason": "COMPLEXITY"})
    await staff.ask("SUPPORT", FULFIL, input=one)

    def told(read: Any) -> list[Any]:
        events = [*feed.since(read, start, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        shown = [postmeter.engine.render(prepared, event.value, context, read).encode() for event in events]
        return [json.loads(each)["data"]["privacyRequestChanged"] for each in shown]

    *changes, snapshot = await postmeter.units.read(told)
    seen = [(change["request"]["state"], change["request"]["dueAt"][:7]) for change in changes]
    assert seen == [
        ("UNVERIFIED", "2026-04"),
        ("RECEIVED", "2026-04"),
        ("RECEIVED", "2026-06"),
        ("FULFILLED", "2026-06"),
    ]
    assert [changes[-1]["request"]] == (await mine(staff))["privacyRequests"], (
        "what is pushed is what is fetched"
    )
    assert snapshot["newest"] == [{"id": request_id}]
