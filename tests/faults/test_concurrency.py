"""Many at once over HTTP: what is affordable is spent, what has one key happens once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.faults.client import Api
from tests.faults.processes import Process


@pytest.mark.rule("Q013")
async def test_of_fifty_spends_at_once_the_twenty_that_are_affordable_succeed(api: Api) -> None:
    answers = await asyncio.gather(*(api.spend(490, f"spend-{number}") for number in range(50)))
    kinds = Counter(answer["__typename"] for answer in answers)
    assert kinds == {"UsageRecorded": 20, "InsufficientBalance": 30}
    refused = [answer for answer in answers if answer["__typename"] == "InsufficientBalance"]
    assert all((answer["available"], answer["required"]) == ("200", "490") for answer in refused)
    spent = [answer["postings"][0]["sequence"] for answer in answers if "postings" in answer]
    assert sorted(map(int, spent)) == list(range(2, 22)), "contiguous, behind the credits' own posting"
    assert (await api.balance("EMAIL"))["available"] == "200"


@pytest.mark.rule("Q019")
async def test_thirty_requests_with_one_key_and_one_body_are_one_posting(api: Api) -> None:
    answers = await asyncio.gather(*(api.spend(10, "once") for _ in range(30)))
    assert Counter(answer["replayed"] for answer in answers) == {False: 1, True: 29}
    assert len({str(answer["postings"]) for answer in answers}) == 1
    assert (await api.balance("EMAIL"))["available"] == "9990"


@pytest.mark.rule("Q019")
async def test_one_key_with_two_bodies_at_once_keeps_to_the_first(api: Api) -> None:
    answers = await asyncio.gather(*(api.spend(10 + number % 2, "two-bodies") for number in range(30)))
    # The reference is the key and so the same; only the quantity differs.
    kinds = Counter(answer["__typename"] for answer in answers)
    assert kinds == {"UsageRecorded": 15, "IdempotencyMismatch": 15}
    recorded = [answer for answer in answers if "postings" in answer]
    assert Counter(answer["replayed"] for answer in recorded) == {False: 1, True: 14}
    assert len({str(answer["postings"]) for answer in recorded}) == 1
    spent = 10_000 - int((await api.balance("EMAIL"))["available"])
    assert -spent == int(recorded[0]["postings"][0]["amount"])


@pytest.mark.rule("Q019")
async def test_a_refused_key_stays_refused_when_the_money_has_come(api: Api) -> None:
    refused = await asyncio.gather(*(api.spend(20_000, "too-much") for _ in range(10)))
    assert {answer["code"] for answer in refused} == {"INSUFFICIENT_BALANCE"}
    await _fund_again(api)
    assert (await api.spend(20_000, "too-much"))["code"] == "INSUFFICIENT_BALANCE"
    assert (await api.spend(20_000, "new-intention"))["__typename"] == "UsageRecorded"


async def _fund_again(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe("subscription { topUpChanged(mode: EVERY) { topUp { status } } }")
        await api.top_up("1000.00", "more")
        while await _status(await socket.data()) != "SUCCEEDED":
            pass
    assert (await api.order("EMAIL_100K", "more credits"))["__typename"] == "OrderPlaced"


async def _status(data: Any) -> str | None:
    top_up = data["topUpChanged"]["topUp"]
    return top_up["status"] if top_up is not None else None


@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
async def test_people_sign_in_while_a_command_rotates_the_keys(api: Api, process: Process) -> None:
    rotating = asyncio.create_task(asyncio.to_thread(process.command, "keys", "rotate", "index"))
    sign_ins = 0
    while not rotating.done():
        assert (await api.sign_in())["__typename"] == "SignedIn"
        sign_ins += 1
        await asyncio.wait({rotating}, timeout=0.1)  # hashing without a pause would keep the command waiting
    rotated = await rotating
    assert (rotated.returncode, "hashed with a new key" in rotated.stdout) == (0, True), rotated.stderr
    assert sign_ins > 0
    assert (await api.sign_in())["__typename"] == "SignedIn"
    anybody = Api(api.http)
    policy = (await anybody.ask("{ policyInForce { document version } }"))["policyInForce"]
    who = {"login": api.login, "password": api.password, "acceptedPolicy": policy, "professionalUse": True}
    assert (await anybody.do("register", who))["code"] == "LOGIN_TAKEN"
