"""What the engine adds to the specification: access, batches, mutations, and what errors say."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from server.gateway.engine import Engine, Limits
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from tests.gateway.engine_schema import context
from tests.gateway.engine_shop import CLERK, MEMBER, Size, codes, engine, run, schema

pytestmark = pytest.mark.anyio


async def test_a_batch_is_called_once_for_all_parents() -> None:
    result, seen = await run('{ items { name price(currency: "USD") } }')
    assert seen == [["pen", "free", "ink"]]
    assert result.data == {
        "items": [
            {"name": "pen", "price": "pen USD"},
            None,
            {"name": "free", "price": None},
            {"name": "ink", "price": "ink USD"},
        ]
    }
    assert codes(result) == [("items", 2, "price", "INTERNAL")]


async def test_a_batch_of_the_wrong_length_or_that_raises_fails_for_every_parent() -> None:
    result, _ = await run("{ items { short busy } }")
    assert [error["path"] for error in result.errors or ()] == [
        ["items", index, key] for index in (0, 2, 3) for key in ("short", "busy")
    ]
    assert result.errors
    assert result.errors[1]["extensions"] == {"code": "OVERLOADED", "retryAfterSeconds": 3}
    assert result.errors[1]["message"] == "Try again."


async def test_a_query_is_one_read_and_introspection_none() -> None:
    at = context()
    result, _ = await run("{ items { fromRead } made { ... on Item { fromRead } } }", at=at)
    assert result.data
    assert result.data["made"] == {"fromRead": "Reads"}
    assert at.units.count == 1  # type: ignore[attr-defined]
    result, _ = await run(
        '{ __typename __type(name: "Item") { name } __schema { queryType { name } } }', at=at
    )
    assert result.data
    assert result.data["__type"] == {"name": "Item"}
    assert at.units.count == 1  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError):
        _ = at.read


async def test_a_read_that_fails_is_told_once() -> None:
    at = context()
    at.units.failure = PublicError("STORAGE_UNAVAILABLE", "Later.")  # type: ignore[attr-defined]
    result, _ = await run("{ items { name } }", at=at)
    assert result.payload() == {
        "errors": [{"message": "Later.", "extensions": {"code": "STORAGE_UNAVAILABLE"}}],
        "data": None,
    }


async def test_resolvers_get_strawberrys_info() -> None:
    result, _ = await run("query($n: Int!) { items { name } a: selected(number: $n) }", n=3)
    assert result.data
    assert result.data["a"] == ["{'n': 3}", "['a']", "query"]


@pytest.mark.rule("H012")
async def test_a_denied_field_is_not_resolved() -> None:
    result, seen = await run("{ vault { gold } items { name } }", viewer=Viewer())
    assert codes(result) == [("vault", "UNAUTHENTICATED")]
    assert result.errors
    assert result.errors[0]["message"] == "Not signed in."
    assert result.data
    assert result.data["vault"] is None
    assert result.data["items"][0] == {"name": "pen"}
    assert seen == []


@pytest.mark.rule("H012")
async def test_access_is_judged_at_every_level_and_for_every_authority() -> None:
    query = "{ made { ... on Item { margin } } }"
    assert codes((await run(query, viewer=Viewer()))[0]) == [("made", "margin", "UNAUTHENTICATED")]
    assert codes((await run(query, viewer=MEMBER))[0]) == [("made", "margin", "FORBIDDEN")]
    result, _ = await run(query, viewer=CLERK)
    assert result.data == {"made": {"margin": "m"}}
    assert codes((await run(query, viewer=MEMBER))[0]) == [("made", "margin", "FORBIDDEN")]


@pytest.mark.rule("H012")
async def test_a_denied_non_null_field_takes_its_parent_along() -> None:
    result, _ = await run("{ items { secret } }", viewer=Viewer())
    assert result.data == {"items": [None, None, None, None]}
    assert [error["path"] for error in result.errors or ()] == [["items", i, "secret"] for i in (0, 2, 3)]


@pytest.mark.rule("Q010", "H012")
async def test_an_undeclared_field_is_refused_and_listed() -> None:
    result, _ = await run("{ bare { forgotten __typename } }", viewer=CLERK)
    assert codes(result) == [("bare", "forgotten", "FORBIDDEN")]
    assert result.data == {"bare": None}
    assert engine.undeclared() == ["Bare.forgotten"]


async def test_a_bug_is_masked_and_logged_once() -> None:
    with capture_logs() as logs:
        result, _ = await run("{ items { buggy } }")
    assert result.errors
    assert len(result.errors) == 3
    assert result.errors[0] == {
        "message": "Internal error. Quote the request id req_1 when you report it.",
        "locations": [{"line": 1, "column": 11}],
        "path": ["items", 0, "buggy"],
        "extensions": {"code": "INTERNAL", "requestId": "req_1"},
    }
    [entry] = logs
    assert (entry["event"], entry["field"], entry["request_id"]) == ("field_failed", "Item.buggy", "req_1")
    assert "KeyError" in entry["exception"]
    assert "exc_info" not in entry, "it would be rendered with local variables"


async def test_the_list_of_errors_is_bounded() -> None:
    few = Engine(schema, limits=Limits(errors_max=2))
    result = await few.execute(few.prepare("{ items { buggy } }"), context())
    assert result.errors
    assert len(result.errors) == 3
    assert result.errors[2] == {
        "message": "1 more errors are not listed.",
        "extensions": {"code": "TOO_MANY_ERRORS"},
    }


async def test_a_result_is_encoded_in_the_order_of_the_specification() -> None:
    result, _ = await run('{ made { ... on Item { amount } } __type(name: "Nothing") { name } }')
    assert result.encode() == b'{"data":{"made":{"amount":"1.10"},"__type":null}}'
    result.extensions = {"cost": 1}
    result.errors = [{"message": "m"}]
    assert list(result.payload()) == ["errors", "data", "extensions"]


async def test_mutations_run_in_order_and_outlive_each_other() -> None:
    at = context(MEMBER)
    query = """mutation {
      a: make(input: {name: "pen"}) { ... on Item { name } }
      b: maybe(input: {name: "busy"}) { name }
      c: maybe(input: {name: "ink"}) { name fromRead }
      d: make(input: {name: "taken", size: SMALL}) { __typename ... on NameTaken { name } }
      __typename
    }"""
    result, seen = await run(query, at=at)
    assert seen == [("pen", Size.SMALL), "busy", "ink", ("taken", Size.SMALL)]
    assert result.data == {
        "a": {"name": "pen"},
        "b": None,
        "c": {"name": "ink", "fromRead": "Reads"},
        "d": {"__typename": "NameTaken", "name": "taken"},
        "__typename": "Mutation",
    }
    assert codes(result) == [("b", "OVERLOADED")]
    assert at.units.count == 1, "only the selection with a resolver needs a read"  # type: ignore[attr-defined]


async def test_after_a_failed_mutation_the_next_ones_run_and_null_propagates() -> None:
    result, seen = await run(
        'mutation { a: make(input: {name: "broken"}) { __typename } b: maybe(input: {name: "ink"}) { name } }'
    )
    assert result.data is None
    assert codes(result) == [("a", "INTERNAL")]
    assert seen == [("broken", Size.SMALL), "ink"]


async def test_a_mutations_selection_whose_read_fails_is_an_error_of_its_field() -> None:
    at = context(MEMBER)
    at.units.failure = PublicError("STORAGE_UNAVAILABLE", "Later.")  # type: ignore[attr-defined]
    result, _ = await run('mutation { maybe(input: {name: "ink"}) { fromRead } }', at=at)
    assert result.data == {"maybe": None}
    assert codes(result) == [("maybe", "STORAGE_UNAVAILABLE")]


@pytest.mark.rule("H012")
async def test_a_denied_mutation_does_not_run() -> None:
    result, seen = await run("mutation { guarded }", viewer=Viewer())
    assert (codes(result), seen) == ([("guarded", "UNAUTHENTICATED")], [])
