"""Payment methods through the API: saved once, typed refusals, what others cannot see, and the live feed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLNonNull
from sqlalchemy import select
from structlog.testing import capture_logs

from server.kit.db import Base
from server.kit.graph.feed import FeedEventKind
from server.kit.viewer import ANONYMOUS, Viewer
from server.schema import schema
from server.topups.adapters import sandbox
from server.topups.graph import enums
from server.topups.model import PaymentMethod
from server.topups.rules import Terms, methods, outcomes, refunds
from tests.kit.test_card_numbers import card_number
from tests.topups.conftest import VIEWER, Desk
from tests.topups.test_graph import CREATE, ENGINE, OTHER, Api

CARD = """id status savedFor isDefault nextAction failureCode brand last4 expMonth expYear expiresAt
    createdAt updatedAt"""
SAVE = f"""mutation($input: SavePaymentMethodInput!) {{ savePaymentMethod(input: $input) {{ __typename
    ... on PaymentMethodAdded {{ replayed paymentMethod {{ {CARD} }} }} ... on Problem {{ code field }}
    ... on TooManyPaymentMethods {{ limit }} ... on TooManySavings {{ limit }}
    ... on GatewayUnavailable {{ gateway }} }} }}"""
CONFIRM = """mutation($input: ConfirmPaymentMethodInput!) { confirmPaymentMethod(input: $input) { __typename
    ... on PaymentMethodConfirmed { replayed paymentMethod { id } } ... on Problem { code field }
    ... on PaymentMethodStatusConflict { status } ... on TooManyConfirmations { limit } } }"""
UPDATE = f"""mutation($input: UpdatePaymentMethodInput!) {{ updatePaymentMethod(input: $input) {{ __typename
    ... on PaymentMethodUpdated {{ paymentMethod {{ {CARD} }} }} ... on Problem {{ code field }}
    ... on PaymentMethodStatusConflict {{ status }} }} }}"""
REMOVE = f"""mutation($input: RemovePaymentMethodInput!) {{ removePaymentMethod(input: $input) {{ __typename
    ... on PaymentMethodRemoved {{ paymentMethod {{ {CARD} }} }} ... on Problem {{ code field }}
    ... on PaymentMethodStatusConflict {{ status }} }} }}"""
REFUND = """mutation($input: RefundTopUpInput!) { refundTopUp(input: $input) { __typename
    ... on Problem { code field } } }"""
LISTED = f"""{{ account {{ paymentMethods {{ {CARD} }} defaultPaymentMethod {{ id }} }} }}"""
ONE = f"query($id: ID!) {{ paymentMethod(id: $id) {{ {CARD} }} }}"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
WATCH = f"""subscription($after: BigInt) {{ paymentMethodChanged(after: $after) {{
    kind sequence paymentMethod {{ {CARD} }} paymentMethods {{ {CARD} }} }} }}"""


def saving(token: str = sandbox.OK, key: str = "key-1", **more: Any) -> dict[str, Any]:
    return {"token": token, "savedFor": "ONE_CLICK", "idempotencyKey": key, **more}


def paying(key: str = "pay-1", **payment: Any) -> dict[str, Any]:
    return {"amount": {"amount": "100.00", "currency": "EUR"}, "idempotencyKey": key, **payment}


@pytest.fixture
def api(desk: Desk) -> Api:
    return Api(desk)


async def saved(api: Api, **changes: Any) -> dict[str, Any]:
    """A method that the gateway has answered for."""
    answer = await api.data(SAVE, input=saving(**changes))
    await api.desk.runner.run_due()
    found: dict[str, Any] = await api.data(ONE, id=answer["paymentMethod"]["id"])
    return found


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs = (
        (enums.MethodStatusEnum, methods.MethodStatus),
        (enums.MethodFailureEnum, methods.MethodFailure),
        (enums.SavedForEnum, methods.SavedFor),
        (enums.TopUpPurposeEnum, outcomes.TopUpPurpose),
        (enums.RefundStatusEnum, refunds.RefundStatus),
        (enums.RefundReasonEnum, refunds.RefundReason),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]  # type: ignore[var-annotated]


@pytest.mark.rule("M039")
def test_a_method_is_saved_for_one_of_three_things() -> None:
    kind = schema._schema.type_map["SavePaymentMethodInput"]
    assert isinstance(kind, GraphQLInputObjectType)
    asked = kind.fields["savedFor"].type
    assert isinstance(asked, GraphQLNonNull)
    assert isinstance(asked.of_type, GraphQLEnumType)
    assert set(asked.of_type.values) == {"ONE_CLICK", "AUTO_TOP_UP", "PLAN"}


async def test_a_method_is_saved_once(api: Api) -> None:
    first = await api.data(SAVE, input=saving())
    again = await api.data(SAVE, input=saving())
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["paymentMethod"] == again["paymentMethod"]
    assert first["paymentMethod"]["status"] == "PENDING"
    other = await api.data(SAVE, input=saving(savedFor="PLAN"))
    assert other["code"] == "IDEMPOTENCY_MISMATCH"
    await api.desk.runner.run_due()
    listed = await api.data(LISTED)
    (method,) = listed["paymentMethods"]
    assert listed["defaultPaymentMethod"] == {"id": method["id"]}
    shown = {name: method[name] for name in ("status", "isDefault", "brand", "last4", "expMonth", "expYear")}
    assert shown == {
        "status": "ACTIVE",
        "isDefault": True,
        "brand": "Sandbox",
        "last4": "0000",
        "expMonth": 12,
        "expYear": 2029,
    }
    assert method["expiresAt"].startswith("2030-01-01T00:00:00")


async def test_a_saved_method_pays_with_one_click(api: Api) -> None:
    method = await saved(api)
    paid = await api.data(CREATE, input=paying(payment={"methodId": method["id"]}))
    assert paid["topUp"]["paymentMethodId"] == method["id"]
    assert (paid["topUp"]["purpose"], paid["topUp"]["refunded"]) == ("MANUAL", {"amount": "0.00"})
    await api.desk.runner.run_due()
    assert await api.desk.postings() == [("TOP_UP", 10_000)]


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        ({"payment": {"token": "tok_sandbox_other"}}, ("PaymentTokenInvalid", "payment.token")),
        ({"payment": {"token": "4" * 16}}, ("PaymentTokenInvalid", "payment.token")),
        ({"paymentToken": "tok_sandbox_other"}, ("PaymentTokenInvalid", "paymentToken")),
        ({"payment": {"methodId": "pm_none"}}, ("NoValidPaymentMethod", "payment.methodId")),
    ],
)
async def test_what_cannot_be_charged_is_refused(
    api: Api, payment: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = await api.data(CREATE, input=paying(**payment))
    assert (answer["__typename"], answer["field"]) == expected


@pytest.mark.parametrize(
    "payment",
    [
        {},
        {"payment": {}},
        {"payment": {"token": ""}},
        {"payment": {"token": sandbox.OK}, "paymentToken": sandbox.OK},
        {"payment": {"token": sandbox.OK, "methodId": "pm_x"}},
    ],
)
async def test_exactly_one_thing_is_charged(api: Api, payment: dict[str, Any]) -> None:
    response = await api.send(CREATE, input=paying(**payment))
    assert "errors" in response
    assert await api.desk.runner.run_due() == 0


@pytest.mark.rule("M040")
async def test_methods_are_chosen_and_removed(api: Api) -> None:
    first, second = await saved(api), await saved(api, key="key-2")
    chosen = await api.data(UPDATE, input={"id": second["id"], "makeDefault": True, "savedFor": "PLAN"})
    assert chosen["paymentMethod"]["savedFor"] == "PLAN"
    listed = await api.data(LISTED)
    assert [method["isDefault"] for method in listed["paymentMethods"]] == [True, False]
    removed = await api.data(REMOVE, input={"id": second["id"]})
    assert (removed["paymentMethod"]["status"], removed["paymentMethod"]["last4"]) == ("REMOVED", None)
    listed = await api.data(LISTED)
    assert [method["id"] for method in listed["paymentMethods"]] == [first["id"]]
    assert listed["defaultPaymentMethod"] == {"id": first["id"]}
    again = await api.data(REMOVE, input={"id": second["id"]})
    assert (again["code"], again["status"]) == ("PAYMENT_METHOD_STATUS_CONFLICT", "REMOVED")
    again = await api.data(UPDATE, input={"id": second["id"], "makeDefault": True})
    assert again["status"] == "REMOVED"


async def test_a_challenge_is_answered_once(api: Api) -> None:
    method = await saved(api, token=sandbox.STEP_UP)
    assert (method["status"], method["nextAction"]) == ("PENDING", "ENTER_CODE")
    given = {"id": method["id"], "code": sandbox.STEP_UP_CODE, "idempotencyKey": "code-1"}
    assert (await api.data(CONFIRM, input=given))["replayed"] is False
    assert (await api.data(CONFIRM, input=given))["replayed"] is True
    await api.desk.runner.run_due()
    answer = await api.data(CONFIRM, input={**given, "idempotencyKey": "code-2"})
    assert (answer["code"], answer["status"]) == ("PAYMENT_METHOD_STATUS_CONFLICT", "ACTIVE")
    answer = await api.data(CONFIRM, input={**given, "code": "1" * 16, "idempotencyKey": "code-3"})
    assert (answer["code"], answer["field"]) == ("CONFIRMATION_CODE_INVALID", "code")


async def test_limits_are_told(api: Api) -> None:
    api.desk.units.house.terms.add(Terms(payment_methods_max=1, savings_per_day_max=1))
    method = await saved(api)
    answer = await api.data(SAVE, input=saving(key="key-2"))
    assert (answer["code"], answer["limit"]) == ("TOO_MANY_PAYMENT_METHODS", 1)
    await api.data(REMOVE, input={"id": method["id"]})
    answer = await api.data(SAVE, input=saving(key="key-3"))
    assert (answer["code"], answer["limit"]) == ("TOO_MANY_SAVINGS", 1)
    api.desk.sandbox.enabled = False
    answer = await api.data(SAVE, input=saving(key="key-4"))
    assert (answer["code"], answer["field"], answer["gateway"]) == ("GATEWAY_UNAVAILABLE", "token", "sandbox")


@pytest.mark.rule("M115")
async def test_a_card_number_in_place_of_a_token_is_refused_and_kept_nowhere(api: Api) -> None:
    number = card_number("4", 16)
    with capture_logs() as logs:
        for place, token in enumerate((number, f"pm_{number}", f"tok_sandbox_{number}")):
            answer = await api.data(SAVE, input=saving(token, f"key-{place}"))
            assert (answer["code"], answer["field"]) == ("PAYMENT_TOKEN_INVALID", "token")
        await api.desk.runner.run_due()
    assert number not in repr(logs)
    for table in Base.metadata.tables.values():
        rows = await api.desk.units.read(lambda read, table=table: read.rows(select(table)))
        assert number not in repr(rows), table.name
    assert not {"number", "pan", "card_number"} & set(PaymentMethod.__table__.columns.keys())


# ---- who may see what


@pytest.mark.rule("Q014")
async def test_another_accounts_method_is_not_there(api: Api) -> None:
    method_id = (await saved(api))["id"]
    assert await api.data(NODE, id=method_id) == {"__typename": "PaymentMethod", "id": method_id}
    for query in (ONE, NODE):
        assert await api.data(query, OTHER, id=method_id) is None
    for query in (UPDATE, REMOVE):
        answer = await api.data(query, OTHER, input={"id": method_id})
        assert (answer["code"], answer["field"]) == ("PAYMENT_METHOD_NOT_FOUND", "id")
    answer = await api.data(CREATE, OTHER, input=paying(payment={"methodId": method_id}))
    assert answer["code"] == "NO_VALID_PAYMENT_METHOD"
    assert (await api.data(LISTED, OTHER))["paymentMethods"] == []


async def test_a_key_needs_the_scope(api: Api) -> None:
    reader = Viewer(VIEWER.account_id, "key_1", scopes=frozenset({"topups:read"}))
    assert await api.codes(SAVE, reader, input=saving()) == ["FORBIDDEN"]
    assert (await api.data(LISTED, reader))["paymentMethods"] == []
    assert await api.codes(SAVE, ANONYMOUS, input=saving()) == ["UNAUTHENTICATED"]


@pytest.mark.rule("M049", "M054")
async def test_no_customer_gives_themselves_money_back(api: Api) -> None:
    """Not what was paid by hand, nor what the automatic top-up added."""
    method = await saved(api)
    top_up_id = await api.desk.charge(method["id"])
    await api.desk.runner.run_due()
    assert await api.desk.status(top_up_id) == "SUCCEEDED"
    money = {"amount": "1.00", "currency": "EUR"}
    given = {"topUpId": top_up_id, "amount": money, "reason": "GOODWILL", "idempotencyKey": "back-1"}
    support = Viewer("acc_staff", "ses_staff", staff_roles=frozenset({"SUPPORT", "PRIVACY_OFFICER"}))
    assert await api.codes(REFUND, input=given) == ["FORBIDDEN"]
    assert await api.codes(REFUND, support, input=given) == ["FORBIDDEN"]
    assert await api.codes(REFUND, ANONYMOUS, input=given) == ["UNAUTHENTICATED"]
    finance = Viewer("acc_staff", "ses_staff", staff_roles=frozenset({"FINANCE"}))
    assert (await api.data(REFUND, finance, input=given))["code"] == "STEP_UP_REQUIRED"
    assert await api.desk.postings() == [("TOP_UP", 10_000)]


# ---- live


async def test_the_feed_tells_every_change_and_equals_a_refetch(api: Api) -> None:
    feed = ENGINE.feed(ENGINE.prepare(WATCH, None, {}), api.context(VIEWER))
    first, second = await saved(api), await saved(api, key="key-2", makeDefault=True)
    await api.data(REMOVE, input={"id": second["id"]})
    prepared, context = ENGINE.prepare(WATCH, None, {}), api.context(VIEWER)

    def render(read: Any) -> list[dict[str, Any]]:
        events = [*feed.since(read, 0, 100), feed.state(read, FeedEventKind.SNAPSHOT)]
        results = [ENGINE.render(prepared, event.value, context, read) for event in events]
        return [json.loads(result.encode())["data"]["paymentMethodChanged"] for result in results]

    *changes, snapshot = await api.desk.units.read(render)
    told = [
        (
            change["paymentMethod"]["id"],
            change["paymentMethod"]["status"],
            change["paymentMethod"]["isDefault"],
        )
        for change in changes
    ]
    assert told == [
        (first["id"], "PENDING", False),
        (first["id"], "ACTIVE", True),
        (second["id"], "PENDING", False),
        (second["id"], "ACTIVE", True),
        (first["id"], "ACTIVE", True),
        (second["id"], "REMOVED", False),
    ]
    pending = changes[0]["paymentMethod"]
    assert (pending["brand"], pending["last4"], pending["expMonth"]) == (None, None, None)
    listed = await api.data(LISTED)
    assert snapshot["paymentMethods"] == listed["paymentMethods"] == [changes[4]["paymentMethod"]]
