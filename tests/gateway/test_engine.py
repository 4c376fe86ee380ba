"""What the engine adds to the specification: access, batches, mutations, errors, limits, subscriptions."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from server.gateway.engine import Engine, Limits, RequestError, Result
from server.gateway.engine.cache import Recent
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Context
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from tests.gateway.engine_schema import MEMBERS, OPEN, STAFF, context

pytestmark = pytest.mark.anyio

MEMBER = Viewer(account_id="acc_1")
CLERK = Viewer(account_id="acc_2", staff_roles=frozenset({"support"}))


@dataclass
class Calls:
    """What the resolvers of this module did, registered as a service of the context."""

    seen: list[Any] = field(default_factory=list)


def calls(info: strawberry.Info) -> list[Any]:
    seen: list[Any] = info.context.services.get(Calls).seen
    return seen


def prices(parents: Sequence[Item], info: strawberry.Info, currency: str) -> list[Any]:
    calls(info).append([item.name for item in parents])
    return [ValueError("no price") if item.name == "free" else f"{item.name} {currency}" for item in parents]


def short(parents: Sequence[Item], info: strawberry.Info) -> list[str]:
    return ["only one"]


def busy(parents: Sequence[Item], info: strawberry.Info) -> list[str]:
    raise PublicError("OVERLOADED", "Try again.", retryAfterSeconds=3)


@strawberry.enum
class Size(enum.Enum):
    SMALL = "s"


@exposes(OPEN)
@strawberry.type
class Item:
    name: str
    amount: Decimal = Decimal("1.10")
    secret: str = strawberry.field(default="s", metadata=declare(MEMBERS))
    margin: str | None = strawberry.field(default="m", metadata=declare(STAFF))

    @strawberry.field(metadata=declare(batch=prices))
    def price(self, currency: str = "EUR") -> str | None: ...

    @strawberry.field(metadata=declare(batch=short))
    def short(self) -> str | None: ...

    @strawberry.field(metadata=declare(batch=busy))
    def busy(self) -> str | None: ...

    @strawberry.field
    def from_read(self, info: strawberry.Info[Context, None]) -> str:
        return type(info.context.read).__name__

    @strawberry.field
    def buggy(self) -> str | None:
        raise KeyError("password is hunter2")


@strawberry.type
class Bare:
    forgotten: str = "x"


@exposes(MEMBERS)
@strawberry.type
class Vault:
    gold: int = 5


@strawberry.input
class MakeItem:
    name: str
    size: Size = Size.SMALL


@exposes(OPEN)
@strawberry.type
class NameTaken:
    name: str


Made = Annotated[Item | NameTaken, strawberry.union("Made")]


@exposes(OPEN)
@strawberry.type
class Query:
    @strawberry.field
    def items(self, info: strawberry.Info) -> list[Item | None]:
        return [Item(name="pen"), None, Item(name="free"), Item(name="ink")]

    @strawberry.field(metadata=declare(MEMBERS))
    def vault(self, info: strawberry.Info) -> Vault | None:
        calls(info).append("vault")
        return Vault()

    @strawberry.field
    def bare(self) -> Bare | None:
        return Bare()

    @strawberry.field
    def made(self) -> Made:
        return Item(name="pen")

    @strawberry.field
    def selected(self, info: strawberry.Info, number: int = 1) -> list[str]:
        return [child.name for child in info.selected_fields[0].selections] + [
            str(info.variable_values), str(info.path.as_list()), info.operation.operation.value
        ]  # fmt: skip


@exposes(OPEN)
@strawberry.type
class Mutation:
    @strawberry.mutation
    async def make(self, info: strawberry.Info, input: MakeItem) -> Made:
        await asyncio.sleep(0)
        calls(info).append((input.name, input.size))
        if input.name == "broken":
            raise RuntimeError("broken")
        return NameTaken(name=input.name) if input.name == "taken" else Item(name=input.name)

    @strawberry.mutation
    async def maybe(self, info: strawberry.Info, input: MakeItem) -> Item | None:
        calls(info).append(input.name)
        if input.name == "busy":
            raise PublicError("OVERLOADED", "Try again.", retryAfterSeconds=3)
        return Item(name=input.name)

    @strawberry.mutation(metadata=declare(MEMBERS))
    async def guarded(self, info: strawberry.Info) -> bool | None:
        calls(info).append("guarded")
        return True


def open_feed(info: strawberry.Info, wallet: str, after: int | None = None) -> Any:
    if wallet == "none":
        raise PublicError("NOT_FOUND", "No such wallet.")
    if wallet == "bug":
        raise RuntimeError("bug")
    return SimpleNamespace(key=wallet, after=after)


@exposes(MEMBERS)
@strawberry.type
class Subscription:
    @strawberry.subscription(metadata=declare(feed=open_feed))
    def item(self, wallet: str, after: int | None = None) -> AsyncIterator[Item]: ...


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
engine = Engine(schema)


async def run(
    query: str, viewer: Viewer = MEMBER, at: Context | None = None, **variables: Any
) -> tuple[Result, list[Any]]:
    at = at or context(viewer)
    seen = Calls()
    at.services.add(seen)
    return await engine.execute(engine.prepare(query, None, variables), at), seen.seen


def codes(result: Result) -> list[tuple[Any, ...]]:
    return [(*error["path"], error["extensions"]["code"]) for error in result.errors or ()]


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


@pytest.mark.rule("Q010", "H012")
async def test_a_denied_field_is_not_resolved() -> None:
    result, seen = await run("{ vault { gold } items { name } }", viewer=Viewer())
    assert codes(result) == [("vault", "UNAUTHENTICATED")]
    assert result.errors
    assert result.errors[0]["message"] == "Not signed in."
    assert result.data
    assert result.data["vault"] is None
    assert result.data["items"][0] == {"name": "pen"}
    assert seen == []


@pytest.mark.rule("Q010", "H012")
async def test_access_is_judged_at_every_level_and_for_every_authority() -> None:
    query = "{ made { ... on Item { margin } } }"
    assert codes((await run(query, viewer=Viewer()))[0]) == [("made", "margin", "UNAUTHENTICATED")]
    assert codes((await run(query, viewer=MEMBER))[0]) == [("made", "margin", "FORBIDDEN")]
    result, _ = await run(query, viewer=CLERK)
    assert result.data == {"made": {"margin": "m"}}
    assert codes((await run(query, viewer=MEMBER))[0]) == [("made", "margin", "FORBIDDEN")]


@pytest.mark.rule("Q010")
async def test_a_denied_non_null_field_takes_its_parent_along() -> None:
    result, _ = await run("{ items { secret } }", viewer=Viewer())
    assert result.data == {"items": [None, None, None, None]}
    assert [error["path"] for error in result.errors or ()] == [["items", i, "secret"] for i in (0, 2, 3)]


@pytest.mark.rule("Q010")
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


@pytest.mark.rule("Q010")
async def test_a_denied_mutation_does_not_run() -> None:
    result, seen = await run("mutation { guarded }", viewer=Viewer())
    assert (codes(result), seen) == ([("guarded", "UNAUTHENTICATED")], [])


def test_a_feed_is_opened_with_its_arguments_and_its_events_are_rendered() -> None:
    prepared = engine.prepare('subscription { item(wallet: "eur", after: 4) { name fromRead } }')
    at = context(MEMBER)
    assert engine.feed(prepared, at) == SimpleNamespace(key="eur", after=4)
    rendered = engine.render(prepared, Item(name="pen"), at, at.units)  # type: ignore[arg-type]
    assert rendered.payload() == {"data": {"item": {"name": "pen", "fromRead": "Reads"}}}


@pytest.mark.rule("Q010")
def test_a_revoked_viewer_gets_no_event() -> None:
    prepared = engine.prepare('subscription { item(wallet: "eur") { name } }')
    at = context(Viewer())
    result = engine.render(prepared, Item(name="pen"), at, at.units)  # type: ignore[arg-type]
    assert (result.data, codes(result)) == (None, [("item", "UNAUTHENTICATED")])


@pytest.mark.parametrize(
    ("wallet", "viewer", "code"),
    [
        ("eur", Viewer(), "UNAUTHENTICATED"),
        ("none", MEMBER, "NOT_FOUND"),
        ("bug", MEMBER, "INTERNAL"),
    ],
)
def test_a_feed_that_is_refused(wallet: str, viewer: Viewer, code: str) -> None:
    prepared = engine.prepare("subscription($w: String!) { item(wallet: $w) { name } }", None, {"w": wallet})
    with pytest.raises(RequestError) as refused:
        engine.feed(prepared, context(viewer))
    [error] = refused.value.errors
    assert (error.extensions or {})["code"] == code
    assert error.path == ["item"]
    assert "bug" not in error.message


def key(query: str, **variables: Any) -> Any:
    return engine.prepare(query, None, variables).share_key


def test_subscribers_who_differ_only_in_after_share() -> None:
    plain = key('subscription { item(wallet: "eur") { name } }')
    assert key('subscription { item(wallet: "eur", after: 3) { name } } # again') == plain
    assert key('subscription($a: Int) { item(wallet: "eur", after: $a) { name } }', a=5) == plain
    assert key('subscription($a: Int = 9) { item(after: $a, wallet: "eur") { name } }') == plain
    assert key('subscription { item(wallet: "usd") { name } }') != plain
    assert key('subscription { item(wallet: "eur") { name amount } }') != plain
    assert hash(plain) == hash(key('subscription { item(wallet: "eur") { name } }'))


def test_other_variables_and_fragments_are_part_of_the_key() -> None:
    query = """subscription($w: String!, $a: Int) { ...S }
    fragment S on Subscription { item(wallet: $w, after: $a) { ...I } } fragment I on Item { name }"""
    assert key(query, w="eur", a=1) == key(query, w="eur", a=2)
    assert key(query, w="eur", a=1) != key(query, w="usd", a=1)


def test_after_is_kept_where_it_is_not_the_root_fields() -> None:
    query = "subscription($w: String!) { item(wallet: $w) { price(currency: $w) } }"
    assert key(query, w="a") != key(query, w="b")


def refusal(query: Any, name: Any = None, variables: Any = None, using: Engine = engine) -> tuple[str, str]:
    with pytest.raises(RequestError) as refused:
        using.prepare(query, name, variables)
    error = refused.value.errors[0]
    assert refused.value.payload()["errors"][0]["message"] == error.message
    return (error.extensions or {})["code"], error.message


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


def test_the_text_of_a_parsers_exception_is_not_told() -> None:
    def parse(value: Any) -> Any:
        raise RuntimeError("SELECT secret")

    @exposes(OPEN)
    @strawberry.type
    class Only:
        @strawberry.field
        def field(self, x: Any) -> str:
            return "x"

    code = strawberry.scalar(name="Code", parse_value=parse)
    Only.__strawberry_definition__.fields[0].arguments[0].type_annotation.annotation = str  # type: ignore[attr-defined]
    using = Engine(strawberry.Schema(query=Only, scalar_overrides={str: code}))
    for query, variables in (
        ("query($x: Code!) { field(x: $x) }", {"x": "v"}),
        ('{ field(x: "v") }', None),
    ):
        kind, message = refusal(query, None, variables, using)
        assert "SELECT" not in message
        assert kind in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED")


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


def test_scope_and_role_decide_on_their_own() -> None:
    scoped = Access(Who.SIGNED_IN, purpose="tests", scope="wallet:read")
    key_holder = Viewer(account_id="acc_1", scopes=frozenset({"orders:read"}))
    assert scoped.denial(key_holder) is not None
    assert scoped.denial(MEMBER) is None
