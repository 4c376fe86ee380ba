"""What the subscribers of a channel share, and all that happens inside a read: authority, events, rendering."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from server.kit.graph.context import Context
from server.kit.graph.feed import Feed, FeedEvent, FeedEventKind, FeedMode
from server.kit.graph.live.limits import Authority, LiveLimits
from server.kit.graph.live.retry import unavailable
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from server.kit.work import Read

Epoch = tuple[int, ...]


class Encodable(Protocol):
    """What `render` gives: an execution result, not yet encoded."""

    def encode(self) -> bytes:
        """One execution result as UTF-8 JSON."""


Render = Callable[[Any, Any, Context, Read], Encodable]
OpenFeed = Callable[[Any, Context], Feed]


class AccessEnded(Exception):
    """The credential is still good, but it may no longer open this feed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event, rendered and encoded once for everybody."""

    sequence: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What one snapshot gave from a position on."""

    frames: Sequence[Frame]
    position: int
    """Everything up to this sequence is in `frames` or does not concern the stream."""
    more: bool = False
    reset: bool = False
    """The frame is a RESET: it replaces all that subscribers know, whatever their position."""
    epoch: Epoch = ()
    revoked: frozenset[str] = frozenset()
    """Credential ids that may read nothing of this."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What app.py hands in."""

    render: Render
    open_feed: OpenFeed
    authority: Authority
    limits: LiveLimits


class Source:
    """A feed as seen under one authority. Keeps no state of its own, so that any reader thread may use it."""

    def __init__(self, hooks: Hooks, feed: Feed, prepared: Any, context: Context) -> None:
        self._hooks = hooks
        self._prepared = prepared
        # Nothing of one subscriber may colour what all of them get: only the authority that they have in common.
        viewer = replace(context.viewer, credential_id=None, expires_at=None)
        self._context = replace(
            context, viewer=viewer, remote_address=None, user_agent=None, cookies=[], _read=None
        )
        self.feed = feed
        accounts = {viewer.account_id, feed.account_id} - {None}
        self._accounts = sorted(account for account in accounts if account is not None)
        self._without_epoch = viewer.account_id is None and context.viewer.credential_id is not None
        self.key: Hashable = (
            prepared.share_key,
            feed.key,
            viewer.authority,
            context.language,
            feed.mode,
        )

    @property
    def updates_per_second_max(self) -> float:
        """How often a LATEST feed is read: as the hub allows, or less where the feed says so."""
        wanted: float | None = getattr(self.feed, "updates_per_second_max", None)
        allowed = self._hooks.limits.latest_per_second_max
        return allowed if wanted is None else min(wanted, allowed)

    @property
    def topics(self) -> list[str]:
        revocations = [self._hooks.authority.authority_topic(account) for account in self._accounts]
        return [self.feed.topic, *revocations]

    def join(self, read: Read, viewer: Viewer) -> Batch:
        """The first batch of a new subscriber. Raises PublicError when it may not, or no longer, read."""
        if is_expired(viewer, read) or self._revoked(read, [viewer]):
            raise PublicError("UNAUTHENTICATED", "Your sign-in has ended. Sign in again.")
        after = self.feed.after
        head = self.feed.head(read)  # refuses a stream that is not there, with `after` too
        batch = (
            self._state(read, FeedEventKind.SNAPSHOT) if after is None else self._advance(read, after, head)
        )
        return replace(batch, epoch=self._epoch(read), reset=False)

    def next(
        self, read: Read, position: int, epoch: Epoch | None, viewers: Callable[[], list[Viewer]]
    ) -> Batch:
        """What came after `position`, and who of the viewers was revoked since `epoch`, in one snapshot.

        Raises AccessEnded when the shared authority no longer opens the feed.
        """
        now, revoked = self._epoch(read), frozenset[str]()
        if now != epoch or self._without_epoch:
            revoked = self._revoked(read, viewers())
            self._reopen(read)
        batch = self._advance(read, position, self.feed.head(read))
        return replace(batch, epoch=now, revoked=revoked)

    def _epoch(self, read: Read) -> Epoch:
        return tuple(self._hooks.authority.epoch(read, account) for account in self._accounts)

    def _revoked(self, read: Read, viewers: Sequence[Viewer]) -> frozenset[str]:
        held = {viewer.credential_id: viewer for viewer in viewers if viewer.credential_id is not None}
        return frozenset(held) - self._hooks.authority.still_valid(read, list(held.values()))

    def _reopen(self, read: Read) -> None:
        context = replace(self._context)
        try:
            with context.reading(read):
                self._hooks.open_feed(self._prepared, context)
        except Exception as error:
            if unavailable(error):
                raise
            raise AccessEnded from error

    def _advance(self, read: Read, position: int, head: int) -> Batch:
        if position > head or position < self.feed.oldest(read):
            return self._state(read, FeedEventKind.RESET)
        if position == head:
            return Batch((), head)
        if self.feed.mode is FeedMode.LATEST:
            newest = self.feed.latest(read, position)
            return Batch(self._frames(read, [newest] if newest else []), head)
        limit = self._hooks.limits.events_per_read_max
        events = self.feed.since(read, position, limit)
        more = len(events) >= limit
        return Batch(self._frames(read, events), events[-1].sequence if more else head, more)

    def _state(self, read: Read, kind: FeedEventKind) -> Batch:
        state = self.feed.state(read, kind)
        return Batch(self._frames(read, [state]), state.sequence, reset=kind is FeedEventKind.RESET)

    def _frames(self, read: Read, events: Sequence[FeedEvent]) -> list[Frame]:
        context = replace(self._context)
        with context.reading(read):
            return [
                Frame(event.sequence, self._hooks.render(self._prepared, event.value, context, read).encode())
                for event in events
            ]


def is_expired(viewer: Viewer, read: Read) -> bool:
    """Whether the credential has ended by time."""
    return viewer.expires_at is not None and viewer.expires_at <= read.now
