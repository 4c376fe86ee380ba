"""The ledger through the API: exact decimals, typed refusals, replays, and nothing of another account."""

from __future__ import annotations

import json
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

import server.schema  # noqa: F401 - adds the ledger's fields to Account
from server.accounts.graph import Account
from server.gateway.engine import Engine
from server.kit.db import Base
from server.kit.graph.access import Access, Who, declare
from server.kit.graph.context import Context, Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import SCALARS
from server.kit.ids import prefix_of
from server.kit.personal import Held
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Units
from server.wallet import model, personal
from server.wallet.actions import post
from server.wallet.graph import (
    NODES,
    Unit,
    WalletMutations,
    WalletQueries,
    WalletSubscriptions,
)
from server.wallet.graph.enums import CounterAccount, HoldStateEnum, PostingKindEnum
from server.wallet.rules import UNITS, Counter, HoldState, PostingKind
from tests.wallet.conftest import ACCOUNT, OTHER, Do
from tests.wallet.test_actions import spend, top_up

ME = Viewer(ACCOUNT, "ses_1")
STRANGER = Viewer(OTHER, "ses_2")

PLACE = """mutation($input: PlaceHoldInput!) { placeHold(input: $input) { __typename
    ... on HoldPlaced { replayed hold { id unit quantity remaining state expiresAt } balance { available held } }
    ... on Problem { code field } ... on InsufficientBalance { unit available required }
    ... on HoldTimeInvalid { minutesMax } } }"""
CAPTURE = """mutation($input: CaptureHoldInput!) { captureHold(input: $input) { __typename
    ... on HoldCaptured { replayed hold { captured released remaining state } balance { posted held sequence } }
    ... on Problem { code } ... on HoldTooSmall { remaining required } ... on HoldNotOpen { state } } }"""
RELEASE = """mutation($input: ReleaseHoldInput!) { releaseHold(input: $input) { __typename
    ... on HoldReleased { hold { released state } balance { available } } ... on Problem { code } } }"""


@strawberry.type
class Query(WalletQueries):
    @strawberry.field(metadata=declare(Access(Who.SIGNED_IN, "identification")))
    def account(self, info: Info) -> Account:
        account = Account.__new__(Account)
        account.id = strawberry.ID(info.context.viewer.account_id or "")
        return account

    @strawberry.field(metadata=declare(Access(Who.SIGNED_IN, "api_use")))
    def node(self, info: Info, id: strawberry.ID) -> Node | None:
        loader = NODES.get(prefix_of(id) or "")
        return loader(info, id) if loader else None


ENGINE = Engine(
    strawberry.Schema(
        query=Query,
        mutation=WalletMutations,
        subscription=WalletSubscriptions,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
)


class Api:
    """Sends operations as a viewer."""

    def __init__(self, units: Units) -> None:
        self.units = units

    def context(self, viewer: Viewer) -> Context:
        return Context(self.units, Registry(), viewer, "req_1")

    async def send(self, query: str, viewer: Viewer = ME, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        result = await ENGINE.execute(ENGINE.prepare(query, None, variables), self.context(viewer))
        response: dict[str, Any] = json.loads(result.encode())
        return response

    async def data(self, query: str, viewer: Viewer = ME, **variables: Any) -> Any:
        """The value of the only root field."""
        response = await self.send(query, viewer, **variables)
        assert "errors" not in response, response
        (value,) = response["data"].values()
        return value

    async def codes(self, query: str, viewer: Viewer = ME, **variables: Any) -> list[str]:
        """The codes of the top-level errors."""
        response = await self.send(query, viewer, **variables)
        return [error["extensions"]["code"] for error in response.get("errors", [])]


@pytest.fixture
def api(units: Units) -> Api:
    return Api(units)


def place(**changes: Any) -> dict[str, Any]:
    return {"unit": "EUR", "quantity": "6.00", "idempotencyKey": "k-1"} | changes


def test_every_field_declares_its_access() -> None:
    assert [name for name in ENGINE.undeclared() if not name.startswith("Query.")] == []


def test_the_enums_are_those_of_the_ledger() -> None:
    assert {unit.name for unit in Unit} == UNITS
    assert {each.name for each in CounterAccount} == {each.name for each in Counter}
    assert {each.name for each in PostingKindEnum} == {each.name for each in PostingKind}
    assert {each.name for each in HoldStateEnum} == {each.name for each in HoldState}


@pytest.mark.rule("Q003")
def test_every_column_is_declared_once() -> None:
    def names(held: Held) -> list[str]:
        return list(held.names())

    declared = [name for held in personal.HELD for name in names(held)]
    mappers = [mapper for mapper in Base.registry.mappers if mapper.class_.__module__ == model.__name__]
    tables = [mapper.class_.__table__ for mapper in mappers]
    assert sorted(declared) == sorted(
        f"{table.name}.{column.name}" for table in tables for column in table.columns
    )


async def test_balances_are_exact_decimals_of_their_unit(api: Api, do: Do) -> None:
    await do(
        lambda work: post(
            work,
            [top_up(100_050), top_up(7, "top_2", "EMAIL"), top_up(1050, "top_3", "JPY"), spend(50)],
        )
    )
    account = await api.data(
        """{ account { balances { unit posted available sequence } sms: balance(unit: SMS) { posted sequence at }
        then: balance(unit: EUR, asOf: "1") { posted } wallets { unit postings(first: 1) { edges { node {
        amount sequence kind counterAccount reference } } pageInfo { hasNextPage } } } } }"""
    )
    assert account["balances"] == [
        {"unit": "EMAIL", "posted": "7", "available": "7", "sequence": "1"},
        {"unit": "EUR", "posted": "1000.00", "available": "1000.00", "sequence": "2"},
        {"unit": "JPY", "posted": "1050", "available": "1050", "sequence": "1"},
    ]
    assert account["sms"] == {"posted": "0", "sequence": "0", "at": None}
    assert account["then"] == {"posted": "1000.50"}
    postings = account["wallets"][1]["postings"]
    assert postings["pageInfo"] == {"hasNextPage": True}
    assert postings["edges"][0]["node"] == {
        "amount": "-0.50",
        "sequence": "2",
        "kind": "USAGE",
        "counterAccount": "REVENUE",
        "reference": "use_1",
    }


async def test_pages_of_postings_and_holds_follow_their_cursors(api: Api, do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000), *(spend(1) for _ in range(4))]))
    for number in range(3):
        await api.data(PLACE, input=place(quantity="1", idempotencyKey=f"k-{number}"))
    query = """query($p: String, $h: String) { account { wallets {
        postings(first: 3, after: $p) { edges { node { sequence } } pageInfo { endCursor hasNextPage } }
        holds(first: 2, after: $h) { edges { node { id } } pageInfo { endCursor } } } } }"""
    cursors: dict[str, str | None] = {"p": None, "h": None}
    sequences: list[int] = []
    holds: list[str] = []
    for _ in range(3):
        (wallet,) = (await api.data(query, **cursors))["wallets"]
        sequences += [int(edge["node"]["sequence"]) for edge in wallet["postings"]["edges"]]
        holds += [edge["node"]["id"] for edge in wallet["holds"]["edges"]]
        cursors = {
            "p": wallet["postings"]["pageInfo"]["endCursor"],
            "h": wallet["holds"]["pageInfo"]["endCursor"],
        }
        cursors["h"] = cursors["h"] or holds[-1]
        if not wallet["postings"]["pageInfo"]["hasNextPage"]:
            break
    assert sequences == [8, 7, 6, 5, 4, 3, 2, 1]
    assert holds[:3] == sorted(holds[:3], reverse=True)


@pytest.mark.parametrize("as_of", ["-1", "2", "99"])
async def test_a_sequence_that_has_not_been_is_told(api: Api, do: Do, as_of: str) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    query = "query($n: BigInt) { account { balance(unit: EUR, asOf: $n) { posted } } }"
    assert await api.codes(query, n=as_of) == ["BAD_USER_INPUT"]


async def test_a_hold_is_placed_captured_and_released(api: Api, do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    placed = await api.data(PLACE, input=place(minutes=30))
    hold_id = placed["hold"].pop("id")
    assert placed == {
        "__typename": "HoldPlaced",
        "replayed": False,
        "hold": {
            "unit": "EUR",
            "quantity": "6.00",
            "remaining": "6.00",
            "state": "OPEN",
            "expiresAt": "2026-03-02T09:30:00Z",
        },
        "balance": {"available": "4.00", "held": "6.00"},
    }
    part = {"holdId": hold_id, "quantity": "2.5", "idempotencyKey": "k-2"}
    captured = await api.data(CAPTURE, input=part)
    assert captured["hold"] == {"captured": "2.50", "released": "0.00", "remaining": "3.50", "state": "OPEN"}
    assert captured["balance"] == {"posted": "7.50", "held": "3.50", "sequence": "3"}
    too_much = await api.data(CAPTURE, input=part | {"quantity": "3.51", "idempotencyKey": "k-3"})
    assert too_much == {
        "__typename": "HoldTooSmall",
        "code": "HOLD_TOO_SMALL",
        "remaining": "3.50",
        "required": "3.51",
    }
    released = await api.data(RELEASE, input={"holdId": hold_id, "idempotencyKey": "k-4"})
    assert (released["hold"], released["balance"]) == (
        {"released": "3.50", "state": "RELEASED"},
        {"available": "7.50"},
    )
    again = await api.data(CAPTURE, input=part)
    assert again == captured | {"replayed": True}
    late = await api.data(CAPTURE, input=part | {"idempotencyKey": "k-5"})
    assert late == {"__typename": "HoldNotOpen", "code": "HOLD_NOT_OPEN", "state": "RELEASED"}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity": "10.01"}, "InsufficientBalance"),
        ({"quantity": "0"}, "HoldQuantityInvalid"),
        ({"quantity": "-1"}, "HoldQuantityInvalid"),
        ({"quantity": "1.001"}, "HoldQuantityInvalid"),
        ({"quantity": "99999999999999999999"}, "HoldQuantityInvalid"),
        ({"quantity": "0.5", "unit": "EMAIL"}, "HoldQuantityInvalid"),
        ({"quantity": "1", "unit": "EMAIL"}, "InsufficientBalance"),
        ({"minutes": 0}, "HoldTimeInvalid"),
        ({"minutes": 10_081}, "HoldTimeInvalid"),
        ({"idempotencyKey": ""}, "IdempotencyKeyInvalid"),
    ],
)
async def test_a_hold_that_cannot_be_is_refused(
    api: Api, do: Do, changes: dict[str, Any], refusal: str
) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    answers = [await api.data(PLACE, input=place(**changes)) for _ in range(2)]
    assert [answer["__typename"] for answer in answers] == [refusal, refusal]
    assert answers[0] == answers[1]
    if refusal == "InsufficientBalance" and "unit" not in changes:
        assert (answers[0]["available"], answers[0]["required"]) == ("10.00", "10.01")


async def test_a_key_with_another_input_is_refused(api: Api, do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    first = await api.data(PLACE, input=place())
    assert await api.data(PLACE, input=place(quantity="6")) == first | {"replayed": True}
    other = await api.data(PLACE, input=place(quantity="7"))
    assert other["__typename"] == "IdempotencyMismatch"


@pytest.mark.rule("Q014")
async def test_another_account_sees_nothing(api: Api, do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    hold_id = (await api.data(PLACE, input=place()))["hold"]["id"]
    wallet_id = (await api.data("{ account { wallets { id } } }"))["wallets"][0]["id"]
    node = "query($id: ID!) { node(id: $id) { id } }"
    for id in (hold_id, wallet_id):
        assert await api.data(node, id=id) == {"id": id}
        assert await api.data(node, STRANGER, id=id) is None
    for document in (CAPTURE, RELEASE):
        fields = {"holdId": hold_id, "idempotencyKey": "k-9"}
        fields |= {"quantity": "1"} if document is CAPTURE else {}
        foreign = await api.data(document, STRANGER, input=fields)
        unknown = await api.data(
            document, STRANGER, input=fields | {"holdId": "hld_x", "idempotencyKey": "k"}
        )
        assert foreign == unknown == {"__typename": "HoldNotFound", "code": "HOLD_NOT_FOUND"}
    assert await api.data("{ account { balances { unit } } }", STRANGER) == {"balances": []}


async def test_a_key_reads_what_its_scopes_say(api: Api, do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    key = Viewer(ACCOUNT, "key_1", frozenset({"balance:read"}))
    assert await api.data("{ account { balances { posted } } }", key) == {"balances": [{"posted": "10.00"}]}
    assert await api.codes("{ verifyLedger { intact } }", key) == ["FORBIDDEN"]
    assert await api.codes(PLACE, key, input=place()) == ["FORBIDDEN"]
    sender = Viewer(ACCOUNT, "key_2", frozenset({"usage:write"}))
    placed = await api.data(PLACE, sender, input=place())
    assert placed["hold"]["remaining"] == "6.00"
    assert await api.codes("{ account { balances { posted } } }", sender) == ["FORBIDDEN"]


async def test_the_account_can_have_its_ledger_verified(api: Api, do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000), spend(1)]))
    query = "{ verifyLedger { intact complete wallets postings faults { what } } }"
    assert await api.data(query) == {
        "intact": True,
        "complete": True,
        "wallets": 1,
        "postings": 2,
        "faults": [],
    }
    assert (await api.data(query, STRANGER))["postings"] == 0


async def test_the_live_balance_shows_the_change_itself(api: Api, do: Do, units: Units) -> None:
    await do(lambda work: post(work, [top_up(1000), spend(250)]))
    document = """subscription { balance(unit: EUR, mode: EVERY) { kind sequence unit available
        posting { amount kind } } }"""
    prepared = ENGINE.prepare(document, None, {})
    context = api.context(ME)
    feed = ENGINE.feed(prepared, context)

    def messages(read: Any) -> list[Any]:
        events = [feed.state(read, FeedEventKind.SNAPSHOT), *feed.since(read, 1, 10)]
        return [json.loads(ENGINE.render(prepared, event.value, context, read).encode()) for event in events]

    snapshot, change = [message["data"]["balance"] for message in await units.read(messages)]
    assert snapshot == {
        "kind": "SNAPSHOT",
        "sequence": "2",
        "unit": "EUR",
        "available": "7.50",
        "posting": None,
    }
    assert change["posting"] == {"amount": "-2.50", "kind": "USAGE"}
    assert (change["kind"], change["sequence"]) == ("CHANGE", "2")
