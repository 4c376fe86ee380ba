"""What customers type is found nowhere in the files of a running server: not in its databases, WAL, keys or log.

A session of ordinary calls, mistakes and abuse puts a canary into every text that the API takes; then every byte that
the server wrote is searched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.kit.test_card_numbers import card_number
from tests.servers import serving

LOGIN, PASSWORD, WRONG = "canary.login", "canary battery staple", "canary was my cat's name"
PROXIED = {
    "user-agent": "CanaryBrowser/1.0",
    "x-forwarded-for": "203.0.113.77",
    "x-forwarded-proto": "https",
}
TYPED = (LOGIN, PASSWORD, WRONG, "CanaryBrowser", "203.0.113.77", "canary key name", "canary reference")
TYPED += ("pm_canaryCard", "sk_test_canary", "whsec_canary")
TYPED += ("canary.writes@example.com", "canary.joins@example.com", "canary company", "canary street")
TYPED += ("77-canary", "canary-8008", "canaryville", "canary_token", "canary-code", "canary reason")
TYPED += ("canary list name", "canary_step", "canaryidempotency", "tok_sandbox_canary", "canary.cookie")
INPUTS = {"setPostalAddress": "PostalAddressInput", "acceptPolicy": "PolicyVersionInput"}
CARD = card_number("4", 16)


@dataclass
class Session:
    """Calls the API as a browser behind a proxy does, and remembers what must stay secret."""

    client: httpx.Client
    token: str = ""
    secrets: list[str] = field(default_factory=list)

    def send(self, query: str, variables: Any = None) -> Any:
        headers = PROXIED | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        return self.client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        ).json()

    def do(self, mutation: str, selection: str = "", **given: Any) -> Any:
        """One mutation; a refusal is an answer like any other."""
        kind = INPUTS.get(mutation, f"{mutation[0].upper()}{mutation[1:]}Input")
        query = (
            f"mutation Do($input: {kind}!) {{ {mutation}(input: $input) "
            f"{{ __typename {selection} ... on Problem {{ code message field }} }} }}"
        )
        answer = self.send(query, {"input": given})
        return answer["data"][mutation] if answer.get("data") else answer

    def wait_for(self, word: str, subscription: str) -> None:
        """Watch a feed until a message of it holds the word."""
        headers = PROXIED | {"authorization": f"Bearer {self.token}", "accept": "text/event-stream"}
        body = {"query": f"subscription {{ {subscription} }}"}
        with self.client.stream("POST", "/graphql", json=body, headers=headers) as messages:
            assert any(word in line for line in messages.iter_lines())

    def agree(self) -> None:
        """What the profile `mailpro` wants before an order and before an API key (M007, M020)."""
        assert self.do("setPostalAddress", **ADDRESS)["__typename"] == "PostalAddressSet"
        for policy in self.send("{ keyPoliciesInForce { document version } }")["data"]["keyPoliciesInForce"]:
            assert self.do("acceptPolicy", **policy)["__typename"] == "PolicyAccepted"

    def order(self, key: str, reference: str | None, list_name: str | None) -> Any:
        item = {"emailVerification": {"addresses": 100, "listName": list_name}}
        return self.do("placeOrder", item=item, currency="EUR", reference=reference, idempotencyKey=key)


def live(session: Session) -> None:
    """Do what customers do, right and wrong."""
    policy = session.send("{ policyInForce { document version } }")["data"]["policyInForce"]
    who = {"login": LOGIN, "password": PASSWORD}
    assert (
        session.do("register", **who, acceptedPolicy=policy, professionalUse=True)["__typename"]
        == "Registered"
    )
    assert (
        session.do("register", **who, acceptedPolicy=policy, professionalUse=True)["__typename"]
        == "LoginTaken"
    )
    assert session.do("register", login=LOGIN, password=LOGIN, acceptedPolicy=policy)["code"]
    for login, password in ((LOGIN, WRONG), ("canary.login.unknown", WRONG)):
        refused = session.do("signIn", login=login, password=password, transport="BEARER")
        assert refused["__typename"] == "CredentialsInvalid"
    # A variable of a wrong type, an unknown field, broken syntax: errors that quote what was sent.
    assert session.do("signIn", login=[PASSWORD], password={"is": PASSWORD}, transport=WRONG)["errors"]
    assert session.send(f'{{ viewer(password: "{PASSWORD}") {{ canary }} }}')["errors"]
    assert session.send(f'mutation {{ signIn(input: {{ password: "{PASSWORD}"')["errors"]
    session.client.post("/graphql", content=f'{{"query": "{PASSWORD}', headers=PROXIED)
    session.client.get(
        "/graphql", params={"query": "{ viewer { scopes } }", "token": PASSWORD}, headers=PROXIED
    )
    for authorization in (f"Bearer {PASSWORD}", f"Basic {PASSWORD}"):
        session.client.get("/graphql?query={__typename}", headers=PROXIED | {"authorization": authorization})

    session.token = session.do("signIn", "... on SignedIn { token }", **who, transport="BEARER")["token"]
    session.agree()
    key = session.do(
        "createApiKey",
        "... on ApiKeyCreated { secret }",
        name="canary key name",
        scopes=["ORDERS_READ"],
    )
    session.secrets += [session.token, key["secret"]]
    have_a_plan(session)
    tell_of_people(session)
    money = {"amount": "100.00", "currency": "EUR"}
    for token in ("tok_sandbox_later", "tok_sandbox_canary", "pm_canaryCard"):
        session.do(
            "createTopUp", amount=money, paymentToken=token, idempotencyKey=f"canaryidempotency-{token}"
        )
    session.do("confirmTopUp", topUpId="canary_step", code="canary", idempotencyKey="canaryidempotency-1")
    for token in ("tok_sandbox_later", "tok_sandbox_canary"):
        given = {"token": token, "savedFor": "ONE_CLICK", "idempotencyKey": f"canaryidempotency-{token}"}
        session.do("savePaymentMethod", **given)
    session.do("confirmPaymentMethod", id="canary_step", code="canary", idempotencyKey="canaryidempotency-4")
    paying = {"methodId": "canary_step"}
    session.do("createTopUp", amount=money, payment=paying, idempotencyKey="canaryidempotency-5")
    waiting = session.do(
        "placeOrder",
        item={"emailVerification": {"addresses": 100, "listName": "canary list name"}},
        currency="EUR",
        reference="canary reference",
        awaitPayment=True,
        idempotencyKey="canaryidempotency-2",
    )
    assert waiting["__typename"] == "OrderPlaced"
    session.order("canaryidempotency-3", "canary reference\n", "canary list name")
    session.do("changePassword", currentPassword=WRONG, password=PASSWORD + WRONG)
    session.send("mutation { signOut { __typename } }")
    assert session.send("{ viewer { scopes } }")["errors"]


ADDRESS = {
    "name": "Canary Company",
    "street": "Canary Street",
    "number": "77-canary",
    "postalCode": "CANARY-8008",
    "city": "Canaryville",
    "country": "CH",
}


def have_a_plan(session: Session) -> None:
    """The free one is for one person."""
    session.do(
        "savePaymentMethod", token="tok_sandbox_ok", savedFor="PLAN", idempotencyKey="canaryidempotency-m"
    )
    session.wait_for("ACTIVE", "paymentMethodChanged { paymentMethod { status } paymentMethods { status } }")
    session.do("startPlan", plan="STARTER", cycle="MONTHLY", idempotencyKey="canaryidempotency-p")
    session.wait_for("ACTIVE", "planChanged { subscription { status } plan { status } }")


def tell_of_people(session: Session) -> None:
    """Give addresses of one's own and of others, and codes that are wrong."""
    assert session.do("setPostalAddress", **ADDRESS)["__typename"] == "PostalAddressSet"
    assert session.do("setEmail", email="Canary.Writes@example.com")["__typename"] == "EmailCodeSent"
    invited = session.do("inviteMember", role="VIEWER", email="canary.joins@example.com")
    assert invited["__typename"] == "MemberInvited"
    password = PASSWORD + WRONG
    refused = [
        session.do("verifyEmail", code="canary-code"),
        session.do("acceptInvitation", token="canary_token", login=LOGIN, password=password),
        session.do("resetPassword", token="canary_token", password=password),
        session.do("resetPasswordWithCode", login=LOGIN, code="canary-code", password=password),
        session.do("closeAccount", acknowledgedLosses="canary_token", idempotencyKey="canaryidempotency-0"),
    ]
    assert [answer["code"] for answer in refused] == [
        "EMAIL_CODE_INVALID",
        "INVITATION_INVALID",
        "RESET_TOKEN_INVALID",
        "RECOVERY_CODE_INVALID",
        "LOSSES_NOT_ACKNOWLEDGED",
    ]
    session.do("requestPasswordReset", email="canary.writes@example.com")
    assert session.do("confirmPassword", password=WRONG)["code"] == "CREDENTIALS_INVALID"
    assert session.do("declareForceMajeure", reason="canary reason")["errors"]
    codes = session.send("mutation { createRecoveryCodes { ... on RecoveryCodesCreated { codes } } }")
    session.secrets += codes["data"]["createRecoveryCodes"]["codes"]


def type_card_numbers(session: Session) -> None:
    """Put a card number wherever a text goes."""
    session.token = ""
    policy = session.send("{ policyInForce { document version } }")["data"]["policyInForce"]
    who = {"login": LOGIN, "password": PASSWORD}
    refused = session.do("register", login=CARD, password=PASSWORD, acceptedPolicy=policy)
    assert refused["code"] == "LOGIN_INVALID"
    session.client.headers["user-agent"] = f"Agent {CARD}"
    session.client.headers["x-request-id"] = CARD
    session.token = session.do("signIn", "... on SignedIn { token }", **who, transport="BEARER")["token"]
    money = {"amount": "100.00", "currency": "EUR"}
    usage = {"operation": {"emailSend": {"messages": 1}}, "reference": CARD}
    codes = [
        session.do("createApiKey", name=f"key {CARD}", scopes=["ORDERS_READ"]),
        session.do("createTopUp", amount=money, paymentToken=CARD, idempotencyKey=CARD),
        session.do("createTopUp", amount=money, payment={"token": f"pm_{CARD}"}, idempotencyKey=f"{CARD}-3"),
        session.do("createTopUp", amount=money, payment={"methodId": CARD}, idempotencyKey=f"{CARD}-4"),
        session.do("savePaymentMethod", token=f"pm_{CARD}", savedFor="PLAN", idempotencyKey=CARD),
        session.do("confirmPaymentMethod", id=CARD, code=CARD, idempotencyKey=CARD),
        session.do("updatePaymentMethod", id=CARD),
        session.do("removePaymentMethod", id=CARD),
        session.do("confirmTopUp", topUpId=CARD, code=CARD, idempotencyKey=CARD),
        session.order(f"{CARD}-1", f"card {CARD}", None),
        session.order(f"{CARD}-2", None, f"{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}"),
        session.do("recordUsage", entries=[usage], idempotencyKey=CARD),
        session.do("setEmail", email=f"{CARD}@example.com"),
        session.do("inviteMember", role="VIEWER", email=f"{CARD}@example.com"),
        session.do("setPostalAddress", **ADDRESS | {"street": f"Street {CARD}"}),
        session.do("closeAccount", acknowledgedLosses=CARD, idempotencyKey=f"{CARD}-3"),
    ]
    assert [answer["code"] for answer in codes] == [
        "API_KEY_NAME_INVALID",
        "PAYMENT_TOKEN_INVALID",
        "PAYMENT_TOKEN_INVALID",
        "NO_VALID_PAYMENT_METHOD",
        "PAYMENT_TOKEN_INVALID",
        "CONFIRMATION_CODE_INVALID",
        "PAYMENT_METHOD_NOT_FOUND",
        "PAYMENT_METHOD_NOT_FOUND",
        "CONFIRMATION_CODE_INVALID",
        "REFERENCE_INVALID",
        "REFERENCE_INVALID",
        "REFERENCE_INVALID",
        "EMAIL_INVALID",
        "EMAIL_INVALID",
        "POSTAL_ADDRESS_INVALID",
        "LOSSES_NOT_ACKNOWLEDGED",
    ]


@pytest.fixture
async def data_folder(engine_name: str, empty_database_url: str, tmp_path: Path) -> Path:
    """Where the main database keeps its files."""
    if engine_name == "sqlite":
        return tmp_path / "data"
    connection = await asyncpg.connect(empty_database_url)
    folder = await connection.fetchval("SHOW data_directory")
    await connection.close()
    return Path(folder)


async def flush(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("CHECKPOINT")
    await connection.close()


def found_in(folders: list[Path], needles: list[str]) -> list[tuple[str, str]]:
    """Each needle, whole or as UTF-16, with the file that holds it."""
    found = []
    for path in files_under(folders):
        content = path.read_bytes().lower()
        for needle in needles:
            forms = (needle.lower().encode(), needle.lower().encode("utf-16-le"))
            found += [(needle, path.name) for form in forms if form in content]
    return found


def files_under(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


@pytest.mark.rule("Q006", "Q017", "Q018", "P002", "H014", "M115")
async def test_nothing_that_was_typed_lies_readable_in_any_file(
    empty_database_url: str, data_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    await asyncio.to_thread(search, empty_database_url, data_folder, folder)


def search(database_url: str, data_folder: Path, folder: Path) -> None:
    behind_a_proxy = {"TLS_TERMINATED_BY_PROXY": "true", "LOG_LEVEL": "DEBUG", "DATABASE_URL": database_url}
    # A Stripe that nobody can reach: what is sent there shows in no log, even at DEBUG.
    stripe = {"STRIPE_SECRET_KEY": "sk_test_canary", "STRIPE_WEBHOOK_SECRET": "whsec_canary"}
    stripe |= {"STRIPE_API_URL": "http://127.0.0.1:9"}
    with serving(folder, **behind_a_proxy, **stripe) as server:
        session = Session(server.client)
        live(session)
        type_card_numbers(session)
        # While it runs, so that the write-ahead log is there to be read.
        written = [folder, data_folder]
        names = {path.name for path in files_under(written)}
        assert {"log", "keys.sqlite3", "keys.sqlite3-wal", "master.key"} <= names
        assert found_in(written, [*TYPED, *session.secrets, CARD, "$argon2id$"]) == []
    if database_url.startswith("postgresql"):
        asyncio.run(flush(database_url))
    assert found_in(written, [*TYPED, *session.secrets, CARD, "$argon2id$"]) == []
    assert found_in(written, ["audit_entries"]), "the search finds what is there"
