"""The npm clients `graphql-ws` and `graphql-sse`, unchanged, against a running server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.frontend.node import HERE, NODE, needs_node
from tests.servers import Customer, RunningServer

pytestmark = needs_node


class Client:
    """One of the .mjs programs beside this file, and the lines it says."""

    def __init__(self, program: str, customer: Customer, unit: str, after: int) -> None:
        arguments = [f"{customer.origin}/graphql", customer.api_key(), unit, str(after)]
        self._process = subprocess.Popen(
            [NODE, program, *arguments], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def said(self) -> Any:
        """The next line; the test's time limit is that of the process."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the client ended"
        return json.loads(line)

    def sequences(self, number: int) -> list[int]:
        updates = [self.said() for _ in range(number)]
        assert {update["kind"] for update in updates} == {"CHANGE"}, updates
        return [int(update["sequence"]) for update in updates]

    def tell(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(params=["over-websocket.mjs", "over-event-stream.mjs"])
def program(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


@pytest.fixture
def client(program: str, customer: Customer) -> Iterator[Client]:
    client = Client(program, customer, "EMAIL", customer.sequence("EMAIL"))
    yield client
    client.end()


def test_it_is_pushed_each_change_and_misses_none_when_it_is_cut(client: Client, customer: Customer) -> None:
    start = customer.sequence("EMAIL")
    for _ in range(3):
        customer.send(7)
    assert client.sequences(3) == [start + 1, start + 2, start + 3]

    for cut in range(1, 4):
        client.tell("cut")
        assert client.said() == {"kind": "CUT"}
        customer.send(5)
        customer.send(5)
        client.tell("resume")
        assert client.sequences(2) == [start + 2 + 2 * cut, start + 3 + 2 * cut]


def test_what_it_is_pushed_is_what_a_query_answers(client: Client, customer: Customer) -> None:
    customer.send(123)
    update = client.said()
    assert update["available"] == customer.available("EMAIL")
    assert update["posting"] == {"kind": "USAGE", "amount": "-123"}


def test_a_history_that_never_was_begins_with_a_reset(program: str, customer: Customer) -> None:
    client = Client(program, customer, "EMAIL", 1_000_000)
    try:
        update = client.said()
        assert update["kind"] == "RESET"
        assert int(update["sequence"]) == customer.sequence("EMAIL")
    finally:
        client.end()
