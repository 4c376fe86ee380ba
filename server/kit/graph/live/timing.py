"""How the hub's tasks wait: woken by a ring, by the time, or by the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol


class Cancellable(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Forget the call."""


class Timer(Protocol):
    """Monotonic time in seconds, and calls at a later time. The event loop is one; tests bring their own."""

    def time(self) -> float:
        """The present moment."""

    def call_later(self, delay: float, callback: Callable[[], Any], /) -> Cancellable:
        """Call back once `delay` seconds have passed."""


class Bell:
    """Lets one task sleep. A ring while the task is busy is kept, so no wake-up is lost."""

    __slots__ = ("_event", "_rung", "_timer", "rung_at", "stopped")

    def __init__(self, timer: Timer) -> None:
        self._timer = timer
        self._event = asyncio.Event()
        self._rung = False
        self.rung_at = 0.0
        """The first ring since the last wait, by the timer."""
        self.stopped = False

    def ring(self) -> None:
        if not self._rung:
            self.rung_at = self._timer.time()
        self._rung = True
        self._event.set()

    def stop(self) -> None:
        """End the present wait and every later one."""
        self.stopped = True
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Sleep until rung, stopped, or `seconds` have passed; whether it was rung since the last wait."""
        if not self._event.is_set():
            alarm = self._timer.call_later(seconds, self._event.set)
            try:
                await self._event.wait()
            finally:
                alarm.cancel()
        rung, self._rung = self._rung, False
        if not self.stopped:
            self._event.clear()
        return rung
