"""What clients may still ask for, kept in rows that all servers of a database share (M143).

A bucket is one instant: when it will be full again. What is missing until then at its rate of restoring is what was
drawn; so a row that says a past instant says nothing, and goes with the next sweep of the retention.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant
from server.kit.viewer import Allowance
from server.kit.work import Work

_HASHED = "rate_buckets"
_ID_BYTES = 16


class RateBucket(Base):
    """A client's, or an account's. `id` is a keyed hash of whose: it leads to nobody."""

    __tablename__ = "rate_buckets"
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    full_at: Mapped[datetime] = mapped_column(Instant, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Wish:
    """So many points, and none at all when there are not `least`."""

    client: Hashable
    allowance: Allowance
    points: float
    least: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was got, what is left, and for how many seconds the client is blocked."""

    points: float
    left: float
    blocked_seconds: float


def draw(work: Work, wish: Wish) -> Drawn:
    """Take points out of a bucket, for a server to hand out."""
    bucket, now = _bucket(work, wish.client), work.now
    # Its lock is held from here on: two servers draw one after the other.
    first = insert(RateBucket).values(id=bucket, full_at=now)
    same = first.on_conflict_do_update(index_elements=["id"], set_={"full_at": RateBucket.full_at})
    row = work.execute(same.returning(RateBucket.full_at, RateBucket.blocked_until)).one()
    rate = wish.allowance.restored_per_second
    missing = max(0.0, (row.full_at - now).total_seconds()) * rate
    available = max(0.0, wish.allowance.cost_max - missing)
    points = min(wish.points, available)
    blocked_seconds = max(0.0, ((row.blocked_until or now) - now).total_seconds())
    if points < wish.least or blocked_seconds:
        return Drawn(0.0, available, blocked_seconds)
    full = now + timedelta(seconds=(missing + points) / rate)
    work.execute(update(RateBucket).where(RateBucket.id == bucket).values(full_at=full))
    return Drawn(points, available - points, 0.0)


def block(work: Work, client: Hashable, seconds: float) -> None:
    """Let no server hand out anything to the client for so long."""
    until = work.now + timedelta(seconds=seconds)
    blocked = {"full_at": until, "blocked_until": until}  # as long as that the row must stay
    new = insert(RateBucket).values(id=_bucket(work, client), **blocked)
    work.execute(new.on_conflict_do_update(index_elements=["id"], set_=blocked))


def _bucket(work: Work, client: Hashable) -> bytes:
    return work.keyed_hash(_HASHED, repr(client).encode())[:_ID_BYTES]
