"""A leaky bucket: so much at once, so much a second."""

from __future__ import annotations


class Bucket:
    """What is available of `most` at `at` (seconds of a monotonic clock); it begins full."""

    __slots__ = ("at", "available")

    def __init__(self, most: float, at: float) -> None:
        self.available = most
        self.at = at

    def restore(self, most: float, per_second: float, now: float) -> None:
        """What flowed back since the last look. `most` and `per_second` may have changed since."""
        self.available = min(most, self.available + max(0.0, now - self.at) * per_second)
        self.at = now
