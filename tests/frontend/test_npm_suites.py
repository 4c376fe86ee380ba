"""The npm audit suite `graphql-http`, and Apollo Client and urql with their usual links, against a running server."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from typing import Any

from tests.frontend.node import HERE, NODE, needs_node
from tests.servers import RunningServer

pytestmark = needs_node

AUDITS = {"MUST": 13, "SHOULD": 23, "MAY": 25}
"""How many the suite has of each kind."""
SECONDS_MAX = 30


def test_every_audit_of_graphql_over_http_passes(running_server: RunningServer) -> None:
    command = [NODE, "audits.mjs", f"{running_server.origin}/graphql"]
    ran = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=SECONDS_MAX, check=True)
    audits = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert Counter(audit["name"].split()[0] for audit in audits) == AUDITS


def test_apollo_and_urql_ask_are_refused_and_are_pushed_a_change(running_server: RunningServer) -> None:
    customer = running_server.customer()
    before, sequence = int(customer.available("EMAIL")), customer.sequence("EMAIL")
    key = customer.api_key("ACCOUNT_READ", "BALANCE_READ", "LEDGER_READ")
    command = [NODE, "usual-links.mjs", f"{customer.origin}/graphql", key, "EMAIL"]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "READY\n"
        customer.send(3)
        said = json.loads(process.communicate(timeout=SECONDS_MAX)[0])
    finally:
        process.kill()
        process.wait()
    snapshot = {"kind": "SNAPSHOT", "sequence": str(sequence), "available": str(before)}
    change = {"kind": "CHANGE", "sequence": str(sequence + 1), "available": str(before - 3)}
    assert set(said) == {"apollo", "urqlOverSocket", "urqlOverEventStream"}
    for client, seen in said.items():
        assert balance_of(seen["queried"]) == (str(before), str(sequence)), client
        assert "Cannot query field 'nothing'" in seen["refused"], client
        assert [without_typename(each) for each in seen["pushed"]] == [snapshot, change], client


def balance_of(data: Any) -> tuple[str, str]:
    balance = data["viewer"]["account"]["balance"]
    return balance["available"], balance["sequence"]


def without_typename(value: dict[str, Any]) -> dict[str, Any]:
    """Apollo asks for `__typename` everywhere."""
    return {name: each for name, each in value.items() if name != "__typename"}
