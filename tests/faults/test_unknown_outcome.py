"""A gateway that does not answer: the top-up is ERRORED for all to see, asked about later, and credited once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import Postmeter
from server.kit.clock import ManualClock
from server.topups.rules import Terms
from tests.faults.client import Api, Socket, connected, customer
from tests.faults.listening import listening, sandbox_settings

CHANGES = "subscription { topUpChanged { kind topUp { id status failureCode received { amount } } } }"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[Postmeter, ManualClock, httpx.AsyncClient]]:
    clock = ManualClock(datetime.now(UTC))
    postmeter = Postmeter(sandbox_settings(tmp_path), clock=clock)
    async with listening(postmeter) as origin, connected(origin) as http:
        yield postmeter, clock, http


async def until(socket: Socket, status: str) -> dict[str, Any]:
    """The top-up when it is first seen so."""
    while True:
        top_up: dict[str, Any] | None = (await socket.data())["topUpChanged"]["topUp"]
        if top_up is not None and top_up["status"] == status:
            return top_up


async def credited(api: Api) -> list[str]:
    """The amounts of all top-up postings."""
    query = """{ viewer { account { wallets { unit
      postings(first: 100) { edges { node { kind amount } } } } } } }"""
    wallets = (await api.ask(query))["viewer"]["account"]["wallets"]
    rows = [edge["node"] for wallet in wallets for edge in wallet["postings"]["edges"]]
    return [row["amount"] for row in rows if row["kind"] == "TOP_UP"]


@pytest.mark.rule("Q013", "Q019")
async def test_an_answer_that_was_lost_is_found_and_credited_once(server: Any) -> None:
    postmeter, clock, http = server
    api = await customer(http, None)
    async with api.socket() as socket:
        await socket.subscribe(CHANGES)
        created = await api.top_up("30.00", "unknown", "tok_sandbox_unknown")
        errored = await until(socket, "ERRORED")
        assert (errored["failureCode"], errored["received"]) == ("OUTCOME_UNKNOWN", None)
        assert await credited(api) == []
        again = await api.top_up("30.00", "unknown", "tok_sandbox_unknown")
        assert again == created | {"replayed": True}
        clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
        await postmeter.due.run_due()
        found = await until(socket, "SUCCEEDED")
    assert (found["id"], found["received"]) == (created["topUp"]["id"], {"amount": "30.00"})
    for delay in Terms().reconcile_delays_seconds:
        clock.advance(timedelta(seconds=min(delay, 3600)))
        await postmeter.due.run_due()
    assert await credited(api) == ["30.00"]
    assert (await api.balance("EUR"))["posted"] == "30.00"


@pytest.mark.rule("Q013")
async def test_a_request_that_was_lost_is_found_to_be_so_and_never_credited(server: Any) -> None:
    postmeter, clock, http = server
    api = await customer(http, None)
    async with api.socket() as socket:
        await socket.subscribe(CHANGES)
        await api.top_up("30.00", "lost", "tok_sandbox_unknown_lost")
        await until(socket, "ERRORED")
        clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
        await postmeter.due.run_due()
        assert (await until(socket, "FAILED"))["failureCode"] == "NOT_CHARGED"
    assert await credited(api) == []
