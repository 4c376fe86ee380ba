"""Thousands of senseless operations in a fixed time: none is answered by a fault of the server, and none hangs.

The generator is our own: it knows unions, one-of inputs and this API's scalars, which the schema strategies of
public tools leave out, and needs nothing that is not installed for the server anyway.
"""

from __future__ import annotations

import os
import time
from random import Random, SystemRandom

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query

from tests.faults.client import fault_in
from tests.security.generator import Generator, spoilt
from tests.servers import RunningServer

BUDGET_SECONDS = float(os.environ.get("FUZZ_SECONDS", "12"))
OPERATIONS_MIN = 50
IDS = "{ viewer { account { id orders { edges { node { id } } } topUps { edges { node { id } } } } } }"
SLOW_SECONDS = 10.0
SKIPPED = frozenset(
    {
        # These would end the session, or the account, that the others are made with.
        "signOut", "closeAccount", "leaveAccount", "revokeSession", "reportCompromise",
        # These hash passwords, a tenth of a second each; tests/faults/test_bad_input.py has them.
        "register", "signIn", "confirmPassword", "changePassword", "acceptInvitation", "resetPassword",
        "resetPasswordWithCode", "createRecoveryCodes",
    }
)  # fmt: skip


@pytest.fixture
def seed() -> int:
    """Chosen anew each time and printed with a failure; `FUZZ_SEED=…` repeats a run."""
    return int(os.environ.get("FUZZ_SEED") or SystemRandom().randrange(2**32))


def test_nothing_that_the_schema_allows_breaks_the_server(running_server: RunningServer, seed: int) -> None:
    print(f"FUZZ_SEED={seed}")
    random = Random(seed)
    customer = running_server.customer()
    introspection = customer.ask(get_introspection_query(input_value_deprecation=True))
    account = customer.ask(IDS)["viewer"]["account"]
    rows = account["orders"]["edges"] + account["topUps"]["edges"]
    ids = [account["id"], *(row["node"]["id"] for row in rows)]
    generator = Generator(build_client_schema(introspection), random, ids)
    headers = {"authorization": f"Bearer {customer.token}"}
    done, ends_at = 0, time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < ends_at or done < OPERATIONS_MIN:
        query, variables = generator.operation(SKIPPED)
        dice = random.random()
        if dice < 0.2:
            variables = spoilt(variables, random)
        elif dice < 0.4:
            query = generator.broken(query)
        body = {"query": query, "variables": variables}
        where = f"FUZZ_SEED={seed}, operation {done}: {query} {variables}"
        try:
            answer = running_server.client.post("/graphql", json=body, headers=headers, timeout=SLOW_SECONDS)
        except httpx.TimeoutException:
            pytest.fail(f"no answer: {where}")
        assert fault_in(answer) is None, f"{fault_in(answer)}: {where}"
        done += 1
    assert customer.ask("{ viewer { __typename } }") == {"viewer": {"__typename": "Viewer"}}
    assert done >= OPERATIONS_MIN
