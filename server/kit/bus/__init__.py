"""Wake-ups after a commit. The bus carries no data: a lost wake-up costs delay, never an event (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Bus(Protocol):
    """Tells those who listen to a topic that something under it was committed. Used on the event loop only.

    A topic is a short name with an opaque id, such as an account's. No sequence is said with it: whoever wakes reads
    from its own position on, so a wake-up that comes late, twice or in another order changes nothing.
    """

    @property
    def connected(self) -> bool:
        """Whether wake-ups go to other processes and come from them; of a single process, always."""

    def publish(self, topics: Iterable[str]) -> None: ...

    def listen(self, topic: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` after each publication; the returned function ends it."""

    def wake_all(self) -> None:
        """Wake every listener of this process: something changed, and it is not known what."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Connect, and stay so, while the block runs; at its end say what waits to be said."""


def open_bus(url: str | None) -> Bus:
    """The bus behind `postgresql://…` or `nats://…,nats://…`; without a URL that of a single process."""
    from server.kit.bus.memory import MemoryBus
    from server.kit.bus.shared import SharedBus

    if url is None:
        return MemoryBus()
    if url.startswith("postgresql"):
        from server.kit.bus.postgres import PostgresWire

        return SharedBus(PostgresWire(url))
    from server.kit.bus.nats import NatsWire

    return SharedBus(NatsWire(url))
