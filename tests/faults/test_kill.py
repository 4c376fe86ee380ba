"""`kill -9` in the middle of 200 mutations at once, then a start on the same files, several times over."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.due import LEASE_SECONDS
from server.kit.work import Read
from server.orders.model import Invoice, Order
from server.topups.model import TopUp
from tests.faults.client import Api, connected, customer
from tests.faults.processes import Process

ACTIONS = 200
LOST = httpx.TransportError
Action = tuple[str, Callable[[], Coroutine[Any, Any, dict[str, Any]]]]

HISTORY = """query History($unit: Unit!, $after: String) { viewer { account { wallets { unit
  postings(first: 100, after: $after) { edges { node { kind reference holdId sequence amount } }
    pageInfo { hasNextPage endCursor } } } balance(unit: $unit) { posted held sequence } } } }"""
TOP_UPS = "{ viewer { account { topUps(first: 100) { edges { node { id status amount { amount } } } } } } }"


def mixed(api: Api, random: Random, seed: int) -> list[Action]:
    """Usage, holds, orders and top-ups, each with a key of its own, in an order that the seed decides."""

    def action(number: int) -> Action:
        key = f"kill-{seed}-{number}"
        if number % 5 < 2:
            return key, lambda: api.spend(1 + number % 7, key)
        if number % 5 == 2:
            hold = {"unit": "EMAIL", "quantity": "3", "idempotencyKey": key}
            return key, lambda: api.do("placeHold", hold)
        if number % 5 == 3:
            return key, lambda: api.order("SMS_100", key)
        return key, lambda: api.top_up("5.00", key)

    actions = [action(number) for number in range(ACTIONS)]
    random.shuffle(actions)
    return actions


async def run_until_killed(
    process: Process, actions: list[Action], kill_at: int
) -> dict[str, dict[str, Any] | None]:
    """Start all at once; kill the server when `kill_at` have been answered. None for what was not answered."""
    answered = 0
    enough = asyncio.Event()

    async def one(run: Callable[[], Coroutine[Any, Any, dict[str, Any]]]) -> dict[str, Any] | None:
        nonlocal answered
        try:
            answer = await run()
        except LOST:
            return None
        answered += 1
        if answered >= kill_at:
            enough.set()
        return answer

    tasks = {key: asyncio.create_task(one(run)) for key, run in actions}
    await enough.wait()
    process.kill()
    return {key: await task for key, task in tasks.items()}


async def postings(api: Api, unit: str) -> list[dict[str, Any]]:
    """All of a wallet's, in order."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        account = (await api.ask(HISTORY, {"unit": unit, "after": after}))["viewer"]["account"]
        (page,) = [wallet["postings"] for wallet in account["wallets"] if wallet["unit"] == unit]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found[::-1]
        after = page["pageInfo"]["endCursor"]


async def check_ledger(api: Api, outcomes: dict[str, dict[str, Any]]) -> None:
    """Every outcome is in the ledger once, and the ledger has nothing else."""
    email, euro = await postings(api, "EMAIL"), await postings(api, "EUR")
    for history in (email, euro):
        assert [int(one["sequence"]) for one in history] == list(range(1, len(history) + 1))
    used = {one["reference"]: one["amount"] for one in email if one["kind"] == "USAGE"}
    usage = [answer["postings"][0] for answer in outcomes.values() if "postings" in answer]
    assert used == {one["reference"]: one["amount"] for one in usage}
    assert len(used) == sum(one["kind"] == "USAGE" for one in email)
    held = sorted(one["holdId"] for one in email if one["kind"] == "HOLD_PLACED")
    assert held == sorted(answer["hold"]["id"] for answer in outcomes.values() if "hold" in answer)
    ordered = sorted(one["reference"] for one in euro if one["kind"] == "ORDER")
    mine = {answer["order"]["id"] for answer in outcomes.values() if "order" in answer}
    assert mine <= set(ordered)
    assert len(ordered) == len(mine) + 1, "and the one that bought the credits"
    await check_sums(api, email, euro, outcomes)


async def check_sums(
    api: Api, email: list[dict[str, Any]], euro: list[dict[str, Any]], outcomes: dict[str, dict[str, Any]]
) -> None:
    now = await api.balance("EMAIL")
    assert int(now["posted"]) == sum(int(one["amount"]) for one in email)
    assert int(now["held"]) == sum(int(a["hold"]["quantity"]) for a in outcomes.values() if "hold" in a)
    assert Decimal((await api.balance("EUR"))["posted"]) == sum(Decimal(one["amount"]) for one in euro)
    listed = (await api.ask(TOP_UPS))["viewer"]["account"]["topUps"]["edges"]
    credited = sorted(one["reference"] for one in euro if one["kind"] == "TOP_UP")
    assert credited == sorted(edge["node"]["id"] for edge in listed if edge["node"]["status"] == "SUCCEEDED")


async def settle_a_minute_later(process: Process) -> tuple[list[str], bool]:
    """The same files under a clock past every lease: each top-up's status, and whether the ledger is intact."""
    later = ManualClock(datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS + 1))
    postmeter = Postmeter(process.settings(), clock=later)
    async with postmeter.storage():
        await postmeter.due.run_due()
        statuses = select(TopUp.status)
        found = await postmeter.units.read(lambda read: [row.status for row in read.rows(statuses)])
        await postmeter.units.read(check_documents)
        report = await postmeter.verify_ledger(lambda _done, _total: None)
    return found, report.intact


def check_documents(read: Read) -> None:
    """Each paid order has its invoice, each top-up its receipt, and no number is missing or there twice."""
    serials = defaultdict(list)
    subjects = defaultdict(list)
    for row in read.rows(select(Invoice.series, Invoice.year, Invoice.serial, Invoice.subject_id)):
        serials[row.series, row.year].append(row.serial)
        subjects[row.series].append(row.subject_id)
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in serials.values())
    paid = read.rows(select(Order.id).where(Order.activated_at.is_not(None)))
    came = read.rows(select(TopUp.id).where(TopUp.status == "SUCCEEDED"))
    assert sorted(subjects["INVOICE"]) == sorted(row.id for row in paid)
    assert sorted(subjects["RECEIPT"]) == sorted(row.id for row in came)


@pytest.mark.rule("Q013", "Q019")
@pytest.mark.parametrize(
    ("own_process", "seed"),
    [("sqlite", 1), ("sqlite", 2), ("postgresql", 3)],
    indirect=["own_process"],
)
async def test_killed_among_200_mutations_it_keeps_what_it_answered(own_process: Process, seed: int) -> None:
    process, random = own_process, Random(seed)
    async with connected(process.origin) as http:
        api = await customer(http, "900.00")
        actions = mixed(api, random, seed)
        before = await run_until_killed(process, actions, random.randint(1, ACTIONS - 20))
    verified = await asyncio.to_thread(process.verify_ledger)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    process.start()
    async with connected(process.origin) as http:
        api.http = http
        after = await check_retries(actions, before)
        await check_ledger(api, after)
    process.kill()
    statuses, intact = await settle_a_minute_later(process)
    assert (Counter(statuses), intact) == ({"SUCCEEDED": 1 + ACTIONS // 5}, True)


async def check_retries(
    actions: list[Action], before: dict[str, dict[str, Any] | None]
) -> dict[str, dict[str, Any]]:
    """Retry everything with its key, twice: what was answered stands, what was not converges."""
    keys = [key for key, _ in actions]
    after = dict(zip(keys, await asyncio.gather(*(run() for _, run in actions)), strict=True))
    again = dict(zip(keys, await asyncio.gather(*(run() for _, run in actions)), strict=True))
    for key in keys:
        assert again[key] == after[key] | {"replayed": True}, key
        answered = before[key]
        if answered is not None:
            assert after[key] == answered | {"replayed": True}, f"{key} was answered, and is not there"
    return after
