"""Fetching from Amazon, against a server of the test's own: nothing but a short, prompt 200 is taken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.campaigns.adapters.fetching import FetchFailed, HttpsFetcher
from server.campaigns.rules.connections import WebhookTerms

TERMS = WebhookTerms(fetched_bytes_max=1_000, fetch_seconds_max=20.0)
IMPATIENT = WebhookTerms(fetch_seconds_max=0.3)
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@asynccontextmanager
async def answering(answer: bytes, *, and_stall: bool = False) -> AsyncIterator[str]:
    """The URL of a server that answers everybody with these bytes, and then hangs up or does nothing."""
    over = asyncio.Event()
    served: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            if and_stall:
                await over.wait()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.pem"
    finally:
        over.set()
        server.close()
        await asyncio.gather(*(task for task in served if task))
        await server.wait_closed()


async def fetched(url: str, terms: WebhookTerms = TERMS) -> bytes:
    fetcher = HttpsFetcher(terms)
    try:
        return await fetcher.get(url)
    finally:
        await fetcher.close()


async def test_a_short_answer_is_taken() -> None:
    async with answering(OK + b"\r\n" + b"x" * 1_000) as url:
        assert await fetched(url) == b"x" * 1_000


@pytest.mark.parametrize(
    ("answer", "and_stall"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", False),
        (OK + b"\r\n" + b"x" * 1_001, False),
        (OK + b"Content-Length: 10\r\n\r\nx", False),
        (OK + b"Content-Length: 10\r\n\r\nx", True),
        (b"", True),
        (b"nonsense\r\n\r\n", False),
    ],
    ids=["redirect", "missing", "large", "cut", "stalled", "silent", "nonsense"],
)
async def test_no_other_answer_is(answer: bytes, and_stall: bool) -> None:
    async with answering(answer, and_stall=and_stall) as url:
        with pytest.raises(FetchFailed):
            await fetched(url, IMPATIENT if and_stall else TERMS)


async def test_nobody_there() -> None:
    async with answering(b"") as url:
        pass
    with pytest.raises(FetchFailed):
        await fetched(url)
    with pytest.raises(FetchFailed):
        await fetched("https://[::1")
    await HttpsFetcher(TERMS).close()
