"""One server for all attacks, with the limits of a new installation: what one attack breaks, the next one notices."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.settings import Settings
from tests.servers import Customer, RunningServer, serving

RESPONSE = "application/graphql-response+json"
USUAL_LIMITS = {
    name.upper(): str(Settings.model_fields[name].default)
    for name in ("client_cost_max", "client_cost_restored_per_second")
}


@dataclass
class Target:
    """The server under attack, its log, and a customer with whose session it is attacked."""

    server: RunningServer
    log: Path
    customer: Customer = field(repr=False)

    @property
    def origin(self) -> str:
        return self.server.origin

    def post(self, query: str, variables: Any = None, **headers: str) -> httpx.Response:
        """One operation of nobody's."""
        body = {"query": query, "variables": variables}
        return self.server.client.post("/graphql", json=body, headers={"accept": RESPONSE} | headers)

    def still_answers(self) -> bool:
        answer = self.post("{ __typename }").json()
        return bool(answer["data"] == {"__typename": "Query"})


@pytest.fixture(scope="session")
def attacked() -> Iterator[Target]:
    with tempfile.TemporaryDirectory() as name, serving(Path(name), **USUAL_LIMITS) as server:
        yield Target(server, Path(name) / "log", server.customer())


@pytest.fixture
def target(attacked: Target) -> Iterator[Target]:
    """After each attack the server answers the next request."""
    yield attacked
    assert attacked.still_answers()


def codes_of(answer: httpx.Response) -> set[str]:
    """The codes of all errors."""
    return {error["extensions"]["code"] for error in answer.json()["errors"]}
