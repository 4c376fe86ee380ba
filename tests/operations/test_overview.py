"""The operation at a glance, the staff's queues live, and the list of accounts."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from server.accounts.model import Account
from server.kit.clock import ManualClock
from server.kit.due import schedule
from server.kit.graph.context import Context
from server.kit.graph.sink import CloseReason
from server.kit.viewer import SYSTEM, Credentials
from server.kit.work import Call, Work
from server.operations.reads import SETTLED_AFTER, Today
from server.wallet.actions import Transfer, post
from server.wallet.reads.turnover import Flow
from server.wallet.rules import Counter, PostingKind
from tests.staffed import Staff

FIGURES = """at today { since moneyIn { amount currency } spend { unit quantity } } socketsHere
    dueWork { due late failing paused }"""
GLANCE = f"{{ operations {{ {FIGURES} }} }}"
WATCH = f"subscription {{ operationsChanged {{ kind sequence operations {{ {FIGURES} }} }} }}"
WATCH_QUEUES = "subscription { staffQueueChanged { kind sequence queue } }"
ACCOUNTS = """query($first: Int! = 20, $after: String, $status: AccountStatus, $beginning: String) {
    accounts(first: $first, after: $after, status: $status, beginning: $beginning) {
        edges { node { id status statusSince statusReason openedAt } } pageInfo { hasNextPage endCursor } } }"""
SUSPEND = "mutation($id: ID!) { suspendAccount(input: {accountId: $id, reason: ABUSE}) { __typename } }"
CONCERN = """mutation { raiseConcern(input: {text: "Who has my address?"}) { __typename
    ... on PrivacyRequestFiled { request { id } } } }"""
ME = "{ viewer { account { id } } }"
MINE = "{ viewer { account { dataAccess { edges { node { id } } } } } }"


class Screen:
    """Shows what a subscription sends; `next` waits for it."""

    backlog = 0

    def __init__(self) -> None:
        self._shown = asyncio.Queue[Any]()

    def send(self, payload: bytes, sequence: int) -> None:
        self._shown.put_nowait(next(iter(json.loads(payload)["data"].values())))

    def close(self, reason: CloseReason, message: str) -> None:
        raise AssertionError(message)

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            return await self._shown.get()


async def watch(staff: Staff, who: str, document: str) -> tuple[Screen, Any]:
    postmeter, screen = staff.postmeter, Screen()
    viewer = await postmeter.authenticator.authenticate(Credentials(bearer=staff.tokens[who]))
    assert viewer is not None
    context = Context(postmeter.units, postmeter.services, viewer)
    return screen, await postmeter.live.subscribe(
        postmeter.engine.prepare(document, None, {}), context, screen
    )


async def posted(staff: Staff, *transfers: tuple[str, int, PostingKind]) -> None:
    account_id = (await staff.ask("CUSTOMER", ME))["account"]["id"]

    def write(work: Work) -> None:
        for number, (unit, amount, kind) in enumerate(transfers):
            counter = Counter.PAYMENTS if kind.value.startswith("TOP_UP") else Counter.CREDITS_USED
            reference = f"{kind.value}-{number}-{work.now.isoformat()}"
            post(work, [Transfer(account_id, unit, amount, counter, kind, reference)])

    await staff.postmeter.units.run(Call("test", SYSTEM), write)


async def test_the_day_is_summed_and_pushed_and_the_rest_of_it_counted(
    staff: Staff, clock: ManualClock
) -> None:
    start_of_day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    since = f"{start_of_day:%Y-%m-%dT%H:%M:%SZ}"
    clock.advance(start_of_day - timedelta(microseconds=1) - clock.now())
    await posted(staff, ("EUR", 9_900, PostingKind.TOP_UP))
    clock.advance(timedelta(microseconds=1))
    empty = await staff.ask("SUPPORT", GLANCE)
    assert empty["today"] == {"since": since, "moneyIn": [], "spend": []}, "that was yesterday"
    screen, subscription = await watch(staff, "ADMIN", WATCH)
    assert (await screen.next())["kind"] == "SNAPSHOT"

    await posted(
        staff,
        ("EUR", 10_050, PostingKind.TOP_UP),
        ("EUR", -50, PostingKind.TOP_UP_REFUNDED),
        ("EMAIL", 500, PostingKind.ORDER_CREDITS),
        ("EUR", -1_000, PostingKind.ORDER),
        ("EUR", 1_000, PostingKind.ORDER_CANCELLED),
        ("EMAIL", -20, PostingKind.USAGE),
    )
    clock.advance(timedelta(seconds=1))
    await staff.fail("wallet.shred", "wal_1")

    def late(work: Work) -> None:
        schedule(work, "wallet.shred", "wal_2", work.now - timedelta(minutes=6))

    await staff.postmeter.units.run_unaudited(late)
    expected = {
        "since": since,
        "moneyIn": [{"amount": "100.00", "currency": "EUR"}],
        "spend": [{"unit": "EMAIL", "quantity": "20"}, {"unit": "EUR", "quantity": "10.00"}],
    }
    shown = await screen.next()
    while shown["operations"]["dueWork"]["late"] == 0:
        clock.advance(timedelta(seconds=1))
        shown = await screen.next()
    assert (shown["kind"], shown["operations"]["today"]) == ("CHANGE", expected)
    assert shown["operations"]["dueWork"]["failing"] == 1
    assert shown["operations"]["socketsHere"] == 0
    await subscription.cancel()
    asked = await staff.ask("ADMIN", GLANCE)
    assert (asked["today"], asked["dueWork"]) == (expected, shown["operations"]["dueWork"])
    for who in ("CUSTOMER", "FINANCE"):
        assert await staff.refused(who, GLANCE) == "FORBIDDEN"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_what_is_settled_of_a_day_is_kept_and_a_new_day_begins_with_nothing(
    staff: Staff, clock: ManualClock
) -> None:
    today, units = Today(), staff.postmeter.units
    for minutes in (1, 7, 30):
        await posted(staff, ("SMS", 10, PostingKind.TOP_UP), ("SMS", -1, PostingKind.USAGE))
        clock.advance(timedelta(minutes=minutes))
        kept, anew = await units.read(today.turnover), await units.read(Today().turnover)
        assert kept == anew
    assert kept == {(Flow.IN, "SMS"): 30, (Flow.SPENT, "SMS"): 3}
    assert today._settled is not None
    assert clock.now() - today._settled[1] <= SETTLED_AFTER + timedelta(minutes=1)
    clock.advance(timedelta(days=1))
    assert await units.read(today.turnover) == {}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_staff_is_told_which_queue_moved_and_nothing_of_it(staff: Staff) -> None:
    screen, subscription = await watch(staff, "SUPPORT", WATCH_QUEUES)
    first = await screen.next()
    assert (first["kind"], first["queue"]) == ("SNAPSHOT", None)
    filed = await staff.ask("CUSTOMER", CONCERN)
    moved = await screen.next()
    assert moved == {
        "kind": "CHANGE",
        "sequence": moved["sequence"],
        "queue": "PRIVACY_REQUESTS",
    }, filed
    assert int(moved["sequence"]) > int(first["sequence"])
    await subscription.cancel()


@pytest.mark.rule("M083")
async def test_accounts_are_listed_by_state_and_id_with_nothing_of_anybody(staff: Staff) -> None:
    account_id = (await staff.ask("CUSTOMER", ME))["account"]["id"]

    def others(work: Work) -> None:
        for name in ("a", "b"):
            values = {"id": f"acc_{name * 26}", "status": "ACTIVE", "created_at": work.now}
            work.execute(insert(Account).values(values))

    await staff.postmeter.units.run_unaudited(others)
    listed = await staff.ask("SUPPORT", ACCOUNTS, first=2)
    assert [edge["node"]["id"] for edge in listed["edges"]] == [f"acc_{'b' * 26}", f"acc_{'a' * 26}"]
    rest = await staff.ask("SUPPORT", ACCOUNTS, after=listed["pageInfo"]["endCursor"])
    (mine,) = (edge["node"] for edge in rest["edges"])
    assert (mine["id"], mine["status"], mine["statusSince"]) == (account_id, "ACTIVE", None)
    await staff.ask("ADMIN", SUSPEND, id=account_id)
    (edge,) = (await staff.ask("ADMIN", ACCOUNTS, status="SUSPENDED"))["edges"]
    assert (edge["node"]["id"], edge["node"]["statusReason"]) == (account_id, "ABUSE")
    assert edge["node"]["statusSince"] is not None
    for beginning, found in ((account_id[:12], 1), ("acc_bbb", 1), ("acc_", 3), ("acc_zzz", 0)):
        assert len((await staff.ask("ADMIN", ACCOUNTS, beginning=beginning))["edges"]) == found, beginning
    for wrong in ("usr_1", "acc_%", "acc"):
        assert await staff.refused("ADMIN", ACCOUNTS, beginning=wrong) == "BAD_USER_INPUT"
    for who in ("CUSTOMER", "FINANCE"):
        assert await staff.refused(who, ACCOUNTS) == "FORBIDDEN"
    assert (await staff.ask("CUSTOMER", MINE))["account"]["dataAccess"]["edges"] == [], "an id tells nothing"
