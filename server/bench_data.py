"""Plausible events by seed, out of order and with repetitions, as `postmeter bench-data` writes or sends them.

Each message is accepted and then delivered, delayed or bounced; some are opened, by humans and by machines, some
clicked. An event waits in a buffer before it is given out, and one in twenty is given out twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import orjson

from server.kit.ids import SeededEntropy

DOMAINS = 50
LINKS = 20
WAITING_EVENTS_MAX = 20_000
"""Events that wait for their turn: how far out of order they are given out."""
_SPAN_SECONDS = 3 * 24 * 3600
_REPEATED_PERCENT = 5
_COUNTRIES = ("CH", "DE", "FR", "IT", "AT", "GB", "US", "JP")
_DEVICES = ("DESKTOP", "MOBILE", "MOBILE", "TABLET", "OTHER")
_BOUNCES = (
    ("HARD", "5.1.1"),
    ("SOFT", "4.2.2"),
    ("SOFT", "5.2.2"),
    ("BLOCK", "5.7.1"),
    ("UNDETERMINED", "5.0.0"),
)
_LINES_A_PIECE = 500
_ANSWER_SECONDS_MAX = 600.0

Event = dict[str, Any]


class Dice:
    """Whole numbers by seed."""

    def __init__(self, seed: int) -> None:
        self._entropy = SeededEntropy(seed)
        self._bytes = b""
        self._at = 0

    def below(self, limit: int) -> int:
        """A number from 0 to less than `limit`, which is at most a thousandth of 32 bits, so no number is favoured
        noticeably."""
        if self._at == len(self._bytes):
            self._bytes, self._at = self._entropy.bytes(1 << 16), 0
        number = int.from_bytes(self._bytes[self._at : self._at + 4], "big")
        self._at += 4
        return number % limit

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`."""
        return low + self.below(high - low + 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """How many events of which campaign; the last of them happen at `until`."""

    campaign_id: str
    events: int
    seed: int
    until: datetime


def lines(asked: Asked) -> Iterator[bytes]:
    """So many lines of JSON, repetitions among them."""
    dice, waiting, given = Dice(asked.seed), [], 0
    for event in _events(asked, dice):
        waiting.append(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
        if dice.below(100) < _REPEATED_PERCENT:
            waiting.append(waiting[-1])
        while len(waiting) > WAITING_EVENTS_MAX:
            if given == asked.events:
                return
            yield _draw(waiting, dice)
            given += 1
    while waiting and given < asked.events:
        yield _draw(waiting, dice)
        given += 1


def write(given: Iterable[bytes], path: Path) -> str:
    """Write the lines to a file, and say how many bytes there are."""
    with path.open("wb") as file:
        return f"Written {sum(file.write(line) for line in given):,} bytes to {path}."


def send(given: Iterable[bytes], url: str, key: str) -> str:
    """Send the lines as one stream; what the server answered."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/x-ndjson"}
    pieces = (b"".join(some) for some in batched(given, _LINES_A_PIECE))
    answer = httpx.post(url, content=pieces, headers=headers, timeout=_ANSWER_SECONDS_MAX, trust_env=False)
    return f"{answer.status_code}: {answer.text}"


def batched(given: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """The lines in lists of that size; the last may be shorter."""
    rest = iter(given)
    while some := list(islice(rest, size)):
        yield some


def _draw(waiting: list[bytes], dice: Dice) -> bytes:
    position = dice.below(len(waiting))
    waiting[position], waiting[-1] = waiting[-1], waiting[position]
    return waiting.pop()


def _events(asked: Asked, dice: Dice) -> Iterator[Event]:
    """The events of one message after the other, as many messages as it takes."""
    made, message = 0, 0
    start = asked.until - timedelta(seconds=_SPAN_SECONDS)
    while made < asked.events:
        sent = dice.below(6 * 3600)
        for number, event in enumerate(fate(dice)):
            seconds = sent + event.pop("after")
            yield {
                "key": f"{asked.seed}-{message}-{number}",
                "campaignId": asked.campaign_id,
                "recipient": f"reader{message}@isp{message % DOMAINS}.example.com",
                "at": (start + timedelta(seconds=min(seconds, _SPAN_SECONDS))).isoformat(),
                **event,
            }
            made += 1
        message += 1


def fate(dice: Dice) -> Iterator[Event]:
    """What becomes of one message, each event `after` so many seconds from its sending on."""
    yield {"kind": "ACCEPTED", "after": 0}
    chance = dice.below(1000)
    if chance < 20:
        bounce, code = _BOUNCES[dice.below(len(_BOUNCES))]
        yield {"kind": "BOUNCED", "after": dice.below(600), "bounce": bounce, "code": code}
        return
    if chance < 40:
        yield {"kind": "DEFERRED", "after": dice.below(60), "code": "4.7.0"}
    delivered = dice.below(900)
    yield {"kind": "DELIVERED", "after": delivered}
    if dice.below(100) < 60:
        yield from _opens(delivered, dice)
    if dice.below(1000) < 3:
        yield {"kind": "UNSUBSCRIBED", "after": delivered + dice.below(86_400)}
    if dice.below(10_000) < 4:
        yield {"kind": "COMPLAINED", "after": delivered + dice.below(86_400)}


def _opens(delivered: int, dice: Dice) -> Iterator[Event]:
    """Opens, the first often by a machine within seconds; sometimes clicks behind them."""
    place = {
        "country": _COUNTRIES[dice.below(len(_COUNTRIES))],
        "device": _DEVICES[dice.below(len(_DEVICES))],
    }
    if dice.below(100) < 40:
        yield {"kind": "OPENED", "after": delivered + dice.below(30), "machine": True}
    opened = delivered + dice.below(48 * 3600)
    for _ in range(1 + dice.below(3)):
        yield {"kind": "OPENED", "after": opened, **place}
        opened += dice.below(24 * 3600)
    if dice.below(100) < 12:
        link = f"https://www.example.com/offers/{dice.below(LINKS)}"
        suspect = dice.below(100) < 10
        yield {"kind": "CLICKED", "after": opened, "link": link, "suspectBot": suspect, **place}
