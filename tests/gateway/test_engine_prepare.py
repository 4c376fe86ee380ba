"""What is refused before a field runs, and what is kept of what was prepared."""

from __future__ import annotations

from typing import Any, NewType

import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from structlog.testing import capture_logs

from server.gateway.engine import Engine, Limits, RequestError
from server.gateway.engine.cache import Recent
from server.kit.graph.access import declare, exposes
from tests.gateway.engine_schema import OPEN
from tests.gateway.engine_shop import engine, refusal, schema

CHAIN = "{ made { ...F0 } } " + " ".join(
    f"fragment F{i} on Item {{ a{i}: name ...F{i + 1} ...F{i + 1} }}" for i in range(30)
)


@pytest.mark.parametrize(
    ("query", "name", "variables", "code"),
    [
        ("{ made", None, None, "GRAPHQL_PARSE_FAILED"),
        ("", None, None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, None, "GRAPHQL_VALIDATION_FAILED"),
        ("type T { a: Int }", None, None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", None, None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", None, None, "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", "C", None, "BAD_USER_INPUT"),
        ("query A { __typename }", 5, None, "BAD_USER_INPUT"),
        (None, None, None, "BAD_USER_INPUT"),
        ("{ __typename }", None, [1], "BAD_USER_INPUT"),
        ("query($n: Int!) { selected(number: $n) }", None, {}, "BAD_USER_INPUT"),
        ("query($n: Int!) { selected(number: $n) }", None, {"n": 2**40}, "BAD_USER_INPUT"),
        ("mutation($i: MakeItem!) { make(input: $i) { __typename } }", None, {"i": {"x": 1}}, "BAD_USER_INPUT"),
        ("{ __typename " + "#c\n" * 9_000 + "}", None, None, "DOCUMENT_TOO_LARGE"),
        ("{" + " __typename" * 5_000 + "}", None, None, "DOCUMENT_TOO_LARGE"),
        (" " * 100_001, None, None, "DOCUMENT_TOO_LARGE"),
        ("{" * 21 + "a" + "}" * 21, None, None, "GRAPHQL_PARSE_FAILED"),
        ("{" + "a{" * 20 + "a" + "}" * 20 + "}", None, None, "DEPTH_LIMIT"),
        ("{" + "... on Query {" * 30 + "made{" * 21 + "a" + "}" * 52, None, None, "DEPTH_LIMIT"),
        ("{ made { ...A } } fragment A on Item {" + "a{" * 20 + "a" + "}" * 21, None, None, "DEPTH_LIMIT"),
        ("{" + "".join(f"a{i}: __typename " for i in range(31)) + "}", None, None, "ROOT_FIELDS_LIMIT"),
        ("{ made {" + "".join(f"a{i}: __typename " for i in range(101)) + "}}", None, None, "ALIASES_LIMIT"),
        ("{ items {" + " name" * 501 + "}}", None, None, "FIELDS_LIMIT"),
        (CHAIN, None, None, "ALIASES_LIMIT"),
        (CHAIN.replace(": name", ""), None, None, "FIELDS_LIMIT"),
    ],
)  # fmt: skip
def test_a_request_is_refused_with_a_code(query: Any, name: Any, variables: Any, code: str) -> None:
    assert refusal(query, name, variables)[0] == code


def test_fragments_nested_beyond_the_stack_are_refused() -> None:
    chain = "{...F0}" + "".join(f"fragment F{i} on Query{{...F{i + 1}}}" for i in range(2_000))
    assert refusal(chain, using=Engine(schema, limits=Limits(tokens_max=40_000)))[0] == "DEPTH_LIMIT"


def test_one_of_several_operations_is_chosen_by_name() -> None:
    prepared = engine.prepare("query A { __typename } mutation B { guarded }", "B")
    assert (prepared.kind.value, prepared.operation_name, len(prepared.document_hash)) == (
        "mutation",
        "B",
        64,
    )


def test_introspection_can_be_turned_off() -> None:
    closed = Engine(schema, introspection=False)
    assert refusal("{ __schema { queryType { name } } }", using=closed)[0] == "GRAPHQL_VALIDATION_FAILED"
    assert closed.prepare("{ __typename }")


def test_plans_are_kept_by_the_variables_that_choose_fields() -> None:
    query = "query($y: Boolean!, $n: Int!) { selected(number: $n) @include(if: $y) __typename }"
    first = engine.prepare(query, None, {"y": True, "n": 1})
    assert engine.prepare(query, None, {"y": True, "n": 2}).plan is first.plan
    assert engine.prepare(query, None, {"y": False, "n": 1}).plan is not first.plan


def test_the_plans_used_least_are_dropped() -> None:
    small = Engine(schema, limits=Limits(cached_plan_fields_max=6))
    first = small.prepare("{ __typename }").plan
    assert small.prepare("{ __typename }").plan is first
    for name in "abc":
        small.prepare(f"{{ {name}: __typename }}")
    assert small.prepare("{ __typename }").plan is not first


def test_what_is_too_heavy_is_not_kept() -> None:
    made: list[str] = []
    recent: Recent[str, str] = Recent(5, lambda key, value: len(value))
    for value in ("aa", "bb", "cccccc", "aa"):
        assert recent.get(value, lambda value=value: made.append(value) or value) == value  # type: ignore[misc]
    assert made == ["aa", "bb", "cccccc", "aa"]


def parse_code(value: Any) -> Any:
    raise RuntimeError("SELECT secret")


Code = NewType("Code", str)


@exposes(OPEN)
@strawberry.type
class Coded:
    @strawberry.field
    def field(self, code: Code) -> str:
        return code


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("query($c: Code!) { field(code: $c) }", {"c": "v"}, "BAD_USER_INPUT"),
        ('{ field(code: "v") }', None, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_the_text_of_a_parsers_exception_is_not_told(query: str, variables: Any, code: str) -> None:
    scalar = strawberry.scalar(name="Code", parse_value=parse_code)
    coded = strawberry.Schema(query=Coded, config=StrawberryConfig(scalar_map={Code: scalar}))
    refused, message = refusal(query, None, variables, Engine(coded))
    assert refused == code
    assert "SELECT" not in message


@strawberry.input
class Given:
    x: strawberry.Maybe[int]


@strawberry.type
class TakesGiven:
    @strawberry.field
    def field(self, given: Given) -> str: ...


def test_an_input_that_the_engine_does_not_convert_is_refused_at_the_start() -> None:
    with pytest.raises(TypeError, match=r"Given\.x: "):
        Engine(strawberry.Schema(query=TakesGiven))


@pytest.mark.parametrize("wrong", ["extension", "sync_mutation", "async_query", "async_batch", "no_feed"])
def test_a_schema_that_the_engine_cannot_run_is_refused_at_the_start(wrong: str) -> None:
    from strawberry.extensions.field_extension import FieldExtension

    class Doubling(FieldExtension):
        def resolve(self, next_: Any, source: Any, info: Any, **arguments: Any) -> Any:
            return next_(source, info, **arguments)

    def plain(self: Any) -> str: ...
    async def coroutine(self: Any) -> str: ...

    def type_(name: str, made: Any) -> type:
        return strawberry.type(type(name, (), {"field": made, "__annotations__": {}}))

    good = strawberry.field(resolver=plain)
    query = {
        "extension": strawberry.field(resolver=plain, extensions=[Doubling()]),
        "async_query": strawberry.field(resolver=coroutine),
        "async_batch": strawberry.field(resolver=plain, metadata=declare(batch=coroutine)),
    }.get(wrong, good)
    made = strawberry.Schema(
        query=type_("Query", query),
        mutation=type_("Mutation", good) if wrong == "sync_mutation" else None,
        subscription=type_("Subscription", good) if wrong == "no_feed" else None,
    )
    with pytest.raises(TypeError, match=r"\.field: "):
        Engine(made)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
PIECES = st.sampled_from(
    ["{", "}", "(", ")", "query", "mutation", "fragment F on Item", "...F", "... on Item", "made", "items", "name",
     "$x", ":", "Int", "!", "[", "]", "@include(if: $x)", "@skip", "=", '"s"', "1", "null", "a:", "make(input: $x)",
     "selected(number: $x)", "($x: MakeItem!)", "($x: Boolean = true)", "__typename", "\ud800", "#", "\n"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.text() | st.lists(PIECES, max_size=14).map(" ".join),
    st.none() | st.text(),
    JSON | st.dictionaries(st.just("x"), JSON),
)
def test_nothing_but_a_request_error_leaves_prepare(query: str, name: str | None, variables: Any) -> None:
    errors = []
    with capture_logs() as logs:
        try:
            engine.prepare(query, name, variables)
        except RequestError as refused:
            errors = refused.errors
    assert all("code" in (error.extensions or {}) for error in errors)
    assert logs == []
