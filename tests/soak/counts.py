"""What all clients of a soak share: what they did, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

FAULTS_KEPT_MAX = 20


@dataclass
class Counts:
    """How often what was done, and the first faults; any fault fails the soak."""

    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, text: str) -> None:
        self.done["fault"] += 1
        if len(self.faults) < FAULTS_KEPT_MAX:
            self.faults.append(text)

    async def forever(self, name: str, once: Callable[[], Awaitable[None]]) -> None:
        """Do it again and again, until cancelled or until it fails."""
        try:
            while True:
                await once()
        except Exception as failure:
            self.fault(f"{name}: {failure!r}")
