"""How long somebody waits who fails to prove who they are (P014)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.kit.problems import Refusal


@dataclass(eq=False)
class TooManyAttempts(Refusal):
    """So many attempts failed that the next one has to wait."""

    code = "TOO_MANY_ATTEMPTS"
    retry_after_seconds: int


@dataclass(frozen=True, slots=True)
class Patience:
    """`free` failures cost nothing; then each doubles the wait, from `wait_first` up to `wait_max`.

    Failures are forgotten `window` after the last of them.
    """

    free: int
    wait_first: timedelta
    wait_max: timedelta
    window: timedelta


WITH_CLIENT = Patience(
    free=5, wait_first=timedelta(seconds=30), wait_max=timedelta(minutes=15), window=timedelta(hours=1)
)
"""About a hundred guesses a day from one place."""
WITH_MANY = Patience(
    free=100, wait_first=timedelta(minutes=1), wait_max=timedelta(hours=1), window=timedelta(hours=24)
)
"""Of one login from everywhere, or of all logins from one address: a hundred, then about thirty a day.

More are free than passwords are ever checked at once, so that many who sign in together do not stop each other.
"""


@dataclass(frozen=True, slots=True)
class Failures:
    """How many there were in a row, and when the last one was."""

    count: int
    last_at: datetime


def wait_after(failures: Failures, now: datetime, patience: Patience) -> timedelta:
    """How long the next attempt still has to wait; nothing when it need not."""
    if failures.count < patience.free or now >= failures.last_at + patience.window:
        return timedelta(0)
    doublings = min(failures.count - patience.free, 30)  # far above any sensible wait, and no overflow
    wait = min(patience.wait_first * (1 << doublings), patience.wait_max)
    return max(failures.last_at + wait - now, timedelta(0))


def too_many_attempts(wait: timedelta) -> TooManyAttempts:
    """The refusal for this wait, in whole seconds, rounded up."""
    return TooManyAttempts(-int(-wait.total_seconds() // 1))
