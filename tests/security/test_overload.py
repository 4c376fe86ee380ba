"""Documents that would cost the server much more than their sender: refused before they run, and quickly.

The list is that of public checklists (OWASP's GraphQL cheat sheet, graphql-cop, and the like).
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.security.conftest import Target, codes_of

SECONDS_MAX = 5.0
"""For a refusal, on a busy machine; without a limit most of these take minutes."""


def nested(opening: str, leaf: str, levels: int) -> str:
    return opening * levels + leaf + "}" * levels


def joined(part: str, times: int) -> str:
    return " ".join(part.replace("#", str(number)) for number in range(times))


def growing_fragments(levels: int) -> str:
    """Each spreads the next one twice: 2^levels fields in a few lines."""
    fragments = joined("fragment F# on Query { ...G# ...G# }", levels)
    for number in range(levels):
        fragments = fragments.replace(f"...G{number} ", f"...F{number + 1} ")
        fragments = fragments.replace(f"...G{number}}}", f"...F{number + 1}}}")
    return f"{{ ...F0 }} {fragments} fragment F{levels} on Query {{ __typename }}"


OVERLOAD: dict[str, tuple[str, str]] = {
    "aliases": ("{ viewer { " + joined("a#: __typename", 101) + " } }", "ALIASES_LIMIT"),
    "aliased root fields": ("{ " + joined("a#: __typename", 31) + " }", "ROOT_FIELDS_LIMIT"),
    "aliased mutations": (
        "mutation { " + joined("a#: signOut { __typename }", 31) + " }",
        "ROOT_FIELDS_LIMIT",
    ),
    "field duplication": ("{ viewer { " + "scopes " * 501 + " } }", "FIELDS_LIMIT"),
    "more field duplication": ("{ " + "__typename " * 10_000 + " }", "DOCUMENT_TOO_LARGE"),
    "directives": ("{ __typename " + "@include(if: true) " * 200 + " }", "GRAPHQL_VALIDATION_FAILED"),
    "unknown directives": ("{ __typename " + joined("@d#", 900) + " }", "GRAPHQL_VALIDATION_FAILED"),
    "more directives": ("{ __typename " + "@a" * 5_000 + " }", "DOCUMENT_TOO_LARGE"),
    "depth": (nested("{ viewer ", "{ a }", 16), "DEPTH_LIMIT"),
    "inline fragments": (nested("{ ... on Query ", "{ a }", 400), "GRAPHQL_PARSE_FAILED"),
    "more depth": (nested("{ a ", "{ a }", 20_000), "DOCUMENT_TOO_LARGE"),
    "list values": ("{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }", "GRAPHQL_PARSE_FAILED"),
    "circular fragments": (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "a fragment of itself": (
        "{ viewer { ...A } } fragment A on Viewer { account { person: id } ...A }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "growing fragments": (growing_fragments(60), "ROOT_FIELDS_LIMIT"),
    "fragments": (
        "{ __typename } " + joined("fragment F# on Query { __typename }", 2_000),
        "DOCUMENT_TOO_LARGE",
    ),
    "operations": (joined("query Q# { __typename }", 2_000), "DOCUMENT_TOO_LARGE"),
    "circular introspection": (
        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "nested pages": (
        """{ viewer { account { orders(first: 100) { edges { node { account: id } } }
           a: orders(first: 100) { edges { node { id status product quantity fulfilled credits creditUnit placedAt
             activatedAt completedAt net { amount currency } tax { amount currency } gross { amount currency } } } }
           b: invoices(first: 100) { edges { node { id links { __typename } lines { __typename } } } }
           c: orders(first: 100) { edges { node { id status product quantity fulfilled credits creditUnit placedAt
             activatedAt completedAt net { amount currency } tax { amount currency } gross { amount currency } } } }
           d: orders(first: 100) { edges { node { id status product quantity fulfilled credits creditUnit placedAt
             activatedAt completedAt net { amount currency } tax { amount currency } gross { amount currency } } } }
           e: orders(first: 100) { edges { node { id status product quantity fulfilled credits creditUnit placedAt
             activatedAt completedAt net { amount currency } tax { amount currency } gross { amount currency } } } }
           f: orders(first: 100) { edges { node { id status product quantity fulfilled credits creditUnit placedAt
             activatedAt completedAt net { amount currency } tax { amount currency } gross { amount currency } } } }
        } } }""",
        "COST_LIMIT",
    ),
    "a long name": ("{ " + "a" * 90_000 + " }", "GRAPHQL_VALIDATION_FAILED"),
    "a long text": ('{ node(id: "' + "a" * 200_000 + '") { id } }', "DOCUMENT_TOO_LARGE"),
    "comments": ("{ __typename } " + "#\n" * 60_000, "DOCUMENT_TOO_LARGE"),
    "a number without end": ("{ node(id: " + "9" * 50_000 + ") { id } }", "NOT_FOUND"),
}


@pytest.mark.parametrize("name", OVERLOAD)
def test_a_document_that_would_cost_too_much_is_refused_at_once(target: Target, name: str) -> None:
    document, code = OVERLOAD[name]
    began = time.monotonic()
    answer = target.post(document)
    assert time.monotonic() - began < SECONDS_MAX
    if code == "NOT_FOUND":
        assert answer.json()["data"] == {"node": None}
    else:
        assert (answer.status_code, codes_of(answer)) == (400, {code})
        assert "data" not in answer.json()
        assert len(answer.content) < 200_000, "nor does the answer cost much"


@pytest.mark.parametrize("parts", [2, 1_000])
def test_batches_are_refused_whole(target: Target, parts: int) -> None:
    body = [{"query": "{ __typename }"}] * parts
    answer = target.server.client.post("/graphql", json=body)
    assert (answer.status_code, codes_of(answer)) == (400, {"BAD_REQUEST"})


ECHO = "query ($id: ID!) { node(id: $id) { id } }"


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({"id": "x" * 1_100_000}, 413),
        ({"id": "x" * 900_000}, 200),
        ({"id": 10**4_000}, 400),
        ({f"v{number}": number for number in range(50_000)} | {"id": "x"}, 200),
        ({"id": ["x"] * 100_000}, 400),
        ({"id": "x", "deep": [[[]]] * 1_000}, 200),
    ],
)
def test_huge_variables_are_refused_or_cost_nothing(target: Target, variables: Any, status: int) -> None:
    began = time.monotonic()
    answer = target.post(ECHO, variables)
    assert answer.status_code == status
    assert time.monotonic() - began < SECONDS_MAX
    assert "data" not in answer.json() or answer.json()["data"] == {"node": None}


def test_deep_variables_are_refused(target: Target) -> None:
    body = b'{"query":"{ __typename }","variables":{"a":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_002
    headers = {"content-type": "application/json"}
    answer = target.server.client.post("/graphql", content=body, headers=headers)
    assert (answer.status_code, codes_of(answer)) == (400, {"BAD_REQUEST"})


def test_a_wrong_list_is_not_answered_by_as_many_errors(target: Target) -> None:
    query = "mutation ($i: RecordUsageInput!) { recordUsage(input: $i) { __typename } }"
    answer = target.post(query, {"i": {"entries": [{"nothing": 1}] * 20_000, "idempotencyKey": "x"}})
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) <= 101


@pytest.mark.rule("M143")
def test_who_asks_for_more_than_flows_back_is_told_when_to_come_again_and_then_blocked(
    target: Target,
) -> None:
    """By key: the person's own session goes on."""
    key = target.customer.api_key("ACCOUNT_READ", "ORDERS_READ", "TOPUPS_READ")
    headers = {"authorization": f"Bearer {key}"}
    dear = "{ " + joined('a#: __type(name: "Order") { name }', 28) + " }"
    answers = [target.post(dear, **headers) for _ in range(130)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[0] == 200
    assert 429 in statuses
    first_refused = answers[statuses.index(429)]
    assert codes_of(first_refused) == {"RATE_LIMITED"}
    assert first_refused.headers["retry-after"].isdigit()
    own = target.customer.ask("{ viewer { __typename } }")
    assert own == {"viewer": {"__typename": "Viewer"}}
