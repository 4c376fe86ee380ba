"""Orders through the API: catalog, quotes, orders, usage, their refusals, and the live feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from server.accounts import actions as account_actions
from server.accounts import rules as account_rules
from server.accounts.rules.address import Address
from server.gateway.engine import Engine, RequestError
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import Connection
from server.kit.graph.context import Context, Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import SCALARS
from server.kit.ids import prefix_of
from server.kit.personal import faults
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer
from server.kit.work import Call, Read, Units
from server.orders.graph import EXTENSIONS, NODES, OrderMutations, OrderQueries, OrderSubscriptions
from server.orders.graph.types import Order
from server.orders.personal import HELD
from server.orders.reads import parameters_of
from tests.orders.conftest import ACCOUNT, STRANGER, Customer

OPEN = declare(Access(Who.ANYONE, "api_use"))
ME = Viewer(ACCOUNT, "ses_1")
ORDER = """id status product quantity fulfilled unitPrice { amount currency } pricedUnits net { amount currency }
    creditUnit credits cancellation { reason fee { amount } refund { amount } }
    parameters { __typename ... on CreditPackParameters { code packs reference }
        ... on EmailVerificationParameters { addresses checkMailbox listName reference }
        ... on NumberLookupParameters { numbers country reference } }"""
PROBLEM = "... on Problem { code field } ... on QuantityOutOfRange { minimum maximum }"
SHORT = "... on InsufficientBalance { unit available required }"
PLACE = f"""mutation($input: PlaceOrderInput!) {{ placeOrder(input: $input) {{ __typename
    ... on OrderPlaced {{ replayed order {{ {ORDER} }} }} {PROBLEM} {SHORT} ... on ProductUnknown {{ product }} }} }}"""
CANCEL = f"""mutation($input: CancelOrderInput!) {{ cancelOrder(input: $input) {{ __typename
    ... on OrderCancelled {{ replayed order {{ {ORDER} }} fee {{ amount currency }} refund {{ amount }} }}
    ... on Problem {{ code field }} ... on CreditsUsed {{ available required }}
    ... on OrderNotCancellable {{ status }} }} }}"""
COSTS = """query($id: ID!) { order(id: $id) {
    cancellationCosts { reason fee { amount } refund { amount } } } }"""
FULFIL = """mutation($input: RecordFulfilmentInput!) { recordFulfilment(input: $input) { __typename
    ... on FulfilmentRecorded { order { status fulfilled } } ... on OrderNotInProgress { status } } }"""
USE = f"""mutation($input: RecordUsageInput!) {{ recordUsage(input: $input) {{ __typename
    ... on UsageRecorded {{ replayed postings {{ reference unit amount sequence }}
        balances {{ unit posted held available sequence }} }} {PROBLEM} {SHORT} }} }}"""
QUOTE = f"""query($input: QuoteOrderInput!) {{ quoteOrder(input: $input) {{ __typename
    ... on OrderQuote {{ net {{ amount }} available {{ amount }} missing {{ amount }} credits creditUnit }}
    {PROBLEM} ... on NotSoldInCurrency {{ currency }} }} }}"""
WATCH = f"""subscription($id: ID) {{ orderChanged(id: $id) {{ kind sequence change
    order {{ {ORDER} }} newest {{ id }} }} }}"""
LIST = """query($first: Int! = 20, $after: String, $status: OrderStatus) { me {
    orders(first: $first, after: $after, status: $status) {
        edges { node { id status parameters { __typename } } } pageInfo { endCursor hasNextPage } } } }"""
PACK = {"creditPack": {"code": "EMAIL_10K", "packs": 1}}

_orders_of_account = EXTENSIONS[0][1]
assert _orders_of_account.base_resolver is not None


@exposes(Access(Who.ANYONE, "api_use"))
@strawberry.type
class Me:
    id: strawberry.ID
    orders: Connection[Order] = strawberry.field(
        _orders_of_account.base_resolver.wrapped_func, metadata=_orders_of_account.metadata
    )


@strawberry.type
class Query(OrderQueries):
    @strawberry.field(metadata=OPEN)
    def me(self, info: Info) -> Me:
        return Me(id=strawberry.ID(info.context.viewer.account_id or ""))

    @strawberry.field(metadata=OPEN)
    def node(self, info: Info, id: strawberry.ID) -> Node | None:
        loader = NODES.get(prefix_of(id) or "")
        return loader(info, id) if loader else None


ENGINE = Engine(
    strawberry.Schema(
        query=Query,
        mutation=OrderMutations,
        subscription=OrderSubscriptions,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
)


@dataclass(frozen=True)
class Api:
    units: Units
    engine: Engine = ENGINE

    def context(self, viewer: Viewer) -> Context:
        return Context(self.units, Registry(), viewer, "req_1")

    async def send(self, query: str, viewer: Viewer = ME, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        result = await self.engine.execute(self.engine.prepare(query, None, variables), self.context(viewer))
        response: dict[str, Any] = json.loads(result.encode())
        return response

    async def data(self, query: str, viewer: Viewer = ME, **variables: Any) -> Any:
        """The value of the only root field."""
        response = await self.send(query, viewer, **variables)
        assert "errors" not in response, response
        (value,) = response["data"].values()
        return value

    async def place(self, item: dict[str, Any], key: str = "k-1", **more: Any) -> Any:
        return await self.data(PLACE, input={"item": item, "currency": "USD", "idempotencyKey": key} | more)


@pytest.fixture
def api(units: Units) -> Api:
    return Api(units)


@pytest.mark.rule("Q010")
def test_every_field_declares_access_and_purpose() -> None:
    assert ENGINE.undeclared() == []


@pytest.mark.rule("Q003")
def test_every_column_is_declared_as_what_it_is() -> None:
    ours = (
        "orders.",
        "order_registry.",
        "price_changes.",
        "vat_numbers.",
        "invoices.",
        "invoice_series.",
        "auto_top_up",
        "open_usage.",
    )
    assert [fault for fault in faults(HELD) if fault.startswith(ours)] == []
    assert {held.model.__tablename__ for held in HELD} == {
        "orders",
        "order_registry",
        "price_changes",
        "vat_numbers",
        "invoices",
        "invoice_series",
        "auto_top_ups",
        "auto_top_up_runs",
        "auto_top_up_switch",
        "open_usage",
    }


def test_everything_is_described() -> None:
    def parts(type_: Any) -> Iterator[Any]:
        yield type_
        yield from getattr(type_, "values", {}).values()
        for field in getattr(type_, "fields", {}).values():
            yield field
            yield from getattr(field, "args", {}).values()

    ours = ("Order", "Credit", "Usage", "Catalog", "Quote", "Place", "Cancel", "Record", "Sms", "Metered")
    types = ENGINE._bindings.core.type_map
    queries = [types["Query"].fields[name] for name in ("catalog", "quoteOrder", "order")]
    described = [part for name in types if name.startswith(ours) for part in parts(types[name])]
    containers = (types["OrderMutations"], types["OrderSubscriptions"])
    assert [
        str(part) for part in [*described, *queries] if part not in containers and not part.description
    ] == []


async def test_the_catalog_is_open_and_in_one_currency(api: Api) -> None:
    query = """query($currency: Currency!) { catalog(currency: $currency) { currency creditsPerEmail
        creditPacks { ... on Product { code price { amount currency } pricedUnits } unit credits }
        meteredProducts { code metered price { amount } }
        smsRates { zone countries creditsPerSegment } } }"""
    catalog = await api.data(query, ANONYMOUS, currency="TND")
    assert catalog["creditPacks"][0] == {
        "code": "EMAIL_1K",
        "price": {"amount": "62.000", "currency": "TND"},
        "pricedUnits": 1,
        "unit": "EMAIL",
        "credits": 1000,
    }
    assert catalog["meteredProducts"][1] == {
        "code": "NUMBER_LOOKUP",
        "metered": "NUMBER_LOOKUP",
        "price": {"amount": "20.000"},
    }
    assert catalog["smsRates"][-1] == {"zone": "ELSEWHERE", "countries": [], "creditsPerSegment": 5}
    assert (await api.data(query, ANONYMOUS, currency="BRL"))["creditPacks"] == []


async def test_a_quote_says_what_is_missing(api: Api, customer: Customer) -> None:
    await customer.receive(30_50)
    quote = await api.data(QUOTE, input={"item": PACK, "currency": "USD"})
    assert quote == {
        "__typename": "OrderQuote",
        "net": {"amount": "100.00"},
        "available": {"amount": "30.50"},
        "missing": {"amount": "69.50"},
        "credits": 10_000,
        "creditUnit": "EMAIL",
    }
    refused = await api.data(QUOTE, input={"item": PACK, "currency": "SEK"})
    assert refused == {
        "__typename": "NotSoldInCurrency",
        "code": "NOT_SOLD_IN_CURRENCY",
        "field": "currency",
        "currency": "SEK",
    }


@pytest.mark.rule("Q009", "M030")
async def test_an_order_is_placed_once_and_shows_its_parameters(api: Api, customer: Customer) -> None:
    await customer.receive(500_00)
    placed = [await api.place(PACK, reference="PO 17") for _ in range(2)]
    assert [answer.pop("replayed") for answer in placed] == [False, True]
    assert placed[0] == placed[1]
    order = placed[0]["order"]
    assert order | {"id": ""} == {
        "id": "",
        "status": "ACTIVE",
        "product": "EMAIL_10K",
        "quantity": 1,
        "fulfilled": 1,
        "unitPrice": {"amount": "100.00", "currency": "USD"},
        "pricedUnits": 1,
        "net": {"amount": "100.00", "currency": "USD"},
        "creditUnit": "EMAIL",
        "credits": 10_000,
        "cancellation": None,
        "parameters": {
            "__typename": "CreditPackParameters",
            "code": "EMAIL_10K",
            "packs": 1,
            "reference": "PO 17",
        },
    }
    other = await api.place({"numberLookup": {"numbers": 100, "country": "CH"}})
    assert other["code"] == "IDEMPOTENCY_MISMATCH"
    lookup = await api.place({"numberLookup": {"numbers": 100, "country": "CH"}}, "k-2")
    assert lookup["order"]["parameters"]["country"] == "CH"
    answer = {"orderId": lookup["order"]["id"], "units": 100, "idempotencyKey": "k-3"}
    done = await api.data(FULFIL, input=answer)
    assert done["order"] == {"status": "COMPLETED", "fulfilled": 100}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (PACK, {"__typename": "InsufficientBalance", "code": "INSUFFICIENT_BALANCE"}),
        (
            {"creditPack": {"code": "GOLD"}},
            {"__typename": "ProductUnknown", "product": "GOLD", "field": "item.creditPack.code"},
        ),
        (
            {"creditPack": {"code": "EMAIL_1K", "packs": -1}},
            {"__typename": "QuantityOutOfRange", "minimum": 1, "maximum": 100},
        ),
        ({"numberLookup": {"numbers": 100, "country": "x"}}, {"__typename": "CountryInvalid"}),
    ],
)
async def test_refusals_are_typed(api: Api, item: dict[str, Any], expected: dict[str, Any]) -> None:
    answer = await api.place(item)
    assert answer == answer | expected


@pytest.mark.rule("M007")
async def test_where_an_address_is_required_no_order_is_placed_without(api: Api, customer: Customer) -> None:
    await customer.receive(100_000)
    api.units.house.terms.add(account_rules.Terms(require_postal_address=True))
    refused = await api.place(PACK)
    assert refused["__typename"] == "PostalAddressMissing"
    assert refused["code"] == "POSTAL_ADDRESS_MISSING"
    policy = account_rules.MAILPRO
    account_id = await api.units.run(
        Call("register"),
        lambda work: account_actions.register(
            work, "with.address", account_rules.NewPassword("hash"), (policy.document, policy.version)
        ),
    )
    address = Address("Marigold Works", "Rue du Lac", "12", "1200", "Genève", "CH")
    owner = Viewer(account_id, "ses_1")
    await api.units.run(
        Call("setPostalAddress", owner), lambda work: account_actions.set_postal_address(work, address)
    )
    await Customer(api.units, account_id).receive(100_000)
    placed = await api.data(PLACE, owner, input={"item": PACK, "currency": "USD", "idempotencyKey": "k-1"})
    assert placed["__typename"] == "OrderPlaced"


@pytest.mark.parametrize(
    "item", [{}, {"creditPack": {"code": "EMAIL_1K"}, "numberLookup": {"numbers": 100, "country": "CH"}}]
)
async def test_an_item_is_exactly_one_thing(api: Api, item: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        await api.place(item)


@pytest.mark.rule("M077", "M078", "M084")
async def test_an_order_is_cancelled_with_its_fee(api: Api, customer: Customer) -> None:
    await customer.receive(200_00)
    order_id = (await api.place(PACK))["order"]["id"]
    assert await api.data(COSTS, id=order_id) == {
        "cancellationCosts": [
            {"reason": "CUSTOMER_ERROR", "fee": {"amount": "35.00"}, "refund": {"amount": "65.00"}},
            {"reason": "DUPLICATE", "fee": {"amount": "0.00"}, "refund": {"amount": "100.00"}},
            {"reason": "SERVICE_FAULT", "fee": {"amount": "0.00"}, "refund": {"amount": "100.00"}},
        ]
    }
    cancelled = await api.data(
        CANCEL, input={"orderId": order_id, "reason": "CUSTOMER_ERROR", "idempotencyKey": "k-2"}
    )
    assert cancelled["fee"] == {"amount": "35.00", "currency": "USD"}
    assert cancelled["refund"] == {"amount": "65.00"}
    assert cancelled["order"]["cancellation"]["reason"] == "CUSTOMER_ERROR"
    assert await api.data(COSTS, id=order_id) == {"cancellationCosts": []}
    again = {"orderId": order_id, "reason": "DUPLICATE", "idempotencyKey": "k-3"}
    assert await api.data(CANCEL, input=again) == {
        "__typename": "OrderNotCancellable",
        "code": "ORDER_NOT_CANCELLABLE",
        "field": None,
        "status": "CANCELLED",
    }
    used = (await api.place(PACK, "k-4"))["order"]["id"]
    entries = [{"operation": {"emailSend": {"messages": 1}}, "reference": "run-1"}]
    await api.data(USE, input={"entries": entries, "idempotencyKey": "k-5"})
    refused = await api.data(CANCEL, input={"orderId": used, "reason": "DUPLICATE", "idempotencyKey": "k-6"})
    assert (refused["available"], refused["required"]) == (9_999, 10_000)


async def test_usage_is_charged_with_exact_figures(api: Api, customer: Customer) -> None:
    await customer.receive(10_00, "EUR")
    await customer.receive(100, "SMS")
    entries = [
        {
            "operation": {"apiCalls": {"product": "EMAIL_VERIFICATION", "calls": 1_000, "currency": "EUR"}},
            "reference": "run-1",
        },
        {"operation": {"smsSend": {"segments": 7, "country": "FR"}}, "reference": "run-2"},
    ]
    answer = await api.data(USE, input={"entries": entries, "idempotencyKey": "k"})
    assert answer == {
        "__typename": "UsageRecorded",
        "replayed": False,
        "postings": [
            {"reference": "run-1", "unit": "EUR", "amount": "-3.80", "sequence": "2"},
            {"reference": "run-2", "unit": "SMS", "amount": "-14", "sequence": "2"},
        ],
        "balances": [
            {"unit": "EUR", "posted": "6.20", "held": "0.00", "available": "6.20", "sequence": "2"},
            {"unit": "SMS", "posted": "86", "held": "0", "available": "86", "sequence": "2"},
        ],
    }
    replayed = await api.data(USE, input={"entries": entries, "idempotencyKey": "k"})
    assert replayed == answer | {"replayed": True}
    entries[1]["operation"] = {"smsSend": {"segments": 44, "country": "FR"}}
    short = await api.data(USE, input={"entries": entries, "idempotencyKey": "k-2"})
    assert (short["__typename"], short["unit"]) == ("InsufficientBalance", "SMS")
    assert (await customer.balance("EUR"), await customer.balance("SMS")) == (6_20, 86)


async def test_a_list_of_orders_opens_its_parameters_together(
    api: Api, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await customer.receive(1000_00)
    ids = [(await api.place(PACK, f"k-{n}"))["order"]["id"] for n in range(5)]
    batches: list[int] = []

    def counted(read: Read, order_ids: set[str]) -> Any:
        batches.append(len(order_ids))
        return parameters_of(read, order_ids)

    monkeypatch.setattr("server.orders.reads.parameters_of", counted)
    page = (await api.data(LIST, first=3))["orders"]
    assert [edge["node"]["id"] for edge in page["edges"]] == ids[:1:-1]
    assert all(edge["node"]["parameters"] for edge in page["edges"])
    assert batches == [3]
    rest = (await api.data(LIST, first=3, after=page["pageInfo"]["endCursor"]))["orders"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == ids[1::-1]
    assert not rest["pageInfo"]["hasNextPage"]
    assert (await api.data(LIST, status="CANCELLED"))["orders"]["edges"] == []


@pytest.mark.rule("Q014")
async def test_a_strangers_order_reads_as_not_there(api: Api, customer: Customer) -> None:
    await customer.receive(100_00)
    order_id = (await api.place(PACK))["order"]["id"]
    stranger = Viewer(STRANGER, "ses_2")
    for query in ("query($id: ID!) { order(id: $id) { id } }", "query($id: ID!) { node(id: $id) { id } }"):
        assert await api.data(query, id=order_id) == {"id": order_id}
        assert await api.data(query, stranger, id=order_id) is None
        assert await api.data(query, id="ord_nonsense") is None
    cancel = {"orderId": order_id, "reason": "DUPLICATE", "idempotencyKey": "k-2"}
    assert (await api.data(CANCEL, stranger, input=cancel))["code"] == "ORDER_NOT_FOUND"


@pytest.mark.rule("H012")
@pytest.mark.parametrize("scopes", [set(), {"orders:read"}])
async def test_a_key_needs_the_scope(api: Api, scopes: set[str]) -> None:
    key = Viewer(ACCOUNT, "key_1", frozenset(scopes))
    document = {"item": PACK, "currency": "USD", "idempotencyKey": "k"}
    response = await api.send(PLACE, key, input=document)
    assert [error["extensions"]["code"] for error in response["errors"]] == ["FORBIDDEN"]
    quote = await api.send(QUOTE, key, input={"item": PACK, "currency": "USD"})
    assert ("errors" in quote) is (not scopes)


@pytest.mark.rule("Q013", "Q014")
async def test_the_feed_tells_each_change_as_it_was(api: Api, customer: Customer) -> None:
    placed = await api.place(PACK, awaitPayment=True)
    order_id = placed["order"]["id"]
    await customer.receive(100_00)
    cancel = {"orderId": order_id, "reason": "DUPLICATE", "idempotencyKey": "k-2"}
    await api.data(CANCEL, input=cancel)

    async def told(after: int, viewer: Viewer = ME, **variables: Any) -> list[dict[str, Any]]:
        prepared, context = ENGINE.prepare(WATCH, None, variables), api.context(viewer)
        feed = ENGINE.feed(prepared, context)

        def events(read: Read) -> list[dict[str, Any]]:
            found = [feed.state(read, FeedEventKind.SNAPSHOT), *feed.since(read, after, 100)]
            rendered = [ENGINE.render(prepared, event.value, context, read).encode() for event in found]
            return [json.loads(text)["data"]["orderChanged"] for text in rendered]

        return await api.units.read(events)

    snapshot, first, second = await told(0)
    assert [snapshot[name] for name in ("kind", "order", "newest")] == ["SNAPSHOT", None, [{"id": order_id}]]
    assert [(one["change"], one["order"]["status"]) for one in (first, second)] == [
        ("PLACED", "PENDING"),
        ("CANCELLED", "CANCELLED"),
    ]
    assert first["order"] == placed["order"]
    assert snapshot["sequence"] == second["sequence"]
    one, last = await told(int(first["sequence"]), id=order_id)
    assert one["order"] == last["order"] == second["order"]
    with pytest.raises(Exception, match="nothing with this id"):
        await told(0, Viewer(STRANGER, "ses_2"), id=order_id)
