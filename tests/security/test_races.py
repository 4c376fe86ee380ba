"""Authority that ends at the same time as it is used. Feeds that are open already: tests/faults/test_revocation.py."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.faults.client import Api, connected, customer
from tests.security.conftest import Target

ROUNDS = 20
EVERY = "subscription { balance(unit: EMAIL, mode: EVERY) { kind sequence } }"
FORBIDDEN = 4403


@pytest.mark.rule("Q014")
async def test_a_revocation_that_races_a_subscription_leaves_no_feed_behind(target: Target) -> None:
    """Whoever comes first: what is spent after the revocation was answered is never seen."""
    random = Random(4)
    async with connected(target.origin) as http:
        api = await customer(http)
        for number in range(ROUNDS):
            made = await api.api_key("BALANCE_READ")
            async with Api(http, made["secret"]).socket() as socket:
                subscribing = asyncio.create_task(socket.subscribe(EVERY))
                for _ in range(random.randrange(4)):
                    await asyncio.sleep(0)
                revoked = await api.do("revokeApiKey", {"id": made["apiKey"]["id"]})
                assert "code" not in revoked
                await subscribing
                spent = await api.spend(1, f"after-{number}")
                late = int(spent["postings"][0]["sequence"])
                messages: list[dict[str, Any]] = []
                with suppress(ConnectionClosed):
                    while True:
                        messages.append(await socket.receive())
            events = [one["payload"]["data"]["balance"] for one in messages if one["type"] == "next"]
            assert all(int(event["sequence"]) < late for event in events), f"round {number}"
            assert socket.connection.close_code == FORBIDDEN, f"round {number}"


async def test_sign_out_raced_against_use_is_either_before_or_after(target: Target) -> None:
    async with connected(target.origin) as http:
        api = await customer(http)
        for _ in range(2):
            session = Api(http, (await api.sign_in())["token"])
            asked = [asyncio.create_task(session.post("{ viewer { scopes } }")) for _ in range(8)]
            ended = await session.post("mutation { signOut { __typename } }")
            assert ended.status_code == 200
            for answer in await asyncio.gather(*asked):
                assert answer.status_code in (200, 401)
            assert (await session.post("{ viewer { scopes } }")).status_code == 401
