"""PostgreSQL as the wire: LISTEN and NOTIFY over one connection a process, outside of the pool of the database.

A transaction that notifies holds a lock of the whole cluster while it commits, so nothing of the domain is in it: the
batch is a transaction of its own, behind the commits that it tells of, and does not wait for the disk. Every process
hears every batch. A pooler that shares connections between transactions cannot carry it: name PostgreSQL itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, ClassVar

import asyncpg

from server.kit.db.postgres import asyncpg_url

CHANNEL = "postmeter_wake"
PAYLOAD_BYTES_MAX = 7_900
"""PostgreSQL takes less than 8,000."""
_NOTIFY = "SELECT count(pg_notify($1, payload)) FROM unnest($2::text[]) AS payload"
_CLOSE_SECONDS_MAX = 1.0


class PostgresWire:
    """Any process that listens on the database hears what is told."""

    by_topic: ClassVar[bool] = False

    def __init__(self, url: str) -> None:
        address = asyncpg_url(url)
        _, self._options = address.get_dialect()().create_connect_args(address)
        self._connection: Any = None

    async def open(self, hear: Callable[[Sequence[str]], None], lost: Callable[[], None]) -> None:
        settings = {"application_name": "postmeter", "synchronous_commit": "off"}
        connection = self._connection = await asyncpg.connect(**self._options, server_settings=settings)
        own = connection.get_server_pid()

        def heard(_connection: object, sender: int, _channel: str, payload: str) -> None:
            if sender != own:
                hear(payload.split())

        connection.add_termination_listener(lambda _: lost())
        await connection.add_listener(CHANNEL, heard)

    async def follow(self, topics: Collection[str]) -> None:
        """Nothing to do: it hears everything."""

    async def leave(self, topics: Collection[str]) -> None:
        """Nothing to do."""

    async def tell(self, topics: Sequence[str]) -> None:
        await self._connection.execute(_NOTIFY, CHANNEL, list(payloads(topics)))

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.close(timeout=_CLOSE_SECONDS_MAX)
        except BaseException:
            connection.terminate()
            raise


def payloads(topics: Sequence[str]) -> Iterator[str]:
    """The topics, joined by spaces into as few payloads as PostgreSQL takes."""
    joined: list[str] = []
    length = 0
    for topic in topics:
        if joined and length + len(topic) > PAYLOAD_BYTES_MAX:
            yield " ".join(joined)
            joined, length = [], 0
        joined.append(topic)
        length += len(topic) + 1
    if joined:
        yield " ".join(joined)
