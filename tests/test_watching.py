"""`postmeter watch`: the feed over a network that breaks, the lines of a pipe, the picture, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from decimal import Decimal
from io import StringIO
from urllib.parse import urlsplit

import pytest
from rich.console import Console
from typer.testing import CliRunner

from server.cli import app
from server.watching import Said, WatchRefused, as_json, columns
from server.watching.feed import BalanceFeed, Posting, Update
from server.watching.screen import Screen, big, blocks
from tests.servers import ROOT, Customer, RunningServer


@pytest.fixture(scope="module")
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


class Network:
    """Passes bytes on to the server until it is cut, and again afterwards."""

    def __init__(self, origin: str) -> None:
        self._target = urlsplit(origin)
        self._open: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._open += [writer, far_writer]
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pass(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while some := await source.read(65_536):
                sink.write(some)
                await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.close()

    def cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()


@asynccontextmanager
async def network_to(origin: str) -> AsyncIterator[Network]:
    network = Network(origin)
    async with await asyncio.start_server(network.join, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        network.url = f"http://127.0.0.1:{port}/graphql"
        yield network
        network.cut()


async def test_cut_ten_times_it_yields_every_sequence_once_and_says_each_cut(customer: Customer) -> None:
    last = start = customer.sequence("EMAIL")
    heard = StringIO()
    said = Said(Console(file=heard))
    async with network_to(customer.origin) as network:
        key = customer.api_key()
        feed = BalanceFeed(network.url, key, "EMAIL", start, jitter=lambda: 0.0, on_state=said.hear)
        async with aclosing(feed.updates()) as updates:
            for cut in range(10):
                for _ in range(2):
                    await asyncio.to_thread(customer.send, 3)
                for _ in range(2):
                    last += 1
                    assert (await anext(updates)).sequence == last
                    said.last = feed.last
                assert feed.state == "live", cut
                network.cut()
    assert (feed.received, feed.gaps, feed.duplicates) == (20, 0, 0)
    lines = heard.getvalue().splitlines()
    assert lines[::2] == ["The connection is lost; trying again."] * 9
    assert lines[1::2] == [f"Live again, behind change {start + 2 * cut}." for cut in range(1, 10)]


async def test_without_a_sequence_it_replays_the_latest_changes_first(customer: Customer) -> None:
    for _ in range(5):
        customer.send(1)
    head = customer.sequence("EMAIL")
    feed = BalanceFeed(f"{customer.origin}/graphql", customer.api_key(), "email", history=3)
    async with aclosing(feed.updates()) as updates:
        found = [await anext(updates) for _ in range(4)]
    assert [(update.kind, update.sequence) for update in found] == [
        ("SNAPSHOT", head),
        ("CHANGE", head - 2),
        ("CHANGE", head - 1),
        ("CHANGE", head),
    ]


async def refusal(url: str, key: str, unit: str = "EMAIL") -> str:
    with pytest.raises(WatchRefused) as refused:
        async with aclosing(BalanceFeed(url, key, unit).updates()) as updates:
            await anext(updates)
    return str(refused.value)


async def test_it_says_what_is_wrong_where_trying_again_is_of_no_use(customer: Customer) -> None:
    url = f"{customer.origin}/graphql"
    assert "not valid" in await refusal(url, "pm_wrong")
    assert "BALANCE_READ" in await refusal(url, customer.api_key("ORDERS_READ"))
    assert "DOUBLOONS" in await refusal(url, customer.api_key(), "doubloons")
    assert "is this the GraphQL address" in await refusal(f"{customer.origin}/healthz", "pm_wrong")
    assert "no address" in await refusal("http://", "pm_wrong")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "is the server running?" in await refusal(f"http://127.0.0.1:{port}/graphql", "pm_wrong")


def watching(customer: Customer, key: str, *arguments: str) -> subprocess.Popen[str]:
    """Without a key it has nobody to ask for one."""
    command = [sys.executable, "-m", "server", "watch", "EMAIL", "--url", f"{customer.origin}/graphql"]
    return subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        env=os.environ | {"POSTMETER_API_KEY": key},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_into_a_pipe_it_writes_a_line_a_change_until_it_is_interrupted(customer: Customer) -> None:
    start = customer.sequence("EMAIL")
    customer.send(11)
    with watching(customer, customer.api_key(), "--after", str(start)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        cells = process.stdout.readline().rstrip("\n").split("\t")
        assert cells[1:4] == [str(start + 1), "USAGE", "-11"]
        assert cells[4] == customer.available("EMAIL")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr.read() == ""


def test_a_reader_that_has_enough_ends_it_quietly(customer: Customer) -> None:
    with watching(customer, customer.api_key(), "--after", "0", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = json.loads(process.stdout.readline())
        assert (first["sequence"], first["amount"], first["available"]) == ("1", "10000", "10000")
        process.stdout.close()
        customer.send(1)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


def test_a_refusal_is_one_sentence_and_an_exit_code(customer: Customer) -> None:
    with watching(customer, "pm_wrong") as process:
        out, problem = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert problem.strip() == "This API key or session token is not valid, or not any more."


def test_the_key_is_no_argument_and_without_one_it_says_so(customer: Customer) -> None:
    runner = CliRunner()
    asked = ["watch", "EMAIL", "--url", f"{customer.origin}/graphql"]
    without = runner.invoke(app, asked, env={"POSTMETER_API_KEY": ""})
    assert (without.exit_code, without.stdout) == (2, "")
    assert "POSTMETER_API_KEY" in without.stderr
    assert runner.invoke(app, [*asked, "--key", "pm_x"]).exit_code == 2


def update(sequence: int, available: str, posting: Posting | None, kind: str = "CHANGE") -> Update:
    amount = Decimal(available)
    return Update(kind, sequence, amount, Decimal(0), amount, "2026-03-02T09:00:00Z", posting)


def test_the_picture_shows_figure_postings_and_books() -> None:
    feed = BalanceFeed("ws://localhost", "pm_", "EUR")
    screen = Screen(feed)
    screen.take(update(1, "1250.00", Posting("TOP_UP", Decimal("1250.00"), Decimal(0))))
    screen.take(update(2, "1245.50", Posting("USAGE", Decimal("-4.50"), Decimal(0))))
    screen.take(update(3, "1245.50", Posting("HOLD_PLACED", Decimal(0), Decimal("5.00"))))
    console = Console(width=80, record=True, file=StringIO())
    console.print(screen.render(80))
    text = console.export_text()
    for expected in (
        *big("1,245.50"),
        "+1,250.00",
        "-4.50",
        "holds 5.00",
        "#2",
        "█▁▁",
        "0 gaps",
        "connecting",
    ):
        assert expected in text


def test_without_colours_the_picture_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(BalanceFeed("ws://localhost", "pm_", "EUR"))
    screen.take(update(1, "1250.00", Posting("TOP_UP", Decimal("1250.00"), Decimal(0))))
    drawn = {}
    for name in ("", "1"):
        monkeypatch.setenv("NO_COLOR", name)
        console = Console(width=80, file=StringIO(), force_terminal=True, color_system="standard")
        console.print(screen.render(80))
        drawn[name] = re.findall(r"\x1b\[[\d;]*3\dm", console.file.getvalue())  # type: ignore[attr-defined]
    assert drawn[""]
    assert not drawn["1"]


def test_lines_of_a_snapshot_leave_out_what_there_is_not() -> None:
    snapshot = Update("SNAPSHOT", 0, Decimal(0), Decimal(0), Decimal(0), None, None)
    assert columns(snapshot) == ("", "0", "SNAPSHOT", "", "0", "0", "0")
    assert json.loads(as_json(snapshot)) == {
        "at": None,
        "sequence": "0",
        "what": "SNAPSHOT",
        "amount": None,
        "available": "0",
        "posted": "0",
        "held": "0",
    }


def test_blocks_go_from_the_lowest_to_the_highest_value() -> None:
    assert blocks([Decimal(number) for number in range(8)]) == "▁▂▃▄▅▆▇█"
    assert blocks([Decimal(5)] * 3) == "▄▄▄"
    assert blocks([]) == ""
