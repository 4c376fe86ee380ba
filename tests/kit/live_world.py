"""A small real slice for the live hub: numbered rows of a stream, credentials with an epoch, and recording sinks."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, MetaData, String, Table, delete, insert, select, update

from server.kit.graph.context import Context
from server.kit.graph.feed import FeedEvent, FeedEventKind, FeedMode
from server.kit.graph.live import Live, LiveLimits
from server.kit.graph.sink import CloseReason
from server.kit.problems import PublicError
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, Read, Units, Work

METADATA = MetaData()
STREAMS = Table(
    "live_streams",
    METADATA,
    Column("name", String(20), primary_key=True),
    Column("head", BigInteger),
    Column("oldest", BigInteger),
    Column("total", BigInteger),
)
ROWS = Table(
    "live_rows",
    METADATA,
    Column("name", String(20), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("amount", BigInteger),
    Column("total", BigInteger),
)
EPOCHS = Table(
    "live_epochs", METADATA, Column("account_id", String(20), primary_key=True), Column("epoch", BigInteger)
)
REVOKED = Table("live_revoked", METADATA, Column("credential_id", String(20), primary_key=True))

LIMITS = LiveLimits(latest_per_second_max=1_000)
STREAM = "acc_1"


def spend(work: Work, amount: int = 1) -> int:
    """Move the stream by one sequence."""
    head, total = work.execute(
        update(STREAMS)
        .where(STREAMS.c.name == STREAM)
        .values(head=STREAMS.c.head + 1, total=STREAMS.c.total + amount)
        .returning(STREAMS.c.head, STREAMS.c.total)
    ).one()
    work.execute(insert(ROWS).values(name=STREAM, sequence=head, amount=amount, total=total))
    work.wake(STREAM)
    return int(head)


def prune(work: Work, oldest: int) -> None:
    """Forget the history up to and with `oldest`."""
    work.execute(delete(ROWS).where(ROWS.c.sequence <= oldest))
    work.execute(update(STREAMS).where(STREAMS.c.name == STREAM).values(oldest=oldest))


def revoke(work: Work, credential_id: str) -> None:
    work.execute(update(EPOCHS).values(epoch=EPOCHS.c.epoch + 1))
    work.execute(insert(REVOKED).values(credential_id=credential_id))
    work.wake(f"authority:{STREAM}")


class Rows:
    """The feed over the rows; an event's value is a plain dictionary."""

    topic = STREAM
    account_id = STREAM

    def __init__(self, mode: FeedMode, after: int | None) -> None:
        self.mode = mode
        self.after = after
        self.key: Hashable = ("rows", mode)

    def _of_stream(self, read: Read, column: Column[int]) -> int:
        return int(read.scalar(select(column).where(STREAMS.c.name == STREAM)))

    def head(self, read: Read) -> int:
        return self._of_stream(read, STREAMS.c.head)

    def oldest(self, read: Read) -> int:
        return self._of_stream(read, STREAMS.c.oldest)

    def state(self, read: Read, kind: FeedEventKind) -> FeedEvent:
        row = read.rows(select(STREAMS))[0]
        return FeedEvent(row.head, {"kind": kind.name, "sequence": row.head, "total": row.total})

    def since(self, read: Read, after: int, limit: int) -> Sequence[FeedEvent]:
        query = select(ROWS).where(ROWS.c.sequence > after).order_by(ROWS.c.sequence).limit(limit)
        return [self._change(row) for row in read.rows(query)]

    def latest(self, read: Read, after: int) -> FeedEvent | None:
        query = select(ROWS).where(ROWS.c.sequence > after).order_by(ROWS.c.sequence.desc()).limit(1)
        row = read.first(query)
        return self._change(row) if row is not None else None

    def _change(self, row: Any) -> FeedEvent:
        value = {"kind": "CHANGE", "sequence": row.sequence, "amount": row.amount, "total": row.total}
        return FeedEvent(row.sequence, value)


@dataclass(frozen=True)
class Asked:
    """A prepared subscription."""

    mode: FeedMode = FeedMode.EVERY
    after: int | None = None
    share_key: Hashable = "rows"


class Recorder:
    """A client: keeps what it got. While `reads` is False everything stays in its backlog."""

    def __init__(self, *, reads: bool = True) -> None:
        self.reads = reads
        self.payloads: list[bytes] = []
        self.closed: CloseReason | None = None
        self._unread = 0
        self._moved = asyncio.Event()

    @property
    def backlog(self) -> int:
        return 0 if self.reads else self._unread

    def send(self, payload: bytes, sequence: int) -> None:
        assert self.closed is None
        self.payloads.append(payload)
        self._unread += not self.reads
        self._moved.set()

    def close(self, reason: CloseReason, message: str) -> None:
        assert self.closed is None
        assert message
        self.closed = reason
        self._moved.set()

    def drain(self) -> None:
        self._unread = 0

    @property
    def events(self) -> list[dict[str, Any]]:
        return [orjson.loads(payload) for payload in self.payloads]

    @property
    def sequences(self) -> list[int]:
        return [event["sequence"] for event in self.events]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                self._moved.clear()
                await self._moved.wait()

    def has(self, sequence: int) -> bool:
        return bool(self.payloads) and orjson.loads(self.payloads[-1])["sequence"] >= sequence

    async def reached(self, sequence: int) -> None:
        await self.until(lambda: self.has(sequence))

    async def ended(self) -> None:
        await self.until(lambda: self.closed is not None)


class ManualTimer:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = count()
        self._calls: list[tuple[float, int, ManualCall]] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], Any], /) -> ManualCall:
        call = ManualCall(callback)
        heapq.heappush(self._calls, (self._now + delay, next(self._order), call))
        return call

    def advance(self, seconds: float) -> None:
        self._now += seconds
        while self._calls and self._calls[0][0] <= self._now:
            _, _, call = heapq.heappop(self._calls)
            if not call.cancelled:
                call.callback()


@dataclass
class ManualCall:
    callback: Callable[[], Any]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class World:
    """A hub over the rows."""

    units: Units
    timer: ManualTimer | None = None
    limits: LiveLimits = LIMITS
    rendered: Counter[tuple[Any, int]] = field(default_factory=Counter)
    fault: Exception | None = None
    barred: bool = False

    def __post_init__(self) -> None:
        self.live = Live(
            self.units,
            render=self._render,
            open_feed=self._open,
            authority=self,
            limits=self.limits,
            timer=self.timer,
        )

    async def start(self) -> None:
        await self.units.house.database.write(METADATA.create_all)
        await self.units.run(Call("start"), self._seed)

    def _seed(self, work: Work) -> None:
        work.execute(insert(STREAMS).values(name=STREAM, head=0, oldest=0, total=0))
        work.execute(insert(EPOCHS).values(account_id=STREAM, epoch=1))

    async def spend(self, times: int = 1) -> int:
        head = 0
        for _ in range(times):
            head = await self.units.run(Call("spend"), spend)
        return head

    async def revoke(self, credential_id: str) -> None:
        await self.units.run(Call("revoke"), lambda work: revoke(work, credential_id))

    async def subscribe(
        self, asked: Asked, sink: Recorder, credential_id: str = "ses_1", **viewer: Any
    ) -> Any:
        who = Viewer(STREAM, credential_id, **viewer)
        return await self.live.subscribe(asked, Context(self.units, Registry(), who), sink)

    async def pass_time(self, until: Callable[[], bool], step_seconds: float = 0.1) -> None:
        """Move the manual timer, with a turn for the database after each step, until the condition holds."""
        assert self.timer is not None
        async with asyncio.timeout(30):
            while not until():
                self.timer.advance(step_seconds)
                await self.units.read(lambda read: None)
                await asyncio.sleep(0)  # a read that asks nothing may not wait for anything

    def _open(self, prepared: Asked, context: Context) -> Rows:
        assert context.read is not None
        if self.barred:
            raise PublicError("FORBIDDEN", "This feed is not for you.")
        return Rows(prepared.mode, prepared.after)

    def _render(self, prepared: Asked, value: Any, context: Context, read: Read) -> Rendered:
        assert context.read is read
        if self.fault is not None:
            raise self.fault
        assert context.viewer.credential_id is None, "a shared execution knows no single subscriber"
        self.rendered[context.viewer.scopes, value["sequence"]] += 1
        return Rendered(value)

    # ---- the authority

    def authority_topic(self, account_id: str) -> str:
        return f"authority:{account_id}"

    def epoch(self, read: Read, account_id: str) -> int:
        return int(read.scalar(select(EPOCHS.c.epoch).where(EPOCHS.c.account_id == account_id)))

    def still_valid(self, read: Read, viewers: Collection[Viewer]) -> set[str]:
        gone = set(read.execute(select(REVOKED.c.credential_id)).scalars())
        return {v.credential_id for v in viewers if v.credential_id is not None} - gone


@dataclass
class Rendered:
    value: Any

    def encode(self) -> bytes:
        return orjson.dumps(self.value)
