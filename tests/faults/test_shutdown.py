"""SIGTERM under load: nothing is done without being answered, and every client is told to come back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from server.app import Postmeter
from server.gateway.limits import GatewayLimits
from server.serving import SHUTDOWN_SECONDS_MAX
from tests.faults.client import Api, Socket, connected, customer, open_stream
from tests.faults.listening import sandbox_settings, serving
from tests.faults.processes import Process

MUTATIONS = 200
ANSWERED_BEFORE = 30
SERVICE_RESTART = 1012
EVERY = "subscription { balance(unit: EMAIL, mode: EVERY) { sequence } }"

Outcomes = dict[str, dict[str, Any] | None]


async def stop_under_load(process: Process, api: Api) -> Outcomes:
    """200 spends at once, SIGTERM when some are answered; None for what was not answered."""
    answered = 0
    enough = asyncio.Event()

    async def one(key: str) -> dict[str, Any] | None:
        nonlocal answered
        try:
            response = await api.post(SPEND, {"key": key})
        except httpx.TransportError:
            return None
        answered += 1
        if answered == ANSWERED_BEFORE:
            enough.set()
        body: dict[str, Any] = response.json()
        return body["data"]["recordUsage"] if response.status_code == 200 else None

    tasks = {f"stop-{number}": asyncio.create_task(one(f"stop-{number}")) for number in range(MUTATIONS)}
    await enough.wait()
    process.ask_to_stop()
    return {key: await task for key, task in tasks.items()}


SPEND = """mutation Do($key: String!) { recordUsage(input: {idempotencyKey: $key,
  entries: [{operation: {emailSend: {messages: 1}}, reference: $key}]}) {
  ... on UsageRecorded { replayed postings { sequence } } ... on Problem { code } } }"""


async def until_closed(socket: Socket) -> int | None:
    """The code that the server closes the socket with, after whatever it still sends."""
    try:
        while True:
            await socket.receive()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else None


@pytest.mark.parametrize("own_process", ["sqlite", "postgresql"], indirect=True)
async def test_stopped_under_load_it_answers_what_it_does_and_sends_clients_away(
    own_process: Process,
) -> None:
    process = own_process
    async with connected(process.origin) as http:
        api = await customer(http)
        async with api.socket() as socket, open_stream(api, EVERY) as stream:
            await socket.subscribe(EVERY)
            await socket.data()
            await anext(stream)
            outcomes = await stop_under_load(process, api)
            closed = await until_closed(socket)
            names = [name async for name, _ in stream]
    assert closed == SERVICE_RESTART, "after which clients connect again"
    assert "complete" not in names, "a stream that ends without it is opened again"
    status, seconds = await asyncio.to_thread(process.wait_stopped)
    assert (status, seconds < SHUTDOWN_SECONDS_MAX + GatewayLimits().shutdown_timeout_seconds) == (0, True)
    process.start()
    async with connected(process.origin) as http:
        api.http = http
        answers = await asyncio.gather(*(api.post(SPEND, {"key": key}) for key in outcomes))
    for (key, before), response in zip(outcomes.items(), answers, strict=True):
        now = response.json()["data"]["recordUsage"]
        if before is None:
            assert not now["replayed"], f"{key} was done without an answer"
        else:
            assert now == before | {"replayed": True}, key


@pytest.fixture
def outlived() -> Iterator[None]:
    """uvicorn raises SIGTERM again once the server has ended: what is ignored before is ignored then."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("outlived")
async def test_told_to_stop_it_says_so_and_serves_on_until_load_balancers_have_left(tmp_path: Path) -> None:
    settings = sandbox_settings(tmp_path).model_copy(update={"drain_seconds": 600.0})
    async with serving(Postmeter(settings)) as server, connected(await server.listens) as http:
        api = await customer(http)
        assert (await http.get("/readyz")).json()["ready"]
        async with api.socket() as socket:
            await socket.subscribe(EVERY)
            await socket.data()
            signal.raise_signal(signal.SIGTERM)
            answer = await http.get("/readyz")
            parts = {"database": True, "keyStore": True, "staying": False}
            assert (answer.status_code, answer.json()) == (503, {"ready": False, **parts})
            assert (await http.get("/healthz")).status_code == 200
            async with connected(str(http.base_url)) as newcomer:
                sent = await Api(newcomer, api.token).spend(1, "while-it-leaves")
            assert sent["__typename"] == "UsageRecorded"
            assert (await socket.data())["balance"]["sequence"] == sent["postings"][0]["sequence"]
            signal.raise_signal(signal.SIGTERM)
            assert await until_closed(socket) == SERVICE_RESTART, "told twice, it goes at once"


def test_a_demo_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    process = Process(tmp_path, mode="--demo")
    process.start()
    assert list(tmp_path.glob("postmeter-demo-*"))
    process.ask_to_stop()
    status, _ = process.wait_stopped()
    assert (status, list(tmp_path.glob("postmeter-demo-*"))) == (0, [])
