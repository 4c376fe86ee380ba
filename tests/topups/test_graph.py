"""Top-ups through the API: ordering once, typed refusals, lists, what others cannot see, and the live feed."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
import strawberry
from sqlalchemy import select
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import get_object_definition
from structlog.testing import capture_logs

from server.accounts.graph import Account
from server.accounts.graph.types import AccountStatus
from server.gateway.engine import Engine, RequestError
from server.kit.db import Base
from server.kit.graph.access import Access, Who, declare
from server.kit.graph.context import Context, Info
from server.kit.graph.feed import Feed, FeedEventKind
from server.kit.graph.node import Node, extend
from server.kit.graph.scalars import SCALARS
from server.kit.ids import prefix_of
from server.kit.money import AmountFault
from server.kit.personal import faults
from server.kit.problems import PublicError
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer
from server.topups.adapters import sandbox
from server.topups.adapters.gateway import Gateways
from server.topups.graph import EXTENSIONS, NODES, TopUpMutations, TopUpQueries, TopUpSubscriptions, enums
from server.topups.personal import HELD
from server.topups.rules import Terms, outcomes
from tests.topups.conftest import VIEWER, Desk

OTHER = Viewer("acc_other", "ses_2")
OPEN = declare(Access(Who.ANYONE, "api_use"))
FIELDS = """id transactionId createdAt updatedAt amount { amount currency } received { amount currency }
    status failureCode nextAction purpose paymentMethodId refunded { amount }"""
CREATE = f"""mutation($input: CreateTopUpInput!) {{ createTopUp(input: $input) {{ __typename
    ... on TopUpCreated {{ replayed topUp {{ {FIELDS} }} }} ... on Problem {{ code message field }}
    ... on AmountTooSmall {{ minimum {{ amount currency }} }}
    ... on AmountTooLarge {{ maximum {{ amount currency }} }}
    ... on AmountInvalid {{ fault }} ... on TooManyTopUps {{ limit }} ... on GatewayUnavailable {{ gateway }} }} }}"""
CONFIRM = """mutation($input: ConfirmTopUpInput!) { confirmTopUp(input: $input) { __typename
    ... on TopUpConfirmed { replayed topUp { id status nextAction } } ... on Problem { code field }
    ... on TopUpStatusConflict { status } ... on TooManyConfirmations { limit } } }"""
ONE = f"query($id: ID!) {{ topUp(id: $id) {{ {FIELDS} }} }}"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
LIST = f"""query($first: Int!, $after: String, $status: TopUpStatus) {{ account {{
    topUps(first: $first, after: $after, status: $status) {{
        edges {{ node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
WATCH = f"""subscription($id: ID, $after: BigInt, $mode: FeedMode! = EVERY) {{
    topUpChanged(id: $id, after: $after, mode: $mode) {{
        kind sequence topUp {{ {FIELDS} }} newest {{ {FIELDS} }} }} }}"""


@strawberry.type
class Query(TopUpQueries):
    @strawberry.field(metadata=OPEN)
    def account(self, info: Info) -> Account:
        return Account(
            id=strawberry.ID(info.context.viewer.account_id or ""),
            status=AccountStatus.ACTIVE,
            created_at=info.context.read.now,
            country=None,
            industry=None,
            contracting_entity=None,
            professional_since=None,
        )

    @strawberry.field(metadata=OPEN)
    def node(self, info: Info, id: strawberry.ID) -> Node | None:
        loader = NODES.get(prefix_of(id) or "")
        return loader(info, id) if loader else None


for extended, added in EXTENSIONS:
    if all(field.name != "top_ups" for field in get_object_definition(extended, strict=True).fields):
        extend(extended, added)

ENGINE = Engine(
    strawberry.Schema(
        query=Query,
        mutation=TopUpMutations,
        subscription=TopUpSubscriptions,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
)


class Api:
    """Sends operations as a viewer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.services = Registry(desk.sandbox, Gateways([desk.sandbox]))

    def context(self, viewer: Viewer) -> Context:
        return Context(self.desk.units, self.services, viewer, "req_1")

    async def send(self, query: str, viewer: Viewer = VIEWER, **variables: Any) -> dict[str, Any]:
        try:
            prepared = ENGINE.prepare(query, None, variables)
        except RequestError as error:
            return {"errors": [{"extensions": error.errors[0].extensions}]}
        response: dict[str, Any] = json.loads((await ENGINE.execute(prepared, self.context(viewer))).encode())
        return response

    async def data(self, query: str, viewer: Viewer = VIEWER, **variables: Any) -> Any:
        """The value of the only root field."""
        response = await self.send(query, viewer, **variables)
        assert "errors" not in response, response
        (value,) = response["data"].values()
        return value

    async def codes(self, query: str, viewer: Viewer = VIEWER, **variables: Any) -> list[str]:
        """The codes of the top-level errors."""
        response = await self.send(query, viewer, **variables)
        return [error["extensions"]["code"] for error in response.get("errors", [])]

    async def create(self, **changes: Any) -> Any:
        return await self.data(CREATE, input=order(**changes))

    async def pages(self, first: int, **arguments: Any) -> list[list[dict[str, Any]]]:
        """All pages of the account's top-ups."""
        pages, cursor, more = [], None, True
        while more and len(pages) < 20:
            page = (await self.data(LIST, first=first, after=cursor, **arguments))["topUps"]
            pages.append([edge["node"] for edge in page["edges"]])
            more, cursor = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
        return pages

    def feed(self, viewer: Viewer = VIEWER, **variables: Any) -> Feed:
        return ENGINE.feed(ENGINE.prepare(WATCH, None, variables), self.context(viewer))

    async def told(self, feed: Feed, after: int, limit: int = 100) -> list[dict[str, Any]]:
        """The messages of a feed after that sequence, as a subscriber gets them."""
        prepared, context = ENGINE.prepare(WATCH, None, {}), self.context(VIEWER)

        def render(read: Any) -> list[dict[str, Any]]:
            events = feed.since(read, after, limit)
            results = [ENGINE.render(prepared, event.value, context, read) for event in events]
            return [json.loads(result.encode())["data"]["topUpChanged"] for result in results]

        return await self.desk.units.read(render)

    async def snapshot(self, feed: Feed) -> dict[str, Any]:
        prepared, context = ENGINE.prepare(WATCH, None, {}), self.context(VIEWER)

        def render(read: Any) -> dict[str, Any]:
            event = feed.state(read, FeedEventKind.SNAPSHOT)
            result = json.loads(ENGINE.render(prepared, event.value, context, read).encode())
            return dict(result["data"]["topUpChanged"])

        return await self.desk.units.read(render)


def order(
    amount: Any = "100.00", currency: str = "EUR", token: str = sandbox.OK, key: str = "key-1"
) -> dict[str, Any]:
    money = {"amount": amount, "currency": currency}
    return {"amount": money, "paymentToken": token, "idempotencyKey": key}


@pytest.fixture
def api(desk: Desk) -> Api:
    return Api(desk)


@pytest.mark.rule("Q003")
def test_every_column_is_declared_exactly_once() -> None:
    tables = ("top_ups.", "provider_events.", "sandbox_charges.")
    assert [fault for fault in faults(HELD) if fault.startswith(tables)] == []


@pytest.mark.rule("Q010")
def test_every_field_declares_access_and_purpose() -> None:
    assert ENGINE.undeclared() == []


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (enums.TopUpStatusEnum, outcomes.TopUpStatus),
        (enums.FailureCodeEnum, outcomes.FailureCode),
        (enums.NextActionEnum, outcomes.NextAction),
        (enums.AmountFaultEnum, AmountFault),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]


@pytest.mark.rule("Q008")
async def test_a_top_up_is_ordered_paid_and_found_again(api: Api) -> None:
    created = await api.create(token=sandbox.SHORT)
    assert (created["__typename"], created["replayed"]) == ("TopUpCreated", False)
    top_up = created["topUp"]
    assert top_up["id"].startswith("top_")
    assert top_up["transactionId"].startswith("txn_")
    assert (top_up["status"], top_up["createdAt"]) == ("PENDING", "2026-03-02T09:00:00Z")
    assert top_up["amount"] == {"amount": "100.00", "currency": "EUR"}
    assert top_up["received"] is None
    await api.desk.runner.run_due()
    found = await api.data(ONE, id=top_up["id"])
    assert (found["status"], found["received"]["amount"]) == ("SUCCEEDED", "97.00")
    assert await api.data(NODE, id=top_up["id"]) == {"__typename": "TopUp", "id": top_up["id"]}


async def test_a_challenge_is_answered(api: Api) -> None:
    top_up_id = (await api.create(token=sandbox.STEP_UP))["topUp"]["id"]
    await api.desk.runner.run_due()
    assert (await api.data(ONE, id=top_up_id))["nextAction"] == "ENTER_CODE"
    answer = {"topUpId": top_up_id, "code": sandbox.STEP_UP_CODE, "idempotencyKey": "key-2"}
    confirmed = await api.data(CONFIRM, input=answer)
    assert (confirmed["__typename"], confirmed["topUp"]["nextAction"]) == ("TopUpConfirmed", None)
    await api.desk.runner.run_due()
    assert (await api.data(ONE, id=top_up_id))["status"] == "SUCCEEDED"
    assert (await api.data(CONFIRM, input=answer))["replayed"]
    again = await api.data(CONFIRM, input=answer | {"idempotencyKey": "key-3"})
    assert (again["__typename"], again["status"]) == ("TopUpStatusConflict", "SUCCEEDED")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "1" * 16}, "ConfirmationCodeInvalid"),
        ({"topUpId": "top_none"}, "TopUpNotFound"),
        ({"idempotencyKey": ""}, "IdempotencyKeyInvalid"),
    ],
)
async def test_answers_that_are_refused(api: Api, changes: dict[str, str], problem: str) -> None:
    top_up_id = (await api.create(token=sandbox.STEP_UP))["topUp"]["id"]
    answer = {"topUpId": top_up_id, "code": sandbox.STEP_UP_CODE, "idempotencyKey": "key-2"}
    assert (await api.data(CONFIRM, input=answer | changes))["__typename"] == problem


# ---- idempotency


async def test_the_same_key_and_body_orders_once(api: Api) -> None:
    first = await api.create(amount="100.00")
    again = await api.create(amount="100.0")
    assert (again["topUp"]["id"], again["replayed"]) == (first["topUp"]["id"], True)
    assert (await api.create(amount="100.01"))["code"] == "IDEMPOTENCY_MISMATCH"
    assert (await api.create(token=sandbox.LATER))["code"] == "IDEMPOTENCY_MISMATCH"
    assert [len(page) for page in await api.pages(10)] == [1]


async def test_concurrent_requests_of_one_key_order_once(api: Api) -> None:
    answers = await asyncio.gather(*(api.create() for _ in range(12)))
    ids = {answer["topUp"]["id"] for answer in answers if answer["__typename"] == "TopUpCreated"}
    assert len(ids) == 1
    assert {answer["__typename"] for answer in answers} <= {"TopUpCreated", "IdempotencyInProgress"}
    await api.desk.runner.run_due()
    assert await api.desk.postings() == [("TOP_UP", 10_000)]


async def test_a_refusal_is_the_keys_outcome(api: Api) -> None:
    refused = await api.create(amount="0.01")
    assert await api.create(amount="0.01") == refused
    assert (await api.create(amount="100"))["code"] == "IDEMPOTENCY_MISMATCH"


# ---- refusals


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": "0"}, {"__typename": "AmountTooSmall", "minimum": {"amount": "1.00", "currency": "EUR"}}),
        ({"amount": "99", "currency": "JPY"}, {"minimum": {"amount": "100", "currency": "JPY"}}),
        ({"amount": "10000.01"}, {"maximum": {"amount": "10000.00", "currency": "EUR"}}),
        ({"amount": "-5"}, {"__typename": "AmountInvalid", "fault": "NEGATIVE", "field": "amount.amount"}),
        ({"amount": "5.001"}, {"fault": "TOO_PRECISE"}),
        ({"amount": "9" * 40}, {"fault": "TOO_LARGE"}),
        ({"token": "tok_sandbox_other"}, {"__typename": "PaymentTokenInvalid", "field": "paymentToken"}),
        ({"key": ""}, {"__typename": "IdempotencyKeyInvalid", "field": "idempotencyKey"}),
    ],
)
async def test_refusals_carry_their_numbers(
    api: Api, changes: dict[str, str], expected: dict[str, Any]
) -> None:
    answer = await api.create(**changes)
    assert {name: answer[name] for name in expected} == expected
    assert await api.desk.runner.run_due() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "NaN"},
        {"amount": "1e3"},
        {"amount": 10.5},
        {"amount": "9" * 41},
        {"amount": ""},
        {"currency": "XAU"},
    ],
)
async def test_what_is_no_amount_at_all_is_a_bad_request(api: Api, changes: dict[str, Any]) -> None:
    assert await api.codes(CREATE, input=order(**changes)) == ["BAD_USER_INPUT"]


async def test_only_so_many_top_ups_wait_at_once(api: Api) -> None:
    api.desk.units.house.terms.add(Terms(unresolved_max=2))
    for number in range(2):
        await api.create(key=f"key-{number}")
    assert (await api.create(key="key-2"))["limit"] == 2
    await api.desk.runner.run_due()
    assert (await api.create(key="key-3"))["__typename"] == "TopUpCreated"


@pytest.mark.rule("M115")
async def test_a_number_in_place_of_a_token_is_refused_and_kept_nowhere(api: Api) -> None:
    number = "0000111122223333"
    with capture_logs() as logs:
        assert (await api.create(token=number))["__typename"] == "PaymentTokenInvalid"
        assert (await api.create(token=f"tok_sandbox_{number}", key="key-2"))[
            "code"
        ] == "PAYMENT_TOKEN_INVALID"
        await api.desk.runner.run_due()
    assert number not in repr(logs)
    for table in Base.metadata.tables.values():
        rows = await api.desk.units.read(lambda read, table=table: read.rows(select(table)))
        assert number not in repr(rows), table.name


async def test_a_disabled_sandbox_shows_and_takes_no_tokens(api: Api) -> None:
    listed = await api.data("{ sandboxTokens { token description } }", ANONYMOUS)
    assert [entry["token"] for entry in listed] == list(sandbox.TOKENS)
    api.desk.sandbox.enabled = False
    assert await api.data("{ sandboxTokens { token description } }") == []
    answer = await api.create()
    assert (answer["__typename"], answer["gateway"]) == ("GatewayUnavailable", "sandbox")


# ---- who may see what


@pytest.mark.rule("Q014")
async def test_another_accounts_top_up_is_not_there(api: Api) -> None:
    top_up_id = (await api.create(token=sandbox.STEP_UP))["topUp"]["id"]
    await api.desk.runner.run_due()
    assert await api.data(ONE, OTHER, id=top_up_id) is None
    assert await api.data(NODE, OTHER, id=top_up_id) is None
    assert (await api.data(LIST, OTHER, first=5))["topUps"]["edges"] == []
    answer = {"topUpId": top_up_id, "code": sandbox.STEP_UP_CODE, "idempotencyKey": "key-1"}
    foreign = await api.data(CONFIRM, OTHER, input=answer)
    missing = await api.data(
        CONFIRM, OTHER, input=answer | {"topUpId": "top_none", "idempotencyKey": "key-2"}
    )
    malformed = await api.data(CONFIRM, OTHER, input=answer | {"topUpId": "\0", "idempotencyKey": "key-3"})
    assert foreign == missing == malformed
    assert foreign["__typename"] == "TopUpNotFound"
    for subject in (top_up_id, "top_none", "\0"):
        with pytest.raises(PublicError, match="nothing with this id") as caught:
            await api.desk.units.read(api.feed(OTHER, id=subject).head)
        assert caught.value.code == "NOT_FOUND"


@pytest.mark.rule("Q014")
async def test_nobody_and_the_wrong_scope_get_nothing(api: Api) -> None:
    key = Viewer(VIEWER.account_id, "key_1", scopes=frozenset({"topups:read"}))
    assert await api.codes(CREATE, key, input=order()) == ["FORBIDDEN"]
    assert await api.codes(CREATE, ANONYMOUS, input=order()) == ["UNAUTHENTICATED"]
    top_up_id = (await api.create())["topUp"]["id"]
    assert (await api.data(ONE, key, id=top_up_id))["id"] == top_up_id
    writer = Viewer(VIEWER.account_id, "key_3", scopes=frozenset({"topups:write"}))
    assert (await api.data(CREATE, writer, input=order(key="key-2")))["topUp"]["status"] == "PENDING"
    assert await api.codes(ONE, writer, id=top_up_id) == ["FORBIDDEN"]
    assert await api.data(NODE, ANONYMOUS, id=top_up_id) is None
    blind = Viewer(VIEWER.account_id, "key_2", scopes=frozenset({"orders:read"}))
    assert await api.codes(ONE, blind, id=top_up_id) == ["FORBIDDEN"]
    assert await api.data(NODE, blind, id=top_up_id) is None
    with pytest.raises(RequestError):
        api.feed(blind, id=top_up_id)


# ---- lists and the feed


async def test_the_list_is_stable_filtered_and_complete(api: Api) -> None:
    tokens = [sandbox.OK, sandbox.DECLINED, sandbox.OK, sandbox.LATER, sandbox.OK]
    made = [
        (await api.create(token=token, key=f"key-{number}"))["topUp"]["id"]
        for number, token in enumerate(tokens)
    ]
    await api.desk.runner.run_due()
    pages = await api.pages(2)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [node["id"] for page in pages for node in page] == made[::-1]
    (succeeded,) = await api.pages(10, status="SUCCEEDED")
    assert [node["id"] for node in succeeded] == [made[4], made[2], made[0]]
    assert await api.codes(LIST, first=101) == ["BAD_USER_INPUT"]
    for malformed in ("%%%", "", "AA==", "é", "dG9w*", "dG9"):
        assert await api.codes(LIST, first=5, after=malformed) == ["BAD_USER_INPUT"]


async def test_each_change_arrives_as_it_was(api: Api) -> None:
    top_up_id = (await api.create(token=sandbox.CHARGEBACK))["topUp"]["id"]
    await api.desk.runner.run_due()
    feed = api.feed(id=top_up_id)
    told = await api.told(feed, 0)
    assert [message["kind"] for message in told] == ["CHANGE"] * 3
    assert [message["topUp"]["status"] for message in told] == ["PENDING", "PROCESSING", "SUCCEEDED"]
    assert [message["topUp"]["received"] is None for message in told] == [True, True, False]
    sequences = [int(message["sequence"]) for message in told]
    assert sequences == sorted(set(sequences))
    assert await api.told(feed, sequences[1]) == told[2:]
    assert await api.told(feed, 0, limit=1) == told[:1]
    newest = await api.desk.units.read(lambda read: feed.latest(read, 0))
    assert newest is not None
    assert newest.sequence == sequences[-1]


async def test_push_equals_refetch(api: Api) -> None:
    stories = list(sandbox.TOKENS)
    for number, token in enumerate(stories[:4]):
        await api.create(token=token, key=f"key-{number}")
    await api.desk.runner.run_due()
    feed = api.feed()
    snapshot = await api.snapshot(feed)
    assert (snapshot["kind"], snapshot["topUp"], len(snapshot["newest"])) == ("SNAPSHOT", None, 4)
    state = {top_up["id"]: top_up for top_up in snapshot["newest"]}
    for number, token in enumerate(stories[4:]):
        await api.create(token=token, key=f"later-{number}")
    for delay in Terms().reconcile_delays_seconds:
        api.desk.clock.advance(timedelta(seconds=delay))
        await api.desk.runner.run_due()
    for message in await api.told(feed, int(snapshot["sequence"])):
        state[message["topUp"]["id"]] = message["topUp"]
    (fresh,) = await api.pages(100)
    assert state == {top_up["id"]: top_up for top_up in fresh}
    assert {top_up["status"] for top_up in fresh} == {"SUCCEEDED", "FAILED", "REVERSED"}


async def test_the_snapshot_of_one_top_up_is_its_present_state(api: Api) -> None:
    top_up_id = (await api.create())["topUp"]["id"]
    await api.desk.runner.run_due()
    snapshot = await api.snapshot(api.feed(id=top_up_id))
    assert snapshot["topUp"] == await api.data(ONE, id=top_up_id)
    assert snapshot["newest"] == []
    assert await api.told(api.feed(id=top_up_id), int(snapshot["sequence"])) == []
