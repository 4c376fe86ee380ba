"""Domain events: what happened, numbered per account, written in the transaction that made it (DESIGN §4).

The number comes from the account's own row, under its lock. A global autoincrement would not be commit order on
PostgreSQL, and a cursor over it would lose events.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import BigInteger, Connection, Index, Select, String, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.clock import to_micros
from server.kit.db import Base, Instant, Prepared

if TYPE_CHECKING:
    from server.kit.work import Work


class EventStream(Base):
    """The last number given to an account's events."""

    __tablename__ = "event_streams"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)


class StoredEvent(Base):
    """One domain event. `data` holds ids and numbers only, never a personal value."""

    __tablename__ = "domain_events"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(40))
    data: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "account_id", "kind", "sequence"), Index(None, "subject_id", "sequence"))


_STORED_ELSEWHERE = ("account_id", "subject_id")
_TRANSIENT = "transient"


def transient() -> Any:
    """A field of an event that its reactions get and that is never stored, nor shown by `repr`.

    For what a notice must say once, and the database must not keep in the clear: a one-time code, an address.
    """
    return field(repr=False, metadata={_TRANSIENT: True})


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """The base of the slices' events: whose account, and which thing it is about. Named in the past tense."""

    account_id: str
    subject_id: str

    @property
    def kind(self) -> str:
        return type(self).__name__

    def data(self) -> dict[str, Any]:
        """The fields beyond account and subject that are stored."""
        stored = [each.name for each in dataclasses.fields(self) if _TRANSIENT not in each.metadata]
        return {name: getattr(self, name) for name in stored if name not in _STORED_ELSEWHERE}


Reaction = Callable[["Work", Any], None]


class Reactions:
    """What app.py lets later slices do, in the same transaction, when an earlier slice records an event."""

    def __init__(self) -> None:
        self._by_type: dict[type[DomainEvent], list[Reaction]] = {}

    def on(self, kind: type[DomainEvent], reaction: Reaction) -> None:
        self._by_type.setdefault(kind, []).append(reaction)

    def to(self, event: DomainEvent) -> Sequence[Reaction]:
        return self._by_type.get(type(event), ())


def append(connection: Connection, event: DomainEvent, at: datetime) -> int:
    """Write the event under the account's next number and return the number."""
    ((sequence,),) = _next_number.run(connection, account_id=event.account_id, first=1)
    _insert.run(
        connection,
        account_id=event.account_id,
        sequence=sequence,
        kind=event.kind,
        subject_id=event.subject_id,
        data=orjson.dumps(event.data()).decode(),
        at=to_micros(at),
    )
    return int(sequence)


def head(connection: Connection, account_id: str) -> int:
    """The number of the account's newest event, 0 before the first."""
    query = select(EventStream.sequence).where(EventStream.account_id == account_id)
    return connection.scalar(query) or 0


def tail(connection: Connection, account_id: str) -> int:
    """The smallest number after which the account's history is still complete, 0 when nothing was pruned."""
    query = select(func.min(StoredEvent.sequence)).where(StoredEvent.account_id == account_id)
    oldest = connection.scalar(query)
    return head(connection, account_id) if oldest is None else int(oldest) - 1


def after(
    connection: Connection,
    account_id: str,
    sequence: int,
    kinds: Sequence[str],
    limit: int,
    subject_id: str | None = None,
) -> Sequence[StoredEvent]:
    """Events of these kinds (and of that subject) with a higher number, in order, at most `limit`."""
    query = _of_kinds(account_id, sequence, kinds, subject_id).order_by(_table.c.sequence).limit(limit)
    return [StoredEvent(**row._mapping) for row in connection.execute(query)]


def newest(
    connection: Connection,
    account_id: str,
    sequence: int,
    kinds: Sequence[str],
    subject_id: str | None = None,
) -> StoredEvent | None:
    """The last event of these kinds (and of that subject) with a higher number."""
    query = _of_kinds(account_id, sequence, kinds, subject_id).order_by(_table.c.sequence.desc()).limit(1)
    row = connection.execute(query).first()
    return StoredEvent(**row._mapping) if row is not None else None


def _of_kinds(
    account_id: str, sequence: int, kinds: Sequence[str], subject_id: str | None
) -> Select[tuple[Any, ...]]:
    query = select(_table).where(
        _table.c.account_id == account_id, _table.c.sequence > sequence, _table.c.kind.in_(kinds)
    )
    return query if subject_id is None else query.where(_table.c.subject_id == subject_id)


_table = StoredEvent.__table__
_next_number = Prepared(
    insert(EventStream)
    .values(account_id=bindparam("account_id"), sequence=bindparam("first"))
    .on_conflict_do_update(index_elements=["account_id"], set_={"sequence": EventStream.sequence + 1})
    .returning(EventStream.sequence)
)
_insert = Prepared(
    insert(StoredEvent).values(
        {name: bindparam(name) for name in ("account_id", "sequence", "kind", "subject_id", "data", "at")}
    )
)
