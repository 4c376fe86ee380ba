"""Accounts through the API: registering, signing in by cookie and bearer, credentials, and what others cannot see."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from server.accounts import personal
from server.accounts.adapters.authenticator import SESSION_COOKIE, Authenticator
from server.accounts.adapters.passkeys import Passkeys
from server.accounts.adapters.passwords import Passwords
from server.accounts.graph import NODES, AccountMutations, AccountQueries
from server.accounts.model import Account
from server.gateway.engine import Engine
from server.kit.graph.access import Access, Who, declare
from server.kit.graph.context import Context, Info
from server.kit.graph.node import Node
from server.kit.graph.scalars import SCALARS
from server.kit.ids import prefix_of
from server.kit.personal import faults
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Credentials, Viewer
from server.kit.work import Units
from tests.accounts.authenticator import ORIGIN
from tests.accounts.conftest import ACCEPTED, LOGIN, PASSWORD, Accounts

REGISTER = """mutation($input: RegisterInput!) { register(input: $input) { __typename
    ... on Registered { accountId } ... on Problem { code field }
    ... on AcceptanceMissing { document version } ... on PasswordTooWeak { fault lengthMin } } }"""
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) { __typename
    ... on SignedIn { sessionId token expiresAt } ... on Problem { code message field } } }"""
CREATE_KEY = """mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { __typename
    ... on ApiKeyCreated { secret apiKey { id name prefix scopes expiresAt lastUsedAt } }
    ... on Problem { code field } ... on ScopeNotGrantable { scope } } }"""
VIEWER = """{ viewer { scopes account { id status sessions { edges { node { id isCurrent userAgent address } } }
    apiKeys { edges { node { name prefix } } } people { edges { node { login role } } } }
    session { id } apiKey { id } person { login } } }"""
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


@strawberry.type
class Query(AccountQueries):
    @strawberry.field(metadata=declare(Access(Who.ANYONE, "api_use")))
    def node(self, info: Info, id: strawberry.ID) -> Node | None:
        loader = NODES.get(prefix_of(id) or "")
        return loader(info, id) if loader else None


ENGINE = Engine(
    strawberry.Schema(query=Query, mutation=AccountMutations, config=StrawberryConfig(scalar_map=SCALARS))
)


class Api:
    """Sends operations as a viewer, and keeps the cookies of the last answer."""

    def __init__(self, units: Units, passwords: Passwords) -> None:
        self.units = units
        self.services = Registry(passwords, Passkeys(units, ORIGIN))
        self.authenticator = Authenticator(units)
        self.cookies: dict[str, tuple[str, int]] = {}

    async def send(self, query: str, viewer: Viewer = ANONYMOUS, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        context = Context(
            self.units, self.services, viewer, "req_1", user_agent="Firefox 140", remote_address="192.0.2.9"
        )
        result = await ENGINE.execute(ENGINE.prepare(query, None, variables), context)
        self.cookies = {cookie.name: (cookie.value, cookie.max_age_seconds) for cookie in context.cookies}
        response: dict[str, Any] = json.loads(result.encode())
        return response

    async def data(self, query: str, viewer: Viewer = ANONYMOUS, **variables: Any) -> Any:
        """The value of the only root field."""
        response = await self.send(query, viewer, **variables)
        assert "errors" not in response, response
        (value,) = response["data"].values()
        return value

    async def codes(self, query: str, viewer: Viewer = ANONYMOUS, **variables: Any) -> list[str]:
        """The codes of the top-level errors."""
        response = await self.send(query, viewer, **variables)
        return [error["extensions"]["code"] for error in response.get("errors", [])]

    async def signed_in(self, login: str = LOGIN) -> Viewer:
        """Register and sign in through the API."""
        await self.data(REGISTER, input=registration(login=login))
        answer = await self.data(SIGN_IN, input=sign_in(login=login))
        viewer = await self.authenticator.authenticate(Credentials(bearer=answer["token"]))
        assert viewer is not None
        return viewer


def registration(**changes: Any) -> dict[str, Any]:
    policy = dict(zip(("document", "version"), ACCEPTED, strict=True))
    return {"login": LOGIN, "password": PASSWORD, "acceptedPolicy": policy} | changes


def sign_in(**changes: Any) -> dict[str, Any]:
    return {"login": LOGIN, "password": PASSWORD, "transport": "BEARER"} | changes


@pytest.fixture
def api(units: Units, passwords: Passwords) -> Api:
    return Api(units, passwords)


@pytest.mark.rule("Q010")
def test_every_field_declares_access_and_purpose() -> None:
    assert ENGINE.undeclared() == []


@pytest.mark.rule("Q003")
def test_every_column_is_declared_as_what_it_is() -> None:
    tables = {held.model.__tablename__ for held in personal.HELD}
    assert tables >= {"accounts", "people", "sessions", "api_keys", "acceptances", "authority_epochs"}
    assert [fault for fault in faults(personal.HELD) if fault.split(".")[0] in tables] == []
    assert Account.__tablename__ in tables


@pytest.mark.rule("Q006", "Q018")
def test_no_type_has_a_password_or_a_hash() -> None:
    outputs = [
        (type_.name, name)
        for type_ in ENGINE._bindings.core.type_map.values()
        for name in getattr(type_, "fields", {})
        if not type_.name.endswith("Input")
    ]
    found = [
        pair
        for pair in outputs
        if any(word in pair[1].lower() for word in ("password", "hash", "secret", "token"))
    ]
    assert sorted(found) == [
        ("AccountMutations", "changePassword"),
        ("AccountMutations", "confirmPassword"),
        ("AccountMutations", "requestPasswordReset"),
        ("AccountMutations", "resetPassword"),
        ("AccountMutations", "resetPasswordWithCode"),
        ("ApiKeyCreated", "secret"),
        ("ApiKeyIssued", "secret"),
        ("MemberInvited", "token"),
        ("PasskeyCreation", "token"),
        ("PasskeyRequest", "token"),
        ("PaymentMethod", "clientSecret"),
        ("Person", "passwordChangedAt"),
        ("SignedIn", "deviceToken"),
        ("SignedIn", "token"),
        ("TopUp", "clientSecret"),
        ("TotpOffered", "secret"),
    ]


@pytest.mark.rule("Q001", "H040")
async def test_a_stranger_reads_the_policy_registers_and_signs_in(api: Api) -> None:
    policy = await api.data("{ policyInForce { document version effectiveAt } }")
    assert policy == {"document": "mailpro", "version": "2025-09-19", "effectiveAt": "2025-09-19T00:00:00Z"}
    assert await api.data(VIEWER) is None
    missing = await api.data(REGISTER, input=registration(acceptedPolicy=None))
    assert missing["__typename"] == "AcceptanceMissing"
    assert (missing["document"], missing["version"]) == ACCEPTED
    registered = await api.data(REGISTER, input=registration())
    assert registered["__typename"] == "Registered"
    answer = await api.data(SIGN_IN, input=sign_in())
    assert (answer["__typename"], answer["expiresAt"]) == ("SignedIn", "2026-04-01T09:00:00Z")
    viewer = await api.authenticator.authenticate(Credentials(bearer=answer["token"]))
    assert viewer is not None
    shown = await api.data(VIEWER, viewer)
    account = shown["account"]
    assert (account["id"], account["status"]) == (registered["accountId"], "ACTIVE")
    session = {
        "id": answer["sessionId"],
        "isCurrent": True,
        "userAgent": "Firefox",
        "address": "192.0.2.9",
    }
    assert [edge["node"] for edge in account["sessions"]["edges"]] == [session]
    assert [edge["node"] for edge in account["people"]["edges"]] == [{"login": LOGIN, "role": "OWNER"}]
    assert (shown["session"]["id"], shown["apiKey"]) == (answer["sessionId"], None)
    assert "KEYS_WRITE" in shown["scopes"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"login": "x"}, {"__typename": "LoginInvalid", "code": "LOGIN_INVALID", "field": "login"}),
        (
            {"password": "short"},
            {
                "__typename": "PasswordTooWeak",
                "code": "PASSWORD_TOO_WEAK",
                "field": "password",
                "fault": "TOO_SHORT",
                "lengthMin": 12,
            },
        ),
        (
            {"acceptedPolicy": {"document": "mailpro", "version": "1"}},
            {
                "__typename": "AcceptanceMissing",
                "code": "ACCEPTANCE_MISSING",
                "field": "acceptedPolicy",
                "document": "mailpro",
                "version": "2025-09-19",
            },
        ),
    ],
)
async def test_registration_is_refused_with_types(
    api: Api, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert await api.data(REGISTER, input=registration(**changes)) == expected


async def test_a_taken_login_is_told(api: Api) -> None:
    await api.data(REGISTER, input=registration())
    assert (await api.data(REGISTER, input=registration()))["__typename"] == "LoginTaken"


async def test_wrong_password_and_unknown_login_answer_alike(api: Api) -> None:
    await api.data(REGISTER, input=registration())
    wrong = await api.data(SIGN_IN, input=sign_in(password="not the right password"))
    unknown = await api.data(SIGN_IN, input=sign_in(login="nobody.here"))
    assert wrong == unknown
    assert wrong["__typename"] == "CredentialsInvalid"


async def test_a_browser_gets_a_cookie_and_no_token(api: Api) -> None:
    await api.data(REGISTER, input=registration())
    answer = await api.data(SIGN_IN, input=sign_in(transport="COOKIE"))
    assert answer["token"] is None
    token, seconds = api.cookies[SESSION_COOKIE]
    assert seconds == timedelta(days=30).total_seconds()
    viewer = await api.authenticator.authenticate(Credentials(session_cookie=token))
    assert viewer is not None
    signed_out = await api.data("mutation { signOut { ... on SignedOut { sessionId } } }", viewer)
    assert signed_out == {"sessionId": viewer.credential_id}
    assert api.cookies == {SESSION_COOKIE: ("", 0)}
    assert await api.authenticator.authenticate(Credentials(session_cookie=token)) is None


async def test_a_bearer_gets_no_cookie(api: Api) -> None:
    await api.data(REGISTER, input=registration())
    assert (await api.data(SIGN_IN, input=sign_in()))["token"]
    assert api.cookies == {}
    await api.data(SIGN_IN, input=sign_in(transport="COOKIE", password="not the right password"))
    assert api.cookies == {}


@pytest.mark.rule("Q012")
async def test_a_key_is_made_used_and_revoked(api: Api) -> None:
    owner = await api.signed_in()
    made = await api.data(
        CREATE_KEY, owner, input={"name": "import", "scopes": ["ACCOUNT_READ", "BALANCE_READ"]}
    )
    key = made["apiKey"]
    assert made["secret"].startswith(key["prefix"])
    assert (key["name"], key["scopes"]) == ("import", ["ACCOUNT_READ", "BALANCE_READ"])
    viewer = await api.authenticator.authenticate(Credentials(bearer=made["secret"]))
    assert viewer is not None
    shown = await api.send(VIEWER, viewer)
    assert shown["data"]["viewer"]["apiKey"] == {"id": key["id"]}
    assert shown["data"]["viewer"]["scopes"] == ["ACCOUNT_READ", "BALANCE_READ"]
    assert made["secret"] not in json.dumps(shown)
    revoke = "mutation($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }"
    assert await api.codes(revoke, viewer, id=key["id"]) == ["FORBIDDEN"]
    assert (await api.data(revoke, owner, id=key["id"]))["__typename"] == "ApiKeyRevoked"
    assert (await api.data(revoke, owner, id=key["id"]))["__typename"] == "ApiKeyNotFound"
    assert await api.authenticator.authenticate(Credentials(bearer=made["secret"])) is None


@pytest.mark.parametrize(
    ("changes", "typename"),
    [
        ({"name": " "}, "ApiKeyNameInvalid"),
        ({"scopes": ["KEYS_WRITE"]}, "ScopeNotGrantable"),
        ({"scopes": []}, "ScopeNotGrantable"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "ApiKeyExpiryInvalid"),
    ],
)
async def test_unusable_keys_are_refused(api: Api, changes: dict[str, Any], typename: str) -> None:
    owner = await api.signed_in()
    made = await api.data(CREATE_KEY, owner, input={"name": "any", "scopes": ["ORDERS_READ"]} | changes)
    assert made["__typename"] == typename


async def test_a_key_without_the_scope_reads_no_account(api: Api, accounts: Accounts) -> None:
    key = await accounts.create_key(await accounts.signed_in(), "balance:read")
    viewer = await accounts.viewer(key.secret)
    assert viewer is not None
    assert set(await api.codes("{ viewer { account { status createdAt } } }", viewer)) == {"FORBIDDEN"}


async def test_a_password_is_changed(api: Api) -> None:
    owner = await api.signed_in()
    change = """mutation($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }"""
    steps = [
        ("wrong password here", "seven tired postmen", "CredentialsInvalid"),
        (PASSWORD, "short", "PasswordTooWeak"),
        (PASSWORD, "seven tired postmen", "PasswordChanged"),
    ]
    for current, new, typename in steps:
        answer = await api.data(change, owner, input={"currentPassword": current, "password": new})
        assert answer["__typename"] == typename
    assert (await api.data(SIGN_IN, input=sign_in()))["__typename"] == "CredentialsInvalid"
    assert (await api.data(SIGN_IN, input=sign_in(password="seven tired postmen")))[
        "__typename"
    ] == "SignedIn"


async def test_a_policy_is_accepted_only_while_in_force(api: Api) -> None:
    owner = await api.signed_in()
    accept = """mutation($document: String!, $version: String!) {
        acceptPolicy(input: {document: $document, version: $version}) { __typename } }"""
    for version, typename in (("2025-09-19", "PolicyAccepted"), ("1999-01-01", "PolicyNotInForce")):
        answer = await api.data(accept, owner, document="mailpro", version=version)
        assert answer["__typename"] == typename


@pytest.mark.rule("Q014")
async def test_what_belongs_to_others_is_not_found(api: Api, accounts: Accounts) -> None:
    mine, theirs = await api.signed_in(), await api.signed_in("somebody.else")
    key = await accounts.create_key(theirs)
    shown = await api.data("{ viewer { account { people { edges { node { id } } } } } }", theirs)
    person_id = shown["account"]["people"]["edges"][0]["node"]["id"]
    ids = [theirs.account_id, theirs.credential_id, key.id, person_id]
    for viewer, id in itertools.product((mine, ANONYMOUS), [*ids, "acc_00000000000000000000000000", "x"]):
        assert await api.send(NODE, viewer, id=id) == {"data": {"node": None}}
    assert [(await api.data(NODE, theirs, id=id))["id"] for id in ids] == ids
    revoke = (
        "mutation($id: ID!) { revokeSession(input: {id: $id}) { __typename ... on Problem { message } } }"
    )
    answers = [await api.data(revoke, mine, id=id) for id in (theirs.credential_id, "ses_none")]
    assert answers[0] == answers[1]
    assert answers[0]["__typename"] == "SessionNotFound"


@pytest.mark.parametrize(
    "operation",
    [
        "mutation { signOut { __typename } }",
        'mutation { revokeSession(input: {id: "x"}) { __typename } }',
        'mutation { changePassword(input: {currentPassword: "x", password: "y"}) { __typename } }',
        'mutation { createApiKey(input: {name: "x", scopes: [ORDERS_READ]}) { __typename } }',
        'mutation { revokeApiKey(input: {id: "x"}) { __typename } }',
        'mutation { acceptPolicy(input: {document: "x", version: "y"}) { __typename } }',
    ],
)
async def test_credentials_are_changed_by_the_signed_in_only(api: Api, operation: str) -> None:
    assert await api.codes(operation) == ["UNAUTHENTICATED"]
