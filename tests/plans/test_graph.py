"""Plans through the API: catalog, account.plan, the mutations with their problems, and the live feed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from server.gateway.engine import Engine
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEventKind
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer
from server.kit.work import Read, Units
from server.plans.actions.events import PLAN_EVENTS
from server.plans.graph import enums
from server.plans.graph.enums import PlanChange
from server.plans.rules import status
from server.plans.rules.terms import Cycle
from server.schema import schema
from tests.plans.conftest import Subscriber, Till, new_subscriber
from tests.plans.test_cycles import SECOND, month

ENGINE = Engine(schema)
MONEY = "{ amount currency }"
SUBSCRIPTION = f"""id product plan cycle seats status periodStart periodEnd renewsAt nextPlan nextCycle nextSeats
    stopReason cancelledAt endsAt awaitedTopUpId nextCharge {{ net {MONEY} tax {MONEY} gross {MONEY} at }}"""
PLAN = f"""plan {{ code usersMax limits {{ messagesADay messagesAMonth }} }} status cycle periodStart periodEnd renewsAt
    cancelledAt endsAt limits {{ messagesADay messagesAMonth }} pending {{ id status }} subscription {{ id }}
    seats {{ limit extra used purchases {{ {SUBSCRIPTION} }} }}
    nextCharge {{ net {MONEY} tax {MONEY} gross {MONEY} }}"""
ACCOUNT = f"{{ viewer {{ account {{ plan {{ {PLAN} }} }} }} }}"
CHARGES = f"""query($first: Int!, $after: String) {{ viewer {{ account {{ planCharges(first: $first, after: $after) {{
    edges {{ node {{ id subscriptionId reason plan cycle seats periodStart periodEnd net {MONEY} tax {MONEY}
        gross {MONEY} status failure topUpId transferId invoiceId createdAt settledAt }} }}
    pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
CATALOG = f"""query($currency: Currency!) {{ planCatalog {{ code usersMax limits {{ messagesADay messagesAMonth }}
    prices(currency: $currency) {{ cycle price {MONEY} seatPrice {MONEY} }} }} }}"""
PEOPLE = "{ viewer { account { people { edges { node { id withdrawnAt } } } } } }"
NODE = f"query($id: ID!) {{ node(id: $id) {{ __typename ... on PlanSubscription {{ {SUBSCRIPTION} }} }} }}"
WATCH = f"""subscription($after: BigInt) {{ planChanged(after: $after) {{ kind sequence change
    subscription {{ {SUBSCRIPTION} }} plan {{ status plan {{ code }} }} }} }}"""


def do(verb: str, asked: str | None, payload: str, problems: str = "") -> str:
    """The mutation with its payload's subscription, and the numbers of these problems."""
    head, given = (f"mutation($input: {asked}!)", "(input: $input)") if asked else ("mutation", "")
    return f"""{head} {{ {verb}{given} {{ __typename ... on Problem {{ code field }} {problems}
        ... on {payload} {{ subscription {{ {SUBSCRIPTION} }} }} }} }}"""


NOT_CANCELLED = "... on PlanNotCancelled { status }"
RANGE = "... on SeatsOutOfRange { minimum maximum }"
START = do("startPlan", "StartPlanInput", "PlanOrdered", "... on PlanAlreadyRunning { plan status }")
CHANGE = do("changePlan", "ChangePlanInput", "PlanChangeOrdered", "... on UsersExceedPlan { usersMax used }")
CANCEL = do("cancelPlan", None, "PlanCancelled")
RESUME = do("resumePlan", None, "PlanResumed", NOT_CANCELLED)
BUY = do("buySeats", "BuySeatsInput", "SeatsOrdered", RANGE)
REMOVE = do("removeSeats", "RemoveSeatsInput", "SeatsRemoved", RANGE)
KEEP = do("keepSeats", "KeepSeatsInput", "SeatsKept", NOT_CANCELLED)
MEMBER = "($input: WithdrawMemberInput!) { %s(input: $input) { __typename ... on Problem { code field } } }"
WITHDRAW = "mutation" + MEMBER % "withdrawMember"
STAY = "mutation" + MEMBER % "keepMember"


class Api:
    """Sends operations as the subscriber."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.me = Viewer(subscriber.account_id, subscriber.session_id)

    def context(self, viewer: Viewer) -> Context:
        return Context(self.subscriber.units, Registry(), viewer, "req_1")

    async def send(self, query: str, viewer: Viewer | None = None, **variables: Any) -> dict[str, Any]:
        prepared = ENGINE.prepare(query, None, variables)
        answer = await ENGINE.execute(prepared, self.context(viewer or self.me))
        response: dict[str, Any] = json.loads(answer.encode())
        return response

    async def data(self, query: str, viewer: Viewer | None = None, **variables: Any) -> Any:
        response = await self.send(query, viewer, **variables)
        assert "errors" not in response, response
        return response["data"]

    async def do(self, query: str, **given: Any) -> Any:
        """The answer of a mutation."""
        data = await self.data(query, **({"input": given} if given else {}))
        return next(iter(data.values()))

    async def plan(self) -> Any:
        return (await self.data(ACCOUNT))["viewer"]["account"]["plan"]


@pytest.fixture
def api(subscriber: Subscriber) -> Api:
    return Api(subscriber)


async def test_anybody_reads_the_catalog(api: Api) -> None:
    catalog = (await api.data(CATALOG, ANONYMOUS, currency="EUR"))["planCatalog"]
    assert [plan["code"] for plan in catalog] == ["FREE", "STARTER", "BUSINESS", "SCALE"]
    assert catalog[0]["prices"] == []
    assert catalog[1]["prices"] == [
        {
            "cycle": "MONTHLY",
            "price": {"amount": "14.00", "currency": "EUR"},
            "seatPrice": {"amount": "4.70", "currency": "EUR"},
        },
        {
            "cycle": "YEARLY",
            "price": {"amount": "140.00", "currency": "EUR"},
            "seatPrice": {"amount": "47.00", "currency": "EUR"},
        },
    ]
    brazil = (await api.data(CATALOG, ANONYMOUS, currency="BRL"))["planCatalog"]
    assert [plan["prices"] for plan in brazil] == [[]] * 4


async def test_a_plan_is_started_shown_cancelled_and_resumed(api: Api, subscriber: Subscriber) -> None:
    free = await api.plan()
    assert (free["plan"]["code"], free["status"], free["cycle"], free["nextCharge"]) == (
        "FREE",
        "FREE",
        None,
        None,
    )
    assert free["seats"] == {"limit": 1, "extra": 0, "used": 1, "purchases": []}
    assert (await api.do(CANCEL))["code"] == "NO_PAID_PLAN"
    given = {"plan": "BUSINESS", "cycle": "YEARLY", "idempotencyKey": "one"}
    answers = [await api.do(START, **given) for _ in range(2)]
    assert answers[0] == answers[1]
    ordered = answers[0]["subscription"]
    assert (ordered["status"], ordered["awaitedTopUpId"] is not None) == ("PENDING_PAYMENT", True)
    pending = await api.plan()
    assert (pending["status"], pending["pending"]["id"]) == ("FREE", ordered["id"])
    await subscriber.settle()
    shown = await api.plan()
    assert (shown["plan"]["code"], shown["status"], shown["cycle"]) == ("BUSINESS", "ACTIVE", "YEARLY")
    assert (shown["periodStart"], shown["renewsAt"]) == ("2026-03-02T09:00:00Z", "2027-03-02T09:00:00Z")
    assert shown["nextCharge"]["gross"] == {"amount": "490.00", "currency": "USD"}
    assert shown["limits"] == {"messagesADay": None, "messagesAMonth": 100_000}
    assert shown["seats"]["limit"] == 5
    again = await api.do(START, **{**given, "idempotencyKey": "two"})
    assert (again["__typename"], again["plan"], again["status"]) == (
        "PlanAlreadyRunning",
        "BUSINESS",
        "ACTIVE",
    )
    assert (await api.do(RESUME))["status"] == "ACTIVE"
    cancelled = (await api.do(CANCEL))["subscription"]
    assert (cancelled["status"], cancelled["endsAt"]) == ("CANCELLING", "2027-03-02T09:00:00Z")
    assert (cancelled["stopReason"], cancelled["renewsAt"], cancelled["nextCharge"]) == (
        "CUSTOMER",
        None,
        None,
    )
    assert (await api.do(RESUME))["subscription"]["status"] == "ACTIVE"
    subscriber.clock.set(month(12))
    await api.do(CANCEL)
    assert (await api.plan())["endsAt"] == "2028-03-02T09:00:00Z"


async def test_a_plan_that_cannot_be_bought_is_explained(
    units: Units, clock: ManualClock, till: Till
) -> None:
    api = Api(await new_subscriber(units, clock, till))
    given = {"cycle": "MONTHLY", "idempotencyKey": "one"}
    unknown = await api.do(START, plan="GOLD", **given)
    assert (unknown["code"], unknown["field"]) == ("PLAN_UNKNOWN", "plan")
    for number, method in enumerate((None, "\x00", "pm_x")):
        asked = {**given, "idempotencyKey": f"two-{number}", "paymentMethodId": method}
        assert (await api.do(START, plan="STARTER", **asked))["code"] == "NO_VALID_PAYMENT_METHOD"


async def test_a_plan_is_changed_now_or_with_the_next_cycle(api: Api, subscriber: Subscriber) -> None:
    await subscriber.start()
    change = {"plan": "BUSINESS", "cycle": "MONTHLY"}
    await api.do(CHANGE, **change, when="NOW", idempotencyKey="one")
    pending = await api.do(CHANGE, **change, when="NOW", idempotencyKey="two")
    assert pending["code"] == "PLAN_PAYMENT_PENDING"
    await subscriber.settle()
    assert (await api.plan())["plan"]["code"] == "BUSINESS"
    smaller = {"plan": "STARTER", "cycle": "MONTHLY"}
    assert (await api.do(CHANGE, **smaller, when="NOW", idempotencyKey="three"))["code"] == "NOT_AN_UPGRADE"
    planned = await api.do(CHANGE, **smaller, when="CYCLE_END", idempotencyKey="four")
    assert planned["subscription"]["nextPlan"] == "STARTER"
    assert planned["subscription"]["nextCharge"]["net"]["amount"] == "15.00"
    for _ in range(3):
        await subscriber.add_member()
    crowded = await api.do(CHANGE, plan="STARTER", cycle="YEARLY", when="CYCLE_END", idempotencyKey="five")
    assert (crowded["usersMax"], crowded["used"]) == (2, 4)


@pytest.mark.rule("M062", "M063")
async def test_seats_are_bought_given_up_and_kept(api: Api, subscriber: Subscriber) -> None:
    buy = {"count": 2, "cycle": "MONTHLY", "idempotencyKey": "one"}
    assert (await api.do(BUY, **buy))["code"] == "NO_PAID_PLAN"
    await subscriber.start()
    bought = (await api.do(BUY, **{**buy, "idempotencyKey": "two"}))["subscription"]
    await subscriber.settle()
    seats = (await api.plan())["seats"]
    assert (seats["limit"], seats["extra"], seats["used"]) == (4, 2, 1)
    assert [purchase["id"] for purchase in seats["purchases"]] == [bought["id"]]
    wrong = await api.do(REMOVE, seatsId=bought["id"], count=3)
    assert (wrong["minimum"], wrong["maximum"]) == (1, 2)
    assert (await api.do(REMOVE, seatsId=bought["id"], count=1))["subscription"]["nextSeats"] == 1
    assert (await api.do(KEEP, seatsId=bought["id"]))["subscription"]["nextSeats"] is None
    assert (await api.do(KEEP, seatsId="pls_x"))["code"] == "SEATS_NOT_FOUND"


@pytest.mark.rule("M063")
async def test_a_member_leaves_with_the_cycle_or_stays(api: Api, subscriber: Subscriber) -> None:
    await subscriber.start()
    person_id = await subscriber.add_member()
    assert (await api.do(STAY, personId=person_id))["code"] == "WITHDRAWAL_NOT_PLANNED"
    assert (await api.do(WITHDRAW, personId=person_id))["__typename"] == "MemberWithdrawalPlanned"
    people = (await api.data(PEOPLE))["viewer"]["account"]["people"]["edges"]
    shown = {edge["node"]["id"]: edge["node"]["withdrawnAt"] for edge in people}
    assert shown == {person_id: "2026-04-02T09:00:00Z", subscriber.owner_id: None}
    assert (await api.do(STAY, personId=person_id))["__typename"] == "MemberWithdrawalUndone"


async def test_charges_are_listed_newest_first_with_their_documents(api: Api, subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.at(month(1))
    listed: list[Any] = []
    after = None
    for _ in range(2):
        page = (await api.data(CHARGES, first=1, after=after))["viewer"]["account"]["planCharges"]
        listed += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert page["pageInfo"]["hasNextPage"] is False
    assert [(charge["reason"], charge["status"]) for charge in listed] == [
        ("RENEWAL", "PAID"),
        ("START", "PAID"),
    ]
    assert all(charge["invoiceId"] and charge["transferId"] and charge["topUpId"] for charge in listed)


@pytest.mark.rule("Q014")
async def test_others_see_nothing_of_it(
    api: Api, subscriber: Subscriber, units: Units, clock: ManualClock, till: Till
) -> None:
    row = await subscriber.start()
    seats = await subscriber.buy_seats(1)
    stranger = Api(await new_subscriber(units, clock, till))
    assert (await api.data(NODE, id=row.id))["node"]["plan"] == "STARTER"
    assert (await stranger.data(NODE, id=row.id))["node"] is None
    assert (await stranger.do(REMOVE, seatsId=seats.id, count=1))["code"] == "SEATS_NOT_FOUND"
    refused = await api.send(CANCEL, Viewer(subscriber.account_id, "key_1", frozenset({"orders:write"})))
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_feed_tells_each_change_as_it_was(api: Api, subscriber: Subscriber) -> None:
    """Push equals refetch: the last change shows what a fresh query shows."""
    await subscriber.start()
    await subscriber.at(month(1) - SECOND)
    await subscriber.at(month(1))
    subscriber.till.fate = "declined"
    await subscriber.at(month(2))
    subscriber.till.fate = "ok"
    await subscriber.at(month(2) + timedelta(days=1))
    await subscriber.change("SCALE", Cycle.YEARLY, at_once=False)
    await subscriber.buy_seats(1)
    await subscriber.cancel()
    prepared = ENGINE.prepare(WATCH, None, {})
    context = api.context(api.me)

    def look(read: Read) -> list[Any]:
        feed = ENGINE.feed(prepared, context)
        found = [feed.state(read, FeedEventKind.SNAPSHOT), *feed.since(read, 0, 100)]
        rendered = [ENGINE.render(prepared, event.value, context, read).encode() for event in found]
        return [json.loads(text)["data"]["planChanged"] for text in rendered]

    messages = await subscriber.read(look)
    assert messages[0]["plan"] == {"status": "CANCELLING", "plan": {"code": "STARTER"}}
    told = [(message["change"], message["subscription"]["status"]) for message in messages[1:]]
    assert told == [
        ("ORDERED", "PENDING_PAYMENT"),
        ("STARTED", "ACTIVE"),
        ("RENEWAL_SOON", "ACTIVE"),
        ("RENEWED", "ACTIVE"),
        ("RENEWAL_FAILED", "ACTIVE"),
        ("RENEWED", "ACTIVE"),
        ("CHANGE_PLANNED", "ACTIVE"),
        ("SEATS_ORDERED", "PENDING_PAYMENT"),
        ("SEATS_STARTED", "ACTIVE"),
        ("CANCELLED", "CANCELLING"),
    ]
    assert messages[7]["subscription"]["nextPlan"] == "SCALE"
    last = messages[-1]["subscription"]
    assert last == {
        key: value for key, value in (await api.data(NODE, id=last["id"]))["node"].items() if key in last
    }


def test_the_words_of_the_api_are_those_of_the_rules() -> None:
    assert [change.value for change in PlanChange] == [event.__name__ for event in PLAN_EVENTS]
    for shown, known in (
        (enums.CycleEnum, Cycle),
        (enums.ProductEnum, status.Product),
        (enums.StopReasonEnum, status.StopReason),
        (enums.ChargeReasonEnum, status.ChargeReason),
        (enums.ChargeStatusEnum, status.ChargeStatus),
        (enums.ChargeFailureEnum, status.ChargeFailure),
    ):
        assert [one.name for one in shown] == [one.name for one in known]
    assert {one.name for one in enums.StatusEnum} == {"FREE", *(one.name for one in status.Status)}
