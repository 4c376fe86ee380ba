"""Connections through the assembled server: the customer's, the operator's, and who may see which."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from server.campaigns.graph import connection_types as shown
from server.campaigns.rules import connections as rules
from tests.campaigns.webhooks import SIGNING_KEY, TOPIC, SendGrid, basic
from tests.staffed import Staff

CONNECTION = """id provider state decidesBills path eventsKnown eventsUnknown lastEventAt lastFailure { fault at }
    createdAt rotatedAt revokedAt"""
OPENED = f"""__typename ... on Problem {{ code field }} ... on EventCredentialInvalid {{ fault }}
    ... on EventConnectionOpened {{ connection {{ {CONNECTION} }} login {{ user secret }} }}"""
CREATE = (
    f"mutation($input: CreateEventConnectionInput!) {{ createEventConnection(input: $input) {{ {OPENED} }} }}"
)
CREATE_OPERATORS = CREATE.replace(" createEvent", " createOperatorEvent")
ROTATE = f"""mutation($input: RotateEventConnectionSecretInput!) {{
    rotateEventConnectionSecret(input: $input) {{ {OPENED} }} }}"""
REVOKE = f"""mutation($input: RevokeEventConnectionInput!) {{ revokeEventConnection(input: $input) {{
    __typename ... on Problem {{ code }} ... on EventConnectionRevoked {{ connection {{ {CONNECTION} }} }} }} }}"""
ROTATE_OPERATORS = ROTATE.replace("rotateEvent", "rotateOperatorEvent")
REVOKE_OPERATORS = REVOKE.replace(" revokeEvent", " revokeOperatorEvent")
MINE = f"""query($first: Int! = 20, $after: String) {{ viewer {{ account {{
    eventConnections(first: $first, after: $after) {{
        edges {{ node {{ {CONNECTION} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
OPERATORS = f"{{ operatorEventConnections {{ edges {{ node {{ {CONNECTION} }} }} }} }}"
WHO = "{ viewer { account { id } } }"
CLOSE = """mutation($id: ID!) { closePreventively(input: {accountId: $id, idempotencyKey: "one", reason: COMPLAINT}) {
    __typename } }"""
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (shown.EventProviderEnum, rules.EventProvider),
        (shown.ConnectionStateEnum, rules.ConnectionState),
        (shown.DeliveryFaultEnum, rules.DeliveryFault),
        (shown.CredentialFaultEnum, rules.CredentialFault),
    )
    for api, known in pairs:
        assert [member.name for member in api] == [member.name for member in known]


async def post(staff: Staff, path: str, headers: dict[str, str] | None = None) -> int:
    transport = httpx.ASGITransport(app=staff.postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return (await client.post(path, content=b"{}", headers=headers)).status_code


async def mine(staff: Staff, **variables: Any) -> Any:
    return (await staff.ask("CUSTOMER", MINE, **variables))["account"]["eventConnections"]


async def test_a_connection_from_its_making_to_its_end(staff: Staff) -> None:
    opened = await staff.ask("CUSTOMER", CREATE, input={"provider": "POSTMARK"})
    made, login = opened["connection"], opened["login"]
    assert (made["state"], made["decidesBills"], login["user"]) == ("ACTIVE", False, "postmeter")
    assert len(login["secret"]) == 52
    assert made["path"] == f"/webhooks/postmark/{made['id']}"
    good = basic(login["user"], login["secret"])
    assert await post(staff, made["path"], good) == 200
    assert await post(staff, made["path"]) == 401
    [edge] = (await mine(staff))["edges"]
    assert (edge["node"]["eventsUnknown"], edge["node"]["eventsKnown"]) == ("1", "0")
    assert edge["node"]["lastFailure"]["fault"] == "SIGNATURE_INVALID"
    rotated = await staff.ask("CUSTOMER", ROTATE, input={"connectionId": made["id"]})
    assert rotated["login"]["secret"] != login["secret"]
    assert rotated["connection"]["rotatedAt"] is not None
    revoked = await staff.ask("CUSTOMER", REVOKE, input={"connectionId": made["id"]})
    assert revoked["connection"]["state"] == "REVOKED"
    assert await post(staff, made["path"], good) == 404
    again = await staff.ask("CUSTOMER", REVOKE, input={"connectionId": made["id"]})
    assert again["code"] == "EVENT_CONNECTION_NOT_FOUND"


@SQLITE
async def test_secrets_that_providers_make_are_entered_and_never_shown(staff: Staff) -> None:
    key = SendGrid().public_key
    entered = {"SENDGRID": key, "MAILGUN": SIGNING_KEY, "SES": TOPIC}
    for provider, credential in entered.items():
        answer = await staff.send("CUSTOMER", CREATE, input={"provider": provider, "credential": credential})
        made = answer["data"]["createEventConnection"]
        assert (made["login"], made["connection"]["provider"]) == (None, provider)
        assert credential not in repr(answer)
    refused = await staff.ask("CUSTOMER", CREATE, input={"provider": "SENDGRID", "credential": SIGNING_KEY})
    assert (refused["code"], refused["field"], refused["fault"]) == (
        "EVENT_CREDENTIAL_INVALID",
        "credential",
        "NOT_A_PUBLIC_KEY",
    )
    first = await mine(staff, first=2)
    rest = await mine(staff, after=first["pageInfo"]["endCursor"])
    seen = [edge["node"]["provider"] for edge in (*first["edges"], *rest["edges"])]
    assert (seen, first["pageInfo"]["hasNextPage"]) == (["SES", "MAILGUN", "SENDGRID"], True)


@pytest.mark.rule("Q014")
@SQLITE
async def test_what_decides_bills_is_the_operators(staff: Staff) -> None:
    asked = {"provider": "MAILGUN", "credential": SIGNING_KEY}
    for who in ("CUSTOMER", "SUPPORT", "FINANCE"):
        assert await staff.refused(who, CREATE_OPERATORS, input=asked) == "FORBIDDEN"
        assert await staff.refused(who, OPERATORS) == "FORBIDDEN"
    made = (await staff.ask("ADMIN", CREATE_OPERATORS, input=asked))["connection"]
    assert made["decidesBills"] is True
    [edge] = (await staff.ask("ADMIN", OPERATORS))["edges"]
    assert edge["node"] == made
    assert (await mine(staff))["edges"] == []
    rotation = {"connectionId": made["id"], "credential": SIGNING_KEY[::-1]}
    end = {"connectionId": made["id"]}
    assert await staff.ask("CUSTOMER", NODE, id=made["id"]) is None
    assert (await staff.ask("CUSTOMER", ROTATE, input=rotation))["code"] == "EVENT_CONNECTION_NOT_FOUND"
    assert (await staff.ask("CUSTOMER", REVOKE, input=end))["code"] == "EVENT_CONNECTION_NOT_FOUND"
    for who in ("CUSTOMER", "SUPPORT", "FINANCE"):
        assert await staff.refused(who, ROTATE_OPERATORS, input=rotation) == "FORBIDDEN"
        assert await staff.refused(who, REVOKE_OPERATORS, input=end) == "FORBIDDEN"
    assert (await staff.ask("ADMIN", NODE, id=made["id"]))["__typename"] == "EventConnection"
    assert (await staff.ask("ADMIN", ROTATE_OPERATORS, input=rotation))["connection"]["rotatedAt"] is not None
    own = (await staff.ask("CUSTOMER", CREATE, input=asked))["connection"]
    assert await staff.ask("ADMIN", NODE, id=own["id"]) is None
    theirs = await staff.ask("ADMIN", REVOKE_OPERATORS, input={"connectionId": own["id"]})
    assert theirs["code"] == "EVENT_CONNECTION_NOT_FOUND"
    revoked = await staff.ask("ADMIN", REVOKE_OPERATORS, input=end)
    assert revoked["connection"]["state"] == "REVOKED"


@SQLITE
async def test_a_closed_account_takes_no_reports(staff: Staff) -> None:
    opened = await staff.ask("CUSTOMER", CREATE, input={"provider": "POSTMARK"})
    good = basic("postmeter", opened["login"]["secret"])
    account_id = (await staff.ask("CUSTOMER", WHO))["account"]["id"]
    assert await post(staff, opened["connection"]["path"], good) == 200
    closed = await staff.ask("ADMIN", CLOSE, id=account_id)
    assert closed["__typename"] == "AccountClosedPreventively", closed
    assert await post(staff, opened["connection"]["path"], good) == 404
