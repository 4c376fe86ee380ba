"""Wake-ups after a commit. The bus carries no data: a lost wake-up costs delay, never an event (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol


class Bus(Protocol):
    """Tells those who listen to a topic that something under it was committed. Used on the event loop only."""

    def publish(self, topics: Iterable[str]) -> None: ...

    def listen(self, topic: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` after each publication; the returned function ends it."""

    def wake_all(self) -> None:
        """Wake every listener: something changed, and it is not known what."""
