"""A live feed over an account's domain events, of some kinds and optionally of one subject (DESIGN §4).

The sequence is the account's event sequence. Events of other kinds or subjects leave gaps in what is delivered,
never in what is promised: each event that concerns the stream arrives once and in order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, ClassVar, Self

from server.kit import events
from server.kit.events import DomainEvent, StoredEvent
from server.kit.graph.context import Info, account_of
from server.kit.graph.feed import FeedEvent, FeedEventKind, FeedMode
from server.kit.graph.scalars import BigInt
from server.kit.problems import PublicError
from server.kit.work import Read


class EventFeed(ABC):
    """A slice names the kinds of its events and says what its subscription field resolves to.

        class TopUpFeed(EventFeed):
            events = (TopUpCreated, TopUpSettled)

            def snapshot(self, read, kind, sequence): ...
            def changes(self, read, stored): ...

    `subject_id` narrows the feed to one thing; None means every thing of the account.
    """

    events: ClassVar[tuple[type[DomainEvent], ...]]

    def __init__(self, account_id: str, subject_id: str | None, after: int | None, mode: FeedMode) -> None:
        self.account_id = account_id
        self.subject_id = subject_id
        self.after = after
        self.mode = mode
        self.topic = account_id
        self.key: Hashable = (type(self).__qualname__, account_id, subject_id, mode)

    @classmethod
    def opened(
        cls, info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
    ) -> Self:
        """For the viewer's account: what a subscription field declares as its `feed`."""
        return cls(account_of(info), id, after, mode)

    @abstractmethod
    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> Any:
        """The value of the present state, as a SNAPSHOT or a RESET at that sequence."""

    @abstractmethod
    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[Any]:
        """The values of these events, one each, in order. Show the state that the event tells, not a later one."""

    def may_watch(self, read: Read) -> bool:
        """Whether the stream is there for this account; override where `subject_id` comes from the caller."""
        return True

    def head(self, read: Read) -> int:
        """The account's newest sequence. Raises PublicError NOT_FOUND when the subject is not there or not theirs."""
        if not self.may_watch(read):
            raise PublicError("NOT_FOUND", "There is nothing with this id.")  # foreign reads the same (Q014)
        return events.head(read.connection, self.account_id)

    def oldest(self, read: Read) -> int:
        return events.tail(read.connection, self.account_id)

    def state(self, read: Read, kind: FeedEventKind) -> FeedEvent:
        sequence = self.head(read)
        return FeedEvent(sequence, self.snapshot(read, kind, sequence))

    def since(self, read: Read, after: int, limit: int) -> Sequence[FeedEvent]:
        stored = events.after(
            read.connection, self.account_id, after, self._kinds(), limit, subject_id=self.subject_id
        )
        return self._delivered(read, stored)

    def latest(self, read: Read, after: int) -> FeedEvent | None:
        newest = events.newest(
            read.connection, self.account_id, after, self._kinds(), subject_id=self.subject_id
        )
        return self._delivered(read, [newest])[0] if newest is not None else None

    def _delivered(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[FeedEvent]:
        if not stored:
            return []
        values = self.changes(read, stored)
        return [FeedEvent(event.sequence, value) for event, value in zip(stored, values, strict=True)]

    def _kinds(self) -> Sequence[str]:
        return [event.__name__ for event in self.events]


class SubjectFeed(EventFeed):
    """A feed over things that have a row each: over one of them, or over all that the account has.

    Its snapshot shows the one thing, or the newest of all. A slice says how rows are read and shown.
    """

    newest_max: ClassVar[int] = 20

    @abstractmethod
    def one(self, read: Read, subject_id: str) -> Any:
        """The account's thing with this id, None when it is not there; the id is as the caller gave it."""

    @abstractmethod
    def newest(self, read: Read) -> Sequence[Any]:
        """The account's newest things, at most `newest_max`."""

    @abstractmethod
    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, Any]:
        """The rows of these things, by id."""

    @abstractmethod
    def as_of(self, event: StoredEvent, row: Any) -> Any:
        """The row in the state that it had right after the event."""

    @abstractmethod
    def update(
        self, read: Read, kind: FeedEventKind, sequence: BigInt, row: Any, newest: Sequence[Any]
    ) -> Any:
        """What the subscription's field shows."""

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or self.one(read, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> Any:
        if self.subject_id is None:
            return self.update(read, kind, BigInt(sequence), None, self.newest(read))
        return self.update(read, kind, BigInt(sequence), self.one(read, self.subject_id), ())

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[Any]:
        rows = self.many(read, {event.subject_id for event in stored})
        return [self._change(read, event, rows.get(event.subject_id)) for event in stored]

    def _change(self, read: Read, event: StoredEvent, row: Any) -> Any:
        shown = None if row is None else self.as_of(event, row)
        return self.update(read, FeedEventKind.CHANGE, BigInt(event.sequence), shown, ())
