"""A small client of the graphql-transport-ws protocol that follows one balance and resumes after cuts."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
ACK_SECONDS_MAX = 10.0
SILENCE_SECONDS_MAX = 20.0
CLOSE_SECONDS_MAX = 1.0
RETRY_SECONDS_MIN = 0.5
RETRY_SECONDS_MAX = 30.0
DOUBLINGS_MAX = 6
DICE = secrets.SystemRandom()
MESSAGE_BYTES_MAX = 1_048_576

SUBSCRIPTION = """subscription Watch($unit: Unit!, $after: BigInt) {
  balance(unit: $unit, after: $after, mode: EVERY) {
    kind sequence posted held available at posting { kind amount heldChange }
  }
}"""

REFUSALS = {
    4400: "The server did not understand this client: are they of the same version?",
    4401: "The server wants an API key or session token: put one into POSTMETER_API_KEY.",
    4403: "This API key or session token is not valid, or not any more.",
    4406: "The server does not speak graphql-transport-ws.",
}


class WatchRefused(Exception):
    """Trying again would end the same way; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Posting:
    """What changed the balance. `amount` is 0 where only a hold changed."""

    kind: str
    amount: Decimal
    held_change: Decimal

    @classmethod
    def of(cls, posting: dict[str, str]) -> Posting:
        return cls(posting["kind"], Decimal(posting["amount"]), Decimal(posting["heldChange"]))


@dataclass(frozen=True, slots=True)
class Update:
    """One message of the feed, in whole units. `at` is None before the first change, `posting` in a snapshot."""

    kind: str
    sequence: int
    posted: Decimal
    held: Decimal
    available: Decimal
    at: str | None
    posting: Posting | None

    @classmethod
    def of(cls, balance: dict[str, Any]) -> Update:
        return cls(
            balance["kind"],
            int(balance["sequence"]),
            Decimal(balance["posted"]),
            Decimal(balance["held"]),
            Decimal(balance["available"]),
            balance["at"],
            Posting.of(balance["posting"]) if balance["posting"] else None,
        )


class BalanceFeed:
    """One balance, followed until `updates` is closed or refused; it connects again by itself.

    Without `after` it begins with the last `history` changes, or with a snapshot when `history` is 0.
    """

    def __init__(
        self,
        url: str,
        key: str,
        unit: str,
        after: int | None = None,
        *,
        history: int = 0,
        jitter: Callable[[], float] = DICE.random,
        on_state: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.unit = unit.upper()
        self.state = "connecting"
        """Or `live`, or `waiting` for the next attempt; `on_state` is told each change."""
        self.retry_at = 0.0
        """On the clock of the event loop."""
        self.last = after
        self.received = self.gaps = self.duplicates = 0
        self._url = f"ws{url.removeprefix('http')}" if url.startswith("http") else url
        self._key = key
        self._history = history
        self._jitter = jitter
        self._on_state = on_state
        self._attempts = 0
        self._was_live = False

    async def updates(self) -> AsyncGenerator[Update, None]:
        """Each update once, in order. Raises WatchRefused when trying again is of no use."""
        while True:
            self._become("connecting")
            try:
                async with aclosing(self._connection()) as updates:
                    async for update in updates:
                        if self._count(update):
                            yield update
            except ConnectionClosed as closed:
                self._refuse_if_final(closed)
            except InvalidURI:
                raise WatchRefused(f"{self._url} is no address of a GraphQL server.") from None
            except (OSError, TimeoutError, InvalidHandshake) as problem:
                self._refuse_if_never_live(problem)
            await self._wait()

    async def _connection(self) -> AsyncGenerator[Update, None]:
        async with connect(
            self._url,
            subprotocols=[PROTOCOL],
            open_timeout=ACK_SECONDS_MAX,
            ping_interval=SILENCE_SECONDS_MAX,
            close_timeout=CLOSE_SECONDS_MAX,
            max_size=MESSAGE_BYTES_MAX,
        ) as socket:
            await self._join(socket)
            operation = await self._subscribe(socket, 1, self.last)
            async for message in _messages(socket):
                if message.get("id") != operation:
                    continue
                update = Update.of(_balance_of(message))
                if self.last is None and self._history > 0:
                    await socket.send(json.dumps({"id": operation, "type": "complete"}))
                    self.last = max(0, update.sequence - self._history)
                    operation = await self._subscribe(socket, 2, self.last)
                yield update

    async def _join(self, socket: ClientConnection) -> None:
        payload = {"authorization": f"Bearer {self._key}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        async with asyncio.timeout(ACK_SECONDS_MAX):
            async for message in _messages(socket):
                if message["type"] == "connection_ack":
                    break
        self._was_live, self._attempts = True, 0
        self._become("live")

    async def _subscribe(self, socket: ClientConnection, number: int, after: int | None) -> str:
        variables = {"unit": self.unit, "after": None if after is None else str(after)}
        payload = {"query": SUBSCRIPTION, "variables": variables}
        await socket.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
        return str(number)

    def _count(self, update: Update) -> bool:
        """Keep the books; False for an update that came before."""
        if update.kind != "CHANGE":
            # A snapshot before the replayed history is no place to resume from.
            if self.last is None or update.kind == "RESET":
                self.last = update.sequence
            return True
        if self.last is not None and update.sequence <= self.last:
            self.duplicates += 1
            return False
        if self.last is not None:
            self.gaps += update.sequence - self.last - 1
        self.last = update.sequence
        self.received += 1
        return True

    def _refuse_if_final(self, closed: ConnectionClosed) -> None:
        code = closed.rcvd.code if closed.rcvd else 1006
        if code in REFUSALS:
            raise WatchRefused(REFUSALS[code]) from None

    def _refuse_if_never_live(self, problem: Exception) -> None:
        if self._was_live:
            return
        if isinstance(problem, InvalidStatus):
            status = problem.response.status_code
            raise WatchRefused(
                f"{self._url} answered {status}: is this the GraphQL address of a Postmeter server?"
            ) from None
        raise WatchRefused(f"Nothing answers at {self._url}: is the server running?") from None

    async def _wait(self) -> None:
        ceiling_seconds = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** min(self._attempts, DOUBLINGS_MAX))
        self._attempts += 1
        # Jitter: a thousand clients of a restarted server must not come back in the same instant.
        seconds = ceiling_seconds * (0.5 + self._jitter() / 2)
        self.retry_at = asyncio.get_running_loop().time() + seconds
        self._become("waiting")
        await asyncio.sleep(seconds)

    def _become(self, state: str) -> None:
        self.state = state
        self._on_state(state)


async def _messages(socket: ClientConnection) -> AsyncGenerator[dict[str, Any], None]:
    """The server's messages except its pings, which are answered."""
    async for raw in socket:
        message = json.loads(raw)
        if message["type"] == "ping":
            await socket.send('{"type":"pong"}')
        else:
            yield message


def _balance_of(message: dict[str, Any]) -> dict[str, Any]:
    payload: Any = message.get("payload")
    if message["type"] == "complete":
        raise WatchRefused("The server ended the feed.")
    if message["type"] == "next" and payload.get("data"):
        return dict(payload["data"]["balance"])
    error = (payload if message["type"] == "error" else payload["errors"])[0]
    if error.get("extensions", {}).get("code") == "FORBIDDEN":
        raise WatchRefused("This API key may not read balances: it needs the scope BALANCE_READ.")
    raise WatchRefused(error["message"])
