"""Bad input is refused with a type or a code, never by a fault of the server; and the next request is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_composite_type,
    is_object_type,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.faults.client import Api, customer, document, fault_in

SEED = 20260302
EXAMPLES = 300
AT_ONCE = 16
HUGE = "9" * 40

BAD_TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\u202e\u0007",
    "\x7f",
    "é" * 10,
    "x" * 10_240,
    "'; DROP TABLE postings; --",
    "%s%n",
    "null",
    "../../etc",
    "\U0001f4b8",
]
BAD_DECIMALS: list[Any] = [
    "0",
    "-0",
    "-1",
    "-0.01",
    HUGE,
    "-" + HUGE,
    "0." + "0" * 37 + "1",
    "10.001",
    "0.0001",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "1E3",
    "",
    " 1",
    "1 ",
    "1,5",
    "+1",
    ".5",
    "5.",
    "١٢",
    "0x10",
    "999999999999999999",
    1.5,
    1e308,
    -1,
    0,
    True,
    None,
    [],
    {},
    "\x00",
    10**25,
]
BAD_INTEGERS: list[Any] = [0, -1, 2**31 - 1, -(2**31), 2**31, 2**63, 10**40, 1.5, "1", "", True, None, [], {}]
BAD_BIGINTS: list[Any] = [
    "-1",
    "0",
    str(2**63 - 1),
    str(2**63),
    str(-(2**63)),
    HUGE,
    "abc",
    "",
    "-",
    "1.0",
    "1e3",
    " 1",
    "\x00",
    1.5,
    True,
    [],
    {},
    -5,
    2**62,
]
BAD_INSTANTS: list[Any] = [
    "",
    "yesterday",
    "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-01-01",
    "2026-01-01T00:00:00",
    0,
    None,
    "\x00",
    "x" * 10_240,
]
CURSORS = [
    "",
    "!",
    "AA==",
    "b3JkXzAx",
    "OTk5OTk5OTk5OTk5OTk5OTk5OQ==",  # 9999999999999999999 does not fit into 63 bits
    "LTE=",
    "MA==",
    "wrk=",
    "x" * 10_240,
    "é",
    "\x00",
]
MALFORMED_IDS = [
    "ord",
    "ord_",
    "_",
    "ord_0",
    "ORD_01H455VB4PEX5VSKNK084SN02Q",
    "top_01h455vb4pex5vsknk084sn02q",
    "ord_81h455vb4pex5vsknk084sn02q",
    "acc_01h455vb4pex5vsknk084sn02q",
    "nothing_01h455vb4pex5vsknk084sn02q",
    "ord_01h455vb4pex5vsknk084sn02q\x00",
]
BAD_BY_SCALAR: dict[str, list[Any]] = {
    "Decimal": BAD_DECIMALS,
    "Int": BAD_INTEGERS,
    "BigInt": BAD_BIGINTS,
    "DateTime": BAD_INSTANTS,
    "Boolean": [None, 0, "true", []],
    "String": [*BAD_TEXTS, *CURSORS, None, 7, [], {}],
    "ID": [*MALFORMED_IDS, *BAD_TEXTS, None, 7, -1, 10**30, 1.5, [], {}],
}
GOOD_BY_SCALAR: dict[str, Any] = {
    "Decimal": "1",
    "Int": 1,
    "BigInt": "1",
    "DateTime": "2027-01-01T00:00:00Z",
    "Boolean": False,
}
"""Well-formed values, so that the bad one beside them is what the server looks at."""

VALUES_A_LEAF = 2
"""So many of the bad values each leaf is asked with, others on the other database; with `--full` all of them."""
NOT_ASKED = {"register", "signIn", "changePassword", "reportCompromise"}
"""They cost a password's work each, or end the session that asks; tests of their own give them bad input."""


# ---- what the schema says may be asked


class Asker:
    """Builds operations from the schema, with one bad value among good ones."""

    def __init__(
        self, schema: GraphQLSchema, foreign_ids: list[str], random: Random, values: int | None
    ) -> None:
        self._schema = schema
        self._values = values
        self._ids = foreign_ids
        self._random = random

    def operations(self) -> Iterator[tuple[str, str, GraphQLField]]:
        """(kind, path of the field, the field) of everything with arguments."""
        for kind, root in (("query", self._schema.query_type), ("mutation", self._schema.mutation_type)):
            assert root is not None
            for name, field in root.fields.items():
                if field.args and name not in NOT_ASKED:
                    yield kind, name, field
        for name, field in self._fields("Account"):
            yield "query", f"viewer.account.{name}", field
        for name, field in self._fields("Wallet"):
            yield "query", f"viewer.account.wallets.{name}", field

    def _fields(self, type_name: str) -> Iterator[tuple[str, GraphQLField]]:
        """Those with arguments."""
        found = self._schema.type_map[type_name]
        assert is_object_type(found)
        return ((name, field) for name, field in found.fields.items() if field.args)

    def document(self, kind: str, path: str, field: GraphQLField) -> str:
        variables = ", ".join(f"${name}: {argument.type}" for name, argument in field.args.items())
        given = ", ".join(f"{name}: ${name}" for name in field.args)
        *parents, name = path.split(".")
        selection = " { __typename }" if is_composite_type(get_named_type(field.type)) else ""
        body = f"{name}({given}){selection}"
        for parent in reversed(parents):
            body = f"{parent} {{ {body} }}"
        return f"{kind} Q({variables}) {{ {body} }}"

    def one_bad_each(self, field: GraphQLField) -> Iterator[dict[str, Any]]:
        """Variables in which one leaf after the other has each of its bad values."""
        for argument in field.args:
            for bad in self._bad(field.args[argument].type):
                yield {
                    name: bad if name == argument else self._good(other.type)
                    for name, other in field.args.items()
                }

    def _bad(self, kind: Any) -> Iterator[Any]:
        if isinstance(kind, GraphQLNonNull):
            yield from self._bad(kind.of_type)
        elif isinstance(kind, GraphQLList):
            yield from ([], None, "x", [None], [self._good(kind.of_type)] * 600)
            yield from ([item] for item in self._bad(kind.of_type))
        elif isinstance(kind, GraphQLEnumType):
            yield from self._some(["", "XXX", "eur", 1, None, [], "EUR\x00"])
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (None, "x", [], {}, {"unknown": 1})
            yield from self._bad_objects(kind)
        else:
            yield from self._some(BAD_BY_SCALAR[kind.name])

    def _some(self, bad: list[Any]) -> list[Any]:
        return bad if self._values is None else self._random.sample(bad, min(self._values, len(bad)))

    def _bad_objects(self, kind: GraphQLInputObjectType) -> Iterator[Any]:
        for name, field in kind.fields.items():
            for bad in self._bad(field.type):
                # Made anew each time: with a used idempotency key nothing would look at the bad value.
                yield {**({} if kind.is_one_of else self._good(kind)), name: bad}

    def _good(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._good(kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self._good(kind.of_type)]
        if isinstance(kind, GraphQLEnumType):
            return "EUR" if "EUR" in kind.values else self._random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            fields = {name: self._good(field.type) for name, field in kind.fields.items()}
            return dict([self._random.choice(list(fields.items()))]) if kind.is_one_of else fields
        if kind.name == "ID":
            return self._random.choice(self._ids)
        if kind.name == "String":
            return f"text{self._random.randrange(10**9)}"
        return GOOD_BY_SCALAR[kind.name]


# ---- the tests


@pytest.fixture
async def asker(api: Api, http: httpx.AsyncClient, request: pytest.FixtureRequest) -> Asker:
    introspection = (await api.post(get_introspection_query(input_value_deprecation=True))).json()["data"]
    return Asker(
        build_client_schema(introspection),
        await ids_of(await customer(http)),
        Random(f"{SEED} {request.node.callspec.params['process']}"),
        None if request.config.getoption("--full") else VALUES_A_LEAF,
    )


async def ids_of(api: Api) -> list[str]:
    """One id of each kind that the customer has."""
    hold = await api.do("placeHold", {"unit": "EMAIL", "quantity": "1", "idempotencyKey": "hold"})
    key = await api.api_key("BALANCE_READ")
    query = """{ viewer { session { id } person { id } account { id wallets { id }
      orders { edges { node { id } } } topUps { edges { node { id } } } } } }"""
    viewer = (await api.ask(query))["viewer"]
    account = viewer["account"]
    rows = [*account["orders"]["edges"], *account["topUps"]["edges"]]
    things = [
        viewer["session"],
        viewer["person"],
        account,
        account["wallets"][0],
        hold["hold"],
        key["apiKey"],
    ]
    return [thing["id"] for thing in things] + [row["node"]["id"] for row in rows]


async def still_answers(api: Api) -> bool:
    return int((await api.balance("EMAIL"))["sequence"]) >= 1


async def test_one_bad_value_among_good_ones_is_refused_in_every_argument(api: Api, asker: Asker) -> None:
    faults: list[str] = []
    waiting = asyncio.Semaphore(AT_ONCE)

    async def one(path: str, document: str, variables: dict[str, Any]) -> None:
        async with waiting:
            response = await post_json(api, {"query": document, "variables": variables})
        if (fault := fault_in(response)) is not None:
            faults.append(f"{path} {json.dumps(variables)[:200]}: {fault}")

    for kind, path, field in asker.operations():
        document = asker.document(kind, path, field)
        await asyncio.gather(*(one(path, document, bad) for bad in asker.one_bad_each(field)))
        assert await still_answers(api), path
    assert not faults, f"seed {SEED}, {len(faults)} faults:\n" + "\n".join(faults[:40])


async def post_json(api: Api, body: Any) -> httpx.Response:
    """As JSON in ASCII, which can say what UTF-8 cannot: half of a surrogate pair."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if api.token:
        headers["authorization"] = f"Bearer {api.token}"
    return await api.http.post("/graphql", content=content, headers=headers)


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=50)
    | st.text(st.characters(categories=["Cs", "Cc", "Nd"]), max_size=20)
    | st.decimals(allow_nan=True).map(str)
    | st.sampled_from([*BAD_TEXTS, *BAD_DECIMALS, *BAD_INTEGERS, *BAD_BIGINTS, *MALFORMED_IDS, *CURSORS])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


async def test_anything_at_all_in_place_of_the_arguments_is_refused(api: Api, asker: Asker) -> None:
    operations = [
        (path, asker.document(kind, path, field), field) for kind, path, field in asker.operations()
    ]
    faults: list[str] = []

    def drawn(data: st.DataObject) -> tuple[str, dict[str, Any]]:
        _, document, field = data.draw(st.sampled_from(operations))
        return document, {name: data.draw(_shape(argument.type)) for name, argument in field.args.items()}

    asked: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        asked.append(drawn(data))

    collect()
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        answers = await asyncio.gather(*(post_json(api, {"query": d, "variables": v}) for d, v in some))
        for (query, variables), response in zip(some, answers, strict=True):
            if (fault := fault_in(response)) is not None:
                faults.append(f"{query} {json.dumps(variables)[:300]}: {fault}")
    assert not faults, "\n".join(faults[:40])
    assert await still_answers(api)


def _shape(kind: Any) -> st.SearchStrategy[Any]:
    """Mostly of the shape that the type wants, with anything in its leaves."""
    if isinstance(kind, GraphQLNonNull):
        return _shape(kind.of_type)
    if isinstance(kind, GraphQLList):
        return st.lists(_shape(kind.of_type), max_size=3)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(list(kind.values)) | _LEAVES
    if isinstance(kind, GraphQLInputObjectType):
        fields = {name: _shape(field.type) for name, field in kind.fields.items()}
        if kind.is_one_of:
            return st.one_of(*(st.fixed_dictionaries({name: one}) for name, one in fields.items()))
        return st.fixed_dictionaries(fields) | _VALUES
    good = {"ID": st.sampled_from(MALFORMED_IDS), "Boolean": st.booleans(), "Int": st.integers(-5, 2**31 - 1)}
    return good.get(kind.name, st.text(max_size=30)) | _LEAVES


NO_REQUESTS = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"5",
    b"{",
    b"\xff\xfe",
    b'{"query": 5}',
    b'{"query": null}',
    b'{"query": "{ viewer { scopes } }", "variables": []}',
    b'{"query": "{ viewer { scopes } }", "variables": {"a": NaN}}',
    b'{"query": "{ viewer { scopes } }", "operationName": 7}',
    b'{"query": "{ viewer { scopes } }", "variables": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
    b'{"query": "' + b"{a" * 5_000 + b'"}',
    b'{"query": "query Q($id: ID!) { node(id: $id) { id } }", "variables": {"id": "\\ud800"}}',
    b'{"query": "{ order(id: \\"ord_\\ud800\\") { id } }"}',
    b'{"query": "{ viewer { account { balance(unit: EUR, asOf: 1e999) { posted } } } }"}',
    b'{"query": "{ viewer { account { orders(first: 99999999999) { edges { cursor } } } } }"}',
    b'{"query": "mutation { createTopUp(input: {amount: {amount: 1.5, currency: EUR}, paymentToken: \\"a\\", '
    b'idempotencyKey: \\"a\\"}) { __typename } }"}',
]


async def test_a_body_that_is_no_request_is_refused(api: Api) -> None:
    for body in NO_REQUESTS:
        response = await post_json(api, body)
        assert fault_in(response) is None, body[:200]
        assert "errors" in response.json(), body[:200]
    assert await still_answers(api)


async def test_bad_names_and_passwords_are_refused(http: httpx.AsyncClient) -> None:
    anonymous = Api(http)
    for text in [*BAD_TEXTS, "\ud800", "a" * 65]:
        policy = {"document": text, "version": text}
        given = {"login": text, "password": text, "acceptedPolicy": policy}
        good = {**given, "login": "goodlogin", "password": "a long enough phrase"}
        sign_in = {"login": text, "password": text, "transport": "BEARER"}
        for mutation, variables in (("register", given), ("register", good), ("signIn", sign_in)):
            body = {"query": document(mutation), "variables": {"input": variables}}
            response = await post_json(anonymous, body)
            assert fault_in(response) is None, (mutation, text[:20])
            answer = response.json()
            assert answer.get("errors") or answer["data"][mutation]["code"], (mutation, text[:20])


async def test_an_amount_that_cannot_be_meant_is_refused_by_type(api: Api) -> None:
    query = """mutation Do($input: CreateTopUpInput!) { createTopUp(input: $input) {
      ... on Problem { code } ... on AmountInvalid { fault } } }"""
    for amount, code, fault in (
        ("0", "AMOUNT_TOO_SMALL", None),
        ("-5.00", "AMOUNT_INVALID", "NEGATIVE"),
        ("10.001", "AMOUNT_INVALID", "TOO_PRECISE"),
        ("10000.01", "AMOUNT_TOO_LARGE", None),
        (HUGE, "AMOUNT_INVALID", "TOO_LARGE"),
    ):
        problem = (await api.ask(query, {"input": top_up_of(amount)}))["createTopUp"]
        assert (problem["code"], problem.get("fault")) == (code, fault)


async def test_what_is_no_amount_is_refused_before_anything_runs(api: Api) -> None:
    for amount in ("NaN", "Infinity", "1e999", "1E3", 1.5, 10**40, "1" * 41):
        body = {"query": document("createTopUp"), "variables": {"input": top_up_of(amount)}}
        answer = (await post_json(api, body)).json()
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", amount
        assert "data" not in answer


def top_up_of(amount: Any) -> dict[str, Any]:
    money = {"amount": amount, "currency": "EUR"}
    return {"amount": money, "paymentToken": "tok_sandbox_ok", "idempotencyKey": f"amount-{amount}"}


@pytest.mark.rule("Q014")
async def test_a_foreign_id_reads_like_one_that_is_not_there(api: Api, http: httpx.AsyncClient) -> None:
    for foreign in await ids_of(await customer(http)):
        absent = foreign[:-4] + ("zzzz" if foreign[-4:] != "zzzz" else "yyyy")
        for query in BY_ID:
            theirs = (await api.post(query, {"id": foreign, "key": foreign})).json()
            nobodys = (await api.post(query, {"id": absent, "key": absent})).json()
            assert without_ids(theirs, foreign) == without_ids(nobodys, absent), query


BY_ID = [
    "query Q($id: ID!) { node(id: $id) { __typename } }",
    "query Q($id: ID!) { order(id: $id) { id } }",
    "query Q($id: ID!) { topUp(id: $id) { id } }",
    "mutation M($id: ID!) { revokeSession(input: {id: $id}) { __typename } }",
    "mutation M($id: ID!) { revokeApiKey(input: {id: $id}) { __typename } }",
    "mutation M($id: ID!, $key: String!) { releaseHold(input: {holdId: $id, idempotencyKey: $key}) { __typename } }",
    """mutation M($id: ID!, $key: String!) {
      captureHold(input: {holdId: $id, quantity: "1", idempotencyKey: $key}) { __typename } }""",
    """mutation M($id: ID!, $key: String!) {
      cancelOrder(input: {orderId: $id, reason: DUPLICATE, idempotencyKey: $key}) { __typename } }""",
    """mutation M($id: ID!, $key: String!) {
      recordFulfilment(input: {orderId: $id, units: 1, idempotencyKey: $key}) { __typename } }""",
    """mutation M($id: ID!, $key: String!) {
      confirmTopUp(input: {topUpId: $id, code: "314159", idempotencyKey: $key}) { __typename } }""",
]


def without_ids(answer: Any, identifier: str) -> str:
    return json.dumps(answer).replace(identifier, "…")
