"""Identifiers and random secrets, from an injected source of entropy.

Ids are TypeIDs: a readable prefix, an underscore, and a UUIDv7 (RFC 9562) in Crockford base 32, such as
`ord_01j8…`. They sort by the time they were made and are never reused (Q005).
"""

from __future__ import annotations

import random
import secrets
import threading
from typing import Protocol

from server.kit.clock import Clock, to_micros

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_SUFFIX_LENGTH = 26
_COUNTER_BITS = 12


class Entropy(Protocol):
    """Where random bytes come from."""

    def bytes(self, count: int) -> bytes: ...


class SystemEntropy:
    """The operating system's generator, for everything real."""

    def bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededEntropy:
    """Repeatable bytes for tests and simulations. Never for a deployment."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatability is the point

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)


class Ids:
    """Makes ids that are unique and, within one process, strictly increasing."""

    def __init__(self, clock: Clock, entropy: Entropy) -> None:
        self._clock = clock
        self._entropy = entropy
        self._lock = threading.Lock()
        self._last = (0, 0)

    def new(self, prefix: str) -> str:
        """A new id. `prefix` is one to eight lower-case letters that name the kind of thing."""
        with self._lock:  # the event loop and the writer both make ids
            millis, counter = self._tick()
        tail = int.from_bytes(self._entropy.bytes(8), "big") & ((1 << 62) - 1)
        value = (millis << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | tail
        return f"{prefix}_{_encode(value)}"

    def _tick(self) -> tuple[int, int]:
        # A clock that stands still or jumps back must not break the order: the counter runs on instead.
        millis = to_micros(self._clock.now()) // 1000
        last_millis, last_counter = self._last
        if millis > last_millis:
            tick = (millis, 0)
        elif last_counter + 1 < 1 << _COUNTER_BITS:
            tick = (last_millis, last_counter + 1)
        else:
            tick = (last_millis + 1, 0)
        self._last = tick
        return tick


def _encode(value: int) -> str:
    return "".join(_PAIRS[(value >> shift) & 0x3FF] for shift in range(120, -1, -10))


def is_id(text: str, prefix: str | None = None) -> bool:
    """Whether `text` has the shape of an id (of that prefix): a cheap test before any look-up."""
    head, _, suffix = text.rpartition("_")
    if len(suffix) != _SUFFIX_LENGTH or suffix[0] > "7" or any(char not in _ALPHABET for char in suffix):
        return False
    return head == prefix if prefix is not None else bool(head) and head.isascii() and head.islower()


def prefix_of(text: str) -> str | None:
    """The prefix of a well-formed id, else None."""
    return text.rpartition("_")[0] if is_id(text) else None
