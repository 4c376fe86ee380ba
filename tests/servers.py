"""The real server as a process of its own, and customers who reach it only through its public API."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.forked import Forked

ROOT = Path(__file__).parent.parent
START_SECONDS_MAX = 60
SETTLE_SECONDS_MAX = 20
LISTENS = re.compile(r"listens at (https?://\S+)")
WATCH_SCOPES = ("BALANCE_READ", "LEDGER_READ")
ADDRESS = {
    "name": "Test Ltd",
    "street": "Example Street",
    "number": "1",
    "postalCode": "02101",
    "city": "Boston",
    "country": "US",
}
Running = subprocess.Popen[bytes] | Forked
_numbers = count(1)


class RefusedError(Exception):
    """A mutation answered with a Problem."""


@dataclass
class Customer:
    """Somebody with an account, money, and 10,000 e-mail credits."""

    origin: str
    login: str
    password: str
    client: httpx.Client = field(repr=False)
    token: str = ""

    def ask(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """The data of one operation over HTTP; an error fails the test."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables or {}}
        answer = self.client.post("/graphql", json=body, headers=headers).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def do(self, mutation: str, given: dict[str, Any], selection: str = "") -> Any:
        """One mutation. Raises RefusedError with the code of its problem."""
        input_type = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = (
            f"mutation Do($input: {input_type}!) {{ {mutation}(input: $input) "
            f"{{ __typename {selection} ... on Problem {{ code message }} }} }}"
        )
        result = self.ask(document, {"input": given})[mutation]
        if "code" in result:
            raise RefusedError(result["code"])
        return result

    def api_key(self, *scopes: str) -> str:
        """The secret of a new API key."""
        given = {"name": "Test", "scopes": list(scopes or WATCH_SCOPES)}
        return str(self.do("createApiKey", given, "... on ApiKeyCreated { secret }")["secret"])

    def available(self, unit: str) -> str:
        return str(self._balance(unit)["available"])

    def sequence(self, unit: str) -> int:
        """The number of the newest change."""
        return int(self._balance(unit)["sequence"])

    def send(self, messages: int) -> None:
        """Spend as many e-mail credits, in one posting."""
        key = f"send-{next(_numbers)}"
        operation = {"emailSend": {"messages": messages}}
        entry = {"operation": operation, "reference": key}
        self.do("recordUsage", {"entries": [entry], "idempotencyKey": key})

    def _balance(self, unit: str) -> Any:
        query = (
            "query Now($unit: Unit!) { viewer { account { balance(unit: $unit) { available sequence } } } }"
        )
        return self.ask(query, {"unit": unit})["viewer"]["account"]["balance"]

    def agree(self) -> None:
        """What the profile `mailpro` wants before an order and before an API key (M007, M020)."""
        document = "mutation($input: PostalAddressInput!) { setPostalAddress(input: $input) { __typename } }"
        self.ask(document, {"input": ADDRESS})
        for policy in self.ask("{ keyPoliciesInForce { document version } }")["keyPoliciesInForce"]:
            accept = "mutation($input: PolicyVersionInput!) { acceptPolicy(input: $input) { __typename } }"
            self.ask(accept, {"input": policy})

    def _fund(self) -> None:
        amount = {"amount": "200.00", "currency": "EUR"}
        given = {"amount": amount, "paymentToken": "tok_sandbox_ok", "idempotencyKey": "fund"}
        self.do("createTopUp", given)
        settled_by = time.monotonic() + SETTLE_SECONDS_MAX
        while float(self.available("EUR")) == 0:
            assert time.monotonic() < settled_by, "the top-up did not settle"
            time.sleep(0.05)
        item = {"creditPack": {"code": "EMAIL_10K", "packs": 1}}
        self.do("placeOrder", {"item": item, "currency": "EUR", "idempotencyKey": "credits"})


@dataclass
class RunningServer:
    """A server that listens at `origin`, and makes customers."""

    origin: str
    client: httpx.Client = field(repr=False)

    def customer(self) -> Customer:
        customer = Customer(self.origin, f"customer{next(_numbers)}", "a long enough phrase", self.client)
        policy = customer.ask("{ policyInForce { document version } }")["policyInForce"]
        who = {"login": customer.login, "password": customer.password}
        customer.do("register", {**who, "acceptedPolicy": policy, "professionalUse": True})
        signed_in = customer.do("signIn", {**who, "transport": "BEARER"}, "... on SignedIn { token }")
        customer.token = signed_in["token"]
        customer.agree()
        customer._fund()
        return customer


def environment(folder: Path) -> dict[str, str]:
    """The process environment of a server that keeps all its files in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTMETER_")}
    return kept | {
        # Tests ask without a pause; tests/security has servers that set limits.
        "POSTMETER_CLIENT_COST_MAX": "1000000000",
        "POSTMETER_CLIENT_COST_RESTORED_PER_SECOND": "1000000000",
        "PYTHONPATH": str(ROOT),
        "POSTMETER_DATABASE_URL": f"sqlite:///{folder}/data/postmeter.sqlite3",
        "POSTMETER_POLICY": "demo",
        "POSTMETER_KEY_STORE_URL": f"sqlite:///{folder}/keys/keys.sqlite3",
        "POSTMETER_MASTER_KEY_FILE": f"{folder}/keys/master.key",
        "POSTMETER_LEDGER_ROOTS_DIR": f"{folder}/keys/ledger-roots",
        "POSTMETER_AUDIT_SEALS_DIR": f"{folder}/keys/audit-seals",
        "POSTMETER_ERASURE_JOURNAL_FILE": f"{folder}/keys/erasures.journal",
    }


@pytest.fixture(scope="session")
def running_server() -> Iterator[RunningServer]:
    """`postmeter serve --sandbox`, in an empty folder of its own, ended when the session ends."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as server:
        yield server


@contextmanager
def serving(folder: Path, *, port: int = 0, **settings: str) -> Iterator[RunningServer]:
    """`postmeter serve --sandbox`, all of whose files, its log too, lie in `folder`; `port` 0 takes a free one."""
    log = folder / "log"
    log.touch()
    variables = environment(folder) | {f"POSTMETER_{name}": value for name, value in settings.items()}
    process = Forked(("serve", "--sandbox", "--port", str(port)), cwd=folder, env=variables, output=log)
    try:
        origin = listening_at(process, log)
        with httpx.Client(base_url=origin, timeout=30, trust_env=False) as client:
            yield RunningServer(origin, client)
    finally:
        end(process)


def listening_at(process: Running, log: Path) -> str:
    """The origin that the server prints once it listens."""
    started_by = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < started_by and process.poll() is None:
        if found := LISTENS.search(log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')}")


def end(process: Running) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
