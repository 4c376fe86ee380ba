"""The engine gives the data and the error paths that graphql-core's own executor gives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import execute_sync, get_introspection_query, parse, validate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.gateway.engine import Engine, RequestError
from tests.gateway.engine_schema import context, schema

ENGINE = Engine(schema)
CORE = schema._schema


def run(query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    return asyncio.run(ENGINE.execute(ENGINE.prepare(query, None, variables), context())).payload()


def compare(query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run both executors; data, key order, error order, paths and locations must be the same."""
    document = parse(query)
    assert validate(CORE, document) == []
    theirs = execute_sync(CORE, document, variable_values=variables, context_value=context())
    ours = run(query, variables)
    assert ours["data"] == theirs.data
    assert repr(ours["data"]) == repr(theirs.data)
    expected = [(e.path, [(p.line, p.column) for p in e.locations or ()]) for e in theirs.errors or ()]
    actual = [
        (e["path"], [(p["line"], p["column"]) for p in e.get("locations", ())])
        for e in ours.get("errors", ())
    ]
    assert actual == expected
    return ours


OPERATIONS = [
    "{ node { level } }",
    "{ a: node(level: 1) { level } b: node(level: 2) { level, level } }",
    "{ node { must { must { must { fails } } } } }",
    "{ node { maybe { must { must { failsHard level } } } level } }",
    "{ node { must { failsHard } } }",
    "{ node { many { oddFails level } } }",
    "{ node { maybe { many { oddFails level } } } }",
    "{ node { holes { level oddFails } } }",
    "{ node { holes { level holes { nullHard } } } }",
    "{ node { brokenList { level } level } }",
    "{ node { maybe { brokenList { fails level failsHard } } } }",
    "{ node { matrix tight } }",
    "{ node(level: 1) { matrix tight } }",
    "{ node(level: 1) { big ratio wholeRatio notAList generated } }",
    "{ node { many { big ratio many { big ratio } } } }",
    "{ node { wrongType { __typename } } }",
    "{ maybeNode { level } other: maybeNode(level: 3) { level } }",
    "{ animals { __typename name motto shout } }",
    "{ animals { ... on Cat { lives colour purr } ... on Dog { good owner { name age strictName } } } }",
    "{ animals { name ...C ...D } } fragment C on Cat { lives friend { name ...D } } "
    "fragment D on Dog { bark owner { name } }",
    "{ things { ... on Named { n: name shout(times: 1) } ... on Person { n: name strictName } __typename } }",
    "{ things { __typename ... on Person { pets { name ... on Cat { lives } } } } }",
    "{ things { ... on Cat { friend { friend { name } ... on Dog { owner { strictName } } } } } }",
    "{ cats { purr } }",
    "{ cats { lives name colour } noCats { lives purr } }",
    "{ animals { ... on Dog { owner { name } } ... on Dog { owner { age } } } }",
    "{ animals { ...on Cat { x: name } ... on Dog { x: shout } } }",
    "{ __typename t: __typename node { __typename } }",
    '{ place a: place(point: {x: 1}) b: place(point: {x: 1, y: null, label: "l", colours: [RED]}, at: 3) }'.replace(
        ", y: null", ""
    ),
    "{ defaultPlace x: defaultPlace(point: {x: 2}) }",
    "{ area(shape: {circle: 3}) b: area(shape: {square: {x: 1}}) }",
    '{ colour c: colour(colour: RED) wrongColour price p: price(amount: "2.5") day d: day(day: "2026-01-01") id }',
    "{ alias: fieldPath }",
    "{ totalFailure node { level } }",
    "{ kitten { name __typename ... on Cat { lives } } oneCat { name } notACat { name } }",
    "{ strays { name __typename } }",
    "{ stored { kind __typename ... on File { name } ... on Folder { label: name } } file { name } }",
    "{ pages { __typename ... on CatPage { items { name } } ... on IntPage { n: items } ... on IntBox { content } } }",
    "{ boxes { name content shout __typename } }",
    "{ catPage { size items { name } __typename } numberPages { size items __typename } }",
    "{ node { level @skip(if: true) must @include(if: true) { level } } }",
    "{ node { level @skip(if: true) } animals @skip(if: true) { name } }",
    "{ node { ... @include(if: false) { level } ... @skip(if: false) { must { level } } } }",
    '{ __schema { queryType { name } types { name kind } } __type(name: "Cat") { fields { name type { name } } } }',
    get_introspection_query(input_value_deprecation=True, specified_by_url=True),
]


@pytest.mark.parametrize("query", OPERATIONS)
def test_operation_equals_graphql_core(query: str) -> None:
    compare(query)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($l: Int!) { node(level: $l) { level oddFails } }", {"l": 1}),
        ("query($l: Int) { node(level: $l) { level } }", {}),
        ("query($l: Int = 4) { node(level: $l) { level } }", {}),
        ("query($l: Int) { maybeNode(level: $l) { level } }", {"l": None}),
        ("query($p: Point) { place(point: $p) }", {"p": {"x": 1, "colours": ["RED", "GREEN"]}}),
        ("query($x: Int!) { place(point: {x: $x}, at: [$x, 2]) }", {"x": 9}),
        ("query($s: Shape!) { area(shape: $s) }", {"s": {"circle": 1}}),
        ("query($c: Int) { area(shape: {circle: $c}) price }", {"c": None}),
        ("query($c: Colour!) { colour(colour: $c) }", {"c": "RED"}),
        ("query($d: Decimal!) { price(amount: $d) }", {"d": "3.14"}),
        ("query($y: Boolean!) { node { level @include(if: $y) must @skip(if: $y) { level } } }", {"y": True}),
        (
            "query($y: Boolean!) { node { level @include(if: $y) must @skip(if: $y) { level } } }",
            {"y": False},
        ),
    ],
)
def test_operation_with_variables_equals_graphql_core(query: str, variables: dict[str, Any]) -> None:
    compare(query, variables)


LEAVES = {
    "Node": [
        "level",
        "fails",
        "failsHard",
        "oddFails",
        "nullHard",
        "big",
        "ratio",
        "matrix",
        "tight",
        "notAList",
    ],
    "Named": ["name", "motto", "shout", "shout(times: 1)", "__typename"],
    "Cat": ["lives", "colour", "purr", "name", "shout"],
    "Dog": ["good", "bark", "motto"],
    "Person": ["name", "age", "strictName"],
    "Thing": ["__typename"],
    "Query": ["colour", "price", "totalFailure", "id"],
}
CHILDREN = {
    "Node": {"maybe": "Node", "must": "Node", "many": "Node", "holes": "Node", "brokenList": "Node"},
    "Named": {"friend": "Named", "... on Cat": "Cat", "... on Dog": "Dog", "... on Named": "Named"},
    "Cat": {"friend": "Named"},
    "Dog": {"owner": "Person", "friend": "Named"},
    "Person": {"pets": "Named"},
    "Thing": {"... on Cat": "Cat", "... on Person": "Person", "... on Named": "Named"},
    "Query": {
        "node": "Node",
        "node(level: 1)": "Node",
        "maybeNode(level: 1)": "Node",
        "animals": "Named",
        "things": "Thing",
        "cats": "Cat",
        "noCats": "Cat",
    },
}
DIRECTIVES = [
    "",
    "",
    "",
    "",
    " @include(if: true)",
    " @skip(if: true)",
    " @include(if: $yes)",
    " @skip(if: $yes)",
]


@st.composite
def selections(draw: st.DrawFn, type_: str, depth: int) -> str:
    """A selection set; arguments and conflicting names are told apart by an alias made from the text."""
    chosen = []
    for _ in range(draw(st.integers(1, 4))):
        directive = draw(st.sampled_from(DIRECTIVES))
        if depth and draw(st.booleans()):
            field, child = draw(st.sampled_from(sorted(CHILDREN[type_].items())))
            below = draw(selections(child, depth - 1))
            chosen.append(f"{_named(field, type_)}{directive} {below}")
        else:
            chosen.append(_named(draw(st.sampled_from(LEAVES[type_])), type_) + directive)
    return "{ " + " ".join(chosen) + " }"


def _named(field: str, type_: str) -> str:
    if field.startswith("..."):
        return field
    suffix = "".join(c for c in field if c.isalnum())
    same_everywhere = type_ in ("Node", "Query") and "(" not in field
    return field if same_everywhere else f"{type_.lower()}_{suffix}: {field}"


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(selections("Query", 4), st.booleans())
def test_any_operation_equals_graphql_core(selection: str, yes: bool) -> None:
    compare(
        f"query($yes: Boolean! = true) {selection[:-1]} yes: __typename @include(if: $yes) }}", {"yes": yes}
    )


def test_a_null_condition_is_refused_before_a_field_runs() -> None:
    with pytest.raises(RequestError) as refused:
        run("query($yes: Boolean = true) { node { level @include(if: $yes) } }", {"yes": None})
    assert refused.value.errors[0].extensions == {"code": "BAD_USER_INPUT"}
