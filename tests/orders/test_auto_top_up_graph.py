"""Automatic top-ups through the API: set up, tried out, explained, live, stopped by staff, and told in notices."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.app import Postmeter
from server.gateway.engine import Engine
from server.kit.audit import AuditEntry
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Units
from server.schema import schema
from server.topups.adapters import sandbox
from tests.orders.automatic import Robot, without_channels
from tests.test_app import post, register, settings, sign_in

ENGINE = Engine(schema)
FINANCE = Viewer("acc_staff", "ses_staff", staff_roles=frozenset({"FINANCE"}))
SUPPORT = Viewer("acc_staff", "ses_staff", staff_roles=frozenset({"SUPPORT"}))
RULE = """id unit state enabled below add currency methodId capPerDay { amount currency } capPerMonth { amount }
    spentToday { amount } spentThisMonth { amount } failures nextTryAt suspension failureCode heldBack
    lastDecision { at decision explanation available threshold amount { amount } nextAt }
    runs { id status amount { amount currency } orderId topUpId failureCode startedAt endedAt }"""
PROBLEM = """... on Problem { code field } ... on AutoTopUpCapTooLow { required { amount } }
    ... on AutoTopUpQuantityInvalid { unit smallest largest }
    ... on AutoTopUpAmountInvalid { amount { amount } largestPayment { amount } }"""
SET = f"""mutation($input: AutoTopUpInput!) {{ setAutoTopUp(input: $input) {{ __typename
    ... on AutoTopUpStored {{ autoTopUp {{ {RULE} }} }} {PROBLEM}
    ... on AutoTopUpNeedsChannel {{ channels }} }} }}"""
DISABLE = """mutation($input: AutoTopUpUnitInput!) { disableAutoTopUp(input: $input) { __typename
    ... on AutoTopUpStored { autoTopUp { state enabled } } ... on Problem { code field } } }"""
RESUME = """mutation($input: AutoTopUpUnitInput!) { resumeAutoTopUp(input: $input) { __typename
    ... on AutoTopUpStored { autoTopUp { state } } ... on Problem { code field }
    ... on AutoTopUpNotSuspended { state } } }"""
SIMULATE = f"""query($input: SimulateAutoTopUpInput!) {{ simulateAutoTopUp(input: $input) {{ __typename
    ... on AutoTopUpSimulation {{ decision explanation available threshold adds net {{ amount }} tax {{ amount }}
        gross {{ amount currency }} methodId nextAt suspension }} {PROBLEM} }} }}"""
SWITCH = (
    "mutation($input: SetAutoTopUpKillSwitchInput!) { setAutoTopUpKillSwitch(input: $input) { stopped } }"
)
NODE = f"query($id: ID!) {{ node(id: $id) {{ id ... on AutoTopUp {{ {RULE} }} }} }}"
WATCH = f"""subscription($after: BigInt) {{ autoTopUpChanged(after: $after) {{ kind sequence change
    autoTopUp {{ {RULE} }} run {{ id status }} all {{ {RULE} }} }} }}"""
SAVE = """mutation($input: SavePaymentMethodInput!) { savePaymentMethod(input: $input) {
    ... on PaymentMethodAdded { paymentMethod { id } } } }"""
REMOVE = "mutation($input: RemovePaymentMethodInput!) { removePaymentMethod(input: $input) { __typename } }"
KEY = """mutation { createApiKey(input: {name: "Sender", scopes: [USAGE_WRITE]}) { __typename
    ... on ApiKeyCreated { secret } } }"""
USE = "mutation($input: RecordUsageInput!) { recordUsage(input: $input) { __typename } }"
ENTRY = {"operation": {"emailSend": {"messages": 1_950}}, "reference": "mail"}
RULES = f"{{ viewer {{ account {{ autoTopUps {{ {RULE} }} }} }} }}"
EMAIL = {"unit": "EMAIL", "currency": "EUR"}


@pytest.fixture
def terms() -> Registry:
    return without_channels()


class Api:
    """Sends operations of the whole schema."""

    def __init__(self, robot: Robot) -> None:
        self.robot = robot
        self.viewer = Viewer(robot.account_id, "ses_1")

    def context(self, viewer: Viewer | None = None) -> Context:
        return Context(self.robot.units, Registry(), viewer or self.viewer, "req_1")

    async def send(self, query: str, viewer: Viewer | None = None, **variables: Any) -> Any:
        result = await ENGINE.execute(ENGINE.prepare(query, None, variables), self.context(viewer))
        return json.loads(result.encode())

    async def data(self, query: str, viewer: Viewer | None = None, **variables: Any) -> Any:
        """The value of the only root field."""
        response = await self.send(query, viewer, **variables)
        assert "errors" not in response, response
        (value,) = response["data"].values()
        return value

    async def codes(self, query: str, viewer: Viewer | None = None, **variables: Any) -> list[str]:
        response = await self.send(query, viewer, **variables)
        return [error["extensions"]["code"] for error in response.get("errors", [])]

    async def told(self) -> list[dict[str, Any]]:
        """What a subscriber gets who saw nothing yet."""
        prepared, context = ENGINE.prepare(WATCH, None, {"after": "0"}), self.context()
        feed = ENGINE.feed(prepared, context)

        def render(read: Any) -> list[dict[str, Any]]:
            results = [
                ENGINE.render(prepared, event.value, context, read) for event in feed.since(read, 0, 100)
            ]
            return [json.loads(result.encode())["data"]["autoTopUpChanged"] for result in results]

        return await self.robot.read(render)


@pytest.fixture
def robot(units: Units, clock: ManualClock) -> Robot:
    return Robot(units, clock)


@pytest.fixture
def api(robot: Robot) -> Api:
    return Api(robot)


@pytest.mark.rule("M051", "M052")
async def test_it_is_set_up_with_the_defaults_of_the_terms(api: Api) -> None:
    await api.robot.change(500)
    method_id = await api.robot.card()
    rule = (await api.data(SET, input=EMAIL))["autoTopUp"]
    assert (rule["state"], rule["below"], rule["add"], rule["methodId"]) == ("READY", "100", "2000", None)
    assert rule["lastDecision"]["explanation"] == (
        "The balance of 500 is not below the limit of 100: nothing to do."
    )
    mine = {"below": "600", "add": "10000", "methodId": method_id, "capPerDay": "200", "capPerMonth": "1000"}
    rule = (await api.data(SET, input=EMAIL | mine))["autoTopUp"]
    assert (rule["state"], rule["below"], rule["add"], rule["methodId"]) == (
        "IN_FLIGHT",
        "600",
        "10000",
        method_id,
    )
    assert rule["capPerDay"] == {"amount": "200.00", "currency": "EUR"}
    assert rule["spentToday"] == rule["spentThisMonth"] == {"amount": "95.00"}
    assert rule["runs"][0]["amount"] == {"amount": "95.00", "currency": "EUR"}
    decision = rule["lastDecision"]
    assert (decision["decision"], decision["available"], decision["threshold"]) == ("START", "500", "600")
    assert decision["explanation"] == (
        "The balance of 500 is below the limit of 600: 95.00 EUR are charged to the payment method."
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"below": "0"}, {"__typename": "AutoTopUpQuantityInvalid", "field": "below", "smallest": "1"}),
        ({"below": "1.5"}, {"__typename": "AutoTopUpQuantityInvalid", "field": "below"}),
        ({"below": "3000"}, {"__typename": "AutoTopUpQuantityInvalid", "field": "add", "smallest": "3000"}),
        ({"add": "999"}, {"__typename": "QuantityOutOfRange", "field": "add"}),
        ({"add": "10000000"}, {"__typename": "AutoTopUpAmountInvalid", "field": "add"}),
        ({"currency": "BRL"}, {"__typename": "NotSoldInCurrency", "field": "currency"}),
        ({"unit": "EUR", "currency": "USD", "below": "1", "add": "9"}, {"__typename": "NotSoldInCurrency"}),
        ({"unit": "EUR"}, {"__typename": "AutoTopUpQuantityInvalid", "field": "below"}),
        ({"capPerDay": "37.99"}, {"field": "capPerDay", "required": {"amount": "38.00"}}),
        ({"capPerMonth": "0.001"}, {"__typename": "AutoTopUpQuantityInvalid", "field": "capPerMonth"}),
        ({"methodId": "pm\0"}, {"__typename": "AutoTopUpNeedsMethod", "field": "methodId"}),
    ],
)
async def test_a_bad_input_has_a_typed_problem(
    api: Api, changes: dict[str, str], problem: dict[str, Any]
) -> None:
    await api.robot.card()
    answer = await api.data(SET, input=EMAIL | changes)
    assert {name: answer.get(name) for name in problem} == problem


async def test_it_can_be_tried_out_before(api: Api) -> None:
    async def tried(**setting: Any) -> Any:
        available = setting.pop("available", None)
        return await api.data(SIMULATE, input={"setting": EMAIL | setting, "available": available})

    answer = await tried(available="99")
    assert (answer["decision"], answer["suspension"], answer["methodId"]) == ("SUSPEND", "METHOD_GONE", None)
    method_id = await api.robot.card()
    answer = await tried(available="99", add="9000")
    assert (answer["decision"], answer["methodId"]) == ("START", method_id)
    assert (answer["adds"], answer["gross"]) == ("10000", {"amount": "95.00", "currency": "EUR"})
    assert Decimal(answer["net"]["amount"]) + Decimal(answer["tax"]["amount"]) == Decimal("95.00")
    assert (await tried(available="100"))["decision"] == "ENOUGH"
    assert (await tried())["available"] == "0"
    assert (await tried(add="1"))["__typename"] == "AutoTopUpQuantityInvalid"
    await api.robot.change(38_00, "EUR")
    answer = await tried()
    assert answer["explanation"] == (
        "The balance of 0 is below the limit of 100: 38.00 EUR are taken from the money balance, and nothing is "
        "charged."
    )
    assert await api.robot.told() == [], "nothing was changed"


async def test_only_the_account_sees_it(api: Api, units: Units, clock: ManualClock) -> None:
    await api.robot.ready()
    rule_id = (await api.robot.rule()).id
    assert (await api.data(NODE, id=rule_id))["below"] == "100"
    stranger = Viewer("acc_stranger", "ses_2")
    assert await api.data(NODE, stranger, id=rule_id) is None
    unit = {"unit": "EMAIL"}
    assert (await api.data(DISABLE, stranger, input=unit))["code"] == "AUTO_TOP_UP_NOT_FOUND"
    reader = Viewer(api.robot.account_id, "key_1", scopes=frozenset({"orders:read"}))
    assert await api.codes(SET, reader, input=EMAIL) == ["FORBIDDEN"]


async def test_it_is_switched_off_and_resumed(api: Api) -> None:
    card = await api.robot.ready(credits=200)
    unit = {"unit": "EMAIL"}
    answer = await api.data(RESUME, input=unit)
    assert (answer["__typename"], answer["state"]) == ("AutoTopUpNotSuspended", "READY")
    await api.robot.remove_card(card)
    assert (await api.data(RESUME, input=unit))["code"] == "AUTO_TOP_UP_NEEDS_METHOD"
    await api.robot.card()
    answer = await api.data(DISABLE, input=unit)
    assert answer["autoTopUp"] == {"state": "OFF", "enabled": False}


async def test_the_feed_tells_each_change_as_it_was(api: Api) -> None:
    robot = api.robot
    await robot.ready(credits=99)
    await robot.due()
    await robot.card(sandbox.SAVED_DECLINED)
    await robot.change(-2_000)
    await robot.due()
    told = await api.told()
    assert [(one["change"], one["autoTopUp"]["state"]) for one in told] == [
        ("SET", "READY"),
        ("STARTED", "IN_FLIGHT"),
        ("SUCCEEDED", "READY"),
        ("DECIDED", "READY"),
        ("STARTED", "IN_FLIGHT"),
        ("FAILED", "COOLING"),
        ("DECIDED", "COOLING"),
    ]
    assert [one["run"] and one["run"]["status"] for one in told] == [
        None,
        "SUCCEEDED",
        "SUCCEEDED",
        None,
        "FAILED",
        "FAILED",
        None,
    ]
    assert [one["autoTopUp"]["failures"] for one in told] == [0, 0, 0, 0, 0, 1, 1]


async def test_push_equals_refetch(api: Api) -> None:
    robot = api.robot
    await robot.ready(credits=99, token=sandbox.SAVED_DECLINED)
    await robot.due()
    newest = (await api.told())[-1]["autoTopUp"]
    assert newest == await api.data(NODE, id=(await robot.rule()).id)
    assert newest["lastDecision"]["decision"] == "COOLING"
    assert (
        "the last one failed; the next one is tried at 2026-03-02 09:15:00 UTC"
        in (newest["lastDecision"]["explanation"])
    )


async def test_the_kill_switch_is_for_finance_only(api: Api) -> None:
    await api.robot.ready()
    for viewer in (api.viewer, SUPPORT):
        assert await api.codes(SWITCH, viewer, input={"stopped": True}) == ["FORBIDDEN"]
    assert await api.data(SWITCH, FINANCE, input={"stopped": True}) == {"stopped": True}
    assert await api.data("{ autoTopUpsStopped }", FINANCE) is True
    await api.robot.change(-1)
    await api.robot.due()
    rule = await api.data(NODE, id=(await api.robot.rule()).id)
    assert (rule["heldBack"], rule["state"], rule["lastDecision"]["decision"]) == (True, "READY", "STOPPED")
    audit = select(AuditEntry.__table__).where(AuditEntry.action == "setAutoTopUpKillSwitch")
    entries = await api.robot.read(lambda read: read.rows(audit))
    assert [(entry.credential_id, entry.outcome) for entry in entries] == [(FINANCE.credential_id, "OK")]


@pytest.mark.rule("M054")
async def test_an_automatic_order_has_a_typed_refusal(api: Api) -> None:
    await api.robot.ready(credits=99)
    await api.robot.due()
    order_id = (await api.robot.runs())[0].order_id
    given = {"orderId": order_id, "reason": "CUSTOMER_ERROR", "idempotencyKey": "k"}
    cancel = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename
        ... on AutomaticOrderNotRefundable { code field credits } } }"""
    assert await api.data(cancel, input=given) == {
        "__typename": "AutomaticOrderNotRefundable",
        "code": "AUTOMATIC_ORDER_NOT_REFUNDABLE",
        "field": "orderId",
        "credits": 2_000,
    }
    parameters = """query($id: ID!) { order(id: $id) { product parameters { __typename
        ... on AutomaticCreditsParameters { unit atLeast } } } }"""
    assert await api.data(parameters, id=order_id) == {
        "product": "AUTO_TOP_UP_EMAIL",
        "parameters": {"__typename": "AutomaticCreditsParameters", "unit": "EMAIL", "atLeast": 2_000},
    }


NOTICES = "{ viewer { account { notices { edges { node { kind text } } } } } }"


async def notices(postmeter: Postmeter, token: str) -> dict[str, str]:
    data: Any = await post(postmeter, NOTICES, token=token)
    edges = data["viewer"]["account"]["notices"]["edges"]
    return {edge["node"]["kind"]: edge["node"]["text"] for edge in edges}


@pytest.mark.rule("M050", "M053")
async def test_the_whole_server_tops_up_and_tells(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    chosen = settings(tmp_path, database_url)
    chosen.sandbox_mark_file.touch()
    postmeter = Postmeter(chosen, clock=clock)
    async with postmeter.storage():
        await register(postmeter)
        token = await sign_in(postmeter)

        async def ask(query: str, **variables: Any) -> Any:
            return (await post(postmeter, query, variables, token)).popitem()[1]

        async def card(payment_token: str) -> str:
            given = {"token": payment_token, "savedFor": "AUTO_TOP_UP", "makeDefault": True}
            saved = await ask(SAVE, input=given | {"idempotencyKey": payment_token})
            await postmeter.due.run_due()
            return str(saved["paymentMethod"]["id"])

        first = await card(sandbox.OK)
        refused = await ask(SET, input=EMAIL)
        assert (refused["__typename"], refused["channels"]) == ("AutoTopUpNeedsChannel", ["API", "SMTP"])
        await ask(KEY)
        assert (await ask(SET, input=EMAIL))["autoTopUp"]["state"] == "IN_FLIGHT"
        await postmeter.due.run_due()
        assert "€38.00" in (await notices(postmeter, token))["AUTO_TOP_UP_DONE"]
        assert "TOPUP_FAILED" not in await notices(postmeter, token)
        second = await card(sandbox.SAVED_DECLINED)
        await ask(USE, input={"entries": [ENTRY], "idempotencyKey": "use"})
        await postmeter.due.run_due()
        told = await notices(postmeter, token)
        assert "€38.00" in told["AUTO_TOP_UP_FAILED"]
        assert not {"TOPUP_FAILED", "AUTO_TOP_UP_SUSPENDED"} & told.keys()
        for method_id in (first, second):
            await ask(REMOVE, input={"id": method_id})
        assert "EMAIL" in (await notices(postmeter, token))["AUTO_TOP_UP_SUSPENDED"]
        (rule,) = (await ask(RULES))["account"]["autoTopUps"]
        assert (rule["state"], rule["suspension"]) == ("SUSPENDED", "METHOD_GONE")
